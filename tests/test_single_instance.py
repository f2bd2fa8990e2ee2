"""One program on a data folder: later starts, in processes of their own, on real files."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from atz_desktop.app.single_instance import ADDRESS, LOCK, Handover, InstanceLock, hand_over
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.store.paths import Paths
from tests.faults.running import Line, Running, environment

HEAVY = ("asyncio", "httpx", "pydantic", "qasync", "sqlite3", "keyring", "atz_desktop.view")
STARTS = f"""
import sys
from atz_desktop.__main__ import main
code = main()
print("imported:", [name for name in {HEAVY} if name in sys.modules])
sys.exit(code)
"""
"""A later start, which says what it had to import."""

Start = Callable[..., "subprocess.Popen[str]"]
Own = Callable[..., Running]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(pace_limit=None) as server:
        yield server


@pytest.fixture
def own(sandbox: Sandbox, tmp_path: Path) -> Iterator[Own]:
    """Starts a program that tells of its windows, and is the first on its folder."""
    with ExitStack() as running:

        def start(folder: str = "data") -> Running:
            env = environment(sandbox, tmp_path / folder)
            return running.enter_context(Running("tests.faults.driven", "stay", env=env))

        yield start


@pytest.fixture
def start(sandbox: Sandbox, tmp_path: Path) -> Iterator[Start]:
    """Starts the program as somebody who clicks its icon, or types its name."""
    begun: list[subprocess.Popen[str]] = []

    def started(*arguments: str, folder: str = "data", **more: str) -> subprocess.Popen[str]:
        env = environment(sandbox, tmp_path / folder) | more
        command = [sys.executable, "-c", STARTS, *arguments]
        begun.append(subprocess.Popen(command, env=env, stdout=-1, stderr=-1, text=True))
        return begun[-1]

    yield started
    for each in begun:
        each.kill()
        each.communicate()


def ended(process: subprocess.Popen[str]) -> str:
    """What it printed, once it has ended well."""
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return said


def windows(program: Running, *wanted: int | None) -> Line:
    """Wait until the program shows these activities."""
    while True:
        line = program.line("windows")
        if sorted(map(str, (shown for _, shown in line["windows"]))) == sorted(map(str, wanted)):
            return line


@pytest.mark.xdist_group("many processes")
def test_a_later_start_opens_a_window_in_the_running_program_and_imports_little(
    own: Own, start: Start, tmp_path: Path
) -> None:
    program = own()
    windows(program, None)
    assert ended(start("42")).strip() == "imported: []"
    windows(program, None, 42)
    again, another = start("42"), start("43")  # the first is open already
    ended(again)
    ended(another)
    windows(program, None, None, 42, 43)

    address = tmp_path / "data" / ADDRESS
    socket = Path(address.read_text())
    assert stat.S_IMODE(address.stat().st_mode) == 0o600
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    program.process.terminate()
    assert program.end() == 0
    assert not address.exists()
    assert not socket.parent.exists()


@pytest.mark.xdist_group("many processes")
def test_a_later_start_hands_a_file_of_ids_to_the_running_program_as_a_work_list(
    own: Own, start: Start, tmp_path: Path
) -> None:
    file = tmp_path / "calls of monday.csv"
    file.write_text("42\n7\n99999\n", encoding="utf-8")
    program = own()
    windows(program, None)
    assert ended(start("--list", str(file))).strip() == "imported: []"
    windows(program, None, 42)  # its first row is opened by itself
    program.process.terminate()
    assert program.end() == 0, program.errors.decode()
    with closing(sqlite3.connect(Paths(tmp_path / "data").database)) as database:
        assert database.execute("SELECT name FROM work_lists").fetchall() == [(file.stem,)]
        rows = database.execute("SELECT activity_id FROM work_list_rows ORDER BY position")
        assert rows.fetchall() == [(42,), (7,), (99999,)]


@pytest.mark.slow
@pytest.mark.xdist_group("many processes")
def test_another_data_folder_is_another_program(own: Own, start: Start) -> None:
    program, other = own(), own("other")
    windows(program, None)
    windows(other, None)
    ended(start("42", folder="other"))
    windows(other, None, 42)
    assert program.process.poll() is None


@pytest.mark.slow
@pytest.mark.xdist_group("many processes")
def test_the_sandbox_and_other_tokens_get_windows_of_their_own_account(
    own: Own, start: Start, tmp_path: Path
) -> None:
    program = own()
    ours = windows(program, None)["windows"][0][0]
    ended(start("--sandbox", "7", ATZ_API_TOKEN="", ATZ_API_URL=""))
    line = windows(program, None, 7)
    assert {key for key, _ in line["windows"]} == {ours, "sandbox"}
    token = "token-of-a-later-start"
    with Sandbox(token=token) as server:
        ended(start("8", ATZ_API_TOKEN=token, ATZ_API_URL=server.url))
        line = windows(program, None, 7, 8)
        assert len({key for key, _ in line["windows"]}) == 3
        assert server.requests
    for file in (tmp_path / "data").rglob("*"):
        assert not file.is_file() or token.encode() not in file.read_bytes(), file


@pytest.mark.slow
@pytest.mark.xdist_group("many processes")
def test_after_a_kill_the_next_start_is_the_program(own: Own, start: Start) -> None:
    program = own()
    windows(program, None)
    program.kill()
    program.end()
    program = own()
    windows(program, None)
    ended(start("42"))
    windows(program, None, 42)


@pytest.mark.slow
@pytest.mark.xdist_group("many processes")
def test_of_two_starts_at_the_same_moment_one_opens_both_windows(own: Own) -> None:
    both = [own(), own()]
    until = time.monotonic() + 60
    while all(each.process.poll() is None for each in both) and time.monotonic() < until:
        time.sleep(0.02)
    (program,) = [each for each in both if each.process.poll() is None]
    windows(program, None, None)


@pytest.mark.slow
@pytest.mark.xdist_group("many processes")
def test_a_start_while_the_first_is_ending_takes_over_when_all_is_kept(
    own: Own, start: Start, sandbox: Sandbox, tmp_path: Path
) -> None:
    first = own()
    windows(first, None)
    os.kill(first.process.pid, signal.SIGSTOP)  # it answers nobody …
    second = own()
    time.sleep(0.3)
    first.process.terminate()
    os.kill(first.process.pid, signal.SIGCONT)  # … and ends before it could
    windows(second, None)
    assert first.end() == 0, first.errors.decode()
    assert (tmp_path / "data" / LOCK).exists()
    ended(start("42"))
    windows(second, None, 42)


@pytest.mark.slow
@pytest.mark.xdist_group("many processes")
def test_a_program_that_does_not_answer_is_told(own: Own, tmp_path: Path) -> None:
    program = own()
    windows(program, None)
    os.kill(program.process.pid, signal.SIGSTOP)
    lock = InstanceLock(tmp_path / "data")
    assert not lock.acquire()
    assert hand_over(lock, {}, patience=0.3) is Handover.NO_ANSWER
    os.kill(program.process.pid, signal.SIGCONT)


# The lock itself

HOLDS = """
import sys
from pathlib import Path
from atz_desktop.app.single_instance import InstanceLock
lock = InstanceLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
input()
"""


def rubbish(place: Path) -> None:
    place.write_bytes(b"\xff no lock\x00" * 50)


def folder(place: Path) -> None:
    place.mkdir()


SPOILS = (rubbish, folder) + (() if sys.platform == "win32" else (os.mkfifo,))


@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.__name__)
def test_rubbish_in_the_place_of_the_lock_is_set_aside(
    spoil: Callable[[Path], None], tmp_path: Path
) -> None:
    spoil(tmp_path / LOCK)
    lock = InstanceLock(tmp_path)
    assert lock.acquire()
    assert not InstanceLock(tmp_path).acquire()
    assert list(tmp_path.glob("program-unusable-*"))
    lock.release()


def test_the_lock_of_a_dead_program_whose_number_another_one_has_is_taken(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], stdin=-1, stdout=-1, text=True
    )
    assert program.stdout
    assert program.stdout.readline() == "True\n"
    content = (tmp_path / LOCK).read_bytes()
    program.kill()
    program.communicate()
    _, _, rest = content.partition(b"\n")
    (tmp_path / LOCK).write_bytes(b"%d\n%s" % (os.getpid(), rest))
    an_hour_ago = time.time() - 3600
    os.utime(tmp_path / LOCK, (an_hour_ago, an_hour_ago))
    lock = InstanceLock(tmp_path)
    assert lock.acquire()
    lock.release()


def test_a_lock_that_is_held_for_hours_is_not_taken(tmp_path: Path) -> None:
    held = InstanceLock(tmp_path)
    assert held.acquire()
    an_hour_ago = time.time() - 3600
    os.utime(tmp_path / LOCK, (an_hour_ago, an_hour_ago))
    assert not InstanceLock(tmp_path).acquire()
    held.release()
    assert InstanceLock(tmp_path).acquire()


def test_a_folder_that_was_taken_away_is_another_programs_for_whom_the_lock_stays(
    tmp_path: Path,
) -> None:
    root = tmp_path / "data"
    first = InstanceLock(root)
    assert first.acquire()
    root.rename(tmp_path / "elsewhere")
    second = InstanceLock(root)
    assert second.acquire()
    assert not first.acquire()
    first.release()
    assert (root / LOCK).exists()
    assert not InstanceLock(root).acquire()
    second.release()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_in_a_folder_that_takes_no_file_nobody_is_kept_from_working(tmp_path: Path) -> None:
    root = Path("/proc/self") if sys.platform == "linux" else tmp_path / "none"
    assert InstanceLock(root).acquire()
