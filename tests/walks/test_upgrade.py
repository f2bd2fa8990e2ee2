"""What earlier versions left on the disk is opened by this one with nothing lost.

tests/upgrade/make.py says how the files were made.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QTableView

from atz_desktop.app.program import Program
from atz_desktop.cli import parse_options
from atz_desktop.store.backups import list_backups, read_backup
from atz_desktop.store.migrations import newest
from atz_desktop.store.paths import Paths
from atz_desktop.store.settings import load_settings
from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.windows.main_window import MainWindow
from tests.waiting import until
from tests.walks.conftest import Walk

LEFT = sorted((Path(__file__).resolve().parents[1] / "upgrade").glob("*.zip"))


def stored(paths: Paths) -> tuple[int, list[Any]]:
    """The version of the tables, and the saves."""
    with closing(sqlite3.connect(paths.database)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        saves = connection.execute("SELECT id, activity_id, title, sent, outcome FROM journal")
        return version, saves.fetchall()


def titles(table: QTableView) -> list[str]:
    model = table.model()
    return [str(model.index(row, 2).data()) for row in range(model.rowCount())]


def test_there_is_something_that_an_earlier_version_left() -> None:
    assert LEFT


@pytest.mark.parametrize("packed", LEFT, ids=lambda file: file.stem)
async def test_drafts_history_and_settings_of_an_earlier_version_are_kept(
    packed: Path, tmp_path: Path, qapp: QApplication
) -> None:
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path)
    paths = Paths(tmp_path)
    tables, saves = stored(paths)
    chosen = json.loads(paths.settings.read_bytes())
    settings, problem = load_settings(paths.settings)
    assert problem is None

    window = MainWindow()
    window.show()
    options = parse_options(["--sandbox", "--data-dir", str(tmp_path)], {})
    theme = apply_theme(qapp, settings.theme)  # type: ignore[arg-type]
    program = Program(window, theme, options, paths, settings)
    running = asyncio.ensure_future(program.run())
    await until(lambda: program.front.connected is not None)
    walk = Walk(window, program)
    assert walk.notice == "", "nothing was set aside or repaired"
    await walk.load(7)
    assert walk.edit.value("title") == "Typed and never saved"
    assert walk.edit.pending.keys() == {"title"}
    window.history_requested.emit()
    await until(lambda: walk.shows(QTableView, "Saves"))
    table = walk.find(QTableView, "Saves")
    await until(lambda: len(titles(table)) == 2)
    assert titles(table) == ["Second interview with Amara Nwosu"] * 2
    program.quit()
    assert await running == 0
    window.deleteLater()

    assert stored(paths) == (newest(), saves)
    kept = json.loads(paths.settings.read_bytes())
    assert {name: kept[name] for name in chosen if name != "window"} == {
        name: value for name, value in chosen.items() if name != "window"
    }
    backups = [each for each in list_backups(paths.database) if each.before_update]
    assert len(backups) == (tables < newest())
    for backup in backups:
        assert len(read_backup(backup.path).journal) == 2
