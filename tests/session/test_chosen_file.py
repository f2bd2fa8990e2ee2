from __future__ import annotations

import threading
from os import stat_result
from pathlib import Path

import pytest

from atz_desktop.domain.values import LocalFile
from atz_desktop.session.opening import FileState, check_file


@pytest.fixture
def chosen(tmp_path: Path) -> LocalFile:
    path = tmp_path / "cv.pdf"
    path.write_bytes(b"%PDF")
    return LocalFile.from_stat(path, path.stat())


async def test_the_very_file_is_known_again(chosen: LocalFile) -> None:
    assert await check_file(chosen) is FileState.SAME


async def test_another_in_its_place_is_seen(chosen: LocalFile) -> None:
    chosen.path.unlink()
    chosen.path.write_bytes(b"%PDF-1.7")
    assert await check_file(chosen) is FileState.CHANGED


async def test_a_file_that_is_gone_or_has_an_impossible_name_is_missed(chosen: LocalFile) -> None:
    chosen.path.unlink()
    assert await check_file(chosen) is FileState.GONE
    assert await check_file(LocalFile(Path("nul\0byte"), 4)) is FileState.GONE


async def test_of_a_file_from_an_earlier_version_only_what_was_known_is_compared(
    chosen: LocalFile,
) -> None:
    assert await check_file(LocalFile(chosen.path, 4)) is FileState.SAME
    assert await check_file(LocalFile(chosen.path, 4, chosen.modified_ns)) is FileState.SAME
    assert await check_file(LocalFile(chosen.path, 4, 1)) is FileState.CHANGED


class SilentDrive(type(Path())):  # type: ignore[misc]  # the class of this system's paths
    """A file on a drive that answers when it is told to."""

    answers = threading.Event()
    asked_on: threading.Thread | None = None

    def stat(self, *, follow_symlinks: bool = True) -> stat_result:
        SilentDrive.asked_on = threading.current_thread()
        self.answers.wait()
        raise OSError


async def test_a_drive_that_does_not_answer_holds_neither_the_window_nor_the_load() -> None:
    file = LocalFile(SilentDrive("cv.pdf"), 4)
    assert await check_file(file, patience=0.05) is FileState.SILENT
    asked_on = SilentDrive.asked_on
    assert asked_on is not threading.main_thread()
    SilentDrive.answers.set()
    assert asked_on is not None
    asked_on.join()
