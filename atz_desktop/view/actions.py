"""The commands of the window as data: one list makes the menus, the shortcuts and the tool tips."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from atz_desktop.session.phase import SaveState

if TYPE_CHECKING:
    from atz_desktop.session.record_state import RecordState


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
