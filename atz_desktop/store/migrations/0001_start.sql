-- Times are UTC, 2024-06-15T10:00:00.000Z, so that they compare as texts.
-- "run" is the name under which an open database says that it lives (store/presence.py).

-- The write-ahead log of saves: a row is there before the request goes out.
CREATE TABLE journal (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     TEXT    NOT NULL,
    activity_id INTEGER NOT NULL,
    title       TEXT    NOT NULL,
    before      TEXT    NOT NULL,   -- JSON: field -> value that stood there
    sent        TEXT    NOT NULL,   -- JSON: field -> value that was meant
    request     TEXT    NOT NULL,   -- JSON: the body as it was sent
    reason      TEXT,
    undoes      INTEGER REFERENCES journal (id),
    at          TEXT    NOT NULL,
    outcome     TEXT    NOT NULL DEFAULT 'PENDING' CHECK (
        outcome IN ('PENDING', 'VERIFIED', 'DIFFERENT', 'REFUSED', 'NOT_SENT', 'UNKNOWN')),
    after       TEXT,               -- JSON: field -> value that was read back
    verdicts    TEXT,               -- JSON
    settled_at  TEXT,
    run         TEXT    NOT NULL,   -- who intends it: while it lives, the save is under way
    looked_by   TEXT,               -- the run that is finding out what became of it
    looked_at   REAL,               -- … and since when, seconds since 1970
    haystack    TEXT    NOT NULL    -- what a search looks through, without case and accents
);
CREATE INDEX journal_by_activity ON journal (account, activity_id);
CREATE INDEX journal_unsettled ON journal (account) WHERE outcome IN ('PENDING', 'UNKNOWN');

-- What was typed and not yet saved; one row for each window that has the activity open.
CREATE TABLE drafts (
    account     TEXT    NOT NULL,
    activity_id INTEGER NOT NULL,
    run         TEXT    NOT NULL,   -- whose window it is; "left-…" when that was closed
    owner       TEXT    NOT NULL,   -- the window, within its run
    draft       TEXT    NOT NULL,   -- JSON
    kept_at     TEXT    NOT NULL,
    PRIMARY KEY (account, activity_id, run, owner)
) WITHOUT ROWID;

CREATE TABLE recent (
    account     TEXT    NOT NULL,
    activity_id INTEGER NOT NULL,
    title       TEXT    NOT NULL,
    loaded_at   TEXT,
    changed_at  TEXT,
    PRIMARY KEY (account, activity_id)
) WITHOUT ROWID;

-- Names learned from what passed through.
CREATE TABLE names (
    -- The second (since 1970) in which it was last seen, times a million, plus a number. So the
    -- most recent names have the highest ids, and the full-text index, which can only give its
    -- matches in the order of ids, gives the most recent first without collecting them all.
    id      INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    kind    TEXT NOT NULL,
    key     TEXT NOT NULL,          -- slug or number
    name    TEXT,
    email   TEXT,
    scope   TEXT NOT NULL,          -- account and kind as one word, for the full-text index
    words   TEXT NOT NULL,          -- what is searched: name and email, see store/directory.py
    UNIQUE (account, kind, key)
);
CREATE VIRTUAL TABLE names_found USING fts5 (
    scope, words,
    content = 'names', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2',
    prefix = '1 2 3'
);
CREATE TRIGGER names_learned AFTER INSERT ON names BEGIN
    INSERT INTO names_found (rowid, scope, words)
    VALUES (new.id, new.scope, new.words);
END;
CREATE TRIGGER names_forgotten AFTER DELETE ON names BEGIN
    INSERT INTO names_found (names_found, rowid, scope, words)
    VALUES ('delete', old.id, old.scope, old.words);
END;
CREATE TRIGGER names_seen_again AFTER UPDATE ON names BEGIN
    INSERT INTO names_found (names_found, rowid, scope, words)
    VALUES ('delete', old.id, old.scope, old.words);
    INSERT INTO names_found (rowid, scope, words)
    VALUES (new.id, new.scope, new.words);
END;
