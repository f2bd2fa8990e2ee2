"""Several windows of one program: what they share, and what belongs to one of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton

from atz_desktop.app.window import WindowController
from atz_desktop.domain.history import Outcome
from atz_desktop.domain.settings import Settings
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.notices import Level, Notice
from atz_desktop.view.dialogs.unsaved_changes_dialog import UnsavedChangesDialog
from tests.waiting import until
from tests.walks.conftest import Walk, running_program
from tests.walks.test_connecting import Start, account, servers, sign_in, start

__all__ = ["servers", "start"]


async def another(walk: Walk) -> WindowController:
    """Press Ctrl+N; the window that comes."""
    count = len(walk.program.windows)
    QTest.keyClick(walk.program.front.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: len(walk.program.windows) == count + 1, "there is one more window")
    new = walk.program.front
    await until(lambda: new.connected and not new.jobs.running("connect"), "it is connected")
    await until(new.window.isActiveWindow, "it is in front")
    return new


async def load(at: WindowController, activity_id: int) -> None:
    at.load(str(activity_id))
    await until(
        lambda: shown(at) == activity_id and at.session.state.loading_id is None, "it is loaded"
    )


def shown(at: WindowController) -> int | None:
    return at.state.activity.id if at.state.activity else None


def says(at: WindowController, words: str) -> bool:
    return words in [label.text() for label in at.window.findChildren(QLabel)]


async def closed(walk: Walk, at: WindowController) -> None:
    at.window.close()
    await until(at.closed.is_set, "the window is closed")
    assert at not in walk.program.windows


async def test_another_window_lies_beside_the_first_and_wholly_on_the_screen(walk: Walk) -> None:
    room = walk.window.screen().availableGeometry()
    for corner in (room.topLeft(), room.center()):
        before = walk.program.front.window
        before.resize(room.size())
        before.move(corner)
        window = (await another(walk)).window
        assert window.pos() != before.pos()
        assert room.contains(window.frameGeometry())


# What they share


async def test_windows_share_client_limit_and_database(walk: Walk) -> None:
    first, second = walk.program.front, await another(walk)
    await load(first, 42)
    await load(second, 7)
    one, other = first.session.services, second.session.services
    assert one is not None
    assert other is not None
    assert one.client is other.client
    for _request in range(60 - len(walk.sandbox.requests) - 15):
        await one.client.get_activity(7)
    assert walk.program.front.accounts.connection.status.available == 15
    assert not any(says(each, "15 of 60 requests left this minute") for each in (first, second))
    await one.client.get_activity(7)
    left = "14 of 60 requests left this minute"
    for each in (first, second):
        await until(partial(says, each, left), f"a window shows: {left}")
    second.session.model.set_value("title", "Typed in the second")
    await second.session.jobs.wait("draft")
    assert await one.drafts.get(one.account, 7)


async def test_what_is_chosen_in_the_settings_holds_in_every_window(walk: Walk) -> None:
    first, second = walk.program.front, await another(walk)
    walk.program.shared.settings.choose(
        walk.program.shared.settings.current._replace(zone="Asia/Tokyo")
    )
    assert first.session.model.zone == second.session.model.zone == "Asia/Tokyo"


async def test_a_refused_token_is_asked_for_once_and_serves_both_windows(
    start: Start, servers: list[Sandbox]
) -> None:
    walk = await start(Settings().with_account(account(servers[0], "One")))
    await sign_in(walk)
    first, second = walk.program.front, await another(walk)
    await load(first, 42)
    await load(second, 7)
    servers[0].serve("another-token-1", servers[0].account)
    servers[0].faults.on(Fault("401", times=2))
    first.session.reload()
    second.session.reload()
    await until(lambda: dialogs(second), "the window in front asks")
    assert not dialogs(first)
    (asked,) = dialogs(second)
    (field,) = [each for each in asked.findChildren(QLineEdit) if each.accessibleName() == "Token"]
    QTest.keyClicks(field, "another-token-1")
    walk.click("Connect", QPushButton)
    for each in (first, second):
        await each.session.jobs.wait("open")
        assert each.session.failed_load_id is None
    assert not dialogs(first)
    assert not dialogs(second)


def dialogs(at: WindowController) -> list[QDialog]:
    return [each for each in at.window.findChildren(QDialog) if each.isVisible()]


async def test_the_outcome_of_a_save_is_shown_in_the_window_that_saved_whoever_found_it_out(
    walk: Walk,
) -> None:
    first, second = walk.program.front, await another(walk)
    await load(first, 42)
    lagging = Fault("lagging", seconds=30.0)
    walk.sandbox.faults.on(lagging)
    first.session.model.set_value("title", "Saved, and not seen at once")
    first.session.save()
    await first.session.jobs.wait("save")
    await until(lambda: first.session.state.check_in, "it is not confirmed")
    first.session.jobs.cancel("look up")
    walk.sandbox.faults.off(lagging)
    refused = Notice(Level.PROBLEM, "Not saved", "A later save was refused.")
    first.window.messages.show_notice(refused)
    await second.session.unconfirmed_saves.reconcile_once()
    form = first.session.model
    await until(lambda: form.state and form.state.verdicts.get("title"), "the first shows it")
    services = first.session.services
    (row,) = await services.journal.entries(activity_id=42)
    assert row.outcome == Outcome.VERIFIED.value
    assert not first.session.state.dirty
    await until(
        lambda: first.window.messages.asides and first.window.messages.asides.notice, "it is told"
    )
    assert first.window.messages.answers.notice == refused


# One activity in one window


async def test_an_activity_that_another_window_has_is_brought_forward_there(walk: Walk) -> None:
    first, second = walk.program.front, await another(walk)
    await load(first, 42)
    second.load("42")
    await until(first.window.isActiveWindow, "the window that has it is in front")
    assert shown(second) is None
    assert walk.program.front is first


async def test_an_activity_that_is_being_loaded_elsewhere_is_not_loaded_twice(walk: Walk) -> None:
    first, second = walk.program.front, await another(walk)
    walk.sandbox.faults.on(Fault("slow", path="/v1/activity/42", seconds=0.2))
    first.load("42")
    second.load("42")
    await until(lambda: shown(first) == 42)
    await second.session.jobs.wait("open")
    assert shown(second) is None


async def test_a_save_is_put_back_in_the_window_that_has_the_activity(walk: Walk) -> None:
    first, second = walk.program.front, await another(walk)
    await load(first, 42)
    assert first.session.edit is not None
    first.session.model.set_value("no_invite", not first.session.edit.value("no_invite"))
    first.session.save()
    await first.session.jobs.wait("save")
    second.window.history_requested.emit()
    await until(lambda: walk.shows(QPushButton, "Put back…"))
    await until(walk.find(QPushButton, "Put back…").isEnabled)
    walk.click("Put back…", QPushButton)
    await until(lambda: dialogs(first), "it is asked where the activity is")
    assert shown(second) is None


# Closing


async def test_a_closed_window_leaves_the_other_and_its_draft_comes_back_there(walk: Walk) -> None:
    first, second = walk.program.front, await another(walk)
    await load(second, 7)
    second.session.model.set_value("title", "Typed in the second")
    second.window.close()
    await until(lambda: second.window.findChildren(UnsavedChangesDialog), "it is asked")
    walk.click("Keep for later", QPushButton)
    await until(second.closed.is_set, "the window is closed")
    assert list(walk.program.windows) == [first]
    await load(first, 7)
    assert first.session.edit is not None
    assert first.session.edit.value("title") == "Typed in the second"
    first.session.model.revert_all()


async def test_the_first_window_may_be_closed_before_the_others(
    tmp_path: Path, qapp: QApplication
) -> None:
    async for walk in running_program(tmp_path, qapp):
        first, second = walk.program.front, await another(walk)
        await closed(walk, first)
        await load(second, 42)
        walk.program.maintenance.show_backups()
        await until(partial(dialogs, second), "dialogs open over the window that is left")


async def test_with_the_last_window_the_program_ends(walk: Walk) -> None:
    first, second = walk.program.front, await another(walk)
    await closed(walk, first)
    assert second.window.isVisible()
    walk.keys(key=Qt.Key.Key_Q, ctrl=True)
    await walk.program.wait_until_ended()


async def test_a_window_whose_save_waits_is_gone_at_once_and_the_save_is_finished(
    walk: Walk,
) -> None:
    first, second = walk.program.front, await another(walk)
    await load(second, 7)
    second.session.model.set_value("title", "Saved behind the scenes")
    services = second.session.services
    services.client.rate_limiter.pause(1.5)
    second.session.save()
    await until(lambda: second.accounts.connection.status.pending_delay, "the save waits")
    second.window.close()
    await until(lambda: second not in walk.program.windows, "the window is gone")
    assert not second.closed.is_set()
    assert walk.sandbox.account.get(7)["title"] != "Saved behind the scenes"
    first.load("7")
    await until(lambda: shown(first) == 7, "it waits until the save is over")
    assert second.closed.is_set()
    assert walk.sandbox.account.get(7)["title"] == "Saved behind the scenes"
    assert first.session.edit is not None
    assert not first.session.state.dirty


# Accounts


async def test_another_account_in_one_window_is_none_of_the_others(
    start: Start, servers: list[Sandbox]
) -> None:
    one, two = account(servers[0], "One"), account(servers[1], "Two")
    walk = await start(Settings().with_account(two).with_account(one))
    await sign_in(walk)
    first, second = walk.program.front, await another(walk)
    await load(first, 42)
    second.accounts.switch(two.key)
    await until(lambda: dialogs(second), "its token is asked for")
    (asked,) = dialogs(second)
    (field,) = [each for each in asked.findChildren(QLineEdit) if each.accessibleName() == "Token"]
    QTest.keyClicks(field, servers[1].token)
    walk.click("Connect", QPushButton)
    await until(lambda: second.account_key == two.key and second.connected)
    await load(second, 42)
    assert first.account_key == one.key
    assert shown(first) == 42
    first.session.reload()
    await first.session.jobs.wait("open")
    assert first.session.failed_load_id is None


async def test_a_forgotten_account_is_left_in_every_window(
    start: Start, servers: list[Sandbox]
) -> None:
    one = account(servers[0], "One")
    walk = await start(Settings().with_account(one))
    await sign_in(walk)
    first, second = walk.program.front, await another(walk)
    await load(first, 42)
    await load(second, 7)
    second.accounts._forget(one, with_texts=True)
    await second.jobs.wait("forget")
    for each in (first, second):
        assert each.account_key is None
        assert shown(each) is None


async def test_to_forget_an_account_asks_in_each_window_what_becomes_of_changes(
    start: Start, servers: list[Sandbox]
) -> None:
    one = account(servers[0], "One")
    walk = await start(Settings().with_account(one))
    await sign_in(walk)
    first, second = walk.program.front, await another(walk)
    await load(first, 42)
    first.session.model.set_value("title", "Typed in the first")
    await load(second, 7)
    second.accounts._forget(one, with_texts=False)
    await until(lambda: dialogs(first), "it is asked in the window with the changes")
    dialogs(first)[0].reject()
    await second.jobs.wait("forget")
    assert (shown(first), shown(second)) == (42, 7)
    assert walk.program.shared.settings.current.all_accounts() == (one,)
    assert first.session.edit is not None
    assert first.session.edit.value("title") == "Typed in the first"


async def test_an_account_is_forgotten_after_what_is_under_way_on_it_also_where_the_program_ends(
    start: Start, servers: list[Sandbox]
) -> None:
    one = account(servers[0], "One")
    walk = await start(Settings().with_account(one))
    await sign_in(walk)
    first, second = walk.program.front, await another(walk)
    await load(second, 7)
    services = second.session.services
    services.client.rate_limiter.pause(0.5)
    second.session.model.set_value("title", "Saved behind the scenes")
    second.session.save()
    await until(lambda: second.accounts.connection.status.pending_delay, "the save waits")
    second.window.close()
    await until(lambda: second not in walk.program.windows, "the window is gone")
    first.accounts._forget(one, with_texts=True)
    await first.jobs.drain()
    assert second.closed.is_set()
    assert servers[0].account.get(7)["title"] == "Saved behind the scenes"
    assert walk.program.shared.settings.current.all_accounts() == ()
    assert await services.journal.entries(account=one.key) == []


@pytest.mark.parametrize("which", ["first", "second"])
async def test_the_sandbox_goes_on_for_the_window_that_is_left(walk: Walk, which: str) -> None:
    windows = {"first": walk.program.front}
    windows["second"] = await another(walk)
    left = windows.pop(which)
    await closed(walk, next(iter(windows.values())))
    await load(left, 42)
    left.session.model.set_value("title", "Still here")
    left.session.save()
    await left.session.jobs.wait("save")
    assert walk.sandbox.account.get(42)["title"] == "Still here"
