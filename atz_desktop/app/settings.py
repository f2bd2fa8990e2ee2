"""Keeps what the user chose: one write at a time, the newest last, again when it failed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from atz_desktop.domain.settings import Account, Settings
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.services import BooleanFormat
from atz_desktop.store.errors import StoreError
from atz_desktop.store.settings import save_settings

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs

RETRY_SECONDS = 30.0
"""Seconds after which a write that failed is tried again."""


class Notices(Protocol):
    """Where messages are shown."""

    def show_notice(self, notice: Notice) -> None: ...

    def withdraw_notice(self, notice: Notice) -> None: ...


class SettingsHolder(Protocol):
    """Who has the settings, and keeps what is noted on the way."""

    @property
    def settings(self) -> Settings: ...

    def take_settings(self, settings: Settings) -> None: ...


class SettingsWriter:
    """Writes `settings()` into the file when told so.

    `defaults` are those of the whole computer, which are not kept as a user's choice.
    """

    def __init__(  # noqa: PLR0913 - where to, what, and whom to tell
        self,
        file: Path,
        settings: Callable[[], Settings],
        jobs: Jobs,
        notices: Notices,
        *,
        defaults: Settings | None = None,
        retry: float = RETRY_SECONDS,
    ) -> None:
        self._file = file
        self._settings = settings
        self._jobs = jobs
        self._notices = notices
        self._usual = defaults
        self._retry = retry
        self._pending = False
        self._shown_notice: Notice | None = None

    def schedule(self) -> None:
        """Something was chosen."""
        self._pending = True
        if not self._jobs.running("keep settings"):
            self._jobs.start("keep settings", self._write_pending(), finish=True)

    async def write(self) -> bool:
        """Write what is chosen now; False, which is said once, if the disk does not take it."""
        try:
            await asyncio.to_thread(save_settings, self._file, self._settings(), self._usual)
        except StoreError as error:
            if self._shown_notice is None:
                title = "The settings could not be kept"
                self._shown_notice = Notice(
                    Level.WARNING, title, error.message, persistent=True, aside=True
                )
                self._notices.show_notice(self._shown_notice)
            return False
        if self._shown_notice is not None:
            self._notices.withdraw_notice(self._shown_notice)
            self._shown_notice = None
        return True

    async def _write_pending(self) -> None:
        kept = True
        while self._pending:
            self._pending = False
            kept = await self.write()
        if not kept:
            self._jobs.start("keep settings again", self._retry_later())

    async def _retry_later(self) -> None:
        await asyncio.sleep(self._retry)
        self.schedule()


def boolean_format(
    account: Account, settings: Callable[[], Settings], keep: Callable[[Settings], None]
) -> BooleanFormat:
    """How this account takes booleans, kept in the settings as soon as it is known better."""

    def learn() -> None:
        now = settings()
        others = tuple(key for key in now.numeric_flags if key != account.key)
        numeric = (*others, account.key) if form.numeric else others
        keep(now._replace(numeric_flags=numeric))

    form = BooleanFormat(account.key in settings().numeric_flags, learn)
    return form
