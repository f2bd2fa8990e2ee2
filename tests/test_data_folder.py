"""Whatever stands in the place of a file of the program, it starts, works, and destroys nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from atz_desktop.app.log import FAULTS, LOG, AppLog
from atz_desktop.app.single_instance import ADDRESS, LOCK, InstanceLock
from atz_desktop.sandbox.account import Account
from atz_desktop.store.backups import back_up
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Recent
from atz_desktop.store.paths import Paths
from atz_desktop.store.settings import load_settings, save_settings
from tests.store.conftest import StartProgram, start_program, world_readable

__all__ = ["start_program", "world_readable"]

FILES = (
    LOCK,
    ADDRESS,
    "settings.json",
    "atz.sqlite3",
    "atz.sqlite3-wal",
    "atz.sqlite3-shm",
    "atz.sqlite3-journal",
    "atz.sqlite3.suspect",
    "atz.sqlite3.hopeless",
    "atz.sqlite3.closed",
    f"logs/{LOG}",
    f"logs/{LOG}.1",
    f"logs/{FAULTS}",
    "sandbox/account.json",
    "backups/unfinished",
)
"""Every file that the program reads or writes below its data folder."""
FOLDERS = ("logs", "backups")
LEFT_OVER = ("-wal", "-shm", "-journal", "unfinished")
"""Rubbish in these is what a killed process leaves: it is written over."""

RUBBISH = b"\xff\xfeno file of ours\x00" * 40
Spoil = Callable[[Path], None]


def rubbish(place: Path) -> None:
    place.write_bytes(RUBBISH)


def empty(place: Path) -> None:
    """An empty lock of a moment ago may be one that is just being taken."""
    place.write_bytes(b"")
    an_hour_ago = time.time() - 3600
    os.utime(place, (an_hour_ago, an_hour_ago))


def folder(place: Path) -> None:
    place.mkdir()
    (place / "inside").write_bytes(RUBBISH)


def pipe(place: Path) -> None:
    os.mkfifo(place)


SPOILS = (rubbish, empty, folder) + (() if sys.platform == "win32" else (pipe,))


async def work(root: Path) -> str:
    """Read and write every file, as a run of the program does; what is said of them."""
    paths, told = Paths(root), list[str | None]()
    lock = InstanceLock(root)
    assert lock.acquire()
    told.append(lock.told)
    settings, problem = load_settings(paths.settings)
    save_settings(paths.settings, settings._replace(theme="dark"))
    told.append(problem)
    logbook = AppLog(paths.logs)
    logbook.close()
    told.append(logbook.problem)
    database, notice = Database.open(paths.database)
    told.append(notice)
    await Recent(database).mark_loaded("a", 42, "Call", "2024-06-15T10:00:00Z")
    assert await Recent(database).list("a")
    database.close()
    back_up(paths.database)
    account = Account([{"id": 1}])
    paths.root.joinpath("sandbox").mkdir(exist_ok=True)
    account.persist_to(paths.root / "sandbox" / "account.json")
    told.append(str(account.kept_aside or ""))
    lock.release()
    return " ".join(filter(None, told))


@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.__name__)
def test_whatever_stands_in_the_place_of_all_files_the_program_works_and_destroys_nothing(
    spoil: Spoil, tmp_path: Path
) -> None:
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        spoil(tmp_path / name)
    look(tmp_path, spoil, FILES)


@pytest.mark.skipif("CI" not in os.environ, reason="long; the short one is above")
@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("name", FILES)
def test_whatever_stands_in_the_place_of_one_file_the_program_works_and_destroys_nothing(
    name: str, spoil: Spoil, tmp_path: Path
) -> None:
    asyncio.run(work(tmp_path))
    (tmp_path / name).unlink(missing_ok=True)
    spoil(tmp_path / name)
    look(tmp_path, spoil, (name,))


def look(root: Path, spoil: Spoil, spoiled: tuple[str, ...]) -> None:
    """Let the program work, and see that all works, that all is kept, and that it is said."""
    told = asyncio.run(work(root))
    assert load_settings(root / "settings.json")[0].theme == "dark"
    if spoil is not empty:
        kept = sum(is_spoiled(file, spoil) for file in root.rglob("*"))
        ours = [name for name in spoiled if name.endswith(LEFT_OVER)]
        assert kept >= len(spoiled) - (len(ours) if spoil is rubbish else 0)
    for aside in [
        *root.rglob("*-unusable-*"),
        *root.rglob("*-damaged-*"),
        *root.rglob("*-foreign-*"),
    ]:
        assert str(aside) in told or aside.name.endswith(LEFT_OVER)
    assert "-20" not in asyncio.run(work(root)), "it is said once more"


def is_spoiled(file: Path, spoil: Spoil) -> bool:
    if spoil is pipe:
        return stat.S_ISFIFO(file.stat().st_mode)
    return file.is_file() and RUBBISH in file.read_bytes()


@pytest.mark.parametrize("name", FOLDERS)
def test_a_file_in_the_place_of_a_folder_is_set_aside(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(RUBBISH)
    told = asyncio.run(work(tmp_path))
    (aside,) = tmp_path.glob(f"{name}-unusable-*")
    assert aside.read_bytes() == RUBBISH
    assert str(aside) in told


FORBIDDEN = """
import asyncio, os, sys
from pathlib import Path
from tests.test_data_folder import work
for _ in range(2):  # imports all there is, while that is allowed
    asyncio.run(work(Path(sys.argv[2])))
if os.geteuid() == 0:
    os.setuid(65534)  # to root, nothing is forbidden
for folder in sorted(Path(sys.argv[1]).iterdir()):
    try:
        asyncio.run(work(folder))
    except Exception as error:
        print(folder.name, type(error).__name__)
    else:
        print(folder.name, "works")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_of_what_this_user_may_not_touch_only_what_holds_nothing_is_set_aside(
    world_readable: Path, tmp_path: Path, start_program: StartProgram
) -> None:
    needed = {"settings.json": "ReadOnly", "atz.sqlite3": "ReadOnly", "atz.sqlite3-wal": "ReadOnly"}
    places = sorted({*FILES, *FOLDERS} - {"atz.sqlite3-shm", "atz.sqlite3-journal"})
    for number, name in enumerate(places):
        root = world_readable / f"{number:02}"
        asyncio.run(work(root))
        place = root / name
        place.touch()
        for each in [root, *root.rglob("*")]:
            if os.geteuid() == 0:
                os.chown(each, 65534, 65534)
        place.chmod(0)
    program = start_program(FORBIDDEN, world_readable, tmp_path)
    came = {name: program.line().partition(" ")[2] for name in places}
    assert came == {name: needed.get(name, "works") for name in places}


def test_logs_stay_private_when_they_roll_over_and_older_ones_become_so(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / f"{LOG}.1").write_text("from an earlier version")
    (logs / f"{LOG}.1").chmod(0o644)
    logbook = AppLog(logs)
    for _ in range(12):
        logging.getLogger("atz_desktop.test").info("x" * 100_000)
    logbook.close()
    found = sorted(logs.glob(f"{LOG}*"))
    assert len(found) > 2
    for file in found:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
