"""Three small tasks in the made-up account, for whoever tries the program for the first time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from atz_desktop.sandbox.data import ActivityFactory

if TYPE_CHECKING:
    from atz_desktop.sandbox.account import Account
    from atz_desktop.sandbox.validation import Record

_DOUBLE = "candidate_0d0b1e0d0b1e0d0b1e00"
_NAME = "Amara Nwosu"
_STAMPS = {"id", "created_by", "created_at", "updated_by", "updated_at"}


@dataclass(frozen=True)
class PracticeTask:
    """What to change in one activity, and how the account shows that it was done."""

    activity_id: int
    title: str
    words: str
    fields: Callable[[ActivityFactory], Record]
    """What the activity has in place of an ordinary one's fields."""
    is_done: Callable[[Record], bool]
    """Told by the activity as GET shows it."""
    colleague: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """What a colleague changes as soon as somebody has it open."""


def _double(factory: ActivityFactory) -> Record:
    amara = factory.people("candidates_as_attendees", 1)
    again = {"slug": _DOUBLE, "full_name": _NAME, "email": "amara.n@mail.example"}
    return {"candidates": [*amara, again], "contacts": [], "users": []}


def _doubles(record: Record) -> int:
    return [each["full_name"] for each in record["attendees"]["candidates"]].count(_NAME)


TASKS = (
    PracticeTask(
        201,
        "Fix the time",
        "This interview begins at 14:00, not at 9:30. Type 14:00 into Start, and press Ctrl+S.",
        lambda _: {"start_time": "09:30", "end_time": "10:30"},
        lambda record: bool(record["start_time"] == "14:00"),
    ),
    PracticeTask(
        202,
        "Remove the double attendee",
        f"{_NAME} stands twice among the candidates. Take one of them off the list, and press "
        "Ctrl+S.",
        lambda factory: {"attendees": _double(factory)},
        lambda record: _doubles(record) == 1,
    ),
    PracticeTask(
        203,
        "Meet a colleague's change",
        "Write Room 7 into Location, and press Ctrl+S. A colleague changes the location while you "
        "do: you are asked whose change it is to be. Keep yours.",
        lambda _: {"location": "Room 1"},
        lambda record: bool(record["location"] == "Room 7"),
        MappingProxyType({"location": "Room 3"}),
    ),
)


def prepare(account: Account, *, anew: bool = False) -> None:
    """Put the activities of the tasks into the account; `anew`: also those that are there.

    It may write a file. Raises OSError if that fails.
    """
    factory, there = ActivityFactory(account.book), set(account.ids())
    double = {"id": 4711, "slug": _DOUBLE, "full_name": _NAME, "email": "amara.n@mail.example"}
    account.book.records["candidate"].setdefault(_DOUBLE, double)
    for task in TASKS:
        named = {"id": task.activity_id, "title": f"Practice: {task.title.lower()}"}
        record = factory.interview() | {"attachment": None} | task.fields(factory) | named
        if task.activity_id not in there:
            account.set(record)
        elif anew:
            # A change like any other: one that looked older than the last would be a lagging read.
            kept = {key: value for key, value in record.items() if key not in _STAMPS}
            account.edit_as_colleague(task.activity_id, **kept)


def done(account: Account) -> frozenset[int]:
    """The activities whose task is done."""
    there = set(account.ids())
    tasks = (task for task in TASKS if task.activity_id in there)
    return frozenset(t.activity_id for t in tasks if t.is_done(account.get(t.activity_id)))


def meet_colleague(account: Account, activity_id: int) -> None:
    """Somebody has this activity open: let a colleague change it, where that is the task."""
    for task in TASKS:
        if task.activity_id == activity_id and task.colleague and activity_id not in done(account):
            account.edit_as_colleague(activity_id, **task.colleague)
