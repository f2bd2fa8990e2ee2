"""Yes, no, or not said."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleActionInterface
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from tests.view.editor_bench import ODD, Bench, press, spoken


def check_box(bench: Bench) -> QCheckBox:
    box = bench.part("Mark as done")
    assert isinstance(box, QCheckBox)
    return box


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (True, Qt.CheckState.Checked),
        (False, Qt.CheckState.Unchecked),
        (None, Qt.CheckState.PartiallyChecked),
        (ODD, Qt.CheckState.PartiallyChecked),
    ],
)
def test_what_nobody_knows_is_neither_checked_nor_unchecked(
    qtbot: QtBot, value: Any, state: Qt.CheckState
) -> None:
    assert check_box(Bench(qtbot, "done", value)).checkState() == state


def test_space_switches_between_on_and_off_and_never_back_to_unknown(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "done", None)
    bench.editor.focus_first()
    for _time in range(4):
        press(Qt.Key.Key_Space)
    assert bench.edits == [True, False, True, False]


def test_put_back_the_unknown_is_unknown_again(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "done", None)
    bench.editor.focus_first()
    press(Qt.Key.Key_Space)
    bench.put(None)
    assert check_box(bench).checkState() == Qt.CheckState.PartiallyChecked


def test_a_screen_reader_can_press_it(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "done", False)
    heard = spoken(check_box(bench))
    assert heard.role() == QAccessible.Role.CheckBox
    heard.actionInterface().doAction(QAccessibleActionInterface.toggleAction())
    assert bench.edits == [True]


def test_only_the_box_and_its_words_can_be_clicked(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "done", False)
    box = check_box(bench)
    assert box.width() < bench.editor.width() / 2
