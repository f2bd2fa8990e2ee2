"""The menus of the window, and the actions of its commands."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from atz_desktop.session.record_state import RecordState
from atz_desktop.view.actions import COMMANDS, Command
from atz_desktop.view.icons import icon


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
