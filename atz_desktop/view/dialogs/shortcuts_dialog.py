"""Help → Keyboard shortcuts: every key that the window understands."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget

from atz_desktop.view.mnemonics import YIELDING, mnemonic
from atz_desktop.view.widgets.dialog import BaseDialog
from atz_desktop.view.widgets.row_table import RowModel, RowTable
from atz_desktop.view.windows.command_palette import field_labels, native
from atz_desktop.view.windows.commands import COMMANDS

_COLUMNS = ("What", "Keys", "Where")
_WIDTH, _HEIGHT = 720, 520
_IN_FIELDS = (
    ("Take over what is typed", "Enter", "Times, people, related record"),
    ("A quarter of an hour, or a day, later", "Up", "Times"),
    ("A quarter of an hour, or a day, earlier", "Down", "Times"),
    ("A day later", "Ctrl+Up", "Times"),
    ("A day earlier", "Ctrl+Down", "Times"),
    ("Open the calendar or the list", "F4, Alt+Down", "Times, lists"),
    ("Remove the last of a list", "Backspace, Backspace", "People"),
    ("Tick or untick", "Space", "Boxes to tick"),
    ("Close the message, give up what waits", "Esc", "Window"),
)

Shortcut = tuple[str, str, str]


def shortcuts() -> list[Shortcut]:
    """What each key does, and where: fields, commands, and keys within a field."""
    fields = [(label, native(mnemonic(label)), _where(label)) for label in field_labels()]
    commands = [
        (
            command.text.rstrip("…"),
            ", ".join(native(QKeySequence(keys)) for keys in command.shortcuts),
            "Beside a work list" if command.in_list else f"Menu {command.menu}",
        )
        for command in COMMANDS
    ]
    inside = [(what, native(QKeySequence(keys)), where) for what, keys, where in _IN_FIELDS]
    return [each for each in (*commands, *fields, *inside) if each[1]]


def _where(label: str) -> str:
    return "Field, without a work list" if label in YIELDING else "Field"


class ShortcutsDialog(BaseDialog):
    """A table to read; the palette (Ctrl+K) finds one of them by words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Keyboard shortcuts", _WIDTH, parent)
        self.add_heading("Keyboard shortcuts")
        keys = native(QKeySequence("Ctrl+K"))
        self.add_text(f"{keys} finds each of them by words, and shows its keys.")
        model: RowModel[Shortcut] = RowModel(_COLUMNS, lambda row, column: row[column], self)
        model.set_rows(shortcuts())
        self.table = _Table("Keyboard shortcuts", model)
        self.table.fit_columns(_COLUMNS, {"Keys": ("Backspace, Backspace",)})
        self.table.selectRow(0)
        self.page.addWidget(self.table, 1)
        close = QPushButton("Close")
        close.clicked.connect(self.reject)
        self.add_buttons((), (close,), close)


class _Table(RowTable):
    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), _HEIGHT)
