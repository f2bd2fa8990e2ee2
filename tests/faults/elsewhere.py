"""A server that is not ATZ, and remembers every byte that anybody sends to it."""

from __future__ import annotations

import socket
import threading
from types import TracebackType


class Elsewhere:
    """Listens on `localhost`, which is another host than the sandbox's 127.0.0.1 to a client."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._listen, name="elsewhere")
        self._ended = threading.Event()
        self.received: list[bytes] = []
        """What each connection brought; an empty one counts too."""

    @property
    def url(self) -> str:
        return f"http://localhost:{self._listening.getsockname()[1]}"

    def _listen(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            with connection:
                if self._ended.is_set():
                    return
                connection.settimeout(5)
                self.received.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    def __enter__(self) -> Elsewhere:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        with socket.create_connection(self._listening.getsockname()):
            pass  # wakes the thread, which then sees that it is to end
        self._thread.join()
        self._listening.close()
