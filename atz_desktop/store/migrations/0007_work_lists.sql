-- Work lists (many activities, one after the other) and runs (the same change on many).
-- Every table has the account, so that all that is known of one can be deleted.

CREATE TABLE work_lists (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    created_at  TEXT    NOT NULL,
    closed      INTEGER NOT NULL DEFAULT 0
);

-- What became of a row is not kept here where the journal or a draft tells it.
CREATE TABLE work_list_rows (
    list_id     INTEGER NOT NULL REFERENCES work_lists (id) ON DELETE CASCADE,
    account     TEXT    NOT NULL,
    activity_id INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    title       TEXT    NOT NULL,
    note        TEXT    NOT NULL,
    cells       TEXT    NOT NULL,   -- JSON: column of the table that it came from -> text
    since       INTEGER NOT NULL,   -- the newest entry of the journal when it was added
    mark        TEXT CHECK (mark IN ('SKIPPED', 'PARKED', 'GONE', 'CONFLICT')),
    marked_at   INTEGER NOT NULL DEFAULT 0,  -- the newest entry then: a later save counts more
    PRIMARY KEY (list_id, activity_id)
) WITHOUT ROWID;
CREATE INDEX work_list_rows_by_activity ON work_list_rows (account, activity_id);

CREATE TABLE runs (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     TEXT    NOT NULL,
    list_id     INTEGER REFERENCES work_lists (id) ON DELETE SET NULL,
    title       TEXT    NOT NULL,   -- what it does, in words
    reason      TEXT,
    bulk        TEXT,               -- JSON: the rules; NULL where there are none
    undoes      INTEGER REFERENCES runs (id) ON DELETE SET NULL,
    started_at  TEXT    NOT NULL,
    ended_at    TEXT                -- NULL: it is to go on
);

-- The rows of a run are frozen before its first request. The saves of a row are those of the
-- journal with its base_key; what they tell of its fate is not kept here.
CREATE TABLE run_rows (
    run_id      INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    account     TEXT    NOT NULL,
    position    INTEGER NOT NULL,
    activity_id INTEGER NOT NULL,
    title       TEXT    NOT NULL,
    base_key    TEXT    NOT NULL,
    draft       TEXT,               -- JSON: the change; NULL where another row is undone
    undoes      TEXT,               -- base_key of the row that is undone
    fields      TEXT,               -- JSON: names of the fields to put back; NULL: all
    state       TEXT    NOT NULL DEFAULT 'TO_DO' CHECK (state IN ('TO_DO', 'SENDING', 'DONE')),
    verdict     TEXT,               -- what the journal does not tell
    detail      TEXT    NOT NULL DEFAULT '',
    changed_at  TEXT    NOT NULL,
    PRIMARY KEY (run_id, position)
) WITHOUT ROWID;

CREATE TABLE recipes (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     TEXT    NOT NULL,   -- people in it are known by this account's numbers
    name        TEXT    NOT NULL,
    bulk        TEXT    NOT NULL,   -- JSON: the rules
    UNIQUE (account, name)
);
