"""What the program does by itself when nobody waits: the look for damage, the daily backup, and the
weekly look whether a newer version was published. And the dialogs about the last two.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from atz_desktop.session.notices import Level, Notice, NoticeAction, files_notice
from atz_desktop.session.update_check import UpdateResult, UpdateState
from atz_desktop.store.backups import back_up_daily, backup_folder
from atz_desktop.store.errors import Damaged, StoreError
from atz_desktop.view.dialogs.prompts import show_dialog

if TYPE_CHECKING:
    from atz_desktop.app.shared import Shared
    from atz_desktop.view.windows.main_window import MainWindow

_log = logging.getLogger(__name__)

INTERVAL_SECONDS = 3600.0
"""Seconds between two looks at what is due: a program may run for weeks."""
NOTICE_RETRY_SECONDS = 1.0
"""Seconds between two looks whether the place for messages is free."""


class Maintenance:
    """`start` begins; what is under way ends with the jobs of the program."""

    def __init__(
        self,
        window: Callable[[], MainWindow],
        shared: Shared,
        on_restored: Callable[[], None],
        interval: float = INTERVAL_SECONDS,
    ) -> None:
        """`window` says which one is in front; `on_restored`: rows came back from a backup."""
        self._every = interval
        self._window = window
        self._shared = shared
        self._jobs = shared.jobs
        self._updates = shared.updates
        self._on_restored = on_restored
        self._found: UpdateResult | None = None

    def attach(self, window: MainWindow) -> None:
        """Do what this window asks for."""
        window.backups_requested.connect(self.show_backups)
        window.updates_requested.connect(self._check_now)

    def start(self, after: Callable[[], Awaitable[object]]) -> None:
        """See to what is due: when what the user waits for is over (`after`), and every hour."""
        self._jobs.start("maintenance", self._begin(after))

    def show_backups(self) -> None:
        """Look into a backup, and bring parts of it back."""
        from atz_desktop.session.backups import Backups
        from atz_desktop.view.dialogs.backup_dialog import BackupDialog

        shared, accounts = self._shared, self._shared.settings.current.all_accounts()
        names = {**{each.key: each.name for each in accounts}, "sandbox": "Sandbox"}
        file = shared.paths.database
        backups = Backups(self._jobs, file, lambda: shared.database, names)
        backups.restored.connect(self._on_restored)
        dialog = BackupDialog(backups, backup_folder(file), self._window())
        self._jobs.start("backups", show_dialog(dialog))

    def show_update(self) -> None:
        """Tell more of the newer version that the last look found."""
        if self._found is not None:
            self._show(self._found)

    def _check_now(self) -> None:
        self._jobs.start("look for updates", self._check_and_show())

    async def _check_and_show(self) -> None:
        self._show(await self._updates.check())

    def _show(self, result: UpdateResult) -> None:
        from atz_desktop.view.dialogs.help_dialogs import UpdateDialog

        self._jobs.start("update dialog", show_dialog(UpdateDialog(result, self._window())))

    async def _begin(self, after: Callable[[], Awaitable[object]]) -> None:
        await after()
        if await self._is_database_sound():
            self._jobs.start("backup", self._back_up_daily())
        self._jobs.start("updates", self._check_weekly())

    async def _is_database_sound(self) -> bool:
        """Damage that shows only now is told; the next start sets the file aside."""
        database = self._shared.database
        try:
            if database is not None:
                await database.check()
        except Damaged as error:
            self._window().messages.show_notice(files_notice(error.message, "the database"))
            return False
        except StoreError as error:
            _log.warning("the database was not checked: %s", type(error).__name__)
        return True

    async def _back_up_daily(self) -> None:
        while True:
            database = self._shared.database
            if database is not None:
                try:
                    database.require_disk()
                    await asyncio.to_thread(back_up_daily, database.path)
                except StoreError as error:
                    _log.warning("no backup was made: %s", type(error).__name__)
            await asyncio.sleep(self._every)

    async def _check_weekly(self) -> None:
        while True:
            if self._updates.is_due:
                result = await self._updates.check()
                if result.state is UpdateState.NEWER and result.release is not None:
                    self._found = result
                    await self._notify(result.release.version)
            await asyncio.sleep(self._every)

    async def _notify(self, version: str) -> None:
        """In the place for messages, once that is free: this can wait, another message may not."""
        # Not at the very moment that it gets free: mostly the next message follows at once.
        while self._window().messages.answers.notice is not None:  # noqa: ASYNC110
            await asyncio.sleep(NOTICE_RETRY_SECONDS)
        title = f"Version {version} of ATZ Desktop is there"
        text = "Nothing is installed by itself; go on working as long as you like."
        self._window().messages.show_notice(Notice(Level.INFO, title, text, NoticeAction.WHATS_NEW))
