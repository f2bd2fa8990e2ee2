"""Activities with thousands of people: read and learned without holding the window."""

from __future__ import annotations

import threading
from collections.abc import ItemsView
from typing import Any

import pytest

from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.jobs import MANY, Jobs
from atz_desktop.session.reads import parse_activity
from atz_desktop.session.services import Services
from tests.session.conftest import Person, new_session
from tests.waiting import until


class _Body(dict[str, Any]):
    """An answer that notices which thread reads it."""

    reader: threading.Thread | None = None

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        self.reader = threading.current_thread()
        return super().items()


def crowd(count: int) -> list[dict[str, str]]:
    return [{"slug": f"candidate_{n:05d}", "full_name": f"Person {n}"} for n in range(count)]


@pytest.mark.parametrize(
    "body",
    [
        {"attendees": {"candidates": crowd(MANY), "contacts": crowd(1)}},
        {"collaborators": [{"id": n} for n in range(MANY + 1)], "attendees": None},
    ],
)
async def test_many_people_are_read_away_from_the_windows_thread(body: dict[str, Any]) -> None:
    found = _Body(id=1, **body)
    await parse_activity(found, "UTC")
    assert found.reader not in {None, threading.main_thread()}


@pytest.mark.parametrize("attendees", [{"candidates": crowd(MANY)}, {"candidates": 7}, [1], None])
async def test_few_people_or_none_are_read_at_once(attendees: object) -> None:
    found = _Body(id=1, attendees=attendees)
    await parse_activity(found, "UTC")
    assert found.reader is threading.main_thread()


async def test_a_load_does_not_wait_until_thousands_of_names_are_on_the_disk(
    services: Services, sandbox: Sandbox, person: Person
) -> None:
    activity = sandbox.account.get(42)
    activity["attendees"] = {"candidates": crowd(4 * MANY), "contacts": [], "users": []}
    sandbox.account.set(activity)
    jobs = Jobs()
    session = new_session(services, jobs, person)
    session.open(42)
    await jobs.wait("open")
    assert session.state.can_reload  # and so a save could begin
    assert jobs.running("store names")
    await until(lambda: not jobs.running("store names"))
    keys = [each["slug"] for each in crowd(4 * MANY)]
    assert len(await services.names.by_keys("test", "candidate", keys)) == 4 * MANY
    await session.close()
