"""What nobody expected: it is told, written down, and holds neither token nor words of the CRM."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from atz_desktop.api.redact import register_secret
from atz_desktop.app.crash import Crash, CrashHook, crash_report
from atz_desktop.app.log import AppLog

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = "crash-token-77f1"
NAME = "Amara Nwosu"


class Heard:
    """A hook in its place, and what it told."""

    def __init__(self) -> None:
        self.told: list[Crash] = []
        self.last: list[Crash] = []
        self.hook = CrashHook(self.last.append)
        self.hook.crashed.connect(self.told.append)

    def now(self) -> list[Crash]:
        for _ in range(3):  # what happens in one turn is told in a later one
            QCoreApplication.processEvents()
        return self.told


@pytest.fixture
def heard(qapp: QApplication, tmp_path: Path) -> Iterator[Heard]:
    made, logbook, loop = Heard(), AppLog(tmp_path), asyncio.new_event_loop()
    before = sys.excepthook
    made.hook.install()
    made.hook.watch_loop(loop, logbook)
    yield made
    made.hook.remove()
    logbook.close()
    loop.close()
    assert sys.excepthook is before


def fail() -> None:
    raise ValueError(f"{NAME} cannot be read with {TOKEN}")


def failed() -> ValueError:
    register_secret(TOKEN)
    try:
        fail()
    except ValueError as error:
        return error
    raise AssertionError


def test_a_report_tells_where_it_happened_and_after_what_but_not_about_whom() -> None:
    crash = crash_report(failed(), ("21:00 loading",))
    assert "ValueError" in crash.report
    assert "in fail" in crash.report
    assert "21:00 loading" in crash.report
    assert "PySide6" in crash.report
    assert NAME not in crash.report
    assert TOKEN not in crash.report
    assert str(ROOT) not in crash.report


def test_the_words_of_the_error_are_told_apart_and_never_hold_the_token() -> None:
    crash = crash_report(failed(), ())
    assert NAME in crash.full_report
    assert TOKEN not in crash.full_report


def test_the_words_of_an_error_behind_an_error_are_left_out_too() -> None:
    try:
        try:
            fail()
        except ValueError as error:
            raise KeyError(NAME) from error
    except KeyError as both:
        report = crash_report(both, ()).report
    assert report.index("ValueError") < report.index("KeyError")
    assert NAME not in report


def test_an_error_in_a_slot_of_qt_is_told_once(
    heard: Heard, capfd: pytest.CaptureFixture[str]
) -> None:
    QTimer.singleShot(0, fail)
    assert len(heard.now()) == 1
    assert "in fail" in heard.told[0].report
    assert NAME not in capfd.readouterr().err


def test_an_error_in_a_thread_reaches_the_windows_thread(heard: Heard) -> None:
    where: list[threading.Thread] = []
    heard.hook.crashed.connect(lambda crash: where.append(threading.current_thread()))
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert len(heard.now()) == 1
    assert where == [threading.main_thread()]


def test_an_error_after_the_loop_has_ended_is_shown_all_the_same(heard: Heard) -> None:
    heard.hook.unwatch_loop()
    error = failed()
    sys.excepthook(type(error), error, error.__traceback__)
    assert not heard.now()
    assert len(heard.last) == 1


class Gone(io.StringIO):
    """The terminal that the program was started from, closed since."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def test_an_error_is_shown_although_nobody_reads_what_is_printed(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = failed()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", Gone())
        sys.excepthook(type(error), error, error.__traceback__)
    assert len(heard.now()) == 1


def test_a_very_long_chain_of_errors_is_told_too(heard: Heard) -> None:
    error: BaseException = failed()
    for number in range(3_000):
        then = ValueError(NAME, number)
        then.__context__, error = error, then
    sys.excepthook(type(error), error, None)
    assert len(heard.now()) == 1
    assert NAME not in heard.told[0].report


def test_an_interrupt_by_keyboard_is_no_crash(
    heard: Heard, capfd: pytest.CaptureFixture[str]
) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not heard.now()
    assert "KeyboardInterrupt" in capfd.readouterr().err


def test_the_program_tells_of_an_error_that_comes_before_its_window(tmp_path: Path) -> None:
    """The real program, whose hook stands in the place of Python's own."""
    script = (
        "import sys, atz_desktop.__main__ as program\n"
        f"def fail(*_): raise ValueError({NAME!r})\n"
        "program.launch.create_application = fail\n"
        "program.main()\n"
    )
    command = [sys.executable, "-c", script, "--data-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "What went wrong" in done.stderr
    assert NAME not in done.stderr
