"""The proxies that a computer names: what can be used of them, and what is said of the rest."""

from __future__ import annotations

import asyncio
import os

import pytest

from atz_desktop.api.client import AtzClient
from atz_desktop.api.errors import Cause, NotSent, UnusableProxy
from atz_desktop.api.network import environment_proxy
from atz_desktop.session.notices import NoticeAction, error_notice
from tests.api.fakes import TOKEN, InstantTime
from tests.api.servers import answer, asked_head, serving

ADDRESS = "https://api.example.com"
GOOD = "http://proxy.example.com:3128"


@pytest.fixture(autouse=True)
def no_proxy_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


async def tunnelled(address: str = "https://api.invalid") -> Cause:
    """Ask for an activity that cannot be had; why not."""
    client = AtzClient(address, TOKEN, sleep=InstantTime().sleep)
    with pytest.raises(NotSent) as caught:
        await client.get_activity(42)
    await client.close()
    return caught.value.cause


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("all_proxy", "socks://127.0.0.1:1080/"),
        ("ALL_PROXY", "socks5h://127.0.0.1:1080"),
        ("all_proxy", "socks4a://user:word@127.0.0.1"),
        ("http_proxy", "foo://bar"),
        ("no_proxy", "localhost,fe80::/10,müller.example"),
        ("no_proxy", "[::1],10.0.0.0/8,*.corp example.org:x, ,http://["),
    ],
)
async def test_a_good_proxy_is_used_whatever_stands_beside_it(
    name: str, beside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append((await asked_head(reader))[0])
        writer.write(answer(b"", "403 Forbidden"))
        await writer.drain()

    async with serving(talk) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        monkeypatch.setenv(name, beside)
        assert await tunnelled() is Cause.PROXY
    assert lines == ["CONNECT api.invalid:443 HTTP/1.1"]


@pytest.mark.parametrize("bad", ["socks5://127.0.0.1:1080", "http://[", "proxy.example.com:x"])
def test_an_entry_that_cannot_be_used_is_passed_over_and_logged(
    bad: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("https_proxy", bad)
    monkeypatch.setenv("all_proxy", GOOD)
    assert environment_proxy(ADDRESS) == GOOD
    assert "https_proxy is passed over" in caplog.text
    assert bad not in caplog.text  # it may hold a password


@pytest.mark.parametrize("scheme", ["socks", "socks4", "socks4a", "socks5", "socks5h", "SOCKS5"])
async def test_a_lone_socks_proxy_is_said_to_be_one(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", f"{scheme}://127.0.0.1:1080/")
    assert await tunnelled() is Cause.SOCKS
    notice = error_notice(NotSent("GET", "/v1/activity/42", cause=Cause.SOCKS), "Not loaded")
    assert "SOCKS" in notice.text
    assert "company" not in notice.text
    assert notice.action is NoticeAction.SETTINGS


@pytest.mark.parametrize("bad", ["http://", "foo://proxy:1", "http://proxy:99999", "a b"])
def test_a_lone_proxy_that_makes_no_sense_is_not_gone_past(
    bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", bad)
    with pytest.raises(UnusableProxy) as caught:
        environment_proxy(ADDRESS)
    assert caught.value.cause is Cause.PROXY_SETTING


@pytest.mark.parametrize(
    ("address", "no_proxy"),
    [
        ("https://api.example.com", "example.com"),
        ("https://api.example.com", ".example.com"),
        ("https://api.example.com", "*.example.com"),
        ("https://api.example.com", "localhost *"),
        ("https://api.example.com", "x.org, API.Example.COM:443"),
        ("https://api.example.com:8443", "example.com:8443"),
        ("https://api.müller.example", "müller.example"),
        ("https://api.müller.example", "xn--mller-kva.example"),
        ("https://api.xn--mller-kva.example", "müller.example"),
        ("https://[fe80::1]", "localhost,fe80::/10"),
        ("https://[fe80::1]:8443", "[fe80::0001]"),
        ("https://10.1.2.3", "10.0.0.0/8"),
    ],
)
def test_what_no_proxy_covers_is_reached_directly(
    address: str, no_proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", GOOD)
    monkeypatch.setenv("no_proxy", no_proxy)
    assert environment_proxy(address) == ""


@pytest.mark.parametrize(
    ("address", "no_proxy"),
    [
        ("https://notexample.com", "example.com"),
        ("https://api.example.com:8443", "example.com:443"),
        ("https://11.1.2.3", "10.0.0.0/8"),
        ("https://api.example.com", "fe80::/10,10.0.0.0/8,http://[,%,..,/"),
        ("https://xn--mller-kva.example", "muller.example"),
    ],
)
def test_what_no_proxy_does_not_cover_goes_over_the_proxy(
    address: str, no_proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", GOOD)
    monkeypatch.setenv("no_proxy", no_proxy)
    assert environment_proxy(address) == GOOD
