"""The next activity is read ahead, and shown only while what was read is surely current; and a file
that was chosen is known again.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from os import stat_result
from pathlib import Path

import pytest
import pytest_asyncio

from atz_desktop.api.client import AtzClient
from atz_desktop.api.rate_limiter import RESERVE, RateLimiter
from atz_desktop.domain.values import LocalFile, Option
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.opening import PREFETCH_MAX_AGE, FileState, check_file
from atz_desktop.session.record_session import RecordSession
from atz_desktop.session.services import Services
from tests.session.conftest import QUICK, Person, new_session, with_clock


class Desk:
    """A window on activity 42, and a clock that a test sets forward."""

    def __init__(self, services: Services, person: Person) -> None:
        self.now = 1_000.0
        self.jobs = Jobs()
        services = with_clock(services, lambda: self.now)
        self.session: RecordSession = new_session(services, self.jobs, person)

    async def open(self, activity_id: int) -> None:
        self.session.open(activity_id)
        await self.jobs.wait("open")

    async def read_ahead(self, activity_id: int) -> None:
        self.session.prefetch.start(activity_id, self.session.model.zone)
        await self.jobs.wait("prefetch")

    @property
    def title(self) -> str:
        assert self.session.activity is not None
        return self.session.activity.title


@pytest_asyncio.fixture
async def desk(services: Services, person: Person) -> AsyncIterator[Desk]:
    made = Desk(services, person)
    await made.open(42)
    yield made
    await made.session.close()


def _gets(sandbox: Sandbox, activity_id: int) -> int:
    return sum(each.path == f"/v1/activity/{activity_id}" for each in sandbox.requests)


async def test_what_was_read_ahead_is_shown_without_another_request(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.read_ahead(7)
    await desk.open(7)
    assert desk.title == sandbox.account.get(7)["title"]
    assert _gets(sandbox, 7) == 1
    await desk.open(42)
    await desk.open(7)
    assert _gets(sandbox, 7) == 2


async def test_what_is_still_on_its_way_is_waited_for(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("slow", "GET", "/v1/activity/7", seconds=0.2))
    desk.session.prefetch.start(7, desk.session.model.zone)
    await desk.open(7)
    assert desk.title == sandbox.account.get(7)["title"]
    assert _gets(sandbox, 7) == 1


async def test_what_is_older_than_a_few_seconds_is_read_again(desk: Desk, sandbox: Sandbox) -> None:
    await desk.read_ahead(7)
    sandbox.account.edit_as_colleague(7, title="Changed since")
    desk.now += PREFETCH_MAX_AGE + 1
    await desk.open(7)
    assert desk.title == "Changed since"


async def test_what_could_not_be_read_ahead_is_read_when_it_is_wanted(
    desk: Desk, sandbox: Sandbox
) -> None:
    fault = Fault("404", "GET", "/v1/activity/7")
    sandbox.faults.on(fault)
    await desk.read_ahead(7)
    sandbox.faults.off(fault)
    await desk.open(7)
    assert desk.title == sandbox.account.get(7)["title"]


async def test_nothing_is_read_ahead_when_few_requests_are_left(
    desk: Desk, sandbox: Sandbox
) -> None:
    limiter = desk.session.services.client.rate_limiter
    limiter.recall([0.0] * (limiter.available() - RESERVE))
    await desk.read_ahead(7)
    assert _gets(sandbox, 7) == 0
    await desk.open(7)
    assert desk.title == sandbox.account.get(7)["title"]


async def test_a_save_of_what_was_read_ahead_reads_it_again_first(
    desk: Desk, sandbox: Sandbox, person: Person
) -> None:
    await desk.read_ahead(7)
    sandbox.account.edit_as_colleague(7, importance="low")
    await desk.open(7)
    desk.session.model.set_value("importance", Option("critical"))
    desk.session.save()
    await desk.jobs.wait("save")
    assert [name for name, *_ in person.asked] == ["conflicts"]
    assert sandbox.account.get(7)["importance"] == "low"


async def test_what_another_token_has_read_is_read_again(
    services: Services, sandbox: Sandbox, person: Person
) -> None:
    """It may be the token of another account, where another activity has this number."""
    tokens = [sandbox.token]
    client = AtzClient(
        sandbox.url,
        lambda: tokens[-1],
        timeouts=QUICK,
        rate_limiter=RateLimiter(limit=10_000),
    )
    desk = Desk(replace(services, client=client), person)
    await desk.open(42)
    await desk.read_ahead(7)
    sandbox.serve("another-token", sandbox.account)
    tokens.append("another-token")
    await desk.open(7)
    assert _gets(sandbox, 7) == 2
    await desk.session.close()
    await client.close()


async def test_what_a_later_read_has_overtaken_is_read_again(desk: Desk, sandbox: Sandbox) -> None:
    await desk.read_ahead(7)
    sandbox.account.edit_as_colleague(7, title="Changed since")
    await desk.session.services.fetch_activity(7, desk.session.model.zone)
    await desk.open(7)
    assert desk.title == "Changed since"


@pytest.fixture
def chosen(tmp_path: Path) -> LocalFile:
    path = tmp_path / "cv.pdf"
    path.write_bytes(b"%PDF")
    return LocalFile.from_stat(path, path.stat())


async def test_the_very_file_is_known_again(chosen: LocalFile) -> None:
    assert await check_file(chosen) is FileState.SAME


async def test_another_in_its_place_is_seen(chosen: LocalFile) -> None:
    chosen.path.unlink()
    chosen.path.write_bytes(b"%PDF-1.7")
    assert await check_file(chosen) is FileState.CHANGED


async def test_a_file_that_is_gone_or_has_an_impossible_name_is_missed(chosen: LocalFile) -> None:
    chosen.path.unlink()
    assert await check_file(chosen) is FileState.GONE
    assert await check_file(LocalFile(Path("nul\0byte"), 4)) is FileState.GONE


async def test_of_a_file_from_an_earlier_version_only_what_was_known_is_compared(
    chosen: LocalFile,
) -> None:
    assert await check_file(LocalFile(chosen.path, 4)) is FileState.SAME
    assert await check_file(LocalFile(chosen.path, 4, chosen.modified_ns)) is FileState.SAME
    assert await check_file(LocalFile(chosen.path, 4, 1)) is FileState.CHANGED


class SilentDrive(type(Path())):  # type: ignore[misc]  # the class of this system's paths
    """A file on a drive that answers when it is told to."""

    answers = threading.Event()
    asked_on: threading.Thread | None = None

    def stat(self, *, follow_symlinks: bool = True) -> stat_result:
        SilentDrive.asked_on = threading.current_thread()
        self.answers.wait()
        raise OSError


async def test_a_drive_that_does_not_answer_holds_neither_the_window_nor_the_load() -> None:
    file = LocalFile(SilentDrive("cv.pdf"), 4)
    assert await check_file(file, patience=0.05) is FileState.SILENT
    asked_on = SilentDrive.asked_on
    assert asked_on is not threading.main_thread()
    SilentDrive.answers.set()
    assert asked_on is not None
    asked_on.join()
