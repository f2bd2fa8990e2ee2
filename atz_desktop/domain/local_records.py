"""What is kept on this computer besides edits: names, recent activities, copies of the database."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

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
    """An activity as it was last seen here. Times are UTC; None: never."""

    activity_id: int
    title: str
    loaded_at: str | None
    changed_at: str | None


class Backup(NamedTuple):
    """One file: the higher `number`, the newer (a clock may be set back). `at` is in seconds since
    1970, `size` in bytes.
    """

    path: Path
    number: int
    at: float
    before_update: bool
    size: int
