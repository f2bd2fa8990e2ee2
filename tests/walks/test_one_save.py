"""The way of a save: from the key to "Saved and checked", in few files."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests.waiting import until
from tests.walks.calls import Calls
from tests.walks.conftest import Walk

FILES = 50
"""Of the API 6, the domain 11, the store 5 and the session 15; of the view 12, and 1 of
the app: what was seen last. Each is a step that a reader of a save would ask for.
"""


async def test_a_save_passes_few_files(walk: Walk) -> None:
    await walk.load(42)
    session = walk.program.front.session
    for letter in "ab":  # the first save makes what is made once
        walk.find(QLineEdit, "Title").setFocus()
        walk.keys(letter)
        await until(lambda: not session.jobs.running("draft"), "the draft is written")
        with Calls() as calls:
            walk.keys(key=Qt.Key.Key_S, ctrl=True)
            await until(lambda: not session.jobs.running("save"), "the save has ended")
            await asyncio.sleep(0)
        assert walk.notice == "Saved and checked"
    assert len(calls.files) <= FILES, sorted(calls.files)
