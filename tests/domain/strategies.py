"""Made-up activities, values and edits, and a stand-in for what ATZ does with a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.values import (
    Attachment,
    LocalFile,
    Option,
    Person,
    RecordRef,
    Span,
    Unparsed,
    is_nonexistent,
)
from atz_desktop.domain.vocabulary import ENTITIES, IMPORTANCES, TYPES

EXAMPLES = Path(__file__).parent.parent / "examples"
REQUEST: dict[str, Any] = json.loads((EXAMPLES / "put_activity_request.json").read_text("utf-8"))
RESPONSE: dict[str, Any] = json.loads((EXAMPLES / "put_activity_response.json").read_text("utf-8"))

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
NAMES = tuple(field.name for field in ACTIVITY.fields)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
"""Whatever JSON can say."""

_PEOPLE = {
    "candidates": tuple(Person(f"candidate_{n:020x}", f"Candidate {n}") for n in range(5)),
    "contacts": tuple(Person(f"contact_{n:020x}", f"Contact {n}") for n in range(5)),
    "users": tuple(Person(str(n), f"User {n}", f"u{n}@example.com") for n in range(1, 6)),
    "collaborators": tuple(Person(str(n), f"User {n}", f"u{n}@example.com") for n in range(1, 6)),
}
_ADDRESSES = ("https://meet.example/a", "http://meet.example/b?x=1", "https://x.example/ä#c")


@cache
def people(name: str) -> st.SearchStrategy[tuple[Person, ...]]:
    """A list for one of the four fields of people; small, so that two lists overlap."""
    return st.lists(st.sampled_from(_PEOPLE[name]), unique=True, max_size=4).map(tuple)


@st.composite
def spans(draw: st.DrawFn, zone: str = "UTC") -> Span:
    """A start and an end that exist in the zone, under a day apart."""
    first = datetime(2020, 1, 1)  # noqa: DTZ001 - a wall-clock time has no zone
    start = first + timedelta(minutes=draw(st.integers(0, 10 * 366 * 24 * 60)))
    end = start + timedelta(minutes=draw(st.integers(1, 24 * 60 - 1)))
    if is_nonexistent(start, zone):
        start = end = start + timedelta(hours=2)
    if end <= start or is_nonexistent(end, zone):
        end = start + timedelta(hours=3)
    return Span(start, end, zone)


_RECORDS = st.builds(
    RecordRef, st.sampled_from(tuple(ENTITIES)), st.sampled_from(("job_1", "deal_2", "contact_3"))
)
_FILES = st.builds(
    LocalFile,
    st.sampled_from(("cv.pdf", "Müller Zoë.docx", "plan")).map(lambda name: Path("/tmp") / name),
    st.integers(0, 10**9),
    st.integers(0, 10**18),
)


@cache
def new_values(name: str, zone: str = "UTC") -> st.SearchStrategy[Any]:
    """Values that a person may give the field."""
    made: dict[str, st.SearchStrategy[Any]] = {
        "title": st.text(min_size=1, max_size=100).filter(str.strip),
        "type": st.sampled_from((*TYPES, Option(31, "Coffee"), Option(99))),
        "importance": st.sampled_from(IMPORTANCES),
        "done": st.booleans(),
        "no_invite": st.booleans(),
        "when": spans(zone),
        "record": _RECORDS | st.just(RecordRef(10)),
        "link": st.sampled_from(("", *_ADDRESSES)),
        "location": st.text(max_size=50),
        "description": st.text(max_size=60),
        "attachment": _FILES | st.sampled_from(_ADDRESSES).map(lambda a: Attachment(None, a)),
    }
    return made[name] if name in made else people(name)


any_value = st.one_of(
    *(new_values(name) for name in NAMES),
    st.none(),
    st.text(),
    st.builds(Option, st.integers() | st.text(), st.none() | st.text()),
    st.builds(Attachment, st.none() | st.text(), st.none() | st.text()),
    st.builds(RecordRef, st.none() | st.integers() | st.text(), st.none() | st.text()),
    st.builds(Span, st.none() | st.datetimes(), st.none() | st.datetimes(), st.sampled_from(ZONES)),
    st.lists(st.builds(Person, st.text(), st.none() | st.text(), st.none() | st.text())).map(tuple),
    st.builds(Unparsed, st.text()),
)
"""Every form that a value can have, allowed or not."""


def _person(person: Person, by: str) -> dict[str, Any]:
    key = int(person.key) if by == "id" else person.key
    return {by: key, "full_name": person.name, "email": person.email}


def _body(drawn: dict[str, Any], nothing: set[str]) -> dict[str, Any]:
    span = drawn.pop("span")
    times = {
        "start_date": span.start.date().isoformat(),
        "start_time": f"{span.start:%H:%M}",
        "end_time": f"{span.end:%H:%M}",
    }
    attendees = {
        "candidates": [_person(each, "slug") for each in drawn.pop("candidates")],
        "contacts": [_person(each, "slug") for each in drawn.pop("contacts")],
        "users": [_person(each, "id") for each in drawn.pop("users")],
    }
    collaborators = [_person(each, "id") for each in drawn.pop("collaborators")]
    body = {**drawn, **times, "attendees": attendees, "collaborators": collaborators}
    return {"id": 42, **body, **dict.fromkeys(nothing & set(body))}


_DRAWN: dict[str, st.SearchStrategy[Any]] = {
    "title": st.sampled_from(("Call", "Interview with Zoë", "مقابلة 😀")),
    "activity_type": st.sampled_from((2, 3, 31)).map(lambda key: {"id": key, "label": "A type"}),
    "importance": st.sampled_from(("low", "high", "urgent")),
    "related_to_type": st.sampled_from(("candidate", "job", "deal", "other")),
    "related_to": st.sampled_from(("job_1", "candidate_9")),
    "span": spans(),
    **{name: people(name) for name in _PEOPLE},
    "meeting_link": st.sampled_from(("", *_ADDRESSES)),
    "location": st.sampled_from(("", "Zoom", "Room 7")),
    "description": st.text(max_size=20),
    "do_not_send_calendar_invite": st.booleans(),
    "mark_as_done": st.booleans(),
    "attachment": st.sampled_from((None, {"file_name": "cv.pdf", "file_link": "https://f/1"})),
}
bodies = st.builds(
    _body, st.fixed_dictionaries(_DRAWN), st.sets(st.sampled_from(sorted(RESPONSE)), max_size=3)
)
"""An answer as ATZ documents it, some fields null."""


odd_bodies = st.fixed_dictionaries(
    {"id": st.integers(1, 2**63 - 1)},
    optional={
        key: json_values | st.just(value)
        for key, value in {**RESPONSE, "color": "red"}.items()
        if key != "id"
    },
)
"""An answer in which any key but the ID is missing, or holds whatever JSON can say."""


_SOME_NAMES = st.sets(st.sampled_from(NAMES), max_size=5)
_SOME_ZONE = st.sampled_from(ZONES)


@st.composite
def edits(draw: st.DrawFn, files: bool = True, zone: str | None = None) -> Edit:
    """An activity and allowed changes to some of its fields."""
    read_in = zone or draw(_SOME_ZONE)
    edit = Edit(Activity.from_response(draw(bodies), read_in))
    for name in sorted(draw(_SOME_NAMES)):
        value = draw(new_values(name, read_in))
        allowed = ACTIVITY.by_name[name].error(value, edit.base.value(name)) is None
        if allowed and (files or not isinstance(value, LocalFile)):
            edit = edit.with_value(name, value)
    return edit


@st.composite
def colleagues(draw: st.DrawFn, base: Activity) -> Activity:
    """The same activity after a colleague changed some of its fields."""
    names = draw(_SOME_NAMES)
    values = {name: draw(new_values(name, base.zone)) for name in sorted(names)}
    if isinstance(values.get("attachment"), LocalFile):
        values["attachment"] = Attachment(values["attachment"].name, "https://files.example/new")
    return base.with_values(values)


def answered(body: Mapping[str, Any], sent: Mapping[str, Any], zone: str = "UTC") -> dict[str, Any]:
    """What GET answers after a PUT, written from ATZ_API.md; `zone` is the one ATZ works in."""
    answer = {**body}
    for key in ("title", "importance", "meeting_link", "location", "description"):
        answer |= {key: sent[key]} if key in sent else {}
    for key in ("mark_as_done", "do_not_send_calendar_invite"):
        answer |= {key: sent[key]} if key in sent else {}
    if "activity_type_id" in sent:
        answer["activity_type"] = {"id": sent["activity_type_id"], "label": "Some type"}
    if "related_to_entity" in sent:
        answer["related_to_type"] = ENTITIES[sent["related_to_entity"]].kind
    if "related_to" in sent:
        answer["related_to"] = sent["related_to"]
    if "start_datetime" in sent:
        start = _clock_of(sent["start_datetime"], zone)
        answer |= {"start_date": start[:10], "start_time": start[11:16]}
    if "end_datetime" in sent:
        answer["end_time"] = _clock_of(sent["end_datetime"], zone)[11:16]
    if "collaborators" in sent:
        answer["collaborators"] = _objects(sent["collaborators"], "id")
    for kind, by in (("candidates", "slug"), ("contacts", "slug"), ("users", "id")):
        if f"{kind}_as_attendees" in sent:
            nobody: dict[str, Any] = {"candidates": [], "contacts": [], "users": []}
            others = answer.get("attendees") or nobody
            answer["attendees"] = {**others, kind: _objects(sent[f"{kind}_as_attendees"], by)}
    if "attachment" in sent:
        answer["attachment"] = _attached(sent["attachment"])
    return answer


def _clock_of(stamp: str, zone: str) -> str:
    return datetime.fromisoformat(stamp).astimezone(ZoneInfo(zone)).isoformat()


def _objects(keys: str, by: str) -> list[dict[str, Any]]:
    return [{by: int(key) if by == "id" else key} for key in keys.split(",") if key]


def _attached(sent: str | LocalFile) -> dict[str, str]:
    if isinstance(sent, LocalFile):
        return {"file_name": sent.name, "file_link": f"https://files.example/{sent.modified_ns}"}
    return {"file_name": sent.rpartition("/")[2], "file_link": sent}
