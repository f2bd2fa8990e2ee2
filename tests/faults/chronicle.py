"""What happened to the activities, in its order; what the journal must say of it; its replay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.fields import FIELD
from atz_desktop.domain.history import Entry, Outcome

APPLIED = {Outcome.VERIFIED, Outcome.DIFFERENT}
TEXTS = ("title", "location", "description")
"""Fields whose every value is a new one in these tests, so that each tells whence it came."""

Values = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """Something that changed an activity: a colleague's `values`, or a save of ours."""

    activity_id: int
    values: Values | None = None
    entry_id: int | None = None


class Chronicle:
    """Kept by an onlooker who sees what ATZ really `held`; `catch_up` ends what it is still at."""

    def __init__(
        self, ids: Iterable[int], held: Callable[[int], Activity], catch_up: Callable[[], None]
    ) -> None:
        self._held = held
        self._catch_up = catch_up
        self._began = {activity_id: held(activity_id) for activity_id in ids}
        self._events: list[Event] = []
        self._outcomes: dict[int, Outcome | None] = {}

    def colleague(self, activity_id: int, name: str) -> None:
        """A colleague has just changed this field."""
        values = {name: self._held(activity_id).value(name)}
        self._events.append(Event(activity_id, values))

    def note(self, entries: list[Entry]) -> Entry | None:
        """The entry that is new since the last look, if there is one."""
        known = {event.entry_id for event in self._events}
        new = [entry for entry in entries if entry.id not in known]
        assert len(new) <= 1
        for entry in new:
            self._events.append(Event(entry.activity_id, entry_id=entry.id))
        return new[0] if new else None

    def look(self, entries: list[Entry], before: Activity | None) -> list[Entry]:
        """Nothing that was found out since the last look is wrong; the saves that did arrive.

        `before` is what ATZ held before the newest save, where one was made just now: an earlier
        one may have been found out by the look before it.
        """
        arrived = []
        for entry in entries:
            if entry.outcome is self._outcomes.get(entry.id):
                continue
            self._outcomes[entry.id] = entry.outcome
            if entry.outcome is Outcome.VERIFIED:
                seen = [self._held(entry.activity_id), *([before] if before else [])]
                assert any(holds(each, entry.sent) for each in seen), f"false: saved {entry}"
                arrived.append(entry)
            if entry.outcome in {Outcome.NOT_SENT, Outcome.REFUSED}:
                self._catch_up()
                now = self._held(entry.activity_id)
                texts = {name: entry.sent[name] for name in TEXTS if name in entry.sent}
                assert all(now.value(n) != text for n, text in texts.items()), f"false: {entry}"
        return arrived

    def look_at_replay(self, entries: list[Entry]) -> None:
        """The journal, settled, and the colleagues' changes make what ATZ holds now."""
        left = {entry.id: entry for entry in entries}
        state = {number: dict(activity.values) for number, activity in self._began.items()}
        for event in self._events:
            values = event.values
            if event.entry_id is not None:
                entry = left.pop(event.entry_id)
                assert entry.settled
                values = dict(entry.after or {}) if entry.outcome in APPLIED else {}
            state[event.activity_id].update(values or {})
        assert not left, "an entry that nobody saw"
        for number, expected in state.items():
            held = self._held(number)
            for name, value in expected.items():
                assert FIELD[name].kind.same(value, held.value(name)), (name, value, number)


def holds(activity: Activity, sent: Mapping[str, Any]) -> bool:
    """Whether everything that was sent stands there."""
    return all(FIELD[name].kind.stored(value, activity.value(name)) for name, value in sent.items())
