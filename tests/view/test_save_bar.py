"""The save bar: it fits into the smallest window, whatever it has to say."""

from __future__ import annotations

from typing import Any, cast

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.view.form.save_bar import SaveBar
from atz_desktop.view.windows.main_window import LEAST_WIDTH


def _session(changed: int, problems: int, next_look: int | None = None, waits_for: str = "") -> Any:
    """What the bar asks a session, with so many fields changed and so many of them wrong."""
    return type(
        "Session",
        (),
        {
            "state": type("State", (), {"value": "ready"}),
            "step": "",
            "edit": type("Edit", (), {"pending": dict.fromkeys(range(changed))}),
            "problems": tuple(range(problems)),
            "dirty": changed > 0,
            "offers_save": not problems,
            "upload_progress": None,
            "next_look": next_look,
            "deferred_save": type("DeferredSave", (), {"words": waits_for}),
        },
    )


def test_all_that_it_may_say_fits_into_the_smallest_window(qtbot: QtBot) -> None:
    bar = SaveBar()
    qtbot.addWidget(bar)
    for next_look, waits_for in ((None, ""), (90, ""), (None, "Saving as soon as " + "x" * 99)):
        bar.show_session(
            cast(Any, _session(len(ACTIVITY.fields), len(ACTIVITY.fields), next_look, waits_for))
        )
        assert bar.minimumSizeHint().width() <= LEAST_WIDTH


def test_it_says_when_a_save_is_looked_up_again(qtbot: QtBot) -> None:
    bar = SaveBar()
    qtbot.addWidget(bar)
    bar.show_session(cast(Any, _session(1, 0, next_look=30)))
    [status] = bar.findChildren(QLabel)
    assert status.text() == "Not confirmed yet · looking again in 30 s"


def test_a_screen_reader_hears_how_much_is_changed(qtbot: QtBot) -> None:
    bar = SaveBar()
    qtbot.addWidget(bar)
    bar.show_session(cast(Any, _session(2, 0)))
    [status] = bar.findChildren(QLabel)
    heard = QAccessible.queryAccessibleInterface(status)
    assert heard.text(QAccessible.Text.Name) == "2 fields changed"
