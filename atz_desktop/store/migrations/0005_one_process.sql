-- One process works on a data folder: nobody else's drafts and saves have to be told apart.

-- The draft of a form is the one that does not wait. Others of the same activity, left by windows of
-- earlier versions, set aside or brought back from a backup, wait until it is saved or discarded.
CREATE TABLE drafts_of_one_process (
    account     TEXT    NOT NULL,
    activity_id INTEGER NOT NULL,
    waiting     INTEGER NOT NULL,   -- 0: the form's; else a number within the activity
    draft       TEXT    NOT NULL,   -- JSON
    kept_at     TEXT    NOT NULL,
    number      INTEGER NOT NULL,   -- the order in which drafts were written, the newest highest
    PRIMARY KEY (account, activity_id, waiting)
) WITHOUT ROWID;
INSERT INTO drafts_of_one_process (account, activity_id, waiting, draft, kept_at, number)
SELECT account, activity_id,
    row_number() OVER (PARTITION BY account, activity_id ORDER BY number, kept_at, run, owner),
    draft, kept_at, number
FROM drafts;
DROP TABLE drafts;
ALTER TABLE drafts_of_one_process RENAME TO drafts;

ALTER TABLE journal DROP COLUMN run;
ALTER TABLE journal DROP COLUMN looked_by;
ALTER TABLE journal DROP COLUMN looked_at;
