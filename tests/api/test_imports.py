"""What the API client imports on the way to the first activity."""

from __future__ import annotations

import subprocess
import sys


def test_httpx_comes_without_its_command_line() -> None:
    ask = (
        "import sys; import atz_desktop.api.transport, httpx;"
        "print(httpx.AsyncClient.__name__, {'click', 'pygments', 'rich'} & sys.modules.keys())"
    )
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "AsyncClient set()"
