"""A label for foreign text."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from atz_desktop.view.widgets.labels import ElidingLabel


def _drawn(qtbot: QtBot, text: str) -> QImage:
    label = ElidingLabel()
    qtbot.addWidget(label)
    label.set_text(text)
    label.resize(200, 20)
    assert label.text() == text  # what is copied is what ATZ holds
    return label.grab().toImage()


@pytest.mark.parametrize("mark", ["\u202a", "\u202b", "\u202d", "\u202e", "\u202efdp.exe\u202c"])
def test_the_end_of_a_name_cannot_be_turned_round(qtbot: QtBot, mark: str) -> None:
    name = f"cv{mark}fdp.exe"
    plain = "".join(letter for letter in name if not "\u202a" <= letter <= "\u202e")
    assert _drawn(qtbot, name) == _drawn(qtbot, plain)
    assert _drawn(qtbot, plain) != _drawn(qtbot, plain[::-1])


def test_of_a_text_that_no_screen_holds_the_beginning_is_shown_and_the_whole_is_kept(
    qtbot: QtBot,
) -> None:
    label, long = ElidingLabel(lines=3), "i" * 20_000
    qtbot.addWidget(label)
    label.resize(30_000, 60)
    label.set_text(long)
    assert label.text() == label.accessibleDescription() == long
    assert "iii" in label.toolTip()
    assert label.sizeHint().height() < 100
    label.set_text("short")
    assert label.toolTip() == label.accessibleDescription() == ""
