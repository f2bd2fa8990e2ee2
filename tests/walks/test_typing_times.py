"""Times typed key by key in the whole window: what is undone, and what is sent."""

from __future__ import annotations

import json
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests.waiting import until
from tests.walks.conftest import Walk


def _retype(walk: Walk, name: str, text: str) -> QLineEdit:
    line = walk.find(QLineEdit, name)
    line.setFocus()
    line.selectAll()
    walk.keys(text)
    return line


async def test_a_time_typed_key_by_key_is_one_step_and_a_refused_one_is_none(walk: Walk) -> None:
    await walk.load(42)
    before = walk.edit.value("when")
    _retype(walk, "End time", "24:00")
    assert walk.edit.value("when") == before
    assert not walk.edit.pending
    walk.keys(key=Qt.Key.Key_Z, ctrl=True)
    assert walk.find(QLineEdit, "End time").text() == f"{before.end:%H:%M}"
    _retype(walk, "Start time", "9:45")
    walk.keys(key=Qt.Key.Key_Return)
    await until(lambda: walk.edit.value("when") != before, "the start is moved")
    moved = walk.edit.value("when")
    assert (moved.start.hour, moved.start.minute) == (9, 45)
    assert moved.end - moved.start == before.end - before.start
    walk.keys(key=Qt.Key.Key_Z, ctrl=True)
    assert walk.edit.value("when") == before
    walk.keys(key=Qt.Key.Key_Y, ctrl=True)
    assert walk.edit.value("when") == moved
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    sent = [json.loads(each.body) for each in walk.sandbox.requests if each.method == "PUT"]
    assert [set(body) for body in sent] == [{"start_datetime", "end_datetime"}]


async def test_a_time_that_is_still_being_typed_is_saved_with_the_rest(walk: Walk) -> None:
    await walk.load(42)
    before = walk.edit.value("when")
    _retype(walk, "Start time", "9:45-11")
    assert walk.edit.value("when") == before, "nothing moves while it is being typed"
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    start, end = before.start.replace(hour=9, minute=45), before.end.replace(hour=11, minute=0)
    assert walk.edit.value("when") == replace(before, start=start, end=end)
