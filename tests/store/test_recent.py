from __future__ import annotations

import pytest

from atz_desktop.domain.local_records import RecentActivity
from atz_desktop.store.database import Database
from atz_desktop.store.recent import Recent


@pytest.fixture
def recent(database: Database) -> Recent:
    return Recent(database)


def at(minute: int) -> str:
    return f"2024-06-15T10:{minute:02}:00.000Z"


async def test_what_was_last_loaded_or_changed_comes_first(recent: Recent) -> None:
    await recent.mark_loaded("me", 1, "One", at(1))
    await recent.mark_loaded("me", 2, "Two", at(2))
    await recent.mark_changed("me", 1, "One, changed", at(3))
    await recent.mark_loaded("me", 3, "Three", "2024-06-15T12:00:00+02:00")
    assert list(await recent.list("me")) == [
        RecentActivity(1, "One, changed", at(1), at(3)),
        RecentActivity(2, "Two", at(2), None),
        RecentActivity(3, "Three", at(0), None),
    ]
    assert [found.activity_id for found in await recent.list("me", 2)] == [1, 2]


async def test_an_activity_is_listed_once_under_its_latest_title(recent: Recent) -> None:
    await recent.mark_loaded("me", 1, "Old", at(1))
    await recent.mark_loaded("me", 1, "Half a pair \ud83d", at(2))
    assert list(await recent.list("me")) == [RecentActivity(1, "Half a pair \\ud83d", at(2), None)]


async def test_accounts_have_lists_of_their_own(recent: Recent) -> None:
    await recent.mark_loaded("me", 1, "One", at(1))
    assert list(await recent.list("other")) == []
