"""What is kept on this computer besides edits: names, recent activities, copies of the database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from atz_desktop.domain.text import format_age
from atz_desktop.domain.vocabulary import NameKind


class Name(NamedTuple):
    """Somebody or something with a name. `key` is the slug, or the number of a user or type.

    `seen_title` and `seen_date` (YYYY-MM-DD) are those of the activity in which it was seen last.
    """

    kind: NameKind
    key: str
    name: str | None
    email: str | None = None
    seen_title: str | None = None
    seen_date: str | None = None


class SeenName(NamedTuple):
    """A name, and when it was seen there (ISO 8601)."""

    name: Name
    seen: str


class RecentActivity(NamedTuple):
    """An activity as it was last seen here. Times are UTC; None: never.

    `unsaved` are the labels of what waits here as a draft, last written at `kept_at`.
    """

    activity_id: int
    title: str
    loaded_at: str | None
    changed_at: str | None
    unsaved: tuple[str, ...] = ()
    kept_at: str | None = None

    def unsaved_text(self, now: datetime) -> str:
        """Location, Importance · 2 h ago; "" where nothing waits."""
        if not self.unsaved:
            return ""
        try:
            age = format_age(now - datetime.fromisoformat(self.kept_at or ""))
        except (ValueError, TypeError):  # the file was damaged
            age = ""
        return " · ".join(filter(None, (", ".join(self.unsaved), age)))


class Backup(NamedTuple):
    """One file: the higher `number`, the newer (a clock may be set back). `at` is in seconds since
    1970, `size` in bytes.
    """

    path: Path
    number: int
    at: float
    before_update: bool
    size: int
