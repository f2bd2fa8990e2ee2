"""Threads for what blocks, which do not keep the program from ending.

The look-up of a host's name, or a drive, may take minutes to answer; threads of an ordinary pool
are waited for at the end. What has to be finished is awaited by whoever began it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from threading import Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class DaemonExecutor(Executor):
    """A thread for each call: that costs less than a tenth of a millisecond."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run `fn` in a thread of its own."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def work() -> None:
            with _ForwardException(future):
                future.set_result(fn(*args, **kwargs))

        Thread(target=work, name="work", daemon=True).start()
        return future


class _ForwardException(Generic[T]):
    """Hands what is raised inside the block to whoever waits for the future."""

    def __init__(self, future: Future[T]) -> None:
        self._future = future

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if error is not None:
            self._future.set_exception(error)
        return error is not None
