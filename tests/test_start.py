"""What a start with an activity's ID does before its form is filled, and what it leaves for later:
the real program, in a process of its own, on a real server.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from atz_desktop.sandbox.server import Sandbox
from tests.faults.running import environment

PATIENCE = 60.0
WATCHED = ("httpx", "pydantic")
START = f"""
import sys, time
class Watch:
    def find_spec(name, path=None, target=None):
        if name in {WATCHED}:
            print(name, time.monotonic(), flush=True)
sys.meta_path.insert(0, Watch)
from atz_desktop.__main__ import main
sys.exit(main())
"""
"""A start that says when it imported what is watched."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(pace_limit=None) as server:
        yield server


def moments(text: str) -> dict[str, float]:
    """Lines of a name and a moment, and perhaps more."""
    lines = [line.split() for line in text.splitlines()]
    return {line[0]: float(line[1]) for line in lines if len(line) > 1}


@pytest.mark.xdist_group("many processes")
def test_the_form_of_a_start_with_an_id_is_filled_before_what_it_does_not_need_is_imported(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    command = [sys.executable, "-c", START, "42", "--startup-trace", str(trace)]
    env = environment(sandbox, tmp_path / "data")
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as program:
        until = time.monotonic() + PATIENCE
        while not trace.exists() or "shown" not in moments(trace.read_text()):
            assert program.poll() is None
            assert time.monotonic() < until, "no form within a minute"
            time.sleep(0.02)
        program.terminate()
        said, _ = program.communicate(timeout=PATIENCE)
    shown, imported = moments(trace.read_text())["shown"], moments(said)
    assert imported["httpx"] < shown
    assert imported.get("pydantic", shown) >= shown
