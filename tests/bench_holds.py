"""Part of `./dev bench`: the longest time that one step holds the window's thread.

A timer of 0 ms ticks whenever Qt's loop comes round; the longest gap between two ticks while an
action runs is how long the window did not answer. What is measured is the processor's time of that
thread: what else the machine does adds to it only as far as it takes caches away. So everything is
done in several processes, and the least and the median of them are told.

`python -m tests.bench_holds _windows _forms` measures these parts alone.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench_table import Figure, record

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from atz_desktop.app.program import Program
    from atz_desktop.sandbox.server import Sandbox

FRAME = 16.0
"""Milliseconds."""
ROUNDS = 3
_ONCE, _START = "--once", "--start"
PATIENCE = 60.0
CROWDS, BIG_CROWD = (100, 300), 5_000
"""Attendees of an activity: what people have, and what nobody has."""
ROWS, MANY_ROWS = 1_000, 50_000
PASTED = 2_000
LETTERS = 20_000
LONG = 5_000_000
LISTED, MANY, PREVIEWED, RUN = 5_000, 2_001, 500, 60
"""Rows of a work list; the first of those that are changed together, how many of them are looked at
before, and are run.
"""


class Holds:
    """Counts the gaps between the ticks of a timer of 0 ms."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self.longest = 0.0
        self.above = 0
        """How many gaps were longer than a frame."""
        self.total = 0.0
        self._last = self._begun = 0.0
        self._timer = QTimer()
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.thread_time()
        gap = now - self._last
        self.longest = max(self.longest, gap)
        self.above += gap * 1000 > FRAME
        self._last = now

    def begin(self) -> None:
        self.longest, self.above, self._last = 0.0, 0, time.thread_time()
        self._begun = time.perf_counter()
        self._timer.start()

    def end(self) -> None:
        self._tick()
        self._timer.stop()
        self.total = time.perf_counter() - self._begun

    @contextmanager
    def watched(self) -> Iterator[None]:
        self.begin()
        yield
        self.end()

    def tell(self, what: str, within: float | None = None) -> None:
        """`within`: seconds until all of it shall be done."""
        cells = (what, self.longest * 1000, self.above, self.total, within or "")
        sys.stdout.write("\t".join(map(str, cells)) + "\n")


async def _until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - a whole program has no one event to wait for
            await asyncio.sleep(0)


async def _settled(turns: int = 40) -> None:
    """Until what was put off to later turns of the loop is done: chips, layouts, painting."""
    for _turn in range(turns):
        await asyncio.sleep(0.002)


async def _measure(
    what: str, holds: Holds, work: Callable[[], Awaitable[None]], within: float | None = None
) -> None:
    with holds.watched():
        await work()
    holds.tell(what, within)


def _crowded(sandbox: Sandbox, activity_id: int, count: int) -> None:
    people = [
        {"slug": f"candidate_{number:020x}", "full_name": f"Candidate Number {number}"}
        for number in range(count)
    ]
    activity = sandbox.account.get(activity_id)
    activity["attendees"] = {"candidates": people, "contacts": [], "users": []}
    sandbox.account.set(activity)


async def _open(program: Program, activity_id: int, turns: int = 40) -> None:
    program.front.session.open(activity_id)
    await program.front.session.jobs.wait("open")
    await _settled(turns)


async def _forms(program: Program, sandbox: Sandbox, counts: tuple[int, ...] = CROWDS) -> None:
    holds, session = Holds(), program.front.session

    def loading(activity_id: int) -> Callable[[], Awaitable[None]]:
        return lambda: _open(program, activity_id, 200)

    async def save() -> None:
        session.save()
        await session.jobs.wait("save")
        await _settled()

    async def type_title() -> None:
        session.model.set_value("title", f"Another title {time.perf_counter_ns()}")
        await _settled(10)

    if counts == CROWDS:
        await _measure("the first load of an activity", holds, loading(42))
        await _measure("… the second", holds, loading(1))
    for number, count in enumerate(counts):
        _crowded(sandbox, 50 + number, count)
        await _measure(f"loading {count:,} attendees", holds, loading(50 + number))
        await _measure("… typing into its title", holds, type_title)
        await _measure("… saving its title", holds, save)
        value = session.edit.value("candidates") if session.edit else ()
        session.model.set_value("candidates", value[:-1])
        await _settled()
        await _measure("… saving with one attendee less", holds, save)


async def _big_forms(program: Program, sandbox: Sandbox) -> None:
    await _forms(program, sandbox, (BIG_CROWD,))


async def _typing(program: Program, sandbox: Sandbox, chips: int = CROWDS[0]) -> None:
    """Keys, one after the other, as a person types them."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLineEdit

    _crowded(sandbox, 52, chips)
    activity = sandbox.account.get(52)
    activity["description"] = "A long description, as pasted from a mail. " * (LETTERS // 43)
    sandbox.account.set(activity)
    await _open(program, 52, 200)
    page, holds = program.front.window.page, Holds()
    assert page is not None
    box = page.form.row("description").editor.controls[0]
    people = page.form.row("candidates").editor.findChildren(QLineEdit)[0]

    def typing(into: QWidget) -> Callable[[], Awaitable[None]]:
        async def keys() -> None:
            into.setFocus()
            for key in "ann":
                QTest.keyClicks(into, key)
                await _settled(10)

        return keys

    title = page.form.row("title").editor.controls[0]
    await _measure("typing into the title", holds, typing(title))
    await _measure(f"typing into a description of {LETTERS:,} letters", holds, typing(box))
    await _measure(f"typing beside {chips:,} chips", holds, typing(people))
    program.front.session.model.revert_all()
    await _settled()


async def _big_typing(program: Program, sandbox: Sandbox) -> None:
    await _typing(program, sandbox, BIG_CROWD)


async def _long_text(program: Program, _sandbox: Sandbox) -> None:
    """So much is pasted by mistake, and what is typed then must not be lost all the same."""
    from PySide6.QtTest import QTest

    await _open(program, 42, 200)
    session, line = program.front.session, "What was agreed on, as somebody wrote it.\n"
    written: list[object] = []
    session.drafts.written.connect(written.append)

    page = program.front.window.page
    assert page is not None
    box = page.form.row("description").editor.controls[0]

    async def keep(change: Callable[[], None]) -> None:
        written.clear()
        change()
        await _until(lambda: written)

    text = line * (LONG // len(line))
    show = partial(session.model.set_value, "description", text)
    await _measure(f"showing a text of {LONG // 10**6} MB", Holds(), partial(keep, show))
    box.setFocus()
    what, key = "… a key in it, until the draft is on the disk", partial(QTest.keyClicks, box, "a")
    await _measure(what, Holds(), partial(keep, key), within=0.5)
    session.drafts.written.disconnect(written.append)
    session.model.revert_all()
    await _settled()


async def _resizing(program: Program, _sandbox: Sandbox) -> None:
    """From one column to two, as somebody pulls at the edge of the window."""
    await _open(program, 42)

    async def resize() -> None:
        for width in range(1040, 1340, 20):
            program.front.window.resize(width, 760)
            await _settled(3)
        await _settled()

    await _measure("making the window wider, 20 points at a time", Holds(), resize)
    program.front.window.resize(1040, 760)
    await _settled()


def _after(ask: Callable[[], None]) -> Callable[[], Awaitable[None]]:
    async def shown() -> None:
        ask()
        await _settled(100)

    return shown


async def _windows(program: Program, _sandbox: Sandbox) -> None:
    """The windows that are made when they are first wanted."""
    from PySide6.QtWidgets import QApplication, QDialog

    from tests.bench_store import SAVES, add_saves

    holds, window = Holds(), program.front.window
    assert program.shared.database is not None
    await add_saves(program.shared.database, program.front.session.services.account)
    await _open(program, 42)
    program.front.session.model.set_value("title", "Another title")
    await _settled()

    for what, ask in (
        ("the review", window.menus.actions["review"].trigger),
        ("the settings", window.settings_requested.emit),
        (f"the history of {SAVES:,} saves", window.history_requested.emit),
        ("Find", window.search_requested.emit),
        ("the palette", window.open_palette),
        ("About", window.about_requested.emit),
    ):
        await _measure(f"opening {what}", holds, _after(ask))
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QDialog) and dialog.isVisible():
                dialog.reject()
        await _settled()
    program.front.session.model.revert_all()
    await _settled()


async def _popups(program: Program, sandbox: Sandbox) -> None:
    """What comes up over the form, the first time."""
    from PySide6.QtWidgets import QApplication

    from atz_desktop.view.editors.date_time_edit import DateTimeEdit
    from atz_desktop.view.widgets.chip_input import ChipInput

    _crowded(sandbox, 53, CROWDS[0])
    await _open(program, 53, 200)
    page = program.front.window.page
    assert page is not None
    times = page.form.row("when").editor.findChildren(DateTimeEdit)[0]
    people = page.form.row("candidates").editor.findChildren(ChipInput)[0]

    for what, ask in (
        ("opening a calendar", times.open_calendar),
        (f"showing all {CROWDS[0]} of a list", people._open_popup),
    ):
        await _measure(what, Holds(), _after(ask))
        popup = QApplication.activePopupWidget()
        assert popup is not None
        popup.close()
        await _settled()


async def _pasting(program: Program, _sandbox: Sandbox, count: int = CROWDS[0]) -> None:
    from PySide6.QtWidgets import QLineEdit

    session, page = program.front.session, program.front.window.page
    assert page is not None
    session.model.revert_all()
    await _open(program, 42)
    await _known(session.services, count)
    text = "\n".join(f"Pasted Person {n}\tpasted{n}@mail.example" for n in range(count))
    wanted = len(session.edit.value("candidates")) + count if session.edit else 0
    box = page.form.row("candidates").editor.findChildren(QLineEdit)[0]

    async def paste() -> None:
        box.setFocus()
        box.insert(text)
        await _until(lambda: session.edit and len(session.edit.value("candidates")) >= wanted)
        await _settled(100)

    await _measure(f"pasting {count:,} lines of “Name⇥address”", Holds(), paste)
    session.model.revert_all()
    await _settled()


async def _big_pasting(program: Program, sandbox: Sandbox) -> None:
    await _pasting(program, sandbox, PASTED)


async def _known(services: Any, count: int) -> None:
    from atz_desktop.domain.local_records import Name, SeenName

    await services.names.learn_page(
        services.account,
        [
            SeenName(
                Name(
                    "candidate",
                    f"candidate_p{n:06d}",
                    f"Pasted Person {n}",
                    f"pasted{n}@mail.example",
                ),
                "2026-01-01T00:00:00Z",
            )
            for n in range(count)
        ],
    )


async def _listing(program: Program, _sandbox: Sandbox, count: int = ROWS) -> None:
    from atz_desktop.session.search import ActivityHit, ActivitySearch
    from atz_desktop.view.windows.search_window import SearchWindow

    session = program.front.session
    finding = ActivitySearch(session.jobs, session.services, session.lookups)
    panel = SearchWindow(finding, program.front.window)
    panel.show()
    page = [
        ActivityHit(10_000 + n, f"Activity {n}", "Interview", "1 Jan 2026", "Somebody", None)
        for n in range(count)
    ]
    finding.hits, finding._ids = page, {each.id for each in page}
    finding._page, finding.has_more = 1, True
    finding.list_replaced.emit()
    await _settled()

    async def more() -> None:
        finding.fetch_more()
        await _until(lambda: len(finding.hits) > count)
        await _settled()

    await _measure(f"one more page of the find list at {count:,} rows", Holds(), more)
    panel.deleteLater()


async def _big_listing(program: Program, sandbox: Sandbox) -> None:
    await _listing(program, sandbox, MANY_ROWS)


async def _work_list(program: Program, _sandbox: Sandbox) -> None:
    """A list of thousands: shown, filtered, sorted, and gone on in."""
    from atz_desktop.domain.work_list import NewRow
    from atz_desktop.view.worklist.row_model import RowOrder

    holds, window, session = Holds(), program.front.window, program.front.session
    assert program.front.connected is not None
    lists = program.front.connected.account_session.work_lists
    rows = [NewRow(n, f"Zweites Gespräch mit Zoë Müller, {n}", f"row {n}") for n in _listed()]
    await lists.create("Short", [NewRow(42)])
    window.list_commands.work_list.emit()
    await _until(lambda: window.pane is not None)
    number, _ = await lists.create("Long", rows)
    await _settled()
    pane = window.pane
    assert pane is not None

    async def open_list() -> None:
        pane.head.list_chosen.emit(number)
        await _until(lambda: pane.rows.total == LISTED)
        await _settled(100)

    async def filter_rows() -> None:
        for text in ("m", "mu", "mul", ""):
            pane.filter.line.setText(text)
            await _settled(10)

    async def sort_rows() -> None:
        for order in (RowOrder.TITLE, RowOrder.STATE, RowOrder.ADDED):
            pane.filter._sort(order)
            await _settled(10)

    async def save_and_next() -> None:
        for place in (0, 1, 2):
            session.model.set_value("location", f"Room {place}")
            window.list_commands.saving_and_next.emit()
            await _until(lambda: not session.state.dirty and session.jobs.running("open"))
            await session.jobs.wait("open")
            await _settled()

    await _measure(f"opening a list of {LISTED:,}", holds, open_list)
    await _measure("… keys in its filter", holds, filter_rows)
    await _measure("… sorting it", holds, sort_rows)
    await _open(program, _listed()[0])
    await _measure("… three rows saved with Ctrl+Enter", holds, save_and_next)


def _listed() -> range:
    return range(1, LISTED + 1)


async def _bulk_edit(program: Program, sandbox: Sandbox) -> None:
    """The same change on hundreds, beside a list of thousands: its preview, and its run."""
    from atz_desktop.domain.bulk_edit import BulkEdit
    from atz_desktop.domain.bulk_rules import Prefix
    from atz_desktop.view.worklist.bulk_edit_dialog import BulkEditDialog
    from atz_desktop.view.worklist.run_window import RunWindow

    holds, connected = Holds(), program.front.connected
    assert connected is not None
    pane = program.front.window.pane
    assert pane is not None
    for number in range(MANY, MANY + PREVIEWED):
        sandbox.account.set({**sandbox.account.get(42), "id": number})
    pane.filter.line.setText("")
    scope = connected.work_list.scope
    runs = connected.account_session.runs
    chosen = scope._replace(rows=scope.rows[MANY - 1 : MANY - 1 + PREVIEWED])

    async def open_dialog() -> None:
        connected.bulk_edit.change_all(chosen)
        await _until(lambda: _shown(BulkEditDialog))
        await _settled(100)

    async def read() -> None:
        dialog = _shown(BulkEditDialog)
        await _until(lambda: len(dialog._model.activities) == PREVIEWED)
        await _settled()

    async def preview() -> None:
        dialog = _shown(BulkEditDialog)
        dialog.preview_button.click()
        await _until(lambda: dialog.page.count == PREVIEWED)
        await _settled()

    async def open_runs() -> None:
        connected.runs.show()
        await _until(lambda: _shown(RunWindow))
        await _settled(100)

    async def run() -> None:
        edits = [row.applied.edit for row in rows if row.applied]
        connected.runs.show(await runs.start("Moved", edits, list_id=chosen.list_id))
        await _until(lambda: not runs.is_running)
        await _settled()

    await _measure(f"opening “Change all…” of {PREVIEWED}", holds, open_dialog)
    await _measure("… while they are read", holds, read)
    _shown(BulkEditDialog).show_bulk(BulkEdit({"title": Prefix("[Moved] ")}))
    await _settled()
    await _measure("… their preview", holds, preview)
    rows = _shown(BulkEditDialog).page.model.chosen[:RUN]
    _shown(BulkEditDialog).hide()  # as it does when a run begins
    await _settled()
    await _measure("opening the window of runs", holds, open_runs)
    await _measure(f"… a run of {RUN} of them, with it and the list in sight", holds, run)


def _shown(kind: type[Any]) -> Any:
    from PySide6.QtWidgets import QApplication

    found = (top for top in QApplication.topLevelWidgets() if isinstance(top, kind))
    return next((top for top in found if top.isVisible()), None)


USUAL = (_forms, _typing, _resizing, _windows, _popups, _pasting, _listing, _work_list, _bulk_edit)
BEYOND = (_long_text, _big_forms, _big_typing, _big_pasting, _big_listing)
"""The cost may grow with the size, but no faster."""


def main() -> int:
    if _ONCE in sys.argv:
        return _once(sys.argv[1:])
    if _START in sys.argv:
        return _start()
    rounds = [_lines_of_one_process(sys.argv[1:]) for _round in range(ROUNDS)]
    for line in zip(*rounds, strict=True):
        what = line[0][0]
        if len(line[0]) == 1:
            sys.stdout.write(f"{what}\n")
            continue
        longest = sorted(float(each[1]) for each in line)
        middle, above, total = (statistics.median(float(e[n]) for e in line) for n in (1, 2, 3))
        verdict = "within" if middle <= FRAME else "ABOVE"
        more = f"least {longest[0]:.1f} ms, {above:.0f} above, done after {total:.2f} s"
        sys.stdout.write(
            f"  {what}: longest step {middle:.1f} ms, {more}\n"
            f"    {verdict} the frame of {FRAME:.0f} ms\n"
        )
        record(Figure(f"hold: {what}", middle, "ms", FRAME, more))
        if line[0][4]:
            record(Figure(what, total * 1000, "ms", float(line[0][4]) * 1000))
    return 0


def _lines_of_one_process(parts: list[str]) -> list[list[str]]:
    """What a start told, unless only some parts are asked for, and what the parts did."""
    lines: list[list[str]] = []
    for arguments in ([_ONCE, *parts],) if parts else ([_START], [_ONCE]):
        command = [sys.executable, "-m", "tests.bench_holds", *arguments]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        lines += [line.split("\t") for line in told.splitlines()]
    return lines


def _start() -> int:
    """The program as it starts with an activity, from the first turn of its event loop on."""
    _begin_like_the_program()
    from PySide6.QtCore import QTimer

    from atz_desktop.cli import parse_options
    from atz_desktop.launch import create_application, start
    from atz_desktop.sandbox.server import Sandbox

    create_application()
    holds = Holds()

    async def script(program: Program) -> None:
        await _until(lambda: program.front.window.pages.shows_form)
        await _settled(100)
        holds.end()

    with tempfile.TemporaryDirectory() as folder, Sandbox(pace_limit=None) as sandbox:
        environment = {"ATZ_API_URL": sandbox.url, "ATZ_API_TOKEN": sandbox.token}
        options = parse_options(["42", "--data-dir", folder], environment)
        QTimer.singleShot(1, holds.begin)  # in the first turn of the event loop
        start(options, script)
    holds.tell("a start, once its window is there")
    return 0


def _begin_like_the_program() -> None:
    """Without a display; PySide6 must not be imported before `launch`, which makes it quicker."""
    if sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    importlib.import_module("atz_desktop.launch")


def _once(wanted: list[str]) -> int:
    """Everything in one window, in this process."""
    _begin_like_the_program()
    from atz_desktop.app.event_loop import collect_seldom
    from atz_desktop.launch import create_application, import_in_background, prepare_the_rest

    app = create_application()
    import_in_background(app)
    prepare_the_rest()
    collect_seldom(app)
    from qasync import QEventLoop

    from atz_desktop.api.rate_limiter import RateLimiter
    from atz_desktop.app.program import Program
    from atz_desktop.cli import parse_options
    from atz_desktop.domain.settings import Settings
    from atz_desktop.sandbox.server import Sandbox
    from atz_desktop.store.paths import Paths
    from atz_desktop.view.appearance import apply_theme
    from atz_desktop.view.windows.main_window import MainWindow

    with tempfile.TemporaryDirectory() as folder, Sandbox(pace_limit=None) as sandbox:
        environment = {"ATZ_API_URL": sandbox.url, "ATZ_API_TOKEN": sandbox.token}
        options = parse_options(["--data-dir", folder], environment)
        window = MainWindow()
        window.show()
        window.activateWindow()

        async def work() -> int:
            theme = apply_theme(app, "light")
            program = Program(window, theme, options, Paths(Path(folder)), Settings())
            program.shared.network.rate_limiter = lambda account: RateLimiter(limit=1_000_000)

            async def script(running: Program) -> None:
                await _until(lambda: running.front.connected is not None)
                for title, parts in (("people have", USUAL), ("nobody has", BEYOND)):
                    sys.stdout.write(f"What {title}:\n")
                    for part in parts:
                        if wanted == [_ONCE] or part.__name__ in wanted:
                            await part(running, sandbox)

            return await program.run(script)

        with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
            return runner.run(work())


if __name__ == "__main__":
    sys.exit(main())
