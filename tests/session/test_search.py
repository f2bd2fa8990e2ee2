"""The list of activities over real sockets: pages, filters, and what odd answers become."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from atz_desktop.domain.values import Option, RecordRef
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.notices import Notice
from atz_desktop.session.search import ActivityQuery, ActivitySearch
from atz_desktop.session.services import Services


class Desk:
    def __init__(self, services: Services) -> None:
        self.services = services
        self.jobs = Jobs()
        self.lookups = Lookups(services, self.jobs)
        self.finding = ActivitySearch(self.jobs, services, self.lookups)
        self.notices: list[Notice | None] = []
        self.finding.notified.connect(self.notices.append)

    async def ask(self, sought: ActivityQuery | None = None) -> None:
        self.finding.search(sought or ActivityQuery())
        await self.jobs.wait("find")

    async def more(self) -> None:
        self.finding.fetch_more()
        await self.jobs.wait("find")

    @property
    def ids(self) -> list[int]:
        return [each.id for each in self.finding.hits]


@pytest_asyncio.fixture
async def desk(services: Services) -> AsyncIterator[Desk]:
    made = Desk(services)
    yield made
    await made.jobs.drain()


def answer(*items: Any, **envelope: Any) -> Fault:
    body = json.dumps({"data": items, **envelope} if envelope else list(items)).encode()
    return Fault("answer", path="/v1/activity", body=body, times=1)


async def test_pages_follow_each_other_to_the_end(desk: Desk, sandbox: Sandbox) -> None:
    await desk.ask()
    while desk.finding.has_more:
        await desk.more()
    assert sorted(desk.ids) == sandbox.account.ids()
    assert desk.finding.total == len(desk.ids)
    asked = len(sandbox.requests)
    await desk.more()
    assert len(sandbox.requests) == asked


async def test_it_tells_which_wish_the_list_answers(desk: Desk, sandbox: Sandbox) -> None:
    assert desk.finding.listed_query is None
    await desk.ask(ActivityQuery("amara"))
    sandbox.faults.on(Fault("403", path="/v1/activity", times=1))
    await desk.ask(ActivityQuery("reference"))
    assert desk.finding.listed_query == ActivityQuery("amara")
    await desk.ask(ActivityQuery("reference"))
    assert desk.finding.listed_query == ActivityQuery("reference")


async def test_every_filter_goes_to_atz(desk: Desk, sandbox: Sandbox) -> None:
    sought = ActivityQuery("call", 5, "high", 1, "candidate_abc123", "created_at", ascending=True)
    await desk.ask(sought)
    assert sandbox.requests[-1].query == {
        "page": "1",
        "search": "call",
        "activity_type_id": "5",
        "importance": "high",
        "related_to_entity": "1",
        "related_to": "candidate_abc123",
        "sort_by": "created_at",
        "sort_order": "asc",
        "maximize": "all",
    }


async def test_a_late_answer_to_an_older_wish_is_dropped(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("slow", path="/v1/activity", seconds=0.3, times=1))
    desk.finding.search(ActivityQuery("reference"))
    await desk.ask(ActivityQuery("amara"))
    assert desk.finding.hits
    assert all("Amara" in each.title for each in desk.finding.hits[:1])
    assert desk.finding.query.search == "amara"


async def test_what_slid_onto_the_next_page_is_not_listed_twice(
    desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.faults.on(answer({"id": 1}, {"id": 2}, current_page=1, last_page=2))
    await desk.ask()
    sandbox.faults.on(answer({"id": 2}, {"id": 3}, current_page=2, last_page=2))
    await desk.more()
    assert desk.ids == [1, 2, 3]


@pytest.mark.parametrize("odd", [{}, {"id": "7"}, {"id": True}, {"id": None}, [], "x"])
async def test_what_is_no_activity_is_left_out(desk: Desk, sandbox: Sandbox, odd: Any) -> None:
    sandbox.faults.on(answer(odd, {"id": 5, "title": None, "activity_type": "?"}))
    await desk.ask()
    assert desk.ids == [5]
    assert desk.finding.hits[0].title == ""


async def test_short_items_are_listed_too(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.account.habits = replace(sandbox.account.habits, short_items=True)
    await desk.ask(ActivityQuery("second interview"))
    (found,) = desk.finding.hits
    assert (found.id, found.type, found.when) == (42, "Interview", "23 Apr 2026, 09:30 – 10:30")


async def test_the_names_of_the_list_are_learned(desk: Desk) -> None:
    await desk.ask(ActivityQuery("second interview"))
    known = await desk.services.names.search("test", "candidate", "amara nwosu")
    assert [name.name for name in known] == ["Amara Nwosu"]
    record = RecordRef(1, known[0].key)
    assert desk.lookups.record_name(record) == "Amara Nwosu"


async def test_a_page_that_does_not_come_is_said_and_asked_for_again(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.ask()
    sandbox.faults.on(Fault("403", path="/v1/activity", times=1))
    await desk.more()
    assert len(desk.ids) == 25
    last = desk.notices[-1]
    assert last is not None
    assert last.title == "ATZ did not list its activities"
    assert desk.finding.has_more
    assert not desk.finding.busy
    await desk.more()
    assert len(desk.ids) == 50
    assert desk.notices[-1] is None


async def test_recent_is_what_this_computer_loaded_and_changed(desk: Desk) -> None:
    recent = desk.services.recent
    await recent.mark_loaded("test", 1, "One", "2026-01-01T10:00:00Z")
    await recent.mark_changed("test", 2, "Two", "2026-01-01T11:00:00Z")
    await recent.mark_loaded("other", 3, "Three", "2026-01-01T12:00:00Z")
    desk.finding.load_recent()
    await desk.jobs.wait("find recent")
    assert [(each.activity_id, each.title) for each in desk.finding.recent] == [
        (2, "Two"),
        (1, "One"),
    ]


async def test_a_type_that_a_list_brings_is_offered_in_the_open_form_too(
    desk: Desk, sandbox: Sandbox
) -> None:
    told: list[bool] = []
    desk.lookups.names_learned.connect(lambda: told.append(True))
    visit = {"id": 1, "activity_type": {"id": 77, "label": "Site visit"}}
    sandbox.faults.on(answer(visit))
    await desk.ask()
    assert Option(77, "Site visit") in desk.lookups.types()
    assert told == [True]
    sandbox.faults.on(answer(visit))
    await desk.ask()
    assert told == [True]  # nothing new
