"""An activity with something in every field, edits of it, and a person's patience."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QTextCharFormat, QTextDocument

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit

BODY: dict[str, Any] = {
    "id": 42,
    "title": "Interview with Ana",
    "activity_type": {"id": 5, "label": "Interview"},
    "importance": "normal",
    "start_date": "2024-06-16",
    "start_time": "10:00",
    "end_time": "11:00",
    "collaborators": [],
    "attendees": {
        "candidates": [{"slug": "candidate_1", "full_name": "Ana Lovelace"}],
        "contacts": [
            {"slug": "contact_1", "full_name": "Grace Hopper"},
            {"slug": "contact_2", "full_name": "Alan Turing"},
        ],
        "users": [{"id": 7, "full_name": "Bo", "email": "bo@example.com"}],
    },
    "location": "Room 1",
    "meeting_link": "",
    "description": "Dear team,\n" + "we talk about the role and the next steps. " * 8 + "Bye.",
    "do_not_send_calendar_invite": False,
    "mark_as_done": False,
    "attachment": {"file_name": "old.pdf", "file_link": "https://f.example/old.pdf"},
}


def read(body: dict[str, Any] | None = None, zone: str = "UTC") -> Activity:
    """The sample, some keys of its answer being others."""
    return Activity.from_response({**BODY, **(body or {})}, zone)


def edit_of(body: dict[str, Any] | None = None, **values: Any) -> Edit:
    """An edit of the sample."""
    edit = Edit(read(body))
    for name, value in values.items():
        edit = edit.with_value(name, value)
    return edit


def letters(document: QTextDocument) -> list[tuple[str, QTextCharFormat]]:
    """Every piece of a text with its look."""
    found = []
    block = document.begin()
    while block.isValid():
        pieces = block.begin()
        while not pieces.atEnd():
            fragment = pieces.fragment()
            found.append((fragment.text(), fragment.charFormat()))
            pieces += 1
        block = block.next()
    return found
