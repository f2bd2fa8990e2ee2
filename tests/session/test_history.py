"""The history over a real journal."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest_asyncio

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import HistoryQuery, JournalEntry, Outcome
from atz_desktop.session.history import PAGE_SIZE, History
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.journal_entries import new_entry, utc_now_text
from atz_desktop.session.messages import outcome_word
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.restore import why_not_restorable
from atz_desktop.session.services import Services
from atz_desktop.store.errors import Unreachable
from atz_desktop.store.journal import Journal, JournalRow


@pytest_asyncio.fixture
async def jobs() -> AsyncIterator[Jobs]:
    jobs = Jobs()
    yield jobs
    await jobs.drain()


def _history(jobs: Jobs, services: Services) -> History:
    return History(jobs, services)


async def _told(history: History, jobs: Jobs) -> tuple[JournalEntry, ...]:
    await jobs.wait("history")
    return history.entries


async def _write(services: Services, edit: Edit, outcome: Outcome | None, **other: Any) -> int:
    number = await services.journal.begin(
        new_entry(services, edit, other.pop("reason", None), None)._replace(**other)
    )
    if outcome is not None:
        await services.journal.settle(number, outcome.value, None, None, utc_now_text())
    return number


class TestListing:
    """Which entries are shown."""

    async def test_the_newest_come_first_and_further_pages_when_they_are_wanted(
        self, services: Services, jobs: Jobs, loaded: Edit
    ) -> None:
        edit = loaded.with_value("title", "x")
        numbers = [await _write(services, edit, Outcome.VERIFIED) for _ in range(PAGE_SIZE + 20)]
        history = _history(jobs, services)
        history.refresh()
        first = await _told(history, jobs)
        assert [entry.id for entry in first] == numbers[: -PAGE_SIZE - 1 : -1]
        assert history.has_more
        history.fetch_more()
        assert [entry.id for entry in await _told(history, jobs)] == numbers[::-1]
        assert not history.has_more
        history.fetch_more()
        assert not jobs.running("history")

    async def test_it_says_that_the_list_began_anew_or_grew(
        self, services: Services, jobs: Jobs, loaded: Edit
    ) -> None:
        edit = loaded.with_value("title", "x")
        for _ in range(PAGE_SIZE + 1):
            await _write(services, edit, Outcome.VERIFIED)
        history = _history(jobs, services)
        heard: list[str] = []
        history.list_replaced.connect(lambda: heard.append("began"))
        history.rows_added.connect(lambda: heard.append("grew"))
        history.refresh()
        await _told(history, jobs)
        history.fetch_more()
        await _told(history, jobs)
        assert heard == ["began", "grew"]

    async def test_words_outcome_activity_and_account_narrow_the_list(
        self, services: Services, jobs: Jobs, loaded: Edit
    ) -> None:
        other = replace(loaded.base, id=7)
        one = await _write(
            services, loaded.with_value("location", "Zürich"), Outcome.REFUSED, reason="T-1"
        )
        two = await _write(services, Edit(other).with_value("title", "x"), None)
        three = await _write(
            services, loaded.with_value("title", "x"), Outcome.VERIFIED, account="another"
        )
        history = _history(jobs, services)
        for wanted, found in (
            (HistoryQuery(), [two, one]),
            (HistoryQuery("zurich"), [one]),
            (HistoryQuery("t-1"), [one]),
            (HistoryQuery(outcome=outcome_word(Outcome.REFUSED)), [one]),
            (HistoryQuery(outcome=outcome_word(None)), [two]),
            (HistoryQuery(activity_id=7), [two]),
            (HistoryQuery(all_accounts=True), [three, two, one]),
            (HistoryQuery("no such thing"), []),
        ):
            history.search(wanted)
            assert [entry.id for entry in await _told(history, jobs)] == found, wanted

    async def test_a_newer_question_replaces_an_older_one(
        self, services: Services, jobs: Jobs, loaded: Edit
    ) -> None:
        await _write(services, loaded.with_value("title", "x"), Outcome.VERIFIED)
        history = _history(jobs, services)
        heard: list[int] = []
        history.list_replaced.connect(lambda: heard.append(len(history.entries)))
        history.search(HistoryQuery())
        history.search(HistoryQuery("no such thing"))
        assert await _told(history, jobs) == ()
        assert heard == [0]

    async def test_values_of_an_unknown_form_cost_no_entry_its_place(
        self, services: Services, jobs: Jobs, loaded: Edit, tmp_path: Path
    ) -> None:
        number = await _write(services, loaded.with_value("title", "x"), Outcome.VERIFIED)
        with sqlite3.connect(tmp_path / "atz.sqlite3") as file:
            file.execute("UPDATE journal SET sent = '[1]', before = '{\"title\": {\"is\": 3}}'")
        file.close()
        history = _history(jobs, services)
        history.refresh()
        [entry] = await _told(history, jobs)
        assert (entry.id, entry.sent, entry.outcome) == (number, {}, Outcome.VERIFIED)
        assert why_not_restorable(entry, "test") is not None

    async def test_a_journal_that_cannot_be_read_is_said_in_words(
        self, services: Services, jobs: Jobs, tmp_path: Path
    ) -> None:
        class Gone(Journal):
            async def entries(self, **_wanted: object) -> list[JournalRow]:
                raise Unreachable(tmp_path / "atz.sqlite3", "unplugged")

        broken = replace(services, journal=Gone(services.journal._database))
        history = _history(jobs, broken)
        heard: list[Notice] = []
        history.notified.connect(heard.append)
        history.refresh()
        await jobs.wait("history")
        [notice] = heard
        assert notice.level is Level.PROBLEM
        assert "Is its disk still connected?" in notice.text


async def test_the_same_list_is_read_again_without_losing_the_wish(
    services: Services, jobs: Jobs, loaded: Edit
) -> None:
    history = _history(jobs, services)
    history.search(HistoryQuery("x9"))
    await jobs.wait("history")
    await _write(services, loaded.with_value("title", "x9"), Outcome.VERIFIED)
    history.refresh()
    assert len(await _told(history, jobs)) == 1
