"""Does the main job without a user: every installer must pass it.

Sandbox, load 42, change importance and a chip, save, read back, and look at the very bytes that
the sandbox received. Prints each step; the answer is the exit code.
"""

from __future__ import annotations

import faulthandler
import json
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from atz_desktop.domain.values import Person
from atz_desktop.session.phase import SaveState

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtWidgets import QWidget

    from atz_desktop.app.program import Program
    from atz_desktop.sandbox.server import Sandbox

PATIENCE = 20.0
"""Seconds that a step may take."""
_SETTLING = 0.02
"""Seconds between two looks at where everything stands."""


class SelfTestFailed(Exception):  # noqa: N818 - what happened, in the words of the report
    """A step did not do what it must; the message is the report."""


def self_test(folder: Path) -> int:
    """Run it; screenshots before and after go into `folder`. 0, or 1 with what failed printed."""
    from atz_desktop.cli import parse_options
    from atz_desktop.launch import create_application, start
    from atz_desktop.selftest_parts import check_parts

    folder.mkdir(parents=True, exist_ok=True)
    _provide_report(folder / "self-test.txt")
    faulthandler.enable(sys.stdout)  # a crash of the process is a part of the report
    home = Path(tempfile.mkdtemp(prefix="atz-desktop-"))
    options = parse_options(["--sandbox", "--data-dir", str(home)], {})
    app = create_application()
    try:
        check_parts(app, home, _say)
        start(options, lambda program: _main_job(program, folder))
    except Exception as error:  # whatever fails, the answer of a self-test is a report and a 1
        traceback.print_exc()
        _say(f"FAILED: {error}")
        return 1
    finally:
        shutil.rmtree(home, ignore_errors=True)
    _say("The self-test passed.")
    return 0


def _provide_report(file: Path) -> None:
    """A windowed program of Windows has nowhere to print to: there the report goes into `file`."""
    if sys.stdout is None:
        sys.stdout = file.open("w", encoding="utf-8", buffering=1)


async def _main_job(program: Program, folder: Path) -> None:
    from atz_desktop.domain.history import Outcome
    from atz_desktop.domain.values import Option
    from atz_desktop.view.windows.main_window import GOOD_SIZE

    session, sandbox = program.front.session, program.shared.sandbox.server
    session.model.utc_now = _before_the_meeting
    _must(sandbox is not None, "the sandbox is running")
    assert sandbox is not None
    _say(f"The sandbox listens on {sandbox.url}.")
    program.front.window.resize(GOOD_SIZE)  # without a display the screen is small
    program.front.window.load_requested.emit("42")
    await _until(lambda: session.activity is not None, "activity 42 is loaded")
    await _until(lambda: not session.state.loading_id, "loading has ended")
    _must(not session.state.dirty, "a loaded activity is unchanged")
    before = sandbox.account.get(42)
    await _shoot(program, folder / "self-test-before.png")

    old = session.edit.value("importance") if session.edit else None
    wanted = Option("high") if old != Option("high", "High") else Option("low")
    session.model.set_value("importance", wanted)
    held = session.edit.value("candidates") if session.edit else ()
    people = (*held, _somebody_else(sandbox, {person.key for person in held}))
    session.model.set_value("candidates", people)
    _must(session.state.save_state is SaveState.READY, "two changes can be saved")
    await _shoot(program, folder / "self-test-changed.png")
    session.save()
    await session.wait_saved()
    _check_bytes(program, str(wanted.key), ",".join(person.key for person in people))
    after = sandbox.account.get(42)
    _must(after["importance"] == wanted.key, "the sandbox holds the new importance")
    touched = {"importance", "attendees", "updated_at", "updated_by"}
    rest = {key for key in before if before[key] != after.get(key)} - touched
    _must(not rest, f"no other field has moved: {sorted(rest)}")
    _must(not session.state.dirty, "nothing is left to save")
    found = session.model.state.verdicts if session.model.state else {}
    good = {name for name, verdict in found.items() if verdict.is_ok}
    _must(good == {"importance", "candidates"}, "both fields were read back as meant")
    rows = await session.services.journal.entries(account="sandbox")
    _must(rows[0].outcome == Outcome.VERIFIED.value, "the journal says that it was verified")
    await _shoot(program, folder / "self-test-after.png")


def _before_the_meeting() -> datetime:
    """When activity 42 is still to come: of one that is over, ATZ would be asked to mail nobody."""
    return datetime(2026, 1, 1, tzinfo=UTC)


async def settle(window: QWidget) -> None:
    """Wait until nothing in `window` is given another place: what is painted before is squeezed."""
    import asyncio

    from PySide6.QtWidgets import QWidget

    places: list[QRect] = []
    while (now := [widget.geometry() for widget in window.findChildren(QWidget)]) != places:
        places = now
        await asyncio.sleep(_SETTLING)


def _somebody_else(sandbox: Sandbox, held: set[str]) -> Person:
    """A candidate of the made-up account who is not on the list yet."""
    from atz_desktop.domain.activity import Activity

    for number in range(1, 100):
        for person in Activity.from_response(sandbox.account.get(number)).value("candidates"):
            if person.key not in held:
                return Person(person.key)
    raise SelfTestFailed("the sandbox has no other candidate")


def _check_bytes(program: Program, importance: str, candidates: str) -> None:
    assert program.shared.sandbox.server is not None
    puts = [each for each in program.shared.sandbox.server.requests if each.method == "PUT"]
    _must(len(puts) == 1, "exactly one PUT was received")
    wanted = {"importance": importance, "candidates_as_attendees": candidates}
    _must(json.loads(puts[0].body) == wanted, f"it held the two changed fields: {wanted}")


async def _until(true: Callable[[], bool], what: str) -> None:
    import asyncio

    async def wait() -> None:
        while not true():  # noqa: ASYNC110 - it watches a whole program, which has no one event
            await asyncio.sleep(0.01)

    try:
        await asyncio.wait_for(wait(), PATIENCE)
    except TimeoutError:
        raise SelfTestFailed(f"not within {PATIENCE:.0f} s: {what}") from None
    _say(f"ok: {what}")


def _must(true: bool, what: str) -> None:
    if not true:
        raise SelfTestFailed(f"not true: {what}")
    _say(f"ok: {what}")


async def _shoot(program: Program, file: Path) -> None:
    await settle(program.front.window)
    _must(program.front.window.grab().save(str(file)), f"a picture is in {file}")


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - the report of the self-test
