"""What the menu Help opens: About, and the result of a look for updates."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from atz_desktop.api.updates import Release
from atz_desktop.session.update_check import UpdateResult, UpdateState
from atz_desktop.view.dialogs.help_dialogs import AboutDialog, ComponentInfo, UpdateDialog

RELEASE = Release("9.1.0", "2026-11-20", "Faster <b>than</b> ever", "https://atz.example.com/get")


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


def test_it_says_what_the_program_does_and_which_version_it_is(qtbot: QtBot) -> None:
    dialog = _made(qtbot)
    said = [label.text() for label in dialog.findChildren(QLabel)]
    assert "Corrects activities of ATZ CRM, one or many, and proves that it did." in said
    assert "ATZ Desktop 9" in said


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


def shown(qtbot: QtBot, result: UpdateResult) -> UpdateDialog:
    dialog = UpdateDialog(result, None)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def text(dialog: UpdateDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def test_a_newer_version_shows_its_notes_letter_by_letter(qtbot: QtBot) -> None:
    dialog = shown(qtbot, UpdateResult(UpdateState.NEWER, RELEASE))
    assert "9.1.0" in text(dialog)
    assert "Nothing is installed by itself" in text(dialog)
    (notes,) = dialog.findChildren(QPlainTextEdit)
    assert notes.toPlainText() == RELEASE.notes


def test_the_web_page_is_opened_only_when_it_is_asked_for(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    dialog = shown(qtbot, UpdateResult(UpdateState.NEWER, RELEASE))
    assert not opened
    next(b for b in dialog.findChildren(QPushButton) if b.text() == "Open the web page").click()
    assert opened == [RELEASE.link]


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (UpdateResult(UpdateState.NOT_SET_UP), "named no address to look at"),
        (UpdateResult(UpdateState.FORBIDDEN), "switched off on this computer"),
        (UpdateResult(UpdateState.NEWEST, RELEASE), "You have the newest version"),
        (UpdateResult(UpdateState.FAILED, text="“x” could not be reached."), "“x” could not be"),
    ],
    ids=lambda value: value.state.name if isinstance(value, UpdateResult) else "",
)
def test_what_was_found_is_said_plainly(qtbot: QtBot, result: UpdateResult, words: str) -> None:
    dialog = shown(qtbot, result)
    assert words in text(dialog)
    assert [button.text() for button in dialog.findChildren(QPushButton)] == ["Close"]
