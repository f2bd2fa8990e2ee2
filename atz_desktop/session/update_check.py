"""Looks whether a newer version was published, and tells; nothing is ever installed by itself.

Once a week in the background, unless the user or the computer's administrator switched that off,
and whenever the user asks. Nothing about the user is sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from atz_desktop import __version__
from atz_desktop.api.errors import AtzError, NotSent
from atz_desktop.api.updates import Proxy, Release, UntrustedReleaseError, is_newer, latest_release
from atz_desktop.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from atz_desktop.api.requests import Timeouts
    from atz_desktop.domain.settings import Settings
    from atz_desktop.publisher import Publisher

_log = logging.getLogger(__name__)

INTERVAL = timedelta(days=7)
RETRY_INTERVAL = timedelta(days=1)


class UpdateState(Enum):
    """What a look for updates found."""

    NOT_SET_UP = "this build names no address to look at"
    FORBIDDEN = "switched off for this computer"
    NEWEST = "no newer version"
    NEWER = "a newer version"
    FAILED = "could not be found out"


@dataclass(frozen=True)
class UpdateResult:
    """`release` belongs to NEWEST and NEWER, `text` to FAILED: why, as a sentence."""

    state: UpdateState
    release: Release | None = None
    text: str = ""


class UpdateCheck:
    """`keep` stores changed settings; `proxy` says the way, as `AtzClient` takes it."""

    def __init__(  # noqa: PLR0913 - what differs between the program and its tests, by name
        self,
        publisher: Publisher,
        *,
        settings: Callable[[], Settings],
        keep: Callable[[Settings], None],
        proxy: Callable[[], Proxy],
        timeouts: Timeouts | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._publisher = publisher
        self._settings = settings
        self._keep = keep
        self._proxy = proxy
        self._timeouts = timeouts
        self._now = now
        self._failed_at: datetime | None = None

    @property
    def why_off(self) -> UpdateState | None:
        """Why nobody can look here, whatever the user wants; None if looking is possible."""
        if not self._settings().updates_allowed:
            return UpdateState.FORBIDDEN
        return None if self._publisher.is_set else UpdateState.NOT_SET_UP

    @property
    def is_due(self) -> bool:
        """Whether the weekly look is wanted and its time has come."""
        settings, now = self._settings(), self._now()
        if self.why_off or not settings.look_for_updates:
            return False
        failed, last = self._failed_at, _time_or_none(settings.looked_for_updates)
        # A clock that was set back must not stop the looks for years.
        if failed is not None and timedelta(0) <= now - failed < RETRY_INTERVAL:
            return False
        return last is None or not timedelta(0) <= now - last < INTERVAL

    async def check(self) -> UpdateResult:
        """Look now."""
        if off := self.why_off:
            return UpdateResult(off)
        address, key = self._publisher
        try:
            release = await latest_release(address, key, self._proxy(), self._timeouts)
        except (AtzError, UntrustedReleaseError) as error:
            self._failed_at = self._now()
            _log.info("no word of updates: %s", type(error).__name__)
            return UpdateResult(UpdateState.FAILED, text=_error_text(error, address))
        self._failed_at = None
        looked = self._now().isoformat(timespec="seconds")
        self._keep(self._settings()._replace(looked_for_updates=looked))
        newer = is_newer(release.version, __version__)
        return UpdateResult(UpdateState.NEWER if newer else UpdateState.NEWEST, release)


def _error_text(error: AtzError | UntrustedReleaseError, address: str) -> str:
    host = urlsplit(address).hostname or address
    if isinstance(error, UntrustedReleaseError):
        return (
            f"What “{host}” answered is not signed by the publisher of ATZ Desktop, so it is not"
            " believed. Your IT department may want to know."
        )
    if isinstance(error, NotSent):
        return (
            f"“{host}” could not be reached. Look whether this computer is online, and whether a"
            " proxy or a firewall lets ATZ Desktop through."
        )
    return f"“{host}” gave no usable answer. Try again later."


def _time_or_none(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
