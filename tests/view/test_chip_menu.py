"""The context menu of a chip."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from atz_desktop.domain.values import Person, RecordRef
from atz_desktop.view.widgets.chip import ChipButton
from tests.view.editor_bench import PEOPLE, Bench

NORMAL = Qt.KeyboardModifier.NoModifier


@pytest.fixture(autouse=True)
def no_menu_left() -> Iterator[None]:
    yield
    for menu in menus():
        menu.close()


def menus() -> list[QMenu]:
    tops = QApplication.topLevelWidgets()
    return [top for top in tops if isinstance(top, QMenu) and top.isVisible()]


def entries(bench: Bench, place: int, reason: QContextMenuEvent.Reason) -> list[str]:
    """Ask the chip for its menu; what can be chosen there."""
    buttons = [each for each in bench.editor.findChildren(ChipButton) if not each.isHidden()]
    [button] = [each for each in buttons if each.place == place]
    spot = button.rect().center()
    asked = QContextMenuEvent(reason, spot, button.mapToGlobal(spot), NORMAL)
    QApplication.sendEvent(button, asked)
    return [action.text() for menu in menus() for action in menu.actions()]


def choose(text: str) -> None:
    [menu] = menus()
    [action] = [action for action in menu.actions() if action.text() == text]
    action.trigger()
    menu.close()


MOUSE, KEY = QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard


@pytest.mark.parametrize("reason", [MOUSE, KEY])
def test_slug_and_name_are_copied_from_the_chip_of_a_record(
    qtbot: QtBot, reason: QContextMenuEvent.Reason
) -> None:
    bench = Bench(qtbot, "record", RecordRef(1, "candidate_1", "Ana García"))
    for entry, copied in (("Copy slug", "candidate_1"), ("Copy name", "Ana García")):
        assert entries(bench, 0, reason) == ["Copy name", "Copy slug", "Remove"]
        choose(entry)
        assert QGuiApplication.clipboard().text() == copied


def test_somebody_is_removed_and_put_back_in_the_menu(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "users", PEOPLE)
    assert entries(bench, 1, MOUSE) == ["Copy name", "Copy user ID", "Remove"]
    choose("Remove")
    assert bench.value == PEOPLE[:1]
    assert entries(bench, 1, MOUSE) == ["Copy name", "Copy user ID", "Put back"]
    choose("Put back")
    assert bench.value == PEOPLE


def test_a_list_that_can_only_be_read_is_copied_from(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", (Person("candidate_1"),))
    bench.editor.set_read_only(True)
    assert entries(bench, 0, MOUSE) == ["Copy slug"]


def test_the_menu_of_the_fold_shows_all(qtbot: QtBot) -> None:
    crowd = tuple(Person(f"candidate_{number}", f"Person {number}") for number in range(20))
    bench = Bench(qtbot, "candidates", crowd)
    assert entries(bench, 12, MOUSE) == ["Show all"]
    bench.editor.set_read_only(True)
    [menu] = menus()
    menu.close()
    assert entries(bench, 12, MOUSE) == ["Show all"]
