"""Dialogs that are awaited: nothing else stops meanwhile, and whatever closes them is an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from atz_desktop.domain.local_records import Name
from atz_desktop.domain.merge import Merge, Resolution, Restore, merge
from atz_desktop.domain.values import Person
from atz_desktop.session.services import UnsavedChoice
from atz_desktop.view.dialogs.conflict_dialog import ConflictDialog
from atz_desktop.view.dialogs.prompts import DialogPrompts, save_dialog, show_dialog
from atz_desktop.view.dialogs.restore_dialog import RestoreDialog
from atz_desktop.view.dialogs.review_dialog import ReviewDialog
from atz_desktop.view.dialogs.unsaved_changes_dialog import UnsavedChangesDialog
from atz_desktop.view.widgets.review_text import ReviewText
from tests.view.samples import edit_of, read
from tests.waiting import PATIENCE, until

D = TypeVar("D", bound=QDialog)
T = TypeVar("T")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    return window


async def _shown(window: QWidget, kind: type[D]) -> D:
    """The dialog that is on the screen before `window`."""

    def found() -> list[D]:
        return [each for each in window.findChildren(kind) if each.isVisible()]

    await until(found, kind.__name__)
    return found()[0]


def _press(dialog: QDialog, text: str) -> None:
    button = next(
        each
        for each in dialog.findChildren(QAbstractButton)
        if each.text().replace("&", "") == text
    )
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)


async def _answer(asked: Awaitable[T]) -> T:
    return await asyncio.wait_for(asked, PATIENCE)


def _gone(dialog: QDialog) -> bool:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return not isValid(dialog)


async def test_the_answer_is_the_dialogs_and_the_dialog_is_deleted(window: QWidget) -> None:
    for close, code in (("accept", 1), ("reject", 0)):
        dialog = QDialog(window)
        asked = asyncio.ensure_future(show_dialog(dialog))
        await until(dialog.isVisible)
        getattr(dialog, close)()
        assert await _answer(asked) == code
        assert _gone(dialog)


async def test_it_stands_before_its_own_window_and_nothing_else_stops(window: QWidget) -> None:
    dialog = QDialog(window)
    asked = asyncio.ensure_future(show_dialog(dialog))
    await until(dialog.isVisible)
    assert dialog.windowModality() == Qt.WindowModality.WindowModal
    for _ in range(20):
        await asyncio.sleep(0)
    assert not asked.done()
    dialog.accept()
    await _answer(asked)


async def test_a_cancelled_task_closes_its_dialog(window: QWidget) -> None:
    dialog = QDialog(window)
    asked = asyncio.ensure_future(show_dialog(dialog))
    await until(dialog.isVisible)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await _answer(asked)
    assert _gone(dialog)


async def test_a_window_that_goes_away_answers_no(window: QWidget) -> None:
    second = QWidget()
    second.show()
    dialog = QDialog(second)
    asked = asyncio.ensure_future(show_dialog(dialog))
    await until(dialog.isVisible)
    second.deleteLater()
    assert await _answer(asked) == 0
    assert not isValid(dialog)


async def test_leaving_is_asked_in_the_window(window: QWidget) -> None:
    asked = asyncio.ensure_future(DialogPrompts(window).unsaved_changes(edit_of(title="New"), {}))
    _press(await _shown(window, UnsavedChangesDialog), "Discard changes")
    assert await _answer(asked) is UnsavedChoice.DISCARD


async def test_a_review_answers_the_edit_or_nothing(window: QWidget) -> None:
    questions = DialogPrompts(window)
    asked = asyncio.ensure_future(questions.review(edit_of(title="New")))
    _press(await _shown(window, ReviewDialog), "Save 1 change")
    answer = await _answer(asked)
    assert answer is not None
    assert answer.edit == edit_of(title="New")
    asked = asyncio.ensure_future(questions.review(edit_of(title="New")))
    QTest.keyClick(await _shown(window, ReviewDialog), Qt.Key.Key_Escape)
    assert await _answer(asked) is None


async def test_conflicts_and_undo_answer_one_choice_for_each_field(window: QWidget) -> None:
    questions = DialogPrompts(window)
    merged = merge(edit_of(title="Mine"), read({"title": "Theirs"}))
    asked = asyncio.ensure_future(questions.resolve_conflicts(merged))
    dialog = await _shown(window, ConflictDialog)
    _press(dialog, "Yours")
    _press(dialog, "Save")
    assert await _answer(asked) == {"title": Resolution.MINE}
    asked = asyncio.ensure_future(questions.restore(Restore(merged, {})))
    undo = await _shown(window, RestoreDialog)
    _press(undo, "Leave what ATZ has now")
    _press(undo, "Cancel")
    assert await _answer(asked) is None


@pytest.mark.parametrize(
    ("how", "agreed"),
    [
        ("Enter", False),
        ("Esc", False),
        ("Don't save", False),
        ("Save without history", True),
    ],
)
async def test_saving_without_a_journal_takes_a_deliberate_click(
    window: QWidget, how: str, agreed: bool
) -> None:
    why = "The disk <b>D:</b> is full."
    asked = asyncio.ensure_future(DialogPrompts(window).save_without_journal(why))
    box = await _shown(window, QMessageBox)
    assert box.textFormat() == Qt.TextFormat.PlainText
    assert why in box.informativeText()
    if how in {"Enter", "Esc"}:
        QTest.keyClick(box, Qt.Key.Key_Return if how == "Enter" else Qt.Key.Key_Escape)
    else:
        _press(box, how)
    assert await _answer(asked) is agreed


async def test_giving_up_closes_what_is_asked_without_losing_anything(window: QWidget) -> None:
    questions = DialogPrompts(window)
    leaving = asyncio.ensure_future(questions.unsaved_changes(edit_of(title="New"), {}))
    saving = asyncio.ensure_future(questions.save_without_journal("Full."))
    await _shown(window, UnsavedChangesDialog)
    await _shown(window, QMessageBox)
    questions.cancel_all()
    assert await _answer(leaving) is UnsavedChoice.STAY
    assert await _answer(saving) is False


async def test_what_comes_up_after_giving_up_is_answered_without_anybody(window: QWidget) -> None:
    questions = DialogPrompts(window)
    questions.cancel_all()
    merged = merge(edit_of(title="Mine"), read({"title": "Theirs"}))
    assert await _answer(asyncio.ensure_future(questions.resolve_conflicts(merged))) is None
    assert await _answer(asyncio.ensure_future(questions.save_without_journal("Full."))) is False
    assert not window.findChildren(ConflictDialog)


async def _type_path(window: QWidget, path: Path) -> None:
    dialog = await _shown(window, QFileDialog)
    [name] = dialog.findChildren(QLineEdit)
    name.setText(str(path))
    QTest.keyClick(name, Qt.Key.Key_Return)


async def test_a_new_file_gets_the_offered_ending(window: QWidget, tmp_path: Path) -> None:
    dialog = save_dialog(window, "Write", "history.csv", ("Spreadsheet (*.csv)",))
    chosen: list[str] = []
    dialog.fileSelected.connect(chosen.append)
    asked = asyncio.ensure_future(show_dialog(dialog))
    await _type_path(window, tmp_path / "mine")
    await _answer(asked)
    assert chosen == [str(tmp_path / "mine.csv")]


NAMELESS = {"attendees": {"candidates": [{"slug": "candidate_1"}], "contacts": [], "users": []}}
"""Whom ATZ answered without a name, as it does after a PUT."""
BO = (Person("candidate_2"),)
Asked = Callable[[DialogPrompts], Awaitable[object]]


def _merged(theirs: list[dict[str, str]]) -> Merge:
    fresh = {"attendees": {"candidates": theirs, "contacts": [], "users": []}}
    return merge(edit_of(NAMELESS, candidates=BO), read(fresh))


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        (UnsavedChangesDialog, lambda q: q.unsaved_changes(edit_of(NAMELESS, candidates=BO), {})),
        (ReviewDialog, lambda q: q.review(edit_of(NAMELESS, candidates=BO))),
        (ConflictDialog, lambda q: q.resolve_conflicts(_merged([]))),
        (RestoreDialog, lambda q: q.restore(Restore(_merged([{"slug": "candidate_1"}]), {}))),
    ],
)
async def test_a_question_calls_everybody_by_name_who_is_known(
    window: QWidget, kind: type[QDialog], question: Asked
) -> None:
    questions = DialogPrompts(window)
    questions.lookups.add_and_notify(
        [
            Name("candidate", "candidate_1", "Ana Lovelace"),
            Name("candidate", "candidate_2", "Bo"),
        ]
    )
    asked = asyncio.ensure_future(question(questions))
    dialog = await _shown(window, kind)
    sheets = [sheet.accessibleDescription() for sheet in dialog.findChildren(ReviewText)]
    texts = [text.toPlainText() for text in dialog.findChildren(QTextEdit) if text.isVisible()]
    said = " ".join([*sheets, *texts])
    assert "Ana Lovelace" in said
    assert "candidate_1" not in said
    dialog.reject()
    await _answer(asked)


async def test_names_that_are_only_looked_at_are_in_no_answer(window: QWidget) -> None:
    questions = DialogPrompts(window)
    questions.lookups.add_and_notify([Name("candidate", "candidate_1", "Ana Lovelace")])
    edit = edit_of(NAMELESS, candidates=())
    asked = asyncio.ensure_future(questions.review(edit))
    _press(await _shown(window, ReviewDialog), "Save 1 change")
    reviewed = await _answer(asked)
    assert reviewed is not None
    assert reviewed.edit == edit
