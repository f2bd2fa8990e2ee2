from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from keyring.backend import KeyringBackend

from atz_desktop.store.tokens import (
    SERVICE,
    InMemoryStaleMarks,
    StoreResult,
    TokenLocation,
    TokenStore,
    find_key_store,
    system_key_stores,
)

if TYPE_CHECKING:
    from tests.store.conftest import StartProgram

ME = "https://api.atzcrm.com Me"
TOKEN = "secret-token-value"


class SafeKeyStore(KeyringBackend):
    """A key store as good as an operating system's."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class RefusingKeyStore(SafeKeyStore):
    """Fails with an error of a foreign library."""

    class ForeignError(Exception):
        pass

    def get_password(self, service: str, username: str) -> str | None:
        raise self.ForeignError(TOKEN)

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.ForeignError(password)


class ForgetfulKeyStore(SafeKeyStore):
    """Takes everything, says nothing, and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class LockedKeyStore(SafeKeyStore):
    """Shows its own question, and answers only when somebody unlocks it."""

    def __init__(self) -> None:
        super().__init__()
        self.unlocked = Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.unlocked.wait()
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.unlocked.wait()
        super().set_password(service, username, password)


@pytest.fixture
def locked() -> Iterator[LockedKeyStore]:
    store = LockedKeyStore()
    yield store
    store.unlocked.set()


@pytest.fixture
def marks() -> InMemoryStaleMarks:
    """As the settings keep them from one start to the next."""
    return InMemoryStaleMarks()


async def test_the_token_is_in_the_key_store_for_the_next_start() -> None:
    backend = SafeKeyStore()
    assert await TokenStore(lambda: backend).save(ME, TOKEN) == StoreResult(
        TokenLocation.KEY_STORE, None
    )
    assert backend.kept == {(SERVICE, ME): TOKEN}
    next_start = TokenStore(lambda: backend)
    assert await next_start.read(ME) == TOKEN
    assert await next_start.read("somebody else") is None
    assert next_start.problem is None


async def test_forgetting_removes_it_everywhere() -> None:
    backend = SafeKeyStore()
    tokens = TokenStore(lambda: backend)
    await tokens.save(ME, TOKEN)
    assert await tokens.delete(ME) is None
    assert backend.kept == {}
    assert await tokens.read(ME) is None
    assert await tokens.delete(ME) is None


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (None, "no key store"),
        (RefusingKeyStore(), "did not take"),
        (ForgetfulKeyStore(), "did not take"),
    ],
)
async def test_without_a_key_store_that_works_it_is_kept_for_this_run_and_said(
    backend: KeyringBackend | None, words: str
) -> None:
    tokens = TokenStore(lambda: backend)
    kept = await tokens.save(ME, TOKEN)
    assert kept.place is TokenLocation.MEMORY
    assert kept.why
    assert words in kept.why
    assert await tokens.read(ME) == TOKEN
    await tokens.delete(ME)
    assert await tokens.read(ME) is None
    assert await TokenStore(lambda: backend).read(ME) is None


class StubbornKeyStore(SafeKeyStore):
    """Holds an earlier token, and refuses what `refuses` names."""

    def __init__(self, *refuses: str) -> None:
        super().__init__()
        self.kept[SERVICE, ME] = OLD
        self.refuses = set(refuses)

    def set_password(self, service: str, username: str, password: str) -> None:
        if "writes" in self.refuses:
            raise OSError(password)
        if "writes silently" not in self.refuses:
            super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        if "deletes" in self.refuses:
            raise OSError
        super().delete_password(service, username)


OLD = "an earlier token"


@pytest.mark.parametrize("how", ["writes", "writes silently"])
async def test_a_key_store_that_refuses_the_new_token_loses_the_old_one(how: str) -> None:
    backend = StubbornKeyStore(how)
    marks = InMemoryStaleMarks()
    tokens = TokenStore(lambda: backend, stale=marks)
    assert (await tokens.save(ME, TOKEN)).place is TokenLocation.MEMORY
    assert await tokens.read(ME) == TOKEN
    assert not backend.kept
    assert ME not in marks


@pytest.mark.parametrize("how", ["writes", "writes silently"])
async def test_an_old_token_that_cannot_be_removed_is_not_used_at_the_next_start(how: str) -> None:
    backend = StubbornKeyStore(how, "deletes")
    marks = InMemoryStaleMarks()
    await TokenStore(lambda: backend, stale=marks).save(ME, TOKEN)
    assert backend.kept == {(SERVICE, ME): OLD}
    next_start = TokenStore(lambda: backend, stale=marks)
    assert await next_start.read(ME) is None
    assert next_start.problem
    assert "is not used" in next_start.problem
    assert await next_start.read("somebody else") is None
    assert next_start.problem is None


class MoodyKeyStore(StubbornKeyStore):
    """… and fails at the reads of these numbers."""

    def __init__(self, *refuses: str, blind: Collection[int]) -> None:
        super().__init__(*refuses)
        self.blind = blind
        self._reads = 0

    def get_password(self, service: str, username: str) -> str | None:
        self._reads += 1
        if self._reads in self.blind:
            raise OSError
        return super().get_password(service, username)

    def delete_password(self, service: str, username: str) -> None:
        if "deletes silently" not in self.refuses:
            super().delete_password(service, username)


MOODS = [
    ({writes, deletes} - {""}, blind)
    for writes in ("", "writes", "writes silently")
    for deletes in ("", "deletes", "deletes silently")
    for blind in ((), (1,), (2,), (3,), (4,), (1, 2), (2, 3), (1, 2, 3), range(1, 99))
]
"""What a key store refuses, says that it did and did not, and which of its reads fail."""


async def _save(tokens: TokenStore) -> str | None:
    await tokens.save(ME, TOKEN)
    return TOKEN


async def _save_twice(tokens: TokenStore) -> str | None:
    await tokens.save(ME, TOKEN)
    await tokens.save(ME, "a newer token")
    return "a newer token"


async def _forget(tokens: TokenStore) -> str | None:
    await tokens.delete(ME)
    return None


async def _forget_and_save(tokens: TokenStore) -> str | None:
    await _forget(tokens)
    return await _save(tokens)


@pytest.mark.parametrize("act", [_save, _save_twice, _forget, _forget_and_save])
async def test_whatever_the_key_store_does_no_later_start_uses_a_token_that_was_replaced(
    act: Callable[[TokenStore], Awaitable[str | None]],
) -> None:
    for refuses, blind in MOODS:
        backend, marks = MoodyKeyStore(*refuses, blind=blind), InMemoryStaleMarks()
        allowed = {None, await act(TokenStore(lambda: backend, stale=marks))}  # noqa: B023
        for start in range(4):
            if start == 3:  # somebody has repaired it
                backend.refuses.clear()
                backend.blind = ()
            tokens = TokenStore(lambda: backend, stale=marks)  # noqa: B023 - as long as it is
            assert {await tokens.read(ME), await tokens.read(ME)} <= allowed, (refuses, blind)


async def test_a_stale_token_is_removed_as_soon_as_the_key_store_lets_it(
    marks: InMemoryStaleMarks,
) -> None:
    backend = StubbornKeyStore("writes", "deletes")
    await TokenStore(lambda: backend, stale=marks).save(ME, TOKEN)
    backend.refuses.clear()
    next_start = TokenStore(lambda: backend, stale=marks)
    assert await next_start.read(ME) is None
    assert not backend.kept
    assert (await next_start.save(ME, TOKEN)).place is TokenLocation.KEY_STORE
    assert await TokenStore(lambda: backend, stale=marks).read(ME) == TOKEN


async def test_where_the_key_store_vanished_what_it_held_is_not_used_when_it_is_back(
    marks: InMemoryStaleMarks,
) -> None:
    backend = StubbornKeyStore()
    await TokenStore(lambda: None, stale=marks).save(ME, TOKEN)
    assert await TokenStore(lambda: backend, stale=marks).read(ME) is None


async def test_where_the_key_store_did_not_answer_what_it_held_is_not_used(
    locked: LockedKeyStore, marks: InMemoryStaleMarks
) -> None:
    locked.kept[SERVICE, ME] = OLD
    await TokenStore(lambda: locked, timeout=0.02, stale=marks).save(ME, TOKEN)
    backend = StubbornKeyStore()
    assert await TokenStore(lambda: backend, stale=marks).read(ME) is None


async def test_a_forgotten_token_that_could_not_be_removed_is_not_used(
    marks: InMemoryStaleMarks,
) -> None:
    backend = StubbornKeyStore("deletes")
    assert await TokenStore(lambda: backend, stale=marks).delete(ME)
    assert await TokenStore(lambda: backend, stale=marks).read(ME) is None


async def test_a_program_that_ends_while_the_key_store_is_written_uses_neither_token_later(
    locked: LockedKeyStore, marks: InMemoryStaleMarks
) -> None:
    """As kill -9 does it: what the key store did by then, nobody knows."""
    keeping = asyncio.ensure_future(TokenStore(lambda: locked, stale=marks).save(ME, TOKEN))
    await asyncio.sleep(0)
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
    assert ME in marks


async def test_a_key_store_that_cannot_be_read_is_not_taken_for_an_empty_one() -> None:
    tokens = TokenStore(RefusingKeyStore)
    assert await tokens.read(ME) is None
    assert tokens.problem
    assert "could not be read" in tokens.problem
    assert await tokens.delete(ME)


async def test_a_key_store_that_hangs_is_waited_for_only_so_long(locked: LockedKeyStore) -> None:
    tokens = TokenStore(lambda: locked, timeout=0.02)
    assert await tokens.read(ME) is None
    assert tokens.problem
    assert "does not answer" in tokens.problem
    kept = await tokens.save(ME, TOKEN)
    assert kept.place is TokenLocation.MEMORY
    assert kept.why
    assert "does not answer" in kept.why
    assert await tokens.read(ME) == TOKEN
    still_there = await tokens.delete(ME)
    assert still_there
    assert "may still be in it" in still_there


async def test_a_key_store_that_is_unlocked_later_works_again(locked: LockedKeyStore) -> None:
    impatient = TokenStore(lambda: locked, timeout=0.02)
    assert await impatient.read(ME) is None
    locked.unlocked.set()
    patient = TokenStore(lambda: locked, timeout=10)
    assert (await patient.save(ME, TOKEN)).place is TokenLocation.KEY_STORE
    assert await patient.read(ME) == TOKEN


async def test_neither_the_store_nor_the_log_shows_the_token(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tokens = TokenStore(RefusingKeyStore)
    kept = await tokens.save(ME, TOKEN)
    await tokens.read(ME)
    assert TOKEN not in f"{tokens!r} {tokens} {kept!r}"
    assert "ForeignError" in caplog.text
    assert TOKEN not in caplog.text


OpenFile = type("PlaintextKeyring", (SafeKeyStore,), {"__module__": "keyrings.alt.file"})


class Chain(SafeKeyStore):
    """Several backends behind each other, as keyring.backends.chainer has them."""

    backends = (OpenFile(), SafeKeyStore())


PARTS = "tests.store.test_tokens"
CHOICE = "PYTHON_KEYRING_BACKEND"


@pytest.mark.parametrize(
    "backend",
    ["keyring.backends.fail.Keyring", "keyring.backends.null.Keyring", f"{PARTS}.OpenFile"],
)
def test_a_backend_that_keeps_nothing_or_keeps_it_in_the_open_is_no_key_store(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CHOICE, backend)
    assert find_key_store() is None


def test_of_several_backends_a_safe_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOICE, f"{PARTS}.Chain")
    assert find_key_store() is Chain.backends[1]


def test_a_backend_that_keyring_was_told_to_use_comes_before_that_of_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(CHOICE, f"{PARTS}.RefusingKeyStore")
    assert type(find_key_store([f"{PARTS}.SafeKeyStore"])).__name__ == "RefusingKeyStore"


ABSENT = "keyring.backends.libsecret.Keyring"
"""Of this system, perhaps, but what it needs is not in our environment."""
FINDING = """
import sys
from atz_desktop.store.tokens import find_key_store
found = find_key_store(sys.argv[1:])
print(type(found).__name__, "keyring.backends.macOS" in sys.modules)
"""


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([f"{PARTS}.SafeKeyStore"], "SafeKeyStore False"),
        ([ABSENT, f"{PARTS}.SafeKeyStore"], "SafeKeyStore False"),
        (["keyring.backends.nowhere.Keyring", f"{PARTS}.SafeKeyStore"], "SafeKeyStore False"),
        ([ABSENT], "NoneType True"),
    ],
)
def test_the_key_stores_of_other_systems_are_looked_at_where_this_one_has_none(
    names: list[str],
    found: str,
    start_program: StartProgram,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(CHOICE)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    assert start_program(FINDING, *names).line() == found


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have one key store")
@pytest.mark.parametrize(
    ("desktop", "modules"),
    [
        ("ubuntu:GNOME", ["SecretService"]),
        ("", ["SecretService"]),
        ("KDE", ["kwallet", "SecretService"]),
    ],
)
def test_kwallet_comes_first_on_the_desktop_that_it_belongs_to(
    desktop: str, modules: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    assert [name.split(".")[2] for name in system_key_stores()] == modules
    assert all(_keyring_knows(name) for name in system_key_stores())


def _keyring_knows(name: str) -> bool:
    module, _, kind = name.rpartition(".")
    return issubclass(getattr(importlib.import_module(module), kind), KeyringBackend)


HANGING = """
import asyncio, threading
from atz_desktop.store.tokens import TokenStore
async def main():
    tokens = TokenStore(lambda: threading.Event().wait(), timeout=0.02)
    await tokens.read("me")
    print(tokens.problem)
asyncio.run(main())
"""


def test_a_key_store_that_hangs_does_not_keep_the_program_from_ending(
    start_program: StartProgram,
) -> None:
    program = start_program(HANGING)
    assert "does not answer" in program.line()
    assert program.wait() == 0
