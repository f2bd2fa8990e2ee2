"""All activities that a search finds, as numbers and titles: page by page, frozen at the end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.errors import AtzError
from atz_desktop.domain.work_list import NewRow
from atz_desktop.session.notices import Level, Notice, error_notice
from atz_desktop.session.search import activities_of

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.search import ActivityQuery
    from atz_desktop.session.services import Services

_JOB = "collect"


class ListCollector(QObject):
    """Reads one search at a time; a newer one replaces it."""

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
        self._jobs.start(_JOB, self._collect(replace(query, sort_by="created_at", ascending=True)))

    def stop(self) -> None:
        """Give up; nothing is added."""
        self._jobs.cancel(_JOB)

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
            for activity in await asyncio.to_thread(activities_of, page):
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


def _belongs(activity: Activity, query: ActivityQuery) -> bool:
    """Whether it is of the record that was asked for: ATZ may ignore what it does not know."""
    record = activity.related
    slug = record.slug if record is not None else None
    return not query.record or slug in {None, query.record}
