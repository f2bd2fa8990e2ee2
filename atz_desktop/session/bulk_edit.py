"""What a bulk edit would make of each of many activities, before anything is sent; and recipes,
which are bulk edits with a name.

Each activity is read once, behind the user's own requests; the rules are applied to what was read,
so that another rule asks nothing of ATZ. A run reads each again before it saves.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.errors import (
    AtzError,
    CaptivePortal,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Unauthorized,
)
from atz_desktop.api.rate_limiter import LIMIT, WINDOW
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.bulk_edit import Applied, BulkEdit, apply
from atz_desktop.domain.bulk_recipes import (
    MAX_RECIPE,
    RecipeError,
    dump_bulk,
    dump_recipe,
    load_bulk,
    load_recipe,
)
from atz_desktop.domain.bulk_rules import NO_VALUES, BulkContext, RowValues
from atz_desktop.domain.characters import pluralize
from atz_desktop.domain.clock import monotonic_seconds
from atz_desktop.domain.edit import CalendarMail, Edit, calendar_mail
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.runs import REQUESTS
from atz_desktop.session.known_names import names_in
from atz_desktop.session.notices import error_notice
from atz_desktop.store.atomic import write_atomically
from atz_desktop.store.errors import StoreError, map_errors

if TYPE_CHECKING:
    from atz_desktop.domain.vocabulary import NameKind
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.lookups import Lookups
    from atz_desktop.session.services import Services
    from atz_desktop.store.runs import RecipeStore

SLICE = 0.004
"""Seconds for which rows are worked out before the window has a turn again."""

_ABOUT_ALL = Unauthorized | NotSent | OutcomeUnknown | RateLimited | CaptivePortal
"""Errors after which the others could not be read either."""


class BulkTarget(NamedTuple):
    """An activity that a bulk edit is for, with its own values of a table."""

    activity_id: int
    title: str = ""
    own: RowValues = NO_VALUES


class PreviewState(Enum):
    """What is known of a row; the value says it in words."""

    UNREAD = "not read yet"
    READY = "to be changed"
    UNCHANGED = "nothing to change"
    EXCLUDED = "not meant"
    """A condition does not hold."""
    PROBLEM = "with a problem"
    UNREADABLE = "could not be read"

    __hash__ = object.__hash__  # as that of RowState


class PreviewRow(NamedTuple):
    """One activity; `detail` says why it is not changed, `applied` is None as long as it is unread.

    `mail` is what ATZ may mail about it, or would unless it is asked not to.
    """

    activity_id: int
    title: str
    state: PreviewState
    detail: str = ""
    applied: Applied | None = None
    mail: CalendarMail | None = None


@dataclass(frozen=True)
class PreviewCounts:
    """The rows of a preview, added up.

    `mails` are to the people of `mailing` activities; about `quiet` ones, such as those that are
    over, ATZ is asked to mail nobody.
    """

    by_state: Mapping[PreviewState, int]
    mails: int = 0
    mailing: int = 0
    quiet: int = 0

    @classmethod
    def of(cls, rows: Iterable[PreviewRow]) -> PreviewCounts:
        rows = tuple(rows)
        mails = [row.mail for row in rows if row.state is PreviewState.READY and row.mail]
        asked = [mail for mail in mails if not mail.is_off]
        return cls(
            Counter(row.state for row in rows),
            sum(mail.people or 1 for mail in asked),
            len(asked),
            len(mails) - len(asked),
        )

    @property
    def text(self) -> str:
        """18 to be changed, 2 nothing to change."""
        found = ((state, self.by_state.get(state, 0)) for state in PreviewState)
        return ", ".join(f"{count:,} {state.value}" for state, count in found if count)

    @property
    def mail_text(self) -> str:
        """ATZ may send 123 mails about 40 activities; 12 stay quiet."""
        quiet = f"{self.quiet:,} {'stays' if self.quiet == 1 else 'stay'} quiet"
        if not self.mailing:
            return f"ATZ is asked to mail nobody: {quiet}." if self.quiet else ""
        mails = pluralize(self.mails, "mail")
        about = pluralize(self.mailing, "activity", "activities")
        text = f"ATZ may send {mails} about {about}"
        return f"{text}; {quiet}." if self.quiet else f"{text}."


def run_estimate(rows: int) -> str:
    """How many requests a run of so many rows takes, and how long at the pace that ATZ allows."""
    requests = rows * REQUESTS
    minutes = round(requests / LIMIT * WINDOW / 60)
    long = "about a minute" if minutes <= 1 else f"about {minutes:,} minutes"
    if minutes >= 90:
        long = f"about {round(minutes / 60)} hours"
    return f"{requests:,} requests: {long}, behind what you do yourself"


class BulkPreview(QObject):
    """Reads `targets` in their order, and holds what the bulk edit makes of each."""

    progressed = Signal()
    """More activities were read, or the reading began or ended."""
    rows_changed = Signal()
    """`rows` are others; not while they are still being worked out."""
    notified = Signal(object)
    """A Notice why the reading stopped before its end, or None: that is over."""

    def __init__(
        self,
        targets: Sequence[BulkTarget],
        services: Services,
        jobs: Jobs,
        lookups: Lookups,
        zone: str,
    ) -> None:
        super().__init__()
        self.targets = tuple(targets)
        self.bulk = BulkEdit()
        self.renewals = services.client.token_renewals
        """`AtzClient.token_renewals` when the first activity was read."""
        self.rows: tuple[PreviewRow, ...] = tuple(map(_unread_row, self.targets))
        self._services = services
        self._jobs = jobs.scope()
        self._lookups = lookups
        self._zone = zone
        self.utc_now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._read: dict[int, Activity] = {}
        self._failed: dict[int, str] = {}
        self.is_reading = False
        self.is_applying = False
        """Whether `rows` are being worked out anew."""

    @property
    def read_count(self) -> int:
        """Activities about which it is known what ATZ holds, or that it can't be read."""
        return len(self._read) + len(self._failed)

    @property
    def activities(self) -> tuple[Activity, ...]:
        """What was read by now, in the order of the targets."""
        ids = (target.activity_id for target in self.targets)
        return tuple(self._read[each] for each in ids if each in self._read)

    @property
    def counts(self) -> PreviewCounts:
        return PreviewCounts.of(self.rows)

    def start_reading(self) -> None:
        """Read what is not read yet; what could not be read is tried once more."""
        if not self.is_reading:
            self._failed.clear()
            self._jobs.start("read", self._read_all())

    def set_bulk(self, bulk: BulkEdit) -> None:
        """Apply another bulk edit, which has no `problems`."""
        self.bulk = bulk
        self._start_applying()

    async def wait(self) -> None:
        """Until everything is read and worked out that was asked for."""
        for name in ("read", "apply"):
            await self._jobs.wait(name)

    async def close(self) -> None:
        """End it; what was read is kept."""
        await self._jobs.close()

    # Reading

    async def _read_all(self) -> None:
        self.is_reading = True
        self.notified.emit(None)
        self.progressed.emit()
        try:
            for target in self.targets:
                number = target.activity_id
                is_known = number in self._read or number in self._failed
                if not is_known and not await self._read_one(target):
                    break
            await self._load_names()
        finally:
            self.is_reading = False
            self.progressed.emit()
            self._start_applying()

    async def _read_one(self, target: BulkTarget) -> bool:
        """Read one; False: the others can't be read either."""
        number = target.activity_id
        try:
            read = await self._services.fetch_activity(number, self._zone, background=True)
        except AtzError as error:
            notice = error_notice(error, "The activities were not read to the end")
            if isinstance(error, _ABOUT_ALL):
                self.notified.emit(notice)
                return False
            self._failed[number] = notice.text
        else:
            self._read[number] = read
            self._lookups.add_names(names_in(read))
        self.progressed.emit()
        return True

    async def _load_names(self) -> None:
        """Ask the directory who they are: an answer of ATZ may hold slugs without names."""
        nameless: dict[NameKind, set[str]] = {}
        for activity in self._read.values():
            for seen in names_in(activity):
                if self._lookups.name_of(seen.kind, seen.key) is None:
                    nameless.setdefault(seen.kind, set()).add(seen.key)
            await asyncio.sleep(0)
        names = self._services.names
        try:
            for kind, keys in nameless.items():
                found = await names.by_keys(self._services.account, kind, sorted(keys))
                self._lookups.add_and_notify(found.values())
        except StoreError:
            return  # the slugs go on being shown

    # Applying

    def _start_applying(self) -> None:
        self.is_applying = self._jobs.start("apply", self._apply_all())

    async def _apply_all(self) -> None:
        made: list[PreviewRow] = []
        until = monotonic_seconds() + SLICE
        for row in self._applied_rows(BulkContext(self.utc_now(), self._lookups.name_of)):
            made.append(row)
            if monotonic_seconds() >= until:
                await asyncio.sleep(0)
                until = monotonic_seconds() + SLICE
        await asyncio.sleep(0)  # to show them takes a turn of its own
        self.is_applying = False
        self.rows = tuple(made)
        self.rows_changed.emit()

    def _applied_rows(self, context: BulkContext) -> Iterator[PreviewRow]:
        for target in self.targets:
            activity = self._read.get(target.activity_id)
            if activity is not None:
                applied = apply(self.bulk, activity, context, target.own)
                yield _row(applied, context.now)
            elif target.activity_id in self._failed:
                why = self._failed[target.activity_id]
                state = PreviewState.UNREADABLE
                yield PreviewRow(target.activity_id, target.title, state, why)
            else:
                yield _unread_row(target)


def _unread_row(target: BulkTarget) -> PreviewRow:
    return PreviewRow(target.activity_id, target.title, PreviewState.UNREAD)


def _row(applied: Applied, now: datetime) -> PreviewRow:
    edit = applied.edit
    state, detail = _state(applied)
    mail = calendar_mail(edit, now) if state is PreviewState.READY else None
    return PreviewRow(edit.base.id, edit.base.title, state, detail, applied, mail)


def _state(applied: Applied) -> tuple[PreviewState, str]:
    if applied.excluded:
        return PreviewState.EXCLUDED, f"Only where {applied.excluded}"
    if applied.problems:
        return PreviewState.PROBLEM, " ".join(_problem_texts(applied.edit, applied))
    if not applied.edit.dirty:
        return PreviewState.UNCHANGED, "ATZ holds these values already"
    return PreviewState.READY, " ".join(applied.notes)


def _problem_texts(edit: Edit, applied: Applied) -> Iterator[str]:
    for problem in applied.problems:
        field = edit.record_type.by_name.get(problem.name)
        yield f"{field.label}: {problem.text}" if field else problem.text


class Recipes(QObject):
    """One for each account. Coroutines raise StoreError when the disk does not allow it."""

    changed = Signal()
    """There are other recipes now."""

    def __init__(self, account: str, store: RecipeStore) -> None:
        super().__init__()
        self._account = account
        self._store = store

    async def list(self) -> list[BulkEdit]:
        """The user's own, by name; one that can't be read any more is left out."""
        found = []
        for text in await self._store.list(self._account):
            try:
                found.append(load_bulk(text))
            except RecipeError:
                continue
        return found

    async def save(self, bulk: BulkEdit) -> None:
        """Keep a recipe under its name; one of the same name gives way."""
        await self._store.save(self._account, bulk.name, dump_bulk(bulk))
        self.changed.emit()

    async def delete(self, name: str) -> None:
        """Forget a recipe."""
        await self._store.delete(self._account, name)
        self.changed.emit()

    async def share(self, bulk: BulkEdit, path: Path) -> None:
        """Write a recipe file for others. Raises RecipeError, too."""
        await asyncio.to_thread(write_atomically, path, dump_recipe(bulk))

    async def open(self, path: Path) -> BulkEdit:
        """The recipe in a file of somebody else. Raises RecipeError, too."""
        return await asyncio.to_thread(_read, path)


def _read(path: Path) -> BulkEdit:
    with map_errors(path), path.open("rb") as file:
        content = file.read(MAX_RECIPE * 4 + 1)  # bytes of so many characters, and one too many
    try:
        return load_recipe(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RecipeError("This is no recipe of this program.") from error
