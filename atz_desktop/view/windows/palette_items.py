"""What the command palette offers, and what of it fits the words that are typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from atz_desktop.domain.characters import fold, single_line
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.session.messages import OUTCOMES
from atz_desktop.view.mnemonics import mnemonic
from atz_desktop.view.windows.commands import COMMANDS, Command
from atz_desktop.view.windows.history_table import local_time
from atz_desktop.view.windows.id_bar import RecentActivity

if TYPE_CHECKING:
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.view.form.activity_form import ActivityForm


_SHORT = 3
"""Letters."""


class PaletteItem(NamedTuple):
    """Something to go to. `detail` says more about it, `keys` is its shortcut."""

    group: str
    text: str
    run: Callable[[], object]
    detail: str = ""
    keys: str = ""

    @property
    def spoken(self) -> str:
        """All of it, for a screen reader."""
        return ", ".join(filter(None, (self.text, self.detail or self.group, self.keys)))


def field_labels() -> tuple[str, ...]:
    """The label of every control that a field is edited with, in the order of the form."""
    return tuple(label for field in ACTIVITY.fields for label in field.parts or (field.label,))


def native(keys: QKeySequence) -> str:
    """A shortcut as this system writes it."""
    return keys.toString(QKeySequence.SequenceFormat.NativeText)


def field_items(form: ActivityForm) -> list[PaletteItem]:
    return [
        PaletteItem("Field", label, partial(form.focus_label, label), keys=native(mnemonic(label)))
        for label in field_labels()
    ]


def command_items(actions: Mapping[str, QAction], but: str) -> list[PaletteItem]:
    """The commands that can be given now."""
    return [
        PaletteItem(
            "Command", command.text, actions[command.run].trigger, "", command_keys(command)
        )
        for command in COMMANDS
        if actions[command.run].isEnabled() and command.run != but
    ]


def command_keys(command: Command) -> str:
    return native(QKeySequence(command.shortcuts[0])) if command.shortcuts else ""


def button_items(window: QWidget) -> list[PaletteItem]:
    """The buttons that Tab leaves out: they come and go with what is shown."""
    buttons: list[QPushButton | QToolButton] = [
        *window.findChildren(QPushButton),
        *window.findChildren(QToolButton),
    ]
    return [
        PaletteItem("Button", name, button.click)
        for button in buttons
        if button.isVisible()
        and button.isEnabled()
        and button.focusPolicy() == Qt.FocusPolicy.ClickFocus
        and (name := button.accessibleName() or button.text())
    ]


def recent_items(
    recent: Iterable[RecentActivity], load: Callable[[str], object]
) -> list[PaletteItem]:
    """What waits here, then what was loaded before."""
    return [
        PaletteItem(
            "Kept for later" if each.unsaved else "Loaded before",
            single_line(each.title) or "(without a title)",
            partial(load, str(each.id)),
            " · ".join(filter(None, (f"Activity {each.id}", each.unsaved))),
        )
        for each in recent
    ]


def saved_item(entry: JournalEntry, run: Callable[[], object]) -> PaletteItem:
    """A save, to be shown in the History window."""
    changed = ", ".join(field.label for field in ACTIVITY.fields if field.name in entry.sent)
    what = f"{changed} · {OUTCOMES[entry.outcome].label} {local_time(entry.at)}"
    title = single_line(entry.title) or f"Activity {entry.activity_id}"
    return PaletteItem("History", title, run, what)


def load_item(words: str, load: Callable[[str], object]) -> list[PaletteItem]:
    """Loading the activity with that number, if it is one."""
    number = words.strip().removeprefix("#")
    if not (number.isascii() and number.isdigit()):
        return []
    return [PaletteItem("Activity", f"Load activity {number}", partial(load, number))]


def matching(items: Sequence[PaletteItem], words: str) -> list[PaletteItem]:
    """Those that have every word, the nearest first; without a word all, as they stand."""
    wanted = fold(words).split()
    ranked = [(rank, item) for item in items if (rank := _rank(item, wanted)) is not None]
    return [item for _rank, item in sorted(ranked, key=lambda each: each[0])]


def _rank(item: PaletteItem, wanted: list[str]) -> int | None:
    """How far the words are from the beginning of the text; None where one is missing."""
    text = fold(item.text)
    group = fold(item.group)
    said = f"{text} {fold(item.detail)}"
    # Of the group whole words count: "lo" means a location, and nothing that was loaded before.
    if not all(word in said or (len(word) > _SHORT and word in group) for word in wanted):
        return None
    everything = f"{said} {group}"
    if not wanted or text.startswith(wanted[0]):
        return 0
    starts = everything.split()
    if all(any(start.startswith(word) for start in starts) for word in wanted):
        return 1 if all(word in text for word in wanted) else 2
    return 3
