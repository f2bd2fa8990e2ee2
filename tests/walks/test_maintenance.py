"""Backups, updates and the report for support, in the whole program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest_asyncio
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
)

from atz_desktop.app.log import AppLog
from atz_desktop.app.maintenance import Maintenance
from atz_desktop.app.program import Program
from atz_desktop.cli import parse_options
from atz_desktop.domain.settings import Settings
from atz_desktop.domain.work_list import NewRow
from atz_desktop.publisher import Publisher
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.work_lists import WorkLists
from atz_desktop.store.backups import list_backups
from atz_desktop.store.drafts import Drafts
from atz_desktop.store.paths import Paths
from atz_desktop.store.settings import load_settings
from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.windows.main_window import MainWindow
from tests.api.servers import Server, answer, asked, serving
from tests.signed_updates import PUBLIC_KEY, signed
from tests.store.test_damage import rot
from tests.waiting import until
from tests.walks.conftest import Walk


class Run:
    """Programs one after the other on one data folder, and a publisher's server."""

    def __init__(self, folder: Path, qapp: QApplication, server: Server) -> None:
        self.paths = Paths(folder)
        self.publisher = Publisher(f"{server.url}/latest.json", PUBLIC_KEY)
        self.server = server
        self._qapp = qapp

    async def start(
        self,
        settings: Settings | None = None,
        usual: Settings | None = None,
        shown: Notice | None = None,
    ) -> Walk:
        window = MainWindow()
        window.show()
        window.messages.show_notice(shown)
        options = parse_options(["--sandbox", "--data-dir", str(self.paths.root)], {})
        theme = apply_theme(self._qapp, "light")
        self.logbook = AppLog(self.paths.logs)
        self.program = Program(
            window,
            theme,
            options,
            self.paths,
            settings or usual or Settings(),
            defaults=usual,
            publisher=self.publisher,
            log=self.logbook,
        )
        self._running = asyncio.ensure_future(self.program.run())
        await until(lambda: self.program.front.connected is not None)
        window.activateWindow()
        return Walk(window, self.program)

    @property
    def lists(self) -> WorkLists:
        connected = self.program.front.connected
        assert connected is not None
        return connected.account_session.work_lists

    async def end(self) -> None:
        self.program.quit()
        assert await self._running == 0
        self.logbook.close()
        self.program.front.window.deleteLater()


@pytest_asyncio.fixture
async def run(tmp_path: Path, qapp: QApplication) -> AsyncIterator[Run]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(answer(signed()))
        await writer.drain()

    async with serving(talk) as server:
        yield Run(tmp_path / "data", qapp, server)


def choose(walk: Walk, entry: str) -> None:
    next(each for each in walk.window.findChildren(QAction) if each.text() == entry).trigger()


def dialog(walk: Walk) -> QDialog | None:
    shown = (each for each in walk.window.findChildren(QDialog) if each.isVisible())
    return next(shown, None)


def said(walk: Walk) -> str:
    shown = dialog(walk)
    return "\n".join(label.text() for label in shown.findChildren(QLabel)) if shown else ""


def offered(walk: Walk) -> list[str]:
    """The lists in the menu of the pane."""
    menu = walk.find(QToolButton, "Lists").menu()
    menu.aboutToShow.emit()
    return [each.text().split(" (")[0] for each in menu.actions() if each.isCheckable()]


def told(walk: Walk) -> str:
    """What the messages of the window say."""
    return "\n".join(bar.notice.text for bar in walk.window.messages.bars if bar.notice)


async def test_a_newer_version_is_told_once_a_week_and_never_in_the_way(run: Run) -> None:
    walk = await run.start()
    await until(lambda: walk.notice == "Version 9.1.0 of ATZ Desktop is there")
    assert dialog(walk) is None
    walk.click("What is new…", QPushButton)
    await until(lambda: "Nothing is installed by itself" in said(walk))
    assert "Finds activities faster." in walk.find(QPlainTextEdit, "What is new").toPlainText()
    walk.click("Close", QPushButton)
    await run.end()
    settings, _ = load_settings(run.paths.settings)
    asked_so_far = run.server.connections
    walk = await run.start(settings)
    await walk.load(42)
    await run.end()
    assert run.server.connections == asked_so_far == 1


async def test_word_of_an_update_waits_while_another_message_is_shown(run: Run) -> None:
    walk = await run.start(shown=Notice(Level.WARNING, "Something that matters"))
    await until(lambda: run.program.shared.settings.current.looked_for_updates, "it was looked")
    for _ in range(20):
        await asyncio.sleep(0)
    assert walk.notice == "Something that matters"
    walk.window.messages.answers.clear()
    await until(lambda: walk.notice == "Version 9.1.0 of ATZ Desktop is there")
    await run.end()


async def test_a_program_that_runs_for_weeks_looks_again_and_again(run: Run) -> None:
    walk = await run.start(Settings(look_for_updates=False))
    program = run.program
    database = program.shared.database
    assert database is not None
    upkeep = Maintenance(lambda: walk.window, program.shared, lambda: None, interval=0.01)
    upkeep.start(partial(asyncio.sleep, 0))
    await until(lambda: program.shared.jobs.running("updates"))
    await asyncio.sleep(0)  # the first look is over: it was not wanted
    program.shared.settings.update(Settings())
    await until(lambda: run.server.connections)
    assert not list_backups(run.paths.database)
    await Drafts(database).save("account", 42, "typed later")
    await until(lambda: list_backups(run.paths.database))
    await run.end()


async def test_switched_off_for_the_computer_nothing_is_asked_and_the_menu_says_so(
    run: Run,
) -> None:
    walk = await run.start(usual=Settings(updates_allowed=False))
    choose(walk, "Look for updates…")
    await until(lambda: "switched off on this computer" in said(walk))
    await run.end()
    assert run.server.connections == 0
    assert "updates_allowed" not in run.paths.settings.read_text(encoding="utf-8")


async def test_without_an_address_the_menu_says_that_nobody_looks(run: Run) -> None:
    run.publisher = Publisher()
    walk = await run.start()
    choose(walk, "Look for updates…")
    await until(lambda: "named no address to look at" in said(walk))
    await run.end()


async def test_what_was_typed_on_a_day_can_be_brought_back_the_day_after(run: Run) -> None:
    run.publisher = Publisher()
    walk = await run.start()
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys("Typed the day before ")
    await until(lambda: run.program.front.session.state.dirty)
    await run.end()
    assert not list_backups(run.paths.database), "there was nothing to lose at the first start"
    walk = await run.start()
    await until(lambda: list_backups(run.paths.database), "the copy of the second start")
    await walk.load(42)
    run.program.front.session.model.revert_all()
    await until(lambda: not run.program.front.session.state.dirty)
    await run.program.front.session.jobs.wait("draft")

    choose(walk, "Safety copies…")
    await until(lambda: walk.shows(QPushButton, "Tick all that is missing (1)"))
    walk.click("Tick all that is missing (1)", QPushButton)
    walk.click("Bring back (1)", QPushButton)
    await until(lambda: "Brought back: 1 draft" in said(walk))
    walk.click("Close", QPushButton)
    await run.end()
    walk = await run.start()
    await walk.load(42)
    assert str(walk.edit.value("title")).startswith("Typed the day before")
    await run.end()


async def test_a_work_list_that_is_brought_back_is_in_the_menu_of_the_pane_at_once(
    run: Run,
) -> None:
    run.publisher = Publisher()
    await run.start()
    number, _ = await run.lists.create("Monday", [NewRow(42)])
    await run.lists.create("Tuesday", [NewRow(7)])
    await run.end()
    walk = await run.start()
    await until(lambda: list_backups(run.paths.database), "the copy of the second start")
    await run.lists.delete(number)
    walk.window.list_commands.work_list.emit()
    await until(lambda: walk.window.pane)
    await until(lambda: offered(walk) == ["Tuesday"])
    choose(walk, "Safety copies…")
    await until(lambda: walk.shows(QPushButton, "Tick all that is missing (1)"))
    walk.click("Tick all that is missing (1)", QPushButton)
    walk.click("Bring back (1)", QPushButton)
    await until(lambda: "Brought back: 1 work list" in said(walk))
    await until(lambda: sorted(offered(walk)) == ["Monday", "Tuesday"])
    walk.click("Close", QPushButton)
    await run.end()


async def test_damage_that_only_a_look_at_the_whole_file_finds_is_told_beside_the_form(
    run: Run,
) -> None:
    run.publisher = Publisher()
    walk = await run.start()
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys("Typed before ")
    await until(lambda: run.program.front.session.state.dirty)
    await run.end()
    rot(run.paths.database)
    walk = await run.start()
    await until(lambda: "is damaged" in told(walk), "damage is told")
    assert not list_backups(run.paths.database), "no good copy makes room for a damaged one"
    await run.end()
    walk = await run.start()
    await until(lambda: "atz-damaged-" in told(walk), "it was set aside")
    await run.end()


async def test_the_report_is_shown_copied_and_saved_and_holds_no_word_of_the_crm(run: Run) -> None:
    QGuiApplication.clipboard().clear()
    walk = await run.start()
    await walk.load(42)
    title, token = str(walk.edit.value("title")), walk.sandbox.token
    walk.program.front.session.model.set_value("location", "Room of Amara")
    choose(walk, "Report for support…")
    await until(lambda: walk.shows(QPlainTextEdit, "Report"))
    assert not QGuiApplication.clipboard().text(), "copied before it was shown"
    report = walk.find(QPlainTextEdit, "Report").toPlainText()
    walk.click("Copy", QPushButton)
    assert QGuiApplication.clipboard().text() == report
    shown = dialog(walk)
    assert shown is not None
    file = run.paths.root / "report.txt"
    shown.save_requested.emit(str(file))  # type: ignore[attr-defined]  # what the file dialog does
    await until(lambda: "The report is in" in said(walk))
    assert file.read_text(encoding="utf-8") == report
    shown.save_requested.emit(str(run.paths.root))  # type: ignore[attr-defined]
    await until(lambda: "The report was not saved" in said(walk))
    walk.click("Close", QPushButton)
    await run.end()
    for text in (title, "Room of Amara", "Amara", str(run.paths.root), token):
        assert text not in report
    for told in ("ATZ Desktop", "changed: location", "connected, production: False", "drafts:"):
        assert told in report
