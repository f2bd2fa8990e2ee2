"""What the programs on this data folder have taken of each account's 60 requests a minute.

ATZ counts the requests of a token, not of a program (ATZ_API.md: Limits and errors), so two windows
must count together. A file of its own, apart from the database: nothing in it matters for longer
than a minute or two, so no disk has to be waited for, and a damaged one is set aside.

Times are those of `time.monotonic`, which on Windows, macOS and Linux counts from the start of the
computer and so is the same in every program.
"""

from __future__ import annotations

import asyncio
import logging
import math
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from hashlib import blake2s
from pathlib import Path
from typing import NamedTuple, TypeVar

from atz_desktop.store.errors import Damaged, StoreError, sorted_errors
from atz_desktop.store.file_identity import FileIdentity
from atz_desktop.store.paths import make_private_file
from atz_desktop.store.quarantine import clear_place, kept_aside, set_aside
from atz_desktop.store.text import storable

T = TypeVar("T")

_log = logging.getLogger(__name__)

_BUSY_SECONDS = 1.0
"""How long another program's look may hold us up, before we go by our own count."""

_FAR = 120.0
"""Seconds. A time further off than this was written before the computer was started anew: no
place is held for longer than a window, and no pause is longer than a minute and a half.
"""

_COMPANIONS = ("-wal", "-shm")

_TABLES = """
CREATE TABLE IF NOT EXISTS turns (
    account TEXT NOT NULL, owner TEXT NOT NULL, ticket INTEGER NOT NULL, back REAL,
    PRIMARY KEY (account, owner, ticket)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pauses (account TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
"""


class Others(NamedTuple):
    """What other programs have taken: when each place is free again (inf: its request is under
    way), and until when the server wants to hear of nobody.
    """

    back: tuple[float, ...] = ()
    paused_until: float = -math.inf


class TurnsFile:
    """The file, on a worker thread of its own. Nothing is opened before the first turn.

    `told` hears, on that thread, a sentence about what was set aside for it.
    """

    def __init__(self, path: Path, told: Callable[[str], None] = lambda words: None) -> None:
        self._path = path
        self._told = told
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="turns")
        self._connection: sqlite3.Connection | None = None
        self._file: FileIdentity | None = None
        self._failed = ""

    def write(self, fn: Callable[[sqlite3.Connection], T], otherwise: T) -> Future[T]:
        """Run `fn` in one transaction, after all before it; `otherwise` if the file is no use."""
        return self._worker.submit(self._call, fn, otherwise)

    def close(self) -> None:
        """Finish what was begun, and let the file go. Blocks shortly."""
        self._worker.submit(self._disconnect)
        self._worker.shutdown()

    def _call(self, fn: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        try:
            with sorted_errors(self._path):
                connection = self._connected()
                connection.execute("BEGIN IMMEDIATE")
                with connection:  # commits, or rolls back when anything is raised
                    answer = fn(connection)
        except StoreError as error:
            self._tell(type(error).__name__)
            if isinstance(error, Damaged):
                self._begin_anew()
            return otherwise
        self._failed = ""
        return answer

    def _tell(self, failed: str) -> None:
        """Once: it is tried again every other second, and the log has more to hold."""
        if failed != self._failed:
            self._failed = failed
            _log.warning("turns are not shared with other programs: %s", failed)

    def _connected(self) -> sqlite3.Connection:
        if self._file is not None and not self._file.is_there():
            self._disconnect()  # other programs count in another file by now
        if self._connection is None:
            for suffix in ("", *_COMPANIONS, "-journal"):
                if words := clear_place(self._path.with_name(self._path.name + suffix)):
                    self._told(words)
            make_private_file(self._path)
            connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
            try:
                # A killed program leaves it whole; a power cut may not, and then it is old anyway.
                _keep_log(connection)
                connection.execute("PRAGMA synchronous = OFF")
                connection.executescript(_TABLES)
            except sqlite3.Error:
                connection.close()
                raise
            self._connection, self._file = connection, FileIdentity.of(self._path)
        return self._connection

    def _begin_anew(self) -> None:
        self._disconnect()
        with suppress(OSError):  # another program has it open (Windows)
            self._told(kept_aside(self._path, set_aside(self._path, "damaged", _COMPANIONS)))

    def _disconnect(self) -> None:
        connection, self._connection, self._file = self._connection, None, None
        if connection is not None:
            connection.close()


def _keep_log(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on. For this alone SQLite does not wait while another program, which
    was started at the same moment, does it too.
    """
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > until:
                raise
            time.sleep(0.005)
        else:
            return


class Turns:
    """The ledger of one account's token in this program (see api.pacer.Ledger).

    `owner` is the name of our open database, and `is_running` says whether another one's program
    lives: what a killed one had under way is given back by nobody, so it is free `hold` seconds
    after that was noticed. Where the file cannot be used, there are no others.
    """

    def __init__(
        self,
        file: TurnsFile,
        account: str,
        owner: str,
        is_running: Callable[[str], bool],
        hold: float,
    ) -> None:
        self._file = file
        # Not in words: forgetting an account does not look into this file.
        self._account = blake2s(storable(account).encode(), digest_size=8).hexdigest()
        self._owner = owner
        self._is_running = is_running
        self._hold = hold

    async def look(self, now: float) -> Others:
        """What other programs have taken."""
        looked = self._file.write(lambda connection: self._others(connection, now), Others())
        return await asyncio.wrap_future(looked)

    async def take(self, ticket: int, places: int, now: float) -> tuple[bool, Others]:
        """Take a place if other programs hold fewer than `places`; whether it was taken."""

        def take(connection: sqlite3.Connection) -> tuple[bool, Others]:
            others = self._others(connection, now)
            free = len(others.back) < places and others.paused_until <= now
            if free:
                row = (self._account, self._owner, ticket)
                connection.execute("INSERT OR REPLACE INTO turns VALUES (?, ?, ?, NULL)", row)
            return free, others

        return await asyncio.wrap_future(self._file.write(take, (True, Others())))

    def give_back(self, ticket: int, at: float) -> None:
        """The place, if it was taken, is free from `at` on. Does not wait."""
        sql = "UPDATE turns SET back = ? WHERE account = ? AND owner = ? AND ticket = ?"
        self._later(sql, at, self._account, self._owner, ticket)

    def pause(self, until: float) -> None:
        """Tell other programs to send nothing before `until`. Does not wait."""
        latest = "ON CONFLICT DO UPDATE SET until = max(until, excluded.until)"
        self._later(f"INSERT INTO pauses VALUES (?, ?) {latest}", self._account, until)

    def _later(self, sql: str, *values: str | float) -> None:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute(sql, values)

        self._file.write(write, None)

    def _others(self, connection: sqlite3.Connection, now: float) -> Others:
        for table, column in (("turns", "back"), ("pauses", "until")):
            over = f"DELETE FROM {table} WHERE {column} <= ? OR {column} > ?"
            connection.execute(over, (now, now + _FAR))
        theirs = "FROM turns WHERE account = ? AND owner <> ?"
        who = (self._account, self._owner)
        under_way = f"SELECT DISTINCT owner {theirs} AND back IS NULL"
        for (owner,) in connection.execute(under_way, who).fetchall():
            if not self._is_running(owner):
                end = "UPDATE turns SET back = ? WHERE back IS NULL AND owner = ?"
                connection.execute(end, (now + self._hold, owner))
        back = connection.execute(f"SELECT back {theirs}", who).fetchall()
        pauses = connection.execute("SELECT until FROM pauses WHERE account = ?", who[:1])
        return Others(
            tuple(math.inf if at is None else at for (at,) in back),
            next((until for (until,) in pauses), -math.inf),
        )
