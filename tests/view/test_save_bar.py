"""The save bar: it fits into the smallest window, whatever it has to say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import CalendarMail, Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.values import Unparsed
from atz_desktop.domain.verify import FieldResult, Verdict
from atz_desktop.session.form_state import FormState
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.phase import Phase
from atz_desktop.session.record_state import RecordState
from atz_desktop.view.form.save_bar import SaveBar
from atz_desktop.view.widgets.buttons import LinkButton
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


def test_of_a_meeting_that_is_over_it_says_that_nobody_is_mailed(qtbot: QtBot) -> None:
    bar = SaveBar()
    qtbot.addWidget(bar)
    mail = CalendarMail(6, ("Location",), past=True, is_off=True)
    state = _state(0)
    assert state.form_state is not None
    form = replace(state.form_state, mail=mail, mails_nobody_by_default=True)
    bar.show_state(state._replace(form_state=form))
    words = "This meeting is over:"
    assert words in [label.text() for label in bar.findChildren(QLabel)]
    assert bar.mail.switch.isChecked()
    assert bar.mail.switch.accessibleDescription() == words
    assert bar.minimumSizeHint().width() <= LEAST_WIDTH


def test_nothing_is_called_saved_that_is_older_than_what_is_typed(qtbot: QtBot) -> None:
    bar = SaveBar()
    qtbot.addWidget(bar)
    bar.show_state(_state(0))
    bar.show_result(Notice(Level.GOOD, "Saved and checked", "1 field.", brief=True))
    [status] = [each for each in bar.findChildren(QLabel) if each.text()]
    assert status.text().startswith("Saved and checked ")
    for changed, words in ((1, "Title changed"), (0, "Nothing changed")):
        bar.show_state(_state(changed))
        assert status.text() == words


def test_undo_is_offered_of_a_save_from_this_form_alone(qtbot: QtBot) -> None:
    """What an earlier run saved, and this one found to have arrived, it cannot take back."""
    bar = SaveBar()
    qtbot.addWidget(bar)
    [undo] = [each for each in bar.findChildren(LinkButton) if each.text() == "Undo"]
    state = _state(0)
    assert state.form_state is not None
    field = ACTIVITY.by_name["title"]
    verdict = Verdict(field, "Before", "Team sync", "Team sync", FieldResult.STORED)
    saved = state._replace(form_state=replace(state.form_state, verdicts={"title": verdict}))
    for shown, offered in ((state, False), (saved, True)):
        bar.show_state(shown)
        bar.show_result(Notice(Level.GOOD, "Saved and checked", "1 field.", brief=True))
        assert undo.isHidden() is not offered


def test_only_a_save_that_takes_long_can_be_stopped_and_only_until_it_leaves(qtbot: QtBot) -> None:
    bar = SaveBar()
    qtbot.addWidget(bar)
    saving = _state(1, can_stop=True)._replace(phase=Phase.SAVING)
    bar.show_state(saving)
    assert not bar.can_stop
    qtbot.waitUntil(lambda: bar.can_stop)
    bar.show_state(saving._replace(progress_text="Saving…"))
    assert bar.can_stop
    bar.show_state(saving._replace(can_stop=False))
    assert not bar.can_stop
    bar.show_state(saving)
    assert not bar.can_stop, "the next save begins anew"
