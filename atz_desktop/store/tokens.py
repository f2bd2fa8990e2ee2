"""API tokens in the key store of the operating system (keyring) and nowhere else.

Without a key store they are kept in memory only, and the user is told.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from enum import Enum
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")
_log = logging.getLogger(__name__)

SERVICE = "ATZ Desktop"
# Long enough to type the password of a locked key store, short enough to wait for.
_TIMEOUT_SECONDS = 20.0
# Backends that keep nothing, or keep it in a file that others can read.
_UNSAFE_BACKENDS = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")

_SYSTEM_BACKENDS = {
    "win32": ("keyring.backends.Windows.WinVaultKeyring",),
    "darwin": ("keyring.backends.macOS.Keyring",),
}
_SECRET_SERVICE = "keyring.backends.SecretService.Keyring"
"""GNOME Keyring, KeePassXC, and KWallet since it speaks this protocol."""
_KWALLET = "keyring.backends.kwallet.DBusKeyring"
"""KWallet's own protocol, where Python has D-Bus bindings for it."""

_NO_KEY_STORE = (
    "This computer has no key store that ATZ Desktop can use, so the token is kept for this run"
    " only and asked for again at the next start."
)
_NOT_STORED = (
    "The key store of this computer did not take the token, so it is kept for this run only and"
    " asked for again at the next start."
)
_NO_ANSWER = (
    "The key store of this computer does not answer; perhaps it waits for its password. The token"
    " is kept for this run only."
)
_UNREADABLE = "The key store of this computer could not be read, so the token is needed again."
_NO_ANSWER_READING = (
    "The key store of this computer does not answer; perhaps it waits for its password. Unlock it"
    " and try again, or enter the token."
)
_OUT_OF_DATE = (
    "The key store of this computer could not take the last token, and may hold an earlier one,"
    " which is not used. Please enter the token of this account."
)
_STILL_THERE = (
    "The key store of this computer did not answer or refused, so the token may still be in it."
    " Look for “ATZ Desktop” there and remove it."
)


class TokenLocation(Enum):
    """Where a token is stored."""

    KEY_STORE = "key store"
    MEMORY = "this run only"


class StoreResult(NamedTuple):
    """Where the token was stored; `why` tells the user why not in the key store."""

    place: TokenLocation
    why: str | None


class StaleMarks(Protocol):
    """Accounts whose token in the key store must not be used. They outlive the program and hold no
    secret.
    """

    def __contains__(self, account: object) -> bool: ...

    async def mark(self, account: str) -> None:
        """On the disk when this returns, if the disk allows."""

    async def clear(self, account: str) -> None:
        """The key store holds the right token, or none."""


class InMemoryStaleMarks:
    """Stale marks in memory only."""

    def __init__(self) -> None:
        self._marked: set[str] = set()

    def __contains__(self, account: object) -> bool:
        return account in self._marked

    async def mark(self, account: str) -> None:
        self._marked.add(account)

    async def clear(self, account: str) -> None:
        self._marked.discard(account)


class TokenStore:
    """Tokens by account (`settings.account_key`), in the key store of the operating system.

    `backend` finds the key store; it is called in the worker thread, because that alone takes
    about 100 ms. No method raises for what the key store does, and none waits for it longer than
    `timeout` seconds: a locked one may show its own question, or hang.

    A token that is replaced may stay in a key store that refuses the new one. So an account is
    among the `stale` from before its token is changed until that is known to have worked; what the
    key store holds of it meanwhile, at the next start too, is not used.
    """

    def __init__(
        self,
        backend: Callable[[], KeyringBackend | None] | None = None,
        timeout: float = _TIMEOUT_SECONDS,
        stale: StaleMarks | None = None,
    ) -> None:
        self._get_backend = backend or find_key_store
        self._timeout = timeout
        self._stale = stale or InMemoryStaleMarks()
        self._in_memory: dict[str, str] = {}
        self._worker = _Worker()
        self._problem: str | None = None

    def __repr__(self) -> str:
        return "TokenStore()"

    @property
    def problem(self) -> str | None:
        """Why the last `read` could not look into the key store, in plain words; None if it did."""
        return self._problem

    async def read(self, account: str) -> str | None:
        """The token of the account, or None if there is none, or `problem` says why."""
        self._problem = None
        if account in self._in_memory:
            return self._in_memory[account]
        if account in self._stale:
            self._problem = _OUT_OF_DATE
            if _is_removed(await self._remove(account)):
                await self._stale.clear(account)
            return None
        answer = await self._call_backend(lambda store: store.get_password(SERVICE, account))
        if answer is None or answer.failure:
            self._problem = _UNREADABLE if answer else _NO_ANSWER_READING
        return answer.value if answer else None

    async def save(self, account: str, token: str) -> StoreResult:
        """Store the token in the key store, verified by reading it back, else in memory."""

        def keep_and_look(store: KeyringBackend) -> bool:
            store.set_password(SERVICE, account, token)
            return store.get_password(SERVICE, account) == token

        self._in_memory[account] = token
        await self._stale.mark(account)
        answer = await self._call_backend(keep_and_look)
        if answer is None:
            return StoreResult(TokenLocation.MEMORY, _NO_ANSWER)
        if not answer.value:
            if _is_removed(await self._remove(account)):
                await self._stale.clear(account)
            return StoreResult(
                TokenLocation.MEMORY, _NOT_STORED if answer.has_store else _NO_KEY_STORE
            )
        await self._stale.clear(account)
        self._in_memory.pop(account, None)
        return StoreResult(TokenLocation.KEY_STORE, None)

    async def delete(self, account: str) -> str | None:
        """Remove the token everywhere; in plain words what is left to do, None if nothing is."""
        self._in_memory.pop(account, None)
        answer = await self._remove(account)
        if _is_removed(answer) or (answer and not (answer.has_store or answer.failure)):
            await self._stale.clear(account)
            return None
        await self._stale.mark(account)
        return _STILL_THERE

    async def _remove(self, account: str) -> _BackendResult[bool] | None:
        """The key store's answer: True if it holds no token of the account any more."""

        def remove_and_look(store: KeyringBackend) -> bool:
            if store.get_password(SERVICE, account) is not None:
                store.delete_password(SERVICE, account)
            return store.get_password(SERVICE, account) is None

        return await self._call_backend(remove_and_look)

    async def _call_backend(
        self, question: Callable[[KeyringBackend], T]
    ) -> _BackendResult[T] | None:
        """The backend's result, or None after the time-out."""

        def ask() -> _BackendResult[T]:
            answer = _BackendResult[T]()
            with answer:
                store = self._get_backend()
                answer.has_store = store is not None
                answer.value = question(store) if store else None
            return answer

        future = asyncio.wrap_future(self._worker.submit(ask))
        try:
            await asyncio.wait([future], timeout=self._timeout)
            return future.result() if future.done() else None
        finally:
            future.cancel()


def find_key_store(names: Sequence[str] | None = None) -> KeyringBackend | None:
    """The key store that keyring was told to use, else the one of this system (`names`: the classes
    that may speak to it), else what keyring finds; None if that keeps tokens in the open.

    Looking for one takes 40 ms: keyring imports the back ends of all systems. Where several would
    do it chains them, open ones included; then the best safe one counts.
    """
    from keyring import core

    told = core.load_env() or core.load_config()
    chosen = told or _first_viable(system_key_stores() if names is None else names)
    chosen = chosen or core.get_keyring()
    return next(filter(_is_safe, getattr(chosen, "backends", [chosen])), None)


def system_key_stores() -> tuple[str, ...]:
    """The classes of keyring for the key stores of this system, in the order of its priorities."""
    if sys.platform != "linux":
        return _SYSTEM_BACKENDS.get(sys.platform, ())
    is_kde = "KDE" in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")
    return ((_KWALLET,) if is_kde else ()) + (_SECRET_SERVICE,)


def _first_viable(names: Sequence[str]) -> KeyringBackend | None:
    for name in names:
        module, _, kind = name.rpartition(".")
        with suppress(ImportError):
            backend: type[KeyringBackend] = getattr(importlib.import_module(module), kind)
            if backend.viable:
                return backend()
    return None


def _is_safe(backend: KeyringBackend) -> bool:
    return not type(backend).__module__.startswith(_UNSAFE_BACKENDS)


class _BackendResult(Generic[T]):
    """Result of a backend call. As a context manager it records and suppresses exceptions.

    Backends raise exceptions of D-Bus, Windows or Cocoa libraries that are installed on that
    system only; all of them mean that the call failed.
    """

    def __init__(self) -> None:
        self.value: T | None = None
        self.has_store = False
        self.failure = False

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self.failure = kind is not None and issubclass(kind, Exception)
        if kind is not None:
            # The type only: the message could contain a secret.
            _log.warning("The key store failed: %s", kind.__name__)
        return self.failure


def _is_removed(answer: _BackendResult[bool] | None) -> bool:
    """Whether the key store confirmed that it holds no token."""
    return answer is not None and answer.value is True


class _Worker:
    """One thread for all questions, in their order. A daemon: a key store that hangs must not keep
    the program from ending, as a thread of ThreadPoolExecutor would."""

    def __init__(self) -> None:
        self._questions: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._thread: Thread | None = None

    def submit(self, ask: Callable[[], T]) -> Future[T]:
        if self._thread is None:
            self._thread = Thread(target=self._work, name="key store", daemon=True)
            self._thread.start()
        future: Future[T] = Future()

        def answer() -> None:
            if future.set_running_or_notify_cancel():
                future.set_result(ask())

        self._questions.put(answer)
        return future

    def _work(self) -> None:
        while True:
            self._questions.get()()
