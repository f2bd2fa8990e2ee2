"""The whole activity in sight on a common laptop, and nothing that moves under the user's hands."""

from __future__ import annotations

import json
import os
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractSlider, QCheckBox, QLabel, QLineEdit, QPushButton

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.kinds import People
from atz_desktop.domain.values import Option, Person
from atz_desktop.sandbox.faults import Fault
from atz_desktop.selftest import settle
from atz_desktop.view.form.activity_form import ActivityForm
from atz_desktop.view.form.card_area import FieldCard
from atz_desktop.view.widgets.field_problem import FieldProblem
from tests.view.editor_bench import hint_text
from tests.waiting import until
from tests.walks.conftest import Walk

MANY = 30 if os.environ.get("CI") else 8
LAPTOP = 1366, 705
"""A screen of 1366 × 768 without the title bar and the bar of the desktop."""


def form_of(walk: Walk) -> ActivityForm:
    assert walk.window.page is not None
    return walk.window.page.form


def places(walk: Walk) -> dict[str, QRect]:
    """Where each control of each field stands in the window."""
    return {
        f"{field.name} {control.accessibleName()}": QRect(
            control.mapTo(walk.window, QPoint()), control.size()
        )
        for field in ACTIVITY.fields
        for control in form_of(walk).row(field.name).editor.controls
        if control.isVisible()
    }


def shows(walk: Walk, number: int) -> bool:
    state = walk.program.front.state
    return state.activity is not None and state.activity.id == number and state.loading_id is None


def is_ordinary(activity: Activity) -> bool:
    """At most three people a list with names of usual length, and five lines of notes."""
    notes = str(activity.value("description") or "")
    lists = [activity.value(f.name) for f in ACTIVITY.fields if isinstance(f.kind, People)]
    short = all(
        isinstance(people, tuple)
        and len(people) <= 3
        and all(len(person.display_name) <= 24 for person in people)
        for people in lists
    )
    lines = sum(1 + len(line) // 90 for line in notes.splitlines())
    return short and lines <= 5


async def open_beside(walk: Walk, what: str) -> None:
    """What may stand beside the form, or nothing."""
    if what == "the work list":
        connected = walk.program.front.connected
        assert connected is not None
        connected.work_list.sources.add_text("42\n7\n3")
        await until(partial(shows, walk, 42), "the work list is shown")
    elif what == "the practice":
        menu = walk.window.menus.sandbox
        next(each for each in menu.actions() if each.text() == "Practice").trigger()
        await until(partial(shows, walk, 201), "the first task is shown")
    walk.window.messages.show_notice(None)


@pytest.mark.parametrize("beside", ["nothing", "the work list"])
async def test_every_field_of_an_ordinary_activity_is_in_sight_on_a_laptop(
    walk: Walk, beside: str
) -> None:
    walk.window.resize(*LAPTOP)
    walk.sandbox.pace.limit = None
    await open_beside(walk, beside)
    bodies = ((n, walk.sandbox.account.get(n)) for n in walk.sandbox.account.ids())
    ordinary = [n for n, body in bodies if is_ordinary(Activity.from_response(body))][:MANY]
    assert len(ordinary) == MANY
    form = form_of(walk)
    for number in ordinary:
        walk.window.load_requested.emit(str(number))
        await until(partial(shows, walk, number), f"activity {number} is loaded")
        await settle(walk.window)
        view = form.viewport().rect()
        for field in ACTIVITY.fields:
            row = form.row(field.name)
            place = QRect(row.mapTo(form.viewport(), QPoint()), row.size())
            assert view.contains(place), f"{field.label} of {number}: {place} in {view}"
        bar = walk.window.save_bar
        assert walk.window.rect().contains(QRect(bar.mapTo(walk.window, QPoint()), bar.size()))


@pytest.mark.parametrize("field", ["description", "no_invite"])
@pytest.mark.parametrize("size", [LAPTOP, (1100, 460)])
async def test_the_field_that_a_load_lands_in_is_in_sight_also_below_long_lists(
    walk: Walk, size: tuple[int, int], field: str
) -> None:
    walk.window.resize(*size)
    walk.sandbox.pace.limit = None
    await open_beside(walk, "the work list")
    form = form_of(walk)
    form.focus_field(field)
    walk.keys(" ")
    walk.program.front.session.model.revert_all()
    row, bar = form.row(field), form.verticalScrollBar()
    for number in (58, 3, 71):
        walk.window.load_requested.emit(str(number))
        await until(partial(shows, walk, number), f"activity {number} is loaded")
        await settle(walk.window)
        place = QRect(row.mapTo(form.viewport(), QPoint()), row.size())
        assert form.viewport().rect().contains(place), number
    bar.triggerAction(QAbstractSlider.SliderAction.SliderToMinimum)
    walk.window.resize(size[0], size[1] - 20)
    await settle(walk.window)
    assert bar.value() == 0, "who scrolls is left where they are"


FULL_LINES = ("title", "link", "location", "attachment", "record", "users", "description")
"""Fields that take the whole line of their card."""


@pytest.mark.parametrize("beside", ["nothing", "the work list"])
async def test_what_takes_a_whole_line_ends_where_the_others_of_its_card_and_column_end(
    walk: Walk, beside: str
) -> None:
    await open_beside(walk, beside)
    if beside == "nothing":
        await walk.load(42)
    form = form_of(walk)
    cards = form.findChildren(FieldCard)
    for size in (LAPTOP, (900, 600), (1920, 1050), (683, 345)):
        walk.window.resize(*size)
        await settle(walk.window)
        inner = set()
        for name in FULL_LINES:
            row = form.row(name)
            card = next(each for each in cards if each.isAncestorOf(row))
            buttons = (each for each in row.findChildren(QPushButton) if each.isVisible())
            ends = [
                each.mapTo(card, QPoint(each.width(), 0)).x() for each in (row.editor, *buttons)
            ]
            inner.add(card.width() - max(ends))
        assert len(inner) == 1, size
        lefts = {card.mapTo(form, QPoint()).x() for card in cards}
        rights = {card.mapTo(form, QPoint(card.width(), 0)).x() for card in cards}
        assert len(rights) == len(lefts), size


@pytest.mark.parametrize("beside", ["the work list", "the practice"])
async def test_in_a_small_window_no_card_touches_the_scroll_bar(walk: Walk, beside: str) -> None:
    walk.window.resize(900, 600)
    for open_now in ("nothing", beside):
        await open_beside(walk, open_now)
        await walk.load(42)
        await settle(walk.window)
        form = form_of(walk)
        for card in form.findChildren(FieldCard):
            right = card.mapTo(form.viewport(), QPoint(card.width(), 0)).x()
            assert right <= form.viewport().width() - 4, (card.group, open_now)


@pytest.mark.parametrize(
    ("size", "beside"),
    [
        (LAPTOP, "nothing"),
        (LAPTOP, "the work list"),
        (LAPTOP, "the practice"),
        ((900, 600), "nothing"),
        ((683, 340), "nothing"),
    ],
    ids=str,
)
async def test_nothing_moves_while_an_activity_is_changed_saved_and_put_back(
    walk: Walk, size: tuple[int, int], beside: str
) -> None:
    walk.window.resize(*size)
    await open_beside(walk, beside)
    if beside != "the work list":  # which shows 42: a second load would end at some time later
        await walk.load(42)
    await settle(walk.window)
    before = places(walk)

    async def unmoved(after: str) -> None:
        await settle(walk.window)
        form_of(walk).verticalScrollBar().setValue(0)
        assert places(walk) == before, after

    form = walk.program.front.model
    title = walk.find(QLineEdit, "Title")
    title.setFocus()
    title.end(False)
    walk.keys("x")
    await unmoved("the first key")
    form.set_value("importance", Option("high", "High"))
    form.set_value("done", True)
    form.set_value("location", "Room 9")
    form.set_value("link", "no address")
    await unmoved("changes, one of them a problem")
    form.revert("link")
    walk.sandbox.faults.on(Fault("400", "PUT", times=1))
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    assert walk.notice == "ATZ said no to the save"
    await unmoved("a refusal")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    assert walk.notice == "Saved and checked"
    await unmoved("a save")
    walk.sandbox.account.edit_as_colleague(42, location="Theirs")
    form.set_value("location", "Mine")
    walk.keys(key=Qt.Key.Key_F5)
    await until(lambda: walk.notice == "Somebody changed the same fields in ATZ", "a conflict")
    await unmoved("a conflict")
    form.revert_all()
    await unmoved("putting back")


@pytest.mark.parametrize("size", [LAPTOP, (900, 600)], ids=str)
async def test_what_is_wrong_is_said_over_the_form_and_moves_nothing(
    walk: Walk, size: tuple[int, int]
) -> None:
    walk.window.resize(*size)
    await walk.load(42)
    form = form_of(walk)
    for control, text, wrong in (
        ("Candidates", "Nobody Whom Anybody Knows,", "Nobody called"),
        ("Users", "Mueller, Ana Maria Lopez-Fernandez,", "Nobody called"),
        ("Related record", "Mueller2", "is known here"),
        ("Start time", "half past nobody knows", "is no time of day"),
    ):
        line = walk.find(QLineEdit, control)
        line.setFocus()
        await settle(walk.window)
        before = places(walk)
        line.selectAll()
        walk.keys(text, Qt.Key.Key_Return)
        row = next(row for row in map(form.row, ACTIVITY.by_name) if row.isAncestorOf(line))
        await until(lambda row=row, wrong=wrong: wrong in hint_text(row), "it is said")  # type: ignore[misc]
        await settle(walk.window)
        here = form.mapTo(walk.window, QPoint())
        moved = {name: now.topLeft() for name, now in places(walk).items()}
        scrolled = moved[next(iter(before))] - before[next(iter(before))].topLeft()
        assert moved == {name: place.topLeft() + scrolled for name, place in before.items()}
        over = [each for each in form.findChildren(FieldProblem) if each.isVisible()]
        for each in over:
            assert each.text == hint_text(row)
            corner = each.mapTo(walk.window, QPoint())
            assert QRect(here, form.viewport().size()).contains(QRect(corner, each.size()))
        walk.program.front.model.revert_all()


async def test_another_activity_moves_only_what_its_own_content_makes_longer(walk: Walk) -> None:
    walk.window.resize(*LAPTOP)
    await walk.load(42)
    await settle(walk.window)
    before = places(walk)
    fields = {"title", "type", "importance", "done", "when", "link", "location", "attachment"}
    for number in (7, 3, 1):
        await walk.load(number)
        await settle(walk.window)
        now = places(walk)
        first = {name for name in before if name.split()[0] in fields}
        assert {name: now[name] for name in first} == {name: before[name] for name in first}


# What the save bar says


def said(walk: Walk) -> list[str]:
    return [x.text() for x in walk.window.save_bar.findChildren(QLabel) if x.isVisible()]


def switch(walk: Walk) -> QCheckBox:
    return walk.find(QCheckBox, "Don't mail")


async def test_the_save_bar_names_what_changed_and_what_became_of_it(walk: Walk) -> None:
    walk.window.resize(*LAPTOP)
    await walk.load(42)
    assert said(walk) == ["Nothing changed"]
    form = walk.program.front.model
    form.set_value("importance", Option("high", "High"))
    form.set_value("title", "Another")
    assert said(walk) == ["Title, Importance changed"]
    walk.click("Save", QPushButton)
    await walk.saved()
    assert said(walk)[0].startswith("Saved and checked ")
    form.set_value("title", "Newer")
    assert said(walk) == ["Title changed"]
    form.revert_all()
    walk.click("Undo this save")
    assert set(walk.edit.pending) == {"title", "importance"}


async def test_text_that_is_no_value_yet_is_not_called_nothing(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Users").setFocus()
    walk.keys("12")
    assert walk.find(QPushButton, "Save").isEnabled()
    assert said(walk) == ["Users not finished"]


async def test_whom_atz_may_mail_is_said_and_one_click_asks_it_not_to(walk: Walk) -> None:
    walk.window.resize(*LAPTOP)
    await walk.load(42)
    form = walk.program.front.model
    form.set_value("title", "Another")
    assert not walk.window.save_bar.mail.isVisible()
    form.set_value("location", "Room 9")
    assert "ATZ may mail 6 people" in said(walk)
    assert not switch(walk).isChecked()
    form.set_value("users", (*walk.edit.value("users"), Person("7")))
    assert "ATZ may mail 7 people" in said(walk)
    walk.click("Don't mail")
    assert "ATZ is asked not to mail 7 people" in said(walk)
    assert walk.find(QPushButton, "Save").text() == "Save 4 changes"
    assert walk.find(QCheckBox, "Do not send calendar invite").isChecked()
    walk.click("Save", QPushButton)
    await walk.saved()
    [put] = [json.loads(each.body) for each in walk.sandbox.requests if each.method == "PUT"]
    assert put["do_not_send_calendar_invite"] is True


async def test_while_a_question_waits_nothing_is_said_to_be_read(walk: Walk) -> None:
    await walk.load(42)
    walk.program.front.model.set_value("title", "Mine")
    walk.sandbox.account.edit_as_colleague(42, title="Theirs")
    walk.click("Save", QPushButton)
    await until(lambda: "Waiting for your answer…" in said(walk), "that it waits")
    assert walk.shows(QPushButton, "Cancel")
    walk.click("Cancel", QPushButton)
    await walk.saved()
