"""Pictures of “Change all…” and of runs: rules, preview, the run, and what is asked about it."""

from __future__ import annotations

import asyncio
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget

from atz_desktop.domain.bulk_edit import BulkEdit, IsNow
from atz_desktop.domain.bulk_recipes import RECIPES
from atz_desktop.domain.bulk_rules import AddPeople, Prefix, Rule, Set
from atz_desktop.domain.bulk_times import ShiftBy
from atz_desktop.domain.values import Option, Person
from atz_desktop.sandbox.faults import Fault
from atz_desktop.view.worklist.bulk_edit_dialog import BulkEditDialog
from atz_desktop.view.worklist.run_window import RunWindow

if TYPE_CHECKING:
    from atz_desktop.app.connected import ConnectedWindow
    from tests.screens import Camera

_SIZES = {"": (1120, 780), "-laptop": (1366, 705), "-small": (900, 600), "-laptop-200": (683, 345)}
_IDS = (*range(1, 29), 99_999)
W = TypeVar("W", bound=QWidget)


async def many(camera: Camera) -> None:
    """All of them, on a list of 29 activities, one of which ATZ does not have."""
    front, server = camera.program.front, camera.program.shared.sandbox.server
    assert front.connected is not None
    assert server is not None
    connected = front.connected
    connected.account_session.services.client.rate_limiter._limit = 10_000
    connected.work_list.sources.add_text("\n".join(map(str, _IDS)))
    await camera.until(lambda: front.window.pane)
    front.window.list_commands.change_all.emit()
    await camera.until(lambda: _shown(BulkEditDialog))
    dialog = _get(BulkEditDialog)
    await camera.until(lambda: dialog.page.table.model().rowCount() and _is_read(dialog))
    await asyncio.sleep(0.8)
    await _rules(camera, dialog)
    await _preview(camera, dialog)
    server.faults.on(Fault("400", "PUT", "/v1/activity/3", times=1))
    server.account.edit_as_colleague(5, location="A colleague's room")
    dialog.page.number.line.setText(str(dialog.page.count))
    dialog.page.request_run()
    await camera.until(lambda: _shown(RunWindow))
    await _run(camera, _get(RunWindow), connected)


async def _rules(camera: Camera, dialog: BulkEditDialog) -> None:
    await _each_size(camera, dialog, "70-change-all")
    dialog.show_bulk(RECIPES[0])
    await _each_size(camera, dialog, "71-hand-over")
    dialog.rules.commit()
    await camera.shoot("72-what-is-missing", dialog)
    rules: dict[str, Rule] = {
        "title": Prefix("Moved: "),
        "when": ShiftBy(2, "working days"),
        "location": Set("Room 9"),
        "users": AddPeople((Person("7", "Bo Larsen"),)),
    }
    where = (IsNow("type", Option(5, "Interview")),)
    dialog.show_bulk(BulkEdit(MappingProxyType(rules), where))
    await _each_size(camera, dialog, "73-rules")
    dialog.show_bulk(BulkEdit(MappingProxyType(rules)))


async def _preview(camera: Camera, dialog: BulkEditDialog) -> None:
    dialog.rules.commit()
    await camera.until(lambda: dialog.page.count)
    await _each_size(camera, dialog, "74-preview")


async def _run(camera: Camera, window: RunWindow, connected: ConnectedWindow) -> None:
    runs = connected.account_session.runs
    await camera.until(lambda: runs.progress and runs.progress.counts.by_verdict.get(None, 0) < 26)
    runs.pause()
    await camera.until(lambda: runs.progress and runs.progress.phase.value == "paused")
    await asyncio.sleep(0.3)
    await _each_size(camera, window, "75-run-paused")
    runs.go_on()
    await camera.until(lambda: not runs.is_running)
    await asyncio.sleep(0.5)
    window.table.selectRow(2)
    await asyncio.sleep(0.3)
    await _each_size(camera, window, "76-run-ended")
    for name, button in (("77-undo", "Undo this run"), ("78-retry", "Retry these")):
        _button(window, button).click()
        question = window.findChildren(QDialog)[-1]
        await camera.shoot(name, question)
        question.reject()
    window.close()


async def _each_size(camera: Camera, window: QDialog, name: str) -> None:
    for size, (width, height) in _SIZES.items():
        window.resize(width, height)
        await camera.shoot(f"{name}{size}", window)
    window.resize(*_SIZES[""])


def _button(window: QWidget, name: str) -> QPushButton:
    buttons = window.findChildren(QPushButton)
    return next(each for each in buttons if name in {each.accessibleName(), each.text()})


def _is_read(dialog: BulkEditDialog) -> bool:
    return "Reading" not in dialog.status.text()


def _shown(kind: type[W]) -> list[W]:
    tops = QApplication.topLevelWidgets()
    return [top for top in tops if isinstance(top, kind) and top.isVisible()]


def _get(kind: type[W]) -> W:
    return _shown(kind)[-1]
