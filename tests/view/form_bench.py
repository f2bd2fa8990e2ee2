"""A form over the real model: no server, no tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.session.form_model import FormModel
from atz_desktop.session.form_state import FormState
from atz_desktop.session.lookups import Lookups
from atz_desktop.view.form.activity_form import ActivityForm
from atz_desktop.view.form.page import RecordHeader


class ListeningModel(FormModel):
    """`asked` is what the form told it, in order."""

    def __init__(self, zone: str = "UTC") -> None:
        super().__init__(zone)
        self.lookups = Lookups()
        self.asked: list[tuple[Any, ...]] = []

    def form(self, parent: QWidget | None = None) -> ActivityForm:
        return ActivityForm(self, self.lookups, parent)

    def header(self) -> RecordHeader:
        return RecordHeader(self, self.lookups)

    def show(self, body: Mapping[str, Any]) -> None:
        """Show the activity with this body."""
        self.load(Edit(Activity.from_response(body, self.zone)))

    @property
    def now(self) -> FormState:
        assert self.state is not None
        return self.state

    def set_value(self, name: str, value: Any) -> None:
        self.asked.append(("set", name, value))
        super().set_value(name, value)

    def set_unparsed(self, name: str, text: str) -> None:
        before = self.state
        super().set_unparsed(name, text)
        if self.state is not before:
            self.asked.append(("typed", name, text))

    def mark_invalid(self, *names: str) -> None:
        before = self.state
        super().mark_invalid(*names)
        if self.state is not before:
            self.asked.append(("refused", *names))

    def revert(self, *names: str) -> None:
        self.asked.append(("revert", *names))
        super().revert(*names)


def body(**other: Any) -> dict[str, Any]:
    """An answer of GET with a value in every field."""
    ana = {"slug": "candidate_1", "full_name": "Ana García"}
    john = {"id": 1, "full_name": "John Doe", "email": "john@example.com"}
    return {
        "id": 42,
        "title": "Team sync",
        "activity_type": {"id": 3, "label": "Task"},
        "related_to": "candidate_1",
        "related_record": ana,
        "related_to_type": "candidate",
        "collaborators": [john],
        "start_date": "2024-06-16",
        "start_time": "09:00",
        "end_time": "10:00",
        "attendees": {"candidates": [ana], "contacts": [], "users": [john]},
        "meeting_link": "https://example.com/room",
        "importance": "normal",
        "location": "Zoom",
        "description": "Rescheduled",
        "do_not_send_calendar_invite": True,
        "mark_as_done": False,
        "attachment": {"file_name": "a.pdf", "file_link": "https://example.com/a.pdf"},
        "created_by": john,
        "updated_by": {"id": 2, "full_name": "Mette"},
        "created_at": "2024-06-15T10:00:00Z",
        "updated_at": "2024-06-16T08:30:00Z",
        **other,
    }
