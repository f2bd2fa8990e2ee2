"""Takes a file that is dropped anywhere on a window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from atz_desktop.view.widgets.exact_text import dragged_files
from atz_desktop.view.windows.pages import Pages


class FileDrop(QObject):
    """Watches `window`; the field for a file takes what is dropped, and shows that it will."""

    def __init__(self, window: QWidget, pages: Pages) -> None:
        super().__init__(window)
        self._pages = pages
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    # Qt overrides

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() not in _KINDS:
            return False
        form = self._pages.form if self._pages.shows_form else None
        field = form.attachment if form else None
        if form is None or field is None:
            return True
        if event.type() == QEvent.Type.DragLeave:
            field.show_drag_over(over=False)
        elif isinstance(event, QDropEvent) and dragged_files(event.mimeData()):
            event.acceptProposedAction()
            if isinstance(event, QDragEnterEvent):
                field.show_drag_over(over=True)
            else:
                form.attach_dropped(dragged_files(event.mimeData()))
        return True


_KINDS = (QEvent.Type.DragEnter, QEvent.Type.DragLeave, QEvent.Type.Drop)
