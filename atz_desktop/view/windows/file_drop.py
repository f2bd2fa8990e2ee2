"""Takes a file that is dropped anywhere on a window."""

from __future__ import annotations

from PySide6.QtGui import QDragEnterEvent, QDropEvent

from atz_desktop.view.form.activity_form import ActivityForm
from atz_desktop.view.widgets.file_drops import dragged_files
from atz_desktop.view.windows.pages import Pages


class FileDrop:
    """The field for a file takes what is dropped on the window, and shows that it will."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def enter(self, event: QDragEnterEvent) -> None:
        form = self._form()
        if form is not None and form.attachment and dragged_files(event.mimeData()):
            event.acceptProposedAction()
            form.attachment.show_drag_over(over=True)

    def leave(self) -> None:
        form = self._form()
        if form is not None and form.attachment:
            form.attachment.show_drag_over(over=False)

    def drop(self, event: QDropEvent) -> None:
        form = self._form()
        files = dragged_files(event.mimeData())
        if form is not None and form.attachment and files:
            event.acceptProposedAction()
            form.attach_dropped(files)

    def _form(self) -> ActivityForm | None:
        return self._pages.form if self._pages.shows_form else None
