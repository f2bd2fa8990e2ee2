"""Async SQLite access: one connection on one worker thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from atz_desktop.store.backups import delete_from_backups
from atz_desktop.store.database_file import OpenFile, configure, open_file
from atz_desktop.store.errors import Damaged, FileGone, StoreBug, StoreError, map_errors
from atz_desktop.store.integrity import check_structure_in_use, mark_closed, mark_suspect
from atz_desktop.store.migrations import ACCOUNT_TABLES

T = TypeVar("T")
Value = str | int | float | None
Refill = Callable[[sqlite3.Connection], None]


class Opened(NamedTuple):
    """An open database, and a notice for the user when a file had to be quarantined."""

    database: Database
    notice: str | None


class Recreated(NamedTuple):
    """A file rebuilt. `copied`: all that the lost one held is in it. `notice` as in `Opened`."""

    copied: bool
    notice: str | None = None


class Database:
    """Runs functions on the one connection, one after the other, away from the event loop.

    Each write is one `BEGIN IMMEDIATE` transaction, and waits up to 5 s if another program, one for
    backups say, has the file locked.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        worker: ThreadPoolExecutor,
        file: OpenFile | None,
        path: Path,
        no_disk: StoreError | None = None,
    ) -> None:
        self.path = path
        self._connection = connection
        self._worker = worker
        self._file = file
        self._no_disk = no_disk
        self._closed = False
        self._refills: list[Refill] = []
        self._due: list[Refill] = []

    @classmethod
    def open(cls, path: Path) -> Opened:
        """Open the file, making or migrating it. Raises `StoreError` when the disk does not allow.

        A damaged or newer file is quarantined under a dated name and a new one begun; the notice
        says so. Blocks for some milliseconds: in a window,
        `await asyncio.to_thread(Database.open, path)`.
        """
        with ExitStack() as failing:
            worker = _worker()
            failing.callback(worker.shutdown)
            file = worker.submit(open_file, path).result()
            failing.pop_all()
        return Opened(cls(file.connection, worker, file, path), file.notice)

    @classmethod
    def in_memory(cls, because: StoreError) -> Database:
        """A database for this run alone, when `open` failed with `because`.

        Drafts, names and the recent list work as long as the program runs. The journal refuses
        with the same error, because it could not keep what it promises.
        """
        worker = _worker()
        connection = worker.submit(_connect_in_memory, because.path).result()
        return cls(connection, worker, None, because.path, because)

    def require_disk(self) -> None:
        """Raises the `StoreError` for which this database is in memory only, if it is."""
        if self._no_disk:
            raise self._no_disk

    async def run(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """The result of `fn(connection)`, which reads. Raises `StoreError`.

        Cancelled while it waits for its turn, it is not run; once begun, it is run to its end.
        """
        return await asyncio.wrap_future(self._submit(fn))

    async def write(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Like `run`, in one transaction that is on disk when this returns.

        All of it is stored, or, when this raises, nothing. Raises `FileGone` where the file is no
        longer in its place, until it is put back or recreated by `recreate_file`.
        """
        return await self.run(lambda connection: self._write(connection, fn))

    async def check(self) -> None:
        """Look for damage where `open` did not: after a run that ended in order, it is left until
        nobody waits. Raises `StoreError`: `Damaged` if there is some.
        """
        if self._file is not None and self._file.unchecked:
            await asyncio.to_thread(self._call, lambda _: check_structure_in_use(self.path))

    async def recreate_file(self) -> Recreated:
        """Recreate the file if it was deleted or moved. Raises `StoreError`.

        Its content is copied, unless its disk is gone or another file is there.
        """
        return await self.run(lambda connection: self._recreate_file())

    def on_recreated(self, refill: Refill) -> None:
        """Call this, in a transaction on the worker thread, after the file was rebuilt: to write
        what must be in it and may not have been copied.
        """
        self._refills.append(refill)

    async def execute(self, sql: str, values: Sequence[Value] | Mapping[str, Value]) -> int:
        """One changing statement as a transaction of its own: how many rows it changed."""
        return await self.write(lambda connection: connection.execute(sql, values).rowcount)

    async def delete_account(self, account: str) -> None:
        """Delete all that is known of the account: drafts, history, names, work lists and the rest.

        The file is rewritten, so that nothing of them is left in its unused parts; the backups too.
        Raises `StoreError`.
        """
        await self.write(lambda connection: _delete_account(connection, account))
        await self.run(_rewrite)
        await asyncio.to_thread(delete_from_backups, self.path, account, ACCOUNT_TABLES)

    def close(self) -> None:
        """Finish what was begun, and let the file go. Idempotent; blocks shortly."""
        if not self._closed:
            self._closed = True
            letting_go = self._worker.submit(self._close)
            self._worker.shutdown()
            letting_go.result()

    def _submit(self, fn: Callable[[sqlite3.Connection], T]) -> Future[T]:
        if self._closed:
            raise StoreBug("The database is used after it was closed")
        return self._worker.submit(self._call, fn)

    def _call(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with map_errors(self.path):
                return fn(self._connection)
        except StoreError as error:
            if self._file is None:
                raise
            if not self._file.is_there:
                raise FileGone(self.path, error.detail) from error
            if isinstance(error, Damaged):
                mark_suspect(self.path, checked=self._file.checked)
            raise

    def _write(self, connection: sqlite3.Connection, fn: Callable[[sqlite3.Connection], T]) -> T:
        if self._file is not None and not self._file.is_there:
            raise FileGone(self.path)
        return _transaction(connection, fn)

    def _recreate_file(self) -> Recreated:
        if self._file is None:
            return Recreated(copied=True)
        if not self._file.is_there:
            lost, self._file = self._connection, open_file(self.path, self._file)
            self._connection = self._file.connection
            self._due = list(self._refills)
            with suppress(sqlite3.Error):
                lost.close()
        while self._due:  # what a full disk does not take is due at the next try
            _transaction(self._connection, self._due[0])
            del self._due[0]
        return Recreated(self._file.copied, self._file.notice)

    def _close(self) -> None:
        in_place = self._file is not None and self._file.is_there
        with map_errors(self.path):
            self._connection.close()
        if in_place:
            mark_closed(self.path)


def _worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="store")


def _connect_in_memory(path: Path) -> sqlite3.Connection:
    with map_errors(path):
        connection = sqlite3.connect(":memory:", isolation_level=None)
        configure(connection)
    return connection


def _transaction(connection: sqlite3.Connection, fn: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # commits, or rolls back when anything is raised
        return fn(connection)


def _delete_account(connection: sqlite3.Connection, account: str) -> None:
    # An entry may undo another of the same account.
    connection.execute("UPDATE journal SET undoes = NULL WHERE account = ?", (account,))
    for table in ACCOUNT_TABLES:
        connection.execute(f"DELETE FROM {table} WHERE account = ?", (account,))


def _rewrite(connection: sqlite3.Connection) -> None:
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
