"""The attachment."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from atz_desktop.domain.values import Attachment, LocalFile
from atz_desktop.view.editors.attachment import AttachmentEditor
from atz_desktop.view.editors.base import FormRequest, OpenLink
from tests.view.editor_bench import ODD, Bench, retype

AGENDA = Attachment("agenda.pdf", "https://example.com/agenda.pdf")


def editor(bench: Bench) -> AttachmentEditor:
    assert isinstance(bench.editor, AttachmentEditor)
    return bench.editor


def words(bench: Bench) -> list[str]:
    shown = [label.text() for label in bench.editor.findChildren(QLabel) if label.isVisible()]
    return [*shown, bench.editor.remark[0]]


def open_button(bench: Bench) -> QPushButton:
    return next(b for b in bench.editor.findChildren(QPushButton) if b.text() == "Open")


def drop(bench: Bench, *urls: QUrl) -> bool:
    """Drag addresses over the field and let go; whether the field wanted them."""
    dragged = QMimeData()
    dragged.setUrls(list(urls))
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), copy, dragged, left, none)
    enter.ignore()
    QApplication.sendEvent(bench.editor, enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(9, 9), copy, dragged, left, none)
        QApplication.sendEvent(bench.editor, event)
    return enter.isAccepted()


def test_the_attachment_is_shown_by_its_name(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "attachment", AGENDA)
    assert "agenda.pdf" in words(bench)
    asked: list[Any] = []
    bench.editor.requested.connect(asked.append)
    QTest.mouseClick(open_button(bench), Qt.MouseButton.LeftButton)
    assert asked == [OpenLink("https://example.com/agenda.pdf")]


@pytest.mark.parametrize(
    "link", ["http://example.com/a", "file:///etc/passwd", "javascript:x", "https://", "", None]
)
def test_only_https_is_ever_opened(qtbot: QtBot, link: str | None) -> None:
    assert not open_button(Bench(qtbot, "attachment", Attachment("a", link))).isEnabled()


def test_no_attachment_is_said(qtbot: QtBot) -> None:
    assert "No attachment" in words(Bench(qtbot, "attachment", None))


def test_a_file_is_asked_for_and_taken_with_size_and_date(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"x" * 2_345)
    bench = Bench(qtbot, "attachment", AGENDA)
    with qtbot.waitSignal(bench.editor.requested, check_params_cb=FormRequest.CHOOSE_FILE.__eq__):
        QTest.mouseClick(bench.part("Choose file…"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(bench.editor.edited):
        editor(bench).attach_file(path)
    assert bench.edits == [LocalFile.from_stat(path, path.stat())]
    assert "report.pdf (2.3 kB)" in words(bench)


def test_one_file_can_be_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "späte Fassung.txt"
    path.write_text("hello", encoding="utf-8")
    bench = Bench(qtbot, "attachment", None)
    with qtbot.waitSignal(bench.editor.edited):
        assert drop(bench, QUrl.fromLocalFile(str(path)))
    assert bench.value.path == path


WEB = QUrl("https://example.com/a.pdf")


@pytest.mark.parametrize("before", [True, False])
def test_a_file_that_is_dropped_with_its_web_address_is_taken(
    qtbot: QtBot, tmp_path: Path, before: bool
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x")
    file = QUrl.fromLocalFile(str(path))
    bench = Bench(qtbot, "attachment", None)
    with qtbot.waitSignal(bench.editor.edited):
        assert drop(bench, *((WEB, file, file) if before else (file, WEB)))
    assert bench.value.path == path


@pytest.mark.parametrize("count", [2, 3])
def test_who_drops_several_files_hears_that_one_is_taken(
    qtbot: QtBot, tmp_path: Path, count: int
) -> None:
    bench = Bench(qtbot, "attachment", AGENDA)
    files = [QUrl.fromLocalFile(str(tmp_path / f"{number}.pdf")) for number in range(count)]
    assert drop(bench, WEB, *files)
    assert any("ATZ takes one file" in each for each in words(bench))
    assert bench.edits == []
    (tmp_path / "0.pdf").write_bytes(b"x")
    with qtbot.waitSignal(bench.editor.edited):
        drop(bench, files[0])
    assert not any("ATZ takes one file" in each for each in words(bench))


def test_a_web_address_or_what_is_locked_is_not_taken_by_dropping(
    qtbot: QtBot, tmp_path: Path
) -> None:
    bench = Bench(qtbot, "attachment", None)
    here = QUrl.fromLocalFile(str(tmp_path))
    assert not drop(bench, WEB)
    assert not drop(bench, QUrl("file://"))
    bench.editor.set_locked("not now")
    assert not drop(bench, here)


def test_a_folder_without_a_name_is_called_by_its_place(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(qtbot, "attachment", AGENDA)
    root = tmp_path.anchor
    assert drop(bench, QUrl.fromLocalFile(root))
    qtbot.waitUntil(lambda: f"“{root}” is no file. Choose a single file." in words(bench))


@pytest.mark.parametrize("name", ["gone.pdf", "."])
def test_what_cannot_be_attached_is_said_and_changes_nothing(
    qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    bench = Bench(qtbot, "attachment", AGENDA)
    editor(bench).attach_file(tmp_path / name)
    qtbot.waitUntil(lambda: any("can't be read" in w or "is no file" in w for w in words(bench)))
    assert bench.edits == []
    assert "agenda.pdf" in words(bench)


class SlowFile(type(Path())):  # type: ignore[misc]
    """A file on a drive that answers only when it is allowed to."""

    answer: threading.Event

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        self.answer.wait(20)
        return os.stat(self, follow_symlinks=follow_symlinks)  # noqa: PTH116 - what it stands for


def slow_file(path: Path) -> SlowFile:
    path.write_bytes(b"x")
    file = SlowFile(path)
    file.answer = threading.Event()
    return file


def test_a_slow_drive_does_not_hold_the_window_up(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(qtbot, "attachment", AGENDA)
    slow = slow_file(tmp_path / "slow.pdf")
    editor(bench).attach_file(slow)
    assert "Reading slow.pdf…" in words(bench)
    with qtbot.waitSignal(bench.editor.edited):
        slow.answer.set()
    assert bench.value.name == "slow.pdf"


def test_a_newer_choice_replaces_the_one_that_is_still_being_read(
    qtbot: QtBot, tmp_path: Path
) -> None:
    other = tmp_path / "quick.pdf"
    other.write_bytes(b"y")
    bench = Bench(qtbot, "attachment", None)
    slow = slow_file(tmp_path / "slow.pdf")
    editor(bench).attach_file(slow)
    with qtbot.waitSignal(bench.editor.edited):
        editor(bench).attach_file(other)
    slow.answer.set()
    for thread in threading.enumerate():
        if thread.name == "file peek":
            thread.join()
    QApplication.processEvents()
    assert [file.name for file in bench.edits] == ["quick.pdf"]


def test_an_address_takes_the_files_place(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "attachment", AGENDA)
    retype(bench.part("Attachment"), "https://example.com/b")
    assert bench.value == Attachment(None, "https://example.com/b")
    retype(bench.part("Attachment"), "")
    assert bench.value == AGENDA


def test_the_address_that_atz_holds_is_no_change(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "attachment", AGENDA)
    retype(bench.part("Attachment"), "https://example.com/agenda.pdf")
    assert bench.value == AGENDA


def test_a_chosen_file_empties_the_address(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x", encoding="utf-8")
    bench = Bench(qtbot, "attachment", AGENDA)
    line = bench.part("Attachment")
    retype(line, "https://example.com/b")
    with qtbot.waitSignal(bench.editor.edited):
        editor(bench).attach_file(path)
    assert getattr(line, "text", str)() == ""


def test_what_cannot_be_read_is_shown_as_it_came(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "attachment", ODD)
    assert any(ODD.text in text for text in words(bench))


@pytest.mark.parametrize("text", [" {} ", "<{}>", "“{}”", "\u2066{}\u2069", "\u00a0{}\ufe0d"])
def test_what_stands_around_a_pasted_address_is_no_part_of_it(qtbot: QtBot, text: str) -> None:
    bench = Bench(qtbot, "attachment", None)
    line = bench.part("Attachment")
    assert isinstance(line, QLineEdit)
    line.insert(text.format("https://example.com/b"))
    assert bench.value == Attachment(None, "https://example.com/b")
