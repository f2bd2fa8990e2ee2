"""The data folder is taken away under the running program, and the person makes it anew."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from atz_desktop.app.single_instance import ADDRESS, LOCK, InstanceLock
from tests.waiting import until
from tests.walks.conftest import Walk, running_program

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows keeps an open file in its place"
)

UNKEPT = "Unsaved changes can't be kept on this computer"
RENEWED = "The data folder is there again"


def has_said(walk: Walk, title: str) -> bool:
    return walk.notice == title


async def test_one_click_makes_the_folder_anew_and_the_typing_outlives_the_program(
    tmp_path: Path, qapp: QApplication
) -> None:
    folder = tmp_path / "data"
    async for walk in running_program(folder, qapp):
        await walk.load(42)
        shutil.rmtree(folder)
        walk.find(QLineEdit, "Title").setFocus()
        walk.keys("Mine: ")
        await until(partial(has_said, walk, UNKEPT), "that nothing is kept")
        walk.click("Make the folder anew", QPushButton)
        await until(partial(has_said, walk, RENEWED), "that it is kept again")
        assert walk.find(QLineEdit, "Title").text().startswith("Mine: ")
    async for walk in running_program(folder, qapp):
        await walk.load(42)
        assert walk.find(QLineEdit, "Title").text().startswith("Mine: ")


async def test_the_words_about_a_folder_that_is_put_back_go_away(
    tmp_path: Path, qapp: QApplication
) -> None:
    folder, away = tmp_path / "data", tmp_path / "away"
    async for walk in running_program(folder, qapp):
        await walk.load(42)
        shutil.move(folder, away)
        walk.find(QLineEdit, "Title").setFocus()
        walk.keys("Mine: ")
        await until(partial(has_said, walk, UNKEPT), "that nothing is kept")
        shutil.move(away, folder)
        await until(partial(has_said, walk, ""), "nothing any more")


async def test_what_is_typed_when_the_program_is_ended_from_outside_is_kept_in_a_new_folder(
    tmp_path: Path, qapp: QApplication
) -> None:
    folder = tmp_path / "data"
    async for walk in running_program(folder, qapp):
        await walk.load(42)
        walk.find(QLineEdit, "Title").setFocus()
        shutil.rmtree(folder)
        walk.keys("Mine: ")
    async for walk in running_program(folder, qapp):
        await walk.load(42)
        assert walk.find(QLineEdit, "Title").text().startswith("Mine: ")


async def test_a_folder_that_another_start_made_anew_is_left_to_it_until_that_has_ended(
    tmp_path: Path, qapp: QApplication
) -> None:
    folder = tmp_path / "data"
    mine = InstanceLock(folder)
    assert mine.acquire()
    async for walk in running_program(folder, qapp, instance=mine):
        await walk.load(42)
        shutil.rmtree(folder)
        other = InstanceLock(folder)
        assert other.acquire()
        walk.find(QLineEdit, "Title").setFocus()
        walk.keys("Mine: ")
        await until(partial(has_said, walk, UNKEPT), "that nothing is kept")
        walk.click("Make the folder anew", QPushButton)
        in_use = "Another ATZ Desktop works in the data folder now"
        await until(partial(has_said, walk, in_use), "whose the folder is")
        assert not (folder / "atz.sqlite3").exists()
        other.release()
        walk.click("Make the folder anew", QPushButton)
        await until(partial(has_said, walk, RENEWED), "that it is kept again")
        assert not InstanceLock(folder).acquire()
        assert (folder / ADDRESS).exists()
    assert not (folder / LOCK).exists()
