"""One account's desk: the sandbox over real sockets, a real SQLite file, a real client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from atz_desktop.api.client import AtzClient
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.api.requests import Timeouts
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.merge import Merge, Resolution, Restore
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.form_model import FormModel
from atz_desktop.session.form_state import FormState
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.phase import SaveState
from atz_desktop.session.reads import MonotonicReads
from atz_desktop.session.record_session import RecordSession
from atz_desktop.session.services import Prompts, ReviewResult, Services, UnsavedChoice
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts, Recent
from atz_desktop.store.journal import Journal
from atz_desktop.store.names import NameStore
from tests.conftest import before_the_meetings

QUICK = Timeouts(connect=1.0, read=0.6, write=1.0, pool=1.0, total=1.5)
"""A test waits for a silent server, but not for half a minute."""


def with_clock(services: Services, clock: Callable[[], float], **others: Any) -> Services:
    """The same services, in whose time `clock` seconds have passed."""
    return replace(services, clock=clock, monotonic_reads=MonotonicReads(clock), **others)


@dataclass
class Person:
    """Answers the questions as a test tells it, and remembers what was asked."""

    picks: Mapping[str, Resolution] | None = None
    leaves: UnsavedChoice = UnsavedChoice.STAY
    goes_without_journal: bool = False
    reviewed: ReviewResult | None = None
    asked: list[Any] = field(default_factory=list)
    asked_quietly: bool = False

    async def unsaved_changes(self, edit: Edit, typed: Mapping[str, str]) -> UnsavedChoice:
        self.asked.append(("leave", edit, dict(typed)))
        return self.leaves

    async def review(self, edit: Edit, *, quiet: bool = False) -> ReviewResult | None:
        self.asked.append(("review", edit))
        self.asked_quietly = quiet
        return self.reviewed

    async def resolve_conflicts(self, merge: Merge) -> Mapping[str, Resolution] | None:
        self.asked.append(("conflicts", merge))
        return self.picks

    async def restore(self, undo: Restore) -> Mapping[str, Resolution] | None:
        self.asked.append(("undo", undo))
        return self.picks

    async def save_without_journal(self, why: str) -> bool:
        self.asked.append(("without_journal", why))
        return self.goes_without_journal


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(pace_limit=None) as running:
        yield running


@pytest.fixture
def person() -> Person:
    return Person()


async def _now(_seconds: float) -> None:
    return None


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database, notice = Database.open(tmp_path / "atz.sqlite3")
    assert notice is None
    yield database
    database.close()


@pytest_asyncio.fixture
async def services(sandbox: Sandbox, database: Database) -> AsyncIterator[Services]:
    """The desk of one account; pauses between tries take no time."""
    client = AtzClient(
        sandbox.url,
        sandbox.token,
        timeouts=QUICK,
        rate_limiter=RateLimiter(limit=10_000),
        sleep=_now,
    )
    yield Services(
        account="test",
        client=client,
        journal=Journal(database),
        drafts=Drafts(database),
        names=NameStore(database),
        recent=Recent(database),
        write_delay=0.01,
    )
    await client.close()


@pytest.fixture
def loaded(sandbox: Sandbox) -> Edit:
    """Activity 42 as it stands in the sandbox, untouched."""
    return Edit(Activity.from_response(sandbox.account.get(42)))


def new_session(services: Services, jobs: Jobs, prompts: Prompts) -> RecordSession:
    """The session of a window that has just entered the account."""
    form = FormModel(utc_now=before_the_meetings)
    return RecordSession(services, form, Lookups(services, jobs), jobs, prompts)


def shown(session: RecordSession) -> FormState:
    """What the form shows now."""
    assert session.model.state is not None
    return session.model.state


def save_state(session: RecordSession) -> SaveState:
    """What a save would do now. A function, or mypy would take the last answer for the next."""
    return session.state.save_state
