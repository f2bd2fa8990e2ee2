"""A window of the program: the ID bar, messages, the form, the save bar.

It is shown before anything else is loaded. `attach` gives it the form; until then it keeps what
the user typed into "Activity ID" and asks for it as soon as there is somebody to ask.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QMenuBar, QWidget

from atz_desktop.domain.characters import single_line
from atz_desktop.session.record_state import RecordState
from atz_desktop.view.form.save_bar import SaveBar
from atz_desktop.view.mnemonics import yield_letters
from atz_desktop.view.widgets.labels import announce
from atz_desktop.view.widgets.paint_later import paint_later
from atz_desktop.view.widgets.window_geometry import resize_to_screen
from atz_desktop.view.windows.account_button import SandboxBanner
from atz_desktop.view.windows.body import Areas, WindowBody
from atz_desktop.view.windows.commands import FormCommands, ListCommands, Menus
from atz_desktop.view.windows.id_bar import IdBar, RecentEntry
from atz_desktop.view.windows.pages import Pages

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.session.form_model import FormModel
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.form.page import FormPage
    from atz_desktop.view.windows.tool_bar import ToolBar
    from atz_desktop.view.worklist.pane import WorkListPane

GOOD_SIZE = QSize(1720, 1080)
"""What the system draws above a window, about: the save bar must not end up below the screen."""
LEAST_WIDTH, LEAST_HEIGHT = 680, 330
"""Common screens have that at 200 %, and the save bar fits with all that it may say."""


class MainWindow(QMainWindow):
    """Shows the state of the session and tells it what the user did; never decides anything."""

    load_requested = Signal(object)
    """Text of the field "Activity ID"."""
    close_requested = Signal()
    """The user wants to close the window; whoever hears it asks first and then calls `force_close`.
    """
    quit_requested = Signal()
    new_window_requested = Signal()
    activated = Signal()
    """The window is the one that the user works in now."""
    action_requested = Signal(object)
    """A NoticeAction that a message offered."""
    history_requested = Signal()
    settings_requested = Signal()
    about_requested = Signal()
    backups_requested = Signal()
    updates_requested = Signal()
    support_report_requested = Signal()
    search_requested = Signal()
    same_record_requested = Signal()
    """The user wants to see the other activities of the record."""
    name_sync_requested = Signal()
    palette_opened = Signal(object)
    """A CommandPalette, for those who have more to offer there."""
    announced = Signal(object)
    """What screen readers were just told without being asked (str)."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("ATZ Desktop")
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self._state = RecordState()
        self._tools: ToolBar | None = None
        self._closing = False
        self._pending_id: str | None = None
        self._recent: tuple[RecentEntry, ...] = ()
        self._commands = FormCommands()
        self.id_bar = IdBar()
        self.save_bar = SaveBar()
        self.banner = SandboxBanner()
        self.id_bar.add_badge(self.banner)
        self.pages = Pages(self.id_bar)
        self.body = WindowBody(self.id_bar, self.pages, self.save_bar)
        self.messages = self.body.messages
        self.setCentralWidget(self.body)
        self._areas = Areas(self.body.areas)
        self.list_commands = ListCommands(self._commands)
        commands = (self, self._areas, self._commands, self.list_commands)
        self.menus = Menus(self.menuBar(), *commands)
        self.id_bar.load_requested.connect(self._request_load)
        self.pages.start_page.load_requested.connect(self._request_load)
        self.pages.prepared.connect(self._order_tab_stops)
        self.messages.action_requested.connect(self.action_requested)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)
        self._update_actions()
        self.id_bar.focus_input()

    # What the program tells the window

    def attach(self, model: FormModel) -> None:
        """Give the window its form, which is built in short steps from now on."""
        from atz_desktop.view.windows.latin_shortcuts import LatinShortcuts
        from atz_desktop.view.windows.tool_bar import ToolBar

        paint_later(self)
        LatinShortcuts(self)
        self.setAcceptDrops(True)
        self._tools = ToolBar(self.menus.actions, self._request_load, self)
        self._tools.name_undo(self._state.undo_text)
        self._tools.show_recent(self._recent)
        self.id_bar.add_tools(self._tools)
        page = self.pages.attach(model)
        page.notified.connect(self.messages.show_notice)
        page.settings_requested.connect(self.settings_requested)
        page.name_sync_requested.connect(self.name_sync_requested)
        commands = self._commands
        commands.attach(model, page.form)
        self.id_bar.stop_requested.connect(commands.cancel_load)
        self.save_bar.save_requested.connect(commands.save)
        self.save_bar.review_requested.connect(commands.review)
        self.save_bar.next_requested.connect(self.list_commands.save_and_next)
        self.save_bar.revert_requested.connect(commands.revert_all)
        self.save_bar.stop_requested.connect(commands.stop)
        self.save_bar.problem_requested.connect(commands.go_to_problem)
        self.save_bar.undo_requested.connect(model.undo_save)
        self.save_bar.mail.switched.connect(model.set_mail_off)
        if self._pending_id is not None:
            self._request_load(self._pending_id)

    def show_session(self, session: RecordSession | None) -> None:
        """Work with this session from now on; None: no account is connected any more."""
        self._commands.session = session
        if session is None:
            self._show_state(RecordState())
            self.messages.show_notice(None)
            return
        if self.page is not None:
            self.page.set_lookups(session.lookups)
            session.leaving.connect(self.page.form.commit)
        session.changed.connect(self._show_state)
        session.notified.connect(self.messages.show_notice)
        session.notice_withdrawn.connect(self.messages.withdraw_notice)
        session.opened.connect(self._on_opened)
        session.stayed.connect(self.id_bar.restore)

    def show_recent(self, recent: tuple[RecentEntry, ...]) -> None:
        """Offer what was loaded before, in the field and on the empty page."""
        if recent and recent == self._recent:
            return
        self._recent = recent
        self.id_bar.show_recent(recent)
        self.pages.start_page.show_recent(recent)
        if self._tools is not None:
            self._tools.show_recent(recent)

    def show_sandbox(self, faults: tuple[tuple[str, str], ...]) -> None:
        """Say that this is the sandbox, and offer its faults (name, label) in a menu."""
        self.banner.show()
        self.menus.show_sandbox(faults)

    def hide_sandbox(self) -> None:
        """A real account is shown."""
        self.banner.hide()
        self.menus.hide_sandbox()

    def show_pane(self, pane: WorkListPane | None) -> None:
        """Have the work list beside the page, or (None) no more. It is not deleted here."""
        if self.isVisible():
            paint_later(self)
        self.body.show_pane(pane)
        self.menus.show_list(shown=pane is not None)
        self.save_bar.show_list(shown=pane is not None)
        self._yield_letters()
        self.body.fit(self.size())

    def restore_geometry_text(self, text: str) -> None:
        """Go to the place and size of the last time; without one, a good size for a form."""
        if not (text and self.restoreGeometry(QByteArray.fromBase64(text.encode()))):
            resize_to_screen(self, GOOD_SIZE)

    def geometry_text(self) -> str:
        """Place and size, to be given to `restore_geometry_text` the next time."""
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    def come_forward(self) -> None:
        """Be the window in front, as far as the system allows it."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def force_close(self) -> None:
        """Close for good: everything was asked and kept."""
        self._closing = True
        self.close()

    @property
    def pane(self) -> WorkListPane | None:
        """The work list, while it is shown."""
        return self.body.pane

    @property
    def page(self) -> FormPage | None:
        return self.pages.page

    # The commands that commands.py names, beside some of the signals and FormCommands

    def go_to_id(self) -> None:
        self.id_bar.focus_input()

    def open_palette(self) -> None:
        from atz_desktop.view.windows import command_palette

        if any(each.isVisible() for each in self.findChildren(command_palette.CommandPalette)):
            return
        form = self.pages.form if self._state.activity is not None else None
        items = [
            *(command_palette.field_items(form) if form else ()),
            *command_palette.button_items(self),
            *command_palette.command_items(self.menus.actions, but="open_palette"),
            *command_palette.recent_items(self._recent, self._request_load),
        ]
        extra = partial(command_palette.load_item, load=self._request_load)
        palette = command_palette.CommandPalette(items, self, extra)
        self.palette_opened.emit(palette)
        palette.show()

    def show_shortcuts(self) -> None:
        from atz_desktop.view.dialogs.shortcuts_dialog import ShortcutsDialog

        dialog = ShortcutsDialog(self)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # Where the keyboard is

    def _on_escape(self) -> bool:
        """Give up a load or a save, or else close the message with the keyboard."""
        if self._state.loading_id is not None:
            self._commands.cancel_load()
            return True
        if self.save_bar.can_stop:
            self._commands.stop()
            return True
        focused = QApplication.focusWidget()
        for bar in self.messages.bars:
            if focused is not None and bar.isAncestorOf(focused):
                self._areas.enter(self.pages)
                bar.clear()
                return True
        return False

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        # A menu is opened about the field that has the keyboard.
        if new is None or new.window() is not self or isinstance(new, QMenuBar):
            return
        if old is not None and self._is_gone(old):  # Qt goes to what happens to stand next
            self._areas.go_back(old)
            return
        self._areas.note(new)
        self._update_revert()

    def _is_gone(self, control: QWidget) -> bool:
        """Whether it is a control around the page that was hidden, or is off now."""
        around = self.isAncestorOf(control) and not self.pages.isAncestorOf(control)
        return around and not (control.isVisibleTo(self) and control.isEnabled())

    def _order_tab_stops(self) -> None:
        # The form was made after the bar below it, and so Tab would come to it later.
        if self.pages.form is not None:
            self.save_bar.set_tab_after(self.pages.form.last_tab_stop)
            self._yield_letters()

    # How it is drawn

    def _request_load(self, text: str) -> None:
        if self.page is None:
            self._pending_id = text
        else:
            self._pending_id = None
            self.load_requested.emit(text)

    def _show_state(self, state: RecordState) -> None:
        before, self._state = self._state, state
        if state.loading_id != before.loading_id:
            if state.loading_id is not None:
                self.pages.begin_load()
            self.id_bar.show_requested(state.loading_id)
        if _load_step(state) != _load_step(before):
            self.id_bar.show_loading(_load_step(state))
        self.save_bar.show_state(state)
        self._update_actions()
        if self._tools is not None and state.undo_text != before.undo_text:
            self._tools.name_undo(state.undo_text)
        if state.activity is not before.activity:
            self._show_activity(before.activity)
        if state.dirty != before.dirty:
            self.setWindowModified(state.dirty)

    def _on_opened(self, activity: Activity) -> None:
        words = f"Loaded {single_line(activity.title) or 'an activity'}, activity {activity.id}"
        announce(self, words)
        self.announced.emit(words)
        self.pages.show_opened()

    def _show_activity(self, before: Activity | None) -> None:
        """Another activity is shown than `before`, or the same one as it was read again."""
        activity = self._state.activity
        self._show_title(activity)
        number = activity.id if activity is not None else None
        if number != (before.id if before is not None else None):
            self.id_bar.show_id(number)
            self.pages.show_start() if number is None else self.pages.show_read()

    def _show_title(self, activity: Activity | None) -> None:
        if activity is None:
            self.setWindowTitle("ATZ Desktop")
            return
        title = single_line(activity.title[:80]) or "Activity"
        # The marks keep a title that runs right to left from turning the whole line round, also
        # where a window manager knows no isolates; and "[*]" alone is Qt's place for a star.
        title = f"\u200e{title.replace('[*]', '[*][*]')}\u200e"
        self.setWindowTitle(f"{title} – {activity.id}[*] – ATZ Desktop")

    def _update_actions(self) -> None:
        self.menus.show_state(self._state)
        self._update_revert()

    def _update_revert(self) -> None:
        self.menus.actions["revert_field"].setEnabled(self._commands.can_revert_field)

    def _yield_letters(self) -> None:
        """Beside a work list some letters are those of its commands, and no field has them."""
        if self.page is not None:
            yield_letters(self.page, yielded=self.pane is not None)

    # Qt overrides

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.activated.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.pages.show_drag(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.pages.hide_drag()

    def dropEvent(self, event: QDropEvent) -> None:
        self.pages.attach_dropped(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or not self._on_escape():
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.isVisible():
            paint_later(self)  # to lay everything out takes a third of a frame
        super().resizeEvent(event)
        self.body.fit(event.size())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._closing:
            event.accept()
        else:
            event.ignore()
            self.close_requested.emit()


def _load_step(state: RecordState) -> str | None:
    """What a load is about now; None while nothing is loaded."""
    return state.progress_text if state.loading_id is not None else None
