"""Getting in and staying in, with keys and clicks in the whole program, against real servers."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
    QTableView,
    QToolButton,
    QWidget,
)

from atz_desktop.app.program import Program
from atz_desktop.cli import parse_options
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.settings import Account, Settings
from atz_desktop.domain.values import Person
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.store.paths import Paths
from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.dialogs.unsaved_changes_dialog import UnsavedChangesDialog
from atz_desktop.view.widgets.chip import ChipButton
from atz_desktop.view.windows.account_button import SANDBOX
from atz_desktop.view.windows.main_window import MainWindow
from atz_desktop.view.windows.messages import NoticeBar
from atz_desktop.view.windows.status_line import StatusLine
from tests.faults.full_disk import full_disk
from tests.waiting import until
from tests.walks.conftest import Walk

Start = Callable[..., Awaitable[Walk]]
TOKEN = "walk-token-4711"


@pytest.fixture
def servers() -> Iterator[list[Sandbox]]:
    """Two accounts on two servers."""
    with ExitStack() as running:
        yield [running.enter_context(Sandbox(token=TOKEN)) for _ in range(2)]


@pytest_asyncio.fixture
async def start(tmp_path: Path, qapp: object) -> AsyncIterator[Start]:
    """Starts the program as without any argument, with these settings.

    `usual` is what was set for the whole computer.
    """
    begun: list[tuple[Program, MainWindow, asyncio.Task[int]]] = []

    async def started(
        settings: Settings | None = None, *arguments: str, usual: Settings | None = None
    ) -> Walk:
        from PySide6.QtWidgets import QApplication

        app = QApplication.instance()
        assert isinstance(app, QApplication)
        window = MainWindow()
        window.resize(1040, 760)
        window.show()
        options = parse_options(["--data-dir", str(tmp_path), *arguments], {})
        theme = apply_theme(app, "light")
        mine = settings or usual or Settings()
        program = Program(window, theme, options, Paths(tmp_path), mine, defaults=usual)
        begun.append((program, window, asyncio.ensure_future(program.run())))
        await until(
            lambda: (
                program.front.jobs.running("connect")
                or program.front.connected
                or window.messages.answers.notice
            )
        )
        window.activateWindow()
        return Walk(window, program)

    yield started
    for program, window, running in begun:
        program.quit()
        assert await running == 0
        window.deleteLater()


def account(server: Sandbox, name: str, *, production: bool = False) -> Account:
    return Account(f"{server.url} {name}", name, server.url, production=production)


def dialog(walk: Walk) -> QDialog | None:
    found = [each for each in walk.window.findChildren(QDialog) if each.isVisible()]
    return found[-1] if found else None


def said(walk: Walk) -> str:
    """All that the dialog says."""
    shown = dialog(walk)
    assert shown is not None
    return "\n".join(label.text() for label in shown.findChildren(QLabel))


def fill(walk: Walk, name: str, text: str) -> None:
    field = walk.find(QLineEdit, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


async def focus(walk: Walk, kind: type[QWidget], name: str) -> None:
    """Go to a control of a dialog: one that has just come up may not have the keys yet."""
    control = walk.find(kind, name)
    await until(control.window().isActiveWindow, "the dialog has the keys")
    control.setFocus()
    await until(control.hasFocus, f"{name} has the keys")


async def sign_in(walk: Walk, token: str = TOKEN) -> None:
    await until(lambda: dialog(walk), "a token is asked for")
    fill(walk, "Token", token)
    walk.click("Connect", QPushButton)
    await until(lambda: dialog(walk) is None, "the token was taken")
    await until(
        lambda: walk.program.front.connected and not walk.program.front.jobs.running("connect"),
        "it is connected",
    )
    await at_the_window(walk)


async def at_the_window(walk: Walk) -> None:
    walk.window.activateWindow()
    await until(walk.window.isActiveWindow, "the window has the focus")


async def test_the_first_run_offers_the_sandbox(start: Start) -> None:
    walk = await start()
    await until(lambda: dialog(walk), "the welcome")
    assert "Welcome to ATZ Desktop" in said(walk)
    walk.click("Try the sandbox", QPushButton)
    await until(lambda: walk.program.front.connected, "it is connected")
    assert walk.window.banner.isVisible()
    assert walk.find(QToolButton, "Account Sandbox").isVisible()
    await until(lambda: walk.program.front.session.activity, "the first task is open")
    assert walk.edit.value("title") == "Practice: fix the time"
    await at_the_window(walk)
    await walk.load(42)


async def test_an_account_is_connected_and_shown_and_marked_as_production(
    start: Start, servers: list[Sandbox], tmp_path: Path
) -> None:
    walk = await start()
    await until(lambda: dialog(walk), "the welcome")
    fill(walk, "Name", "Agency")
    fill(walk, "API address", "http://example.com")
    fill(walk, "Token", "wrong-token-1")
    assert "https://" in said(walk)
    assert not walk.find(QPushButton, "Connect").isEnabled()
    fill(walk, "API address", servers[0].url)
    walk.click("Connect", QPushButton)
    await until(lambda: "does not accept" in said(walk), "the wrong token is said")
    await sign_in(walk)
    assert walk.find(QToolButton, "Account Agency").text() == "Agency"
    assert walk.find(QLabel, "Production").isVisible()
    assert walk.notice == "The token is kept until you quit"
    await walk.load(42)
    stored = tmp_path / "settings.json"
    await until(stored.exists)
    await until(lambda: json.loads(stored.read_text())["accounts"])
    assert [each["name"] for each in json.loads(stored.read_text())["accounts"]] == ["Agency"]
    assert TOKEN not in stored.read_text()


async def test_accounts_set_for_the_computer_are_there_and_ask_for_a_token_alone(
    start: Start, servers: list[Sandbox], tmp_path: Path
) -> None:
    berlin, london = account(servers[0], "Berlin"), account(servers[1], "London")
    walk = await start(usual=Settings(predefined=(berlin, london)))
    await until(lambda: dialog(walk), "the welcome")
    assert "Welcome to ATZ Desktop" in said(walk)
    assert not walk.find(QLineEdit, "API address").isVisible()
    await focus(walk, QComboBox, "Account")
    walk.keys(key=Qt.Key.Key_Down)
    await sign_in(walk)
    assert walk.find(QToolButton, "Account London").isVisible()
    await walk.load(42)
    assert {each.method for each in servers[1].requests} == {"GET"}
    assert not servers[0].requests
    choose_in_menu(walk, "Berlin")
    await until(lambda: dialog(walk), "the token of the other one is asked for")
    assert f"Berlin · {servers[0].url}" in said(walk)
    await sign_in(walk)
    assert walk.find(QToolButton, "Account Berlin").isVisible()
    stored = await kept(tmp_path, account=berlin.key)
    assert not stored.get("accounts")
    assert "predefined" not in stored


async def test_an_account_set_for_the_computer_stays_away_once_it_is_forgotten(
    start: Start, servers: list[Sandbox], tmp_path: Path
) -> None:
    berlin, london = account(servers[0], "Berlin"), account(servers[1], "London")
    walk = await start(usual=Settings(predefined=(berlin, london)))
    await until(lambda: dialog(walk), "the welcome")
    walk.click("Not now", QPushButton)
    await until(lambda: dialog(walk) is None)
    assert in_menu(walk)[:2] == ["Berlin", "London"]
    walk.window.id_bar.account.manage_requested.emit()
    await until(lambda: dialog(walk))
    walk.click("Forget this account…", QPushButton)
    walk.click("Forget it now", QPushButton)
    await until(lambda: walk.notice == "“Berlin” is forgotten")
    walk.click("Close", QPushButton)
    await until(lambda: dialog(walk) is None)
    assert in_menu(walk)[0] == "London"
    await kept(tmp_path, forgotten=[berlin.key])


def open_menu(walk: Walk) -> QMenu:
    """The menu of the accounts, as a press on the account's name opens it."""
    mark = walk.window.id_bar.account
    (button,) = mark.findChildren(QToolButton)
    button.click()
    return next(menu for menu in mark.findChildren(QMenu) if menu.isVisible())


def in_menu(walk: Walk) -> list[str]:
    menu = open_menu(walk)
    words = [action.text() for action in menu.actions()]
    menu.close()
    return words


def choose_in_menu(walk: Walk, text: str) -> None:
    menu = open_menu(walk)
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()


async def kept(folder: Path, **wanted: object) -> dict[str, object]:
    """What the settings file holds, once it holds this too."""
    file = folder / "settings.json"

    def stored() -> dict[str, object]:
        found: dict[str, object] = json.loads(file.read_text()) if file.exists() else {}
        return found

    await until(lambda: stored().items() >= wanted.items(), f"the settings hold {wanted}")
    assert TOKEN not in file.read_text()
    return stored()


async def test_a_refused_token_is_asked_for_in_place_and_the_save_goes_on(
    start: Start, servers: list[Sandbox]
) -> None:
    server = servers[0]
    walk = await start(Settings().with_account(account(server, "One")))
    await sign_in(walk)
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys(key=Qt.Key.Key_End)
    walk.keys(", and kept")
    server.faults.on(Fault("401", "PUT", times=1))
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await until(lambda: dialog(walk), "a new token is asked for")
    assert "no longer accepts" in said(walk)
    assert set(walk.edit.pending) == {"title"}
    fill(walk, "Token", TOKEN)
    walk.click("Connect", QPushButton)
    await walk.saved()
    assert str(server.account.get(42)["title"]).endswith(", and kept")
    assert walk.find(QLineEdit, "Title").text().endswith(", and kept")
    assert len([each for each in server.requests if each.method == "PUT"]) == 2


async def test_accounts_are_switched_and_their_drafts_stay_apart(
    start: Start, servers: list[Sandbox]
) -> None:
    one, two = account(servers[0], "One"), account(servers[1], "Two")
    servers[1].account.edit_as_colleague(42, title="Another world")
    walk = await start(Settings().with_account(two).with_account(one))
    await sign_in(walk)
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys("Mine: ")
    walk.window.id_bar.account.chosen.emit(two.key)
    await until(lambda: dialog(walk), "what to do with the changes is asked")
    walk.click("Keep for later", QPushButton)
    await until(lambda: dialog(walk) is None)
    await sign_in(walk)
    assert walk.program.front.state.activity is None
    assert walk.window.windowTitle() == "ATZ Desktop"
    await walk.load(42)
    assert walk.find(QLineEdit, "Title").text() == "Another world"
    assert not walk.edit.pending
    walk.window.id_bar.account.chosen.emit(one.key)
    await until(lambda: walk.program.front.state.activity is None, "the other account is there")
    await until(lambda: walk.shows(QToolButton, "Account One"), "the mark of the account")
    await walk.load(42)
    assert set(walk.edit.pending) == {"title"}
    assert walk.find(QLineEdit, "Title").text().startswith("Mine: ")


@pytest.mark.parametrize("wanted", ["sandbox", "two"])
async def test_who_stays_with_unsaved_changes_stays_in_the_account(
    start: Start, servers: list[Sandbox], wanted: str
) -> None:
    one, two = account(servers[0], "One"), account(servers[1], "Two")
    walk = await start(Settings().with_account(two).with_account(one))
    await sign_in(walk)
    await walk.load(42)
    walk.program.front.session.model.set_value("title", "Mine")
    walk.window.id_bar.account.chosen.emit(two.key if wanted == "two" else SANDBOX)
    await until(lambda: dialog(walk), "what to do with the changes is asked")
    asked = dialog(walk)
    assert isinstance(asked, UnsavedChangesDialog)
    asked.reject()
    await until(lambda: not walk.program.front.jobs.running("connect"), "that is over")
    assert walk.program.front.account_key == one.key
    assert walk.edit.value("title") == "Mine"


@pytest.mark.skipif(sys.platform == "win32", reason="no limit for the size of a file")
async def test_what_is_typed_while_a_token_is_asked_for_and_cannot_be_kept_is_not_left(
    start: Start, servers: list[Sandbox]
) -> None:
    one, two = account(servers[0], "One"), account(servers[1], "Two")
    walk = await start(Settings().with_account(two).with_account(one))
    await sign_in(walk)
    await walk.load(42)
    walk.window.id_bar.account.chosen.emit(two.key)
    await until(lambda: dialog(walk), "its token is asked for")
    with full_disk():
        walk.program.front.session.model.set_value("title", "Typed meanwhile")
        fill(walk, "Token", TOKEN)
        walk.click("Connect", QPushButton)
        await until(lambda: not walk.program.front.jobs.running("connect"), "that is over")
        assert walk.program.front.account_key == one.key
        assert walk.edit.value("title") == "Typed meanwhile"


async def test_who_adds_an_account_and_stays_with_unsaved_changes_finds_it_in_the_menu(
    start: Start, servers: list[Sandbox]
) -> None:
    one = account(servers[0], "One")
    walk = await start(Settings().with_account(one))
    await sign_in(walk)
    await walk.load(42)
    walk.program.front.session.model.set_value("title", "Mine")
    walk.window.id_bar.account.add_requested.emit()
    await until(lambda: dialog(walk), "the account is asked for")
    fill(walk, "Name", "Two")
    fill(walk, "API address", servers[1].url)
    fill(walk, "Token", TOKEN)
    walk.click("Connect", QPushButton)
    await until(lambda: isinstance(dialog(walk), UnsavedChangesDialog), "it is asked")
    asked = dialog(walk)
    assert asked is not None
    asked.reject()
    await until(lambda: not walk.program.front.jobs.running("connect"), "that is over")
    assert walk.program.front.account_key == one.key
    assert walk.edit.value("title") == "Mine"
    known = walk.program.shared.settings.current.all_accounts()
    assert {each.name for each in known} == {"One", "Two"}


async def test_names_are_those_of_the_account_that_is_shown(
    start: Start, servers: list[Sandbox]
) -> None:
    one, two = account(servers[0], "One"), account(servers[1], "Two")
    walk = await start(Settings().with_account(two).with_account(one))
    await sign_in(walk)
    await walk.load(42)
    walk.program.front.session.model.set_value("candidates", (Person("candidate_x"),))
    walk.program.front.session.lookups.add_and_notify([_candidate("Xenia of One")])
    assert "Xenia of One" in chips(walk, "candidates")
    walk.program.front.session.model.revert_all()
    walk.window.id_bar.account.chosen.emit(two.key)
    await until(lambda: dialog(walk), "its token is asked for")
    await sign_in(walk)
    await walk.load(42)
    walk.program.front.session.model.set_value("candidates", (Person("candidate_x"),))
    assert "candidate_x" in chips(walk, "candidates")
    walk.program.front.session.lookups.add_and_notify([_candidate("Xaver of Two")])
    assert "Xaver of Two" in chips(walk, "candidates")


def _candidate(name: str) -> Name:
    return Name("candidate", "candidate_x", name)


def chips(walk: Walk, field: str) -> list[str]:
    assert walk.window.page is not None
    row = walk.window.page.form.row(field)
    shown = [each for each in row.findChildren(ChipButton) if each.isVisible()]
    return [each.accessibleName().split(", ")[0] for each in shown]


@pytest.mark.parametrize("command", ["Find…", "History…", "Fetch names"])
async def test_what_needs_an_account_asks_for_one_that_is_not_connected(
    start: Start, servers: list[Sandbox], command: str
) -> None:
    walk = await start(Settings().with_account(account(servers[0], "One")))
    await until(lambda: dialog(walk), "its token is asked for")
    walk.click("Not now", QPushButton)
    await until(lambda: dialog(walk) is None)
    await until(lambda: not walk.program.front.jobs.running("connect"))
    next(a for a in walk.window.findChildren(QAction) if a.text() == command).trigger()
    await sign_in(walk)


async def test_an_account_that_is_chosen_while_the_last_one_is_being_left_is_entered(
    start: Start, servers: list[Sandbox]
) -> None:
    one, two = account(servers[0], "One"), account(servers[1], "Two")
    walk = await start(Settings().with_account(two).with_account(one))
    await sign_in(walk)
    await walk.load(42)
    front, ends = walk.program.front, asyncio.Event()
    walk.jobs.start("a slow write", ends.wait(), finish=True)
    left = front.connected
    walk.window.id_bar.account.chosen.emit(two.key)
    await until(lambda: dialog(walk), "its token is asked for")
    fill(walk, "Token", TOKEN)
    walk.click("Connect", QPushButton)
    await until(lambda: front.jobs.running("leave"), "the first one is being left")
    walk.window.id_bar.account.chosen.emit(one.key)
    await asyncio.sleep(0.1)
    ends.set()
    await until(
        lambda: front.connected not in {left, None} and not front.jobs.running("connect"),
        "the one that was chosen last is entered",
    )
    assert front.account_key == one.key
    walk.window.search_requested.emit()
    await until(lambda: rows(walk, "Activities found") > 0)


async def test_what_one_account_was_listed_to_have_is_gone_with_it(
    start: Start, servers: list[Sandbox]
) -> None:
    one, two = account(servers[0], "One"), account(servers[1], "Two")
    walk = await start(Settings().with_account(two).with_account(one))
    await sign_in(walk)
    await walk.load(42)
    walk.program.front.session.model.set_value("title", "Saved in One")
    walk.click("Save", QPushButton)
    await walk.saved()
    walk.window.history_requested.emit()
    await until(lambda: rows(walk, "Saves") == 1)
    walk.window.search_requested.emit()
    await until(lambda: rows(walk, "Activities found") > 0)
    walk.window.id_bar.account.chosen.emit(two.key)
    await until(lambda: walk.shows(QLineEdit, "Token"))
    await sign_in(walk)
    await until(lambda: walk.shows(QToolButton, "Account Two"), "the mark of the account")
    assert not walk.shows(QTableView, "Saves")
    assert not walk.shows(QTableView, "Activities found")
    servers[1].faults.on(Fault("slow", path="/v1/activity", seconds=0.5))
    walk.window.history_requested.emit()
    walk.window.search_requested.emit()
    await until(lambda: min(rows(walk, "Saves"), rows(walk, "Activities found")) >= 0)
    assert rows(walk, "Saves") == rows(walk, "Activities found") == 0
    assert not walk.shows(QPushButton, "Put back…")
    await until(lambda: rows(walk, "Activities found") > 0)


def rows(walk: Walk, table: str) -> int:
    """How many it lists; -1 while it is not there."""
    if not walk.shows(QTableView, table):
        return -1
    model = walk.find(QTableView, table).model()
    return model.rowCount() if model else 0


async def test_an_account_is_forgotten_with_its_texts(
    start: Start, servers: list[Sandbox], tmp_path: Path
) -> None:
    walk = await start(Settings().with_account(account(servers[0], "One")))
    await sign_in(walk)
    await walk.load(42)
    walk.window.id_bar.account.manage_requested.emit()
    await until(lambda: dialog(walk))
    assert walk.find(QListWidget, "Accounts").count() == 1
    walk.click("Forget this account…", QPushButton)
    walk.find(QCheckBox, "Also remove its drafts, history and names from this computer").click()
    walk.click("Forget it now", QPushButton)
    await until(lambda: walk.notice == "“One” is forgotten")
    walk.click("Close", QPushButton)
    await until(lambda: dialog(walk) is None)
    assert walk.program.front.connected is None
    assert walk.window.page is not None
    assert not walk.window.page.isVisible()
    assert not walk.program.shared.settings.current.accounts
    assert not any(b"Amara" in content for content in _database(tmp_path))


def _database(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.glob("atz.sqlite3*")]


def _seconds(words: QLabel) -> int:
    return int(words.text().rsplit(" in ", 1)[1].removesuffix(" s."))


async def test_a_429_is_counted_down_and_can_be_given_up(walk: Walk) -> None:
    await walk.load(42)
    line = walk.window.findChild(StatusLine)
    assert isinstance(line, StatusLine)
    assert not line.isVisible(), "nothing is to be said"
    walk.sandbox.faults.on(Fault("429", retry_after=30, times=1))
    walk.keys(key=Qt.Key.Key_F5)
    words = walk.find(QLabel, "Connection")
    await until(lambda: "Going on in" in words.text(), "the countdown")
    first = _seconds(words)
    await until(lambda: _seconds(words) < first, "it counts down")
    assert 25 < _seconds(words) < 33
    walk.click("Stop waiting", QPushButton)
    await until(lambda: walk.notice == "Activity 42 was not loaded")
    assert not words.text()


def back(bar: NoticeBar | None) -> bool:
    return bar is not None and bar.notice is not None and "again" in bar.notice.title


@pytest.mark.slow
async def test_no_network_is_said_and_the_form_stays_usable(walk: Walk) -> None:
    await walk.load(42)
    away = Fault("refused")
    walk.sandbox.faults.on(away)
    walk.keys(key=Qt.Key.Key_F5)
    words = walk.find(QLabel, "Connection")
    await until(lambda: "No connection" in words.text())
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys("Typed while away ")
    assert set(walk.edit.pending) == {"title"}
    walk.sandbox.faults.off(away)
    await until(lambda: back(walk.window.messages.asides), "it is back")
    assert not words.text()


async def test_a_dialog_for_a_token_does_not_keep_the_program_from_ending(
    start: Start, servers: list[Sandbox]
) -> None:
    walk = await start(Settings().with_account(account(servers[0], "One")))
    await until(lambda: dialog(walk))
    walk.program.quit()
    me = asyncio.current_task()
    await until(lambda: asyncio.all_tasks() == {me}, "the program ends")
    assert dialog(walk) is None


@pytest.mark.parametrize("address", ["foo", "https://u:hidden-word@x", "https://[::1"])
async def test_a_wrong_address_at_the_start_is_told_and_nothing_is_asked(
    start: Start, servers: list[Sandbox], address: str
) -> None:
    walk = await start(Settings().with_account(account(servers[0], "Mine")), "--api-url", address)
    await until(lambda: walk.notice)
    notice = walk.window.messages.answers.notice
    assert notice is not None
    assert "address" in notice.text.lower() or "“?”" in notice.text
    assert "hidden-word" not in f"{notice}"
    assert dialog(walk) is None
    assert walk.program.front.connected is None
    walk.program.front.accounts.switch(account(servers[0], "Mine").key)
    await sign_in(walk)  # another account can be worked on


async def test_an_address_at_the_start_is_understood_with_what_people_add_to_it(
    start: Start, servers: list[Sandbox]
) -> None:
    walk = await start(None, "--api-url", servers[0].url + "/v1/ ")
    await sign_in(walk)
    await walk.load(42)
    entered = walk.program.front.accounts.connection.account
    assert entered is not None
    assert entered.api_url == servers[0].url


async def test_the_settings_say_how_long_anything_may_take(walk: Walk) -> None:
    walk.window.settings_requested.emit()
    await until(lambda: dialog(walk))
    assert "120 until the answer is complete" in said(walk)
    walk.click("Cancel", QPushButton)
    await until(lambda: dialog(walk) is None)


async def test_who_changes_the_account_during_a_save_is_not_told_that_it_is_unsaved(
    start: Start, servers: list[Sandbox]
) -> None:
    old, new = account(servers[0], "Old"), account(servers[1], "New")
    walk = await start(Settings().with_account(new).with_account(old))
    await sign_in(walk)
    await walk.load(42)
    servers[0].faults.on(Fault("slow", "PUT", seconds=0.5, times=1))
    walk.program.front.session.model.set_value("title", "Saved while I left")
    walk.program.front.session.save()
    walk.program.front.accounts.switch(new.key)
    await until(lambda: dialog(walk), "the token of the new account is asked for")
    assert "Please enter the token" in said(walk)
    await sign_in(walk)
    await until(lambda: walk.program.front.accounts.connection.account == new)
    assert servers[0].account.get(42)["title"] == "Saved while I left"
    assert [each.method for each in servers[0].requests].count("PUT") == 1
    assert "PUT" not in [each.method for each in servers[1].requests]
