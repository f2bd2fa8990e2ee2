"""The main job through the accessibility tree, in a real window on a display of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from atz_desktop.sandbox.server import Sandbox

READER = Path(__file__).with_name("reader.py")
SYSTEM_PYTHON = "/usr/bin/python3"
NEEDED = ("dbus-run-session", "xvfb-run")


def _missing() -> str | None:
    """What this computer lacks for the test, or None."""
    if sys.platform != "linux":
        return "AT-SPI, the accessibility bus, is Linux's"
    absent = [name for name in NEEDED if shutil.which(name) is None]
    probe = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
    asked = [SYSTEM_PYTHON, "-c", probe]
    if not absent and subprocess.run(asked, capture_output=True, check=False).returncode:
        absent = ["gir1.2-atspi-2.0", "python3-gi"]
    return f"not installed: {', '.join(absent)}" if absent else None


@pytest.mark.slow
def test_the_main_job_is_done_through_the_accessibility_tree(tmp_path: Path) -> None:
    missing = _missing()
    if missing and not os.environ.get("CI"):
        pytest.skip(missing)
    assert missing is None
    with Sandbox() as sandbox:
        environment = {
            **{key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"},
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_QPA_PLATFORM": "xcb",
            "ATZ_API_URL": sandbox.url,
            "ATZ_API_TOKEN": sandbox.token,
            "ATZ_DESKTOP_HOME": str(tmp_path / "home"),
            "XDG_RUNTIME_DIR": str(tmp_path),
        }
        command = ["dbus-run-session", "--", "xvfb-run", "-a", SYSTEM_PYTHON, str(READER)]
        done = subprocess.run(
            [*command, sys.executable, "-m", "atz_desktop"],
            env=environment,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        puts = [each.json() for each in sandbox.requests if each.method == "PUT"]
        assert puts == [{"title": "Dictated title", "importance": "high", "mark_as_done": True}]
