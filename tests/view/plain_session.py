"""A session without a server: a real Edit behind the attributes that the form asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit, Problem
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.verify import Verdict
from atz_desktop.session.lookups import Lookups

ALL = frozenset(field.name for field in ACTIVITY.fields)


class PlainSession(QObject):
    """Holds an edit as EditingSession does. `asked` is what the form told it, in order."""

    changed = Signal(object)
    state_changed = Signal()
    opened = Signal()

    def __init__(self, zone: str = "UTC") -> None:
        super().__init__()
        self.lookups = Lookups()
        self.state: object = "empty"
        self.zone = zone
        self.edit: Edit | None = None
        self.typed: dict[str, str] = {}
        self.refused: set[str] = set()
        self.verdicts: dict[str, Verdict] = {}
        self.refusals: dict[str, str] = {}
        self.asked: list[tuple[Any, ...]] = []

    @property
    def activity(self) -> Activity | None:
        return self.edit.base if self.edit else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        if self.edit is None:
            return ()
        half = (Problem(name, "Finish it.") for name in self.refused if self.typed.get(name))
        return (*self.edit.problems(), *half)

    def verdict(self, name: str) -> Verdict | None:
        return self.verdicts.get(name)

    def refusal(self, name: str) -> str | None:
        return self.refusals.get(name)

    def set_value(self, name: str, value: Any) -> None:
        self.asked.append(("set", name, value))
        assert self.edit is not None
        self.edit = self.edit.with_value(name, value)
        self.changed.emit({name})

    def set_typed(self, name: str, text: str) -> None:
        if self.typed.get(name, "") != text:
            self.asked.append(("typed", name, text))
            self.typed[name] = text
            self.refused.discard(name)
            self.changed.emit({name})

    def refuse_typed(self, name: str) -> None:
        if name not in self.refused:
            self.asked.append(("refused", name))
            self.refused.add(name)
            self.changed.emit({name})

    def revert(self, *names: str) -> None:
        self.asked.append(("revert", *names))
        assert self.edit is not None
        self.edit = self.edit.without(*names)
        self.changed.emit(set(names))

    # What a server and its colleagues would do

    def show(self, body: Mapping[str, Any]) -> None:
        """Open an activity with this body."""
        self.edit = Edit(Activity.from_response(body, self.zone))
        self.opened.emit()
        self.changed.emit(ALL)

    def be(self, state: str) -> None:
        """Begin or end a load or a save."""
        self.state = state
        self.state_changed.emit()


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
