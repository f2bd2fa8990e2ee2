"""Painting that is put off to a later turn of the event loop."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.view.widgets.layouts import vbox
from atz_desktop.view.widgets.paint_later import paint_in_halves, paint_later
from atz_desktop.view.widgets.row_table import RowModel, RowTable


class _Counting(QLabel):
    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted += 1
        super().paintEvent(event)


@pytest.fixture
def labels(qtbot: QtBot) -> Iterator[list[_Counting]]:
    """Two in one window, which is shown but not painted yet."""
    window, labels = QWidget(), [_Counting("one"), _Counting("two")]
    vbox(window, *labels)
    qtbot.addWidget(window)
    yield labels
    window.close()


def test_what_is_postponed_is_painted_in_a_turn_of_its_own_and_nothing_else(
    qtbot: QtBot, labels: list[_Counting]
) -> None:
    changed, other = labels
    changed.window().show()
    qtbot.waitUntil(lambda: bool(changed.painted and other.painted))
    QCoreApplication.processEvents()
    before = changed.painted, other.painted
    paint_later(changed.window())
    changed.update()
    QCoreApplication.processEvents()
    assert changed.painted == before[0]
    qtbot.waitUntil(lambda: changed.painted > before[0])
    assert other.painted == before[1]


def test_a_window_that_comes_up_is_painted_in_a_turn_of_its_own(
    qtbot: QtBot, labels: list[_Counting]
) -> None:
    window = labels[0].window()
    paint_later(labels[0])
    window.show()
    assert not labels[0].painted
    qtbot.waitUntil(lambda: all(each.painted for each in labels))
    labels[0].update()
    qtbot.waitUntil(lambda: labels[0].painted > 1)


def test_the_lower_half_of_what_is_painted_in_halves_waits_for_a_turn_of_its_own(
    qtbot: QtBot, labels: list[_Counting]
) -> None:
    upper, lower = labels
    window = upper.window()
    window.show()
    qtbot.waitUntil(lambda: bool(upper.painted and lower.painted))
    QCoreApplication.processEvents()
    before = upper.painted, lower.painted
    paint_in_halves(window)
    assert window.childAt(lower.geometry().center()) is lower, "it can be clicked all the time"
    for label in labels:
        label.repaint()
    assert (upper.painted, lower.painted) == (before[0] + 1, before[1])
    qtbot.waitUntil(lambda: lower.painted > before[1])
    assert upper.painted == before[0] + 1


@pytest.mark.parametrize("shown", [False, True])
def test_a_window_may_end_while_its_painting_is_postponed(qtbot: QtBot, *, shown: bool) -> None:
    """Nothing keeps it but what it postpones: that child may not be what ends it, or both crash."""
    for _ in range(20):
        window = QWidget()
        if shown:
            window.show()
        ended = weakref.ref(window)
        paint_later(window)
        del window
        qtbot.waitUntil(lambda ended=ended: ended() is None)  # type: ignore[misc]


def test_rows_that_come_into_a_list_are_painted_in_a_turn_of_their_own(qtbot: QtBot) -> None:
    model = RowModel[str](("Name",), lambda row, _column: row)
    table, painted = RowTable("Names", model), 0
    qtbot.addWidget(table)

    class Counter(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            nonlocal painted
            painted += event.type() == QEvent.Type.Paint
            return False

    counter = Counter()
    table.viewport().installEventFilter(counter)
    table.show()
    qtbot.waitUntil(lambda: painted > 0)
    QCoreApplication.processEvents()
    for come, rows in ((model.set_rows, ["Ana"]), (model.append, ["Bea", "Cem"])):
        before = painted
        come(rows)
        QCoreApplication.processEvents()
        assert painted == before
        qtbot.waitUntil(lambda before=before: painted > before)  # type: ignore[misc]
    table.viewport().removeEventFilter(counter)


def test_the_window_below_a_new_one_is_painted_after_it(
    qtbot: QtBot, labels: list[_Counting]
) -> None:
    below = labels[0].window()
    below.show()
    qtbot.waitUntil(lambda: all(each.painted for each in labels))
    QCoreApplication.processEvents()
    dialog, word = QDialog(below), _Counting("word")
    vbox(dialog, word)
    before = labels[0].painted
    paint_later(dialog)
    dialog.open()
    labels[0].update()
    qtbot.waitUntil(lambda: bool(word.painted))
    assert labels[0].painted == before
    qtbot.waitUntil(lambda: labels[0].painted > before)
    dialog.close()
