"""The commands of the window: one list makes the menus, the shortcuts and the tool tips; and what
they do.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from atz_desktop.session.phase import SaveState
from atz_desktop.session.record_state import RecordState
from atz_desktop.view.icons import icon

if TYPE_CHECKING:
    from atz_desktop.session.form_model import FormModel
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.form.activity_form import ActivityForm


class Command(NamedTuple):
    """One thing that the user can do from the menu or by keyboard.

    `run` names a method or a signal of the first of the targets that has it (`Menus`). `when` says
    whether the command is on; None means always.
    """

    menu: str
    text: str
    run: str
    shortcuts: tuple[str, ...] = ()
    when: Callable[[RecordState], object] | None = None
    icon: str = ""
    gap_before: bool = False
    tool: str = ""
    """What it is called in the tool bar; "" if it is not there."""
    in_list: bool = False
    """It is on only while a work list is shown."""


def _save_is_on(state: RecordState) -> bool:
    return state.save_state is not SaveState.OFF


def _is_shown(state: RecordState) -> bool:
    return state.activity is not None


def _alt(key: str) -> str:
    """Alt and the key; macOS types letters and moves the cursor with Alt (Option) alone."""
    return f"Ctrl+Alt+{key}" if sys.platform == "darwin" else f"Alt+{key}"


def _is_ready(state: RecordState) -> bool:
    return state.activity is None or state.can_reload


COMMANDS: tuple[Command, ...] = (
    Command("Activity", "Go to Activity ID", "go_to_id", ("Ctrl+L",)),
    Command("Activity", "Go to anything…", "open_palette", ("Ctrl+K",)),
    Command("Activity", "Find…", "search_requested", ("Ctrl+F",), None, "search", tool="Find"),
    Command(
        "Activity",
        "Other activities of this record",
        "same_record_requested",
        ("Ctrl+Shift+F",),
        lambda s: s.related_record,
    ),
    Command(
        "Activity", "Load again", "reload", ("F5", "Ctrl+R"), lambda s: s.can_reload, "refresh"
    ),
    Command("Activity", "Save", "save", ("Ctrl+S",), _save_is_on, "save", gap_before=True),
    Command("Activity", "Review and save…", "review", ("Ctrl+Shift+S",), _save_is_on, "check"),
    Command(
        "Activity",
        "History…",
        "history_requested",
        ("Ctrl+H",),
        None,
        "history",
        gap_before=True,
        tool="History",
    ),
    Command("Activity", "Safety copies…", "backups_requested"),
    Command("Activity", "Fetch names", "name_sync_requested"),
    Command("Activity", "Settings…", "settings_requested", ("Ctrl+,",), None, "settings"),
    Command("Activity", "New window", "new_window_requested", ("Ctrl+N",), gap_before=True),
    Command("Activity", "Close window", "close", ("Ctrl+W",)),
    Command("Activity", "Quit", "quit_requested", ("Ctrl+Q",)),
    Command("Edit", "Undo", "undo", ("Ctrl+Z",), lambda s: s.can_undo, "undo", tool="Undo"),
    Command("Edit", "Redo", "redo", ("Ctrl+Shift+Z", "Ctrl+Y"), lambda s: s.can_redo, "redo"),
    Command("Edit", "Put this field back", "revert_field", ("Ctrl+Backspace",), lambda s: s.dirty),
    Command("Edit", "Put everything back", "revert_all", (), lambda s: s.dirty, "revert-all"),
    Command(
        "Edit", "Go to the first problem", "go_to_problem", ("F8",), lambda s: s.problems, "problem"
    ),
    Command("Edit", "Choose a file…", "choose_file", ("Ctrl+O",), _is_shown, "attach", True),
    Command("Edit", "Open the link", "open_link", ("Ctrl+Shift+O",), _is_shown, "link-open"),
    Command("Edit", "Next area", "next_area", ("F6",), gap_before=True),
    Command("Edit", "Previous area", "previous_area", ("Shift+F6",)),
    Command("Work list", "Work list", "work_list", ("Ctrl+Shift+L",), None, "list"),
    Command("Work list", "Add from a file…", "add_file"),
    Command("Work list", "Add this activity", "add_shown", (), _is_shown),
    Command(
        "Work list",
        "Add all activities of this record",
        "add_record",
        (),
        lambda s: s.related_record,
    ),
    Command(
        "Work list",
        "Save and next",
        "save_and_next",
        ("Ctrl+Return", "Ctrl+Enter"),
        _is_ready,
        gap_before=True,
        in_list=True,
    ),
    Command("Work list", "Next activity", "next_activity", (_alt("Down"),), in_list=True),
    Command("Work list", "Previous activity", "previous_activity", (_alt("Up"),), in_list=True),
    Command("Work list", "Skip", "skip", (_alt("S"),), _is_shown, in_list=True),
    Command("Work list", "Park", "park", (_alt("P"),), _is_shown, in_list=True),
    Command(
        "Work list",
        "Change all…",
        "change_all",
        ("Ctrl+Shift+E",),
        None,
        "pencil",
        gap_before=True,
        in_list=True,
    ),
    Command("Work list", "Runs…", "show_runs"),
    Command("Help", "Keyboard shortcuts", "show_shortcuts", ("Ctrl+/", "F1")),
    Command("Help", "Look for updates…", "updates_requested"),
    Command("Help", "Report for support…", "support_report_requested"),
    Command("Help", "About ATZ Desktop", "about_requested", gap_before=True),
)


class Menus(QObject):
    """Fills `bar`; each of COMMANDS runs what one of the `targets` calls by its name."""

    practice_requested = Signal()
    fault_toggled = Signal(object)
    """The name of a sandbox fault, and whether it is on now (a pair)."""

    def __init__(self, bar: QMenuBar, *targets: object) -> None:
        super().__init__(bar)
        self._bar = bar
        self._menus: dict[str, QMenu] = {}
        self._sandbox: QMenu | None = None
        self._state = RecordState()
        self._has_list = False
        self.actions = {command.run: self._create_action(command, targets) for command in COMMANDS}
        for command in COMMANDS:
            self._add(command)

    def show_state(self, state: RecordState) -> None:
        """Offer what can be done now."""
        self._state = state
        for command in COMMANDS:
            if command.when or command.in_list:
                on = self._has_list or not command.in_list
                on = on and (command.when is None or bool(command.when(state)))
                self.actions[command.run].setEnabled(on)
        for run, words in (("undo", state.undo_text), ("redo", state.redo_text)):
            self.actions[run].setText(words)

    def show_list(self, *, shown: bool) -> None:
        """A work list is beside the form now, or none is."""
        self._has_list = shown
        self.show_state(self._state)

    def show_sandbox(self, faults: tuple[tuple[str, str], ...]) -> None:
        """Offer the practice and the faults (name, label) of the sandbox in a menu."""
        if self._sandbox is not None:
            self._sandbox.menuAction().setVisible(True)
            return
        menu = self._sandbox = self._bar.addMenu("Sandbo&x")
        menu.addAction("Practice").triggered.connect(self.practice_requested)
        menu.addSeparator()
        for name, label in faults:
            action = menu.addAction(label)
            action.setCheckable(True)
            action.setData(name)
            action.toggled.connect(self._switch_fault)
        self._bar.insertMenu(self._menus["Help"].menuAction(), menu)

    def hide_sandbox(self) -> None:
        if self._sandbox is not None:
            self._sandbox.menuAction().setVisible(False)

    @property
    def sandbox(self) -> QMenu:
        """The menu that `show_sandbox` made."""
        assert self._sandbox is not None
        return self._sandbox

    def _create_action(self, command: Command, targets: tuple[object, ...]) -> QAction:
        action = QAction(command.text, self)
        action.setShortcuts([QKeySequence(keys) for keys in command.shortcuts])
        target = next(each for each in targets if hasattr(each, command.run))
        action.triggered.connect(getattr(target, command.run))
        return action

    def _add(self, command: Command) -> None:
        if command.menu not in self._menus:
            self._menus[command.menu] = self._bar.addMenu(f"&{command.menu}")
            self._menus[command.menu].aboutToShow.connect(self._update_icons)
        menu = self._menus[command.menu]
        if command.gap_before:
            menu.addSeparator()
        menu.addAction(self.actions[command.run])

    def _update_icons(self) -> None:
        for command in COMMANDS:
            if command.icon:
                self.actions[command.run].setIcon(icon(command.icon))

    def _switch_fault(self, _on: bool) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.fault_toggled.emit((action.data(), action.isChecked()))


class FormCommands:
    """Those of the activity. Each does nothing while there is nobody to do it: no account, or no
    form yet.
    """

    def __init__(self) -> None:
        self.session: RecordSession | None = None
        """None while no account is connected."""
        self._model: FormModel | None = None
        self._form: ActivityForm | None = None

    def attach(self, model: FormModel, form: ActivityForm) -> None:
        self._model, self._form = model, form

    def reload(self) -> None:
        if self.session:
            self.session.reload()

    def cancel_load(self) -> None:
        if self.session:
            self.session.cancel_load()

    def save(self) -> None:
        self.commit_then(lambda session: session.save())

    def review(self) -> None:
        self.commit_then(lambda session: session.save(review=True))

    def stop(self) -> None:
        """Give up a save that waits or has not left yet, or the file that is being sent."""
        if self.session and not self.session.deferred_save.give_up():
            self.session.stop_save()

    def undo(self) -> None:
        if self._model:
            self._model.undo()

    def redo(self) -> None:
        if self._model:
            self._model.redo()

    def revert_all(self) -> None:
        if self._model:
            self._model.revert_all()

    @property
    def can_revert_field(self) -> bool:
        """Whether the field with the keyboard has another value than ATZ, and no half-typed text.

        Such text is no step of undo: it would be gone.
        """
        row = self._form.focused_row if self._form else None
        state = self._model.state if self._model else None
        if row is None or state is None:
            return False
        return row.field.name in state.edit.pending and row.field.name not in state.unparsed

    def revert_field(self) -> None:
        row = self._form.focused_row if self._form else None
        if self._model and row is not None and self.can_revert_field:
            self._model.revert(row.field.name)

    def choose_file(self) -> None:
        if self._form:
            self._form.choose_file()

    def open_link(self) -> None:
        """Open the address of the field with the keyboard, else the first that can be opened."""
        rows = (self._form.focused_row, *self._form.rows) if self._form else ()
        buttons = (row.editor.open_button for row in rows if row)
        usable = (b for b in buttons if b and b.isEnabled() and not b.isHidden())
        if button := next(usable, None):
            button.click()

    def go_to_problem(self) -> None:
        problems = self._model.state.problems if self._model and self._model.state else ()
        if self._form and problems:
            self._form.focus_field(problems[0].name)

    def commit_then(self, save: Callable[[RecordSession], None]) -> None:
        """Take over what is half typed, and save; where it is no value, go there instead.

        Where it is being looked up what the text means, the save waits for that.
        """
        if self.session is None or self._form is None:
            return
        self._form.commit()
        form = self.session.model.state
        go_on = partial(self._save_what_is_taken, self.session, save)
        if not (form and form.unparsed and self.session.deferred_save.start(go_on)):
            go_on()

    def _save_what_is_taken(
        self, session: RecordSession, save: Callable[[RecordSession], None]
    ) -> None:
        session.model.mark_invalid()
        if session.state.problems:
            self.go_to_problem()
        else:
            save(session)


class ListCommands(QObject):
    """Those of the work list, told to whoever has one."""

    work_list = Signal()
    """Show the pane, or close it."""
    add_file = Signal()
    add_shown = Signal()
    add_record = Signal()
    next_activity = Signal()
    previous_activity = Signal()
    skip = Signal()
    park = Signal()
    change_all = Signal()
    """The same change on the rows of the list, or on those that are marked."""
    show_runs = Signal()
    saving_and_next = Signal()
    """What was half typed is taken over: save it, and open the next activity."""

    def __init__(self, form: FormCommands) -> None:
        super().__init__()
        self._form = form

    def save_and_next(self) -> None:
        """Take over what is half typed first; where it is no value, go there instead."""
        self._form.commit_then(lambda _session: self.saving_and_next.emit())
