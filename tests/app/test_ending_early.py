"""The program ends before all is prepared that is wanted later."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys, threading
from atz_desktop import launch
from atz_desktop.cli import parse_options

async def end_at_once(program):
    launch.prepare_the_rest()  # on a busy computer it may be over before this goes on

code = launch.start(parse_options(["--sandbox", "--data-dir", sys.argv[1]], {}), end_at_once)
assert code == 0
left = [thread.name for thread in threading.enumerate()]
assert "preparing" not in left, left
"""


def test_no_thread_makes_classes_of_qt_while_python_ends(tmp_path: Path) -> None:
    """One that did crashed the process in 5 of 40 runs."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
