"""Runs against the sandbox over real sockets, with a real journal and a real run log."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

import pytest
import pytest_asyncio

from atz_desktop.api.client import AtzClient
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.runs import REQUESTS, RunPhase, RunVerdict
from atz_desktop.domain.values import Option
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.bulk_run import BulkRuns
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.services import Services
from atz_desktop.store.database import Database
from atz_desktop.store.runs import SENDING, RunStore
from tests.session.conftest import Person, new_session
from tests.waiting import until

IDS = tuple(range(101, 107))


class Desk:
    """An account with some activities, and its runs."""

    def __init__(self, services: Services, sandbox: Sandbox, database: Database) -> None:
        self.services = services
        self.sandbox = sandbox
        self.store = RunStore(database)
        self.jobs = Jobs()
        self.tokens: list[str] = []
        self.runs = self.new_runs()
        for number in IDS:
            sandbox.account.set(
                {**sandbox.account.get(42), "id": number, "title": f"Call {number}"}
            )

    def new_runs(self) -> BulkRuns:
        """Those of a program that has just been started."""
        return BulkRuns(self.services, self.store, self.jobs, self.ask_token)

    async def ask_token(self) -> bool:
        self.tokens.append("asked")
        return False

    def edits(self, title: str = "New", ids: Iterable[int] = IDS) -> list[Edit]:
        """As a preview made them."""
        return [
            Edit(Activity.from_response(self.sandbox.account.get(number))).with_value(
                "title", f"{title} {number}"
            )
            for number in ids
        ]

    async def run(self, **options: object) -> int:
        number = await self.runs.start("Rename", self.edits(), **options)  # type: ignore[arg-type]
        await self.ended()
        return number

    async def ended(self) -> None:
        await self.jobs.wait("run", 20)

    async def paused(self) -> str:
        """Wait for a pause, and say why."""
        await until(lambda: self.phase is RunPhase.PAUSED)
        progress = self.runs.progress
        assert progress is not None
        return progress.reason

    @property
    def phase(self) -> RunPhase:
        assert self.runs.progress is not None
        return self.runs.progress.phase

    async def verdicts(self, run_id: int) -> list[RunVerdict | None]:
        return [row.verdict for row in await self.runs.rows(run_id)]

    def titles(self) -> list[str]:
        return [self.sandbox.account.get(number)["title"] for number in IDS]

    def puts(self) -> list[tuple[int, dict[str, object]]]:
        return [
            (int(each.path.rpartition("/")[2]), json.loads(each.body))
            for each in self.sandbox.requests
            if each.method == "PUT"
        ]


@pytest_asyncio.fixture
async def desk(services: Services, sandbox: Sandbox, database: Database) -> AsyncIterator[Desk]:
    made = Desk(services, sandbox, database)
    yield made
    made.runs.suspend()
    await made.jobs.drain()


async def test_each_row_is_sent_once_with_its_own_field_and_checked(desk: Desk) -> None:
    number = await desk.run(reason="TICKET-7")
    assert await desk.verdicts(number) == [RunVerdict.CHECKED] * len(IDS)
    assert desk.puts() == [(each, {"title": f"New {each}"}) for each in IDS]
    progress = desk.runs.progress
    assert progress is not None
    assert progress.phase is RunPhase.ENDED
    assert progress.counts.text == "6 checked"
    assert progress.run.ended_at is None or progress.counts.done == len(IDS)
    entries = await desk.services.journal.entries()
    assert {entry.reason for entry in entries} == {"TICKET-7"}
    assert await desk.runs.unfinished() == []


async def test_what_a_colleague_changed_since_the_preview_is_left_and_named(desk: Desk) -> None:
    edits = desk.edits()
    desk.sandbox.account.edit_as_colleague(103, title="Theirs")
    desk.sandbox.account.edit_as_colleague(104, location="Theirs, elsewhere")
    number = await desk.runs.start("Rename", edits)
    await desk.ended()
    rows = await desk.runs.rows(number)
    assert [row.verdict for row in rows].count(RunVerdict.CHECKED) == 5
    assert rows[2].verdict is RunVerdict.CONFLICT
    assert "Title" in rows[2].detail
    assert desk.titles()[2] == "Theirs"
    assert desk.sandbox.account.get(104)["location"] == "Theirs, elsewhere"


async def test_every_row_has_its_own_verdict_and_they_add_up(
    services: Services, sandbox: Sandbox, database: Database
) -> None:
    desk = Desk(replace(services, check_delays=(0.1, 0.5)), sandbox, database)
    edits = desk.edits()
    desk.sandbox.account.remove(101)
    desk.sandbox.account.edit_as_colleague(102, title="New 102")
    path = "/v1/activity/{}"
    desk.sandbox.faults.on(Fault("422", "PUT", path.format(103)))
    desk.sandbox.faults.on(Fault("ignored", "PUT", path.format(104)))
    desk.sandbox.faults.on(Fault("reset", "PUT", path.format(105), applied=True))
    desk.sandbox.faults.on(Fault("reset", "PUT", path.format(106)))
    number = await desk.runs.start("Rename", edits)
    await desk.ended()
    assert await desk.verdicts(number) == [
        RunVerdict.GONE,
        RunVerdict.UNCHANGED,
        RunVerdict.REFUSED,
        RunVerdict.DIFFERENT,
        RunVerdict.CHECKED,
        RunVerdict.NOT_SENT,
    ]
    progress = desk.runs.progress
    assert progress is not None
    assert progress.counts.done == progress.counts.total == len(IDS)


async def test_stop_ends_after_the_row_in_flight_and_names_it(desk: Desk) -> None:
    slow = desk.sandbox.faults.on(Fault("slow", "PUT", "/v1/activity/103", seconds=0.3))
    number = await desk.runs.start("Rename", desk.edits())
    await until(lambda: any(n == 103 for n, _ in desk.puts()) or slow.count)
    desk.runs.stop()
    await desk.ended()
    progress = desk.runs.progress
    assert progress is not None
    assert progress.current is not None
    assert progress.current.activity_id == 103
    assert await desk.verdicts(number) == [RunVerdict.CHECKED] * 3 + [RunVerdict.STOPPED] * 3
    assert desk.titles()[3:] == ["Call 104", "Call 105", "Call 106"]
    assert await desk.runs.unfinished() == []


async def test_a_pause_holds_the_run_until_it_goes_on(desk: Desk) -> None:
    number = await desk.runs.start("Rename", desk.edits(), pause_after=1)
    assert await desk.paused() == ""
    assert len(desk.puts()) == 1
    with pytest.raises(RuntimeError):
        await desk.runs.start("Another", desk.edits("Again"))
    desk.runs.go_on()
    await desk.ended()
    assert await desk.verdicts(number) == [RunVerdict.CHECKED] * len(IDS)


async def test_three_equal_refusals_in_a_row_pause_and_explain(desk: Desk) -> None:
    refusing = Fault("422", "PUT")
    desk.sandbox.faults.on(refusing)
    number = await desk.runs.start("Rename", desk.edits())
    reason = await desk.paused()
    assert reason.startswith("3 in a row: refused.")
    assert len(desk.puts()) == 3
    desk.sandbox.faults.off(refusing)
    desk.runs.go_on()
    await desk.ended()
    expected = [RunVerdict.REFUSED] * 3 + [RunVerdict.CHECKED] * 3
    assert await desk.verdicts(number) == expected


async def test_a_lost_network_pauses_and_the_run_goes_on_by_itself(desk: Desk) -> None:
    desk.sandbox.faults.on(Fault("refused", skip=4))
    number = await desk.runs.start("Rename", desk.edits())
    assert "Nobody answers" in await desk.paused()
    desk.sandbox.faults.off()
    desk.runs.on_reconnected()
    await desk.ended()
    assert await desk.verdicts(number) == [RunVerdict.CHECKED] * len(IDS)
    assert [each for each, _ in desk.puts()] == list(IDS)


async def test_a_token_that_is_refused_is_asked_for_and_pauses_without_one(desk: Desk) -> None:
    refusing = Fault("401", path="/v1/activity/103")
    desk.sandbox.faults.on(refusing)
    number = await desk.runs.start("Rename", desk.edits())
    assert "token" in await desk.paused()
    assert desk.tokens == ["asked"]
    desk.sandbox.faults.off(refusing)
    desk.runs.go_on()
    await desk.ended()
    assert await desk.verdicts(number) == [RunVerdict.CHECKED] * len(IDS)


async def test_an_activity_that_somebody_types_into_waits_and_is_then_left(
    desk: Desk, person: Person
) -> None:
    session = new_session(desk.services, desk.jobs, person)
    desk.runs.sessions.append(session)
    session.open(102)
    await desk.jobs.wait("open")
    session.model.set_value("location", "My own room")
    number = await desk.run()
    rows = await desk.runs.rows(number)
    assert rows[1].verdict is RunVerdict.SKIPPED
    assert "editing" in rows[1].detail
    assert [row.verdict for row in rows].count(RunVerdict.CHECKED) == 5
    await session.close()


async def test_a_window_that_shows_a_saved_activity_reads_it_again(
    desk: Desk, person: Person
) -> None:
    session = new_session(desk.services, desk.jobs, person)
    desk.runs.sessions.append(session)
    session.open(102)
    await desk.jobs.wait("open")
    await desk.run()
    await until(lambda: session.activity is not None and session.activity.title == "New 102")
    await session.close()


async def test_the_undo_of_a_run_after_a_restart_leaves_and_names_what_moved_on(
    desk: Desk,
) -> None:
    edits = [each.with_value("importance", Option("critical")) for each in desk.edits()]
    first = await desk.runs.start("Rename", edits)
    await desk.ended()
    desk.sandbox.account.edit_as_colleague(101, title="Theirs", importance="low")
    desk.sandbox.account.edit_as_colleague(102, title="Theirs")
    desk.runs = desk.new_runs()
    undo = await desk.runs.undo(first)
    await desk.ended()
    rows = await desk.runs.rows(undo)
    expected = [RunVerdict.LEFT] + [RunVerdict.CHECKED] * 5
    assert [row.verdict for row in rows] == expected
    assert "Title, Importance" in rows[0].detail
    assert "Title" in rows[1].detail
    assert "Importance" not in rows[1].detail
    assert desk.titles() == ["Theirs", "Theirs", *(f"Call {number}" for number in IDS[2:])]
    was = desk.sandbox.account.get(42)["importance"]
    assert desk.sandbox.account.get(102)["importance"] == was


async def test_a_row_and_a_field_of_a_run_can_be_undone_alone(desk: Desk) -> None:
    edits = [each.with_value("location", "Room 9") for each in desk.edits()]
    first = await desk.runs.start("Rename", edits)
    await desk.ended()
    undo = await desk.runs.undo(first, positions=[2], names=["title"])
    await desk.ended()
    assert await desk.verdicts(undo) == [RunVerdict.CHECKED]
    assert desk.titles()[1] == "Call 102"
    assert desk.titles()[2] == "New 103"
    assert desk.sandbox.account.get(102)["location"] == "Room 9"


async def test_the_undo_mails_nobody_about_what_is_over(desk: Desk) -> None:
    past = {"start_date": "2019-01-01", "start_time": "10:00", "end_time": "11:00"}
    for number in IDS[:2]:
        desk.sandbox.account.set({**desk.sandbox.account.get(number), **past})
    records = [Activity.from_response(desk.sandbox.account.get(number)) for number in IDS[:2]]
    edits = [Edit(each).with_value("location", "Room 9").without_mail() for each in records]
    first = await desk.runs.start("Move", edits)
    await desk.ended()
    undo = await desk.runs.undo(first)
    await desk.ended()
    rows = await desk.runs.rows(undo)
    assert [row.verdict for row in rows] == [RunVerdict.CHECKED] * 2
    assert all("mail nobody" in row.detail for row in rows)
    held = desk.sandbox.account.get(101)
    assert held["location"] == desk.sandbox.account.get(42)["location"]
    assert held["do_not_send_calendar_invite"] is True


async def test_the_undo_writes_nothing_into_another_accounts_activity_of_that_number(
    desk: Desk,
) -> None:
    first = await desk.runs.start("Rename", desk.edits())
    await desk.ended()
    other = {**desk.sandbox.account.get(101), "created_at": "2020-02-02T02:02:02Z"}
    desk.sandbox.account.set(other)
    undo = await desk.runs.undo(first)
    await desk.ended()
    rows = await desk.runs.rows(undo)
    assert [row.verdict for row in rows] == [RunVerdict.NOT_SENT, *[RunVerdict.CHECKED] * 5]
    assert desk.sandbox.account.get(101)["title"] == other["title"]


async def test_the_undo_counts_what_there_was_nothing_of_to_put_back(desk: Desk) -> None:
    edits = desk.edits()
    desk.sandbox.account.edit_as_colleague(101, title="Theirs")
    first = await desk.runs.start("Rename", edits)
    await desk.ended()
    undo = await desk.runs.undo(first)
    await desk.ended()
    rows = await desk.runs.rows(undo)
    assert rows[0].verdict is RunVerdict.UNCHANGED
    assert rows[0].detail == "There is nothing to put back: conflict."
    assert [row.verdict for row in rows[1:]] == [RunVerdict.CHECKED] * 5


async def test_retry_sends_only_what_is_known_not_to_have_arrived(desk: Desk) -> None:
    fault = Fault("422", "PUT", "/v1/activity/103")
    desk.sandbox.faults.on(fault)
    first = await desk.run()
    desk.sandbox.faults.off(fault)
    again = await desk.runs.retry(first)
    assert again is not None
    await desk.ended()
    [row] = await desk.runs.rows(again)
    assert (row.activity_id, row.verdict) == (103, RunVerdict.CHECKED)
    assert await desk.runs.retry(again) is None


async def test_fixing_a_row_opens_it_with_its_change_on_the_fresh_record(
    desk: Desk, person: Person
) -> None:
    edits = desk.edits()
    desk.sandbox.account.edit_as_colleague(103, title="Theirs", location="Their room")
    first = await desk.runs.start("Rename", edits)
    await desk.ended()
    activity_id = await desk.runs.fix(first, 3)
    session = new_session(desk.services, desk.jobs, person)
    session.open(activity_id)
    await desk.jobs.wait("open")
    assert session.edit is not None
    assert session.edit.pending == {"title": "New 103"}
    assert session.edit.originals == {"title": "Call 103"}
    assert session.edit.base.value("location") == "Their room"
    await session.close()


async def test_a_run_that_was_left_goes_on_where_it_was(desk: Desk) -> None:
    number = await desk.runs.start("Rename", desk.edits(), pause_after=2)
    await desk.paused()
    desk.runs.suspend()
    await desk.ended()
    desk.runs = desk.new_runs()
    [left] = await desk.runs.unfinished()
    assert left.id == number
    await desk.runs.resume(number)
    await desk.ended()
    assert await desk.verdicts(number) == [RunVerdict.CHECKED] * len(IDS)
    assert [each for each, _ in desk.puts()] == list(IDS)


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_row_that_was_in_flight_at_the_end_is_looked_up_first(
    desk: Desk, arrived: bool
) -> None:
    """… and sent again only where nothing of it was ever sent."""
    number = await desk.runs.start("Rename", desk.edits(), pause_after=2)
    await desk.paused()
    desk.runs.suspend()
    await desk.ended()
    row = await desk.store.row(number, 2 if arrived else 3)
    await desk.store.set_state(number, row.position, SENDING)
    desk.runs = desk.new_runs()
    await desk.runs.resume(number)
    await desk.ended()
    assert await desk.verdicts(number) == [RunVerdict.CHECKED] * len(IDS)
    assert [each for each, _ in desk.puts()] == list(IDS)


async def test_a_row_in_flight_of_which_atz_never_tells_does_not_hold_the_next_start_for_ever(
    desk: Desk,
) -> None:
    path = f"/v1/activity/{IDS[0]}"
    desk.sandbox.faults.on(Fault("reset", "PUT", path))
    desk.sandbox.faults.on(Fault("500", "GET", path, skip=1))
    number = await desk.runs.start("Rename", desk.edits(ids=IDS[:1]))
    await until(desk.puts)
    desk.runs.suspend()
    await desk.ended()
    assert await desk.verdicts(number) == [RunVerdict.NOT_CONFIRMED]
    later = replace(desk.services, unconfirmed={}, seen_with={}, check_delays=(0.1, 0.5))
    desk.services = later
    desk.runs = desk.new_runs()
    await desk.runs.resume(number)
    await desk.ended()
    assert not desk.runs.is_running
    assert await desk.verdicts(number) == [RunVerdict.NOT_CONFIRMED]
    assert [each for each, _ in desk.puts()] == [IDS[0]]


async def test_a_server_whose_reads_lag_never_yields_different(desk: Desk) -> None:
    lagging = Fault("lagging", "GET", seconds=30.0)
    desk.sandbox.faults.on(lagging)
    number = await desk.runs.start("Rename", desk.edits())
    await until(lambda: len(desk.puts()) == len(IDS))
    counts = set(await desk.verdicts(number))
    assert counts <= {RunVerdict.NOT_CONFIRMED, None}
    desk.sandbox.faults.off(lagging)
    await desk.ended()
    assert await desk.verdicts(number) == [RunVerdict.CHECKED] * len(IDS)


async def test_what_an_earlier_program_sent_a_moment_ago_counts_still(desk: Desk) -> None:
    number = await desk.runs.start("Rename", desk.edits(), pause_after=2)
    await desk.paused()
    desk.runs.suspend()
    await desk.ended()
    limiter = RateLimiter()
    client = AtzClient(desk.sandbox.url, desk.sandbox.token, rate_limiter=limiter)
    desk.services = replace(desk.services, client=client)
    desk.runs = desk.new_runs()
    await desk.runs.recall_requests()
    available = limiter.available()
    assert available <= 60 - 2 * REQUESTS
    await desk.runs.recall_requests()  # as the second window of the account does
    assert limiter.available() == available
    await desk.runs.abandon(number)
    await client.close()
