"""What the server received, for tests, the self-test and anyone who wants to see the very bytes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 32 * 1024 * 1024
"""Bytes of bodies that are kept in memory, of one server."""


@dataclass(frozen=True)
class Upload:
    """A file part that was received: counted and hashed, and gone when its request was read."""

    field: str
    file_name: str
    size: int
    sha256: str


@dataclass
class Response:
    """An answer as it is sent. `Content-Length` is added when it is."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class ReceivedRequest:
    """One request as it came, without the token.

    `headers` have lower-case names. `body` is what was received, byte for byte; of more than 1 MiB
    it is the first and the last 64 KiB, one after the other, while `size` is that of the whole.
    `complete` is False when the client left before the end of its body. `at` is when it had come,
    by the sandbox's clock.
    Where one activity was asked for or changed, `answer` is what was sent whole, at `answered`.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    size: int
    uploads: tuple[Upload, ...] = ()
    complete: bool = True
    at: float = 0.0
    answer: Response | None = None
    answered: float | None = None

    def json(self) -> Any:
        """The body as JSON. ValueError if it is none."""
        import json

        return json.loads(self.body)


class RequestLog:
    """The requests so far, in the order in which they had arrived in full; for any thread.

    `now` is the clock that they are dated by.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self._requests: list[ReceivedRequest] = []
        self._held = 0
        self._forgotten = 0
        self._changed = threading.Condition()

    def append(self, request: ReceivedRequest) -> None:
        """One more; of bodies that are MOST_HELD bytes together, the oldest are forgotten."""
        with self._changed:
            self._requests.append(request)
            self._held += len(request.body)
            while self._held > MAX_BYTES:
                oldest = self._requests[self._forgotten]
                self._held -= len(oldest.body)
                oldest.body = b""
                self._forgotten += 1
            self._changed.notify_all()

    def copy(self) -> list[ReceivedRequest]:
        """All of them so far."""
        with self._changed:
            return list(self._requests)

    def clear(self) -> None:
        """Forget them."""
        with self._changed:
            self._requests.clear()
            self._held = self._forgotten = 0

    def wait(self, count: int, timeout: float = 10.0) -> bool:
        """Block until there are so many; False if that took more than `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._requests) >= count, timeout)
