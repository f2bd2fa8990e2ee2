"""The account itself: activities as they stand, who knows whom, kept in memory or in a file."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

from atz_desktop.sandbox.rules import CHECKS, Habits, Problems, Record, read_form
from atz_desktop.sandbox.writing import AS_SENT, Book, shown, written


class RefusedError(Exception):
    """A PUT that the rules forbid; nothing was changed. `problems` says why, by field."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(problems)
        self.problems = problems


def utc_now() -> datetime:
    """The real time, in UTC."""
    return datetime.now(UTC)


class Account:
    """A made-up ATZ account. Every method may be called from any thread.

    `activities` and `book` are handed over, not copied. `me` is the user to whom the token
    belongs, `colleague` the one who edits in between; both are IDs from the book. `now` gives the
    time for `updated_at`. `habits` may be replaced at any time.
    """

    def __init__(  # noqa: PLR0913 - an account is made of just these
        self,
        activities: Iterable[Record] = (),
        book: Book | None = None,
        *,
        habits: Habits | None = None,
        me: int = 1,
        colleague: int = 2,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.habits = habits or Habits()
        self.book = book or Book()
        self.me = me
        self.colleague = colleague
        self.now = now
        self._activities: dict[int, Record] = {each["id"]: each for each in activities}
        self._file: Path | None = None
        self._lock = threading.RLock()

    def ids(self) -> list[int]:
        """The activities there are."""
        with self._lock:
            return sorted(self._activities)

    def get(self, activity_id: int) -> Record:
        """What GET would answer, as a copy of one's own. KeyError if there is no such activity."""
        with self._lock:
            return shown(self._activities[activity_id])

    def activities(self) -> list[Record]:
        """All of them, as GET shows them, by ID."""
        with self._lock:
            return [self.get(activity_id) for activity_id in self.ids()]

    def put(self, activity: Record) -> None:
        """Set a whole activity, in the form of GET: no rule applies and no stamp moves."""
        with self._lock:
            self._store(deepcopy(activity))

    def remove(self, activity_id: int) -> None:
        """Delete an activity, as a colleague can. KeyError if there is none."""
        with self._lock:
            del self._activities[activity_id]
            self._save()

    def update(self, activity_id: int, form: Record, *, as_text: bool = False) -> Record:
        """Do a PUT: all of the form or, with RefusedError, nothing; the answer is the activity.

        `form` holds JSON values or, `as_text`, the parts of a multipart body. KeyError if there
        is no such activity.
        """
        with self._lock:
            draft = self._written(activity_id, form, as_text=as_text)
            self._stamp(draft, self.me)
            self._store(draft)
            return shown(draft)

    def colleague_edits(self, activity_id: int, **values: object) -> Record:
        """Change an activity as somebody else, and return it as GET shows it.

        Keys and values are those of GET, set as they are, past every rule (`title="…"`,
        `attendees={…}`), or those that PUT alone has, written as a PUT would be
        (`candidates_as_attendees="a,b"`, `start_datetime="…"`, `related_to="job_…"`).
        RefusedError if the latter is not possible, KeyError if there is no such activity.
        """
        as_put = {
            key: value
            for key, value in values.items()
            if key in CHECKS and key not in AS_SENT and isinstance(value, str | int)
        }
        with self._lock:
            draft = self._written(activity_id, as_put, as_text=False)
            draft |= deepcopy({key: value for key, value in values.items() if key not in as_put})
            self._stamp(draft, self.colleague)
            self._store(draft)
            return shown(draft)

    def _written(self, activity_id: int, form: Record, *, as_text: bool) -> Record:
        values, problems = read_form(form, as_text=as_text)
        draft, more = written(self._activities[activity_id], values, self.book, self.habits)
        if problems or more:
            raise RefusedError(problems | more)
        return draft

    def _stamp(self, activity: Record, user: int) -> None:
        """Who and when: whole seconds, which is all that ATZ shows."""
        activity["updated_by"] = deepcopy(self.book.find("user", user))
        activity["updated_at"] = f"{self.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def _store(self, activity: Record) -> None:
        self._activities[activity["id"]] = activity
        self._save()

    def keep_in(self, file: Path) -> None:
        """Go on from what this file holds, and keep every change there from now on.

        A change is on disk, written aside and then put in place, before its method returns.
        A file that cannot be read is put aside as `….damaged`, and the account stays as it is.
        OSError if the folder cannot be written.
        """
        with self._lock:
            self._file = file
            try:
                held = json.loads(file.read_text(encoding="utf-8"))
                self._activities = {each["id"]: each for each in held["activities"]}
            except FileNotFoundError:
                pass
            except (ValueError, KeyError, TypeError):
                file.replace(file.with_name(f"{file.name}.damaged"))
            self._save()

    def _save(self) -> None:
        if self._file is None:
            return
        text = json.dumps({"activities": list(self._activities.values())}, ensure_ascii=False)
        aside = self._file.with_name(f"{self._file.name}.new")
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(self._file)
