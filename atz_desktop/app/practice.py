"""The practice of the sandbox: opens its tasks, and ticks them when they were read back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from atz_desktop.view.windows.practice_bar import PracticeBar, ShownTask

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.sandbox.account import Account
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.windows.main_window import MainWindow


class PracticeController:
    """In one window; the made-up account, which all windows share, tells what is done."""

    def __init__(self, window: MainWindow, session: RecordSession, account: Account) -> None:
        self._window = window
        self._session = session
        self._account = account
        self._bar: PracticeBar | None = None

    def show(self) -> None:
        """Offer the tasks, and open the first that is not done."""
        self._session.jobs.start("practice", self._begin())

    def show_if_new(self) -> None:
        """The sandbox was entered: offer the tasks unless all are done."""
        self._session.jobs.start("practice", self._begin(only_if_new=True))

    def close(self) -> None:
        """Another account is shown, or the user has enough."""
        if self._bar is not None:
            self._session.loaded.disconnect(self._on_loaded)
            self._session.opened.disconnect(self._on_opened)
            self._bar.hide()
            self._bar.deleteLater()
            self._bar = None

    async def _begin(self, *, only_if_new: bool = False, anew: bool = False) -> None:
        from atz_desktop.sandbox import practice

        await asyncio.to_thread(practice.prepare, self._account, anew=anew)
        done = await asyncio.to_thread(practice.done, self._account)
        left = [task.activity_id for task in practice.TASKS if task.activity_id not in done]
        if only_if_new and not left:
            return
        activity = self._session.activity
        self._bar = self._bar or self._create_bar()
        self._bar.show_done(done)
        self._bar.show_task(activity.id if activity else None)
        idle = activity is None and self._session.state.loading_id is None
        if left and (idle or not only_if_new):
            self._session.open(left[0])

    def _create_bar(self) -> PracticeBar:
        from atz_desktop.sandbox.practice import TASKS

        tasks = tuple(ShownTask(task.activity_id, task.title, task.words) for task in TASKS)
        bar = PracticeBar(tasks, self._window.menus.sandbox)
        bar.task_requested.connect(self._session.open)
        bar.start_over_requested.connect(self._start_over)
        bar.close_requested.connect(self.close)
        self._window.body.add_bar(bar)
        self._session.loaded.connect(self._on_loaded)
        self._session.opened.connect(self._on_opened)
        return bar

    def _start_over(self) -> None:
        self._session.model.revert_all()
        self._session.jobs.start("practice", self._begin(anew=True))

    def _on_opened(self, activity: Activity) -> None:
        from atz_desktop.sandbox.practice import meet_colleague

        meeting = asyncio.to_thread(meet_colleague, self._account, activity.id)
        self._session.jobs.start("colleague", meeting)

    def _on_loaded(self, activity: Activity) -> None:
        assert self._bar is not None
        self._bar.show_task(activity.id)
        self._session.jobs.start("tick", self._tick())

    async def _tick(self) -> None:
        """Off the window's thread: the account may just be writing its file."""
        from atz_desktop.sandbox.practice import done

        ticked = await asyncio.to_thread(done, self._account)
        if self._bar is not None:
            self._bar.show_done(ticked)
