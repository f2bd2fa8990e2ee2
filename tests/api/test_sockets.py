"""What the network does to a request, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import json
import os
import ssl
import threading
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atz_desktop.api import transport  # noqa: F401  before memory is measured
from atz_desktop.api.client import AtzClient
from atz_desktop.api.errors import (
    AtzError,
    CaptivePortal,
    Cause,
    InvalidResponse,
    NotSent,
    OutcomeUnknown,
    Rejected,
    ServerError,
    TooLarge,
    UploadCancelled,
)
from atz_desktop.api.multipart import Upload
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.api.requests import Timeouts
from tests.api.fakes import ACTIVITY, TOKEN, InstantTime, chosen
from tests.api.servers import Server, Talk, answer, asked, asked_head, free_port, reset, serving
from tests.lengths import examples

UNTRUSTED = Path(__file__).with_name("untrusted.pem")
QUICK = Timeouts(connect=0.3, read=0.3, write=0.3, pool=0.3, total=0.6)


def client_at(
    url: str,
    *,
    timeouts: Timeouts | None = None,
    proxy: str | Callable[[str], str | None] | None = None,
) -> AtzClient:
    """A client whose pauses take no real time, on real sockets."""
    time = InstantTime()
    return AtzClient(
        url,
        TOKEN,
        timeouts=timeouts,
        proxy=proxy,
        rate_limiter=RateLimiter(clock=time.clock, sleep=time.sleep),
        sleep=time.sleep,
        jitter=lambda: 0.5,
    )


@contextlib.asynccontextmanager
async def talking(
    talk: Talk, timeouts: Timeouts | None = None
) -> AsyncIterator[tuple[AtzClient, Server]]:
    async with serving(talk) as server:
        client = client_at(server.url, timeouts=timeouts)
        try:
            yield client, server
        finally:
            await client.close()


async def good(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        await asked(reader)
        writer.write(answer(ACTIVITY))
        await writer.drain()


async def save_fails(
    client: AtzClient, server: Server, kind: type[AtzError], why: Cause | None
) -> AtzError:
    """Save, and check that it ended so after exactly one connection."""
    with pytest.raises(kind) as caught:
        await client.update_activity(42, {"title": "x"})
    assert why is None or getattr(caught.value, "cause", None) is why
    assert caught.value.__context__ is None
    assert server.connections == 1
    return caught.value


async def test_one_connection_serves_all_requests_of_a_save() -> None:
    async with talking(good) as (client, server):
        await client.get_activity(42)
        await client.update_activity(42, {"title": "x"})
        await client.get_activity(42)
        assert server.connections == 1


async def test_when_nobody_listens_nothing_was_sent() -> None:
    client = client_at(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(NotSent) as caught:
        await client.update_activity(42, {"title": "x"})
    assert caught.value.cause is Cause.CONNECTION_REFUSED


async def test_a_name_that_nobody_knows_is_said_to_be_unknown() -> None:
    client = client_at("https://no-such-host.invalid")
    with pytest.raises(NotSent) as caught:
        await client.get_activity(42)
    # A machine without any network cannot tell the two apart.
    assert caught.value.cause in (Cause.NAME_NOT_FOUND, Cause.NO_NETWORK)


async def test_a_reset_after_the_request_leaves_a_save_open() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        reset(writer)

    async with talking(talk) as (client, server):
        error = await save_fails(client, server, OutcomeUnknown, Cause.DISCONNECTED)
        assert error.may_have_been_applied


async def test_a_closed_connection_without_an_answer_leaves_a_save_open() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)

    async with talking(talk) as (client, server):
        await save_fails(client, server, OutcomeUnknown, Cause.DISCONNECTED)


async def test_a_cut_answer_leaves_a_save_open() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(answer(ACTIVITY)[:-5])
        await writer.drain()

    async with talking(talk) as (client, server):
        error = await save_fails(client, server, OutcomeUnknown, Cause.DISCONNECTED)
        assert error.status == 200


async def test_silence_leaves_a_save_open() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        await reader.read()

    async with talking(talk, QUICK) as (client, server):
        await save_fails(client, server, OutcomeUnknown, Cause.TIMED_OUT)


@pytest.mark.parametrize("part", ["headers", "body"])
async def test_an_answer_that_drips_ends_when_the_total_time_is_up(part: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n")
        if part == "body":
            writer.write(b"Content-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"X: y\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with talking(talk, QUICK) as (client, server):
        await save_fails(client, server, OutcomeUnknown, Cause.TIMED_OUT)


async def test_a_talk_that_is_not_http_leaves_a_save_open() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(b"220 mail.example.com ESMTP\r\n\r\n")
        await writer.drain()

    async with talking(talk) as (client, server):
        await save_fails(client, server, OutcomeUnknown, Cause.NOT_HTTP)


async def test_a_body_that_cannot_be_unpacked_leaves_a_save_open() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(answer(b"no gzip at all", headers="Content-Encoding: gzip\r\n"))
        await writer.drain()

    async with talking(talk) as (client, server):
        error = await save_fails(client, server, InvalidResponse, None)
        assert error.status == 200


@pytest.mark.parametrize("packed", [False, True])
async def test_an_answer_without_end_is_not_kept(packed: bool) -> None:
    chunk = b" " * 1024 * 1024
    cut = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        if packed:
            content = gzip.compress(chunk * 40)
            writer.write(answer(content, headers="Content-Encoding: gzip\r\n"))
            await writer.drain()
            cut.set()
            return
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            for _ in range(1_000):
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            cut.set()

    async with talking(talk) as (client, server):
        error = await save_fails(client, server, InvalidResponse, None)
        assert "larger" in error.detail
        await asyncio.wait_for(cut.wait(), 5)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": lambda data: zlib.compress(data)[2:-4],
    "gzip, gzip": lambda data: gzip.compress(gzip.compress(data)),
    "identity, gzip": gzip.compress,
    "deflate, gzip": lambda data: gzip.compress(zlib.compress(data)),
    "identity": bytes,
}


@pytest.mark.parametrize("encoding", list(PACKERS))
async def test_a_packed_answer_is_unpacked_whole(encoding: str) -> None:
    long = {**ACTIVITY, "description": "and so on, " * 100_000 + "to the end"}
    packed = PACKERS[encoding](json.dumps(long).encode())

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert (await asked(reader)).headers["accept-encoding"] == "gzip, deflate"
        writer.write(answer(packed, headers=f"Content-Encoding: {encoding}\r\n"))
        await writer.drain()

    async with talking(talk) as (client, _server):
        assert await client.get_activity(42) == long


SWELLING = bytes(100 * 1024 * 1024)


@pytest.mark.parametrize(
    ("encoding", "inside", "status"),
    [
        ("gzip, gzip", b"", "200 OK"),
        ("gzip, gzip", b"", "502 Bad Gateway"),
        ("gzip, gzip, gzip", b"", "200 OK"),
        # All that swells comes after the end of the inner one, and gives nothing.
        ("deflate, gzip", zlib.compress(b"{}"), "200 OK"),
    ],
)
async def test_a_few_bytes_become_no_full_memory(encoding: str, inside: bytes, status: str) -> None:
    packed = inside + SWELLING
    for _ in range(encoding.count("gzip")):
        packed = gzip.compress(packed, 1)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(answer(packed, status, f"Content-Encoding: {encoding}\r\n"))
        await writer.drain()

    async with talking(talk) as (client, _server):
        tracemalloc.start()
        with pytest.raises(AtzError) as caught:
            await client.update_activity(42, {"title": "x"})
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert caught.value.may_have_been_applied
    assert most < 80 * 1024 * 1024


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip, gzip, gzip", "zstd, gzip", "nonsense"])
async def test_an_encoding_that_nobody_asked_for_leaves_a_save_open(encoding: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(answer(ACTIVITY, headers=f"Content-Encoding: {encoding}\r\n"))
        await writer.drain()

    async with talking(talk) as (client, server):
        await save_fails(client, server, InvalidResponse, None)


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><html>Sign in</html>", b"\xef\xbb\xbf\r\n <html>", b"<?xml?>"]
)
async def test_a_web_page_in_place_of_an_answer_is_told_as_one(page: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(answer(page, headers="Content-Type: text/html\r\n"))
        await writer.drain()

    async with talking(talk) as (client, server):
        await save_fails(client, server, CaptivePortal, None)


async def test_a_refusal_counts_although_its_words_were_cut_off() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(b"HTTP/1.1 422 No\r\nContent-Length: 999\r\n\r\n{")
        await writer.drain()

    async with talking(talk) as (client, server):
        error = await save_fails(client, server, Rejected, None)
        assert not error.may_have_been_applied


async def test_a_page_of_a_gateway_leaves_a_save_open() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(answer(b"<h1>Bad gateway</h1>", "502 Bad Gateway"))
        await writer.drain()

    async with talking(talk) as (client, server):
        error = await save_fails(client, server, ServerError, None)
        assert error.may_have_been_applied


async def test_a_load_is_repeated_after_a_cut_connection() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        if server.connections == 1:
            reset(writer)
        else:
            writer.write(answer(ACTIVITY))
            await writer.drain()

    async with talking(talk) as (client, server):
        assert await client.get_activity(42) == ACTIVITY
        assert server.connections == 2


@pytest.mark.parametrize("host", ["☃.example", "a.🎉"])  # not in IDNA 2008
async def test_an_address_that_cannot_be_written_down_sends_nothing(host: str) -> None:
    client = client_at(f"https://{host}", proxy="")
    with pytest.raises(NotSent):
        await client.update_activity(42, {"title": "x"})
    await client.close()


async def test_a_redirect_carries_the_token_to_no_other_host() -> None:
    async with serving(good) as other:

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asked(reader)
            where = f"Location: {other.url}/v1/activity/42\r\n"
            writer.write(answer(b"", "307 Temporary Redirect", where))
            await writer.drain()

        async with talking(talk) as (client, server):
            error = await save_fails(client, server, InvalidResponse, None)
            assert error.status == 307
        assert other.connections == 0


async def test_a_load_can_be_cancelled_and_the_client_goes_on() -> None:
    arrived = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if server.connections == 1:
            await asked(reader)
            arrived.set()
            await reader.read()
        else:
            await good(reader, writer)

    async with talking(talk) as (client, server):
        load = asyncio.ensure_future(client.get_activity(42))
        await arrived.wait()
        load.cancel()
        with pytest.raises(asyncio.CancelledError):
            await load
        assert await client.get_activity(42) == ACTIVITY


async def test_a_read_that_is_cut_off_anywhere_leaves_nothing_to_be_ended_later() -> None:
    """At the end of a program there is no later: what is left then is ended by the collector."""

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        for _ in range(99):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0)
        await asyncio.Event().wait()

    async with talking(trickle) as (client, server):
        for turns in range(40):
            reading = asyncio.create_task(client.get_activity(42))
            for _ in range(turns):
                await asyncio.sleep(0)
            reading.cancel()
            await asyncio.wait([reading])
            others = asyncio.all_tasks()
            await asyncio.sleep(0)
            left = {repr(each.get_coro()) for each in asyncio.all_tasks() - others}
            assert not {each for each in left if "async_generator" in each}
        assert server.connections > 10


async def test_a_certificate_that_nobody_trusts_is_said_and_nothing_is_sent() -> None:
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(UNTRUSTED)
    async with serving(talk, tls) as server:
        client = client_at(f"https://127.0.0.1:{server.port}")
        with pytest.raises(NotSent) as caught:
            await client.update_activity(42, {"title": "x"})
        await client.close()
    assert caught.value.cause is Cause.CERTIFICATE
    assert heard == []


async def test_a_server_without_encryption_behind_https_is_said() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async with serving(talk) as server:
        client = client_at(f"https://127.0.0.1:{server.port}")
        with pytest.raises(NotSent) as caught:
            await client.get_activity(42)
        await client.close()
    assert caught.value.cause is Cause.TLS


async def test_a_proxy_that_says_no_is_named_and_never_sees_the_token() -> None:
    heads: list[tuple[str, dict[str, str]]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await asked_head(reader))
        writer.write(answer(b"", "407 Proxy Authentication Required"))
        await writer.drain()

    async with serving(talk) as server:
        client = client_at(
            "https://api.invalid", proxy=f"http://user:pass-word@127.0.0.1:{server.port}"
        )
        with pytest.raises(NotSent) as caught:
            await client.update_activity(42, {"title": "x"})
        await client.close()
    assert caught.value.cause is Cause.PROXY
    [(line, headers)] = heads
    assert line == "CONNECT api.invalid:443 HTTP/1.1"
    assert "authorization" not in headers
    assert "pass-word" not in f"{caught.value} {vars(caught.value)}"


@pytest.mark.parametrize("ending", ["silence", "dripping", "reset", "close"])
async def test_a_proxy_that_fails_before_its_tunnel_stands_sent_nothing(ending: str) -> None:
    heads: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked_head(reader)
        if ending == "silence":
            await reader.read()
        while ending == "dripping":
            writer.write(b"X: y\r\n" if heads else b"HTTP/1.1 200 OK\r\n")
            heads.append(ending)
            await writer.drain()
            await asyncio.sleep(0.05)
        if ending == "reset":
            reset(writer)

    async with serving(talk) as server:
        client = client_at(
            "https://api.invalid", timeouts=QUICK, proxy=f"http://127.0.0.1:{server.port}"
        )
        with pytest.raises(NotSent) as caught:
            await client.update_activity(42, {"title": "x"})
        await client.close()
    assert caught.value.cause is (Cause.PROXY if ending in ("reset", "close") else Cause.TIMED_OUT)


async def test_a_proxy_that_is_not_there_is_named() -> None:
    client = client_at("https://api.invalid", proxy=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(NotSent) as caught:
        await client.get_activity(42)
    assert caught.value.cause is Cause.PROXY


async def test_the_systems_proxy_is_used_for_the_internet_and_not_for_this_computer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append((await asked_head(reader))[0])
        writer.write(answer(b"", "403 Forbidden"))
        await writer.drain()

    async with serving(talk) as proxy, serving(good) as here:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.upper(), proxy.url)
        local, remote = client_at(here.url), client_at("https://api.invalid")
        assert await local.get_activity(42) == ACTIVITY
        with pytest.raises(NotSent):
            await remote.get_activity(42)
        await local.close()
        await remote.close()
    assert lines == ["CONNECT api.invalid:443 HTTP/1.1"]


async def test_a_proxy_of_ones_own_goes_before_the_systems_and_none_means_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked_own: list[str] = []

    async def own(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked_own.append((await asked_head(reader))[0])
        writer.write(answer(b"", "403 Forbidden"))
        await writer.drain()

    async with serving(own) as proxy, serving(own) as systems:
        monkeypatch.setenv("https_proxy", systems.url)
        chosen_one = client_at("https://api.invalid", proxy=proxy.url)
        with pytest.raises(NotSent):
            await chosen_one.get_activity(42)
        none = client_at("https://api.invalid", proxy="")
        with pytest.raises(NotSent) as caught:
            await none.get_activity(42)
        await chosen_one.close()
        await none.close()
        assert (proxy.connections, systems.connections) == (1, 0)
    assert caught.value.cause in (Cause.NAME_NOT_FOUND, Cause.NO_NETWORK)
    assert asked_own == ["CONNECT api.invalid:443 HTTP/1.1"]


async def test_a_host_that_the_system_reaches_directly_goes_past_its_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving(good) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "api.invalid")
        client = client_at("https://api.invalid")
        with pytest.raises(NotSent):
            await client.get_activity(42)
        await client.close()
        assert proxy.connections == 0


async def test_the_system_is_asked_for_the_way_and_again_when_there_was_none() -> None:
    tunnels: list[str] = []
    asked_for: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tunnels.append((await asked_head(reader))[0])
        writer.write(answer(b"", "403 Forbidden"))
        await writer.drain()

    async with serving(talk) as office:
        here = {"way": ""}

        def system(address: str) -> str:
            assert threading.current_thread() is not threading.main_thread()
            asked_for.append(address)
            return here["way"]

        client = client_at("https://api.invalid", proxy=system)
        with pytest.raises(NotSent) as caught:
            await client.get_activity(42)
        assert caught.value.cause in {Cause.NAME_NOT_FOUND, Cause.NO_NETWORK}
        here["way"] = office.url
        for _ in range(2):
            with pytest.raises(NotSent) as caught:
                await client.get_activity(42)
            assert caught.value.cause is Cause.PROXY
        await client.close()
    assert set(asked_for) == {"https://api.invalid"}
    assert tunnels == ["CONNECT api.invalid:443 HTTP/1.1"] * 2


async def test_a_way_that_no_longer_makes_sense_disturbs_nobody() -> None:
    ways = [""]

    def system(address: str) -> str:
        if not ways:
            raise ValueError("Invalid IPv6 URL")  # the desktop's answer was no address
        return ways.pop()

    client = client_at("https://api.invalid", proxy=system)
    for _ in range(2):
        with pytest.raises(NotSent):
            await client.get_activity(42)
    await client.close()


async def test_a_client_that_was_closed_while_its_way_was_looked_for_sends_nothing() -> None:
    asked_for, known = threading.Event(), threading.Event()

    async with serving(good) as office:

        def system(address: str) -> str:
            asked_for.set()
            known.wait(10)
            return office.url

        client = client_at("https://api.invalid", proxy=system)
        request = asyncio.ensure_future(client.get_activity(42))
        await asyncio.to_thread(asked_for.wait, 10)
        await client.close()
        known.set()
        with pytest.raises(NotSent) as caught:
            await request
        assert caught.value.cause is Cause.CLOSED
        assert office.connections == 0


async def test_the_system_is_not_asked_for_the_way_to_this_computer() -> None:
    asked_for: list[str] = []

    def system(address: str) -> str:
        asked_for.append(address)
        return "http://127.0.0.1:9"

    async with serving(good) as here:
        client = client_at(here.url, proxy=system)
        assert await client.get_activity(42) == ACTIVITY
        await client.close()
    assert not asked_for


# Files


async def test_thirty_megabytes_arrive_whole_and_are_never_in_memory_at_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "Präsentation 🎉.pdf"
    with path.open("wb") as file:
        for _ in range(30):
            file.write(os.urandom(1024 * 1024))
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    length, digest, head, line = 0, hashlib.sha256(), b"", ""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal length, head, line
        line, headers = await asked_head(reader)
        length = int(headers["content-length"])
        assert "transfer-encoding" not in headers
        boundary = headers["content-type"].split("boundary=")[1].encode()
        head = await reader.readuntil(b"application/pdf\r\n\r\n")
        left, tail = length - len(head), len(b"\r\n--" + boundary + b"--\r\n")
        while left > tail:
            chunk = await reader.read(min(65536, left - tail))
            digest.update(chunk)
            left -= len(chunk)
        assert await reader.readexactly(left) == b"\r\n--" + boundary + b"--\r\n"
        writer.write(answer(ACTIVITY))
        await writer.drain()

    told: list[tuple[int, int]] = []
    upload = Upload(lambda sent, size: told.append((sent, size)))
    fields = {"title": "Ünïcode", "mark_as_done": True, "attachment": chosen(path)}
    async with talking(talk) as (client, _server):
        tracemalloc.start()
        try:
            assert await client.update_activity(42, fields, upload) == ACTIVITY
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert line == "PUT /v1/activity/42 HTTP/1.1"
    assert digest.hexdigest() == expected
    assert b'name="title"\r\n\r\n\xc3\x9cn\xc3\xafcode\r\n' in head
    assert b'name="mark_as_done"\r\n\r\ntrue\r\n' in head
    assert f'name="attachment"; filename="{path.name}"'.encode() in head
    assert peak < 6 * 1024 * 1024
    assert told[0] == (0, path.stat().st_size)
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert told == sorted(told)


def large_file(folder: Path) -> Path:
    path = folder / "large.bin"
    with path.open("wb") as file:
        file.truncate(30 * 1024 * 1024)
    return path


async def test_a_stop_works_at_once_although_a_write_is_stuck(tmp_path: Path) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked_head(reader)
        # Reads no more: the client's writes get stuck in full buffers.
        await asyncio.Event().wait()

    told: list[int] = []
    upload = Upload(lambda sent, size: told.append(sent))
    async with talking(talk) as (client, server):
        save = asyncio.ensure_future(
            client.update_activity(42, {"attachment": chosen(large_file(tmp_path))}, upload)
        )
        seen = -1
        while seen < len(told) or not told:
            seen = len(told)
            await asyncio.sleep(0.2)
        for _ in range(4):  # an impatient person, while the request is being cleaned up
            assert upload.stop()
            await asyncio.sleep(0)
        with pytest.raises(UploadCancelled) as caught:
            await asyncio.wait_for(save, 5)
        assert server.connections == 1
    assert caught.value.started
    assert not caught.value.may_have_been_applied


async def test_a_server_that_never_gets_the_end_of_a_file_cannot_apply_it(tmp_path: Path) -> None:
    def stop_half_way(sent: int, size: int) -> None:
        if sent > size // 2:
            upload.stop()

    upload = Upload(stop_half_way)
    cut = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asked(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            cut.set()

    async with talking(talk) as (client, _server):
        with pytest.raises(UploadCancelled):
            await client.update_activity(42, {"attachment": chosen(large_file(tmp_path))}, upload)
        await asyncio.wait_for(cut.wait(), 5)


async def test_a_refusal_in_the_middle_of_a_file_is_heard(tmp_path: Path) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked_head(reader)
        writer.write(answer({"message": "at most 10 MB"}, "413 Too Large", "Connection: close\r\n"))
        await writer.drain()
        while await reader.read(65536):
            pass

    async with talking(talk) as (client, _server):
        with pytest.raises(TooLarge) as caught:
            await client.update_activity(42, {"attachment": chosen(large_file(tmp_path))})
    assert caught.value.message == "at most 10 MB"


async def test_a_connection_that_is_cut_in_the_middle_of_a_file_is_worth_a_look(
    tmp_path: Path,
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked_head(reader)
        reset(writer)

    async with talking(talk) as (client, server):
        with pytest.raises(OutcomeUnknown) as caught:
            await client.update_activity(42, {"attachment": chosen(large_file(tmp_path))})
        assert server.connections == 1
    assert caught.value.cause is Cause.DISCONNECTED


async def test_a_file_may_take_longer_than_any_answer(tmp_path: Path) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _line, headers = await asked_head(reader)
        await asyncio.sleep(0.8)
        left = int(headers["content-length"])
        while left:
            left -= len(await reader.read(1024 * 1024))
        writer.write(answer(ACTIVITY))
        await writer.drain()

    async with talking(talk, Timeouts(total=0.5)) as (client, _server):
        fields = {"attachment": chosen(large_file(tmp_path))}
        assert await client.update_activity(42, fields) == ACTIVITY


async def test_after_a_file_the_answer_has_its_time_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X: y\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with talking(talk, QUICK) as (client, _server):
        with pytest.raises(OutcomeUnknown) as caught:
            await client.update_activity(42, {"attachment": chosen(tmp_path / "cv.pdf")})
    assert caught.value.cause is Cause.TIMED_OUT


def test_no_bytes_whatever_on_the_wire_raise_anything_but_a_known_error() -> None:
    said = b""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(said)
        await writer.drain()

    async def ask() -> None:
        async with talking(talk, QUICK) as (client, _server):
            with contextlib.suppress(AtzError):
                await client.update_activity(42, {"title": "x"})

    line = st.sampled_from([b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 400\r\n", b"HTTP/1.1 100 C\r\n\r\n"])
    header = st.sampled_from(
        [
            b"Content-Length: 5\r\n",
            b"Content-Length: x\r\n",
            b"Transfer-Encoding: chunked\r\n",
            b"Content-Encoding: gzip\r\n",
            b"Location: http://[\r\n",
            b"Set-Cookie: \xff=;;;\r\n",
            b"\r\n",
            b"5\r\nhello\r\n0\r\n\r\n",
            json.dumps(ACTIVITY).encode(),
        ]
    )
    with asyncio.Runner() as runner:

        @settings(
            max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow]
        )
        @given(st.tuples(line | st.binary(max_size=20), st.lists(header | st.binary(max_size=20))))
        def holds(answer: tuple[bytes, list[bytes]]) -> None:
            nonlocal said
            said = answer[0] + b"".join(answer[1])
            runner.run(ask())

        holds()
