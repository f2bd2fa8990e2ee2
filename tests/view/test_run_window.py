"""The window of runs."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from atz_desktop.domain.runs import Run, RunRow, RunVerdict
from atz_desktop.domain.settings import Account
from atz_desktop.view.worklist.run_window import RunWindow


def row(position: int, verdict: RunVerdict | None = None) -> RunRow:
    return RunRow(position, 40 + position, "Call", verdict, "", None)


def test_at_the_end_of_a_run_all_its_rows_are_drawn_anew_once_where_they_stand(
    qtbot: QtBot,
) -> None:
    window = RunWindow(Account("1", "Berlin", production=False))
    qtbot.addWidget(window)
    at = "2024-06-15T10:00:00.000Z"
    run = Run(1, None, "Hand over", None, None, None, at, None, 3)
    window.show_run(run, [row(1, RunVerdict.CHECKED), row(2), row(3)], {})
    told: list[tuple[int, int]] = []
    window.model.dataChanged.connect(lambda a, b, *_: told.append((a.row(), b.row())))
    window.show_rows([row(n, RunVerdict.STOPPED) for n in (2, 3, 4)])
    assert told == [(0, 2)]
    verdicts = [window.model.index(n, 2).data() for n in range(window.model.rowCount())]
    assert verdicts == ["checked", "not reached", "not reached"]
    assert window.model.counts.by_verdict == {RunVerdict.CHECKED: 1, RunVerdict.STOPPED: 2}


@pytest.mark.parametrize("at", ["2024-0#-15T10:00:00.000Z", "", "9"])
def test_a_run_whose_time_was_damaged_on_the_disk_is_offered_all_the_same(
    qtbot: QtBot, at: str
) -> None:
    window = RunWindow(Account("1", "Berlin", production=False))
    qtbot.addWidget(window)
    window.show_runs([Run(1, None, "Hand over", None, None, None, at, None, 3)])
    [shown] = (
        box for box in window.findChildren(QComboBox) if box.accessibleName() == "Which run to show"
    )
    assert shown.itemText(0).startswith("Hand over · ")
    assert shown.itemText(0).endswith(" · 3 activities · not finished")
