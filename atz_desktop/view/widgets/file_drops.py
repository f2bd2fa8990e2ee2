"""Files that are dragged over a window: which they are, and who must not take them for text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    _Editor = QWidget
else:
    _Editor = object


def dragged_files(dragged: QMimeData) -> list[Path]:
    """The files of this computer in what is dragged, each once: a browser adds its address."""
    files = [Path(url.toLocalFile()) for url in dragged.urls() if url.toLocalFile()]
    return list(dict.fromkeys(files))


class NoFileDrops(_Editor):
    """Mixed into a text editor of Qt: a file dropped on it is the window's to take.

    By itself the editor would take the file's address for text.
    """

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dragged_files(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)
