"""What stands above the form."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from atz_desktop.domain.local_records import Name
from atz_desktop.view.form.page import RecordHeader
from tests.view.form_bench import ListeningModel, body


def header_of(qtbot: QtBot, shown: dict[str, Any], zone: str = "UTC") -> RecordHeader:
    model = ListeningModel(zone)
    header = model.header()
    qtbot.addWidget(header)
    model.show(shown)
    header.resize(600, 80)
    header.show()
    return header


def test_it_says_which_activity_this_is_and_who_did_what_when(qtbot: QtBot) -> None:
    header = header_of(qtbot, body(), "Europe/Berlin")
    assert header.text == (
        "Team sync",
        "Activity 42  ·  Task  ·  Candidate: Ana García",
        "Changed by Mette on Sun 16 Jun 2024, 10:30  ·  "
        "made by John Doe on Sat 15 Jun 2024, 12:00 (Europe/Berlin)",
    )


def test_what_is_typed_meanwhile_does_not_change_it(qtbot: QtBot) -> None:
    model = ListeningModel()
    header = model.header()
    qtbot.addWidget(header)
    header.show()
    model.show(body())
    qtbot.waitUntil(lambda: header.text[0] == "Team sync")
    model.set_value("title", "Another")
    model.lookups.names_learned.emit()
    assert header.text[0] == "Team sync"


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ({"id": 7}, ("Activity without a title", "Activity 7", "")),
        ({"id": 7, "title": " "}, ("Activity without a title", "Activity 7", "")),
        ({"id": 7, "title": "\u2800\u200b"}, ("Activity without a title", "Activity 7", "")),
        (
            {"id": 7, "title": "a", "related_to_type": "candidate", "related_to": "candidate_1"}
            | {"related_record": {"slug": "candidate_1", "full_name": "\u200b"}},
            ("a", "Activity 7  ·  Candidate: candidate_1", ""),
        ),
        ({"id": 7, "title": 5}, ("5", "Activity 7", "")),
        (
            {"id": 7, "title": "a", "activity_type": {"id": 9}, "related_to_type": "planet"},
            ("a", "Activity 7  ·  No. 9  ·  planet", ""),
        ),
        (
            {"id": 7, "title": "a", "updated_by": {"id": 3, "email": "m@example.com"}},
            ("a", "Activity 7", "Changed by m@example.com"),
        ),
        (
            {"id": 7, "title": "a", "created_at": "0001-01-01T00:00:00Z", "updated_at": "x"},
            ("a", "Activity 7", ""),
        ),
    ],
)
def test_what_is_missing_is_left_out(
    qtbot: QtBot, shown: dict[str, Any], words: tuple[str, str, str]
) -> None:
    zone = "America/New_York"
    assert header_of(qtbot, shown, zone).text == words


def test_a_title_is_cut_and_never_drawn_as_html(qtbot: QtBot) -> None:
    header = header_of(qtbot, body(title="<img src=x> " * 100))
    assert header.minimumSizeHint().width() < 600
    for label in header.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert "<img" not in label.toolTip()


def test_a_name_that_runs_leftward_does_not_turn_the_line_round(qtbot: QtBot) -> None:
    arabic = {"id": 1, "label": "مكالمة"}
    words = header_of(qtbot, body(activity_type=arabic)).text[1]
    assert words == "Activity 42  ·  \u2068مكالمة\u2069  ·  Candidate: Ana García"


def test_names_that_are_learned_later_take_the_place_of_slugs_and_addresses(qtbot: QtBot) -> None:
    model = ListeningModel()
    header = model.header()
    qtbot.addWidget(header)
    nameless = {"related_record": {"slug": "candidate_1"}, "created_by": {"id": 7}}
    model.show(body(**nameless))
    header.show()
    assert "candidate_1" in header.text[1]
    assert "by 7 on" in header.text[2]
    model.lookups.add_and_notify(
        [Name("candidate", "candidate_1", "Ana García"), Name("user", "7", "Mette")]
    )
    assert header.text[1].endswith("Candidate: Ana García")
    assert "made by Mette on" in header.text[2]


def test_a_long_title_leaves_room_for_which_activity_it_is(qtbot: QtBot) -> None:
    header = header_of(qtbot, body() | {"title": "A very long title from an import. " * 9})
    title, which = (label for label in header.findChildren(QLabel) if label.text()[:2] != "Ch")
    qtbot.waitUntil(lambda: title.width() >= 200)
    assert which.width() >= min(which.sizeHint().width(), 250)
