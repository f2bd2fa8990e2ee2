"""A file that is dropped anywhere on the window is the attachment, and text nowhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

from tests.waiting import until
from tests.walks.conftest import Walk

_COPY, _LEFT, _NONE = (
    Qt.DropAction.CopyAction,
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
)


def drop(target: QWidget, *files: Path) -> bool:
    """Drag files over the middle of `target` and let go; whether anybody wanted them.

    Qt hands what is dragged from one widget to the one around it until it is wanted.
    """
    dragged = QMimeData()
    dragged.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    place = QPointF(target.rect().center())
    enter = QDragEnterEvent(place.toPoint(), _COPY, dragged, _LEFT, _NONE)
    enter.ignore()
    QApplication.sendEvent(target, enter)
    if enter.isAccepted():
        QApplication.sendEvent(target, QDropEvent(place, _COPY, dragged, _LEFT, _NONE))
    return enter.isAccepted()


LINES = ("Title", "Start time", "Candidates", "Activity ID")


async def test_a_file_dropped_on_a_text_is_attached_and_no_text(walk: Walk, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("notes")
    await walk.load(42)
    lines = [walk.find(QLineEdit, name) for name in LINES]
    for target in (*lines, walk.find(QPlainTextEdit, "Description").viewport()):
        assert drop(target, file)
        await until(lambda: walk.edit.pending, "the file was looked at")
        assert set(walk.edit.pending) == {"attachment"}
        assert walk.edit.pending["attachment"].path == file
        assert not walk.program.front.model.state.unparsed  # type: ignore[union-attr]
        walk.program.front.model.revert_all()


async def test_several_files_are_refused_in_words_at_the_field(walk: Walk, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.txt", "b.txt")]
    for file in files:
        file.write_text("x")
    await walk.load(42)
    assert drop(walk.window, *files)
    said = "ATZ takes one file; these are 2. Drop the one you mean."
    labels = walk.window.findChildren(QLabel)
    await until(lambda: any(label.text() == said for label in labels), "it is said")
    assert not walk.edit.pending


async def test_nothing_takes_a_file_while_no_activity_is_shown(walk: Walk, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("notes")
    assert not drop(walk.find(QLineEdit, "Activity ID"), file)
    assert walk.find(QLineEdit, "Activity ID").text() == ""
