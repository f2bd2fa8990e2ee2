"""Each fault as a client on a real socket meets it, and what the account holds afterwards."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import get_args

import pytest

from atz_desktop.sandbox.faults import MENU, Fault, Status
from atz_desktop.sandbox.server import Sandbox
from tests.sandbox.asking import ONE, Reply, ask_on, connect, get, put

NEW = {"title": "A new title"}
SHORT = 0.2
"""Seconds after which these clients give up waiting."""


def title(sandbox: Sandbox) -> str:
    text: str = sandbox.account.get(42)["title"]
    return text


def is_applied(sandbox: Sandbox) -> bool:
    return title(sandbox) == NEW["title"]


def raw(sandbox: Sandbox, timeout: float = 5.0) -> socket.socket:
    """A socket on which the request `PUT title` was sent."""
    body = json.dumps(NEW).encode()
    host, port = sandbox.url.removeprefix("http://").split(":")
    connected = socket.create_connection((host, int(port)), timeout)
    connected.sendall(
        f"PUT {ONE} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {sandbox.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    return connected


@pytest.mark.parametrize("applied", [False, True])
def test_a_time_out_gives_no_byte_before_or_after_the_write(
    sandbox: Sandbox, applied: bool
) -> None:
    switch = sandbox.faults.on(Fault("timeout", "PUT", applied=applied))
    with raw(sandbox, SHORT) as connected:
        assert switch.wait()
        assert is_applied(sandbox) is applied
        with pytest.raises(TimeoutError):
            connected.recv(1)
    assert get(sandbox).status == 200


def test_releasing_closes_what_is_held_without_an_answer(sandbox: Sandbox) -> None:
    switch = sandbox.faults.on(Fault("timeout", "PUT"))
    with raw(sandbox) as first, raw(sandbox) as second:
        assert switch.wait(2)
        sandbox.faults.release()
        assert (first.recv(1), second.recv(1)) == (b"", b"")
    assert not is_applied(sandbox)


def test_a_late_write_is_made_after_the_client_has_left(sandbox: Sandbox) -> None:
    switch = sandbox.faults.on(Fault("late", "PUT", times=1))
    with raw(sandbox):
        assert switch.wait()
    assert not is_applied(sandbox)
    sandbox.faults.release()
    assert is_applied(sandbox)


@pytest.mark.parametrize("applied", [False, True])
def test_a_reset_is_a_real_one_before_or_after_the_write(sandbox: Sandbox, applied: bool) -> None:
    sandbox.faults.on(Fault("reset", "PUT", applied=applied))
    with raw(sandbox) as connected, pytest.raises(ConnectionResetError):
        connected.recv(1)
    assert is_applied(sandbox) is applied


def test_a_truncated_answer_promises_more_than_it_gives(sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("truncated", "PUT", times=1))
    with pytest.raises(http.client.IncompleteRead) as error:
        put(sandbox, NEW)
    assert error.value.partial.startswith(b'{"id":42')
    assert error.value.expected
    assert is_applied(sandbox)


def test_a_dripping_answer_comes_byte_by_byte_and_whole(sandbox: Sandbox) -> None:
    sandbox.account.set({"id": 7})
    sandbox.faults.on(Fault("dripping", seconds=0.001))
    reply = get(sandbox, "/v1/activity/7")
    assert reply.json() == {"id": 7}


def test_a_dripping_answer_ends_when_nobody_reads_it(sandbox: Sandbox) -> None:
    switch = sandbox.faults.on(Fault("dripping", "PUT", seconds=0.001))
    with raw(sandbox) as connected:
        assert switch.wait()
        assert connected.recv(1) == b"H"
    sandbox.faults.off()
    assert get(sandbox).json()["title"] == NEW["title"]


def test_refused_connections_are_refused_and_idle_ones_closed(sandbox: Sandbox) -> None:
    connection = connect(sandbox)
    ask_on(connection, "GET", ONE)
    fault = Fault("refused")
    sandbox.faults.on(fault)
    assert connection.sock.recv(1) == b""
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        get(sandbox)
    url = sandbox.url
    sandbox.faults.off(fault)
    assert sandbox.url == url
    assert get(sandbox).status == 200


def test_connections_can_be_refused_from_a_certain_request_on(sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("refused", "PUT", skip=1))
    connection = connect(sandbox)
    assert ask_on(connection, "GET", ONE).status == 200
    reply = ask_on(
        connection, "PUT", ONE, json.dumps(NEW).encode(), {"Content-Type": "application/json"}
    )
    assert (reply.status, reply.headers["connection"]) == (200, "close")
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        get(sandbox)
    sandbox.faults.off()
    assert is_applied(sandbox)
    assert get(sandbox).status == 200


def test_a_sandbox_may_start_refusing() -> None:
    sandbox = Sandbox()
    sandbox.faults.on(Fault("refused"))
    with sandbox, pytest.raises(ConnectionRefusedError):
        get(sandbox)


def test_slow_waits_before_the_request_is_taken_up(sandbox: Sandbox) -> None:
    switch = sandbox.faults.on(Fault("slow", "PUT", seconds=SHORT, times=1))
    start = time.monotonic()
    with raw(sandbox) as connected:
        assert switch.wait()
        assert not is_applied(sandbox)
        assert connected.recv(1) == b"H"
    assert time.monotonic() - start >= SHORT
    assert is_applied(sandbox)


@pytest.mark.parametrize("status", get_args(Status))
@pytest.mark.parametrize("applied", [False, True])
def test_a_status_comes_in_place_of_the_answer(
    sandbox: Sandbox, status: Status, applied: bool
) -> None:
    sandbox.faults.on(Fault(status, "PUT", applied=applied, times=1))
    reply = put(sandbox, NEW)
    assert reply.status == int(status)
    assert is_applied(sandbox) is applied
    if status == "202":
        assert reply.body == b""
    elif status == "502":
        assert reply.headers["content-type"].startswith("text/html")
    else:
        assert reply.json()["message"]
    assert "retry-after" not in reply.headers
    assert get(sandbox).status == 200


def test_429_says_when_to_come_back_in_seconds_or_as_a_date(sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("429", retry_after=1.5, times=1))
    sandbox.faults.on(Fault("429", retry_after=30, as_date=True, times=1))
    assert get(sandbox).headers["retry-after"] == "2"
    when = parsedate_to_datetime(get(sandbox).headers["retry-after"])
    assert 25 < (when - datetime.now(UTC)).total_seconds() <= 31


@pytest.mark.parametrize("name", ["empty", "html", "bad_json", "wrong_shape"])
def test_garbage_is_a_200_that_no_program_understands(sandbox: Sandbox, name: str) -> None:
    sandbox.faults.on(Fault(name, "PUT", times=1))  # type: ignore[arg-type] # a Name
    reply = put(sandbox, NEW)
    assert reply.status == 200
    assert is_applied(sandbox)
    if name == "wrong_shape":
        assert reply.json() != sandbox.account.get(42)
    else:
        with pytest.raises(ValueError, match=r".*"):
            reply.json()


def test_any_answer_can_be_handed_in(sandbox: Sandbox) -> None:
    headers = {"Content-Type": "text/plain", "X-Odd": "1"}
    sandbox.faults.on(Fault("answer", status=418, headers=headers, body=b"\xff\x00", times=1))
    reply = get(sandbox)
    assert (reply.status, reply.body, reply.headers["x-odd"]) == (418, b"\xff\x00", "1")
    sandbox.faults.on(Fault("422", body=b'"too bad"', times=1))
    assert get(sandbox) == Reply(422, {**get_type("application/json", 9)}, b'"too bad"')


def get_type(kind: str, length: int) -> dict[str, str]:
    return {"content-type": kind, "content-length": str(length)}


def test_a_redirect_points_where_it_was_told_to(sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("redirect", location="https://elsewhere.example/v1/activity/42"))
    reply = put(sandbox, NEW)
    assert reply.status == 307
    assert reply.headers["location"] == "https://elsewhere.example/v1/activity/42"
    assert not is_applied(sandbox)


def test_the_answer_may_be_another_activity_or_what_this_one_was(sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("wrong_activity", times=1))
    before = sandbox.account.get(42)
    assert put(sandbox, NEW).json() == sandbox.account.get(43)
    assert is_applied(sandbox)
    sandbox.faults.on(Fault("wrong_activity", activity_id=5, times=1))
    assert get(sandbox).json()["id"] == 5
    sandbox.account.set(before)
    sandbox.faults.on(Fault("old_record", times=1))
    assert put(sandbox, NEW).json() == before
    assert is_applied(sandbox)


def test_a_change_may_be_ignored_though_the_answer_is_200(sandbox: Sandbox) -> None:
    before = title(sandbox)
    sandbox.faults.on(Fault("ignored", "PUT", fields=("title",), times=1))
    reply = put(sandbox, {**NEW, "location": "Taken"})
    assert (reply.status, reply.json()["title"], reply.json()["location"]) == (200, before, "Taken")
    sandbox.faults.on(Fault("ignored", "PUT"))
    assert put(sandbox, {"location": "Not taken"}).json()["location"] == "Taken"


def test_a_value_may_be_altered_by_the_server(sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("altered", times=1))
    assert put(sandbox, NEW).json()["title"] == "A new titl"
    sandbox.faults.on(Fault("altered", values={"location": "LOUD", "importance": "low"}))
    after = put(sandbox, {"location": "loud"}).json()
    assert (after["location"], after["importance"]) == ("LOUD", "normal")


def test_a_colleague_edits_just_before_a_get_or_a_put(sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("colleague", "GET", values={"title": "Theirs"}, times=1))
    assert get(sandbox).json()["title"] == "Theirs"
    sandbox.faults.on(Fault("colleague", "PUT", values={"location": "Theirs"}, times=1))
    after = put(sandbox, NEW).json()
    assert (after["title"], after["location"]) == (NEW["title"], "Theirs")
    assert after["updated_by"]["id"] == 1


def test_a_colleague_without_values_changes_something_every_time(sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("colleague"))
    places = {get(sandbox).json()["location"] for _ in range(3)}
    assert len(places) == 3
    assert get(sandbox, "/v1/activity").status == 200


def test_faults_of_the_course_strike_together_with_one_that_ends(sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("colleague", "PUT", values={"location": "Theirs"}))
    sandbox.faults.on(Fault("altered", "PUT"))
    sandbox.faults.on(Fault("reset", "PUT", applied=True))
    with raw(sandbox) as connected, pytest.raises(ConnectionResetError):
        connected.recv(1)
    after = sandbox.account.get(42)
    assert (after["title"], after["location"]) == ("A new titl", "Theirs")


def test_each_fault_of_the_menu_can_be_switched_on_and_off_again(sandbox: Sandbox) -> None:
    for entry in MENU:
        sandbox.faults.on(entry.fault)
        sandbox.faults.off(entry.fault)
        assert get(sandbox).json() == sandbox.account.get(42)


def test_many_clients_at_once_lose_nothing(sandbox: Sandbox) -> None:
    def edit(number: int) -> None:
        for turn in range(5):
            put(sandbox, {"title": f"{number}.{turn}"}, f"/v1/activity/{100 + number}")
            get(sandbox, f"/v1/activity/{100 + number}")

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sandbox.requests) == 80
    assert [sandbox.account.get(100 + n)["title"] for n in range(8)] == [f"{n}.4" for n in range(8)]
