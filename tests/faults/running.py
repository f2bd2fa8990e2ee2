"""A program in a process of its own, seen from outside: its lines, its end, its death."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from atz_desktop.sandbox.server import Sandbox

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0

Line = dict[str, Any]


def environment(sandbox: Sandbox, home: Path) -> dict[str, str]:
    """What the program is told: address and token of the sandbox, and where it may write."""
    return {
        **os.environ,
        "ATZ_API_URL": sandbox.url,
        "ATZ_API_TOKEN": sandbox.token,
        "ATZ_DESKTOP_HOME": str(home),
        "HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
    }


class Running:
    """A process and its lines. `kill` ends it as `kill -9` or a power cut would."""

    def __init__(self, module: str, *arguments: object, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            cwd=ROOT,
        )
        self._lines: queue.Queue[Line | None] = queue.Queue()
        self.said = b""
        """Everything that it wrote to stdout, once it has ended; `errors`: to stderr."""
        self.errors = b""
        self._readers = [
            threading.Thread(target=self._read, name="lines"),
            threading.Thread(target=self._read_errors, name="errors"),
        ]
        for reader in self._readers:
            reader.start()

    def line(self, what: str) -> Line:
        """Wait for a line of this name; those before it are dropped."""
        return self.until(what)[-1]

    def until(self, what: str) -> list[Line]:
        """Wait for a line of this name; all that nobody asked for yet, it is the last of them."""
        lines: list[Line] = []
        while not lines or lines[-1]["what"] != what:
            found = self._lines.get(timeout=PATIENCE)
            if found is None:
                self.end()
                raise AssertionError(f"it ended before it said {what!r}: {self.errors.decode()}")
            lines.append(found)
        return lines

    def kill(self) -> float:
        """SIGKILL; the moment before which all that it did was done."""
        at = time.monotonic()
        self.process.kill()
        return at

    def rest(self) -> list[Line]:
        """Wait for its end; the lines that nobody asked for yet."""
        self.end()
        left = iter(self._lines.get_nowait, None)
        return [line for line in left if line is not None]

    def end(self, patience: float = PATIENCE) -> int:
        """Its exit code, once it has ended and everything that it wrote was read.

        Raises TimeoutExpired if it has not ended within `patience` seconds.
        """
        code = self.process.wait(patience)
        for reader in self._readers:
            reader.join(PATIENCE)
        return code

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.said += line
                self._lines.put(json.loads(line))
        self._lines.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr
        with self.process.stderr as text:
            self.errors = text.read()

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.end()
