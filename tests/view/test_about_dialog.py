from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from atz_desktop.view.dialogs.about_dialog import AboutDialog, ComponentInfo


def _made(qtbot: QtBot) -> AboutDialog:
    parts = (
        ComponentInfo("One", "1.0", "MIT", lambda: "Permission is hereby granted"),
        ComponentInfo("Two", "2.0", "LGPL 3", lambda: ""),
        ComponentInfo("Inside Two", "", "MIT", lambda: ""),
    )
    dialog = AboutDialog(("ATZ Desktop 9",), parts, Path("/the/data"), None)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_it_names_the_data_folder(qtbot: QtBot) -> None:
    dialog = _made(qtbot)
    field = dialog.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    assert field.text() == str(Path("/the/data"))
    assert field.accessibleName() == "Data folder"


def test_each_part_shows_its_licence(qtbot: QtBot) -> None:
    dialog = _made(qtbot)
    table, text = dialog.findChild(QTableWidget), dialog.findChild(QPlainTextEdit)
    assert isinstance(table, QTableWidget)
    assert isinstance(text, QPlainTextEdit)
    assert text.toPlainText() == "Permission is hereby granted"
    table.selectRow(1)
    assert "LGPL 3" in text.toPlainText()


def test_versions_can_be_copied(qtbot: QtBot) -> None:
    dialog = _made(qtbot)
    next(b for b in dialog.findChildren(QPushButton) if b.text() == "Copy versions").click()
    assert QGuiApplication.clipboard().text().splitlines() == [
        "ATZ Desktop 9",
        "One 1.0",
        "Two 2.0",
    ]
