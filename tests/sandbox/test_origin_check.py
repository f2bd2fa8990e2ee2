"""Who is kept out of the sandbox, and of what nothing is kept."""

from __future__ import annotations

import json
import socket

import pytest

from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.request_log import MAX_BYTES, ReceivedRequest, RequestLog
from atz_desktop.sandbox.server import Sandbox
from tests.sandbox.asking import ask, connect

ONE = "/v1/activity/42"
NEW = json.dumps({"title": "New"}).encode()


def test_every_sandbox_has_a_token_of_its_own() -> None:
    tokens = {Sandbox().token for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) >= 32 and token.isascii() and token.isprintable() for token in tokens)


def test_the_token_of_another_run_opens_nothing(sandbox: Sandbox) -> None:
    with Sandbox() as earlier:
        old = {"Authorization": f"Bearer {earlier.token}"}
    assert ask(sandbox, "GET", ONE, headers=old).status == 401
    assert ask(sandbox, "GET", ONE).status == 200


def raw(sandbox: Sandbox, head: str, body: bytes = b"") -> bytes:
    """The first line of the answer to a request that is written by hand."""
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 5) as line:
        head = head.replace("PORT", port).replace("TOKEN", sandbox.token)
        line.sendall(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
        return line.recv(4_000).split(b"\r\n")[0]


@pytest.mark.parametrize(
    "host",
    ["evil.example:PORT", "evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil:PORT", ""],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS"])
def test_a_name_that_was_pointed_to_this_computer_reaches_nothing(
    sandbox: Sandbox, host: str, method: str
) -> None:
    head = f"{method} {ONE} HTTP/1.1\nHost: {host}\nAuthorization: Bearer TOKEN\n"
    head += f"Content-Type: application/json\nContent-Length: {len(NEW)}\n"
    assert b" 421 " in raw(sandbox, head, NEW)
    assert sandbox.requests == []
    assert sandbox.account.get(42)["title"] != "New"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "file://", "http://localhost"]
)
def test_a_page_in_a_browser_reaches_nothing(sandbox: Sandbox, origin: str) -> None:
    for method in ("GET", "OPTIONS", "PUT", "POST"):
        reply = ask(sandbox, method, ONE, NEW if method == "PUT" else None, {"Origin": origin})
        assert reply.status == 421
        assert "access-control-allow-origin" not in reply.headers
    assert sandbox.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1:PORT", "localhost:PORT", "LOCALHOST:PORT"])
def test_a_program_of_this_computer_reaches_all(sandbox: Sandbox, host: str) -> None:
    head = f"GET {ONE} HTTP/1.1\nHost: {host}\nAuthorization: Bearer TOKEN\n"
    assert b" 200 " in raw(sandbox, head)


def test_nothing_is_kept_of_a_body_that_came_without_the_token(sandbox: Sandbox) -> None:
    large = b"x" * 300_000
    for given in ("", "Bearer wrong"):
        headers = {"Authorization": given, "Content-Type": "application/json"}
        assert ask(sandbox, "PUT", ONE, large, headers).status == 401
    assert [(each.method, each.body) for each in sandbox.requests] == [("PUT", b"")] * 2


def test_of_many_bodies_the_newest_are_kept() -> None:
    log = RequestLog()
    for number in range(100):
        body = bytes([number]) * (MAX_BYTES // 40)
        log.append(ReceivedRequest("PUT", ONE, {}, {}, body, len(body)))
    kept = [each.body[:1] for each in log.copy()]
    assert len(kept) == 100
    assert kept[:60] == [b""] * 60
    assert kept[60:] == [bytes([number]) for number in range(60, 100)]
    log.clear()
    log.append(ReceivedRequest("PUT", ONE, {}, {}, b"x", 1))
    assert log.copy()[0].body == b"x"


def test_who_is_turned_away_uses_up_no_fault_and_no_request(sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("500", times=1))
    connection = connect(sandbox)
    connection.request("GET", ONE, headers={"Origin": "https://evil.example"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("connection")) == (421, "close")
    connection.close()
    assert ask(sandbox, "GET", ONE).status == 500
