"""Later starts of the program on the same data folder: they open windows in this process.

Each sends a line of JSON (cli.request_of) through a local socket that only this user can open. The
name of the socket is short, as the paths of Unix sockets and the names of Windows pipes must be.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtNetwork import QLocalServer

from atz_desktop.app.single_instance import ADDRESS, read_address
from atz_desktop.cli import options_of
from atz_desktop.store.atomic import write_atomically
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalSocket

    from atz_desktop.app.single_instance import InstanceLock
    from atz_desktop.cli import Options

_PREFIX = "atz-"
_LONGEST_MESSAGE = 64 * 1024
_LONGEST_FOLDER = 60
"""Bytes of the folder of a socket: its whole path must be shorter than 104 (macOS; Linux: 108)."""

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
        self._root = root
        self._instance = instance
        self._open_window = open_window
        self._is_ending = is_ending
        self._server: QLocalServer | None = None
        self._ready = False
        self._waiting: list[Options] = []

    def listen(self) -> None:
        """Hear of later starts. Where the system allows none, they cannot open windows here."""
        if self._instance is not None:
            try:
                self._listen()
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
        """Hear of no start any more; who is not answered by now is left to whoever comes next."""
        if self._server is None:
            return
        name = self._server.fullServerName()
        self._server.close()
        self._server = None
        if read_address(self._root) == name:
            with suppress(OSError):
                (self._root / ADDRESS).unlink()
        _remove_socket(name)

    def release(self) -> None:
        """Let another process have the data folder."""
        if self._instance is not None:
            self._instance.release()

    def _listen(self) -> None:
        """Begin to listen, and write down where. Raises StoreError if the folder takes no file, and
        OSError if the system gives no socket.
        """
        self.close()
        _remove_socket(read_address(self._root))
        server = QLocalServer()
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._accept)
        self._server = server
        if not server.listen(_new_name()):
            raise OSError(server.errorString())
        write_atomically(self._root / ADDRESS, server.fullServerName(), private=True)

    def _accept(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()):
            socket.readyRead.connect(partial(self._read, socket))
            socket.disconnected.connect(socket.deleteLater)
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if socket.bytesAvailable() > _LONGEST_MESSAGE:
            socket.abort()
        elif socket.canReadLine():
            request = _request(bytes(socket.readLine().data()))
            if self._server is None or request is None or self._is_ending():
                socket.abort()
                return
            self._take(request)
            socket.write(b"taken\n")
            socket.disconnectFromServer()

    def _take(self, request: dict[str, object]) -> None:
        options = options_of(request)
        token = request.get("activation")
        if isinstance(token, str):  # Wayland brings a window forward only with the starter's leave
            os.environ["XDG_ACTIVATION_TOKEN"] = token
        if self._ready:
            self._open_window(options)
        else:
            self._waiting.append(options)


def _request(line: bytes) -> dict[str, object] | None:
    """What a later start said; None if it makes no sense."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _new_name() -> str:
    if sys.platform == "win32":
        return f"atz-desktop-{secrets.token_hex(16)}"
    folder = tempfile.gettempdir()
    usual = folder if len(os.fsencode(folder)) <= _LONGEST_FOLDER else "/tmp"
    return f"{tempfile.mkdtemp(prefix=_PREFIX, dir=usual)}/s"


def _remove_socket(name: str | None) -> None:
    """Remove a socket and the folder that was made for it; one that a killed owner left, too."""
    path = Path(name or "")
    if sys.platform == "win32" or path.name != "s" or not path.parent.name.startswith(_PREFIX):
        return
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()
