from __future__ import annotations

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from atz_desktop.api.updates import Release
from atz_desktop.session.update_check import UpdateResult, UpdateState
from atz_desktop.view.dialogs.update_dialog import UpdateDialog

RELEASE = Release("9.1.0", "2026-11-20", "Faster <b>than</b> ever", "https://atz.example.com/get")


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
