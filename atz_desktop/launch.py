"""Starts the program: the window is painted first, everything else is loaded behind it.

Before the first paint only QtCore, QtGui, QtWidgets and what the window is made of are imported;
httpx, pydantic, the database and the sandbox come in on a thread while the window is alive already.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from time import monotonic
from typing import TYPE_CHECKING

# Imports make a hundred thousand objects and no rubbish: looking for it takes a tenth of the start.
gc.disable()

from atz_desktop.lazy_signatures import defer_signatures, restore_import  # noqa: E402
from atz_desktop.quick_enums import make_enums_quickly  # noqa: E402

defer_signatures()
make_enums_quickly()

from PySide6 import QtWidgets  # noqa: E402
from PySide6.QtCore import QEventLoop, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QIcon  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

restore_import()

from atz_desktop.app.crash import CrashHook  # noqa: E402 - after that, on purpose
from atz_desktop.app.single_instance import Handover, InstanceLock, hand_over  # noqa: E402
from atz_desktop.cli import Options, parse_options, request_of  # noqa: E402
from atz_desktop.store.machine import read_machine_settings, usual_settings  # noqa: E402
from atz_desktop.store.paths import Paths, data_folder  # noqa: E402
from atz_desktop.store.settings import load_settings  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from PySide6.QtWidgets import QDialog, QWidget

    from atz_desktop.app.crash import Crash
    from atz_desktop.app.program import Program
    from atz_desktop.domain.settings import Settings
    from atz_desktop.view.appearance import Theme
    from atz_desktop.view.windows.main_window import MainWindow

    Script = Callable[[Program], Awaitable[None]]

_UNSEEN = {"offscreen", "minimal"}
"""Platforms of Qt on which nobody sees a window: nothing may wait for an answer there."""
_EXPOSED_WITHIN = 0.25
"""Seconds; a window that another one covers may never be."""


def start(options: Options, script: Script | None = None, hook: CrashHook | None = None) -> int:
    """Show the window, load the rest behind it, and work until the window is closed.

    `script` works in a user's place: the self-test, and the screenshots. `hook` is told of every
    error that nobody expected; without one Python has them. If a program is running on the data
    folder, it opens the window, and this one ends at once.
    """
    app = create_application()
    paths = Paths(data_folder(options.data_dir, os.environ))
    instance = InstanceLock(paths.root)
    code = _hand_over(app, paths, options, instance)
    if code is not None:
        return code
    usual, odd = usual_settings(read_machine_settings())
    settings, problem = load_settings(paths.settings, usual)
    window, theme = _show_window(app, settings)
    options.trace("painted")
    _load_rest(app)
    options.trace("imported")

    import asyncio

    from atz_desktop.app.event_loop import run_on_qt
    from atz_desktop.app.log import AppLog
    from atz_desktop.app.program import Program

    log = AppLog(paths.logs)

    async def work() -> int:
        program = Program(
            window, theme, options, paths, settings, defaults=usual, log=log, instance=instance
        )
        if hook is not None:
            hook.watch_loop(asyncio.get_running_loop(), log)
            program.watch_crashes(hook)
        program.on_idle = prepare_the_rest
        told = (odd, problem, instance.told, log.problem)
        return await program.run(script, " ".join(filter(None, told)))

    try:
        return run_on_qt(app, work())
    finally:
        finish_preparing()
        log.close()
        if hook is not None:
            hook.unwatch_loop()


def create_application() -> QApplication:
    """The QApplication, named; the window's closing does not end it."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("ATZ Desktop")
    app.setDesktopFileName("atz-desktop")
    app.setQuitOnLastWindowClosed(False)
    # For the button that empties a field, for menus of fields and for boxes Qt looks through all
    # icon themes of the computer (0.1 to 0.3 s), to find pictures that go with no other here.
    QIcon.setThemeSearchPaths([":/icons"])
    return app


# A program that is running already


def _hand_over(
    app: QApplication, paths: Paths, options: Options, instance: InstanceLock
) -> int | None:
    """Let the program that is running open the window; the exit code. None: this one is to work."""
    if instance.acquire():
        return None
    end = hand_over(instance, request_of(options, os.environ))
    if end is Handover.OWNER:
        return None
    return 0 if end is Handover.TAKEN else _say_no_answer(app, paths)


def _say_no_answer(app: QApplication, paths: Paths) -> int:
    """Say that the running program does not answer; the exit code."""
    from PySide6.QtWidgets import QMessageBox

    words = "ATZ Desktop is running already, but it does not answer."
    more = (
        "Perhaps it is still starting, or busy ending: try again in a moment. Otherwise end it in "
        f"the task manager of this computer. It works with the files in “{paths.root}”; what was "
        "typed there comes back at the next start."
    )
    if sys.stderr is not None:
        sys.stderr.write(f"{words} {more}\n")
    if app.platformName() not in _UNSEEN:
        box = QMessageBox(QMessageBox.Icon.Warning, "ATZ Desktop", words)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(more)
        _show_until_closed(app, box)
    return 1


# Until the window is painted, and behind it


def _show_window(app: QApplication, settings: Settings) -> tuple[MainWindow, Theme]:
    from atz_desktop.view.appearance import apply_theme
    from atz_desktop.view.windows.main_window import MainWindow

    theme = apply_theme(app, settings.theme)  # type: ignore[arg-type]  # checked where it is read
    window = MainWindow()
    window.restore_geometry_text(settings.window)
    window.show()
    _wait_until_painted(app, window)
    return window, theme


def _wait_until_painted(app: QApplication, window: QWidget) -> None:
    """The system tells a moment after `show` that the window is there, and Qt then paints it.

    Imports that begin before would have the paint wait for them. A window that comes up minimized
    is not waited for.
    """
    until = monotonic() + _EXPOSED_WITHIN
    app.processEvents()
    handle = window.windowHandle()
    _stay_alive_while(
        app,
        lambda: bool(
            handle and not handle.isExposed() and monotonic() < until and not window.isMinimized()
        ),
    )


def _load_rest(app: QApplication) -> None:
    from atz_desktop.view.icons import app_icon

    app.setWindowIcon(app_icon())
    import_in_background(app)

    from atz_desktop.app.event_loop import collect_seldom

    collect_seldom(app)


def import_in_background(app: QApplication) -> None:
    """Import what the rest of the program needs on a thread, while the window stays alive."""
    thread = threading.Thread(target=_import_rest, name="imports", daemon=True)
    thread.start()
    _stay_alive_while(app, thread.is_alive)
    thread.join()


def _import_rest() -> None:
    import anyio._backends._asyncio  # else httpcore imports it in the middle of the first request
    import anyio._core._synchronization
    import PySide6.QtNetwork

    import atz_desktop.app.event_loop
    import atz_desktop.app.log
    import atz_desktop.app.program
    import atz_desktop.view.form.page
    import atz_desktop.view.windows.tool_bar

    del anyio, PySide6, atz_desktop


def _stay_alive_while(app: QApplication, waits: Callable[[], bool]) -> None:
    """Keep the window alive while something is waited for: no loop of asyncio runs yet."""
    waking = QTimer()
    waking.start(4)
    while waits():
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    waking.stop()


# When nobody waits for the first form any more, until the end

_preparing: list[threading.Thread] = []
_ending = threading.Event()


def prepare_the_rest() -> None:
    """Prepare on a thread what is wanted later, so that the first use does not hold the window."""
    _ending.clear()
    _preparing.append(threading.Thread(target=_prepare_the_rest, name="preparing", daemon=True))
    _preparing[-1].start()


def _prepare_the_rest() -> None:
    import encodings.idna  # which checking an address wants

    import tzlocal
    from PySide6.QtCore import QItemSelectionModel

    import atz_desktop.app.bulk_edit
    import atz_desktop.app.bulk_runs
    import atz_desktop.app.help
    import atz_desktop.app.work_list
    import atz_desktop.session.run_loop
    import atz_desktop.view.dialogs.review_dialog
    import atz_desktop.view.dialogs.settings_dialog
    import atz_desktop.view.editors.date_time_popups
    import atz_desktop.view.widgets.chip_popup
    import atz_desktop.view.windows.history_window
    import atz_desktop.view.windows.search_window
    import atz_desktop.view.worklist.pane

    del atz_desktop, encodings, tzlocal, QItemSelectionModel
    # PySide6 makes a class of Qt when it is first named. But for the first widget that Qt made by
    # itself (what is inside a scroll area) it makes all that it may be: 20 ms.
    for name in dir(QtWidgets):
        if _ending.is_set():
            return
        getattr(QtWidgets, name)
    gc.freeze()  # else each full collection looks at all of them: 20 ms


def finish_preparing() -> None:
    """Wait for the thread: one that makes Qt's classes while Python ends crashes the process."""
    _ending.set()
    while _preparing:
        _preparing.pop().join()


# Where no program runs any more


def show_fatal_crash(crash: Crash) -> None:
    """Show the error that ended the program; nothing else is left to show it."""
    app = QApplication.instance()
    if not isinstance(app, QApplication) or app.platformName() in _UNSEEN:
        return
    from atz_desktop.view.dialogs.crash_dialog import CrashDialog

    logs = Paths(data_folder(parse_options(sys.argv[1:], os.environ).data_dir, os.environ)).logs
    _show_until_closed(app, CrashDialog(*crash, logs, None, ended=True))


def _show_until_closed(app: QApplication, dialog: QDialog) -> None:
    """Show a dialog where no event loop runs."""
    dialog.show()
    while dialog.isVisible():
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
