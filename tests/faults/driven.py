"""The real program, with a script in a person's place: `python -m tests.faults.driven WHAT …`.

It tells on stdout, line by line, what it does and what it sees. Whoever started it may kill it at
any moment: each line is out before the next thing happens.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPushButton, QWidget

from atz_desktop.app.crash import CrashHook
from atz_desktop.app.program import Program
from atz_desktop.cli import parse_options
from atz_desktop.launch import show_fatal_crash, start
from atz_desktop.session.account import WRONG_TOKEN
from atz_desktop.session.history import History
from atz_desktop.session.notices import Notice

FIELDS = ("title", "location")
KEY_PAUSE = 0.02
"""Seconds between two changes of both fields: fast typing."""
TURN = 15
"""So many changes with a save as often as can be, then so many without one, and so on."""
PATIENCE = 20.0

W = TypeVar("W", bound=QWidget)


def say(what: str, **about: Any) -> None:
    """One line, with the moment at which it is true."""
    line = json.dumps({"what": what, "at": time.monotonic(), **about})
    os.write(1, f"{line}\n".encode())


async def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit(f"not within {PATIENCE:.0f} s: {what}")
        await asyncio.sleep(0.01)


async def load(program: Program, activity_id: int) -> dict[str, Any]:
    """Load an activity; what the form then shows."""
    session = program.front.session
    session.open(activity_id)
    await program.front.session.jobs.wait("open")
    await until(lambda: session.activity and session.activity.id == activity_id, "it is loaded")
    assert session.edit is not None
    return {name: session.edit.value(name) for name in FIELDS}


async def look(program: Program, activity_id: int) -> None:
    """See what came back of an activity after a crash, and what is said about it."""
    await see(program, activity_id, bool)


async def see(
    program: Program, activity_id: int, enough: Callable[[list[str]], bool] = lambda told: True
) -> None:
    """See what came back of an activity after a crash, and put it back.

    The look-up of saves goes on beside the load; who waits for its words says when it is `enough`.
    """
    session = program.front.session
    told: list[str] = []

    def hear(notice: Notice | None) -> None:
        if notice is not None:
            told.append(notice.title)

    session.notified.connect(hear)
    form = await load(program, activity_id)
    await until(lambda: enough(told), "something is said")
    rows = await session.services.journal.entries(activity_id=activity_id)
    say(
        "found",
        form=form,
        dirty=session.state.dirty,
        told=told,
        outcomes=[[json.loads(row.sent)["title"], row.outcome] for row in rows],
    )
    session.model.revert_all()
    await program.front.session.jobs.wait("draft")


async def edit(program: Program, before: int, change: int, save_at: int = 0) -> None:
    """See what came back of activity `before`, then type into `change` and save it, for ever.

    With `save_at` it is saved but once, right after the change of that number.
    """
    session = program.front.session
    if before:
        await see(program, before)
    await load(program, change)
    say("begins")
    number = 0
    while True:
        number += 1
        say("types", number=number)
        session.model.set_value("title", f"Title {number}")
        session.model.set_value("location", f"Room {number}")
        if number == save_at:
            session.save()
            say("saves")
            await asyncio.sleep(PATIENCE)
        if not save_at and number // TURN % 2 == 0:
            session.save()
        await asyncio.sleep(KEY_PAUSE)


async def save(program: Program, change: int) -> None:
    """Change both fields once, save them, and stay."""
    session = program.front.session
    await load(program, change)
    session.model.set_value("title", "Title 1")
    session.model.set_value("location", "Room 1")
    await program.front.session.jobs.wait("draft")
    say("saves")
    session.save()
    await program.front.session.jobs.wait("save")
    say("saved")
    await asyncio.sleep(PATIENCE)


async def end(program: Program, change: int) -> None:
    """Change both fields once, save them, and end when told to; SIGUSR1 closes the window."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, program.front.window.close)
    session, traffic = program.front.session, program.front.accounts.connection.status
    await load(program, change)
    session.model.set_value("title", "Title 1")
    session.model.set_value("location", "Room 1")
    await program.front.session.jobs.wait("draft")
    traffic.changed.connect(lambda: say("waits") if traffic.pending_delay else None)
    session.save()
    say("saves")
    await program.wait_until_ended()


async def stay(program: Program) -> None:
    """Tell of every window that is open, by account and activity, whenever that is another."""
    told: list[list[Any]] = []
    while not told or not program._ended.is_set():
        windows = [
            [each.account_key, each.session.activity.id if each.session.activity else None]
            for each in program.windows
            if each.connected is not None and each.session.state.loading_id is None
        ]
        if windows != told:
            told = windows
            say("windows", windows=sorted(windows, key=str))
        await asyncio.sleep(0.01)


async def hang(program: Program) -> None:
    """End while a thread waits for what never comes, as a drive or a name server may let it."""
    asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)
    say("hangs")


async def tour(program: Program, change: int) -> None:
    """Do everything that could let the token out; the second save is refused with 401."""
    session, token = program.front.session, os.environ["ATZ_API_TOKEN"]
    await load(program, change)
    session.model.set_value("title", "Title 1")
    session.save(review=True)
    await press("Show the exact request", "Copy as curl")
    say("clipboard", text=QGuiApplication.clipboard().text())
    await press("Cancel")
    await program.front.session.jobs.wait("save")
    session.save()
    await program.front.session.jobs.wait("save")
    session.model.set_value("title", "Title 2")
    session.save()
    (await shown(QLineEdit, "Token")).setText(f"{token}-mistyped")
    await press("Connect")
    await shown(QLabel, WRONG_TOKEN)
    (await shown(QLineEdit, "Token")).setText(token)
    await press("Connect")
    await program.front.session.jobs.wait("save")
    await tell_the_token(program, token)
    history = History(program.front.jobs, session.services)
    for name in ("history.csv", "history.json"):
        history.export(Path(os.environ["ATZ_DESKTOP_HOME"]) / name)
        await program.front.jobs.wait("export")
    session.model.set_value("title", "Title 3")
    await program.front.session.jobs.wait("draft")
    say("toured")


async def tell_the_token(program: Program, token: str) -> None:
    """A bug that has the token in its words, and libraries that log it."""
    logging.getLogger("some.library").error("Authorization: Bearer %s", token)
    logging.getLogger("atz_desktop.some.part").error("sent with %s", token)
    program.front.jobs.start("broken", _break(token))
    (await shown(QCheckBox, "Include the error's own words (may hold names and texts)")).click()
    await press("Copy report")
    say("clipboard", text=QGuiApplication.clipboard().text())
    await press("Go on")


async def _break(token: str) -> None:
    try:
        raise ConnectionError(f"headers={{'authorization': 'Bearer {token}'}}")
    except ConnectionError as cause:
        raise LookupError(f"cannot use {token!r}") from cause


async def shown(kind: type[W], name: str) -> W:
    """Wait for a widget of this accessible name or visible text."""
    found: list[W] = []

    def look() -> bool:
        tops = [top for top in QApplication.topLevelWidgets() if top.isVisible()]
        for widget in (each for top in tops for each in top.findChildren(kind)):
            text = str(widget.property("text") or "").replace("&", "")
            if widget.isVisible() and name in {widget.accessibleName(), text}:
                found.append(widget)
        return bool(found)

    await until(look, f"there is a {kind.__name__} {name!r}")
    return found[0]


async def press(*names: str) -> None:
    for name in names:
        button = await shown(QPushButton, name)
        await until(button.isEnabled, f"{name!r} can be pressed")
        button.click()


SCRIPTS: dict[str, Callable[..., Awaitable[None]]] = {
    "edit": edit,
    "end": end,
    "hang": hang,
    "stay": stay,
    "look": look,
    "see": see,
    "save": save,
    "tour": tour,
}


def main() -> int:
    what, *numbers = sys.argv[1:]

    async def script(program: Program) -> None:
        await SCRIPTS[what](program, *map(int, numbers))

    hook = CrashHook(show_fatal_crash)
    hook.install()
    return start(parse_options([], os.environ), script, hook)


if __name__ == "__main__":
    sys.exit(main())
