from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from atz_desktop.view.dialogs.crash_dialog import CrashDialog


def _made(qtbot: QtBot) -> CrashDialog:
    dialog = CrashDialog("in fail", "in fail: <b>Amara</b>", Path("logs"), None)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def _button(dialog: CrashDialog, text: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if each.text() == text)


def test_the_report_is_copied_without_the_words_of_the_error(qtbot: QtBot) -> None:
    dialog = _made(qtbot)
    QTest.mouseClick(_button(dialog, "Copy report"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "in fail"


def test_the_words_of_the_error_are_in_it_only_while_that_is_ticked(qtbot: QtBot) -> None:
    dialog = _made(qtbot)
    tick = dialog.findChild(QCheckBox)
    assert isinstance(tick, QCheckBox)
    assert not tick.isChecked()
    tick.click()
    QTest.mouseClick(_button(dialog, "Copy report"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "in fail: <b>Amara</b>"
    tick.click()
    assert dialog.report == "in fail"


def test_enter_goes_on(qtbot: QtBot) -> None:
    dialog = _made(qtbot)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
