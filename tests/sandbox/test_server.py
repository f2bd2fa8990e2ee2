"""The sandbox as a server: starting, stopping, and what it leaves alone."""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox, SandboxError
from tests.sandbox.asking import ask, ask_on, connect, get, multipart, put

SLOW_TO_IMPORT = ("asyncio", "starlette", "uvicorn", "python_multipart", "ssl", "logging", "json")


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def test_naming_the_sandbox_imports_nothing_that_is_slow() -> None:
    code = (
        "from atz_desktop.sandbox.server import Sandbox\n"
        "from atz_desktop.sandbox.faults import MENU\n"
        f"import sys; print(*[name for name in {SLOW_TO_IMPORT} if name in sys.modules])"
    )
    assert run_python(code).stdout.strip() == ""


def test_it_imports_nothing_of_the_program_but_itself() -> None:
    code = (
        "import sys\n"
        "from atz_desktop.sandbox.server import Sandbox\n"
        "with Sandbox() as sandbox: pass\n"
        "print(*[n for n in sys.modules if n.startswith('atz_desktop.')\n"
        "        and not n.startswith('atz_desktop.sandbox')], 'PySide6' in sys.modules)"
    )
    assert run_python(code).stdout.strip() == "False"


def test_a_run_with_faults_says_nothing_and_warns_of_nothing() -> None:
    code = (
        "import http.client\n"
        "from atz_desktop.sandbox.server import Sandbox\n"
        "from atz_desktop.sandbox.faults import Fault\n"
        "with Sandbox() as sandbox:\n"
        "    sandbox.faults.on(Fault('reset', skip=1, times=1))\n"
        "    sandbox.faults.on(Fault('timeout', skip=1))\n"
        "    for wait in (5, 5, 0.01):\n"
        "        connection = http.client.HTTPConnection(sandbox.url[7:], timeout=wait)\n"
        "        try: connection.request('GET', '/'), connection.getresponse()\n"
        "        except OSError: pass\n"
        "        connection.close()\n"
        "    connection.timeout = 5\n"
        "    connection.connect()\n"
        "    connection.sock.sendall(b'no http at all\\r\\n\\r\\n')\n"
        "    connection.sock.recv(1000)\n"
        "    connection.close()\n"
    )
    done = run_python(code)
    assert (done.stdout, done.stderr) == ("", "")


def test_it_listens_on_loopback_only_and_stops_for_good() -> None:
    sandbox = Sandbox()
    with pytest.raises(SandboxError):
        print(sandbox.url)  # noqa: T201 - for its error
    sandbox.start()
    sandbox.start()
    assert sandbox.url.startswith("http://127.0.0.1:")
    assert get(sandbox).status == 200
    sandbox.stop()
    sandbox.stop()
    with pytest.raises(ConnectionRefusedError):
        get(sandbox)


def test_it_starts_again_under_the_same_address_with_what_was_changed() -> None:
    sandbox = Sandbox()
    with sandbox:
        url = sandbox.url
        put(sandbox, {"title": "Kept"})
    with sandbox:
        assert sandbox.url == url
        assert get(sandbox).json()["title"] == "Kept"


def test_a_port_that_is_taken_is_said_clearly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        sandbox = Sandbox(port=taken.getsockname()[1])
        with pytest.raises(SandboxError, match="could not be started") as error:
            sandbox.start()
    assert isinstance(error.value.__cause__, OSError)
    sandbox.start()
    sandbox.stop()


def test_it_touches_no_signal_and_no_logger_of_others() -> None:
    kept = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    handlers = list(logging.getLogger().handlers)
    with Sandbox():
        assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == kept
        assert logging.getLogger().handlers == handlers


@pytest.mark.parametrize(
    "fault",
    [
        Fault("slow", seconds=3600),
        Fault("timeout"),
        Fault("timeout", applied=True),
        Fault("late"),
        Fault("dripping", seconds=3600),
    ],
    ids=lambda fault: fault.name,
)
def test_stopping_waits_for_no_held_connection(fault: Fault) -> None:
    with Sandbox() as sandbox:
        switch = sandbox.faults.on(fault)
        connection = connect(sandbox)
        connection.request("GET", "/v1/activity/42", headers={"Authorization": "Bearer x"})
        assert switch.wait()
    assert not any(thread.name == "sandbox" for thread in threading.enumerate())
    connection.close()


def _knock(port: int, knocked: list[socket.socket]) -> None:
    """Connect as often as somebody is there, at most three times."""
    for _ in range(3):
        knocked.append(socket.socket())
        if knocked[-1].connect_ex(("127.0.0.1", port)) != 0:
            return


@pytest.mark.slow
def test_stopping_does_not_wait_for_a_client_that_is_just_being_accepted() -> None:
    for number in range(150):
        knocked: list[socket.socket] = []
        with Sandbox() as running:
            port = int(running.url.rpartition(":")[2])
            client = threading.Thread(target=_knock, args=(port, knocked))
            client.start()
            time.sleep(number % 15 * 0.00004)
            began = time.perf_counter()
        assert time.perf_counter() - began < 2.0
        client.join()
        for each in knocked:
            each.close()


def test_stopping_does_not_wait_for_a_half_sent_body() -> None:
    with Sandbox() as sandbox:
        connection = connect(sandbox)
        connection.putrequest("PUT", "/v1/activity/42")
        connection.putheader("Content-Length", "1000")
        connection.endheaders(b"half of it")
        ask(sandbox, "GET", "/")
    connection.close()
    assert not sandbox.requests[-1].complete


def test_what_was_received_is_kept_byte_for_byte_and_without_the_token(sandbox: Sandbox) -> None:
    body = b'{ "title" :  "Z\xc3\xb6e" , "unknown": 1}'
    ask(sandbox, "PUT", "/v1/activity/42?a=1&b=", body, {"Content-Type": "application/json"})
    (request,) = sandbox.requests
    assert (request.method, request.path, request.query) == (
        "PUT",
        "/v1/activity/42",
        {"a": "1", "b": ""},
    )
    assert request.body == body
    assert request.json() == {"title": "Zöe", "unknown": 1}
    assert request.headers["content-type"] == "application/json"
    assert sandbox.token not in repr(request)


def test_a_file_of_30_mb_goes_through_in_little_memory(sandbox: Sandbox) -> None:
    content = bytes(range(256)) * 4 * 1024 * 30
    body, headers = multipart({"mark_as_done": "true"}, {"attachment": ("Ä b.bin", content)})
    reply = ask(sandbox, "PUT", "/v1/activity/42", body, headers)
    assert reply.json()["attachment"]["file_name"] == "Ä b.bin"
    assert reply.json()["mark_as_done"] is True
    (request,) = sandbox.requests
    assert request.size == len(body)
    assert request.body == body[: 64 * 1024] + body[-64 * 1024 :]
    assert request.uploads[0].size == len(content)
    assert reply.json()["attachment"]["file_link"].startswith("https://files.atz.example/42/")


def test_an_upload_that_is_broken_off_changes_nothing(sandbox: Sandbox) -> None:
    before = sandbox.account.get(42)
    body, headers = multipart({"title": "New"}, {"attachment": ("a.bin", b"x" * 500_000)})
    connection = connect(sandbox)
    connection.putrequest("PUT", "/v1/activity/42")
    for name, value in {**headers, "Authorization": connection.authorization}.items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body[:400_000])
    connection.close()
    assert sandbox.log.wait(1)
    assert not sandbox.requests[0].complete
    assert sandbox.account.get(42) == before


def test_a_connection_is_used_again_and_answers_come_at_once(sandbox: Sandbox) -> None:
    connection = connect(sandbox)
    start = time.monotonic()
    for _ in range(50):
        assert ask_on(connection, "GET", "/v1/activity/42").status == 200
    assert time.monotonic() - start < 50 * 0.04, "each answer waits for a delayed acknowledgement"
    sock = connection.sock
    assert ask_on(connection, "GET", "/v1/activity/42").status == 200
    assert connection.sock is sock
    connection.close()


def test_it_keeps_its_account_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "account.json"
    with Sandbox(file=file) as sandbox:
        put(sandbox, {"title": "Kept"})
    with Sandbox(file=file) as sandbox:
        assert get(sandbox).json()["title"] == "Kept"
