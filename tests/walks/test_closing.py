"""Closing the window, in the whole program: what it asks, and what is there the next time."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from atz_desktop.view.dialogs.unsaved_changes_dialog import UnsavedChangesDialog
from atz_desktop.view.windows.main_window import MainWindow
from tests.waiting import until
from tests.walks.conftest import Walk, running_program


def asked(walk: Walk) -> UnsavedChangesDialog | None:
    found = [each for each in walk.window.findChildren(UnsavedChangesDialog) if each.isVisible()]
    return found[0] if found else None


def ended(walk: Walk) -> bool:
    return not walk.window.isVisible()


async def test_nothing_is_asked_where_nothing_would_be_lost(walk: Walk) -> None:
    await walk.load(42)
    walk.window.close()
    await until(lambda: ended(walk), "the program has ended")
    assert asked(walk) is None


async def test_the_question_lists_the_changes_and_what_is_kept_comes_back(
    tmp_path: Path, qapp: QApplication
) -> None:
    async for walk in running_program(tmp_path, qapp):
        await walk.load(42)
        walk.find(QLineEdit, "Title").setFocus()
        walk.keys("Mine: ")
        walk.window.close()
        await until(partial(asked, walk), "what to do with the changes is asked")
        dialog = asked(walk)
        assert dialog is not None
        assert "Title" in dialog.sheet.toPlainText()
        walk.click("Keep for later", QPushButton)
        await until(partial(ended, walk), "the program has ended")
    async for walk in running_program(tmp_path, qapp):
        await walk.load(42)
        assert set(walk.edit.pending) == {"title"}
        assert walk.find(QLineEdit, "Title").text().startswith("Mine: ")


async def test_no_answer_to_the_question_is_to_stay(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys("Mine: ")
    walk.window.close()
    await until(lambda: asked(walk))
    dialog = asked(walk)
    assert dialog is not None
    dialog.close()
    await until(lambda: asked(walk) is None)
    await until(lambda: not walk.program.front.jobs.running("close"))
    assert walk.window.isVisible()
    assert set(walk.edit.pending) == {"title"}


def test_the_window_remembers_its_size(qtbot: QtBot) -> None:
    first, second = MainWindow(), MainWindow()
    for window in (first, second):
        qtbot.addWidget(window, before_close_func=MainWindow.force_close)
    first.resize(700, 500)
    second.restore_geometry_text(first.geometry_text())
    assert second.size() == first.size()
    second.restore_geometry_text("no geometry of ours")
    assert second.size() != first.size()
