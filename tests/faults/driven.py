"""The real program, with a script in a person's place: `python -m tests.faults.driven WHAT …`.

It tells on stdout, line by line, what it does and what it sees. Whoever started it may kill it at
any moment: each line is out before the next thing happens.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from atz_desktop.app import Program
from atz_desktop.launch import start
from atz_desktop.options import read_options
from atz_desktop.session.notices import Notice

FIELDS = ("title", "location")
KEY_PAUSE = 0.02
"""Seconds between two changes of both fields: fast typing."""
CHANGES_FOR_A_SAVE = 3
PATIENCE = 20.0


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
    session = program.session
    session.open(activity_id)
    await program.jobs.wait("open")
    await until(lambda: session.activity and session.activity.id == activity_id, "it is loaded")
    assert session.edit is not None
    return {name: session.edit.value(name) for name in FIELDS}


async def look(program: Program, activity_id: int) -> None:
    """See what came back of an activity after a crash, and put it back."""
    session = program.session
    told: list[str] = []

    def hear(notice: Notice | None) -> None:
        if notice is not None:
            told.append(notice.title)

    session.noticed.connect(hear)
    form = await load(program, activity_id)
    await program.jobs.wait("recent")
    assert session.services is not None
    rows = await session.services.journal.entries(activity_id=activity_id)
    say(
        "found",
        form=form,
        dirty=session.dirty,
        told=told,
        outcomes=[[json.loads(row.sent)["title"], row.outcome] for row in rows],
    )
    session.revert_all()
    await program.jobs.wait("draft")


async def edit(program: Program, before: int, change: int) -> None:
    """See what came back of activity `before`, then type into `change` and save it, for ever."""
    session = program.session
    if before:
        await look(program, before)
    await load(program, change)
    say("begins")
    number = 0
    while True:
        number += 1
        say("types", number=number)
        session.set_value("title", f"Title {number}")
        session.set_value("location", f"Room {number}")
        if number % CHANGES_FOR_A_SAVE == 0:
            session.save()
        await asyncio.sleep(KEY_PAUSE)


async def save(program: Program, change: int) -> None:
    """Change both fields once, save them, and stay."""
    session = program.session
    await load(program, change)
    session.set_value("title", "Title 1")
    session.set_value("location", "Room 1")
    await program.jobs.wait("draft")
    say("saves")
    session.save()
    await program.jobs.wait("save")
    say("saved")
    await asyncio.sleep(PATIENCE)


SCRIPTS: dict[str, Callable[..., Awaitable[None]]] = {"edit": edit, "look": look, "save": save}


def main() -> int:
    what, *numbers = sys.argv[1:]

    async def script(program: Program) -> None:
        await SCRIPTS[what](program, *map(int, numbers))

    return start(read_options([], os.environ), script)


if __name__ == "__main__":
    sys.exit(main())
