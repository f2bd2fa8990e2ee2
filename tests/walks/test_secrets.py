"""After a day with everything that goes wrong, neither the token nor a text of the CRM stands where
it must not: searched in every artefact, not only in those that were thought of.
"""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from atz_desktop.app.crash import CrashHook
from atz_desktop.app.log import AppLog
from atz_desktop.cli import parse_options
from atz_desktop.domain.settings import Settings
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from tests.waiting import until
from tests.walks.test_connecting import TOKEN, Start, account, dialog, fill, servers, sign_in, start

__all__ = ["servers", "start"]

TEXTS = ("Amara", "Nwosu", "Second interview", "Typed by the person")
"""Texts of activity 42, and one that is typed."""


async def _fail() -> None:
    raise LookupError(f"{TEXTS} {TOKEN}")


def _files(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def _shown(window: QWidget) -> str:
    """All that a person, a screen reader or a tool tip can get out of the window."""
    texts = [QGuiApplication.clipboard().text()]
    for widget in (window, *window.findChildren(QWidget)):
        texts += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        texts += [widget.windowTitle(), repr(widget), str(widget.property("text") or "")]
    return "\n".join(texts)


@pytest.mark.slow
async def test_the_token_is_nowhere_and_texts_of_the_crm_are_in_the_database_alone(
    start: Start, servers: list[Sandbox], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    server = servers[0]
    QGuiApplication.clipboard().clear()
    hook, logbook = CrashHook(lambda crash: None), AppLog(tmp_path / "logs")
    hook.install()
    hook.watch_loop(asyncio.get_running_loop(), logbook)
    reports: list[str] = []
    hook.crashed.connect(lambda crash: reports.append(crash.report))
    words: list[str] = []
    hook.crashed.connect(lambda crash: words.append(crash.full_report))
    try:
        walk = await start(Settings().with_account(account(server, "One")))
        await sign_in(walk)
        await walk.load(42)
        walk.find(QLineEdit, "Title").setFocus()
        walk.keys("Typed by the person ")
        for fault in ("400", "401", "403", "404", "422", "html", "bad_json", "reset", "429"):
            switched = Fault(fault, retry_after=0.1, times=1)
            server.faults.on(switched)
            walk.program.front.session.save()
            await until(lambda: dialog(walk) or not walk.jobs.running("save"))
            if dialog(walk) is not None:
                fill(walk, "Token", TOKEN)
                assert TOKEN not in _shown(walk.window).replace(_token_box(walk.window), "")
                walk.find(QWidget, "Connect").setFocus()
                walk.click("Connect")
            await until(lambda: not walk.jobs.running("save"), f"a save with {fault}")
            server.faults.off(switched)
            walk.program.front.session.model.set_value("location", f"{TEXTS[1]} {fault}")
        walk.program.front.jobs.start("broken", _fail())
        await until(lambda: reports)
        gc.collect()
        _look(walk.window, tmp_path, reports, words, capfd)
        front = walk.program.front
        assert TOKEN not in f"{front.accounts.connection!r} {front.session.services!r}"
    finally:
        hook.remove()
        logbook.close()


def _token_box(window: QWidget) -> str:
    """The box in which it stands just now, as dots; its property is not for people."""
    boxes = [box for box in window.findChildren(QLineEdit) if box.accessibleName() == "Token"]
    return boxes[-1].text() if boxes else ""


def _look(
    window: QWidget,
    folder: Path,
    reports: list[str],
    words: list[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    printed = capfd.readouterr()
    said = "\n".join([*reports, printed.out, printed.err])
    files = _files(folder)
    assert any(file.name == "atz-desktop.log" for file in files)
    assert any(file.name == "settings.json" for file in files)
    for file, content in files.items():
        assert TOKEN.encode() not in content, f"the token is in {file}"
        if not file.name.startswith("atz.sqlite3"):
            assert not [text for text in TEXTS if text.encode() in content], f"texts in {file}"
    assert TOKEN not in said + "".join(words) + _shown(window)
    assert not [text for text in TEXTS if text in said]
    assert [text for text in TEXTS if text in words[0]] == list(TEXTS)
    assert not QGuiApplication.clipboard().text()


def test_what_the_program_was_started_with_does_not_show_the_token() -> None:
    options = parse_options(["42"], {"ATZ_API_TOKEN": TOKEN})
    assert options.token == TOKEN
    assert TOKEN not in f"{options!r} {options}"
    assert "'42'" in repr(options)
