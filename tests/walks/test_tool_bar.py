"""The tool bar beside the ID, and undo that says and shows what it changes."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QLineEdit, QMenu, QToolButton, QWidget

from atz_desktop.domain.values import Option
from tests.waiting import until
from tests.walks.conftest import Walk


def undo_button(walk: Walk) -> QToolButton:
    return walk.find(QToolButton, "Undo")


def action(walk: Walk, begin: str) -> QAction:
    return next(each for each in walk.window.findChildren(QAction) if each.text().startswith(begin))


def dialogs(walk: Walk) -> list[QDialog]:
    return [each for each in walk.window.findChildren(QDialog) if each.isVisible()]


async def test_undo_is_called_by_what_it_undoes(walk: Walk) -> None:
    await walk.load(42)
    assert not undo_button(walk).isEnabled()
    form = walk.program.front.model
    form.set_value("importance", Option("high", "High"))
    assert undo_button(walk).text() == "Undo Importance"
    form.set_value("location", "Room 9")
    assert (undo_button(walk).text(), action(walk, "Undo").text()) == ("Undo Location",) * 2
    form.set_unparsed("when", "Start time: 9x")
    assert undo_button(walk).text() == "Undo When"
    walk.click("Undo", QToolButton)
    assert action(walk, "Redo").text() == "Redo When"
    walk.click("Undo", QToolButton)
    assert (undo_button(walk).text(), action(walk, "Redo").text()) == (
        "Undo Importance",
        "Redo Location",
    )
    form.revert_all()
    form.set_value("location", "Room 9")
    form.set_value("title", "Another title")
    form.set_value("done", True)
    form.revert_all()
    assert undo_button(walk).text() == "Undo 3 fields"


async def test_undo_and_redo_bring_into_sight_what_they_change_and_mark_it(walk: Walk) -> None:
    walk.window.resize(900, 480)
    await walk.load(42)
    page = walk.window.page
    assert page is not None
    form = page.form
    walk.program.front.model.set_value("attachment", None)
    walk.program.front.model.set_value("description", "Other notes")
    bar, row = form.verticalScrollBar(), form.row("description")
    for key in (Qt.Key.Key_Z, Qt.Key.Key_Y):
        bar.setValue(0)
        assert form.viewport().height() < row.mapTo(form.viewport(), QPoint(0, 0)).y()
        walk.keys(key=key, ctrl=True)
        await until(
            lambda: row.mapTo(form.viewport(), QPoint(0, 0)).y() < form.viewport().height(),
            "it is in sight",
        )
        assert row.is_flashing
        assert not form.row("title").is_flashing
        await until(lambda: not row.is_flashing, "the mark goes")


async def test_the_commands_that_are_wanted_most_are_a_click_away(walk: Walk) -> None:
    await walk.load(42)
    walk.click("History", QToolButton)
    await until(lambda: dialogs(walk), "History is shown")
    dialogs(walk)[0].close()
    walk.click("Find", QToolButton)
    await until(lambda: dialogs(walk), "Find is shown")
    dialogs(walk)[0].close()


async def test_recent_offers_what_was_loaded(walk: Walk) -> None:
    await walk.load(42)
    menu = walk.find(QToolButton, "Recent").menu()
    assert isinstance(menu, QMenu)

    def offered() -> list[str]:
        menu.aboutToShow.emit()
        return [each.text().split("  ")[0] for each in menu.actions()]

    await until(lambda: offered()[0] == "42", "it is offered")
    await walk.load(43)
    await until(lambda: offered()[:2] == ["43", "42"], "both are offered")
    menu.actions()[1].trigger()
    await until(lambda: walk.find(QLineEdit, "Activity ID").text() == "42", "it is loaded")
    await until(lambda: walk.program.front.session.activity.id == 42)  # type: ignore[union-attr]


async def test_recent_says_what_is_unsaved_as_long_as_it_is(walk: Walk) -> None:
    await walk.load(42)
    menu = walk.find(QToolButton, "Recent").menu()
    assert isinstance(menu, QMenu)

    def offered() -> str:
        menu.aboutToShow.emit()
        return menu.actions()[0].text()

    walk.program.front.session.model.set_value("location", "Room 9")
    await until(lambda: "unsaved: Location" in offered(), "it is said")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    await until(lambda: offered().startswith("42") and "unsaved" not in offered(), "it is saved")


async def test_where_there_is_no_room_the_pictures_stand_alone(walk: Walk) -> None:
    await walk.load(42)
    styles = {}
    for width in (1500, 900):
        walk.window.resize(width, 700)
        await until(lambda: walk.window.width() == width)  # noqa: B023 - awaited in the round
        styles[width] = undo_button(walk).toolButtonStyle()
        button = undo_button(walk)
        right = button.mapTo(walk.window, button.rect().topRight()).x()
        assert right < walk.window.banner.mapTo(walk.window, QPoint(0, 0)).x()
    assert styles == {
        1500: Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
        900: Qt.ToolButtonStyle.ToolButtonIconOnly,
    }


async def test_a_long_name_of_undo_takes_the_words_of_no_other_command(walk: Walk) -> None:
    walk.window.resize(1366, 700)
    await walk.load(42)
    form = walk.program.front.model
    form.set_value("no_invite", True)
    form.set_value("importance", Option("high", "High"))
    form.revert_all()
    words = ("Undo Importance and Do not send calendar invite", "Undo")
    assert (undo_button(walk).accessibleDescription(), undo_button(walk).text()[:4]) == words
    assert undo_button(walk).text() != words[0]
    for name in ("Find", "Recent", "History"):
        style = walk.find(QToolButton, name).toolButtonStyle()
        assert style is Qt.ToolButtonStyle.ToolButtonTextBesideIcon, name


async def test_nothing_above_the_form_lies_over_anything_else_in_the_smallest_window(
    walk: Walk,
) -> None:
    await walk.load(42)
    walk.window.resize(walk.window.minimumSize())
    await until(lambda: walk.window.size() == walk.window.minimumSize())
    bar = walk.window.id_bar

    def overlap() -> bool:
        parts = bar.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        shown = [part.geometry() for part in parts if part.isVisible() and part.height() > 3]
        rooms = sorted(shown, key=lambda room: room.left())
        inside = rooms[-1].right() < walk.window.width()
        return not inside or any(one.right() >= other.left() for one, other in pairwise(rooms))

    await until(lambda: not overlap(), "each has its own room")
