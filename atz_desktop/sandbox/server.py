"""The sandbox: a made-up ATZ account on loopback, served by a thread of this very program.

Light to import; the web server behind it is imported by `start`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from atz_desktop.sandbox.faults import Faults
from atz_desktop.sandbox.rate_limit import RateLimit
from atz_desktop.sandbox.request_log import ReceivedRequest, RequestLog

if TYPE_CHECKING:
    from atz_desktop.sandbox.account import Account
    from atz_desktop.sandbox.listener import Listener

PATIENCE = 10.0
"""Seconds that starting and stopping may take before it counts as failed."""


class SandboxError(RuntimeError):
    """The sandbox could not be started or stopped; the cause is attached."""


class Sandbox:
    """One address for an account and its token: `with Sandbox() as sandbox: … sandbox.url`.

    `data` is the account to serve (None: the made-up one of data.py); with a `file`, it goes on
    from what the file holds and keeps every change there. `token` is made up anew where none is
    given: every program of this computer can reach the port. `pace_limit` requests per minute are
    let through (None: all); `retry_after` is how a 429 says when to come back. `clock` measures the
    minute and what is `delayed` or `lagging` (see Fault); one that goes faster shortens them all.
    `port` 0 takes a free one, and the same one at every later start. For any thread.
    """

    def __init__(  # noqa: PLR0913 - each is something that a test or the program must choose
        self,
        data: Account | None = None,
        *,
        token: str | None = None,
        file: Path | None = None,
        pace_limit: int | None = 60,
        retry_after: Literal["seconds", "date"] | None = None,
        clock: Callable[[], float] = time.monotonic,
        port: int = 0,
    ) -> None:
        import secrets  # 3 ms, and not before there is an account

        from atz_desktop.sandbox.data import made_up_account

        self.account = data or made_up_account()
        """The account, with its activities as they stand."""
        if file:
            self.account.persist_to(file)
        self.token = token or f"sandbox_{secrets.token_urlsafe(24)}"
        self._clock = clock
        self._accounts: dict[str, Account] = {}
        self.serve(self.token, self.account)
        self.faults = Faults()
        self.pace = RateLimit(pace_limit, clock)
        self.log = RequestLog(clock)
        self._retry_after = retry_after
        self._port = port
        self._thread: threading.Thread | None = None
        self._listener: Listener | None = None
        self._error: Exception | None = None

    @property
    def requests(self) -> list[ReceivedRequest]:
        """What was received so far; `log` waits for more and forgets."""
        return self.log.copy()

    @property
    def url(self) -> str:
        """The API's base address, without `/v1`. SandboxError if it was never started."""
        if not self._port:
            raise SandboxError("The sandbox has no address before it was started.")
        return f"http://127.0.0.1:{self._port}"

    def serve(self, token: str, account: Account) -> None:
        """Let this token open this account, which may be another one of the same server."""
        account.clock = self._clock
        self._accounts[token] = account

    def start(self) -> None:
        """Serve; when this returns it is listening. SandboxError if it cannot."""
        if self._thread:
            return
        ready = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(ready,), name="sandbox", daemon=True
        )
        self._thread.start()
        ready.wait(PATIENCE)
        if self._listener is None:
            self._thread = None
            raise SandboxError(f"The sandbox could not be started: {self._error}") from self._error
        self.faults.attach(self._listener)

    async def run(self, listening: Callable[[], None]) -> None:
        """Serve on the running loop and in its time, as `start` does on a thread, until `stop`.

        Calls `listening` when it does. OSError if the port is taken.
        """

        def attach() -> None:
            self.faults.attach(self._listener)
            listening()

        await self._serve(attach)
        self._finish()

    def stop(self) -> None:
        """Stop listening, end every connection and the thread. SandboxError if that cannot be.

        Changes that are still to come are made at once.
        """
        thread, self._thread = self._thread, None
        listener, self._listener = self._listener, None
        if listener:
            self.faults.attach(None)
            listener.stop()
        if thread:
            thread.join(PATIENCE)
            if thread.is_alive():
                raise SandboxError("The sandbox does not stop.")
            self._finish()

    def _finish(self) -> None:
        for account in self._accounts.values():
            account.apply_pending()

    def _run(self, ready: threading.Event) -> None:
        """The thread: imports what is slow to import, then serves until `stop`."""
        import asyncio

        try:
            # not the default loop: on Windows that one would touch the signals of the process
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(self._serve(ready.set))
        except (OSError, ImportError) as error:
            if ready.is_set():
                raise
            self._error = error
        finally:
            ready.set()

    def _serve(self, listening: Callable[[], None]) -> Coroutine[Any, Any, None]:
        def note(listener: Listener) -> None:
            self._listener, self._port = listener, listener.port
            listening()

        return self._built().serve(self._port, note)

    def _built(self) -> Listener:
        """Everything that a request meets on its way."""
        from atz_desktop.sandbox.app import Api
        from atz_desktop.sandbox.exchange import Delays
        from atz_desktop.sandbox.listener import Listener
        from atz_desktop.sandbox.middleware import FaultMiddleware

        waits = Delays()
        api = Api(self.pace, self._retry_after)
        front = FaultMiddleware(api, self._accounts, self.faults, self.log, waits)
        return Listener(front, waits)

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
