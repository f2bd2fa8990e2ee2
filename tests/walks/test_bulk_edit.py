"""The same change on many activities, with real keys over real sockets."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import pytest
import pytest_asyncio
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

from atz_desktop.domain.bulk_edit import BulkEdit, IsNow
from atz_desktop.domain.bulk_times import ShiftBy
from atz_desktop.domain.runs import RunVerdict
from atz_desktop.domain.settings import Account
from atz_desktop.domain.values import Option
from atz_desktop.sandbox.faults import Fault
from atz_desktop.selftest import settle
from atz_desktop.session.bulk_run import BulkRuns
from atz_desktop.view.dialogs.conflict_dialog import ConflictDialog
from atz_desktop.view.worklist.bulk_edit_dialog import BulkEditDialog
from atz_desktop.view.worklist.bulk_window import AccountLabel
from atz_desktop.view.worklist.dialogs import AgainDialog, LeaveRunDialog
from atz_desktop.view.worklist.run_window import RunWindow
from tests.waiting import until
from tests.walks.conftest import Walk, running_program

IDS = (42, 7, 3)
W = TypeVar("W", bound=QWidget)


@pytest_asyncio.fixture
async def walk(tmp_path: Path, qapp: QApplication) -> AsyncIterator[Walk]:
    """A program that may send as many requests as it likes."""
    async for made in running_program(tmp_path, qapp, limit=10_000):
        made.sandbox.pace.limit = None
        yield made


def puts(walk: Walk) -> list[tuple[str, dict[str, Any]]]:
    return [(r.path, json.loads(r.body)) for r in walk.sandbox.requests if r.method == "PUT"]


def window_of(kind: type[W]) -> W | None:
    found = (top for top in QApplication.topLevelWidgets() if isinstance(top, kind))
    return next((top for top in found if top.isVisible()), None)


def find(window: QWidget, kind: type[W], name: str) -> W:
    """What is visible in a window by this accessible name or text."""
    shown = [each for each in window.findChildren(kind) if each.isVisible()]
    for each in shown:
        if name in {each.accessibleName(), str(each.property("text") or "").replace("&", "")}:
            return each
    raise AssertionError(f"{name!r} is not among {sorted(w.accessibleName() for w in shown)}")


def click(window: QWidget, name: str) -> None:
    button = find(window, QPushButton, name)
    assert button.isEnabled(), f"{name} is off"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def tick(dialog: BulkEditDialog, field: str) -> None:
    find(dialog, QCheckBox, field).setFocus()
    QTest.keyClick(find(dialog, QCheckBox, field), Qt.Key.Key_Space)


def choose(window: QWidget, combo: str, words: str) -> None:
    found = find(window, QComboBox, combo)
    found.setFocus()
    found.setCurrentIndex(found.findText(words))


def type_into(window: QWidget, name: str, text: str) -> None:
    line = find(window, QLineEdit, name)
    line.setFocus()
    QTest.keyClicks(line, text)


async def change_all(walk: Walk, ids: Iterable[int] = IDS) -> BulkEditDialog:
    """Paste a column of IDs, and press the keys of “Change all…”."""
    QGuiApplication.clipboard().setText("\n".join(map(str, ids)))
    walk.keys(key=Qt.Key.Key_L, ctrl=True)
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))
    first = next(iter(ids))
    await until(lambda: walk.window.pane is not None, "the work list is shown")
    await until(
        lambda: walk.program.front.state.activity and walk.program.front.state.activity.id == first
    )
    walk.keys(key=Qt.Key.Key_E, ctrl=True, shift=True)
    await until(lambda: window_of(BulkEditDialog), "Change all is shown")
    dialog = window_of(BulkEditDialog)
    assert dialog is not None
    await until(lambda: "Reading" not in status(dialog))
    return dialog


def status(dialog: BulkEditDialog) -> str:
    return dialog.status.text()


async def preview(dialog: BulkEditDialog) -> None:
    click(dialog, "Preview")
    await until(dialog.page.table.isVisible, "the preview is shown")
    await until(lambda: not dialog._model.is_applying, "it is worked out")


async def run(dialog: BulkEditDialog) -> RunWindow:
    click(dialog, "Run")
    await until(lambda: window_of(RunWindow), "the run is shown")
    window = window_of(RunWindow)
    assert window is not None
    return window


async def ended(walk: Walk) -> None:
    runs = runs_of(walk)
    await until(lambda: runs.progress is not None and not runs.is_running, "the run has ended")


def runs_of(walk: Walk) -> BulkRuns:
    connected = walk.program.front.connected
    assert connected is not None
    return connected.account_session.runs


def current(walk: Walk) -> int | None:
    """The activity that a run is at."""
    progress = runs_of(walk).progress
    return progress.current.activity_id if progress is not None and progress.current else None


def said(window: QWidget) -> str:
    """All words in a window."""
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


async def asked(kind: type[W]) -> W:
    await until(lambda: window_of(kind), f"{kind.__name__} is shown")
    found = window_of(kind)
    assert found is not None
    return found


async def save_as(window: QWidget, path: Path) -> None:
    """Type a path into the file dialog over the window."""
    await until(lambda: window.findChildren(QFileDialog), "a file is asked for")
    dialog = window.findChildren(QFileDialog)[-1]
    dialog.setDefaultSuffix(path.suffix.removeprefix("."))
    name = dialog.findChild(QLineEdit)
    assert isinstance(name, QLineEdit)
    QGuiApplication.clipboard().setText(str(path))
    name.selectAll()
    QTest.keySequence(name, QKeySequence(QKeySequence.StandardKey.Paste))
    QTest.keyClick(name, Qt.Key.Key_Return)
    await until(lambda: not any(d.isVisible() for d in window.findChildren(QFileDialog)))


def verdicts(window: RunWindow) -> list[RunVerdict | None]:
    return [row.verdict for row in window.model.all_rows]


async def test_one_field_of_each_is_changed_with_exactly_the_ticked_key(walk: Walk) -> None:
    dialog = await change_all(walk)
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    await preview(dialog)
    assert find(dialog, QPushButton, "Run").text() == "Run on 3"
    window = await run(dialog)
    await ended(walk)
    await until(lambda: verdicts(window) == [RunVerdict.CHECKED] * 3, "each row is checked")
    assert puts(walk) == [(f"/v1/activity/{number}", {"location": "Room 9"}) for number in IDS]


async def test_what_is_typed_without_a_tick_is_never_sent(walk: Walk) -> None:
    dialog = await change_all(walk)
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    tick(dialog, "Location")  # taken away again
    box = find(dialog, QCheckBox, "Title")
    box.setFocus()
    QTest.keyClicks(box, "Several")
    assert not find(dialog, QPushButton, "Preview").isEnabled(), "nothing is ticked"
    tick(dialog, "Importance")
    choose(dialog, "Importance: new value", "Critical")
    await preview(dialog)
    await run(dialog)
    await ended(walk)
    assert puts(walk) == [(f"/v1/activity/{n}", {"importance": "critical"}) for n in IDS]


async def test_rows_without_a_change_and_those_left_out_are_counted_and_not_sent(
    walk: Walk,
) -> None:
    walk.sandbox.account.edit_as_colleague(7, location="Room 9")
    dialog = await change_all(walk)
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    await preview(dialog)
    assert "2 to be changed, 1 nothing to change" in said(dialog)
    dialog.page.table.selectRow(2)
    QTest.keyClick(dialog.page.table, Qt.Key.Key_Space)
    assert find(dialog, QPushButton, "Run").text() == "Run on 1"
    await run(dialog)
    await ended(walk)
    assert [path for path, _ in puts(walk)] == ["/v1/activity/42"]


async def test_only_where_a_condition_holds_anything_is_changed(walk: Walk) -> None:
    for number, level in zip(IDS, ("high", "low", "high"), strict=True):
        walk.sandbox.account.edit_as_colleague(number, importance=level)
    dialog = await change_all(walk)
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    find(dialog, QToolButton, "Add a condition").click()
    choose(dialog, "Condition: field", "Importance")
    choose(dialog, "Condition: Importance is now", "High")
    await preview(dialog)
    await run(dialog)
    await ended(walk)
    assert [path for path, _ in puts(walk)] == ["/v1/activity/42", "/v1/activity/3"]


async def test_in_the_smallest_window_every_rule_can_be_scrolled_into_sight(walk: Walk) -> None:
    dialog = await change_all(walk)
    dialog.resize(683, 345)
    where = (IsNow("type", Option(5, "Interview")),)
    dialog.show_bulk(BulkEdit(MappingProxyType({"when": ShiftBy(2, "working days")}), where))
    await settle(dialog)
    [scroll] = [each for each in dialog.findChildren(QScrollArea) if each.isVisible()]
    content = scroll.widget()
    assert content is not None
    for control in content.findChildren(QWidget):
        if control.isVisibleTo(content) and control.focusPolicy():
            right = control.mapTo(content, QPoint(control.width(), 0)).x()
            assert right <= content.width(), control.accessibleName()
    bar = scroll.horizontalScrollBar()
    assert bar.isVisible() or content.width() <= scroll.viewport().width()


async def test_from_25_activities_on_the_number_is_typed(walk: Walk) -> None:
    dialog = await change_all(walk, range(10, 35))
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    await preview(dialog)
    assert not find(dialog, QPushButton, "Run").isEnabled()
    assert not find(dialog, QPushButton, "Try on one first").isEnabled()
    type_into(dialog, "Number of activities to change", "24")
    assert not find(dialog, QPushButton, "Run").isEnabled()
    QTest.keyClick(find(dialog, QLineEdit, "Number of activities to change"), Qt.Key.Key_Backspace)
    type_into(dialog, "Number of activities to change", "5")
    window = await run(dialog)
    await until(lambda: puts(walk), "the first is written")
    click(window, "Stop")
    await ended(walk)
    assert len(verdicts(window)) == 25


async def test_one_is_tried_first_and_then_it_goes_on(walk: Walk) -> None:
    window = await tried_run(walk)
    assert len(puts(walk)) == 1
    click(window, "Go on")
    await ended(walk)
    assert [path for path, _ in puts(walk)] == [f"/v1/activity/{number}" for number in IDS]


async def test_stop_names_the_last_one_and_leaves_the_next_untouched(walk: Walk) -> None:
    window = await tried_run(walk)
    click(window, "Stop")
    await ended(walk)
    await until(lambda: "Stopped after activity 42: 1 of 3" in said(window), "it is named")
    await until(
        lambda: verdicts(window) == [RunVerdict.CHECKED, RunVerdict.STOPPED, RunVerdict.STOPPED]
    )
    assert [path for path, _ in puts(walk)] == ["/v1/activity/42"]


async def test_a_pause_is_told_as_done_only_when_the_row_in_flight_is(walk: Walk) -> None:
    window = await tried_run(walk)
    walk.sandbox.faults.on(Fault("slow", "PUT", seconds=0.5))
    click(window, "Go on")
    await until(lambda: current(walk) == 7 and window.bar.pause.isVisible(), "it is in flight")
    click(window, "Pause")
    await until(lambda: "pauses after activity 7" in said(window), "it is not done yet")
    await until(lambda: "2 of 3 · paused after activity 7" in said(window), "it is done")


async def test_undo_puts_all_back_and_names_what_somebody_changed_since(walk: Walk) -> None:
    before = {number: walk.sandbox.account.get(number)["location"] for number in IDS}
    dialog = await change_all(walk)
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    await preview(dialog)
    window = await run(dialog)
    await ended(walk)
    walk.sandbox.account.edit_as_colleague(7, location="A colleague's room")
    await until(lambda: find(window, QPushButton, "Undo this run").isEnabled())
    click(window, "Undo this run")
    question = await asked(AgainDialog)
    click(question, "Run")
    await until(lambda: window.run is not None and window.run.undoes is not None)
    await ended(walk)
    await until(
        lambda: verdicts(window) == [RunVerdict.CHECKED, RunVerdict.LEFT, RunVerdict.CHECKED]
    )
    now = {number: walk.sandbox.account.get(number)["location"] for number in IDS}
    assert now == before | {7: "A colleague's room"}


async def test_one_activity_of_a_run_is_undone(walk: Walk) -> None:
    before = walk.sandbox.account.get(7)["location"]
    window = await location_run(walk)
    window.table.selectRow(1)
    await until(lambda: find(window, QPushButton, "Undo this one…").isEnabled())
    click(window, "Undo this one…")
    click(await asked(AgainDialog), "Run")
    await until(lambda: window.run is not None and window.run.undoes is not None)
    await ended(walk)
    assert walk.sandbox.account.get(7)["location"] == before
    assert walk.sandbox.account.get(42)["location"] == "Room 9"


async def test_chosen_fields_of_a_run_are_undone_and_the_others_stay(walk: Walk) -> None:
    before = {number: walk.sandbox.account.get(number)["location"] for number in IDS}
    dialog = await change_all(walk)
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    tick(dialog, "Importance")
    choose(dialog, "Importance: new value", "Critical")
    await preview(dialog)
    window = await run(dialog)
    await ended(walk)
    sent = len(puts(walk))
    await until(lambda: find(window, QPushButton, "Undo this run").isEnabled())
    click(window, "Undo this run")
    question = await asked(AgainDialog)
    box = find(question, QCheckBox, "Importance")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    click(question, "Run")
    await until(lambda: window.run is not None and window.run.undoes is not None)
    await ended(walk)
    await until(lambda: verdicts(window) == [RunVerdict.CHECKED] * 3)
    for number, (path, body) in zip(IDS, puts(walk)[sent:], strict=True):
        body.pop("do_not_send_calendar_invite", None)  # it is over
        assert (path, body) == (f"/v1/activity/{number}", {"location": before[number]})
    assert {walk.sandbox.account.get(number)["importance"] for number in IDS} == {"critical"}


async def test_a_conflict_stays_for_the_user_with_nothing_preselected(walk: Walk) -> None:
    dialog = await change_all(walk)
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    await preview(dialog)
    walk.sandbox.account.edit_as_colleague(7, location="A colleague's room")
    window = await run(dialog)
    await ended(walk)
    expected = [RunVerdict.CHECKED, RunVerdict.CONFLICT, RunVerdict.CHECKED]
    await until(lambda: verdicts(window) == expected)
    assert walk.sandbox.account.get(7)["location"] == "A colleague's room"
    window.table.selectRow(1)
    click(window, "Fix this one")
    session = walk.program.front.session
    await until(lambda: session.activity is not None and session.activity.id == 7)
    await until(lambda: session.state.dirty and session.state.loading_id is None)
    assert walk.edit.value("location") == "Room 9"
    session.save()
    await until(lambda: window_of(ConflictDialog), "the conflict is asked about")
    question = window_of(ConflictDialog)
    assert question is not None
    assert not any(button.isChecked() for button in question.findChildren(QRadioButton))
    question.reject()
    await walk.saved()
    session.model.revert_all()


async def test_refused_rows_are_tried_again(walk: Walk) -> None:
    refusal = Fault("400", "PUT", "/v1/activity/7", times=1)
    walk.sandbox.faults.on(refusal)
    window = await location_run(walk)
    expected = [RunVerdict.CHECKED, RunVerdict.REFUSED, RunVerdict.CHECKED]
    await until(lambda: verdicts(window) == expected)
    await until(lambda: find(window, QPushButton, "Retry these").isEnabled())
    assert find(window, QPushButton, "Retry these").text() == "Retry these 1"
    click(window, "Retry these")
    click(await asked(AgainDialog), "Run")
    await until(lambda: verdicts(window) == [RunVerdict.CHECKED], "it is a run of one")
    assert walk.sandbox.account.get(7)["location"] == "Room 9"


async def test_one_switch_keeps_atz_from_mailing_anybody(walk: Walk) -> None:
    dialog = await change_all(walk)
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    await preview(dialog)
    assert "ATZ may send" in said(dialog)
    switch = find(dialog, QCheckBox, "Ask ATZ to mail nobody about any of them")
    switch.setFocus()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    await until(lambda: "ATZ is asked to mail nobody" in said(dialog))
    await run(dialog)
    await ended(walk)
    quiet = [body for _, body in puts(walk) if body.get("do_not_send_calendar_invite")]
    assert quiet
    assert all(set(body) <= {"location", "do_not_send_calendar_invite"} for _, body in puts(walk))


async def test_a_rehearsal_stops_before_anything_is_sent(walk: Walk, tmp_path: Path) -> None:
    dialog = await change_all(walk)
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    await preview(dialog)
    for name in ("rehearsal.csv", "rehearsal.json", "rehearsal.html"):
        click(dialog, "Rehearse")
        await save_as(dialog, tmp_path / name)
        await until((tmp_path / name).exists, f"{name} is written")
        assert "Room 9" in (tmp_path / name).read_text(encoding="utf-8")
    assert not puts(walk)


async def test_the_report_of_a_run_says_before_after_and_verdict(
    walk: Walk, tmp_path: Path
) -> None:
    window = await location_run(walk)
    await until(lambda: verdicts(window) == [RunVerdict.CHECKED] * 3)
    click(window, "Export report")
    await save_as(window, tmp_path / "report.json")
    await until((tmp_path / "report.json").exists, "it is written")
    found = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [row["verdict"] for row in found["activities"]] == ["checked"] * 3
    assert found["activities"][0]["changes"] == [
        {
            "label": "Location",
            "before": "Head office, room 4.12",
            "after": "Room 9",
            "found": "Room 9",
        }
    ]


async def test_a_run_that_is_left_is_offered_at_the_next_start_and_goes_on(
    tmp_path: Path, qapp: QApplication
) -> None:
    async for walk in running_program(tmp_path, qapp, limit=10_000):
        await leave_run(walk)
    async for walk in running_program(tmp_path, qapp, limit=10_000):
        await go_on_with_run(walk)
        assert [path for path, _ in puts(walk)] == ["/v1/activity/7", "/v1/activity/3"]


async def leave_run(walk: Walk) -> None:
    walk.sandbox.pace.limit = None
    await tried_run(walk)
    walk.window.close()
    question = await asked(LeaveRunDialog)
    assert "1 of 3 activities are done" in said(question)
    click(question, "Go on later")
    await until(lambda: not walk.window.isVisible(), "the window is closed")


async def go_on_with_run(walk: Walk) -> None:
    walk.sandbox.pace.limit = None
    await until(lambda: walk.notice == "A run is not finished", "it is offered")
    walk.click("Show the run")
    window = await asked(RunWindow)
    await until(lambda: window.run is not None, "it is shown")
    click(window, "Go on")
    await ended(walk)


SLOW_IDS = range(10, 22)


async def slow_run(walk: Walk) -> RunWindow:
    """A run that takes three seconds or more, as over a network, while the fault is on."""
    dialog = await change_all(walk, SLOW_IDS)
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    await preview(dialog)
    walk.sandbox.faults.on(Fault("slow", path="/v1/activity/", seconds=0.1))
    return await run(dialog)


async def test_the_window_is_free_for_other_work_while_a_run_goes_on(walk: Walk) -> None:
    window = await slow_run(walk)
    walk.window.activateWindow()
    await until(lambda: QApplication.activeWindow() is walk.window)
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys("Mine", Qt.Key.Key_Return, ctrl=False)
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await until(lambda: walk.notice == "Saved and checked", "it is saved meanwhile")
    assert runs_of(walk).is_running
    walk.sandbox.faults.off()
    await ended(walk)
    await until(lambda: verdicts(window) == [RunVerdict.CHECKED] * len(SLOW_IDS))
    assert "Mine" in walk.sandbox.account.get(42)["title"]


async def test_a_run_rests_from_pause_until_go_on(walk: Walk) -> None:
    window = await slow_run(walk)
    await until(lambda: puts(walk), "the first is written")
    click(window, "Pause")
    await until(lambda: "paused" in said(window), "it is paused")
    done = len(puts(walk))
    assert done < len(SLOW_IDS)
    walk.window.activateWindow()
    await until(lambda: QApplication.activeWindow() is walk.window)
    await walk.load(42)
    await walk.load(3)
    assert len(puts(walk)) == done
    assert verdicts(window).count(RunVerdict.CHECKED) == done
    walk.sandbox.faults.off()
    click(window, "Go on")
    await ended(walk)
    await until(lambda: verdicts(window) == [RunVerdict.CHECKED] * len(SLOW_IDS))
    assert len(puts(walk)) == len(SLOW_IDS)


async def test_the_account_is_in_sight_wherever_many_are_changed(walk: Walk) -> None:
    connected = walk.program.front.connected
    assert connected is not None
    name = f"Account {connected.account_session.account.name}"
    dialog = await change_all(walk)
    assert find(dialog, AccountLabel, name)
    tick(dialog, "Importance")
    choose(dialog, "Importance: new value", "Critical")
    await preview(dialog)
    assert find(dialog, AccountLabel, name)
    assert find(await run(dialog), AccountLabel, name)
    await ended(walk)


@pytest.mark.parametrize("production", [False, True])
def test_production_is_marked_where_many_are_changed(qapp: QApplication, production: bool) -> None:
    label = AccountLabel(Account("1", "Agency <b>", colour="red", production=production))
    label.show()
    assert ("Production" in said(label)) == production
    assert "Agency <b>" in label.accessibleName()
    assert label.accessibleName().startswith("Production. ") == production
    label.deleteLater()


async def test_closing_may_stop_the_run_or_stay(walk: Walk) -> None:
    await tried_run(walk)
    walk.window.close()
    question = await asked(LeaveRunDialog)
    click(question, "Don't close")
    await until(lambda: window_of(LeaveRunDialog) is None)
    assert walk.window.isVisible()
    runs = runs_of(walk)
    assert runs.is_running
    runs.stop()
    await ended(walk)


async def tried_run(walk: Walk) -> RunWindow:
    """A run of three that waits after the first."""
    dialog = await change_all(walk)
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    await preview(dialog)
    click(dialog, "Try on one first")
    await until(lambda: window_of(RunWindow), "the run is shown")
    window = window_of(RunWindow)
    assert window is not None
    await until(lambda: "paused after activity 42" in said(window), "it waits")
    return window


async def location_run(walk: Walk) -> RunWindow:
    """A run of three that has ended."""
    dialog = await change_all(walk)
    tick(dialog, "Location")
    type_into(dialog, "Location: new value", "Room 9")
    await preview(dialog)
    window = await run(dialog)
    await ended(walk)
    await until(lambda: None not in verdicts(window))
    return window
