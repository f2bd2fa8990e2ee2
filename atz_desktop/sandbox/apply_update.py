"""What the values of a PUT do to an activity: dicts in, dicts out, nothing else touched."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from atz_desktop.sandbox.request_log import Upload
from atz_desktop.sandbox.validation import ENTITIES, Problems, Record, ServerOptions

HIDDEN_END = "_end_date"
"""The day on which an activity ends. An account knows it, the answer of GET does not show it."""

AS_SENT = (
    "title",
    "importance",
    "location",
    "description",
    "meeting_link",
    "do_not_send_calendar_invite",
    "mark_as_done",
)
"""Fields that have the same name and form in PUT and GET."""

UNCLEARABLE = ("title", "related_to", "attachment")
"""Not documented as clearable (ATZ_API.md, "What the form must be careful about")."""

PEOPLE = (
    ("collaborators", "collaborators", "user", ("id", "slug", "full_name", "email")),
    ("candidates_as_attendees", "candidates", "candidate", ("slug", "full_name")),
    ("contacts_as_attendees", "contacts", "contact", ("slug", "full_name")),
    ("users_as_attendees", "users", "user", ("id", "full_name", "email")),
)
"""PUT field, list of GET, who may stand in it, what is shown of them (the first is the key)."""


@dataclass
class Directory:
    """Everybody and everything that activities point at."""

    types: dict[int, str] = field(default_factory=dict)
    records: dict[str, dict[Any, Record]] = field(default_factory=dict)
    """`user` by ID; `candidate`, `job`, `organization`, `contact`, `deal` by slug."""

    def find(self, kind: str | None, key: object) -> Record | None:
        """The record with this key; of any kind, if the kind is not known."""
        shelves = self.records.values() if kind is None else [self.records.get(kind, {})]
        return next((shelf[key] for shelf in shelves if key in shelf), None)


def as_response(activity: Record) -> Record:
    """An activity in the form of GET: a copy without what an account keeps to itself."""
    return {key: deepcopy(value) for key, value in activity.items() if key != HIDDEN_END}


def apply_put(
    activity: Record, values: Record, book: Directory, habits: ServerOptions
) -> tuple[Record, Problems]:
    """The activity as it stands after a PUT of checked `values`, and what forbids that.

    Only what is sent changes. If there are problems, the activity is to be thrown away.
    """
    put = _Put(deepcopy(activity), dict(values), book, habits)
    put.drop_blanks()
    put.write_as_sent()
    put.write_type()
    put.write_times()
    put.write_record()
    put.write_people()
    put.write_attachment()
    return put.draft, put.problems


@dataclass
class _Put:
    """One PUT on its way into one activity."""

    draft: Record
    values: Record
    book: Directory
    habits: ServerOptions
    problems: Problems = field(default_factory=dict)

    def drop_blanks(self) -> None:
        for name in UNCLEARABLE:
            if self.values.get(name) != "" or self.habits.clearing == "accept":
                continue
            if name == "related_to" and self.values.get("related_to_entity") == 10:
                continue  # what Other wants as its record is not documented: nothing will do
            if self.habits.clearing == "reject":
                self.problems[name] = [f"The {name.replace('_', ' ')} field is required."]
            del self.values[name]

    def write_as_sent(self) -> None:
        self.draft |= {name: self.values[name] for name in AS_SENT if name in self.values}

    def write_type(self) -> None:
        number = self.values.get("activity_type_id")
        current = self.draft.get("activity_type")
        if number is None or (isinstance(current, dict) and current.get("id") == number):
            return
        if self._is_known("activity_type_id", number in self.book.types):
            self.draft["activity_type"] = {"id": number, "label": self.book.types.get(number)}

    def _is_known(self, name: str, found: bool) -> bool:
        """Whether to store what was sent, by the account's habit when it was not found."""
        if not found and self.habits.unknown == "reject":
            self.problems[name] = [f"The selected {name.replace('_', ' ')} is invalid."]
        return found or self.habits.unknown == "accept"

    def write_times(self) -> None:
        sent = [name for name in ("end_datetime", "start_datetime") if name in self.values]
        if not sent:
            return
        zone = ZoneInfo(self.habits.zone)
        try:
            moved = {name: _local(self.values[name], zone) for name in sent}
            start = moved.get("start_datetime") or start_of(self.draft, zone)
            end = moved.get("end_datetime") or end_of(self.draft, zone)
        except OverflowError:
            self.problems[sent[0]] = [f"The {sent[0].replace('_', ' ')} is out of range."]
            return
        if start and end and end.timestamp() <= start.timestamp():
            self.problems[sent[0]] = ["The end datetime must be a date after start datetime."]
        if "start_datetime" in moved and start:
            self.draft |= {"start_date": start.date().isoformat(), "start_time": f"{start:%H:%M}"}
        if "end_datetime" in moved and end:
            self.draft["end_time"] = f"{end:%H:%M}"
        if end:
            self.draft[HIDDEN_END] = end.date().isoformat()

    def write_record(self) -> None:
        number = self.values.get("related_to_entity")
        old = (self.draft.get("related_to_type"), self.draft.get("related_to"))
        kind = old[0] if number is None else ENTITIES[number]
        slug = self.values.get("related_to", old[1])
        if (kind, slug) == old:
            return
        record = self.book.find(kind, slug)
        if kind == "other" or not slug or self._is_known("related_to", record is not None):
            self.draft |= {"related_to_type": kind, "related_to": slug}
            self.draft["related_record"] = _reference(record, slug)

    def write_people(self) -> None:
        for name, place, kind, keys in PEOPLE:
            if name not in self.values:
                continue
            attendees = self.draft.get("attendees") or {}
            old = (self.draft if place == "collaborators" else attendees).get(place)
            people = self._people(name, old or [], kind, keys)
            if place == "collaborators":
                self.draft[place] = people
            else:
                self.draft["attendees"] = {**attendees, place: people}

    def _people(
        self, name: str, old: list[Record], kind: str, keys: tuple[str, ...]
    ) -> list[Record]:
        """The new list: who stood there already stays as written there, even if unknown."""
        held = {person.get(keys[0]): person for person in old}
        wanted = self.values[name]
        if name == "collaborators" and self.habits.collaborators == "add":
            wanted = list(dict.fromkeys([*held, *wanted]))
        people = []
        for key in wanted:
            person = self.book.find(kind, key)
            if key in held:
                people.append(held[key])
            elif self._is_known(name, person is not None):
                known = person or {keys[0]: key}
                people.append({each: known.get(each) for each in keys})
        return people

    def write_attachment(self) -> None:
        attachment = self.values.get("attachment")
        if isinstance(attachment, Upload):
            place = f"{self.draft.get('id')}/{attachment.sha256[:12]}"
            link = f"https://files.atz.example/{place}/{quote(attachment.file_name)}"
            self.draft["attachment"] = {"file_name": attachment.file_name, "file_link": link}
        elif attachment == "":
            self.draft["attachment"] = None
        elif attachment is not None:
            parts = urlsplit(attachment)
            name = unquote(parts.path.rpartition("/")[2]) or parts.netloc
            self.draft["attachment"] = {"file_name": name, "file_link": attachment}


def _reference(record: Record | None, slug: object) -> Record | None:
    """What `related_record` shows: the slug and the name, whatever the entity calls it."""
    if record is None:
        return {"slug": slug} if slug else None
    names = ("slug", "full_name", "position_name", "name")
    return {key: record[key] for key in names if key in record}


def _local(stamp: datetime, zone: ZoneInfo) -> datetime:
    """A sent time on the account's clock, which shows no seconds."""
    local = stamp.astimezone(zone) if stamp.tzinfo else stamp.replace(tzinfo=zone)
    return local.replace(second=0, microsecond=0)


def start_of(activity: Record, zone: ZoneInfo) -> datetime | None:
    """When an activity starts, or None if it does not say."""
    return _on_clock(activity.get("start_date"), activity.get("start_time"), zone)


def end_of(activity: Record, zone: ZoneInfo) -> datetime | None:
    """When an activity ends: as kept, else the first time after its start that the clock shows."""
    if HIDDEN_END in activity:
        return _on_clock(activity[HIDDEN_END], activity.get("end_time"), zone)
    start = start_of(activity, zone)
    end = _on_clock(activity.get("start_date"), activity.get("end_time"), zone)
    if start is None or end is None:
        return None
    return end if end > start else end + timedelta(days=1)


def _on_clock(day: object, clock: object, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.combine(date.fromisoformat(str(day)), time.fromisoformat(str(clock)))
    except ValueError:
        return None
    return moment.replace(tzinfo=zone)
