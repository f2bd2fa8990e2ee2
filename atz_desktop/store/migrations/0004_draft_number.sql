-- The order in which drafts were written, the newest highest: a clock may be set back.
ALTER TABLE drafts ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE drafts SET number = (
    SELECT count(*) FROM drafts AS earlier WHERE earlier.kept_at < drafts.kept_at);
