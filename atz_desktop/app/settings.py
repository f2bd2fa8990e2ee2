"""The user's settings: told to who asks, kept in their file, chosen in dialogs.

What is noted on the way without a user's choice (a token that must not be used, how an account
takes booleans) is kept in the same file. Here is also the question in which time zone ATZ gives its
times, whose answer is a setting (`ZoneQuestion`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.settings import Account, Settings, is_zone
from atz_desktop.domain.values import Span
from atz_desktop.session.notices import Level, Notice, NoticeAction
from atz_desktop.session.services import BooleanFormat
from atz_desktop.store.errors import StoreError
from atz_desktop.store.settings import save_settings

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtWidgets import QWidget

    from atz_desktop.domain.activity import Activity
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.update_check import UpdateState

RETRY_SECONDS = 30.0
"""Seconds after which a write that failed is tried again."""
_DEFAULT_ZONE = Settings().zone
_JOB = "keep settings"


class Notices(Protocol):
    """Where messages are shown."""

    def show_notice(self, notice: Notice) -> None: ...

    def withdraw_notice(self, notice: Notice) -> None: ...


class AppSettings(QObject):
    """`current` is what holds. One write at a time, the newest last, again when it failed.

    `defaults` are those of the whole computer, which are not kept as a user's choice.
    """

    chosen = Signal(object, object)
    """The user chose others: the Settings of before, and those of now."""

    def __init__(  # noqa: PLR0913 - where to, what, and whom to tell
        self,
        file: Path,
        settings: Settings,
        jobs: Jobs,
        notices: Notices,
        *,
        defaults: Settings | None = None,
        retry: float = RETRY_SECONDS,
    ) -> None:
        super().__init__()
        self.current = settings
        self._file = file
        self._jobs = jobs
        self._notices = notices
        self._defaults = defaults
        self._retry = retry
        self._pending = False
        self._shown_notice: Notice | None = None

    def choose(self, settings: Settings) -> None:
        """The user chose these in a dialog; what was noted since it opened stays."""
        old = self.current
        new = settings._replace(
            stale_tokens=old.stale_tokens,
            numeric_flags=old.numeric_flags,
            zone_known=old.zone_known,
            work_list_shown=old.work_list_shown,
            list_columns=old.list_columns,
        )
        self.update(new)
        self.chosen.emit(old, new)

    def update(self, settings: Settings) -> None:
        """Keep what was noted on the way."""
        self.current = settings
        self.schedule()

    def schedule(self) -> None:
        """Write them soon."""
        self._pending = True
        if not self._jobs.running(_JOB):
            self._jobs.start(_JOB, self._write_pending(), finish=True)

    async def wait_written(self) -> None:
        """Wait until they are on the disk, if the disk allows."""
        await self._jobs.wait(_JOB)

    async def write(self) -> bool:
        """Write what is chosen now; False, which is said once, if the disk does not take it."""
        try:
            await asyncio.to_thread(save_settings, self._file, self.current, self._defaults)
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


# What is noted on the way


def boolean_format(settings: AppSettings, account: Account) -> BooleanFormat:
    """How this account takes booleans, kept in the settings as soon as it is known better."""

    def learn() -> None:
        now = settings.current
        others = tuple(key for key in now.numeric_flags if key != account.key)
        numeric = (*others, account.key) if form.numeric else others
        settings.update(now._replace(numeric_flags=numeric))

    form = BooleanFormat(account.key in settings.current.numeric_flags, learn)
    return form


class StaleTokens:
    """Which tokens in the key store must not be used (store/tokens.py)."""

    def __init__(self, settings: AppSettings) -> None:
        self._settings = settings

    def __contains__(self, account: object) -> bool:
        return account in self._settings.current.stale_tokens

    async def mark(self, account: str) -> None:
        """On the disk when this returns, if the disk allows."""
        if account not in self:
            await self._store((*self._settings.current.stale_tokens, account))

    async def clear(self, account: str) -> None:
        """The key store holds the right token, or none."""
        if account in self:
            marked = self._settings.current.stale_tokens
            await self._store(tuple(each for each in marked if each != account))

    async def _store(self, marked: tuple[str, ...]) -> None:
        self._settings.update(self._settings.current._replace(stale_tokens=marked))
        await self._settings.wait_written()


# Dialogs


async def ask_settings(
    settings: AppSettings, window: QWidget, updates_off: UpdateState | None, *, zone: bool
) -> None:
    """Show the settings, with the cursor in the zone of the times if that is what matters."""
    from atz_desktop.view.dialogs.prompts import show_dialog
    from atz_desktop.view.dialogs.settings_dialog import SettingsDialog
    from atz_desktop.view.widgets.zone_box import ZoneBox

    here = await asyncio.to_thread(own_zone)  # reads files
    zones = ZoneBox(settings.current.zone, (here,))
    await asyncio.sleep(0)  # all else takes a turn of its own
    dialog = SettingsDialog(settings.current, here, window, updates_off, zones)
    dialog.chosen.connect(settings.choose)
    if zone:
        dialog.focus_zone()
    await show_dialog(dialog)


class ZoneQuestion:
    """In which time zone ATZ gives its times, asked once for each account, in one window; the
    answer is for all of them.
    """

    def __init__(self, settings: AppSettings) -> None:
        self._settings = settings
        self._asked: set[str] = set()

    def notice(self, activity: Activity, account: str) -> Notice | None:
        """The question, where it is due: for a time that is read in a zone that nobody chose."""
        start, settings = _start_of(activity), self._settings.current
        known = settings.zone != _DEFAULT_ZONE or account in settings.zone_known
        if start is None or known or account in self._asked:
            return None
        self._asked.add(account)
        return Notice(
            Level.INFO,
            f"This activity shows {start:%H:%M} here. Which time does ATZ show?",
            "ATZ names no time zone. Compare once with its web page, and all times are right.",
            NoticeAction.COMPARE_TIME,
            aside=True,
        )

    async def ask(
        self,
        activity: Activity,
        account: str,
        window: QWidget,
        show_settings: Callable[[], object],
    ) -> None:
        """Let the user compare the start of `activity`, and take the zone that follows."""
        from atz_desktop.view.dialogs.prompts import show_dialog
        from atz_desktop.view.dialogs.zone_dialog import ZoneDialog

        start = _start_of(activity)
        if start is not None:
            here = await asyncio.to_thread(own_zone)  # reads files
            dialog = ZoneDialog(activity, start, here or _DEFAULT_ZONE, window)
            dialog.chosen.connect(partial(self._take, account))
            dialog.settings_requested.connect(show_settings)
            await show_dialog(dialog)

    def _take(self, account: str, zone: str) -> None:
        now = self._settings.current
        known = tuple(dict.fromkeys((*now.zone_known, account)))
        self._settings.update(now._replace(zone_known=known))
        self._settings.choose(now._replace(zone=zone))


def own_zone() -> str | None:
    """The zone of this computer, an IANA name; None where it has none that there are rules for."""
    from tzlocal import get_localzone_name

    try:
        name = get_localzone_name()
    except (LookupError, OSError, ValueError):
        return None
    return name if is_zone(name) else None


def _start_of(activity: Activity) -> datetime | None:
    span = activity.value(ACTIVITY.span) if ACTIVITY.span else None
    return span.start if isinstance(span, Span) else None
