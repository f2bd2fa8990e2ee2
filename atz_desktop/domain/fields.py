"""The field table: every field of `PUT /v1/activity/:id`, described once (ATZ_API.md, PUT).

And what it is made of: what describes a field, and a kind of record.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
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
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.values import Unparsed
from atz_desktop.domain.vocabulary import IMPORTANCES, TYPES


@dataclass(frozen=True)
class Field:
    """One field of the form: name, label, kind and API mapping.

    `parts` are the labels of a field with several editors. `triggers_mail`: a change may make ATZ
    send mail to the attendees (ATZ_API.md, "Calendar mail").
    """

    name: str
    label: str
    kind: Kind
    mapping: FieldMapping
    group: str
    parts: tuple[str, ...] = ()
    triggers_mail: bool = False

    def error(self, value: Any, base: Any = None) -> str | None:
        """Why the value cannot replace `base`, as a sentence; None when it can."""
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
        """Why the field must be read-only; None if it may be edited.

        A change replaces the whole value (ATZ_API.md, PUT): what this program cannot parse or send
        again would be lost.
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


@dataclass(frozen=True)
class RecordType:
    """A kind of record that can be edited: `path` is where its records are read and updated.

    The last six are roles: the name of the field that code needs by its meaning, None where this
    kind of record has none. A change of `span` while `mail_off` is set mails nobody.
    """

    name: str
    path: str
    update_method: str
    fields: tuple[Field, ...]
    title: str | None = None
    category: str | None = None
    span: str | None = None
    related: str | None = None
    attachment: str | None = None
    mail_off: str | None = None

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        """By the keys of a request: a refusal of the server names those."""
        return {key: field for field in self.fields for key in field.mapping.keys}

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self.by_name)

    def record_path(self, number: int) -> str:
        """The path of one record."""
        return f"{self.path}/{number}"


# The order of its fields is that of the form, where two columns are read one after the other, and
# of reviews.
ACTIVITY = RecordType(
    name="activity",
    path="/v1/activity",
    update_method="PUT",
    title="title",
    category="type",
    span="when",
    related="record",
    attachment="attachment",
    mail_off="no_invite",
    fields=(
        Field("title", "Title", Text(100, required=True), Scalar("title", str, False), "What"),
        Field(
            "type",
            "Type",
            Choice(TYPES, True),
            IdAndLabel("activity_type_id", "activity_type"),
            "What",
        ),
        Field(
            "importance",
            "Importance",
            Choice(IMPORTANCES),
            EnumText("importance", IMPORTANCES),
            "What",
        ),
        Field("done", "Mark as done", Flag(), Scalar("mark_as_done", bool, False), "What"),
        Field("when", "When", When(), DateAndTimes(), "When", ("Start", "End"), triggers_mail=True),
        Field(
            "link",
            "Meeting link",
            Link(100),
            Scalar("meeting_link", str),
            "Where",
            triggers_mail=True,
        ),
        Field(
            "location", "Location", Text(50), Scalar("location", str), "Where", triggers_mail=True
        ),
        Field("attachment", "Attachment", File(350), FileOrUrl("attachment"), "File"),
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
            "description", "Description", Text(multiline=True), Scalar("description", str), "Notes"
        ),
    ),
)
