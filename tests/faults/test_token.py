"""The token is sent to ATZ and is nowhere else: not in a file, a log, the command line, what is
printed, a crash report or the clipboard, and no redirect carries it to another host.
"""

from __future__ import annotations

import base64
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from atz_desktop.api.errors import CaptivePortal
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from tests.faults.desk import QUICK, Desk, Person
from tests.faults.elsewhere import Elsewhere
from tests.faults.running import Running, environment

ID = 42
PATH = f"/v1/activity/{ID}"
TOKEN = "xq7-Recognisable+Token/0123456789=="


@pytest.fixture
def guarded() -> Iterator[Sandbox]:
    """A made-up ATZ whose token would be recognised anywhere."""
    with Sandbox(pace_limit=None, token=TOKEN) as running:
        yield running


def forms() -> dict[str, bytes]:
    """How the token may look where somebody wrote it down, whole or in its longest part."""
    part = "Recognisable"
    return {
        "as it is": part.encode(),
        "in UTF-16": part.encode("utf-16-le"),
        "in an address": quote(TOKEN, safe="").encode(),
        **{
            f"in base64, {shift} bytes in": base64.b64encode(b"." * shift + TOKEN.encode())[8:-8]
            for shift in range(3)
        },
    }


def look(name: str, content: bytes) -> None:
    for form, needle in forms().items():
        assert needle not in content, f"the token is in {name}, {form}"


def look_in_files(folder: Path) -> None:
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    for file in files:
        with suppress(FileNotFoundError):  # the program may be ending
            look(str(file), file.read_bytes())
        look("the name of a file", str(file).encode())


def look_at_process(number: int) -> None:
    """What every program of this computer may see of another one."""
    if sys.platform == "linux":
        looked = 0
        for thread in Path(f"/proc/{number}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # a thread may be ending
                for file in (thread / "cmdline", thread / "comm"):
                    look(str(file), file.read_bytes())
                    looked += 1
        assert looked


@pytest.mark.timeout(180)
def test_after_everything_was_done_the_token_is_found_nowhere(
    guarded: Sandbox, tmp_path: Path
) -> None:
    guarded.faults.on(Fault("401", "PUT", PATH, skip=1, times=1))
    env = environment(guarded, tmp_path)
    with Running("tests.faults.driven", "tour", ID, env=env) as program:
        curl = program.line("clipboard")["text"]
        look_at_process(program.process.pid)
        report = program.line("clipboard")["text"]
        program.line("toured")
        look_in_files(tmp_path)
        assert program.end() == 0, program.errors.decode()
    assert guarded.account.get(ID)["title"] == "Title 2", "the new token was used"
    assert "$ATZ_API_TOKEN" in curl
    assert "LookupError" in report
    look("the clipboard", curl.encode())
    look("the clipboard", report.encode())
    look("what was printed", program.said + program.errors)
    look_in_files(tmp_path)
    for name in ("history.csv", "history.json", "atz.sqlite3", "logs/atz-desktop.log"):
        assert (tmp_path / name).stat().st_size, name
    for request in guarded.requests:
        seen = f"{request.path} {request.query} {request.headers}"
        look("a request, besides its header", seen.encode() + request.body)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGTERM")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program_as_it_is_started_by_hand_shows_no_token(
    guarded: Sandbox, tmp_path: Path, number: signal.Signals
) -> None:
    env = environment(guarded, tmp_path)
    with Running("atz_desktop", ID, env=env) as program:
        assert guarded.log.wait(1, 30)
        look_at_process(program.process.pid)
        os.kill(program.process.pid, number)
        assert program.end() == 0, program.errors.decode()
    look("what was printed", program.said + program.errors)
    look_in_files(tmp_path)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_no_redirect_is_followed_and_no_other_host_hears_of_us(
    method: str, status: int, guarded: Sandbox, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    desk = Desk(guarded, tmp_path / "atz.sqlite3", Person(), QUICK)
    headers = {"location": f"{elsewhere.url}{PATH}"}
    guarded.faults.on(Fault("answer", method, PATH, status=status, headers=headers))
    client = desk.client
    write = client.update_activity(ID, {"title": "Elsewhere"})
    request = client.get_activity(ID) if method == "GET" else write
    with pytest.raises(CaptivePortal) as caught:
        await request
    write.close()
    assert caught.value.status == status
    assert caught.value.may_have_been_applied == (method == "PUT")
    look("the error", f"{caught.value!r} {vars(caught.value)}".encode())
    await desk.crash()
    assert not elsewhere.received
    assert len(guarded.requests) == 1
