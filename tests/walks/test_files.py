"""What a run of the program leaves below its data folder."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from atz_desktop.app.log import AppLog
from tests.test_data_folder import FILES
from tests.walks.conftest import running_program


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
async def test_every_file_of_a_run_is_known_and_for_this_user_alone(
    tmp_path: Path, qapp: QApplication
) -> None:
    data = tmp_path / "data"
    logbook = AppLog(data / "logs")
    async for walk in running_program(data, qapp):
        await walk.load(42)
        walk.program.front.session.model.set_value("title", "Changed")
        walk.program.front.session.save()
        await walk.saved()
        files = [each for each in data.rglob("*") if each.is_file()]
        assert len(files) > 5
        for file in files:
            assert str(file.relative_to(data)) in FILES or file.parent.name == "running"
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    logbook.close()


async def test_what_was_set_aside_is_told_until_the_person_closes_it(
    tmp_path: Path, qapp: QApplication
) -> None:
    (tmp_path / "atz.sqlite3").write_bytes(b"no database of ours " * 500)
    async for walk in running_program(tmp_path, qapp):
        await walk.load(42)
        shown = walk.window.messages.answers.notice
        assert shown
        assert str(tmp_path / "atz-damaged-") in shown.text
        walk.click("Close this message")
        assert walk.notice == ""
