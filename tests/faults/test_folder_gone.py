"""The data folder is taken away while somebody types and saves."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from atz_desktop.domain.history import Outcome
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.notices import NoticeAction
from tests.faults.desk import QUICK, Desk, Person

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows keeps an open file in its place"
)

ID, OTHER = 42, 7
UNKEPT = "Unsaved changes can't be kept on this computer"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def file(folder: Path) -> Path:
    return folder / "atz.sqlite3"


async def renew(desk: Desk) -> None:
    await desk.database.recreate_file()
    await desk.session.drafts.rewrite()


async def after_a_crash(desk: Desk, sandbox: Sandbox, folder: Path) -> dict[str, Any]:
    """What is pending when the program is started again."""
    await desk.crash()
    again = Desk(sandbox, folder / "atz.sqlite3", Person(), QUICK)
    await again.open(ID)
    assert again.session.edit is not None
    pending = dict(again.session.edit.pending)
    await again.crash()
    return pending


async def test_a_draft_that_no_folder_holds_is_said_and_the_folder_made_anew_at_a_click(
    desk: Desk, sandbox: Sandbox, folder: Path
) -> None:
    desk.session.model.set_value("title", "Typed")
    await desk.on_disk()
    shutil.rmtree(folder)
    desk.session.model.set_value("location", "Room 9")
    await desk.on_disk()
    assert (desk.notices[-1].title, desk.notices[-1].action) == (UNKEPT, NoticeAction.NEW_FOLDER)
    await renew(desk)
    assert await after_a_crash(desk, sandbox, folder) == {"title": "Typed", "location": "Room 9"}


async def test_no_save_is_sent_unasked_that_no_history_holds(
    desk: Desk, person: Person, sandbox: Sandbox, folder: Path
) -> None:
    desk.session.model.set_value("title", "Typed")
    shutil.rmtree(folder)
    await desk.save()
    assert person.asked == ["without journal"]
    assert not [each for each in sandbox.requests if each.method == "PUT"]
    assert desk.notices[-1].action is NoticeAction.NEW_FOLDER, "it still holds after “Don't save”"
    await renew(desk)
    await desk.save()
    assert desk.notices[-1].title == "Saved and checked"
    assert [entry.outcome for entry in await desk.entries()] == [Outcome.VERIFIED]
    assert await after_a_crash(desk, sandbox, folder) == {}


async def test_a_save_under_way_is_in_the_history_of_the_new_folder(
    desk: Desk, sandbox: Sandbox, folder: Path
) -> None:
    desk.session.model.set_value("title", "Typed")
    held = sandbox.faults.on(Fault("slow", "PUT", times=1, seconds=0.2))
    desk.session.save()
    async with asyncio.timeout(5):
        while not held.count:  # noqa: ASYNC110 - the sandbox's thread has no event of this loop
            await asyncio.sleep(0.002)
    shutil.rmtree(folder)
    await desk.jobs.wait("save")
    await desk.on_disk()
    assert desk.notices[-1].action is NoticeAction.NEW_FOLDER, (
        "nothing that comes next would be kept"
    )
    await renew(desk)
    await desk.session.unconfirmed_saves.reconcile_once()
    assert [entry.outcome for entry in await desk.entries()] == [Outcome.VERIFIED]
    assert await after_a_crash(desk, sandbox, folder) == {}


async def test_nobody_is_let_go_while_the_folder_is_gone(
    desk: Desk, sandbox: Sandbox, folder: Path
) -> None:
    desk.session.model.set_value("title", "Typed")
    shutil.rmtree(folder)
    await desk.open(OTHER)
    assert desk.session.activity is not None
    assert desk.session.activity.id == ID
    assert desk.notices[-1].action is NoticeAction.NEW_FOLDER
    await renew(desk)
    await desk.open(OTHER)
    assert desk.session.activity.id == OTHER
    assert await after_a_crash(desk, sandbox, folder) == {"title": "Typed"}


async def test_a_folder_that_is_put_back_needs_no_click(
    desk: Desk, sandbox: Sandbox, folder: Path
) -> None:
    gone: list[object] = []
    desk.session.notice_withdrawn.connect(gone.append)
    away = str(shutil.move(folder, folder.with_name("away")))
    desk.session.model.set_value("title", "Typed")
    await desk.on_disk()
    shutil.move(away, folder)
    async with asyncio.timeout(5):
        while not gone:  # noqa: ASYNC110 - Qt's signal is no event of this loop
            await asyncio.sleep(0.01)
    assert gone == [desk.notices[-1]]
    assert await after_a_crash(desk, sandbox, folder) == {"title": "Typed"}


async def test_a_load_says_that_the_folder_is_gone(desk: Desk, folder: Path) -> None:
    shutil.rmtree(folder)
    await desk.open(OTHER)
    assert desk.notices[-1].action is NoticeAction.NEW_FOLDER
