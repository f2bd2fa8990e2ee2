"""The commands of the window: one list makes the menus, the shortcuts and the tool tips."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from atz_desktop.session.phase import SaveState
from atz_desktop.session.record_state import RecordState
from atz_desktop.view.icons import icon


class Command(NamedTuple):
    """One thing that the user can do from the menu or by keyboard.

    `run` names a method or a signal of the window. `when` says whether the command is on; None
    means always.
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
