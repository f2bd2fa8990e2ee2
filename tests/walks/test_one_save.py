"""The way of a save: from the key to "Saved and checked", in few files."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests.waiting import until
from tests.walks.calls import Calls
from tests.walks.conftest import Walk

FILES = 50
"""Half of them keep the promises of a save (session, API, store), the others know what a value is
and what the form shows of it. More than these is a detour.
"""


async def test_a_save_passes_few_files(walk: Walk) -> None:
    await walk.load(42)
    session = walk.program.front.session
    ways: list[set[str]] = []
    for letter in "abc":  # the first save makes what is made once
        walk.find(QLineEdit, "Title").setFocus()
        walk.keys(letter)
        await until(lambda: not session.jobs.running("draft"), "the draft is written")
        with Calls() as calls:
            walk.keys(key=Qt.Key.Key_S, ctrl=True)
            await until(lambda: not session.jobs.running("save"), "the save has ended")
            await asyncio.sleep(0)
        assert walk.notice == "Saved and checked"
        ways.append(calls.files)
    shortest = min(ways, key=len)  # something else may come due beside one of them
    assert "session/saving.py" in shortest
    assert len(shortest) <= FILES, sorted(shortest)
