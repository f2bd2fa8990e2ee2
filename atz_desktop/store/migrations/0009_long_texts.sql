-- Ordinary tables for rows that hold long texts: where a table has no rowid, SQLite copies a whole
-- row for each comparison of its key. A draft of 5 MB held the rows of a list of 5,000 for 12 s.
-- The long text comes last, so that no other column is looked for behind it.

CREATE TABLE drafts_with_rowid (
    account     TEXT    NOT NULL,
    activity_id INTEGER NOT NULL,
    waiting     INTEGER NOT NULL,   -- 0: the form's; else a number within the activity
    kept_at     TEXT    NOT NULL,
    number      INTEGER NOT NULL,   -- the order in which drafts were written, the newest highest
    draft       TEXT    NOT NULL,   -- JSON
    PRIMARY KEY (account, activity_id, waiting)
);
INSERT INTO drafts_with_rowid (account, activity_id, waiting, kept_at, number, draft)
SELECT account, activity_id, waiting, kept_at, number, draft FROM drafts;
DROP TABLE drafts;
ALTER TABLE drafts_with_rowid RENAME TO drafts;

CREATE TABLE work_list_rows_with_rowid (
    list_id     INTEGER NOT NULL REFERENCES work_lists (id) ON DELETE CASCADE,
    account     TEXT    NOT NULL,
    activity_id INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    since       INTEGER NOT NULL,   -- the newest entry of the journal when it was added
    mark        TEXT CHECK (mark IN ('SKIPPED', 'PARKED', 'GONE', 'CONFLICT')),
    marked_at   INTEGER NOT NULL DEFAULT 0,  -- the newest entry then: a later save counts more
    title       TEXT    NOT NULL,
    note        TEXT    NOT NULL,
    cells       TEXT    NOT NULL,   -- JSON: column of the table that it came from -> text
    PRIMARY KEY (list_id, activity_id)
);
INSERT INTO work_list_rows_with_rowid (
    list_id, account, activity_id, position, since, mark, marked_at, title, note, cells)
SELECT list_id, account, activity_id, position, since, mark, marked_at, title, note, cells
FROM work_list_rows;
DROP TABLE work_list_rows;
ALTER TABLE work_list_rows_with_rowid RENAME TO work_list_rows;
CREATE INDEX work_list_rows_by_activity ON work_list_rows (account, activity_id);

CREATE TABLE run_rows_with_rowid (
    run_id      INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    account     TEXT    NOT NULL,
    position    INTEGER NOT NULL,
    activity_id INTEGER NOT NULL,
    base_key    TEXT    NOT NULL,
    undoes      TEXT,               -- base_key of the row that is undone
    fields      TEXT,               -- JSON: names of the fields to put back; NULL: all
    state       TEXT    NOT NULL DEFAULT 'TO_DO' CHECK (state IN ('TO_DO', 'SENDING', 'DONE')),
    verdict     TEXT,               -- what the journal does not tell
    changed_at  TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    detail      TEXT    NOT NULL DEFAULT '',
    draft       TEXT,               -- JSON: the change; NULL where another row is undone
    PRIMARY KEY (run_id, position)
);
INSERT INTO run_rows_with_rowid (
    run_id, account, position, activity_id, base_key, undoes, fields, state, verdict, changed_at,
    title, detail, draft)
SELECT run_id, account, position, activity_id, base_key, undoes, fields, state, verdict, changed_at,
    title, detail, draft
FROM run_rows;
DROP TABLE run_rows;
ALTER TABLE run_rows_with_rowid RENAME TO run_rows;
