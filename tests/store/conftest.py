"""A real database file for each test, and a second program beside it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pytest

import atz_desktop
from atz_desktop.store.database import Database

SOURCES = Path(atz_desktop.__file__).parents[1]

OpenDatabase = Callable[[], Database]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "atz.sqlite3"


@pytest.fixture
def open_database(path: Path) -> Iterator[OpenDatabase]:
    """Opens the file as one more program would; all are closed at the end."""
    with ExitStack() as opened:

        def open_one() -> Database:
            database, notice = Database.open(path)
            assert notice is None
            opened.callback(database.close)
            return database

        yield open_one


@pytest.fixture
def database(open_database: OpenDatabase) -> Database:
    return open_database()


async def damage(database: Database, sql: str) -> None:
    """Change what is on the disk past every rule, under a program that runs."""

    def change(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(sql)
        connection.execute("PRAGMA ignore_check_constraints = OFF")

    await database.run(change)


async def all_drafts(database: Database, account: str) -> list[str]:
    """Every draft of the account, the newest first."""
    sql = "SELECT draft FROM drafts WHERE account = ? ORDER BY number DESC, waiting DESC"
    rows = await database.run(lambda c: c.execute(sql, (account,)).fetchall())
    return [draft for (draft,) in rows]


@contextmanager
def older_program(root: Path) -> Iterator[None]:
    """A program of the first versions, as others see it, works on this data folder."""
    sign = root / "running" / "0123456789abcdef.lock"
    sign.parent.mkdir(exist_ok=True)
    sign.touch()
    lock = sqlite3.connect(sign, isolation_level=None)
    lock.execute("PRAGMA journal_mode = MEMORY")
    lock.execute("BEGIN EXCLUSIVE")
    yield
    lock.close()


@pytest.fixture
def world_readable() -> Iterator[Path]:
    """A folder that other users may enter, which pytest's own folders forbid."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)  # or only root could remove what is in it


class OtherProgram:
    """Python code in a process of its own. It talks by lines: `print` there, `line()` here."""

    def __init__(self, code: str, *arguments: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", code, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(SOURCES), "PYTHONUNBUFFERED": "1"},
            text=True,
        )

    def line(self) -> str:
        return self._out.readline().strip()

    def go_on(self) -> None:
        """Answers its `input()`."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def wait(self) -> int:
        """Its exit code, once it has ended by itself."""
        return self._process.wait(timeout=30)

    def kill(self) -> None:
        """As `kill -9` or the task manager would: it can tidy nothing up."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def _out(self) -> IO[str]:
        assert self._process.stdout
        return self._process.stdout


StartProgram = Callable[..., OtherProgram]


@pytest.fixture
def start_program() -> Iterator[StartProgram]:
    with ExitStack() as running:

        def start(code: str, *arguments: object) -> OtherProgram:
            program = OtherProgram(code, *arguments)
            running.callback(program.end)
            return program

        yield start
