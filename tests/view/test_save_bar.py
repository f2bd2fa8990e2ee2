"""The save bar: it fits into the smallest window, whatever it has to say."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.values import Unparsed
from atz_desktop.session.form_state import FormState
from atz_desktop.session.record_state import Phase, RecordState
from atz_desktop.view.form.save_bar import SaveBar
from atz_desktop.view.windows.main_window import LEAST_WIDTH


def _state(changed: int, **other: Any) -> RecordState:
    """So many fields changed, and each of them wrong."""
    wrong = Unparsed("?")
    edit = Edit(
        Activity.from_response({"id": 1}),
        {field.name: wrong for field in ACTIVITY.fields[:changed]},
    )
    return RecordState(FormState(edit), Phase.READY, **other)


def test_all_that_it_may_say_fits_into_the_smallest_window(qtbot: QtBot) -> None:
    bar = SaveBar()
    qtbot.addWidget(bar)
    for check_in, waits_for in ((None, ""), (90, ""), (None, "Saving as soon as " + "x" * 99)):
        bar.show_state(_state(len(ACTIVITY.fields), check_in=check_in, waits_for=waits_for))
        assert bar.minimumSizeHint().width() <= LEAST_WIDTH


def test_it_says_when_a_save_is_looked_up_again(qtbot: QtBot) -> None:
    bar = SaveBar()
    qtbot.addWidget(bar)
    bar.show_state(_state(1, check_in=30))
    status = bar.findChildren(QLabel)[0]
    assert status.text() == "Not confirmed yet · looking again in 30 s"


def test_a_screen_reader_hears_what_is_changed(qtbot: QtBot) -> None:
    bar = SaveBar()
    qtbot.addWidget(bar)
    bar.show_state(_state(2))
    status = bar.findChildren(QLabel)[0]
    heard = QAccessible.queryAccessibleInterface(status)
    assert heard.text(QAccessible.Text.Name) == "Title, Type changed"
