"""Finding activities: the list of ATZ, searched and filtered, page by page as one scrolls, or as
numbers and titles to its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.errors import AtzError
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.characters import fold
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import entity_label, short_day
from atz_desktop.domain.values import RecordRef, Span
from atz_desktop.domain.work_list import NewRow
from atz_desktop.session.known_names import seen_names
from atz_desktop.session.notices import Level, Notice, error_notice
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.api.requests import Page
    from atz_desktop.domain.local_records import RecentActivity, SeenName
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.lookups import Lookups
    from atz_desktop.session.services import Services


@dataclass(frozen=True)
class ActivityQuery:
    """Which activities to list, and in which order (ATZ_API.md: GET /v1/activity)."""

    search: str = ""
    type_id: int | None = None
    importance: str | None = None
    entity: int | None = None
    record: str = ""
    """The slug of the related record; "" means any."""
    sort_by: str = "updated_at"
    ascending: bool = False

    def parameters(self, page: int) -> dict[str, object]:
        """The query of one page; related records and people come with their names."""
        return {
            "page": page,
            "search": self.search or None,
            "activity_type_id": self.type_id,
            "importance": self.importance,
            "related_to_entity": self.entity,
            "related_to": self.record or None,
            "sort_by": self.sort_by,
            "sort_order": "asc" if self.ascending else "desc",
            "maximize": "all",
        }


@dataclass(frozen=True)
class ActivityHit:
    """One activity of the list, in words. It is never edited from here: it is loaded first."""

    id: int
    title: str
    type: str
    when: str
    record: str
    changed: datetime | None


class ActivitySearch(QObject):
    """The activities that fit `query`, fetched as they are needed; and those seen here before."""

    list_replaced = Signal()
    """`hits` is another list, and holds its first page."""
    rows_added = Signal()
    """More activities stand at the end of `hits`."""
    busy_changed = Signal()
    recent_changed = Signal()
    notified = Signal(object)
    """A Notice about a page that did not come, or None: that is over."""

    def __init__(self, jobs: Jobs, services: Services, lookups: Lookups) -> None:
        super().__init__()
        self.query = ActivityQuery()
        self.listed_query: ActivityQuery | None = None
        """What `hits` answers: the wish before, as long as the first page is under way."""
        self.hits: list[ActivityHit] = []
        self._ids: set[int] = set()
        self.recent: tuple[RecentActivity, ...] = ()
        self.total: int | None = None
        self.has_more = False
        self.busy = False
        self.lookups = lookups
        self._jobs = jobs
        self._services = services
        self._page = 0

    def search(self, query: ActivityQuery) -> None:
        """List other activities; a newer wish replaces one that is under way."""
        self.query = query
        self._jobs.start("find", self._fetch(first=True))

    def fetch_more(self) -> None:
        """Fetch the next page, unless one is under way or there is none."""
        if self.has_more and not self._jobs.running("find"):
            self._jobs.start("find", self._fetch(first=False))

    def load_recent(self) -> None:
        """Read what this computer loaded and changed."""
        self._jobs.start("find recent", self._read_recent())

    def cancel(self) -> None:
        """Give up a page that is under way."""
        self._jobs.cancel("find")

    async def _fetch(self, first: bool) -> None:
        number = 1 if first else self._page + 1
        self._set_busy(True)
        try:
            page = await self._services.client.list_activities(self.query.parameters(number))
            activities, sights = await asyncio.to_thread(_read, page)
        except AtzError as error:
            self.notified.emit(error_notice(error, "ATZ did not list its activities"))
            return
        finally:
            self._set_busy(False)
        self._accept_page(page, activities, number)
        await asyncio.sleep(0)  # the list is painted first
        await self._learn(sights)

    def _accept_page(self, page: Page, activities: list[Activity], number: int) -> None:
        if number == 1:
            self.hits, self._ids = [], set()
        for activity in activities:
            # The list moves while one scrolls: what slid onto the next page is not shown twice.
            if activity.id not in self._ids:
                self._ids.add(activity.id)
                self.hits.append(self._hit(activity))
        self._page, self.total = number, page.total
        self.listed_query = self.query
        self.has_more = bool(page.items) if page.more is None else page.more
        self.notified.emit(None)
        (self.list_replaced if number == 1 else self.rows_added).emit()

    def _hit(self, activity: Activity) -> ActivityHit:
        chosen = activity.role(activity.record_type.category)
        return ActivityHit(
            id=activity.id,
            title=" ".join(activity.title.split()),
            type=getattr(chosen, "display_name", "") or "",
            when=_span_text(activity.span),
            record=self._record(activity.role(activity.record_type.related)),
            changed=activity.updated_at,
        )

    def _record(self, record: object) -> str:
        if not isinstance(record, RecordRef) or record.entity is None:
            return ""
        name = self.lookups.record_name(record) or record.slug
        kind = entity_label(record.entity)
        return f"{name} ({kind.lower()})" if name else kind

    async def _learn(self, sights: list[SeenName]) -> None:
        services = self._services
        self.lookups.add_and_notify(sight.name for sight in sights)
        try:
            await services.names.learn_page(services.account, sights)
        except StoreError:
            return  # the names are known in this run; saving says that the store is broken

    async def _read_recent(self) -> None:
        services = self._services
        try:
            self.recent = tuple(await services.recent.list(services.account))
        except StoreError as error:
            title = "The activities seen here can't be read"
            self.notified.emit(Notice(Level.PROBLEM, title, error.message))
            return
        self.recent_changed.emit()

    def _set_busy(self, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit()


class ListCollector(QObject):
    """All activities that a search finds, as numbers and titles. A newer search replaces it."""

    changed = Signal()
    """`running` or `read` is another."""
    collected = Signal(object)
    """The rows (tuple of NewRow) of a search that was read to its end."""
    notified = Signal(object)
    """A Notice about a search that was not."""

    def __init__(self, jobs: Jobs, services: Services) -> None:
        super().__init__()
        self._jobs = jobs
        self._services = services
        self.running = False
        self.read = 0
        self.total: int | None = None

    def start(self, query: ActivityQuery) -> None:
        """Read all that it finds, the oldest first: what is changed meanwhile moves none."""
        self._jobs.start(
            "collect", self._collect(replace(query, sort_by="created_at", ascending=True))
        )

    def stop(self) -> None:
        """Give up; nothing is added."""
        self._jobs.cancel("collect")

    async def _collect(self, query: ActivityQuery) -> None:
        self._show(running=True, read=0, total=None)
        try:
            rows = await self._read_pages(query)
        except AtzError as error:
            self.notified.emit(error_notice(error, "ATZ did not list its activities"))
            return
        finally:
            self._show(running=False, read=0, total=None)
        if rows:
            self.collected.emit(tuple(rows.values()))
        else:
            self.notified.emit(Notice(Level.INFO, "No activity was found", "Nothing was added."))

    async def _read_pages(self, query: ActivityQuery) -> dict[int, NewRow]:
        rows: dict[int, NewRow] = {}
        seen: set[int] = set()
        number, more = 0, True
        while more:
            number += 1
            page = await self._services.client.list_activities(
                {**query.parameters(number), "maximize": None}, background=True
            )
            before = len(seen)
            for activity in await asyncio.to_thread(_activities_of, page):
                seen.add(activity.id)
                if _belongs(activity, query):
                    rows.setdefault(activity.id, NewRow(activity.id, activity.title))
            # A list that says nothing of its end ends where a page brings nothing new.
            more = len(seen) > before and page.more is not False
            self._show(running=True, read=len(seen), total=page.total)
        return rows

    def _show(self, *, running: bool, read: int, total: int | None) -> None:
        self.running, self.read, self.total = running, read, total
        self.changed.emit()


def filter_recent(words: str, seen: Iterable[RecentActivity]) -> tuple[RecentActivity, ...]:
    """Those that have every one of the words in the title, without case and accents, or whose
    number begins with it."""
    wanted = [fold(word) for word in words.split()]
    return tuple(
        each
        for each in seen
        if all(
            word in fold(each.title) or str(each.activity_id).startswith(word.lstrip("#"))
            for word in wanted
        )
    )


def _read(page: Page) -> tuple[list[Activity], list[SeenName]]:
    """The activities of a page, and everybody who is named in them; called on a thread."""
    activities = _activities_of(page)
    return activities, [sight for activity in activities for sight in seen_names(activity)]


def _activities_of(page: Page) -> list[Activity]:
    """The items of a page that have a number."""
    return [Activity.from_response(item) for item in page.items if type(item.get("id")) is int]


def _span_text(span: Span) -> str:
    if span.start is None:
        return ""
    end = f" – {span.end:%H:%M}" if span.end else ""
    return f"{short_day(span.start)}, {span.start:%H:%M}{end}"


def _belongs(activity: Activity, query: ActivityQuery) -> bool:
    """Whether it is of the record that was asked for: ATZ may ignore what it does not know."""
    record = activity.related
    slug = record.slug if record is not None else None
    return not query.record or slug in {None, query.record}
