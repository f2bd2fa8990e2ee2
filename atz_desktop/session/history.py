"""The journal as a person reads it: pages of entries, what each outcome means, putting one back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.history import Entry, Outcome, Undo, undo_of
from atz_desktop.domain.review import mail_warning
from atz_desktop.session.entries import entry_of
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.saving import Order

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.services import Questions, Services
    from atz_desktop.store.journal import Row

PAGE = 100
"""Entries that are fetched at once."""


@dataclass(frozen=True)
class OutcomeWords:
    """An outcome for people: `label` in a list, `text` as a sentence."""

    label: str
    level: Level
    text: str


OUTCOMES: dict[Outcome | None, OutcomeWords] = {
    Outcome.VERIFIED: OutcomeWords(
        "Saved and checked",
        Level.GOOD,
        "Every field was read back from ATZ and found as meant.",
    ),
    Outcome.DIFFERENT: OutcomeWords(
        "Stored differently",
        Level.WARNING,
        "When it was read back, ATZ held something else than was sent in at least one field.",
    ),
    Outcome.REFUSED: OutcomeWords(
        "Refused", Level.PROBLEM, "ATZ said no. This save changed nothing."
    ),
    Outcome.NOT_SENT: OutcomeWords(
        "Did not arrive", Level.PROBLEM, "It did not reach ATZ. This save changed nothing."
    ),
    Outcome.UNKNOWN: OutcomeWords(
        "Not confirmed yet",
        Level.WARNING,
        "It went out, but nobody knows yet whether it arrived. It is looked up as soon as this "
        "activity is loaded.",
    ),
    None: OutcomeWords(
        "Not finished",
        Level.WARNING,
        "It is under way, or was cut short. It is looked up as soon as this activity is loaded.",
    ),
}

_WORD_OF_NONE = "PENDING"


def outcome_word(outcome: Outcome | None) -> str:
    """The journal's word for an outcome; that of an entry without one is PENDING."""
    return outcome.value if outcome else _WORD_OF_NONE


@dataclass(frozen=True)
class Wanted:
    """Which entries to list. `outcome` is a word of the journal; None means any."""

    search: str = ""
    outcome: str | None = None
    activity_id: int | None = None
    all_accounts: bool = False


class History(QObject):
    """The entries that fit `wanted`, the newest first, fetched page by page as they are needed.

    `services` tells the account that is connected just now, or None.
    """

    began = Signal()
    """The list is another one, and holds its first page."""
    grew = Signal()
    """More entries stand at the end of the list."""
    noticed = Signal(object)
    """A Notice about reading or exporting, or None: that is over."""

    def __init__(self, jobs: Jobs, services: Callable[[], Services | None]) -> None:
        super().__init__()
        self.wanted = Wanted()
        self.entries: tuple[Entry, ...] = ()
        self.has_more = False
        self._jobs = jobs
        self._services = services

    @property
    def account(self) -> str | None:
        """The account that is connected; None before there is one."""
        services = self._services()
        return services.account if services else None

    def ask(self, wanted: Wanted) -> None:
        """List other entries; a newer wish replaces one that is under way."""
        self.wanted = wanted
        self._jobs.start("history", self._fetch(first=True))

    def refresh(self) -> None:
        """Read the same list again: a save may have been added or settled."""
        self.ask(self.wanted)

    def more(self) -> None:
        """Fetch the next page, unless one is under way or there is none."""
        if self.has_more and not self._jobs.running("history"):
            self._jobs.start("history", self._fetch(first=False))

    def export(self, path: Path) -> None:
        """Write every entry that fits `wanted` into a file; `.json` makes JSON, all else CSV."""
        self._jobs.start("export", self._export(path), finish=True)

    async def page(self, wanted: Wanted, before_id: int | None, limit: int) -> tuple[Row, ...]:
        """One page of rows. Raises StoreError when the journal cannot be read."""
        services = self._services()
        if services is None:
            return ()
        return tuple(
            await services.journal.entries(
                account=None if wanted.all_accounts else services.account,
                search=wanted.search,
                outcome=wanted.outcome,
                activity_id=wanted.activity_id,
                limit=limit,
                before_id=before_id,
            )
        )

    async def _fetch(self, first: bool) -> None:
        from atz_desktop.store.errors import StoreError

        known = () if first else self.entries
        try:
            rows = await self.page(self.wanted, known[-1].id if known else None, PAGE)
        except StoreError as error:
            self.noticed.emit(Notice(Level.PROBLEM, "The history can't be read", error.words))
            return
        self.entries = known + tuple(readable(row) for row in rows)
        self.has_more = len(rows) == PAGE
        (self.began if first else self.grew).emit()

    async def _export(self, path: Path) -> None:
        from atz_desktop.session.export import export_history
        from atz_desktop.store.errors import StoreError

        try:
            count = await export_history(self.page, self.wanted, path)
        except StoreError as error:
            self.noticed.emit(Notice(Level.PROBLEM, "Nothing was exported", error.words))
            return
        saves = f"{count:,} save{'' if count == 1 else 's'}"
        self.noticed.emit(Notice(Level.GOOD, "Exported", f"{saves} written to “{path}”."))


def readable(row: Row) -> Entry:
    """The entry of a row; with no values in it when this version cannot read what it holds."""
    try:
        return entry_of(row)
    except ValueError:
        return entry_of(row._replace(before="{}", sent="{}", after=None))


def why_not_put_back(entry: Entry, account: str | None) -> str | None:
    """Why a save cannot be put back, as a sentence; None when it may be tried."""
    if not entry.sent:
        return "The values of this save can't be read, so they can't be put back."
    if entry.account != account:
        return "This save was made with another account. Connect that one to put it back."
    if entry.outcome in {Outcome.REFUSED, Outcome.NOT_SENT}:
        return "This save changed nothing in ATZ, so there is nothing to put back."
    if not entry.settled:
        return "First it has to be known what became of this save: load the activity."
    return None


async def prepare_undo(
    entry: Entry, names: frozenset[str] | None, services: Services, zone: str
) -> Undo:
    """How to put a save back, or only the fields in `names`, on the record as it stands now.

    `zone` (IANA name) is the one that ATZ's times are read in. Raises AtzError when the activity
    cannot be read, ValueError for a save that was made with another account.
    """
    if entry.account != services.account:
        raise ValueError("an entry of another account")
    body = await services.client.get_activity(entry.activity_id)
    return undo_of(entry, Activity.read(body, zone), names)


async def undo_order(
    entry: Entry,
    names: frozenset[str] | None,
    services: Services,
    questions: Questions,
    zone: str,
) -> Order | None:
    """What to save so that an earlier save is put back; None when the person does not want it.

    Asks what to do with values that moved on. When ATZ may mail attendees about it, the person
    reviews it too, and can suppress that. Raises as `prepare_undo` does.
    """
    undo = await prepare_undo(entry, names, services, zone)
    picks = await questions.undo(undo)
    if picks is None:
        return None
    order = Order(undo.merge.resolved(picks), undoes=entry.id)
    if not order.edit.dirty:
        return None
    if mail_warning(order.edit, datetime.now(UTC)) is None:
        return order
    reviewed = await questions.review(order.edit)
    if reviewed is None:
        return None
    return replace(order, edit=reviewed.edit, reason=reviewed.reason)
