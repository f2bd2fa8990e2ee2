"""Keeps what the person chose: one write at a time, the newest last, again when it failed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from atz_desktop.domain.settings import Settings
from atz_desktop.session.notices import Level, Notice
from atz_desktop.store.errors import StoreError
from atz_desktop.store.settings import save_settings

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs

RETRY = 30.0
"""Seconds after which a write that failed is tried again."""


class Notices(Protocol):
    """Where messages are shown."""

    def show_notice(self, notice: Notice) -> None: ...

    def withdraw_notice(self, notice: Notice) -> None: ...


class SettingsWriter:
    """Writes `settings()` into the file when told so.

    `usual` are those of the whole computer, which are not kept as a person's choice.
    """

    def __init__(  # noqa: PLR0913 - where to, what, and whom to tell
        self,
        file: Path,
        settings: Callable[[], Settings],
        jobs: Jobs,
        notices: Notices,
        *,
        usual: Settings | None = None,
        retry: float = RETRY,
    ) -> None:
        self._file = file
        self._settings = settings
        self._jobs = jobs
        self._notices = notices
        self._usual = usual
        self._retry = retry
        self._wanted = False
        self._told: Notice | None = None

    def keep(self) -> None:
        """Something was chosen."""
        self._wanted = True
        if not self._jobs.running("keep settings"):
            self._jobs.start("keep settings", self._keep_all(), finish=True)

    async def keep_now(self) -> bool:
        """Write what is chosen now; False, which is said once, if the disk does not take it."""
        try:
            await asyncio.to_thread(save_settings, self._file, self._settings(), self._usual)
        except StoreError as error:
            if self._told is None:
                title = "The settings could not be kept"
                self._told = Notice(
                    Level.WARNING, title, error.message, persistent=True, aside=True
                )
                self._notices.show_notice(self._told)
            return False
        if self._told is not None:
            self._notices.withdraw_notice(self._told)
            self._told = None
        return True

    async def _keep_all(self) -> None:
        kept = True
        while self._wanted:
            self._wanted = False
            kept = await self.keep_now()
        if not kept:
            self._jobs.start("keep settings again", self._keep_later())

    async def _keep_later(self) -> None:
        await asyncio.sleep(self._retry)
        self.keep()
