"""A list as long as a spreadsheet, pasted into a field of people."""

from __future__ import annotations

import asyncio
import threading

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from atz_desktop.domain.local_records import Name
from atz_desktop.domain.values import Person
from atz_desktop.view.form.field_row import FieldRow
from atz_desktop.view.widgets.buttons import LinkButton
from tests.view.editor_bench import hint_text
from tests.waiting import PATIENCE, until
from tests.walks.conftest import Walk

LINES = 300
TEXT = "\n".join(f"Pasted Person {n}\tpasted{n}@mail.example" for n in range(LINES))


def row(walk: Walk) -> FieldRow:
    page = walk.window.page
    assert page is not None
    return page.form.row("candidates")


def box(walk: Walk) -> QLineEdit:
    return walk.find(QLineEdit, "Candidates")


def candidates(walk: Walk) -> tuple[Person, ...]:
    value = walk.edit.value("candidates")
    assert isinstance(value, tuple)
    return value


def paste(walk: Walk, text: str = TEXT) -> None:
    QApplication.clipboard().setText(text)
    box(walk).setFocus()
    walk.keys(key=Qt.Key.Key_V, ctrl=True)


@pytest_asyncio.fixture
async def listed(walk: Walk) -> Walk:
    """Activity 42, and a directory that knows everybody on the list."""
    services = walk.program.front.session.services
    known = [
        Name("candidate", f"candidate_{n:06d}", f"Pasted Person {n}", f"pasted{n}@mail.example")
        for n in range(LINES)
    ]
    await services.names.learn(services.account, known)
    await walk.load(42)
    return walk


async def test_a_long_list_is_read_beside_the_window_and_told_once(listed: Walk) -> None:
    before = candidates(listed)
    values: list[int] = []
    listed.program.front.session.changed.connect(
        lambda _names: values.append(len(candidates(listed)))
    )
    paste(listed)
    assert candidates(listed) == before  # it is being read, and the window answers
    assert hint_text(row(listed)) == f"Reading a list of {LINES} lines… Esc stops."
    assert not listed.program.front.session.state.problems  # nothing is wrong with it yet
    await until(lambda: len(candidates(listed)) == len(before) + LINES)
    assert set(values) == {len(before), len(before) + LINES}  # all at once, not one after another
    assert box(listed).text() == ""
    assert candidates(listed)[-1] == Person(
        "candidate_000299", "Pasted Person 299", "pasted299@mail.example"
    )


async def test_esc_stops_the_reading_and_enter_begins_anew(listed: Walk) -> None:
    before = candidates(listed)
    paste(listed)
    listed.keys(key=Qt.Key.Key_Escape)
    note = "Stopped: nothing was taken over. Enter reads the list again."
    assert hint_text(row(listed)) == note
    for job in ("read candidates", "owners candidates"):
        await listed.jobs.wait(job)
    assert candidates(listed) == before
    assert "pasted299@mail.example" in box(listed).text()
    assert hint_text(row(listed)) == note
    listed.keys(key=Qt.Key.Key_Return)
    await until(lambda: len(candidates(listed)) == len(before) + LINES)


async def test_another_text_in_the_box_ends_the_reading_of_the_last(listed: Walk) -> None:
    before = candidates(listed)
    paste(listed)
    listed.click("Put back Candidates")
    await until(lambda: not listed.jobs.running("read candidates"))
    assert candidates(listed) == before
    assert box(listed).text() == ""
    assert not row(listed).editor.is_busy


async def test_saving_while_a_list_is_read_waits_for_it(listed: Walk) -> None:
    paste(listed)
    listed.keys(key=Qt.Key.Key_S, ctrl=True)
    assert not listed.jobs.running("save")
    assert hint_text(row(listed)).startswith("Reading a list")
    await until(lambda: any(each.method == "PUT" for each in listed.sandbox.requests))
    await listed.saved()


async def test_how_far_the_reading_is_and_a_button_that_stops_it_stand_at_the_field(
    listed: Walk,
) -> None:
    before, services = candidates(listed), listed.program.front.session.services
    go_on = threading.Event()
    disk = services.names._database.run(lambda _connection: go_on.wait(PATIENCE))
    held = asyncio.ensure_future(disk)
    paste(listed)
    await until(
        lambda: hint_text(row(listed)) == f"Reading a list: {LINES} of {LINES} lines… Esc stops.",
        "its lines are read, and the disk is asked",
    )
    listed.click("Stop reading Candidates")
    stops = [each for each in row(listed).findChildren(LinkButton) if each.text() == "Stop"]
    assert [each.isVisible() for each in stops] == [False]
    go_on.set()
    await held
    await until(lambda: not listed.jobs.running("read candidates"))
    assert candidates(listed) == before
    assert "pasted299@mail.example" in box(listed).text()
    assert hint_text(row(listed)).startswith("Stopped: nothing was taken over.")
