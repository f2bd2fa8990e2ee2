"""The question in which time zone ATZ gives its times, asked once for each account."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.settings import Settings, is_zone
from atz_desktop.domain.values import Span
from atz_desktop.session.notices import Level, Notice, NoticeAction

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtWidgets import QWidget

    from atz_desktop.domain.activity import Activity

DEFAULT = Settings().zone


class ZoneController(QObject):
    """Asks in one window; the answer is for all of them."""

    zone_chosen = Signal(object, object)
    """The zone (str, an IANA name) that was found out, and the account's key (str)."""
    settings_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._asked: set[str] = set()

    def notice(self, activity: Activity, account: str, settings: Settings) -> Notice | None:
        """The question, where it is due: for a time that is read in a zone that nobody chose."""
        start = _start_of(activity)
        known = settings.zone != DEFAULT or account in settings.zone_known
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

    async def ask(self, activity: Activity, account: str, window: QWidget) -> None:
        """Let the user compare the start of `activity`, and take the zone that follows."""
        from atz_desktop.view.dialogs.prompts import show_dialog
        from atz_desktop.view.dialogs.zone_dialog import ZoneDialog

        start = _start_of(activity)
        if start is not None:
            here = await asyncio.to_thread(own_zone)  # reads files
            dialog = ZoneDialog(activity, start, here or DEFAULT, window)
            dialog.chosen.connect(lambda zone: self.zone_chosen.emit(zone, account))
            dialog.settings_requested.connect(self.settings_requested)
            await show_dialog(dialog)


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
