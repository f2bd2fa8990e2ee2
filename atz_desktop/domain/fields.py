"""The field table: every field of `PUT /v1/activity/:id`, described once (ATZ_API.md, PUT).

Its order is that of the form, where two columns are read one after the other, and of reviews.
"""

from __future__ import annotations

from atz_desktop.domain.kinds import Choice, File, Flag, Link, People, Record, Text, When
from atz_desktop.domain.mapping import (
    DateAndTimes,
    EntityAndSlug,
    EnumText,
    FileOrUrl,
    IdAndLabel,
    PeopleList,
    Scalar,
)
from atz_desktop.domain.schema import Field, RecordType
from atz_desktop.domain.vocabulary import IMPORTANCES, TYPES

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
