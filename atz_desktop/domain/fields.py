"""The field table: every field of `PUT /v1/activity/:id`, described once (ATZ_API.md, PUT)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from atz_desktop.domain.kinds import Choice, File, Flag, Kind, Link, People, Record, Text, When
from atz_desktop.domain.mapping import (
    DateAndTimes,
    EntityAndSlug,
    EnumText,
    FieldMapping,
    FileOrUrl,
    IdAndLabel,
    PeopleList,
    Scalar,
)
from atz_desktop.domain.values import Unparsed
from atz_desktop.domain.vocabulary import IMPORTANCES, TYPES


@dataclass(frozen=True)
class Field:
    """One field of the form: its name in our code, its label, its kind and its wire form.

    `parts` are the labels of a field that is drawn as several editors. `mails` says that a change
    may make ATZ send mail to the attendees (ATZ_API.md, "Calendar mail").
    """

    name: str
    label: str
    kind: Kind
    mapping: FieldMapping
    group: str
    parts: tuple[str, ...] = ()
    triggers_mail: bool = False

    def problem(self, value: Any, base: Any = None) -> str | None:
        """Why the value cannot take the place of `base`, as a sentence; None when it can."""
        if locked := self.lock_reason(base):
            return locked
        if isinstance(value, Unparsed):
            return "This program can't read the value, so it can't send it."
        if wrong := self.kind.check(value):
            return wrong
        if self.kind.is_empty(value) and not self.mapping.can_clear:
            return f"ATZ is not known to let {self.label} be emptied."
        return self.kind.transition_error(value, base)

    def lock_reason(self, base: Any) -> str | None:
        """Why the field must not be edited at all, as a sentence; None when it may.

        A change replaces all that ATZ holds here (ATZ_API.md, PUT). So what this program cannot
        read, or could not send again, would be lost without anybody having wished it.
        """
        unreadable = isinstance(base, Unparsed)
        if isinstance(self.kind, People) and (unreadable or self.kind.check(base)):
            return (
                "ATZ does not say who is in this list in a way that this program understands. "
                "Saving a change could remove somebody, so please change it in ATZ itself."
            )
        if isinstance(self.kind, File) and unreadable:
            return (
                "ATZ does not say what is attached in a way that this program understands. "
                "Saving a change could remove it, so please change it in ATZ itself."
            )
        return None


FIELDS: tuple[Field, ...] = (
    Field("title", "Title", Text(100, required=True), Scalar("title", str, False), "What"),
    Field(
        "type", "Type", Choice(TYPES, True), IdAndLabel("activity_type_id", "activity_type"), "What"
    ),
    Field(
        "importance", "Importance", Choice(IMPORTANCES), EnumText("importance", IMPORTANCES), "What"
    ),
    Field("done", "Mark as done", Flag(), Scalar("mark_as_done", bool, False), "What"),
    Field("when", "When", When(), DateAndTimes(), "When", ("Start", "End"), triggers_mail=True),
    Field(
        "record",
        "Related to",
        Record(50),
        EntityAndSlug(),
        "Who",
        ("Related to", "Related record"),
    ),
    Field(
        "collaborators",
        "Collaborators",
        People("id", "user"),
        PeopleList("collaborators", "collaborators", "id"),
        "Who",
    ),
    Field(
        "candidates",
        "Candidates",
        People("slug", "candidate"),
        PeopleList("candidates_as_attendees", "attendees.candidates", "slug"),
        "Who",
        triggers_mail=True,
    ),
    Field(
        "contacts",
        "Contacts",
        People("slug", "contact"),
        PeopleList("contacts_as_attendees", "attendees.contacts", "slug"),
        "Who",
        triggers_mail=True,
    ),
    Field(
        "users",
        "Users",
        People("id", "user"),
        PeopleList("users_as_attendees", "attendees.users", "id"),
        "Who",
        triggers_mail=True,
    ),
    Field(
        "no_invite",
        "Do not send calendar invite",
        Flag(),
        Scalar("do_not_send_calendar_invite", bool, False),
        "Who",
    ),
    Field(
        "link", "Meeting link", Link(100), Scalar("meeting_link", str), "Where", triggers_mail=True
    ),
    Field("location", "Location", Text(50), Scalar("location", str), "Where", triggers_mail=True),
    Field("description", "Description", Text(multiline=True), Scalar("description", str), "Notes"),
    Field("attachment", "Attachment", File(350), FileOrUrl("attachment"), "File"),
)

FIELD_BY_NAME = {field.name: field for field in FIELDS}
"""The table by name."""

FIELD_BY_KEY = {key: field for field in FIELDS for key in field.mapping.keys}
"""The table by the keys of the request: a refusal of the server names those."""
