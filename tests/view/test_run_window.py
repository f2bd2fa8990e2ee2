"""The window of runs."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from atz_desktop.domain.runs import Run
from atz_desktop.view.worklist.account_label import AccountLook
from atz_desktop.view.worklist.run_window import RunWindow


@pytest.mark.parametrize("at", ["2024-0#-15T10:00:00.000Z", "", "9"])
def test_a_run_whose_time_was_damaged_on_the_disk_is_offered_all_the_same(
    qtbot: QtBot, at: str
) -> None:
    window = RunWindow(AccountLook("Berlin", "blue", production=False))
    qtbot.addWidget(window)
    window.show_runs([Run(1, None, "Hand over", None, None, None, at, None, 3)])
    [shown] = (
        box for box in window.findChildren(QComboBox) if box.accessibleName() == "Which run to show"
    )
    assert shown.itemText(0).startswith("Hand over · ")
    assert shown.itemText(0).endswith(" · 3 activities · not finished")
