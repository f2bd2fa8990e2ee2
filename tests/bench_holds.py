"""Part of `./dev bench`: the longest time that one step holds the window's thread.

A timer of 0 ms ticks whenever Qt's loop comes round; the longest gap between two ticks while an
action runs is how long the window did not answer. What is measured is the processor's time of that
thread, so that it does not depend on what else the machine does.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from atz_desktop.app.program import Program
    from atz_desktop.sandbox.server import Sandbox

FRAME = 16.0
"""Milliseconds."""
PATIENCE = 60.0
CROWD, BIG_CROWD = 100, 5_000
"""Attendees of an activity: what people have, and what nobody has."""
ROWS, MANY_ROWS = 1_000, 50_000
PASTED = 2_000
LETTERS, MANY_CHIPS = 20_000, 1_000


class Holds:
    """Counts the gaps between the ticks of a timer of 0 ms."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self.longest = 0.0
        self.total = 0.0
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.thread_time()
        self.longest = max(self.longest, now - self._last)
        self._last = now

    @contextmanager
    def watched(self) -> Iterator[None]:
        self.longest, self._last = 0.0, time.thread_time()
        begun = time.perf_counter()
        self._timer.start()
        yield
        self._tick()
        self._timer.stop()
        self.total = time.perf_counter() - begun


async def _until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - a whole program has no one event to wait for
            await asyncio.sleep(0)


async def _settled(turns: int = 40) -> None:
    """Until what was put off to later turns of the loop is done: chips, layouts, painting."""
    for _turn in range(turns):
        await asyncio.sleep(0.002)


async def _measure(what: str, holds: Holds, work: Callable[[], Awaitable[None]]) -> None:
    with holds.watched():
        await work()
    longest = holds.longest * 1000
    verdict = "within" if longest <= FRAME else "ABOVE"
    sys.stdout.write(
        f"  {what}: longest step {longest:.1f} ms, done after {holds.total:.2f} s\n"
        f"    {verdict} the frame of {FRAME:.0f} ms\n"
    )
    sys.stdout.flush()


def _crowded(sandbox: Sandbox, activity_id: int, count: int) -> None:
    people = [
        {"slug": f"candidate_{number:020x}", "full_name": f"Candidate Number {number}"}
        for number in range(count)
    ]
    activity = sandbox.account.get(activity_id)
    activity["attendees"] = {"candidates": people, "contacts": [], "users": []}
    sandbox.account.set(activity)


async def _forms(program: Program, sandbox: Sandbox) -> None:
    holds = Holds()
    session = program.front.session
    _crowded(sandbox, 50, CROWD)
    _crowded(sandbox, 51, BIG_CROWD)

    def loading(activity_id: int) -> Callable[[], Awaitable[None]]:
        async def load() -> None:
            session.open(activity_id)
            await program.front.session.jobs.wait("open")
            await _settled(200 if activity_id == 51 else 40)

        return load

    async def save() -> None:
        session.save()
        await program.front.session.jobs.wait("save")
        await _settled()

    async def type_title() -> None:
        session.form.set_value("title", f"Another title {time.perf_counter_ns()}")
        await _settled(10)

    await _measure("the first load of an activity", holds, loading(42))
    await _measure("… the second", holds, loading(1))
    for activity_id, count in ((50, CROWD), (51, BIG_CROWD)):
        await _measure(f"loading {count:,} attendees", holds, loading(activity_id))
        await _measure("… typing into its title", holds, type_title)
        await _measure("… saving its title", holds, save)
        value = session.edit.value("candidates") if session.edit else ()
        session.form.set_value("candidates", value[:-1])
        await _settled()
        await _measure("… saving with one attendee less", holds, save)


async def _typing(program: Program, sandbox: Sandbox) -> None:
    """Keys, one after the other, as a person types them; and a window that is made wider."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLineEdit

    from atz_desktop.view.editors.people import PeopleEditor
    from atz_desktop.view.editors.text import TextEditor

    _crowded(sandbox, 52, MANY_CHIPS)
    activity = sandbox.account.get(52)
    activity["description"] = "A long description, as pasted from a mail. " * (LETTERS // 43)
    sandbox.account.set(activity)
    program.front.session.open(52)
    await program.front.session.jobs.wait("open")
    await _settled(200)
    form, holds = program.front.window.form, Holds()
    assert form is not None
    description, people = form.form.row("description").editor, form.form.row("candidates").editor
    assert isinstance(description, TextEditor)
    assert isinstance(people, PeopleEditor)
    box = people.findChildren(QLineEdit)[0]

    def typing(into: QWidget) -> Callable[[], Awaitable[None]]:
        async def keys() -> None:
            into.setFocus()
            for key in "ann":
                QTest.keyClicks(into, key)
                await _settled(10)

        return keys

    async def resize() -> None:
        for width in range(1040, 1340, 20):
            program.front.window.resize(width, 760)
            await _settled(3)
        await _settled()

    await _measure(
        f"typing into a description of {LETTERS:,} letters", holds, typing(description.controls[0])
    )
    await _measure(f"typing beside {MANY_CHIPS:,} chips", holds, typing(box))
    program.front.session.form.revert_all()
    await _settled()
    program.front.session.open(42)
    await program.front.session.jobs.wait("open")
    await _settled()
    await _measure("making the window wider, 20 points at a time", holds, resize)


async def _windows(program: Program, _sandbox: Sandbox) -> None:
    """The windows that are made when they are first wanted."""
    holds, window = Holds(), program.front.window

    async def history() -> None:
        window.history_requested.emit()
        await _settled(100)

    async def find() -> None:
        window.search_requested.emit()
        await _settled(100)

    async def settings() -> None:
        window.settings_requested.emit()
        await _settled()

    await _measure("opening the history", holds, history)
    await _measure("opening Find", holds, find)
    await _measure("opening the settings", holds, settings)


async def _pasting(program: Program, _sandbox: Sandbox) -> None:
    from atz_desktop.view.editors.people import PeopleEditor

    form = program.front.window.form
    assert form is not None
    editor = form.form.row("candidates").editor
    assert isinstance(editor, PeopleEditor)
    holds = Holds()
    for count in (100, PASTED):
        program.front.session.form.revert_all()
        program.front.session.open(42 if count == 100 else 1)
        await program.front.session.jobs.wait("open")
        await _settled()
        services = program.front.session.services
        assert services is not None
        await _known(services, PASTED)
        text = "\n".join(f"Pasted Person {n}\tpasted{n}@mail.example" for n in range(count))
        edit = program.front.session.edit
        before = len(edit.value("candidates")) if edit else 0

        def all_there(wanted: int = before + count) -> bool:
            edit = program.front.session.edit
            return edit is not None and len(edit.value("candidates")) >= wanted

        async def paste(text: str = text) -> None:
            from PySide6.QtWidgets import QLineEdit

            box = editor.findChildren(QLineEdit)[0]
            box.setFocus()
            box.insert(text)
            await _until(all_there)
            await _settled(100)

        await _measure(f"pasting {count:,} lines of “Name⇥address”", holds, paste)


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


async def _listing(program: Program, _sandbox: Sandbox) -> None:
    from atz_desktop.session.search import ActivityHit, ActivitySearch
    from atz_desktop.view.windows.search_window import SearchWindow

    session = program.front.session
    finding = ActivitySearch(program.front.jobs, session.services, session.lookups)
    panel = SearchWindow(finding, program.front.window)
    panel.show()
    holds = Holds()
    for count in (ROWS, MANY_ROWS):
        page = [
            ActivityHit(10_000 + n, f"Activity {n}", "Interview", "1 Jan 2026", "Somebody", None)
            for n in range(count)
        ]
        finding.hits, finding._ids = page, {each.id for each in page}
        finding._page, finding.has_more = 1, True
        finding.list_replaced.emit()
        await _settled()

        async def more() -> None:
            before = len(finding.hits)
            finding.fetch_more()
            await _until(lambda: len(finding.hits) > before)
            await _settled()

        await _measure(f"one more page of the find list at {count:,} rows", holds, more)
    panel.deleteLater()


def main() -> int:
    """Everything in one window, in a process of its own."""
    if sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import gc

    from atz_desktop.launch import create_application, import_in_background, prepare_the_rest

    app = create_application()
    import_in_background(app)
    prepare_the_rest()
    gc.freeze()
    gc.enable()  # the launch switches it off until everything is imported
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
            program.way.rate_limiter = lambda account: RateLimiter(limit=1_000_000)

            async def script(running: Program) -> None:
                await _until(lambda: running.front.connected is not None)
                for part in (_forms, _typing, _windows, _pasting, _listing):
                    if len(sys.argv) == 1 or part.__name__ in sys.argv:
                        await part(running, sandbox)
                running.front.session.form.revert_all()

            return await program.run(script)

        with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
            return runner.run(work())


if __name__ == "__main__":
    sys.exit(main())
