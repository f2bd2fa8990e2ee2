"""The history over a real journal, and putting saves back in the sandbox over real sockets."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import Entry, Outcome
from atz_desktop.domain.merge import Pick
from atz_desktop.domain.values import LocalFile, Option
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.entries import intention, now
from atz_desktop.session.history import (
    OUTCOMES,
    PAGE,
    History,
    Wanted,
    outcome_word,
    prepare_undo,
    undo_order,
    why_not_put_back,
)
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.saving import Order, Saved, save_edit
from atz_desktop.session.services import Reviewed, Services
from atz_desktop.store.errors import Unreachable
from atz_desktop.store.journal import OUTCOMES as WORDS
from atz_desktop.store.journal import Journal, Row
from tests.session.conftest import Person


@pytest_asyncio.fixture
async def jobs() -> AsyncIterator[Jobs]:
    jobs = Jobs()
    yield jobs
    await jobs.drain()


def _history(jobs: Jobs, services: Services | None) -> History:
    return History(jobs, lambda: services)


async def _told(history: History, jobs: Jobs) -> tuple[Entry, ...]:
    await jobs.wait("history")
    return history.entries


async def _write(services: Services, edit: Edit, outcome: Outcome | None, **other: Any) -> int:
    number = await services.journal.intend(
        intention(services, edit, other.pop("reason", None), None)._replace(**other)
    )
    if outcome is not None:
        await services.journal.settle(number, outcome.value, None, None, now())
    return number


class TestListing:
    """Which entries are shown."""

    async def test_the_newest_come_first_and_further_pages_when_they_are_wanted(
        self, services: Services, jobs: Jobs, loaded: Edit
    ) -> None:
        edit = loaded.with_value("title", "x")
        numbers = [await _write(services, edit, Outcome.VERIFIED) for _ in range(PAGE + 20)]
        history = _history(jobs, services)
        history.refresh()
        first = await _told(history, jobs)
        assert [entry.id for entry in first] == numbers[: -PAGE - 1 : -1]
        assert history.has_more
        history.more()
        assert [entry.id for entry in await _told(history, jobs)] == numbers[::-1]
        assert not history.has_more
        history.more()
        assert not jobs.running("history")

    async def test_it_says_that_the_list_began_anew_or_grew(
        self, services: Services, jobs: Jobs, loaded: Edit
    ) -> None:
        edit = loaded.with_value("title", "x")
        for _ in range(PAGE + 1):
            await _write(services, edit, Outcome.VERIFIED)
        history = _history(jobs, services)
        heard: list[str] = []
        history.began.connect(lambda: heard.append("began"))
        history.grew.connect(lambda: heard.append("grew"))
        history.refresh()
        await _told(history, jobs)
        history.more()
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
            (Wanted(), [two, one]),
            (Wanted("zurich"), [one]),
            (Wanted("t-1"), [one]),
            (Wanted(outcome=outcome_word(Outcome.REFUSED)), [one]),
            (Wanted(outcome=outcome_word(None)), [two]),
            (Wanted(activity_id=7), [two]),
            (Wanted(all_accounts=True), [three, two, one]),
            (Wanted("no such thing"), []),
        ):
            history.ask(wanted)
            assert [entry.id for entry in await _told(history, jobs)] == found, wanted

    async def test_a_newer_question_replaces_an_older_one(
        self, services: Services, jobs: Jobs, loaded: Edit
    ) -> None:
        await _write(services, loaded.with_value("title", "x"), Outcome.VERIFIED)
        history = _history(jobs, services)
        heard: list[int] = []
        history.began.connect(lambda: heard.append(len(history.entries)))
        history.ask(Wanted())
        history.ask(Wanted("no such thing"))
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
        assert why_not_put_back(entry, "test") is not None

    async def test_a_journal_that_cannot_be_read_is_said_in_words(
        self, services: Services, jobs: Jobs, tmp_path: Path
    ) -> None:
        class Gone(Journal):
            async def entries(self, **_wanted: object) -> list[Row]:
                raise Unreachable(tmp_path / "atz.sqlite3", "unplugged")

        broken = replace(services, journal=Gone(services.journal._database))
        history = _history(jobs, broken)
        heard: list[Notice] = []
        history.noticed.connect(heard.append)
        history.refresh()
        await jobs.wait("history")
        [notice] = heard
        assert notice.level is Level.PROBLEM
        assert "Is its disk still connected?" in notice.text

    async def test_without_an_account_there_is_nothing(self, jobs: Jobs) -> None:
        history = _history(jobs, None)
        history.refresh()
        assert await _told(history, jobs) == ()
        assert history.account is None

    def test_every_outcome_has_its_words_and_the_journal_knows_each(self) -> None:
        assert set(OUTCOMES) == {*Outcome, None}
        assert {outcome_word(outcome) for outcome in Outcome} == WORDS
        assert len({words.label for words in OUTCOMES.values()}) == len(OUTCOMES)


class TestPuttingBack:
    """An undo reads first, asks where something moved on, and is a save like any other."""

    @staticmethod
    async def _saved(edit: Edit, services: Services, person: Person) -> Entry:
        saved = await save_edit(Order(edit, reason="first"), services, person)
        assert saved.outcome is Outcome.VERIFIED
        return await TestPuttingBack._last(services)

    @staticmethod
    async def _last(services: Services) -> Entry:
        jobs = Jobs()
        history = _history(jobs, services)
        history.ask(Wanted())
        await jobs.wait("history")
        return history.entries[0]

    @staticmethod
    async def _undone(
        entry: Entry, services: Services, person: Person, *names: str
    ) -> Saved | None:
        chosen = frozenset(names) or None
        order = await undo_order(entry, chosen, services, person, "UTC")
        return await save_edit(order, services, person) if order else None

    async def test_a_whole_save_goes_back_and_the_undo_is_an_entry_that_can_be_undone(
        self, sandbox: Sandbox, services: Services, person: Person, loaded: Edit
    ) -> None:
        before = sandbox.account.get(42)
        edit = loaded.with_value("title", "Changed").with_value("importance", Option("critical"))
        entry = await self._saved(edit, services, person)
        person.picks = {}
        saved = await self._undone(entry, services, person)
        assert saved is not None
        assert saved.outcome is Outcome.VERIFIED
        held = sandbox.account.get(42)
        assert (held["title"], held["importance"]) == (before["title"], before["importance"])
        undo = await self._last(services)
        assert undo.undoes == entry.id
        again = await self._undone(undo, services, person)
        assert again is not None
        assert sandbox.account.get(42)["title"] == "Changed"

    async def test_single_fields_go_back_alone(
        self, sandbox: Sandbox, services: Services, person: Person, loaded: Edit
    ) -> None:
        edit = loaded.with_value("title", "Changed").with_value("importance", Option("critical"))
        entry = await self._saved(edit, services, person)
        person.picks = {}
        saved = await self._undone(entry, services, person, "title")
        assert saved is not None
        assert list(saved.sent.pending) == ["title"]
        assert sandbox.account.get(42)["importance"] == "critical"

    async def test_a_value_that_moved_on_is_asked_about(
        self, sandbox: Sandbox, services: Services, person: Person, loaded: Edit
    ) -> None:
        entry = await self._saved(loaded.with_value("title", "Changed"), services, person)
        sandbox.account.colleague_edits(42, title="A colleague's")
        person.picks = {"title": Pick.THEIRS}
        assert await self._undone(entry, services, person) is None
        [(kind, undo)] = person.asked
        assert kind == "undo"
        assert [(c.original, c.theirs, c.mine) for c in undo.merge.conflicts] == [
            ("Changed", "A colleague's", loaded.value("title"))
        ]
        assert sandbox.account.get(42)["title"] == "A colleague's"
        person.picks = {"title": Pick.MINE}
        assert await self._undone(entry, services, person) is not None
        assert sandbox.account.get(42)["title"] == loaded.value("title")

    async def test_no_means_that_nothing_is_sent(
        self, sandbox: Sandbox, services: Services, person: Person, loaded: Edit
    ) -> None:
        entry = await self._saved(loaded.with_value("title", "Changed"), services, person)
        person.picks = None
        assert await self._undone(entry, services, person) is None
        assert [each.method for each in sandbox.requests].count("PUT") == 1

    async def test_an_undo_that_may_mail_attendees_is_reviewed_and_can_suppress_it(
        self, sandbox: Sandbox, services: Services, person: Person, loaded: Edit
    ) -> None:
        entry = await self._saved(loaded.with_value("location", "Room 99"), services, person)
        person.picks = {}
        person.reviewed = None
        assert await self._undone(entry, services, person) is None
        assert [kind for kind, *_ in person.asked] == ["undo", "review"]
        back = Edit(Activity.read(sandbox.account.get(42))).with_value(
            "location", loaded.value("location")
        )
        person.reviewed = Reviewed(back.with_value("no_invite", True), "wrong room")
        saved = await self._undone(entry, services, person)
        assert saved is not None
        assert saved.sent.body() == {
            "location": loaded.value("location"),
            "do_not_send_calendar_invite": True,
        }
        undo = await self._last(services)
        assert (undo.undoes, undo.reason) == (entry.id, "wrong room")

    async def test_a_replaced_file_stays_and_the_reason_is_told(
        self, services: Services, person: Person, loaded: Edit, tmp_path: Path
    ) -> None:
        for name in ("one.pdf", "two.pdf"):
            (tmp_path / name).write_bytes(name.encode())
            file = LocalFile(tmp_path / name, 7, (tmp_path / name).stat().st_mtime_ns)
            body = await services.client.get_activity(42)
            edit = Edit(Activity.read(body)).with_value("attachment", file)
            entry = await self._saved(edit.with_value("title", name), services, person)
        undo = await prepare_undo(entry, None, services, "UTC")
        assert list(undo.kept) == ["attachment"]
        assert "can't be brought back" in undo.kept["attachment"]
        assert list(undo.merge.edit.pending) == ["title"]

    async def test_an_entry_of_another_account_is_never_put_back(
        self, sandbox: Sandbox, services: Services, person: Person, loaded: Edit
    ) -> None:
        entry = await self._saved(loaded.with_value("title", "Changed"), services, person)
        foreign = replace(entry, account="another")
        count = len(sandbox.requests)
        with pytest.raises(ValueError, match="another account"):
            await undo_order(foreign, None, services, person, "UTC")
        assert len(sandbox.requests) == count
        assert why_not_put_back(foreign, "test") is not None
        assert why_not_put_back(entry, "test") is None

    @pytest.mark.parametrize(
        ("outcome", "possible"),
        [
            (Outcome.VERIFIED, True),
            (Outcome.DIFFERENT, True),
            (Outcome.REFUSED, False),
            (Outcome.NOT_SENT, False),
            (Outcome.UNKNOWN, False),
            (None, False),
        ],
    )
    async def test_only_what_was_applied_can_be_put_back(
        self, services: Services, loaded: Edit, outcome: Outcome | None, possible: bool
    ) -> None:
        await _write(services, loaded.with_value("title", "x"), outcome)
        entry = await self._last(services)
        assert (why_not_put_back(entry, "test") is None) is possible


async def test_the_same_list_is_read_again_without_losing_the_wish(
    services: Services, jobs: Jobs, loaded: Edit
) -> None:
    history = _history(jobs, services)
    history.ask(Wanted("x9"))
    await jobs.wait("history")
    await _write(services, loaded.with_value("title", "x9"), Outcome.VERIFIED)
    history.refresh()
    assert len(await _told(history, jobs)) == 1
