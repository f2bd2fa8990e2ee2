"""All that a screen reader finds in the window: every control has a name, and none holds markup."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QToolButton, QWidget

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.session.notices import Level, Notice, NoticeAction
from atz_desktop.view.dialogs.shortcuts_dialog import ShortcutsDialog
from atz_desktop.view.windows.command_palette import CommandPalette
from atz_desktop.view.worklist.dialogs import AgainDialog
from tests.waiting import until
from tests.walks.conftest import Walk
from tests.walks.test_bulk_edit import (
    asked,
    change_all,
    click,
    find,
    preview,
    run,
    tick,
    type_into,
)

ROLES = {
    QAccessible.Role.Button,
    QAccessible.Role.ButtonDropDown,
    QAccessible.Role.CheckBox,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.Link,
    QAccessible.Role.List,
    QAccessible.Role.MenuItem,
    QAccessible.Role.ProgressBar,
    QAccessible.Role.RadioButton,
    QAccessible.Role.Table,
}
"""What somebody can do something with."""
MARKUP = re.compile(r"<\s*/?\s*[a-z]|&(amp|lt|gt|quot|nbsp);", re.IGNORECASE)
NAMES = {
    *("Activity ID", "Load", "Title", "Type", "Importance", "Mark as done", "Start", "Start time"),
    *("End", "End time", "Related to", "Related record", "Collaborators", "Candidates"),
    *("Contacts", "Users", "Do not send calendar invite", "Meeting link", "Location"),
    *("Description", "Attachment", "Choose file…", "Put everything back", "Save"),
    *("More ways to save", "Put back Location", "Open Meeting link", "Close this message"),
}


class Node(NamedTuple):
    """What a screen reader is told, read at once: a wrapper that outlives its widget is taken by
    PySide for whatever comes to lie there.
    """

    role: QAccessible.Role
    name: str
    words: tuple[str, ...]
    inside: str


def _read(node: QAccessibleInterface, inside: str) -> Iterator[Node]:
    if node.state().invisible:
        return
    kinds = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Help)
    words = tuple(node.text(kind) for kind in kinds)
    yield Node(node.role(), words[0], words, inside)
    for index in range(node.childCount()):
        child = node.child(index)
        if child is not None and child.isValid():
            yield from _read(child, words[0] or inside)


def shows(walk: Walk, number: int) -> bool:
    state = walk.program.front.state
    return state.activity is not None and state.activity.id == number and state.loading_id is None


def _shown(top: QWidget) -> list[Node]:
    root = QAccessible.queryAccessibleInterface(top)
    assert root is not None
    return list(_read(root, ""))


def _faults(nodes: list[Node]) -> list[Node]:
    """Controls without a name, and words with markup in them."""
    return [
        node
        for node in nodes
        if (node.role in ROLES and not node.name) or any(map(MARKUP.search, node.words))
    ]


async def test_every_control_has_a_name_and_no_word_is_markup(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Location").setFocus()
    walk.keys("x")
    notice = Notice(Level.WARNING, "Look", "Something happened", NoticeAction.HISTORY)
    walk.window.messages.show_notice(notice)
    nodes = _shown(walk.window)
    assert _faults(nodes) == []
    names = {node.name for node in nodes}
    assert names >= NAMES, NAMES - names


async def test_what_stands_beside_the_form_has_names_too(walk: Walk) -> None:
    """The work list with rows in several states, and the tasks of the sandbox."""
    connected = walk.program.front.connected
    assert connected is not None
    connected.work_list.sources.add_text("42\n4\n5\n99999\ncall me")
    await until(lambda: shows(walk, 42), "the first row is loaded")
    walk.window.list_commands.skip.emit()
    await until(lambda: shows(walk, 4), "the second row is loaded")
    menu = walk.window.menus.sandbox
    next(each for each in menu.actions() if each.text() == "Practice").trigger()
    await until(lambda: shows(walk, 201), "the first task is shown")
    pane = walk.window.pane
    assert pane is not None
    nodes = _shown(walk.window)
    assert _faults(nodes) == []
    beside = {"Save and next", "Filter the work list", "Add to work list", "Start over"}
    names = {node.name for node in nodes}
    assert names >= NAMES - {"Put back Location", "Close this message"} | beside, names
    for button in pane.findChildren(QToolButton):
        entries = button.menu()
        if entries is not None:
            assert all(each.text() or each.isSeparator() for each in entries.actions())


async def test_what_changes_many_has_names_too(walk: Walk) -> None:
    """Rules that are filled in, the preview, the run, and what is asked before its undo."""
    dialog = await change_all(walk, (42, 10, 3, 99999))
    for field in ACTIVITY.fields:
        tick(dialog, field.label)
    find(dialog, QAbstractButton, "Add a condition").click()
    assert _faults(_shown(dialog)) == []
    for field in ACTIVITY.fields:
        tick(dialog, field.label)
    find(dialog, QAbstractButton, "Remove this condition").click()
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    await preview(dialog)
    nodes = _shown(dialog)
    assert _faults(nodes) == []
    assert {"Back", "Rehearse", "Run"} <= {node.name for node in nodes}
    window = await run(dialog)
    await until(find(window, QAbstractButton, "Undo this run").isEnabled, "the run has ended")
    nodes = _shown(window)
    assert _faults(nodes) == []
    assert {"Export report", "Retry these", "Undo this run"} <= {node.name for node in nodes}
    click(window, "Undo this run")
    question = await asked(AgainDialog)
    assert _faults(_shown(question)) == []
    question.reject()


async def test_no_activity_brings_markup_but_the_one_that_it_holds_as_its_text(
    walk: Walk,
) -> None:
    """Long texts are cut and said whole in a tip, which Qt takes for a description."""
    await walk.load(42)
    walk.window.resize(walk.window.minimumSize())
    form, account = walk.program.front.session.model, walk.sandbox.account
    for number in sorted(account.ids())[:: 1 if os.environ.get("CI") else 7]:
        body = account.get(number)
        form.load(Edit(Activity.from_response(body, "UTC")))
        await asyncio.sleep(0.01)  # it is laid out
        own = MARKUP.search(json.dumps(body)) is not None
        nodes = _shown(walk.window)
        added = [node for node in nodes if any("<p style" in words for words in node.words)]
        assert added == [], f"activity {number}"
        assert own or _faults(nodes) == [], f"activity {number}"


async def test_the_first_page_and_the_palette_have_names_too(walk: Walk) -> None:
    assert _faults(_shown(walk.window)) == []
    walk.window.open_palette()
    palette = walk.window.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette)
    nodes = _shown(palette)
    assert _faults(nodes) == []
    assert {"Go to anything", "What can be gone to"} <= {node.name for node in nodes}
    palette.reject()


async def test_the_list_of_shortcuts_has_names_too(walk: Walk) -> None:
    walk.window.show_shortcuts()
    dialog = walk.window.findChild(ShortcutsDialog)
    assert isinstance(dialog, ShortcutsDialog)
    assert _faults(_shown(dialog)) == []
    dialog.reject()
