"""The buttons that empty a line edit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.session.lookups import Lookups
from atz_desktop.view.windows.id_bar import IdBar
from atz_desktop.view.windows.search_filters import SearchFilters
from tests.view.editor_bench import spoken


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (IdBar, {"Clear Activity ID"}),
        (lambda: SearchFilters(Lookups()), {"Clear Only this record"}),
    ],
)
def test_assistive_tools_hear_what_a_clear_button_clears(
    qtbot: QtBot, make: Callable[[], QWidget], names: set[str]
) -> None:
    widget = make()
    qtbot.addWidget(widget)
    lines = [line for line in widget.findChildren(QLineEdit) if line.isClearButtonEnabled()]
    buttons = [button for line in lines for button in line.findChildren(QToolButton)]
    assert {spoken(button).text(QAccessible.Text.Name) for button in buttons} == names
