"""Ctrl+S while it is still being looked up whom a text means: the save waits, and never guesses."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from atz_desktop.domain.local_records import Name
from tests.waiting import PATIENCE, until
from tests.walks.conftest import Walk

TITLE = "A title that nobody asked to save"


@asynccontextmanager
async def slow_disk(walk: Walk) -> AsyncIterator[None]:
    """The disk answers nothing before the block ends."""
    database, go_on = walk.program.shared.database, threading.Event()
    assert database is not None
    held = asyncio.ensure_future(database.run(lambda _connection: go_on.wait(PATIENCE)))
    try:
        yield
    finally:
        go_on.set()
        await held


@pytest_asyncio.fixture
async def known(walk: Walk) -> Walk:
    """Activity 42 about a candidate, and a few people of whom this computer knows."""
    services = walk.program.front.session.services
    await walk.load(42)
    ana, bo = others(walk)[:2]
    names = [
        Name("candidate", ana, "Ana Lima", "ana@mail.example"),
        Name("candidate", bo, "Bo Ek", "bo@mail.example"),
    ]
    await services.names.learn(services.account, names)
    return walk


def others(walk: Walk) -> list[str]:
    """The slugs of candidates who have nothing to do with activity 42 yet."""
    here = json.dumps(walk.sandbox.account.get(42))
    return [slug for slug in walk.sandbox.account.book.records["candidate"] if slug not in here]


def put_in(walk: Walk, field: str, text: str) -> QLineEdit:
    line = walk.find(QLineEdit, field)
    line.setFocus()
    line.selectAll()
    walk.keys(text)
    return line


def save(walk: Walk) -> None:
    walk.keys(key=Qt.Key.Key_S, ctrl=True)


def waits(walk: Walk) -> bool:
    """Whether the bar says that the save waits."""
    said = [label.text() for label in walk.window.save_bar.findChildren(QLabel)]
    return any(text.startswith("Saving as soon as ") for text in said)


async def looked_up(walk: Walk) -> None:
    await until(lambda: not walk.jobs.running("deferred save"), "it was looked up")
    await walk.saved()
    names = ("suggest", "owners", "called", "verify")
    await until(lambda: not [t for t in asyncio.all_tasks() if t.get_name().startswith(names)])


def puts(walk: Walk) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in walk.sandbox.requests if each.method == "PUT"]


async def test_the_save_waits_for_the_look_up_and_then_goes(known: Walk) -> None:
    ana, bo = others(known)[:2]
    for saves, (field, text, key, slug) in enumerate(
        (
            ("Related record", "Bo Ek", "related_to", bo),
            ("Candidates", "Ana Lima", "candidates_as_attendees", ana),
            ("Candidates", "bo@mail.example", "candidates_as_attendees", bo),
        )
    ):
        async with slow_disk(known):
            put_in(known, field, text)
            save(known)
            assert waits(known)
            said = known.window.save_bar.findChildren(QLabel)[0].text()
            assert said == f"Saving as soon as “{text}” is looked up"
            await asyncio.sleep(0)
            assert len(puts(known)) == saves
        await looked_up(known)
        assert not waits(known)
        [body] = puts(known)[saves:]
        assert body.keys() == {key}
        assert body[key].split(",")[-1] == slug
        assert known.notice == "Saved and checked"


async def test_what_means_nobody_is_said_at_the_field_and_nothing_is_sent(known: Walk) -> None:
    for field, text, words in (
        ("Candidates", "Nobody Known", "Nobody called “Nobody Known”"),
        ("Candidates", "nobody@mail.example", "No candidate with the address"),
        ("Related record", "Nobody Known", "No candidate called “Nobody Known”"),
        ("Candidates", "Ana Lima, Nobody Known", "Nobody called “Nobody Known”"),
    ):
        async with slow_disk(known):
            line = put_in(known, field, text)
            save(known)
            assert waits(known)
        await looked_up(known)
        assert not waits(known)
        assert any(words in label.text() for label in known._widgets(QLabel) if label.isVisible())
        assert line.hasFocus()
        save(known)
        await looked_up(known)
        assert puts(known) == []
        known.program.front.model.revert_all()


@pytest.mark.parametrize("how", ["Escape", "button"])
async def test_the_wait_can_be_given_up(known: Walk, how: str) -> None:
    before = known.edit.value("candidates")
    async with slow_disk(known):
        put_in(known, "Candidates", "Ana Lima")
        save(known)
        assert waits(known)
        if how == "button":
            known.click("Stop waiting", QPushButton)
        else:
            known.keys(key=Qt.Key.Key_Escape)
        assert not waits(known)
    await until(lambda: len(known.edit.value("candidates")) > len(before), "she was looked up")
    await looked_up(known)
    assert puts(known) == []


async def test_what_is_typed_elsewhere_meanwhile_is_not_saved(known: Walk) -> None:
    ana = others(known)[0]
    async with slow_disk(known):
        put_in(known, "Candidates", "Ana Lima")
        save(known)
        put_in(known, "Title", TITLE)
    await looked_up(known)
    assert puts(known) == []
    assert known.notice == "Not saved yet"
    save(known)
    await looked_up(known)
    [body] = puts(known)
    assert body["title"] == TITLE
    assert body["candidates_as_attendees"].endswith(ana)


async def test_a_long_list_is_read_first(known: Walk) -> None:
    services = known.program.front.session.services
    people = [Name("candidate", f"candidate_{n:04}", f"Person {n}") for n in range(150)]
    await services.names.learn(services.account, people)
    async with slow_disk(known):
        line = known.find(QLineEdit, "Candidates")
        line.setFocus()
        line.insert("\n".join(f"Person {n}" for n in range(150)))
        save(known)
        assert waits(known)
    await looked_up(known)
    [body] = puts(known)
    assert body["candidates_as_attendees"].split(",")[-150:] == [each.key for each in people]


async def test_escape_stops_the_reading_of_a_long_list_and_the_save(known: Walk) -> None:
    async with slow_disk(known):
        line = known.find(QLineEdit, "Candidates")
        line.setFocus()
        line.insert("\n".join(f"Person Number {n}" for n in range(150)))
        save(known)
        assert waits(known)
        known.keys(key=Qt.Key.Key_Escape)
    await looked_up(known)
    assert puts(known) == []
    assert not waits(known)
    assert line.text(), "the list stays in the box"


async def test_another_activity_is_not_saved_by_the_wait(known: Walk) -> None:
    async with slow_disk(known):
        put_in(known, "Candidates", "Ana Lima")
        save(known)
        known.program.front.session.open(7)
    await until(lambda: not waits(known))
    known.program.front.session.model.revert_all()
    await looked_up(known)
    assert puts(known) == []
