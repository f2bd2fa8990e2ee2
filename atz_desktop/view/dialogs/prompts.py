"""Dialogs that a coroutine can await, without a nested event loop.

A nested loop inside a coroutine would stop every other task, so a dialog is opened and its end
fills a future. Nothing heavy is imported before something is asked: this is read at the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget
from shiboken6 import isValid

from atz_desktop.domain.urls import DEFAULT_API_URL
from atz_desktop.session.lookups import Lookups
from atz_desktop.view.widgets.paint_later import paint_later

if TYPE_CHECKING:
    from atz_desktop.domain.edit import Edit
    from atz_desktop.domain.merge import FieldResolution, Merge, Restore
    from atz_desktop.session.services import BooleanFormat, ReviewResult, UnsavedChoice


async def show_dialog(dialog: QDialog) -> int:
    """Show a dialog in front of its window and wait until it is closed; QDialog's result code.

    The dialog is deleted afterwards, and also when the task that waits is cancelled. When its
    window goes away first, the answer is QDialog.Rejected.
    """
    import asyncio

    closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finish(code: object = None) -> None:
        if not closed.done():
            closed.set_result(code if isinstance(code, int) else QDialog.DialogCode.Rejected.value)

    dialog.finished.connect(finish)
    dialog.destroyed.connect(finish)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    try:
        await asyncio.sleep(0)  # it was made in this turn, and to show it takes as long again
        paint_later(dialog)
        dialog.open()
        code = await closed
        parent = dialog.parentWidget() if isValid(dialog) else None
        if parent is not None and parent.isWindow() and parent.parentWidget() is not None:
            parent.activateWindow()  # else some systems give the keys to the window below it
        return code
    finally:
        if isValid(dialog):
            dialog.deleteLater()


def save_dialog(
    parent: QWidget | None, title: str, name: str, filters: tuple[str, ...] = ()
) -> QFileDialog:
    """The dialog that asks where to write a file, not opened yet.

    Whether a file that exists may be replaced is asked by the dialog itself.
    """
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    if filters:
        dialog.setNameFilters(filters)
    dialog.setDefaultSuffix(Path(name).suffix)
    dialog.selectFile(name)
    return dialog


class DialogPrompts:
    """Asks the user at `window` what only they can decide (see session.services.Prompts).

    `api_url` stands in the curl command of a review, `flags` says how its request is written; both
    follow the account. `lookups` knows names for the slugs in what is shown; what is answered never
    holds them.
    """

    def __init__(self, window: QWidget, api_url: str = DEFAULT_API_URL) -> None:
        self.api_url = api_url
        self.flags: BooleanFormat | None = None
        self.lookups = Lookups()
        self.parent_window: QWidget | None = None
        """The window above `window` that wants something done; asked there while it is shown."""
        self._window = window
        self._open: list[QDialog] = []
        self._given_up = False

    async def unsaved_changes(self, edit: Edit, typed: Mapping[str, str]) -> UnsavedChoice:
        """Unsaved changes stand in the way."""
        from atz_desktop.view.dialogs.unsaved_changes_dialog import UnsavedChangesDialog

        dialog = UnsavedChangesDialog(self.lookups.for_display(edit), typed, self._parent)
        await self._ask(dialog)
        return dialog.answer

    async def review(self, edit: Edit, *, quiet: bool = False) -> ReviewResult | None:
        """Look through what will be sent."""
        from atz_desktop.view.dialogs.review_dialog import ReviewDialog

        numeric = self.flags is not None and self.flags.numeric
        dialog = ReviewDialog(
            edit,
            datetime.now(UTC),
            self._parent,
            self.api_url,
            numeric_flags=numeric,
            shown=self.lookups.for_display,
            quiet=quiet,
        )
        await self._ask(dialog)
        return dialog.answer

    async def resolve_conflicts(self, merge: Merge) -> Mapping[str, FieldResolution] | None:
        """A colleague changed the same fields: one choice for each."""
        from atz_desktop.view.dialogs.conflict_dialog import ConflictDialog

        dialog = ConflictDialog(self.lookups.merge_for_display(merge), self._parent)
        await self._ask(dialog)
        return dialog.answer

    async def restore(self, restore: Restore) -> Mapping[str, FieldResolution] | None:
        """Put a save back: what will happen, and one choice for each value that moved on."""
        from atz_desktop.view.dialogs.restore_dialog import RestoreDialog

        restore = replace(restore, merge=self.lookups.merge_for_display(restore.merge))
        dialog = RestoreDialog(restore, self._parent)
        await self._ask(dialog)
        return dialog.answer

    async def save_without_journal(self, why: str) -> bool:
        """The journal cannot be written: save to ATZ all the same?"""
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("No history of this save")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText("This save can't be written into the history on this computer.")
        box.setInformativeText(
            f"{why}\n\nYou can save to ATZ all the same. But should the connection break in the "
            "middle, nobody could find out by itself what became of the save, and it could not be "
            "put back from here."
        )
        agree = box.addButton("Save without history", QMessageBox.ButtonRole.AcceptRole)
        stop = box.addButton("Don't save", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stop)
        box.setEscapeButton(stop)
        agree.setAutoDefault(False)
        agreed: list[bool] = []
        agree.clicked.connect(lambda: agreed.append(True))
        await self._ask(box)
        return bool(agreed)

    def cancel_all(self) -> None:
        """Answer what is asked, and from now on all else, so that nothing is lost: a quick end.

        A save that is under way may still come to a question, and nobody is there to hear it.
        """
        self._given_up = True
        for dialog in list(self._open):
            dialog.reject()

    @property
    def _parent(self) -> QWidget:
        above = self.parent_window
        return above if above is not None and above.isVisible() else self._window

    async def _ask(self, dialog: QDialog) -> None:
        if self._given_up:
            dialog.deleteLater()
            return
        self._open.append(dialog)
        try:
            await show_dialog(dialog)
        finally:
            self._open.remove(dialog)
