"""The whole program in a real window, on Qt's loop, against the sandbox over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from atz_desktop.api.rate_limiter import LIMIT, RateLimiter
from atz_desktop.app.program import Program
from atz_desktop.app.single_instance import InstanceLock
from atz_desktop.cli import parse_options
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.settings import Settings
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.jobs import Jobs
from atz_desktop.store.paths import Paths
from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.windows.main_window import MainWindow
from tests.conftest import before_the_meetings
from tests.view.conftest import (
    nothing_left_behind,
    pytest_asyncio_loop_factories,
    pytest_itemcollected,
    pytest_runtest_call,
)
from tests.waiting import until

__all__ = [
    "nothing_left_behind",
    "pytest_asyncio_loop_factories",
    "pytest_itemcollected",
    "pytest_runtest_call",
]

W = TypeVar("W", bound=QWidget)


class Walk:
    """A running program and a person's hands: keys, clicks, and eyes that find by visible name."""

    def __init__(self, window: MainWindow, program: Program) -> None:
        self.window = window
        self.program = program

    @property
    def sandbox(self) -> Sandbox:
        assert self.program.shared.sandbox.server is not None
        return self.program.shared.sandbox.server

    @property
    def jobs(self) -> Jobs:
        """What the record session of the window in front has under way."""
        return self.program.front.session.jobs

    @property
    def edit(self) -> Edit:
        assert self.program.front.session.edit is not None
        return self.program.front.session.edit

    @property
    def notice(self) -> str:
        """The title of the answer, wherever it stands; else of what came by itself; "": none."""
        result = self.window.save_bar.result
        bars = self.window.messages.bars
        said = (bar.notice.title for bar in bars if bar.notice)
        return result.title if result else next(said, "")

    def find(self, kind: type[W], name: str) -> W:
        """The widget with this accessible name or visible text."""
        for widget in self._widgets(kind):
            text = widget.property("text") or ""
            if name in {widget.accessibleName(), str(text).replace("&", "")}:
                return widget
        names = sorted({w.accessibleName() for w in self._widgets(kind) if w.accessibleName()})
        raise AssertionError(f"no {kind.__name__} is called {name!r}; there are {names}")

    def shows(self, kind: type[QWidget], name: str) -> bool:
        """Whether there is such a widget now, for waiting until there is."""
        try:
            self.find(kind, name)
        except AssertionError:
            return False
        return True

    def _widgets(self, kind: type[W]) -> list[W]:
        tops: list[QWidget] = [self.window]
        tops += [top for top in QApplication.topLevelWidgets() if top is not self.window]
        return [w for top in tops if top.isVisible() for w in top.findChildren(kind)]

    def click(self, name: str, kind: type[QWidget] = QWidget) -> None:
        """Press what has this name with the mouse."""
        widget = self.find(kind, name)
        assert widget.isEnabled(), f"{name} is off"
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def keys(
        self, text: str = "", key: Qt.Key | None = None, *, ctrl: bool = False, shift: bool = False
    ) -> None:
        """Type into whatever has the focus."""
        target = QApplication.focusWidget() or self.window
        modifier = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
        if shift:
            modifier |= Qt.KeyboardModifier.ShiftModifier
        if text:
            QTest.keyClicks(target, text, modifier)
        if key is not None:
            QTest.keyClick(target, key, modifier)

    async def load(self, activity_id: int) -> None:
        """Type an ID and press Enter, as a person does."""
        self.keys(key=Qt.Key.Key_L, ctrl=True)
        self.keys(str(activity_id), Qt.Key.Key_Return)
        await until(
            lambda: (
                self.program.front.session.activity is not None
                and self.program.front.session.activity.id == activity_id
                and self.program.front.session.state.loading_id is None
                and self.window.page is not None
                and self.window.page.isVisible()
            ),
            f"activity {activity_id} is loaded",
        )

    async def saved(self) -> None:
        """Wait until the save has ended."""
        await until(
            lambda: not self.program.front.session.jobs.running("save"), "the save has ended"
        )


@pytest_asyncio.fixture
async def walk(tmp_path: Path, qapp: QApplication) -> AsyncIterator[Walk]:
    """The program as `atz-desktop --sandbox` runs it, in a window that has the focus."""
    async for made in running_program(tmp_path, qapp):
        yield made


async def running_program(
    folder: Path,
    qapp: QApplication,
    arguments: Sequence[str] = ("--sandbox",),
    token: str = "",
    instance: InstanceLock | None = None,
    limit: int = LIMIT,
    settings: Settings | None = None,
) -> AsyncIterator[Walk]:
    """A program with its files in `folder`; `token` as ATZ_API_TOKEN would give it. It may send
    `limit` requests in a minute, and had these `settings` when it ended last.
    """
    window = MainWindow()
    window.resize(1040, 760)
    window.show()
    given = {"ATZ_API_TOKEN": token} if token else {}
    options = parse_options([*arguments, "--data-dir", str(folder)], given)
    theme = apply_theme(qapp, "light")
    program = Program(
        window, theme, options, Paths(folder), settings or Settings(), instance=instance
    )
    program.front.model.utc_now = before_the_meetings
    program.shared.network.rate_limiter = lambda _account: RateLimiter(limit=limit)
    running = asyncio.ensure_future(program.run())
    await until(lambda: program.front.connected is not None or running.done(), "it is connected")
    window.activateWindow()
    yield Walk(window, program)
    program.quit()
    assert await running == 0
    if isValid(window):  # it may be closed before the others
        window.deleteLater()
