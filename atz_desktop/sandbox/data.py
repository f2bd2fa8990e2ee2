"""The made-up account: about 200 activities that are worth looking at, the same at every start."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files

from atz_desktop.sandbox.account import Account
from atz_desktop.sandbox.apply_update import PEOPLE, Directory
from atz_desktop.sandbox.people import made_up_book
from atz_desktop.sandbox.validation import ENTITIES, Record

FIRST_MONDAY = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
LAST_ID = 200

TITLES = {
    2: "Kick-off meeting: {subject}",
    3: "Send documents to {subject}",
    4: "Follow-up mail, {subject}",
    5: "Interview with {subject}",
    17: "Reference check: {subject}",
    23: "Assessment day, {subject}",
}

TYPE_IDS = (5, 2, 3, 5, 4, 2, 17, 5, 3, 23)

KINDS = (*ENTITIES.values(), "candidate", "candidate", "contact")

PLACES = ("Zoom", "Room 4.12", "Head office, 3rd floor", "", "Phone", "Café Étoile, Lyon", "Teams")

NOTES = (
    "",
    "Please bring the signed contract.",
    "Salary range 62–68 k, notice period three months.\nOpen to relocation.",
    "Second round. Panel: hiring manager, works council, HR.\n\n- portfolio\n- references\n- start",
    "Called twice, no answer. Will try again after 17:00.",
)

IMPORTANCE = ("normal", "normal", "low", "high", "normal", "critical", "low")


class ActivityFactory:
    """Makes ordinary activities: numbers in, the same activity out every time."""

    def __init__(self, book: Directory) -> None:
        self._book = book
        self._lists = {kind: list(shelf.values()) for kind, shelf in book.records.items()}

    def people(self, field: str, *numbers: int) -> list[Record]:
        """Entries of a list of people, as GET shows them, by the number of each (from 1)."""
        _, _, kind, keys = next(row for row in PEOPLE if row[0] == field)
        everybody = self._lists[kind]
        chosen = dict.fromkeys((number - 1) % len(everybody) for number in numbers)
        return [{key: everybody[index][key] for key in keys} for index in chosen]

    def record(self, kind: str, number: int) -> Record:
        """The three fields that say what an activity is related to."""
        if kind == "other":
            return {"related_to": "", "related_record": None, "related_to_type": kind}
        record = self._lists[kind][(number - 1) % len(self._lists[kind])]
        shown = {key: record[key] for key in record if key not in ("id", "email")}
        return {"related_to": record["slug"], "related_record": shown, "related_to_type": kind}

    def user(self, number: int) -> Record:
        """A user, as in `created_by`."""
        return self.people("collaborators", number)[0]

    def activity(self, number: int) -> Record:
        """An ordinary activity, in the order of fields that ATZ's example shows."""
        type_id = TYPE_IDS[number % 10]
        related = self.record(KINDS[number % 9], number * 11)
        start = FIRST_MONDAY + timedelta(days=number * 3, minutes=15 * (number * 7 % 36))
        end = start + timedelta(minutes=(30, 45, 60, 90)[number % 4])
        made = FIRST_MONDAY + timedelta(days=number - 330, minutes=number * 37)
        return {
            "id": number,
            "title": TITLES[type_id].format(subject=_name(related["related_record"])),
            "activity_type": {"id": type_id, "label": self._book.types[type_id]},
            **related,
            "collaborators": self.people("collaborators", *range(number % 3)),
            "start_date": f"{start:%Y-%m-%d}",
            "start_time": f"{start:%H:%M}",
            "end_time": f"{end:%H:%M}",
            "attendees": self._attendees(number),
            "meeting_link": f"https://meet.example/{number:03d}-room" if number % 4 == 1 else "",
            "importance": IMPORTANCE[number % 7],
            "location": PLACES[number % 7],
            "description": NOTES[number % 5],
            "do_not_send_calendar_invite": number % 5 == 0,
            "mark_as_done": number % 7 == 0,
            "attachment": _attachment(number) if number % 6 == 0 else None,
            "created_by": self.user(number),
            "updated_by": self.user(number * 5),
            "created_at": f"{made:%Y-%m-%dT%H:%M:%SZ}",
            "updated_at": f"{made + timedelta(hours=number % 50):%Y-%m-%dT%H:%M:%SZ}",
        }

    def _attendees(self, number: int) -> Record:
        steps = range(number % 4)
        return {
            "candidates": self.people("candidates_as_attendees", *(number * 5 + s for s in steps)),
            "contacts": self.people("contacts_as_attendees", *(number * 3 + s for s in steps[1:])),
            "users": self.people("users_as_attendees", *(number + s for s in steps[:2])),
        }

    def interview(self) -> Record:
        """Activity 42: the one that the self-test edits and that the README shows."""
        link = "https://files.atz.example/42/cv/Amara%20Nwosu%20CV.pdf"
        return self.activity(42) | {
            "title": "Second interview with Amara Nwosu",
            "activity_type": {"id": 5, "label": "Interview"},
            **self.record("candidate", 1),
            "collaborators": self.people("collaborators", 3, 6),
            "start_date": "2026-04-23",
            "start_time": "09:30",
            "end_time": "10:30",
            "attendees": {
                "candidates": self.people("candidates_as_attendees", 1, 18),
                "contacts": self.people("contacts_as_attendees", 2, 3),
                "users": self.people("users_as_attendees", 1, 5),
            },
            "meeting_link": "https://meet.example/xyz-abcd-efg",
            "importance": "normal",
            "location": "Head office, room 4.12",
            "description": (
                "Second round for the backend role at Northwind Logistics.\n"
                "Panel: Grace (hiring manager) and Henrik (tech lead).\n\n"
                "1. Walk through the take-home task\n"
                "2. System design: tracking of 2 million parcels a day\n"
                "3. Questions, salary and start date"
            ),
            "do_not_send_calendar_invite": False,
            "mark_as_done": False,
            "attachment": {"file_name": "Amara Nwosu CV.pdf", "file_link": link},
            "created_by": self.user(1),
            "updated_by": self.user(3),
            "created_at": "2026-04-14T08:12:40Z",
            "updated_at": "2026-04-20T15:03:11Z",
        }

    def crowd(self) -> Record:
        """Who comes to the activity with forty attendees."""
        return {
            "candidates": self.people("candidates_as_attendees", *range(1, 24)),
            "contacts": self.people("contacts_as_attendees", *range(1, 13)),
            "users": self.people("users_as_attendees", *range(1, 6)),
        }


def _name(record: Record | None) -> str:
    names = ("full_name", "position_name", "name")
    return next((record[key] for key in names if key in record), "") if record else "the office"


def _attachment(number: int) -> Record:
    link = f"https://files.atz.example/{number}/notes-{number}.pdf"
    return {"file_name": f"notes-{number}.pdf", "file_link": link}


def made_up_activities(book: Directory) -> list[Record]:
    """All of them: 1 to 200, the odd ones first, then the empty ones, 42 the one to begin with."""
    maker = ActivityFactory(book)
    activities = {number: maker.activity(number) for number in range(1, LAST_ID + 1)}
    cases = json.loads(files(__package__).joinpath("edge_cases.json").read_text(encoding="utf-8"))
    odd, empty = cases["odd"], cases["empty"]
    for number, case in enumerate(odd, 1):
        activities[number] |= case["fields"]
    for number, case in enumerate(empty, len(odd) + 1):
        activities[number] = {"id": number, **case["fields"]}
    activities[CROWDED]["attendees"] = maker.crowd()
    activities[42] = maker.interview()
    return list(activities.values())


CROWDED = 41
"""The activity with forty attendees."""


def made_up_account() -> Account:
    """A new account with all of it; changes to one never show in another.

    The activities are made once: an account changes copies, and gives nothing else away.
    """
    return Account(_activities(), made_up_book())


@lru_cache(maxsize=1)
def _activities() -> tuple[Record, ...]:
    return tuple(made_up_activities(made_up_book()))
