"""The write-ahead log of saves: what was meant is on the disk before the request goes out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from atz_desktop.store.errors import StoreError
from atz_desktop.store.text import escape_surrogates, fold, json_values_text, to_utc_text

if TYPE_CHECKING:
    import sqlite3

    from atz_desktop.store.database import Database

PENDING = "PENDING"
"""Intended, and nothing known yet."""
UNKNOWN = "UNKNOWN"
"""It went out, and nobody knows whether it was applied."""
OUTCOMES = frozenset({"VERIFIED", "DIFFERENT", "REFUSED", "NOT_SENT", UNKNOWN})
"""What `settle` takes; the words of `domain.history.Outcome`."""

# So long a program that lives may keep an entry for itself to find out what became of it.
_LOOK_SECONDS = 120.0


class NewEntry(NamedTuple):
    """A save about to be sent. `before`, `sent` and `request` are JSON; `at` is ISO 8601.

    `base_key` names the reading of the record that it was made from; see `Journal.sent_from`.
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


class _Settlement(NamedTuple):
    """What became of a save, as `Journal.settle` is told."""

    entry_id: int
    outcome: str
    after: str | None
    verdicts: str | None
    at: str


class Journal:
    """All saves of this computer. Every method raises `StoreError` when the disk does not allow.

    An entry begins as PENDING. While the program that intended it lives, the save is under way and
    nobody else touches the entry; when that program has ended, the next one to ask looks it up.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._unwritten: list[_Settlement] = []
        self._open_entries: dict[int, dict[str, str | int | None]] = {}
        """Every save of this program whose outcome is not known, by its number, as stored."""
        self._renumbered: dict[int, int] = {}
        """Those whose number belongs to another save in a file that took the place of the lost
        one, by the number that they have now."""
        database.on_recreated(self._refill)

    async def begin(self, new: NewEntry) -> int:
        """Write down a save before it is sent; on the disk when this returns the entry's number.

        Raises the reason as `StoreError` if the database is in memory only.
        """
        self._database.require_disk()
        values = {name: _stored(value) for name, value in new._asdict().items()}
        values |= {
            "at": to_utc_text(new.at),
            "run": self._database.here,
            "haystack": _search_text(
                str(new.activity_id),
                new.title,
                new.reason,
                json_values_text(new.before),
                json_values_text(new.sent),
            ),
        }
        entry_id = await self._database.write(lambda c: _insert(c, values))
        self._open_entries[entry_id] = values
        return entry_id

    async def settle(
        self, entry_id: int, outcome: str, after: str | None, verdicts: str | None, at: str
    ) -> bool:
        """Write down what became of a save: PENDING → any of `OUTCOMES`, UNKNOWN → a definite one.

        False if that was settled already (another program was first) or there is no such entry:
        then nothing is changed. `after` and `verdicts` are JSON. What the disk does not take now is
        written before the next look at what is `unsettled`: nobody else settles a save of a program
        that lives. Raises ValueError for a word that is no outcome.
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
        unsettled = (PENDING,) if outcome == UNKNOWN else (PENDING, UNKNOWN)
        sql = (
            "UPDATE journal SET outcome = ?, after = ?, verdicts = ?, settled_at = ?,"
            " haystack = haystack || ?, looked_by = NULL, looked_at = NULL"
            f" WHERE id = ? AND outcome IN ({', '.join('?' * len(unsettled))})"
        )
        found = _search_text(json_values_text(after))
        values = (outcome, _stored(after), _stored(verdicts), to_utc_text(at), found)

        def write(connection: sqlite3.Connection) -> bool:
            number = self._number(connection, entry_id)
            return connection.execute(sql, (*values, number, *unsettled)).rowcount == 1

        changed = await self._database.write(write)
        if outcome != UNKNOWN:
            self._open_entries.pop(entry_id, None)
        elif entry_id in self._open_entries:
            self._open_entries[entry_id] |= {"outcome": UNKNOWN, "settled_at": to_utc_text(at)}
        return changed

    async def unsettled(self, account: str) -> list[JournalRow]:
        """Claim the entries whose outcome somebody has to find out, the oldest first.

        Those are the UNKNOWN ones, and the PENDING ones whose program has ended. Of several
        programs that ask, one gets an entry; it keeps it until it settles it, ends or crashes, or
        for two minutes. Asking again within the same program gives the same entries again.
        """
        while self._unwritten:
            await self._settle(self._unwritten[0])
            del self._unwritten[0]
        return await self._database.write(lambda c: self._claim(c, account))

    async def entries(  # noqa: PLR0913 - what the History window filters by
        self,
        *,
        account: str | None = None,
        search: str = "",
        outcome: str | None = None,
        activity_id: int | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int = 100,
        before_id: int | None = None,
    ) -> list[JournalRow]:
        """The newest entries that fit everything given; `before_id` continues a list.

        Every word of `search` occurs in the title, the activity's number, the reason or a value;
        case and accents do not count. `since` is included, `until` is not; both ISO 8601. A
        `limit` of -1 means all.
        """
        tests: dict[str, object] = {
            "account = ?": account,
            "outcome = ?": outcome,
            "activity_id = ?": activity_id,
            "at >= ?": to_utc_text(since) if since else None,
            "at < ?": to_utc_text(until) if until else None,
            "id < ?": before_id,
        }
        given = [(test, value) for test, value in tests.items() if value is not None]
        given += [("instr(haystack, ?)", escape_surrogates(word)) for word in fold(search).split()]
        where = " AND ".join(test for test, _ in given) or "TRUE"
        sql = f"SELECT {_COLUMNS} FROM journal WHERE {where} ORDER BY id DESC LIMIT ?"
        values = [value for _, value in given]
        return await self._database.run(lambda c: _rows(c.execute(sql, (*values, limit))))

    async def entries_from_base(self, account: str, base_key: str) -> list[JournalRow]:
        """The saves that were made from one reading of a record, the oldest first."""
        sql = f"SELECT {_COLUMNS} FROM journal WHERE base_key = ? AND account = ? ORDER BY id"
        return await self._database.run(lambda c: _rows(c.execute(sql, (base_key, account))))

    def _refill(self, connection: sqlite3.Connection) -> None:
        """Write the open saves into a file that was made anew, where it does not hold them."""
        for entry_id, values in sorted(self._open_entries.items()):
            number = self._renumbered.get(entry_id, entry_id)
            found = connection.execute("SELECT run FROM journal WHERE id = ?", (number,)).fetchone()
            # The save that it undoes stands in the file that is gone.
            lost = values | {"undoes": None}
            if found is None:
                _insert(connection, {"id": number, **lost})
            elif found[0] != values["run"]:
                self._renumbered[entry_id] = _insert(connection, lost)

    def _number(self, connection: sqlite3.Connection, entry_id: int) -> int:
        """The number that an entry has now; one that we claimed was read under its number."""
        if entry_id not in self._renumbered:
            return entry_id
        sql = "SELECT 1 FROM journal WHERE id = ? AND looked_by = ?"
        claimed = connection.execute(sql, (entry_id, self._database.here)).fetchone()
        return entry_id if claimed else self._renumbered[entry_id]

    def _claim(self, connection: sqlite3.Connection, account: str) -> list[JournalRow]:
        # The same words as in the partial index, which SQLite only then uses.
        unsettled = "account = ? AND outcome IN ('PENDING', 'UNKNOWN')"
        now = self._clock()
        asked = connection.execute(
            f"SELECT id, outcome, run, looked_by, looked_at FROM journal WHERE {unsettled}",
            (account,),
        ).fetchall()
        free = [
            entry_id
            for entry_id, outcome, run, looked_by, looked_at in asked
            if not (outcome == PENDING and self._database.is_running(run))
            and not self._looks(looked_by, looked_at, now)
        ]
        connection.executemany(
            "UPDATE journal SET looked_by = ?, looked_at = ? WHERE id = ?",
            [(self._database.here, now, entry_id) for entry_id in free],
        )
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM journal WHERE {unsettled} AND looked_by = ? AND looked_at = ?"
            " ORDER BY id",
            (account, self._database.here, now),
        )
        return _rows(rows)

    def _looks(self, looked_by: str | None, looked_at: float | None, now: float) -> bool:
        """Whether another program that lives is just finding out. A clock set back ends it too."""
        if looked_by is None or looked_at is None or looked_by == self._database.here:
            return False
        return 0 <= now - looked_at < _LOOK_SECONDS and self._database.is_running(looked_by)


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
