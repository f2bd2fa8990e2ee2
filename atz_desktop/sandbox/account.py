"""The account itself: activities as they stand, who knows whom, kept in memory or in a file."""

from __future__ import annotations

import heapq
import itertools
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from atz_desktop.sandbox.apply_update import AS_SENT, Directory, apply_put, as_response
from atz_desktop.sandbox.timeline import Timeline
from atz_desktop.sandbox.validation import CHECKS, Problems, Record, ServerOptions, read_form


class RejectedError(Exception):
    """A PUT that the rules forbid; nothing was changed. `problems` says why, by field."""

    def __init__(self, problems: Problems, status: int = 400) -> None:
        super().__init__(problems)
        self.problems = problems
        self.status = status


@dataclass(frozen=True, order=True)
class DelayedChange:
    """A PUT that was answered, and is carried out when the clock shows `due`."""

    due: float
    number: int
    activity_id: int = field(compare=False)
    form: Record = field(compare=False)
    as_text: bool = field(compare=False)


def utc_now() -> datetime:
    """The real time, in UTC."""
    return datetime.now(UTC)


class Account:
    """A made-up ATZ account. Every method may be called from any thread.

    `activities` and `book` are handed over, not copied. `me` is the user to whom the token
    belongs, `colleague` the one who edits in between; both are IDs from the book. `now` gives the
    time for `updated_at`, `clock` the seconds by which delays and lags are counted; it never goes
    back. `habits` and `clock` may be replaced at any time.
    """

    def __init__(  # noqa: PLR0913 - an account is made of just these
        self,
        activities: Iterable[Record] = (),
        book: Directory | None = None,
        *,
        habits: ServerOptions | None = None,
        me: int = 1,
        colleague: int = 2,
        now: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.habits = habits or ServerOptions()
        self.book = book or Directory()
        self.me = me
        self.colleague = colleague
        self.now = now
        self.clock = clock
        self.on_change: Callable[[Record], None] = lambda activity: None
        """Hears of every change of an activity, in the form of GET, before its method returns."""
        self._timeline = Timeline(activities)
        self._delayed: list[DelayedChange] = []
        self._numbers = itertools.count()
        self.kept_aside: Path | None = None
        self._file: Path | None = None
        self._lock = threading.RLock()

    def ids(self) -> list[int]:
        """The activities there are."""
        with self._locked_and_current() as now:
            return list(self._timeline.at(now))

    def get(self, activity_id: int, *, ago: float = 0.0) -> Record:
        """What GET would answer, as a copy of one's own. KeyError if there is no such activity.

        `ago`: as it was so many seconds before.
        """
        with self._locked_and_current() as now:
            return as_response(self._current(activity_id, now - ago))

    def activities(self, *, ago: float = 0.0) -> list[Record]:
        """All of them, as GET shows them, by ID; as they were so many seconds `ago`."""
        with self._locked_and_current() as now:
            return [as_response(each) for each in self._timeline.at(now - ago).values()]

    def set(self, activity: Record) -> None:
        """Set a whole activity, in the form of GET, as if it were always so: no rule applies."""
        with self._locked_and_current() as now:
            self._timeline.begin(deepcopy(activity))
            self._save(now)

    def remove(self, activity_id: int) -> None:
        """Delete an activity, as a colleague can. KeyError if there is none."""
        with self._locked_and_current() as now:
            self._current(activity_id, now)
            self._timeline.change(activity_id, None, now)
            self._save(now)

    def update(
        self, activity_id: int, form: Record, *, as_text: bool = False, after: float = 0.0
    ) -> Record:
        """Do a PUT: all of the form or, with RejectedError, nothing; the answer is the activity.

        `form` holds JSON values or, `as_text`, the parts of a multipart body. KeyError if there
        is no such activity. `after`: it is answered now and made so many seconds later, upon what
        the activity is by then; a change that is not possible any more is not made.
        """
        with self._locked_and_current() as now:
            draft = self._apply_form(activity_id, form, now, as_text=as_text)
            self._stamp(draft, self.me, now)
            if after:
                due = DelayedChange(
                    now + after, next(self._numbers), activity_id, dict(form), as_text
                )
                heapq.heappush(self._delayed, due)
            else:
                self._store(draft, now)
            return as_response(draft)

    def pending(self, activity_id: int) -> list[Record]:
        """The forms of the changes of this activity that are still to come, the next one first."""
        with self._locked_and_current():
            return [each.form for each in sorted(self._delayed) if each.activity_id == activity_id]

    def apply_pending(self) -> None:
        """Make the changes at once that are still to come."""
        with self._locked_and_current() as now:
            self._apply_due(float("inf"), now)

    def edit_as_colleague(self, activity_id: int, **values: object) -> Record:
        """Change an activity as somebody else, and return it as GET shows it.

        Keys and values are those of GET, set as they are, past every rule (`title="…"`,
        `attendees={…}`), or those that PUT alone has, written as a PUT would be
        (`candidates_as_attendees="a,b"`, `start_datetime="…"`, `related_to="job_…"`).
        RejectedError if the latter is not possible, KeyError if there is no such activity.
        """
        as_put = {
            key: value
            for key, value in values.items()
            if key in CHECKS and key not in AS_SENT and isinstance(value, str | int)
        }
        with self._locked_and_current() as now:
            draft = self._apply_form(activity_id, as_put, now, as_text=False)
            draft |= deepcopy({key: value for key, value in values.items() if key not in as_put})
            self._stamp(draft, self.colleague, now)
            self._store(draft, now)
            return as_response(draft)

    @contextmanager
    def _locked_and_current(self) -> Iterator[float]:
        """Alone with the account as it is now, with every change that was due; the moment."""
        with self._lock:
            now = self.clock()
            self._apply_due(now, now)
            yield now

    def _apply_due(self, until: float, now: float) -> None:
        """Make the delayed changes that are due until then, each at its own moment, none later."""
        while self._delayed and self._delayed[0].due <= until:
            each = heapq.heappop(self._delayed)
            moment = min(each.due, now)
            with suppress(KeyError, RejectedError):
                draft = self._apply_form(each.activity_id, each.form, moment, as_text=each.as_text)
                self._stamp(draft, self.me, moment)
                self._store(draft, moment)

    def _current(self, activity_id: int, moment: float) -> Record:
        held = self._timeline.one_at(activity_id, moment)
        if held is None:
            raise KeyError(activity_id)
        return held

    def _apply_form(
        self, activity_id: int, form: Record, moment: float, *, as_text: bool
    ) -> Record:
        values, problems = read_form(form, as_text=as_text)
        held = self._current(activity_id, moment)
        draft, more = apply_put(held, values, self.book, self.habits)
        if problems or more:
            raise RejectedError(problems | more)
        return draft

    def _stamp(self, activity: Record, user: int, moment: float) -> None:
        """Who and when: whole seconds, which is all that ATZ shows."""
        when = self.now().astimezone(UTC) - timedelta(seconds=self.clock() - moment)
        activity["updated_by"] = deepcopy(self.book.find("user", user))
        activity["updated_at"] = f"{when:%Y-%m-%dT%H:%M:%SZ}"

    def _store(self, activity: Record, moment: float) -> None:
        self._timeline.change(activity["id"], activity, moment)
        self.on_change(as_response(activity))
        self._save(moment)

    def persist_to(self, file: Path) -> None:
        """Go on from what this file holds, and keep every change there from now on.

        A change is on disk, written aside and then put in place, before its method returns.
        What stands there and cannot be read is renamed to `kept_aside`, and the account stays as it
        is. OSError if the folder cannot be written.
        """
        with self._lock:
            self._file = file
            try:
                if file.exists():
                    self._timeline = Timeline(_read_file(file))
            except (OSError, ValueError, KeyError, TypeError, RecursionError):
                self.kept_aside = _set_aside(file)
            self._save(self.clock())

    def _save(self, moment: float) -> None:
        if self._file is None:
            return
        activities = list(self._timeline.at(moment).values())
        text = json.dumps({"activities": activities}, ensure_ascii=False)
        folder = self._file.parent
        folder.mkdir(parents=True, exist_ok=True)
        # Readable for this user alone, as everything below the data folder.
        descriptor, aside = tempfile.mkstemp(dir=folder, prefix=self._file.name, suffix=".new")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            (folder / aside).replace(self._file)
        except OSError:
            (folder / aside).unlink()
            raise


def _read_file(file: Path) -> list[Record]:
    """Raises OSError, ValueError, KeyError, TypeError or RecursionError for what is no account."""
    if not file.is_file():
        raise ValueError("no file")  # to open a pipe would be to wait for ever
    held = json.loads(file.read_text(encoding="utf-8"))
    json.dumps(held, ensure_ascii=False).encode()  # half a character could not be written again
    activities = [{**each} for each in held["activities"]]
    if not all(type(each["id"]) is int for each in activities):
        raise ValueError("no IDs")
    return activities


def _set_aside(file: Path) -> Path:
    """Out of the way, under a name that says when (UTC)."""
    aside = file.with_name(f"{file.stem}-damaged-{utc_now():%Y-%m-%d-%H%M%S-%f}{file.suffix}")
    return file.rename(aside)
