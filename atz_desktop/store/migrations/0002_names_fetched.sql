-- A pasted list of e-mail addresses is looked up exactly, and case does not count.
CREATE INDEX names_by_email ON names (account, kind, email COLLATE NOCASE)
    WHERE email IS NOT NULL;

-- How far names were fetched, when the list of types was asked for: one text for each topic.
CREATE TABLE name_notes (
    account TEXT NOT NULL,
    topic   TEXT NOT NULL,
    note    TEXT NOT NULL,
    PRIMARY KEY (account, topic)
) WITHOUT ROWID;
