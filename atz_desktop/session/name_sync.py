"""Fetching names in the background: every list of ATZ, page by page, behind the person's requests.

How far it came is kept with the names of each page, so whatever ends the program, at most the page
that was under way is fetched again. Lists that are not documented are given up on quietly.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.errors import (
    AtzError,
    CaptivePortal,
    Cause,
    InvalidResponse,
    NotSent,
    Rejected,
    ServerError,
    Unauthorized,
)
from atz_desktop.domain.activity import Activity, parse_timestamp
from atz_desktop.domain.local_records import SeenName
from atz_desktop.domain.vocabulary import ENTITIES, Endpoint, NameKind
from atz_desktop.session.name_extraction import (
    LONG_AGO,
    PEOPLE_KINDS,
    name_of_record,
    sights_in,
)
from atz_desktop.session.notices import notice_for
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.api.client import Page
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.lookups import Lookups
    from atz_desktop.session.services import Services

TOPIC = "fetching names"
"""Under which the position is kept."""
JOB = "fetch names"
ACTIVITY = "activity"
DOCUMENTED = (ACTIVITY, *(e.kind for e in ENTITIES.values() if e.all is Endpoint.DOCUMENTED))
LISTS = (
    *DOCUMENTED,
    *sorted(
        (e.kind for e in ENTITIES.values() if e.all is Endpoint.PERHAPS),
        key=lambda kind: kind not in PEOPLE_KINDS.values(),
    ),
)
"""The lists in their order: those that are known to be there first, then people before records."""
FULL_PAGE = 25
LONGEST_PAUSE = 60.0
"""Seconds between two tries while ATZ cannot be reached."""
LONGEST_WISH = 3600.0
"""Seconds; a server that asks to be left alone for longer is asked again after this."""


class SyncState(Enum):
    """What stands in the window about it."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True)
class Cursor:
    """The page to fetch next. `pages` is the number of the list's last page, if ATZ says it."""

    list: str = ACTIVITY
    page: int = 1
    pages: int | None = None
    paused: bool = False

    def after(self, page: Page) -> Cursor:
        """The next page of the same list."""
        return replace(self, page=self.page + 1, pages=page.last)

    def next_list(self) -> Cursor | None:
        """The first page of the next list; None after the last."""
        names = list(LISTS)
        place = names.index(self.list) + 1
        return Cursor(names[place]) if place < len(names) else None

    @classmethod
    def read(cls, text: str | None) -> Cursor | None:
        """A kept position; None when there is none that makes sense."""
        try:
            kept = cls(**json.loads(text)) if text else None
            if kept is None or kept.list not in LISTS or (kept.pages or 1) < 1:
                return None
        except (ValueError, TypeError):
            return None
        return kept if isinstance(kept.page, int) and kept.page > 0 else None


class NameSync(QObject):
    """Fetches names of the account that `services` tells, one request at a time."""

    changed = Signal()
    """`state`, `words` and `progress` are others now."""

    def __init__(
        self,
        jobs: Jobs,
        services: Callable[[], Services | None],
        lookups: Lookups,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__()
        self.state = SyncState.IDLE
        self._jobs = jobs
        self._services = services
        self._lookups = lookups
        self._sleep = sleep
        self._at = Cursor()
        self._trouble = ""
        self._last_keys: frozenset[str] = frozenset()

    @property
    def words(self) -> str:
        """How far it is, in a sentence."""
        if self.state is SyncState.DONE:
            return "The names are fetched: type a name wherever a slug or an ID is asked for."
        page = f"page {self._at.page:,}" + (f" of {self._at.pages:,}" if self._at.pages else "")
        doing = "Paused" if self.state is SyncState.PAUSED else "Fetching names"
        trouble = f" {self._trouble}" if self._trouble else ""
        entries = "activities" if self._at.list == ACTIVITY else f"{self._at.list}s"
        return f"{doing}: {entries}, {page}.{trouble}"

    @property
    def progress(self) -> tuple[int, int] | None:
        """Pages done and pages in all of the list under way; None when ATZ does not say."""
        return (self._at.page - 1, self._at.pages) if self._at.pages else None

    def start(self) -> None:
        """Begin, or go on after a pause; does nothing while it runs or without an account."""
        services = self._services()
        if services is None or self.state is SyncState.RUNNING:
            return
        if self.state is not SyncState.PAUSED:
            self._at = Cursor()
        self._at = replace(self._at, paused=False)
        self._be(SyncState.RUNNING)
        self._jobs.start(JOB, self._run(services))

    def pause(self) -> None:
        """Leave off until `start`, in the next run of the program too."""
        services = self._services()
        if self.state is SyncState.RUNNING and services is not None:
            self._jobs.cancel(JOB)
            self._at = replace(self._at, paused=True)
            self._jobs.start("keep fetching", self._keep(services, _text(self._at)))
            self._be(SyncState.PAUSED)

    def stop(self) -> None:
        """Give it up: the next start begins at the beginning. What was learned stays."""
        services = self._services()
        self._jobs.cancel(JOB)
        if services is not None and self.state in {SyncState.RUNNING, SyncState.PAUSED}:
            self._jobs.start("keep fetching", self._keep(services, ""))
        self._be(SyncState.IDLE)

    async def take_up(self) -> None:
        """Go on where the last run of the program was, or show that it was paused."""
        services = self._services()
        if services is None:
            return
        try:
            kept = Cursor.read(await services.directory.get_note(services.account, TOPIC))
        except StoreError:
            return
        if kept is not None and self.state is SyncState.IDLE:
            self._at = kept
            self._be(SyncState.PAUSED)
            if not kept.paused:
                self.start()

    async def leave(self) -> None:
        """Stop before the account changes or the program ends; the position stays as kept."""
        self._jobs.cancel(JOB)
        await self._jobs.wait(JOB)
        self._be(SyncState.IDLE)

    async def _run(self, services: Services) -> None:
        self._last_keys = frozenset()  # the page at which it was left may be fetched once more
        try:
            await self._keep(services, _text(self._at))
            while self.state is SyncState.RUNNING:
                page = await self._next_page(services)
                following = self._at.next_list() if page is None else self._following(page)
                await services.directory.learn_page(
                    services.account, self._sights(page), (TOPIC, _text(following))
                )
                self._lookups.forget_owners()
                if following is None:
                    self._be(SyncState.DONE)
                    return
                self._at = following
                self.changed.emit()
        except Unauthorized as error:
            self._give_way(notice_for(error, "").text)
        except StoreError as error:
            self._give_way(error.message)

    async def _next_page(self, services: Services) -> Page | None:
        """The page at the position, however long it takes; None: there is no such list."""
        pause = 2.5
        while True:
            try:
                page = await self._ask(services)
            except Unauthorized:
                raise
            except (Rejected, InvalidResponse):
                return None
            except AtzError as error:
                if isinstance(error, NotSent) and error.cause is Cause.CLOSED:
                    raise asyncio.CancelledError from error  # another account is connected
                if _means_no_list(error) and self._at.list not in DOCUMENTED:
                    return None
                pause = min(pause * 2, LONGEST_PAUSE)
                self._say_trouble("ATZ does not answer just now; it goes on by itself.")
                await self._sleep(max(pause, min(error.retry_after or 0.0, LONGEST_WISH)))
            else:
                self._say_trouble("")
                return page

    async def _ask(self, services: Services) -> Page:
        if self._at.list != ACTIVITY:
            return await services.client.list_records(self._at.list, self._at.page, background=True)
        # In the order in which they were made, pages do not move while they are fetched.
        query = {
            "page": self._at.page,
            "limit": FULL_PAGE,
            "sort_by": "created_at",
            "sort_order": "asc",
            "maximize": "all",
        }
        return await services.client.list_activities(query, background=True)

    def _following(self, page: Page) -> Cursor | None:
        """Where to go on after this page.

        A list that does not say how long it is ends at a page that is not full, or that is longer
        than a page can be (it is the whole list). Every list ends at a page that is the same as the
        one before, whatever it says: it does not know of pages, and would go on for ever.
        """
        keys = frozenset(repr(item.get("slug") or item.get("id")) for item in page.items)
        more = len(page.items) == FULL_PAGE if page.more is None else page.more
        is_new = keys != self._last_keys
        self._last_keys = keys
        return self._at.after(page) if more and is_new and page.items else self._at.next_list()

    def _sights(self, page: Page | None) -> list[SeenName]:
        if page is None:
            return []
        sights = [sight for item in page.items for sight in _sights_in(self._at.list, item)]
        # Few, and wanted at once; the others are found in the directory when they are typed.
        self._lookups.take(s.name for s in sights if s.name.kind in {"type", "user"})
        self._lookups.learned.emit()
        return sights

    async def _keep(self, services: Services, text: str) -> None:
        try:
            await services.directory.set_note(services.account, TOPIC, text)
        except StoreError as error:
            self._give_way(error.message)

    def _give_way(self, trouble: str) -> None:
        self._trouble = trouble
        self._be(SyncState.PAUSED)

    def _say_trouble(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self.changed.emit()

    def _be(self, state: SyncState) -> None:
        if state is SyncState.RUNNING:
            self._trouble = ""
        self.state = state
        self.changed.emit()


def _means_no_list(error: AtzError) -> bool:
    """Whether a path that does not exist may be answered so."""
    return isinstance(error, ServerError) or (
        isinstance(error, CaptivePortal) and not error.is_certain
    )


def _text(at: Cursor | None) -> str:
    return json.dumps(asdict(at)) if at else ""


def _sights_in(listed: str, item: Mapping[str, Any]) -> tuple[SeenName, ...]:
    if listed == ACTIVITY:
        number = item.get("id")
        return sights_in(Activity.from_response(item)) if type(number) is int else ()
    kind: NameKind = listed  # type: ignore[assignment]  # every list but one is called as its kind
    name = name_of_record(kind, item)
    return (SeenName(name, _stamp(item)),) if name else ()


def _stamp(item: Mapping[str, Any]) -> str:
    seen = parse_timestamp(item.get("updated_at")) or parse_timestamp(item.get("created_at"))
    return seen.isoformat() if seen else LONG_AGO
