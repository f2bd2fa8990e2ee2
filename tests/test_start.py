"""What a start with an activity's ID does before its form is filled, and what it leaves for later:
the real program, in a process of its own, on a real server.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QIcon, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from atz_desktop.launch import create_application
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from tests.faults.running import environment

PATIENCE = 60.0
LATER = "atz_desktop.view.windows.search_window"
"""The last module that is imported for what nobody has asked for yet."""
MANY = "atz_desktop.domain.bulk_rules"
"""What is for many activities at once cannot do without it."""
TYPED = "atz_desktop.view.widgets.suggestion_list"
"""What is wanted when something is typed."""
WATCHED = ("httpx", "pydantic", LATER, MANY, TYPED)
START = f"""
import sys, time
class Watch:
    def find_spec(name, path=None, target=None):
        if name in {WATCHED}:
            print(name, time.monotonic(), flush=True)
sys.meta_path.insert(0, Watch)
from atz_desktop.__main__ import main
sys.exit(main())
"""
"""A start that says when it imported what is watched."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(pace_limit=None) as server:
        yield server


def moments(text: str) -> dict[str, float]:
    """Lines of a name and a moment, and perhaps more."""
    lines = [line.split() for line in text.splitlines()]
    return {line[0]: float(line[1]) for line in lines if len(line) > 1}


def started(sandbox: Sandbox, folder: Path) -> tuple[float, dict[str, float]]:
    """When a start on activity 42 had filled its form, and when it imported what is watched."""
    trace = folder / "trace"
    command = [sys.executable, "-c", START, "42", "--startup-trace", str(trace)]
    env = environment(sandbox, folder / "data")
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        said = ""
        for line in program.stdout:
            said += line
            if LATER in line:
                break
        program.terminate()
        said += program.communicate(timeout=PATIENCE)[0]
    return moments(trace.read_text())["shown"], moments(said)


@pytest.mark.xdist_group("many processes")
def test_the_form_of_a_start_with_an_id_is_filled_before_what_it_does_not_need_is_imported(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    shown, imported = started(sandbox, tmp_path)
    assert imported["httpx"] < shown
    assert imported.get("pydantic", shown) >= shown
    assert imported[LATER] > shown
    assert imported[MANY] > shown
    assert imported.get(TYPED, shown) >= shown


@pytest.mark.slow
@pytest.mark.xdist_group("many processes")
def test_what_nobody_waits_for_leaves_the_computer_to_a_form_that_comes_late(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.faults.on(Fault("slow", "GET", "/v1/activity/42", seconds=2.0))
    shown, imported = started(sandbox, tmp_path)
    assert imported[LATER] > shown


INDEX = "[Icon Theme]\nName=made\nDirectories=actions\n[actions]\nSize=16\n"


@pytest.fixture
def icon_theme(qapp: QApplication, tmp_path: Path) -> Iterator[None]:
    """A desktop with an icon theme, in which there are those that Qt decorates fields with."""
    actions = tmp_path / "made" / "actions"
    actions.mkdir(parents=True)
    (actions.parent / "index.theme").write_text(INDEX)
    picture = QImage(16, 16, QImage.Format.Format_RGB32)
    for name in ("edit-clear", "edit-undo", "edit-copy"):
        assert picture.save(str(actions / f"{name}.png"))
    before = QIcon.themeName(), QIcon.themeSearchPaths()
    QIcon.setThemeSearchPaths([str(tmp_path)])
    QIcon.setThemeName("made")
    yield
    QIcon.setThemeName(before[0])
    QIcon.setThemeSearchPaths(before[1])


@pytest.mark.usefixtures("icon_theme")
def test_no_icon_theme_of_the_computer_is_looked_through(qtbot: QtBot) -> None:
    create_application()
    line, text = QLineEdit(), QPlainTextEdit()
    qtbot.addWidget(line)
    qtbot.addWidget(text)
    for menu in (line.createStandardContextMenu(), text.createStandardContextMenu()):
        assert menu.actions()
        assert all(action.icon().isNull() for action in menu.actions())
