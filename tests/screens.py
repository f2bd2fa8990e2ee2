"""`./dev screens`: a picture of each state of the program, light and dark, into a folder.

They are for eyes: look at them after a change of anything that is drawn.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QWidget

from atz_desktop.api.updates import Release
from atz_desktop.app.connected import ConnectedWindow
from atz_desktop.app.crash import crash_report
from atz_desktop.app.program import Program
from atz_desktop.cli import parse_options
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.settings import Account
from atz_desktop.domain.values import Option, Person
from atz_desktop.launch import start
from atz_desktop.sandbox.faults import Fault
from atz_desktop.selftest import settle
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.phase import Phase
from atz_desktop.session.update_check import UpdateResult, UpdateState
from atz_desktop.store.backups import back_up
from atz_desktop.view.editors.date_time_edit import DateTimeEdit
from atz_desktop.view.widgets.chip_fold import SHOWN
from atz_desktop.view.widgets.chip_input import ChipInput
from atz_desktop.view.widgets.chip_popup import ChipPopup
from atz_desktop.view.windows.command_palette import CommandPalette
from atz_desktop.view.windows.main_window import GOOD_SIZE
from atz_desktop.view.worklist.pane_head import MenuButton
from tests.screens_many import many

PATIENCE = 180.0
"""Seconds until a state counts as one that never comes; a run takes long on a busy machine."""
_SIZES = {
    "30-small": (900, 600),
    "31-laptop": (1366, 705),
    "32-laptop-200": (683, 345),
    "33-large": (2560, 1340),
}
"""The inside of windows on common screens, in device-independent pixels."""


class Camera:
    """Drives one program through its states and takes the pictures."""

    def __init__(self, program: Program, folder: Path, look: str) -> None:
        self.program = program
        self.folder = folder
        self.look = look

    async def shoot(self, name: str, widget: QWidget | None = None) -> None:
        shown = widget or self.program.front.window
        await settle(shown)
        file = self.folder / f"{name}-{self.look}.png"
        if not shown.grab().save(str(file)):
            raise SystemExit(f"{file} could not be written")
        sys.stdout.write(f"{file}\n")

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():  # noqa: ASYNC110 - a whole program has no one event to wait for
                await asyncio.sleep(0.01)

    async def load(self, activity_id: int) -> None:
        session = self.program.front.session
        session.model.revert_all()
        session.open(activity_id)
        await self.until(
            lambda: (
                session.state.phase is Phase.READY
                and session.activity is not None
                and session.activity.id == activity_id
            )
        )
        await self.program.front.session.jobs.wait("open")

    async def dialog(self) -> QDialog:
        def shown() -> list[QDialog]:
            tops = QApplication.topLevelWidgets()
            return [top for top in tops if isinstance(top, QDialog) and top.isVisible()]

        await self.until(shown)
        return shown()[-1]

    async def answer(self, name: str) -> None:
        dialog = await self.dialog()
        await self.shoot(name, dialog)
        dialog.reject()
        await self.until(lambda: not self.program.front.session.jobs.running("save"))

    async def save(self) -> None:
        self.program.front.session.save()
        await self.program.front.session.jobs.wait("save")


async def _tour(camera: Camera) -> None:
    program = camera.program
    sandbox = program.shared.sandbox.server
    assert sandbox is not None
    sandbox.pace.limit = None
    program.front.window.resize(GOOD_SIZE)
    await camera.shoot("01-empty")
    await camera.load(42)
    await camera.shoot("02-loaded")
    await _changed(camera)
    await _saved(camera)
    await _faults(camera)
    for number, activity_id in enumerate(_odd(program), 1):
        await camera.load(activity_id)
        await camera.shoot(f"2{number}-odd-{activity_id}")
    await _sizes(camera)
    program.front.window.settings_requested.emit()
    await camera.answer("40-settings")
    program.front.window.about_requested.emit()
    await camera.answer("45-about")
    await _practice(camera)
    await _times(camera)
    await _people(camera)
    await _upkeep(camera)
    program.front.window.history_requested.emit()
    await asyncio.sleep(0.3)
    dialog = await camera.dialog()
    await camera.shoot("41-history", dialog)
    dialog.close()
    await _find(camera)
    await _work_list(camera)
    await _ways(camera)
    await _accounts(camera)
    await _troubles(camera)
    await many(camera)


async def _practice(camera: Camera) -> None:
    front = camera.program.front
    assert front.connected is not None
    practice = front.connected.practice
    assert practice is not None
    practice.show()
    await camera.until(lambda: front.session.activity and front.session.activity.id == 201)
    await camera.until(lambda: front.session.state.phase is Phase.READY)
    await camera.shoot("59-practice")
    practice.close()


async def _people(camera: Camera) -> None:
    """Who is added, removed or to be chosen; a name of nobody; a long list and all of it."""
    front = camera.program.front
    services = front.session.services
    twins = [
        Name("candidate", "candidate_1a", "Sam Lee", "sam@mail.example"),
        Name("candidate", "candidate_2b", "Sam Lee", None, "Second interview", "2026-04-20"),
    ]
    await services.names.learn(services.account, twins)
    await camera.load(42)
    page = front.window.page
    assert page is not None
    chips = page.form.row("candidates").editor.findChildren(ChipInput)[0]
    page.form.focus_field("candidates")
    chips.chip_button_clicked(0)
    line = chips.focusProxy()
    assert isinstance(line, QLineEdit)
    line.insert("candidate_3c, Sam Lee,")
    await asyncio.sleep(0.3)
    await camera.shoot("61-people-choose")
    line.insert("Nobody Known,")
    await asyncio.sleep(0.3)
    await camera.shoot("62-people-unknown")
    chips.clear_text()
    record = page.form.row("record").editor.findChildren(ChipInput)[0].focusProxy()
    assert isinstance(record, QLineEdit)
    page.form.row("record").editor.controls[1].setFocus()
    record.insert("Sam Lee")
    await asyncio.sleep(0.3)
    await camera.shoot("63-record-suggested")
    record.clear()
    front.session.model.revert_all()
    await camera.load(_odd(camera.program)[-1])
    crowd = max(page.findChildren(ChipInput), key=lambda field: len(field.chips()))
    crowd.setFocus()
    crowd.chip_button_clicked(3)
    await camera.shoot("64-crowd")
    crowd.chip_clicked(SHOWN, Qt.KeyboardModifier.NoModifier)
    popup = page.findChildren(ChipPopup)[-1]
    await camera.shoot("65-crowd-all", popup)
    popup.close()
    front.session.model.revert_all()


async def _times(camera: Camera) -> None:
    program = camera.program
    await camera.load(42)
    window, activity = program.front.window, program.front.session.activity
    assert activity is not None
    program.front.jobs.start(
        "compare", program.shared.zones.ask(activity, "", window, lambda: None)
    )
    dialog = await camera.dialog()
    dialog.findChildren(QLineEdit)[0].setText("9:30")
    await camera.answer("57-zone-question")
    end = window.findChildren(DateTimeEdit)[1]
    window.activateWindow()
    end.time_line.setFocus()
    await camera.until(end.time_line.hasFocus)
    end.open_times()
    await camera.shoot("58-times-of-the-end")
    end.time_line.clearFocus()


async def _upkeep(camera: Camera) -> None:
    program = camera.program
    await camera.load(42)
    program.front.session.model.set_value("location", "Room 9")
    await asyncio.sleep(0.6)
    await asyncio.to_thread(back_up, program.shared.paths.database)
    program.front.session.model.revert_all()
    await asyncio.sleep(0.6)
    program.front.window.backups_requested.emit()
    await asyncio.sleep(0.3)
    await camera.answer("51-copies")
    program.front.window.support_report_requested.emit()
    await camera.answer("52-support-report")
    program.front.window.updates_requested.emit()
    await camera.answer("53-no-updates")
    notes = "Finds activities faster.\n\nMends a fault at month ends."
    release = Release("9.1.0", "2026-11-20", notes, "https://atz-desktop.example.com")
    found = UpdateResult(UpdateState.NEWER, release)
    program.maintenance._found = found
    program.maintenance.show_update()
    await camera.answer("54-update")
    await program.maintenance._notify(release.version)
    await camera.shoot("55-update-told")
    program.front.window.messages.answers.clear()
    bar = program.front.window.menuBar()
    for menu in bar.findChildren(QMenu):
        if menu.title() in {"&Help", "&Activity"}:
            menu.popup(bar.mapToGlobal(bar.rect().bottomLeft()))
            await camera.shoot(f"56-menu-{menu.title().strip('&').lower()}", menu)
            menu.close()


async def _ways(camera: Camera) -> None:
    """The palette, the list of shortcuts, and the first page with what was kept for later."""
    program = camera.program
    window = program.front.window
    await camera.load(42)
    window.open_palette()
    palette = window.findChildren(CommandPalette)[-1]
    await camera.shoot("57-palette", palette)
    palette.line.setText("lo")
    await asyncio.sleep(0.3)
    await camera.shoot("58-palette-words", palette)
    palette.reject()
    window.show_shortcuts()
    await camera.answer("59-shortcuts")
    program.front.session.model.set_value("location", "Room 9")
    program.front.session.model.set_value("importance", Option("high", "High"))
    await program.front.session.keep_draft()
    first = program.front
    program.open_window_like(first)
    await camera.until(lambda: program.front is not first and program.front.connected)
    await asyncio.sleep(0.5)
    await camera.shoot("60-kept", program.front.window)
    program.close_window(program.front)
    first.session.model.revert_all()


async def _work_list(camera: Camera) -> None:
    """Rows in every state, on all sizes; the columns of a table; an empty list; its menus."""
    window, front = camera.program.front.window, camera.program.front
    work_list = _connected(camera.program).work_list
    sandbox = camera.program.shared.sandbox.server
    assert sandbox is not None
    front.session.model.revert_all()
    work_list.toggle()
    await camera.until(lambda: window.pane)
    await camera.shoot("66-list-empty")
    work_list.sources.add_text("\n".join(map(str, (42, 999999, *range(3, 30), 42))) + "\ncall me")
    await camera.until(lambda: window.pane and window.pane.rows.total > 20)
    await camera.until(lambda: front.session.activity and front.session.activity.id == 42)
    await front.session.jobs.wait("open")
    commands = window.list_commands
    commands.skip.emit()
    await camera.until(lambda: not front.session.jobs.running("open"))
    await camera.load(3)
    commands.park.emit()
    await camera.until(lambda: front.session.activity and front.session.activity.id == 4)
    await front.session.jobs.wait("open")
    front.session.model.set_value("location", "Room 9")
    commands.saving_and_next.emit()
    await camera.until(lambda: front.session.activity and front.session.activity.id == 5)
    await front.session.jobs.wait("open")
    front.session.model.set_value("location", "Room 9")
    commands.next_activity.emit()
    await camera.until(lambda: front.session.activity and front.session.activity.id == 6)
    await asyncio.sleep(0.8)
    await camera.shoot("67-list")
    window.messages.show_notice(None)
    window.messages.answers.clear()
    for name, (width, height) in _SIZES.items():
        window.resize(width, height)
        await camera.shoot(f"68-list-{name.split('-', 1)[1]}")
    window.resize(GOOD_SIZE)
    table = "Activity ID\tLocation\tImportance\tWhy\n42\tRoom 1\thigh\tmoved\n7\tRoom 2\t\tmoved"
    work_list.sources.add_text(table)
    await camera.answer("69-list-columns")
    assert window.pane is not None
    for button in window.pane.findChildren(MenuButton):
        menu = button.menu()
        assert isinstance(menu, QMenu)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
        name = button.accessibleName().lower().replace(" ", "-")
        await camera.shoot(f"70-list-menu-{name}", menu)
        menu.close()
    work_list.toggle()
    await camera.until(lambda: window.pane is None)


async def _find(camera: Camera) -> None:
    naming = _connected(camera.program).names
    for name, words in (("49-find", "interview"), ("50-find-nothing", "no such words")):
        naming.find(words)
        panel = await camera.dialog()
        await asyncio.sleep(1.0)
        await camera.shoot(name, panel)
    panel.close()


def _connected(program: Program) -> ConnectedWindow:
    assert program.front.connected is not None
    return program.front.connected


def _odd(program: Program) -> list[int]:
    """Activities with long, empty, foreign or HTML-like texts."""
    assert program.shared.sandbox.server is not None
    wanted: list[int] = []
    tests: tuple[Callable[[str], bool], ...] = (
        lambda title: "<" in title,
        lambda title: any("\u0590" < c < "\u06ff" for c in title),
        lambda title: any(ord(c) > 0x1F300 for c in title),
        lambda title: not title,
        lambda title: len(title) > 90,
    )
    account = program.shared.sandbox.server.account
    bodies = {number: account.get(number) for number in account.ids()}
    for test in tests:
        found = (n for n, body in bodies.items() if test(str(body.get("title") or "")))
        wanted.append(next(found, 42))
    crowd = max(bodies, key=lambda n: len(str(bodies[n].get("attendees"))))
    return [*wanted, crowd]


async def _changed(camera: Camera) -> None:
    session = camera.program.front.session
    edit = session.edit
    assert edit is not None
    span = edit.value("when")
    session.model.set_value("title", "Second interview with Amara Nwosu, moved to the afternoon")
    session.model.set_value("importance", Option("high", "High"))
    session.model.set_value("when", span.with_start(span.start + timedelta(hours=4)))
    session.model.set_value("candidates", edit.value("candidates")[:1])
    await camera.shoot("03-changed")
    session.model.set_value("link", "meet me there")
    session.model.set_unparsed("contacts", "Ana")
    camera.program.front.window.menus.actions["go_to_problem"].trigger()
    await camera.shoot("04-problem")
    session.model.set_unparsed("contacts", "")
    session.model.revert("link")
    session.save(review=True)
    await camera.answer("05-review")
    session.open(7)
    await camera.answer("06-leave")
    await camera.program.front.session.jobs.wait("open")


async def _saved(camera: Camera) -> None:
    session, sandbox = camera.program.front.session, camera.program.shared.sandbox.server
    assert sandbox is not None
    await camera.save()
    await camera.shoot("07-saved")
    session.model.set_value("title", "My title")
    sandbox.account.edit_as_colleague(42, title="A colleague's title")
    session.save()
    await camera.answer("08-conflict")
    await camera.program.front.session.jobs.wait("save")
    session.reload()
    await camera.program.front.session.jobs.wait("open")
    await camera.shoot("09-conflict-open")
    await camera.load(7)
    sandbox.faults.on(Fault("ignored", "PUT", fields=("location",), times=1))
    session.model.set_value("location", "Room 9")
    await camera.save()
    await camera.shoot("10-ignored")


async def _faults(camera: Camera) -> None:
    session, sandbox = camera.program.front.session, camera.program.shared.sandbox.server
    assert sandbox is not None
    await camera.load(42)
    body = b'{"message": "The given data was invalid.", "errors": {"title": ["Reserved word."]}}'
    sandbox.faults.on(Fault("400", "PUT", body=body, times=1))
    session.model.set_value("title", "A reserved word")
    users = session.edit.value("users") if session.edit else ()
    session.model.set_value("users", (*users, Person("7")))
    await camera.save()
    await camera.shoot("11-refused")
    slow = Fault("slow", seconds=1.0, times=1)
    sandbox.faults.on(slow)
    session.reload()
    await asyncio.sleep(0.3)
    await camera.shoot("12-loading")
    await camera.program.front.session.jobs.wait("open")
    session.model.revert_all()
    # For this path alone: a read in the background must not take it.
    sandbox.faults.on(Fault("401", "GET", "/v1/activity/3", times=1))
    session.open(3)
    await camera.answer("13-new-token")
    await camera.program.front.session.jobs.wait("open")
    await camera.shoot("14-not-signed-in")


async def _accounts(camera: Camera) -> None:
    program, entering = camera.program, camera.program.front.accounts
    entering.add()
    await camera.answer("42-welcome")
    await program.front.jobs.wait("connect")
    agency = Account("https://api.atzcrm.com Agency", "Agency", colour="green")
    trial = Account("https://api.atzcrm.com Trial", "Trial", colour="orange", production=False)
    settings = program.shared.settings
    settings.current = settings.current.with_account(trial).with_account(agency)
    entering.manage()
    await camera.answer("43-accounts")
    program.front.window.id_bar.account.show_account(agency.key, agency.name, agency.colour, True)
    await camera.shoot("44-production")


async def _troubles(camera: Camera) -> None:
    program, sandbox = camera.program, camera.program.shared.sandbox.server
    assert sandbox is not None
    sandbox.faults.on(Fault("429", times=1, retry_after=20))
    program.front.session.reload()
    await asyncio.sleep(0.7)
    await camera.shoot("46-countdown")
    wait = program.front.accounts.connection.status.pending_delay
    assert wait is not None
    wait.stop()
    await program.front.session.jobs.wait("open")
    away = Fault("refused")
    sandbox.faults.on(away)
    program.front.session.reload()
    await program.front.session.jobs.wait("open")
    await camera.shoot("47-away")
    sandbox.faults.off(away)
    try:
        raise LookupError("Amara Nwosu")
    except LookupError as error:
        program.front.help.show_crash(crash_report(error, ("21:03 loading", "21:04 saving")))
    await camera.answer("48-crash")


async def _sizes(camera: Camera) -> None:
    window, form = camera.program.front.window, camera.program.front.model
    await camera.load(2)
    window.load_requested.emit("999999")
    await camera.until(lambda: window.messages.answers.notice)
    for name, (width, height) in _SIZES.items():
        window.resize(width, height)
        window.id_bar.show_problem("Type the number of an activity, such as 42.")
        await camera.shoot(f"{name}-no-id")
        window.id_bar.show_problem("")
        await camera.shoot(f"{name}-message")
        window.messages.show_notice(None)
        await camera.shoot(name)
        form.set_value("location", "Room 9")
        form.set_value("importance", Option("critical", "Critical"))
        form.set_value("link", "meet me there")
        await camera.shoot(f"{name}-problem")
        form.revert("link")
        await camera.shoot(f"{name}-mail")
        form.revert_all()
        window.messages.show_notice(Notice(Level.PROBLEM, "Not saved", "ATZ said no. " * 20))
    window.messages.show_notice(None)
    window.resize(GOOD_SIZE)
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    window.resize(GOOD_SIZE.width() - 1, GOOD_SIZE.height())  # it is laid out as it begins
    form.set_value("title", "A change")
    await camera.shoot("39-right-to-left")
    form.revert_all()
    QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/screens")
    look = os.environ.get("ATZ_SCREENS_LOOK")
    if look is None:
        return _both(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "settings.json").write_text(f'{{"theme": "{look}"}}', encoding="utf-8")
        options = parse_options(["--sandbox", "--data-dir", home], {})
        suffix = look + (f"-{scale}" if (scale := os.environ.get("QT_SCALE_FACTOR")) else "")

        async def script(program: Program) -> None:
            await _tour(Camera(program, folder, suffix))

        return start(options, script)


def _screen(folder: Path, width: int, height: int) -> Path:
    """A file that tells Qt's offscreen platform of one screen of that size."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"screen-{width}.json"
    dots = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    screen = {"name": "screen", "x": 0, "y": 0, "width": width, "height": height, **dots}
    file.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    return file


def _both(folder: Path) -> int:
    """Each look, and the light one at 200 %, in a process of its own."""
    import subprocess

    if sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for look, scale in (("light", ""), ("dark", ""), ("light", "2")):
        environment = {**os.environ, "ATZ_SCREENS_LOOK": look}
        if scale:
            environment["QT_SCALE_FACTOR"] = scale
        if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
            # Dialogs fit the screen: a large one, and at 200 % that of a common laptop.
            size = (1366, 768) if scale else (2560, 1440)
            environment["QT_QPA_PLATFORM"] = f"offscreen:configfile={_screen(folder, *size)}"
        command = [sys.executable, "-m", "tests.screens", str(folder)]
        done = subprocess.run(command, env=environment, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
