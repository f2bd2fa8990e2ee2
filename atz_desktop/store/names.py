"""Names learned from responses (people, records, types), with full-text search."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from atz_desktop.domain.characters import escape_surrogates, fold
from atz_desktop.domain.local_records import Name, SeenName
from atz_desktop.domain.values import to_utc_text
from atz_desktop.domain.vocabulary import NameKind
from atz_desktop.store.errors import NO_ID

if TYPE_CHECKING:
    from atz_desktop.store.database import Database


# Two letters for private use, which nobody types and the index takes for letters. With them the
# words that we add match nothing else, so that no search has to step over 100,000 of them.
_SCOPE_MARK, _FIRST_WORD_MARK = "\ue000", "\ue001"
# An id is a second times this, plus a number; see migrations/0001_start.sql.
_IDS_PER_SECOND = 1_000_000
_COLUMNS = "id, kind, key, name, email, seen_title, seen_date"
_FTS_MATCH = "SELECT rowid FROM names_found WHERE names_found MATCH ? ORDER BY rowid DESC LIMIT ?"
_UPSERT_NOTE = (
    "INSERT INTO name_notes (account, topic, note) VALUES (?, ?, ?)"
    " ON CONFLICT DO UPDATE SET note = excluded.note"
)


class NameStore:
    """The names of each account. Every method raises `StoreError`.

    Searching 100,000 names takes about 1 ms; 15 ms for the worst text found, on two busy cores.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def learn(self, account: str, names: Iterable[Name]) -> None:
        """Remember names as seen now, which is never before another sight, though the clock may
        have been set back.

        A sight without a name or e-mail never erases a known one.
        """
        told = [name for name in names if name.key]

        def learn(connection: sqlite3.Connection) -> None:
            now, last = int(self._clock()), _last_second(connection)
            _learn(connection, account, told, now if now >= last else last + 1)

        if told:
            await self._database.write(learn)

    async def learn_page(
        self, account: str, sights: Iterable[SeenName], note: tuple[str, str] | None = None
    ) -> None:
        """Remember names, each with its own time, and a note (topic, text): all or nothing.

        So a sync that is killed resumes after the last page learned. An older sight only fills
        gaps: names fetched from old activities do not push today's down.
        """
        told = [sight for sight in sights if sight.name.key]

        def learn(connection: sqlite3.Connection) -> None:
            for name, seen in told:
                _learn(connection, account, [name], int(_seconds(seen)))
            if note is not None:
                connection.execute(_UPSERT_NOTE, (account, *note))

        await self._database.write(learn)

    async def set_note(self, account: str, topic: str, note: str) -> None:
        """Store one text per account and topic (sync progress, say)."""
        await self._database.execute(_UPSERT_NOTE, (account, topic, note))

    async def get_note(self, account: str, topic: str) -> str | None:
        """The text kept on the topic, if any."""
        sql = "SELECT note FROM name_notes WHERE account = ? AND topic = ?"
        row = await self._database.run(lambda c: c.execute(sql, (account, topic)).fetchone())
        return row[0] if row else None

    async def by_emails(
        self, account: str, kind: NameKind, emails: Iterable[str]
    ) -> dict[str, list[Name]]:
        """People by e-mail address (lower case; case-insensitive).

        Unknown addresses have an empty list.
        """
        wanted = {escape_surrogates(email).lower(): list[Name]() for email in emails}
        sql = (
            f"SELECT {_COLUMNS} FROM names WHERE account = ? AND kind = ?"
            " AND email COLLATE NOCASE IN (SELECT value FROM json_each(?)) ORDER BY id DESC"
        )
        values = (account, kind, json.dumps(list(wanted)))
        for row in await self._database.run(lambda c: c.execute(sql, values).fetchall()):
            name = _name(row)
            wanted.setdefault((name.email or "").lower(), []).append(name)
        return wanted

    async def by_exact_names(
        self, account: str, kinds: Collection[NameKind], names: Iterable[str]
    ) -> dict[str, list[Name]]:
        """People by exact name, ignoring case, accents and spacing.

        Unknown names have an empty list.
        """
        return {
            # One at a time: 2,000 of them take seconds, and drafts must not wait for so long.
            name: await self._database.run(partial(_exact_matches, account, kinds, name))
            for name in names
        }

    async def search(
        self, account: str, kinds: NameKind | Collection[NameKind], text: str, limit: int = 20
    ) -> list[Name]:
        """The names that a user may mean by `text`: the best and most recent first.

        Every word of the text begins a word of the name or e-mail address; case and accents do not
        count. First come names that begin with the words as they stand, then names that begin with
        the text, then all others; within each the last seen. A text with a digit or "_" is tried as
        the beginning of a slug or number before that. An empty text gives the last seen.
        """
        wanted: tuple[NameKind, ...] = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        return await self._database.run(lambda c: _search(c, account, wanted, text.strip(), limit))

    async def by_keys(self, account: str, kind: NameKind, keys: Iterable[str]) -> dict[str, Name]:
        """Names by key; unknown keys are missing in the result."""
        sql = (
            f"SELECT {_COLUMNS} FROM names WHERE account = ? AND kind = ?"
            " AND key IN (SELECT value FROM json_each(?))"
        )
        values = (account, kind, json.dumps([str(key) for key in keys]))
        rows = await self._database.run(lambda c: c.execute(sql, values).fetchall())
        return {row[2]: _name(row) for row in rows}

    async def activity_types(self, account: str) -> list[Name]:
        """The learned activity types, by name."""
        sql = (
            f"SELECT {_COLUMNS} FROM names WHERE account = ? AND kind = 'type' ORDER BY words, key"
        )
        rows = await self._database.run(lambda c: c.execute(sql, (account,)).fetchall())
        return [_name(row) for row in rows]


_Row = tuple[int, NameKind, str, str | None, str | None, str | None, str | None]


def _name(row: _Row) -> Name:
    return Name._make(row[1:])


def _seconds(at: str) -> float:
    return datetime.fromisoformat(to_utc_text(at)).timestamp()


def _learn(
    connection: sqlite3.Connection, account: str, names: Iterable[Name], second: int
) -> None:
    free = _free_id(connection, second)
    for name in names:
        known: _Row | None = connection.execute(
            f"SELECT {_COLUMNS} FROM names WHERE account = ? AND kind = ? AND key = ?",
            (account, name.kind, escape_surrogates(name.key)),
        ).fetchone()
        if known is not None and known[0] is None:  # an index that is damaged
            raise sqlite3.DatabaseError(NO_ID)
        merged, newer = _merge(known, name, second)
        if known is None:
            _insert(connection, free, account, merged)
        elif newer:
            _update(connection, known[0], free, merged)
        elif merged != _name(known):
            _update(connection, known[0], known[0], merged)
        free += newer


def _last_second(connection: sqlite3.Connection) -> int:
    (last,) = connection.execute("SELECT max(id) FROM names").fetchone()
    return int(last or 0) // _IDS_PER_SECOND


def _free_id(connection: sqlite3.Connection, second: int) -> int:
    start = second * _IDS_PER_SECOND
    (last,) = connection.execute(
        "SELECT max(id) FROM names WHERE id >= ? AND id < ?", (start, start + _IDS_PER_SECOND)
    ).fetchone()
    return start if last is None else int(last) + 1


def _merge(known: _Row | None, told: Name, second: int) -> tuple[Name, bool]:
    """What is known after this sight, and whether it is later than the last one."""
    name = Name(told.kind, escape_surrogates(told.key), *map(_text_or_none, told[2:]))
    if known is None:
        return name, True
    old, seen = _name(known), known[0] // _IDS_PER_SECOND
    first, then = (name, old) if second >= seen else (old, name)
    sight = first if first.seen_title else then
    merged = first._replace(
        name=first.name or then.name,
        email=first.email or then.email,
        seen_title=sight.seen_title,
        seen_date=sight.seen_date,
    )
    return merged, second > seen


def _text_or_none(text: str | None) -> str | None:
    return (escape_surrogates(text).strip() if text else "") or None


def _insert(connection: sqlite3.Connection, row_id: int, account: str, name: Name) -> None:
    connection.execute(
        "INSERT INTO names"
        " (id, account, kind, key, name, email, seen_title, seen_date, scope, words)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (row_id, account, *name, _scope(account, name.kind), _search_text(name)),
    )


def _update(connection: sqlite3.Connection, old_id: int, row_id: int, name: Name) -> None:
    connection.execute(
        "UPDATE names SET id = ?, name = ?, email = ?, seen_title = ?, seen_date = ?, words = ?"
        " WHERE id = ?",
        (row_id, *name[2:], _search_text(name), old_id),
    )


def _search_text(name: Name) -> str:
    """What is searched: the name, the e-mail address, and the first word again with a mark."""
    words = fold(name.name or "").split()
    return " ".join(
        [*words, fold(name.email or ""), *(_mark_first_word(word) for word in words[:1])]
    )


def _mark_first_word(piece: str) -> str:
    start = next((at for at, letter in enumerate(piece) if letter.isalnum()), 0)
    return _FIRST_WORD_MARK + piece[start:]


def _scope(account: str, kind: str) -> str:
    """Account and kind as one word, which the index finds like any other."""
    digest = hashlib.blake2s(escape_surrogates(account).encode(), digest_size=8).hexdigest()
    return f"{_SCOPE_MARK}{digest}{kind}"


def _search(
    connection: sqlite3.Connection, account: str, kinds: Collection[NameKind], text: str, limit: int
) -> list[Name]:
    found: dict[int, _Row] = {}
    for rows in _ranked_matches(connection, account, kinds, escape_surrogates(text), limit):
        found |= {row[0]: row for row in rows if row[0] not in found}
        if len(found) >= limit:
            break
    return [_name(row) for row in found.values()][:limit]


def _exact_matches(
    account: str, kinds: Collection[NameKind], name: str, connection: sqlite3.Connection
) -> list[Name]:
    words = fold(escape_surrogates(name)).split()
    # The strictest query finds whole words, in any order and among others.
    query = _fts_queries(account, kinds, " ".join(words))[:1] if words else []
    sql = f"SELECT {_COLUMNS} FROM names WHERE id IN ({_FTS_MATCH}) ORDER BY id DESC"
    rows = connection.execute(sql, (*query, -1)).fetchall() if query else []
    return [_name(row) for row in rows if fold(row[3] or "").split() == words]


def _ranked_matches(
    connection: sqlite3.Connection, account: str, kinds: Collection[NameKind], text: str, limit: int
) -> Iterator[list[_Row]]:
    """Lists of matches, best first; lazy."""
    if any(letter.isdigit() or letter == "_" for letter in text):
        for kind in kinds:
            yield connection.execute(
                f"SELECT {_COLUMNS} FROM names WHERE account = ? AND kind = ?"
                " AND key >= ? AND key < ? ORDER BY key LIMIT ?",
                (account, kind, text, text + "\U0010ffff", limit),
            ).fetchall()
    for query in _fts_queries(account, kinds, text):
        yield connection.execute(
            f"SELECT {_COLUMNS} FROM names WHERE id IN ({_FTS_MATCH}) ORDER BY id DESC",
            (query, limit),
        ).fetchall()


def _fts_queries(account: str, kinds: Collection[NameKind], text: str) -> list[str]:
    """Full-text queries (https://sqlite.org/fts5.html, 3), the strictest first.

    Each piece of the text goes in quotation marks, so that nothing in it is taken for an operator.
    A piece without a letter or digit holds no word and is left out; a text of such pieces finds
    nothing, an empty text everything.
    """
    scope = f"scope : ({' OR '.join(_scope(account, kind) for kind in kinds)})"
    pieces = [
        piece
        for piece in fold(text).replace("\0", " ").split()
        if any(letter.isalnum() for letter in piece)
    ]
    if not kinds or (text and not pieces):
        return []
    if not pieces:
        return [scope]
    marked = [_mark_first_word(pieces[0]), *pieces[1:]]
    queries = [
        " ".join(_fts_quote(piece) for piece in marked),
        " ".join(_fts_quote(piece) + " *" for piece in marked),
        " ".join(_fts_quote(piece) + " *" for piece in pieces),
    ]
    return [f"{scope} AND words : ({query})" for query in queries]


def _fts_quote(piece: str) -> str:
    return '"' + piece.replace('"', '""') + '"'
