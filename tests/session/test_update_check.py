from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from atz_desktop import __version__
from atz_desktop.api.requests import Timeouts
from atz_desktop.domain.settings import Settings
from atz_desktop.publisher import PUBLISHER, Publisher
from atz_desktop.session.update_check import UpdateCheck, UpdateState
from tests.api.servers import Server, answer, asked, free_port, serving
from tests.signed_updates import PUBLIC_KEY, signed

QUICK = Timeouts(connect=1.0, read=1.0, write=1.0, pool=1.0, total=2.0)
DAY = timedelta(days=1)


class Desk:
    """A user's settings, a clock, and a publisher whose file is `content`."""

    def __init__(self, address: str) -> None:
        self.settings = Settings()
        self.clock = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
        self.check = self.made(Publisher(address, PUBLIC_KEY))

    def made(self, publisher: Publisher) -> UpdateCheck:
        return UpdateCheck(
            publisher,
            settings=lambda: self.settings,
            keep=self._keep,
            proxy=lambda: None,
            timeouts=QUICK,
            now=lambda: self.clock,
        )

    def _keep(self, settings: Settings) -> None:
        self.settings = settings


class Published:
    content = signed()
    server: Server


@pytest_asyncio.fixture
async def published() -> AsyncIterator[Published]:
    made = Published()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(answer(made.content))
        await writer.drain()

    async with serving(talk) as made.server:
        yield made


@pytest.fixture
def desk(published: Published) -> Desk:
    return Desk(f"{published.server.url}/latest.json")


async def test_a_newer_version_is_told_with_its_notes_and_link(desk: Desk) -> None:
    found = await desk.check.check()
    assert found.state is UpdateState.NEWER
    assert found.release is not None
    assert found.release.version == "9.1.0"
    assert found.release.link.startswith("https://")


@pytest.mark.parametrize("version", [__version__, "0.0.1"])
async def test_the_same_or_an_older_version_is_not_offered(
    desk: Desk, published: Published, version: str
) -> None:
    """An old file that somebody plays back must not lead anybody back."""
    published.content = signed(version=version)
    assert (await desk.check.check()).state is UpdateState.NEWEST


async def test_it_is_due_at_first_and_then_once_a_week(desk: Desk) -> None:
    assert desk.check.is_due
    await desk.check.check()
    for days, due in ((0, False), (6, False), (7, True), (-1, True)):
        started = desk.clock
        desk.clock += days * DAY
        assert desk.check.is_due is due, f"after {days} days"
        desk.clock = started


async def test_a_look_that_failed_is_not_counted_and_not_repeated_the_same_day(
    desk: Desk, published: Published
) -> None:
    published.content = b"<html>Please sign in</html>"
    assert (await desk.check.check()).state is UpdateState.FAILED
    assert desk.settings.looked_for_updates == ""
    assert not desk.check.is_due
    desk.clock -= timedelta(hours=1)
    assert desk.check.is_due, "the clock was set back: nobody knows how long ago it was"
    desk.clock += timedelta(hours=1) + DAY
    assert desk.check.is_due


async def test_the_user_can_switch_the_weekly_look_off_and_still_look(desk: Desk) -> None:
    desk.settings = Settings(look_for_updates=False)
    assert not desk.check.is_due
    assert (await desk.check.check()).state is UpdateState.NEWER


async def test_switched_off_for_the_computer_nobody_is_asked(
    desk: Desk, published: Published
) -> None:
    desk.settings = Settings(updates_allowed=False)
    assert not desk.check.is_due
    assert (await desk.check.check()).state is UpdateState.FORBIDDEN
    assert published.server.connections == 0


@pytest.mark.parametrize("missing", ["update_address", "update_key"])
async def test_without_address_or_key_nobody_is_asked(
    desk: Desk, published: Published, missing: str
) -> None:
    there = Publisher(f"{published.server.url}/latest.json", PUBLIC_KEY)
    check = desk.made(there._replace(**{missing: ""}))
    assert not check.is_due
    assert (await check.check()).state is UpdateState.NOT_SET_UP
    assert published.server.connections == 0


def test_address_and_key_of_this_build_belong_together() -> None:
    assert bool(PUBLISHER.update_address) == bool(PUBLISHER.update_key)


async def test_why_it_failed_is_said_in_plain_words(desk: Desk, published: Published) -> None:
    published.content = signed().replace(b"9.1.0", b"9.9.9")
    assert "not signed by the publisher" in (await desk.check.check()).text
    away = desk.made(Publisher(f"http://127.0.0.1:{free_port()}/latest.json", PUBLIC_KEY))
    assert "could not be reached" in (await away.check()).text
