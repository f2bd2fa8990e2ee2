"""Write-ahead log of saves: the intent is on disk before the request is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from atz_desktop.domain.characters import escape_surrogates, fold
from atz_desktop.domain.values import to_utc_text
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    import sqlite3

    from atz_desktop.store.database import Database

PENDING = "PENDING"
"""Written before sending; no outcome yet."""
UNKNOWN = "UNKNOWN"
"""Sent; not known whether it was applied."""
OUTCOMES = frozenset({"VERIFIED", "DIFFERENT", "REFUSED", "NOT_SENT", UNKNOWN})
"""What `settle` accepts; the values of `domain.history.Outcome`."""
_ORIGIN = ("created_at", "created_by")
"""Keys by which the record is told from another account's of the same number."""


class NewEntry(NamedTuple):
    """A save about to be sent. `before`, `sent` and `request` are JSON; `at` is ISO 8601.

    `base_key` names the reading of the record that it was made from; see
    `Journal.entries_from_base`. `before` also has the values of `_ORIGIN`, which are not searched.
    """

    account: str
    activity_id: int
    title: str
    before: str
    sent: str
    request: str
    reason: str | None
    undoes: int | None
    at: str
    base_key: str | None = None


class JournalRow(NamedTuple):
    """An entry as stored. Times are UTC, `2024-06-15T10:00:00.000Z`."""

    id: int
    account: str
    activity_id: int
    title: str
    before: str
    sent: str
    request: str
    reason: str | None
    undoes: int | None
    at: str
    base_key: str | None
    outcome: str
    after: str | None
    verdicts: str | None
    settled_at: str | None


_COLUMNS = ", ".join(JournalRow._fields)
_SAME = tuple(name for name in NewEntry._fields if name != "undoes")
"""Columns by which a save is told from another one of the same number, in another file."""


class _Settlement(NamedTuple):
    """The arguments of `Journal.settle`."""

    entry_id: int
    outcome: str
    after: str | None
    verdicts: str | None
    at: str


class Journal:
    """All saves of this computer. Every method raises `StoreError` when the disk does not allow.

    An entry begins as PENDING: the save is under way as long as this run goes on. The next run
    looks up what became of it. There is one Journal for each open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unwritten: list[_Settlement] = []
        self._open_entries: dict[int, dict[str, str | int | None]] = {}
        """Every save of this program whose outcome is not known, by its number, as stored."""
        self._renumbered: dict[int, int] = {}
        """Those whose number belongs to another save in a file that replaced the lost
        one, by the number that they have now."""
        self._read: set[int] = set()
        """Numbers that were read from the file since: they name its own saves."""
        database.on_recreated(self._refill)

    async def begin(self, new: NewEntry) -> int:
        """Write down a save before it is sent; on disk when this returns the entry's number.

        Raises the reason as `StoreError` if the database is in memory only.
        """
        self._database.require_disk()
        values = {name: _stored(value) for name, value in new._asdict().items()}
        values["at"] = to_utc_text(new.at)

        def insert(connection: sqlite3.Connection) -> int:
            values["haystack"] = _entry_search_text(new)  # on this thread: a list may be long
            return _insert(connection, values)

        entry_id = await self._database.write(insert)
        self._open_entries[entry_id] = values
        return entry_id

    @property
    def has_unwritten(self) -> bool:
        """Whether the disk did not take what became of a save: that is written at the next look at
        what is `unsettled`.
        """
        return bool(self._unwritten)

    async def settle(
        self, entry_id: int, outcome: str, after: str | None, verdicts: str | None, at: str
    ) -> bool:
        """Write down what became of a save: PENDING → any of `OUTCOMES`, UNKNOWN → a definite one,
        or once more UNKNOWN, for the first `after`: what a read showed of it stays known.

        False if that was settled already (another window was first) or there is no such entry:
        then nothing is changed. `after` and `verdicts` are JSON. For what the disk does not take
        now see `has_unwritten`. Raises ValueError for a word that is no outcome.
        """
        if outcome not in OUTCOMES:
            raise ValueError(f"No outcome: {outcome}")
        settlement = _Settlement(entry_id, outcome, after, verdicts, at)
        try:
            return await self._settle(settlement)
        except StoreError:
            self._unwritten.append(settlement)
            raise

    async def _settle(self, settlement: _Settlement) -> bool:
        entry_id, outcome, after, verdicts, at = settlement
        is_open = "outcome IN (?, ?)"
        if outcome == UNKNOWN:
            is_first = "FALSE" if after is None else "after IS NULL"
            is_open = f"(outcome = ? OR (outcome = ? AND {is_first}))"
        sql = (
            "UPDATE journal SET outcome = ?, after = ?, verdicts = ?, settled_at = ?,"
            f" haystack = haystack || ? WHERE id = ? AND {is_open}"
        )
        stored = (outcome, _stored(after), _stored(verdicts), to_utc_text(at))

        def write(connection: sqlite3.Connection) -> bool:
            values = (*stored, _search_text(_json_values_text(after)))
            number = self._current_number(entry_id)
            return connection.execute(sql, (*values, number, PENDING, UNKNOWN)).rowcount == 1

        changed = await self._database.write(write)
        self._read.discard(entry_id)
        if outcome != UNKNOWN:
            self._open_entries.pop(entry_id, None)
        elif entry_id in self._open_entries:
            self._open_entries[entry_id] |= {"outcome": UNKNOWN, "settled_at": to_utc_text(at)}
        return changed

    async def unsettled(self, account: str) -> list[JournalRow]:
        """The entries whose outcome is to be found out, the oldest first.

        Those are the UNKNOWN ones, and the PENDING ones that an earlier run left: a save of this
        run that is PENDING is under way.
        """
        while self._unwritten:
            await self._settle(self._unwritten[0])
            del self._unwritten[0]
        # The same words as in the partial index, which SQLite only then uses.
        sql = (
            f"SELECT {_COLUMNS} FROM journal"
            " WHERE account = ? AND outcome IN ('PENDING', 'UNKNOWN') ORDER BY id"
        )
        under_way = self._under_way()
        rows = await self._database.run(lambda c: _rows(c.execute(sql, (account,))))
        under_way |= self._under_way()  # one may have begun, or ended, meanwhile
        rows = [row for row in rows if row.id not in under_way]
        self._read |= {row.id for row in rows}
        return rows

    def _under_way(self) -> set[int]:
        pending = (
            each for each, values in self._open_entries.items() if values.get("outcome") != UNKNOWN
        )
        return {self._renumbered.get(entry_id, entry_id) for entry_id in pending}

    async def entries(  # noqa: PLR0913 - what the History window filters by
        self,
        *,
        account: str | None = None,
        search: str = "",
        outcome: str | None = None,
        activity_id: int | None = None,
        limit: int = 100,
        before_id: int | None = None,
    ) -> list[JournalRow]:
        """The newest entries that fit everything given; `before_id` continues a list.

        Every word of `search` occurs in the title, the activity's number, the reason or a value;
        case and accents do not count. A `limit` of -1 means all.
        """
        tests: dict[str, object] = {
            "account = ?": account,
            "outcome = ?": outcome,
            "activity_id = ?": activity_id,
            "id < ?": before_id,
        }
        conditions = [(test, value) for test, value in tests.items() if value is not None]
        conditions += [
            ("instr(haystack, ?)", escape_surrogates(word)) for word in fold(search).split()
        ]
        where = " AND ".join(test for test, _ in conditions) or "TRUE"
        sql = f"SELECT {_COLUMNS} FROM journal WHERE {where} ORDER BY id DESC LIMIT ?"
        values = [value for _, value in conditions]
        return await self._database.run(lambda c: _rows(c.execute(sql, (*values, limit))))

    async def entries_from_base(self, account: str, base_key: str) -> list[JournalRow]:
        """The saves made from one base reading of a record, oldest first."""
        sql = f"SELECT {_COLUMNS} FROM journal WHERE base_key = ? AND account = ? ORDER BY id"
        return await self._database.run(lambda c: _rows(c.execute(sql, (base_key, account))))

    def _refill(self, connection: sqlite3.Connection) -> None:
        """Write the open saves into a file that was rebuilt, where it does not hold them."""
        self._read.clear()
        for entry_id, values in sorted(self._open_entries.items()):
            number = self._renumbered.get(entry_id, entry_id)
            sql = f"SELECT {', '.join(_SAME)} FROM journal WHERE id = ?"
            found = connection.execute(sql, (number,)).fetchone()
            # The entry that it undoes is in the lost file.
            lost = values | {"undoes": None}
            if found is None:
                _insert(connection, {"id": number, **lost})
            elif found != tuple(values[name] for name in _SAME):
                self._renumbered[entry_id] = _insert(connection, lost)

    def _current_number(self, entry_id: int) -> int:
        """The number that an entry has now; one that was read since goes by its own."""
        return entry_id if entry_id in self._read else self._renumbered.get(entry_id, entry_id)


def _insert(connection: sqlite3.Connection, values: dict[str, str | int | None]) -> int:
    sql = (
        f"INSERT INTO journal ({', '.join(values)})"
        f" VALUES ({', '.join(':' + name for name in values)}) RETURNING id"
    )
    return int(connection.execute(sql, values).fetchone()[0])


def _rows(cursor: sqlite3.Cursor) -> list[JournalRow]:
    return [JournalRow._make(row) for row in cursor]


def _stored(value: str | int | None) -> str | int | None:
    return escape_surrogates(value) if isinstance(value, str) else value


def _search_text(*texts: str | None) -> str:
    return escape_surrogates(fold("\n".join(text for text in texts if text)) + "\n")


def _entry_search_text(new: NewEntry) -> str:
    before, sent = _json_values_text(new.before, without=_ORIGIN), _json_values_text(new.sent)
    return _search_text(str(new.activity_id), new.title, new.reason, before, sent)


def _json_values_text(text: str | None, without: Iterable[str] = ()) -> str:
    """All values (not keys) of a JSON text, one per line; the text itself if it is not JSON.

    `without` are keys of the outermost object whose values are left out.
    """
    if not text:
        return ""
    try:
        found = json.loads(text)
        if isinstance(found, dict):
            found = {key: value for key, value in found.items() if key not in set(without)}
        return "\n".join(_leaves(found))
    except (ValueError, RecursionError):
        return text


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
