"""Later starts of the program on the same data folder: they open windows in this process."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from atz_desktop.app.single_instance import InstanceServer
from atz_desktop.cli import options_of
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.app.single_instance import InstanceLock
    from atz_desktop.cli import Options

_log = logging.getLogger(__name__)


class LaterStarts:
    """Holds the lock of the data folder, and hears of later starts.

    `is_ending`: a start is refused then, and becomes a process of its own. Without `instance`
    nothing is locked and no start is heard of.
    """

    def __init__(
        self,
        root: Path,
        instance: InstanceLock | None,
        open_window: Callable[[Options], object],
        is_ending: Callable[[], bool],
    ) -> None:
        self._instance = instance
        self._open_window = open_window
        self._is_ending = is_ending
        self._server = InstanceServer(root, self._take) if instance else None
        self._ready = False
        self._waiting: list[Options] = []

    def listen(self) -> None:
        """Hear of later starts. Where the system allows none, they cannot open windows here."""
        if self._server is not None:
            try:
                self._server.listen()
            except (OSError, StoreError) as error:
                _log.warning("later starts cannot open windows here: %s", type(error).__name__)

    def open_windows(self) -> None:
        """Open a window for each start that came already, and for others as they come."""
        self._ready = True
        for options in self._waiting:
            self._open_window(options)

    async def lock_again(self) -> bool:
        """Lock a folder that was made anew; False where another process has it."""
        return self._instance is None or await asyncio.to_thread(self._instance.acquire)

    def close(self) -> None:
        """Hear of no start any more."""
        if self._server is not None:
            self._server.close()

    def release(self) -> None:
        """Let another process have the data folder."""
        if self._instance is not None:
            self._instance.release()

    def _take(self, request: dict[str, str | bool]) -> bool:
        if self._is_ending():
            return False
        options = options_of(request)
        token = request.get("activation")
        if isinstance(token, str):  # Wayland brings a window forward only with the starter's leave
            os.environ["XDG_ACTIVATION_TOKEN"] = token
        if self._ready:
            self._open_window(options)
        else:
            self._waiting.append(options)
        return True
