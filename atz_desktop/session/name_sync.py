"""Fetching names in the background: every list of ATZ, page by page, behind the user's requests,
and the types of activities once a day.

How far it came is kept with the names of each page, so whatever ends the program, at most the page
that was under way is fetched again. Lists that are not documented are given up on quietly.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
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
from atz_desktop.api.requests import PAGE_SIZE
from atz_desktop.domain.activity import Activity, parse_timestamp
from atz_desktop.domain.local_records import SeenName
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.vocabulary import ENTITIES, Endpoint, NameKind
from atz_desktop.session.known_names import (
    PEOPLE_KINDS,
    UNKNOWN_TIME,
    name_from_record,
    name_from_type,
    seen_names,
)
from atz_desktop.session.notices import error_notice
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.api.requests import Page
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.known_names import NamesBroadcast
    from atz_desktop.session.services import Services

CURSOR_KEY = "fetching names"
"""Under which the position is kept."""
TYPES_KEY = "types asked on"
"""Under which the day is kept on which the list of activity types was asked for."""
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
MAX_RETRY_DELAY = 60.0
"""Seconds between two tries while ATZ cannot be reached."""
MAX_SERVER_DELAY = 3600.0
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

    def next_page(self, page: Page) -> Cursor:
        """The next page of the same list."""
        return replace(self, page=self.page + 1, pages=page.last)

    def next_list(self) -> Cursor | None:
        """The first page of the next list; None after the last."""
        names = list(LISTS)
        place = names.index(self.list) + 1
        return Cursor(names[place]) if place < len(names) else None

    @classmethod
    def parse(cls, text: str | None) -> Cursor | None:
        """A kept position; None when there is none that makes sense."""
        try:
            kept = cls(**json.loads(text)) if text else None
            if kept is None or kept.list not in LISTS or (kept.pages or 1) < 1:
                return None
        except (ValueError, TypeError):
            return None
        return kept if isinstance(kept.page, int) and kept.page > 0 else None


class NameSync(QObject):
    """Fetches names of the account of `services`, one request at a time.

    It ends with the scope of `jobs`; the position stays as it was last kept.
    """

    changed = Signal()
    """`state`, `status_text` and `progress` are others now."""

    def __init__(
        self,
        jobs: Jobs,
        services: Services,
        names: NamesBroadcast,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__()
        self.state = SyncState.IDLE
        self._jobs = jobs
        self._services = services
        self._names = names
        self._sleep = sleep
        self._cursor = Cursor()
        self._error_text = ""
        self._last_keys: frozenset[str] = frozenset()

    @property
    def status_text(self) -> str:
        """How far it is, in a sentence."""
        if self.state is SyncState.DONE:
            return "The names are fetched: type a name wherever a slug or an ID is asked for."
        page = f"page {self._cursor.page:,}" + (
            f" of {self._cursor.pages:,}" if self._cursor.pages else ""
        )
        doing = "Paused" if self.state is SyncState.PAUSED else "Fetching names"
        trouble = f" {self._error_text}" if self._error_text else ""
        entries = "activities" if self._cursor.list == ACTIVITY else f"{self._cursor.list}s"
        return f"{doing}: {entries}, {page}.{trouble}"

    @property
    def progress(self) -> tuple[int, int] | None:
        """Pages done and pages in all of the list under way; None when ATZ does not say."""
        return (self._cursor.page - 1, self._cursor.pages) if self._cursor.pages else None

    def start(self) -> None:
        """Begin, or go on after a pause; does nothing while it runs."""
        if self.state is SyncState.RUNNING:
            return
        if self.state is not SyncState.PAUSED:
            self._cursor = Cursor()
        self._cursor = replace(self._cursor, paused=False)
        self._set_state(SyncState.RUNNING)
        self._jobs.start(JOB, self._run())

    def pause(self) -> None:
        """Leave off until `start`, in the next run of the program too."""
        if self.state is SyncState.RUNNING:
            self._jobs.cancel(JOB)
            self._cursor = replace(self._cursor, paused=True)
            text = _cursor_text(self._cursor)
            self._jobs.start("keep fetching", self._store_cursor(text), finish=True)
            self._set_state(SyncState.PAUSED)

    def stop(self) -> None:
        """Give it up: the next start begins at the beginning. What was learned stays."""
        self._jobs.cancel(JOB)
        if self.state in {SyncState.RUNNING, SyncState.PAUSED}:
            self._jobs.start("keep fetching", self._store_cursor(""), finish=True)
        self._set_state(SyncState.IDLE)

    async def resume(self) -> None:
        """Go on where the last run of the program was, or show that it was paused."""
        services = self._services
        try:
            kept = Cursor.parse(await services.names.get_note(services.account, CURSOR_KEY))
        except StoreError:
            return
        if kept is not None and self.state is SyncState.IDLE:
            self._cursor = kept
            self._set_state(SyncState.PAUSED)
            if not kept.paused:
                self.start()

    async def _run(self) -> None:
        self._last_keys = frozenset()  # the page at which it was left may be fetched once more
        try:
            await self._store_cursor(_cursor_text(self._cursor))
            while self.state is SyncState.RUNNING:
                page = await self._next_page()
                following = self._cursor.next_list() if page is None else self._next_cursor(page)
                await self._services.names.learn_page(
                    self._services.account,
                    self._seen_names(page),
                    (CURSOR_KEY, _cursor_text(following)),
                )
                self._names.clear_people_cache()
                self._names.notify()
                if following is None:
                    self._set_state(SyncState.DONE)
                    return
                self._cursor = following
                self.changed.emit()
        except Unauthorized as error:
            self._pause_on_error(error_notice(error, "").text)
        except StoreError as error:
            self._pause_on_error(error.message)

    async def _next_page(self) -> Page | None:
        """The page at the position, however long it takes; None: there is no such list."""
        pause = 2.5
        while True:
            try:
                page = await self._request_page()
            except Unauthorized:
                raise
            except (Rejected, InvalidResponse):
                return None
            except AtzError as error:
                if isinstance(error, NotSent) and error.cause is Cause.CLOSED:
                    raise asyncio.CancelledError from error  # another account is connected
                if _means_not_found(error) and self._cursor.list not in DOCUMENTED:
                    return None
                pause = min(pause * 2, MAX_RETRY_DELAY)
                self._set_error_text("ATZ does not answer just now; it goes on by itself.")
                await self._sleep(max(pause, min(error.retry_after or 0.0, MAX_SERVER_DELAY)))
            else:
                self._set_error_text("")
                return page

    async def _request_page(self) -> Page:
        if self._cursor.list != ACTIVITY:
            client = self._services.client
            return await client.list_records(self._cursor.list, self._cursor.page, background=True)
        # In the order in which they were made, pages do not move while they are fetched.
        query = {
            "page": self._cursor.page,
            "limit": PAGE_SIZE,
            "sort_by": "created_at",
            "sort_order": "asc",
            "maximize": "all",
        }
        return await self._services.client.list_activities(query, background=True)

    def _next_cursor(self, page: Page) -> Cursor | None:
        """Where to go on after this page.

        A list that does not say how long it is ends at a page that is not full, or that is longer
        than a page can be (it is the whole list). Every list ends at a page that is the same as the
        one before, whatever it says: it does not know of pages, and would go on for ever.
        """
        keys = frozenset(repr(item.get("slug") or item.get("id")) for item in page.items)
        more = len(page.items) == PAGE_SIZE if page.more is None else page.more
        is_new = keys != self._last_keys
        self._last_keys = keys
        return (
            self._cursor.next_page(page)
            if more and is_new and page.items
            else self._cursor.next_list()
        )

    def _seen_names(self, page: Page | None) -> list[SeenName]:
        if page is None:
            return []
        sights = [sight for item in page.items for sight in _names_in_item(self._cursor.list, item)]
        # Few, and wanted at once; the others are found in the directory when they are typed.
        self._names.add_names(s.name for s in sights if s.name.kind in {"type", "user"})
        return sights

    async def _store_cursor(self, text: str) -> None:
        try:
            await self._services.names.set_note(self._services.account, CURSOR_KEY, text)
        except StoreError as error:
            self._pause_on_error(error.message)

    def _pause_on_error(self, trouble: str) -> None:
        self._error_text = trouble
        self._set_state(SyncState.PAUSED)

    def _set_error_text(self, trouble: str) -> None:
        if trouble != self._error_text:
            self._error_text = trouble
            self.changed.emit()

    def _set_state(self, state: SyncState) -> None:
        if state is SyncState.RUNNING:
            self._error_text = ""
        self.state = state
        self.changed.emit()


async def fetch_types(
    services: Services, known: NamesBroadcast, now: datetime | None = None
) -> None:
    """Ask for the account's list of activity types unless that was done today (UTC). Every failure
    is silent.

    That "Get Activity Types" exists is documented, its path is not (ATZ_API.md): it is tried at
    `api.requests.TYPES_PATH` and taken if it answers; all else is learned from activities.
    """
    today = (now or datetime.now(UTC)).date().isoformat()
    try:
        if await services.names.get_note(services.account, TYPES_KEY) == today:
            return
        try:
            page = await services.client.list_types(background=True)
        except Unauthorized:
            return  # says nothing of the path: it is tried again with the next token
        except Rejected:
            await services.names.set_note(services.account, TYPES_KEY, today)
            return
        names = [name for name in map(name_from_type, page.items) if name is not None]
        known.add_names(names)
        known.notify()
        await services.names.learn(services.account, names)
        await services.names.set_note(services.account, TYPES_KEY, today)
    except (AtzError, StoreError):
        return


def _means_not_found(error: AtzError) -> bool:
    """Whether a path that does not exist may be answered so."""
    return isinstance(error, ServerError) or (
        isinstance(error, CaptivePortal) and not error.is_certain
    )


def _cursor_text(at: Cursor | None) -> str:
    return json.dumps(asdict(at)) if at else ""


def _names_in_item(listed: str, item: Mapping[str, Any]) -> tuple[SeenName, ...]:
    if listed == ACTIVITY:
        number = item.get("id")
        return seen_names(Activity.from_response(item)) if type(number) is int else ()
    kind: NameKind = listed  # type: ignore[assignment]  # every list but one is called as its kind
    name = name_from_record(kind, item)
    return (SeenName(name, _seen_at(item)),) if name else ()


def _seen_at(item: Mapping[str, Any]) -> str:
    seen = parse_timestamp(item.get("updated_at")) or parse_timestamp(item.get("created_at"))
    return seen.isoformat() if seen else UNKNOWN_TIME
