"""The one window: the ID bar, messages, the form, the save bar.

It is shown before anything else is loaded. `attach` gives it the form; until then it keeps what
the user typed into "Activity ID" and asks for it as soon as there is somebody to ask.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QMainWindow,
    QMenu,
    QMenuBar,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from atz_desktop.domain.characters import single_line
from atz_desktop.session.record_state import RecordState
from atz_desktop.view.actions import COMMANDS, Command
from atz_desktop.view.flat_paint import fill
from atz_desktop.view.form.arrangement import page_inset
from atz_desktop.view.form.save_bar import SaveBar
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import INSIDE, TIGHT, colours
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.exact_text import dragged_files
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.notice_bar import NoticeBar
from atz_desktop.view.widgets.overlay import Overlay
from atz_desktop.view.widgets.paint_later import paint_later
from atz_desktop.view.windows.areas import Areas
from atz_desktop.view.windows.id_bar import IdBar, RecentActivity
from atz_desktop.view.windows.start_page import StartPage

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.session.form_model import FormModel
    from atz_desktop.session.notices import Notice
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.editors.attachment import AttachmentEditor
    from atz_desktop.view.form.page import FormPage
    from atz_desktop.view.windows.tool_bar import ToolBar

GOOD_SIZE = QSize(1720, 1080)
_TITLE_BAR = 40
"""What the system draws above a window, about: the save bar must not end up below the screen."""
LEAST_WIDTH, LEAST_HEIGHT = 680, 330
"""Common screens have that at 200 %, and the save bar fits with all that it may say."""
_LOW = 480
"""A window less high has no room for long messages."""


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
    practice_requested = Signal()
    fault_toggled = Signal(object)
    """The name of a sandbox fault to switch."""
    palette_opened = Signal(object)
    """A CommandPalette, for those who have more to offer there."""
    announced = Signal(object)
    """What screen readers were just told without being asked (str)."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("ATZ Desktop")
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self._session: RecordSession | None = None
        """None while no account is connected."""
        self._model: FormModel | None = None
        self._state = RecordState()
        self._form: FormPage | None = None
        self._tools: ToolBar | None = None
        self._closing = False
        self._pending_id: str | None = None
        self._keyboard_at_load: QWidget | None = None
        """What had the keyboard when the load began; None: it was used elsewhere since."""
        self._landing = False
        self._areas = Areas()
        self.setAcceptDrops(True)
        self._recent: tuple[RecentActivity, ...] = ()
        self._prepare_timer = QTimer(self, interval=0)
        self._prepare_timer.timeout.connect(self._prepare_form)
        self._sandbox_menu: QMenu | None = None
        self.id_bar = IdBar()
        self.notice_bar = NoticeBar()
        self.aside_bar: NoticeBar | None = None
        """For what comes by itself; made when something first does."""
        self.save_bar = SaveBar()
        self.banner = _SandboxBanner()
        self.start_page = StartPage()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.start_page)
        self._actions = {command.run: self._create_action(command) for command in COMMANDS}
        self._create_menus()
        self._build_layout()
        self.id_bar.load_requested.connect(self._request_load)
        self.start_page.load_requested.connect(self._request_load)
        self.notice_bar.action_requested.connect(self.action_requested)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)
        self._update_actions()
        self.id_bar.focus_input()

    # What the program tells the window

    def attach(self, model: FormModel) -> None:
        """Give the window its form, which is built in short steps from now on."""
        from atz_desktop.view.form.page import FormPage
        from atz_desktop.view.windows.latin_shortcuts import LatinShortcuts
        from atz_desktop.view.windows.tool_bar import ToolBar

        LatinShortcuts(self)
        self._model = model
        self._tools = ToolBar(self._actions, self._request_load, self)
        self._tools.show_recent(self._recent)
        self.id_bar.add_tools(self._tools)
        self._form = FormPage(model)
        self._form.notified.connect(self.show_notice)
        self._pages.addWidget(self._form)
        self.id_bar.stop_requested.connect(self._cancel_load)
        self.save_bar.save_requested.connect(self.save)
        self.save_bar.review_requested.connect(self.review)
        self.save_bar.revert_requested.connect(self.revert_all)
        self.save_bar.stop_requested.connect(self._stop)
        self.save_bar.problem_requested.connect(self.go_to_problem)
        self.save_bar.undo_requested.connect(model.undo_save)
        self.save_bar.mail.switched.connect(model.set_mail_off)
        self._form.settings_requested.connect(self.settings_requested)
        self._form.name_sync_requested.connect(self.name_sync_requested)
        self._form.form.edited.connect(self._on_edited)
        self._prepare_timer.start()
        if self._pending_id is not None:
            self._request_load(self._pending_id)

    def show_session(self, session: RecordSession | None) -> None:
        """Work with this session from now on; None: no account is connected any more."""
        self._session = session
        if session is None:
            self._show_state(RecordState())
            self.show_notice(None)
            return
        if self._form is not None:
            self._form.set_lookups(session.lookups)
            session.leaving.connect(self._form.commit_edits)
        session.changed.connect(self._show_state)
        session.notified.connect(self.show_notice)
        session.notice_withdrawn.connect(self.withdraw_notice)
        session.loaded.connect(self._on_loaded)
        session.opened.connect(self._on_opened)
        session.stayed.connect(self.id_bar.restore)

    def show_notice(self, notice: Notice | None) -> None:
        """Show a message over the form; None: what was answered last is over."""
        if notice is None or not notice.aside:
            brief = notice is not None and notice.brief
            self.save_bar.show_result(notice if brief else None)
            self.notice_bar.show_notice(None if brief else notice)
        if notice is None or notice.aside:
            self._show_aside(notice)

    def withdraw_notice(self, notice: Notice) -> None:
        for bar in filter(None, (self.notice_bar, self.aside_bar)):
            bar.withdraw(notice)

    def _show_aside(self, notice: Notice | None) -> None:
        if self.aside_bar is None:
            if notice is None:
                return
            self.aside_bar = NoticeBar()
            self.aside_bar.set_low(low=self.height() < _LOW)
            self.aside_bar.action_requested.connect(self.action_requested)
            self._overlay.add(self.aside_bar)
        self.aside_bar.show_notice(notice)

    def show_recent(self, recent: tuple[RecentActivity, ...]) -> None:
        """Offer what was loaded before, in the field and on the empty page."""
        self._recent = recent
        self.id_bar.show_recent(recent)
        self.start_page.show_recent(recent)
        if self._tools is not None:
            self._tools.show_recent(recent)

    def show_sandbox(self, faults: tuple[tuple[str, str], ...]) -> None:
        """Say that this is the sandbox, and offer its faults (name, label) in a menu."""
        self.banner.show()
        if self._sandbox_menu is not None:
            self._sandbox_menu.menuAction().setVisible(True)
            return
        menu = self._sandbox_menu = self.menuBar().addMenu("Sandbo&x")
        menu.addAction("Practice").triggered.connect(self.practice_requested)
        menu.addSeparator()
        for name, label in faults:
            action = menu.addAction(label)
            action.setCheckable(True)
            action.setData(name)
            action.toggled.connect(self._switch_fault)
        self.menuBar().insertMenu(self._help.menuAction(), menu)

    @property
    def sandbox_menu(self) -> QMenu:
        """The menu that `show_sandbox` made."""
        assert self._sandbox_menu is not None
        return self._sandbox_menu

    def hide_sandbox(self) -> None:
        """A real account is shown."""
        self.banner.hide()
        if self._sandbox_menu is not None:
            self._sandbox_menu.menuAction().setVisible(False)

    def add_status_line(self, line: QWidget) -> None:
        """Put what is told of the connection into the save bar."""
        self.save_bar.add_status(line)

    def add_bar(self, strip: QWidget) -> None:
        """Put a strip above the save bar, for something that goes on in the background."""
        self._column.insertWidget(self._column.indexOf(self.save_bar), strip)

    def restore_geometry_text(self, text: str) -> None:
        """Go to the place and size of the last time; without one, a good size for a form."""
        if not (text and self.restoreGeometry(QByteArray.fromBase64(text.encode()))):
            room = self.screen().availableGeometry().size() - QSize(0, _TITLE_BAR)
            self.resize(GOOD_SIZE.boundedTo(room))

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
    def form(self) -> FormPage | None:
        return self._form

    # The commands that actions.py names, beside some of the signals

    def go_to_id(self) -> None:
        self.id_bar.focus_input()

    def reload(self) -> None:
        if self._session:
            self._session.reload()

    def save(self) -> None:
        self._commit_and_save(review=False)

    def review(self) -> None:
        self._commit_and_save(review=True)

    def undo(self) -> None:
        if self._model:
            self._model.undo()

    def redo(self) -> None:
        if self._model:
            self._model.redo()

    def revert_all(self) -> None:
        if self._model:
            self._model.revert_all()

    def open_palette(self) -> None:
        from atz_desktop.view.windows import palette_items
        from atz_desktop.view.windows.command_palette import CommandPalette

        shown = self._form is not None and self._state.activity is not None
        items = [
            *(palette_items.field_items(self._form.form) if self._form and shown else ()),
            *palette_items.button_items(self),
            *palette_items.command_items(self._actions, but="open_palette"),
            *palette_items.recent_items(self._recent, self._request_load),
        ]
        extra = partial(palette_items.load_item, load=self._request_load)
        palette = CommandPalette(items, self, extra)
        self.palette_opened.emit(palette)
        palette.open()

    def show_shortcuts(self) -> None:
        from atz_desktop.view.dialogs.shortcuts_dialog import ShortcutsDialog

        dialog = ShortcutsDialog(self)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def revert_field(self) -> None:
        if self._form:
            self._form.form.revert_focused()

    def choose_file(self) -> None:
        if self._form:
            self._form.form.choose_file()

    def open_link(self) -> None:
        if self._form:
            self._form.form.open_link()

    def next_area(self) -> None:
        self._areas.step(self._all_areas(), 1)

    def previous_area(self) -> None:
        self._areas.step(self._all_areas(), -1)

    def go_to_problem(self) -> None:
        if self._form and self._state.problems:
            self._form.form.focus_field(self._state.problems[0].name)

    # Where the keyboard is

    def _all_areas(self) -> list[QWidget]:
        """What F6 goes round, in the order of the eye."""
        messages = filter(None, (self.notice_bar, self.aside_bar))
        return [self.id_bar, self._pages, *messages, self.save_bar]

    def _on_escape(self) -> bool:
        """Give up a save that waits, or else close the message with the keyboard."""
        if self._session and self._session.deferred_save.give_up():
            return True
        focused = QApplication.focusWidget()
        for bar in filter(None, (self.notice_bar, self.aside_bar)):
            if focused is not None and bar.isAncestorOf(focused):
                self._areas.enter(self._pages)
                bar.clear()
                return True
        return False

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        # A menu is opened about the field that has the keyboard.
        if new is not None and new.window() is self and not isinstance(new, QMenuBar):
            self._areas.note(self._all_areas(), new)
            self._update_revert()

    def _update_revert(self) -> None:
        can = self._form is not None and self._form.form.can_revert_focused
        self._actions["revert_field"].setEnabled(can)

    # How it is drawn

    def _commit_and_save(self, *, review: bool) -> None:
        """Take over what is half typed, and save; where it is no value, go there instead.

        Where it is being looked up what the text means, the save waits for that.
        """
        if self._session is None or self._form is None:
            return
        self._form.commit_edits()
        save = partial(self._save_what_is_taken, self._session, review=review)
        if not self._session.deferred_save.start(save):
            save()

    def _cancel_load(self) -> None:
        if self._session:
            self._session.cancel_load()

    def _stop(self) -> None:
        if self._session and not self._session.deferred_save.give_up():
            self._session.cancel_upload()

    def _save_what_is_taken(self, session: RecordSession, *, review: bool) -> None:
        session.form.mark_invalid()
        if session.state.problems:
            self.go_to_problem()
        else:
            session.save(review=review)

    def _request_load(self, text: str) -> None:
        if self._form is None:
            self._pending_id = text
        else:
            self._pending_id = None
            self.load_requested.emit(text)

    def _show_state(self, state: RecordState) -> None:
        before, self._state = self._state, state
        if state.looks_like(before):
            return
        if state.loading_id != before.loading_id:
            if state.loading_id is not None:
                self._keyboard_at_load = self.focusWidget()
            self.id_bar.show_requested(state.loading_id)
        if (state.loading_id, state.progress_text) != (before.loading_id, before.progress_text):
            loading = state.loading_id is not None
            self.id_bar.show_loading(state.progress_text if loading else None)
        self.save_bar.show_state(state)
        self._update_actions()
        if state.activity is not before.activity:
            self._show_title()
        self.setWindowModified(state.dirty)

    def _on_loaded(self, activity: Activity) -> None:
        self.id_bar.show_id(activity.id)
        if self._pages.currentWidget() is not self._form:
            self._prepare_timer.start()

    def _on_opened(self, activity: Activity) -> None:
        words = f"Loaded {single_line(activity.title) or 'an activity'}, activity {activity.id}"
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
        self.announced.emit(words)
        self._landing = True
        if self._pages.currentWidget() is self._form:
            self._show_form()

    def _on_edited(self) -> None:
        self._keyboard_at_load = None

    def _show_form(self) -> None:
        """Show the activity, and go where the work is unless somebody works elsewhere by now."""
        if self._form is None:
            return
        before = self._keyboard_at_load
        free = before is not None and before is self.focusWidget() and not self.id_bar.is_typed
        self._pages.setCurrentWidget(self._form)
        if self._landing and free:
            self._form.form.focus_last_edited()
        self._landing = False

    def _prepare_form(self) -> None:
        """Build and fill the form in short steps, then show it if there is an activity by now."""
        if self._form is None or self._form.form.prepare_next():
            return
        self._prepare_timer.stop()
        # The form was made after the bar below it, and so Tab would come to it later.
        self.save_bar.set_tab_after(self._form.form.last_tab_stop)
        if self._state.activity is not None:
            paint_later(self._form)
            self._show_form()

    def _show_title(self) -> None:
        activity = self._state.activity
        if activity is None:
            self.setWindowTitle("ATZ Desktop")
            self.id_bar.show_id(None)
            self._pages.setCurrentWidget(self.start_page)
            return
        title = single_line(activity.title[:80]) or "Activity"
        # The marks keep a title that runs right to left from turning the whole line round, also
        # where a window manager knows no isolates; and "[*]" alone is Qt's place for a star.
        title = f"\u200e{title.replace('[*]', '[*][*]')}\u200e"
        self.setWindowTitle(f"{title} – {activity.id}[*] – ATZ Desktop")

    def _update_actions(self) -> None:
        for command in COMMANDS:
            if command.when:
                self._actions[command.run].setEnabled(bool(command.when(self._state)))
        for run, words in (("undo", self._state.undo_text), ("redo", self._state.redo_text)):
            self._actions[run].setText(words)
        if self._tools is not None:
            self._tools.name_undo(self._state.undo_text)
        self._update_revert()

    def _create_action(self, command: Command) -> QAction:
        action = QAction(command.text, self)
        action.setShortcuts([QKeySequence(keys) for keys in command.shortcuts])
        action.triggered.connect(getattr(self, command.run))
        return action

    def _create_menus(self) -> None:
        menus: dict[str, QMenu] = {}
        for command in COMMANDS:
            if command.menu not in menus:
                menus[command.menu] = self.menuBar().addMenu(f"&{command.menu}")
            if command.gap_before:
                menus[command.menu].addSeparator()
            menus[command.menu].addAction(self._actions[command.run])
            menus[command.menu].aboutToShow.connect(self._update_menu_icons)
        self._help = menus["Help"]

    def _update_menu_icons(self) -> None:
        for command in COMMANDS:
            if command.icon:
                self._actions[command.run].setIcon(icon(command.icon))

    def _switch_fault(self, _on: bool) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.fault_toggled.emit((action.data(), action.isChecked()))

    @property
    def _droppable(self) -> AttachmentEditor | None:
        """The field that takes a file dropped anywhere on the window; None: nothing does."""
        shown = self._form is not None and self._pages.currentWidget() is self._form
        return self._form.form.attachment if self._form is not None and shown else None

    def _build_layout(self) -> None:
        middle = QWidget()
        vbox(middle, (self._pages, 1))
        self._overlay = Overlay(middle)
        self._overlay.add(self.notice_bar)
        self._overlay.height_changed.connect(self._show_covered)
        self.id_bar.add_badge(self.banner)
        page = QWidget()
        self._column = vbox(page, self.id_bar, (middle, 1), self.save_bar, spacing=0)
        self.setCentralWidget(page)

    def _show_covered(self, height: int) -> None:
        """Messages lie over the form: what is under them can be scrolled into sight."""
        if self._form is not None:
            self._form.form.set_covered(height)

    # Qt overrides

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or not self._on_escape():
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        field = self._droppable
        if field is not None and dragged_files(event.mimeData()):
            event.acceptProposedAction()
            field.show_drag_over(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        if self._droppable is not None:
            self._droppable.show_drag_over(over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        if self._form is not None:
            event.acceptProposedAction()
            self._form.form.attach_dropped(dragged_files(event.mimeData()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for bar in filter(None, (self.notice_bar, self.aside_bar)):
            bar.set_low(low=event.size().height() < _LOW)
        inset = page_inset(event.size().width())
        for part in (self.id_bar, self.save_bar, self._overlay):
            part.set_inset(inset)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._closing:
            event.accept()
        else:
            event.ignore()
            self.close_requested.emit()


class _SandboxBanner(QFrame):
    """Nobody shall take made-up people for real ones."""

    def __init__(self) -> None:
        super().__init__()
        label = ElidingLabel("on_sandbox")
        label.set_text("Sandbox: everything here is made up, and nothing reaches ATZ.")
        hbox(self, label, margins=(INSIDE, TIGHT, INSIDE, TIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        room = QRectF(self.rect())
        fill(QPainter(self), room, colours()["sandbox"], room.height() / 2)
