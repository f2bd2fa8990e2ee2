from __future__ import annotations

import asyncio
import json

import pytest
from nacl.signing import SigningKey

from atz_desktop.api.errors import Cause, InvalidResponse, NotFound, NotSent
from atz_desktop.api.requests import Timeouts
from atz_desktop.api.updates import (
    MAX_SIZE,
    Release,
    UntrustedReleaseError,
    is_newer,
    latest_release,
    read_release,
)
from tests.api.servers import Asked, answer, asked, free_port, serving
from tests.signed_updates import KEY, PUBLIC_KEY, RELEASE, signed

QUICK = Timeouts(connect=1.0, read=1.0, write=1.0, pool=1.0, total=2.0)


async def fetch(content: bytes, status: str = "200 OK") -> tuple[Release, Asked]:
    requests: list[Asked] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await asked(reader))
        writer.write(answer(content, status))
        await writer.drain()

    async with serving(talk) as server:
        address = f"{server.url}/atz/latest.json"
        release = await latest_release(address, PUBLIC_KEY, None, QUICK)
    return release, requests[0]


async def test_a_signed_release_is_read() -> None:
    release, _ = await fetch(signed())
    assert release == Release(*(RELEASE[name] for name in ("version", "released", "notes", "link")))


async def test_nothing_about_the_user_is_sent() -> None:
    _, request = await fetch(signed())
    assert request.line == "GET /atz/latest.json HTTP/1.1"
    assert request.body == b""
    assert set(request.headers) == {
        *("host", "user-agent", "accept", "accept-encoding", "connection")
    }
    assert request.headers["user-agent"].startswith("ATZ-Desktop/")


@pytest.mark.parametrize(
    "content",
    [
        signed(SigningKey(bytes(32))),
        signed().replace(b"9.1.0", b"9.9.9"),
        json.dumps({"release": json.dumps(RELEASE)}).encode(),
        json.dumps({"release": json.dumps(RELEASE), "signature": "AAAA"}).encode(),
        json.dumps({"release": json.dumps(RELEASE), "signature": "no base64!"}).encode(),
        json.dumps({"release": json.dumps(RELEASE), "signature": None}).encode(),
        json.dumps(RELEASE).encode(),
        b"[]",
        b"<html>Please sign in</html>",
        b"\xff\xfe",
        b"[" * 50_000,
    ],
    ids=lambda content: content[:20].decode("latin-1"),
)
def test_what_the_publisher_did_not_sign_is_not_believed(content: bytes) -> None:
    with pytest.raises(UntrustedReleaseError):
        read_release(content, PUBLIC_KEY)


@pytest.mark.parametrize(
    "changed",
    [
        {"product": "another-program"},
        {"product": None},
        {"version": None},
        {"version": "9.1.0-beta"},
        {"version": "9" * 5000},
        {"link": "http://atz-desktop.example.com"},
        {"link": "javascript:alert(1)"},
        {"link": "file:///etc/passwd"},
    ],
    ids=str,
)
def test_a_signed_file_of_another_kind_is_not_taken(changed: dict[str, str | None]) -> None:
    with pytest.raises(UntrustedReleaseError):
        read_release(signed(KEY, **changed), PUBLIC_KEY)


def test_a_key_that_is_none_believes_nothing() -> None:
    for key in ("", "AAAA", "no base64!"):
        with pytest.raises(UntrustedReleaseError):
            read_release(signed(), key)


async def test_what_is_not_there_or_too_large_is_an_error() -> None:
    with pytest.raises(NotFound):
        await fetch(b"", "404 Not Found")
    with pytest.raises(InvalidResponse):
        await fetch(b"x" * (MAX_SIZE + 1))


async def test_nobody_is_asked_without_encryption() -> None:
    with pytest.raises(NotSent):
        await latest_release("http://atz-desktop.example.com/latest.json", PUBLIC_KEY, None, QUICK)


async def test_the_proxy_of_the_settings_is_used() -> None:
    """Nobody listens at this proxy; without it, the name would not be found instead."""
    asked_for: list[str] = []
    port = free_port()

    def way(address: str) -> str:
        asked_for.append(address)
        return f"http://127.0.0.1:{port}"

    address = "https://atz-desktop.invalid/latest.json"
    for proxy in (way, f"http://127.0.0.1:{port}"):
        with pytest.raises(NotSent) as raised:
            await latest_release(address, PUBLIC_KEY, proxy, QUICK)
        assert raised.value.cause in {Cause.PROXY, Cause.CONNECTION_REFUSED}
    assert asked_for == [address]


async def test_a_proxy_that_is_no_address_is_an_error_like_others() -> None:
    with pytest.raises(NotSent):
        await latest_release("https://atz-desktop.invalid/x", PUBLIC_KEY, "socks5://x", QUICK)


@pytest.mark.parametrize(
    ("version", "than", "newer"),
    [
        ("0.10.0", "0.9.1", True),
        ("1.0", "0.9.9", True),
        ("0.1.0.1", "0.1.0", True),
        ("0.1.0", "0.1.0", False),
        ("0.1", "0.1.0", False),
        ("0.1.0", "0.2.0", False),
        ("2.0.0", "2.0.0rc1", False),
    ],
)
def test_versions_are_compared_by_number(version: str, than: str, newer: bool) -> None:
    assert is_newer(version, than) is newer
