"""Chips that are added or removed and not saved yet."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QChildEvent, QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from atz_desktop.domain.values import Person
from atz_desktop.view.widgets.chip import ChipButton
from atz_desktop.view.widgets.chip_input import ChipInput
from atz_desktop.view.widgets.chip_paint import ChipState, Mark, paint_chip
from tests.view.editor_bench import Bench, press, spoken

ANA = Person("candidate_1", "Ana García")
BO = Person("candidate_2", "Bo")
CY = Person("candidate_3", "Cy")
ALL = (ANA, BO, CY)


def field(bench: Bench) -> ChipInput:
    [found] = bench.editor.findChildren(ChipInput)
    return found


def buttons(bench: Bench) -> list[ChipButton]:
    found = [each for each in field(bench).findChildren(ChipButton) if not each.isHidden()]
    return sorted(found, key=lambda button: button.place)


def marks(bench: Bench) -> list[tuple[str, Mark]]:
    return [(button.chip.text, button.chip.mark) for button in buttons(bench)]


def type_into(bench: Bench, text: str) -> QLineEdit:
    line = bench.part("Candidates")
    assert isinstance(line, QLineEdit)
    line.setFocus()
    QTest.keyClicks(line, text)
    return line


def crosses(bench: Bench) -> list[QAbstractButton]:
    found = [button.findChild(QAbstractButton) for button in buttons(bench)]
    return [cross for cross in found if isinstance(cross, QAbstractButton)]


def test_who_is_added_or_removed_is_marked_and_the_value_holds_who_stays(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", ALL)
    type_into(bench, "candidate_9,")
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Delete)
    assert marks(bench) == [
        ("Ana García", Mark.NONE),
        ("Bo", Mark.REMOVED),
        ("Cy", Mark.NONE),
        ("candidate_9", Mark.ADDED),
    ]
    assert bench.value == (ANA, CY, Person("candidate_9"))
    assert bench.editor.change_text() == "1 added, 1 removed."


def test_delete_goes_on_with_the_next_one_that_is_in_the_list(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", ALL)
    type_into(bench, "")
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Delete)
    press(Qt.Key.Key_Delete)
    assert bench.value == (CY,)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_key_on_who_was_removed_brings_them_back(qtbot: QtBot, key: Qt.Key) -> None:
    bench = Bench(qtbot, "candidates", ALL)
    type_into(bench, "")
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Backspace)
    assert bench.value == (BO, CY)
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Delete)
    assert bench.value == (BO, CY), "who is out already can't be taken out"
    press(key)
    assert bench.value == ALL
    assert marks(bench)[0] == ("Ana García", Mark.NONE)
    assert QApplication.focusWidget() is buttons(bench)[0]


def test_a_click_on_the_button_of_who_was_removed_brings_them_back(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", ALL)
    QTest.mouseClick(crosses(bench)[1], Qt.MouseButton.LeftButton)
    assert bench.value == (ANA, CY)
    assert crosses(bench)[1].accessibleName() == "Put back Bo"
    QTest.mouseClick(crosses(bench)[1], Qt.MouseButton.LeftButton)
    assert bench.value == ALL


def test_typing_who_was_removed_brings_them_back_where_they_were(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", ALL)
    QTest.mouseClick(crosses(bench)[1], Qt.MouseButton.LeftButton)
    type_into(bench, "Bo")
    press(Qt.Key.Key_Return)
    assert bench.value == ALL
    assert marks(bench)[1] == ("Bo", Mark.NONE)


def test_backspace_passes_over_who_was_removed(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", ALL)
    type_into(bench, "")
    for _each in range(4):
        press(Qt.Key.Key_Backspace)
    assert bench.value == (ANA,)
    assert [mark for _name, mark in marks(bench)] == [Mark.NONE, Mark.REMOVED, Mark.REMOVED]


def test_screen_readers_hear_who_is_added_and_who_is_removed(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", (ANA, BO))
    line = type_into(bench, "candidate_9,")
    QTest.mouseClick(crosses(bench)[0], Qt.MouseButton.LeftButton)
    bench.editor.set_description(bench.editor.change_text())
    heard = spoken(line).text(QAccessible.Text.Description)
    assert heard.startswith("1 added, 1 removed. Added: candidate_9. Removed: Ana García.")
    names = [button.accessibleName() for button in buttons(bench)]
    assert names == [
        "Ana García, candidate_1, removed, not saved yet",
        "Bo, candidate_2, chip 1 of 2",
        "candidate_9, not verified, added, not saved yet, chip 2 of 2",
    ]


def test_a_mark_goes_when_the_change_was_saved(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", (ANA, BO))
    QTest.mouseClick(crosses(bench)[0], Qt.MouseButton.LeftButton)
    bench.base = bench.value
    bench.show()
    assert marks(bench) == [("Bo", Mark.NONE)]
    assert bench.editor.change_text() == ""


def test_who_was_removed_stays_out_of_a_list_that_can_only_be_read(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", (ANA, BO))
    QTest.mouseClick(crosses(bench)[0], Qt.MouseButton.LeftButton)
    bench.editor.set_read_only(True)
    type_into(bench, "")
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Return)
    assert bench.value == (BO,)


def test_one_change_keeps_the_widgets_of_all_others(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", ALL)
    before = buttons(bench)
    type_into(bench, "candidate_9,")
    QTest.mouseClick(crosses(bench)[1], Qt.MouseButton.LeftButton)
    after = buttons(bench)
    assert (after[0], after[2]) == (before[0], before[2])


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
@pytest.mark.parametrize("mark", [Mark.NONE, Mark.ADDED, Mark.REMOVED])
def test_a_line_goes_through_who_was_removed_and_through_nobody_else(
    qapp: QApplication, mark: Mark, direction: Qt.LayoutDirection
) -> None:
    image = QImage(200, 24, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setLayoutDirection(direction)
    paint_chip(painter, image.rect(), "l" + "\u2003" * 6 + "l", ChipState(mark))
    painter.end()
    leftward = direction == Qt.LayoutDirection.RightToLeft
    middle = range(140, 160) if leftward else range(40, 60)  # between the two letters
    inks = [{image.pixel(x, y) for y in range(4, 20)} for x in middle]
    struck = all(len(ink) > 1 for ink in inks)
    assert struck is (mark is Mark.REMOVED)


def test_each_mark_has_a_look_of_its_own(qapp: QApplication) -> None:
    looks = set()
    for mark in Mark:
        image = QImage(120, 24, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        paint_chip(painter, image.rect(), "", ChipState(mark))
        painter.end()
        looks.add(bytes(image.constBits()))
    assert len(looks) == len(Mark)


def test_a_chip_is_one_widget_from_being_added_to_being_removed_and_put_back(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", ALL)
    made: list[ChipButton] = []

    class Counter(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if isinstance(event, QChildEvent) and event.added():
                made.append(event.child())  # type: ignore[arg-type]
            return False

    counter = Counter()
    field(bench).installEventFilter(counter)
    type_into(bench, "").insert("".join(f"candidate_{number}," for number in range(100, 140)))
    shown = buttons(bench)
    assert marks(bench)[-1] == ("candidate_139", Mark.ADDED)
    assert len(made) == len(shown) - len(ALL)
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Right)
    for _removed_then_back in range(2):
        crosses(bench)[1].click()
        assert buttons(bench)[1] is shown[1]
    field(bench).removeEventFilter(counter)
