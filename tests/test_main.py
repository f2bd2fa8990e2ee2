"""The command itself, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SAYS_WHAT_IS_LEFT = """
import os, sys
from atz_desktop.__main__ import main
code = main()
print("left:", os.environ.get("ATZ_API_TOKEN"))
sys.exit(code)
"""


def test_programs_that_are_opened_from_here_do_not_inherit_the_token(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SAYS_WHAT_IS_LEFT, "--self-test", str(tmp_path)]
    environment = {**os.environ, "ATZ_API_TOKEN": "inherited-token-1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "left: None" in done.stdout
    assert "inherited-token-1" not in done.stdout + done.stderr
