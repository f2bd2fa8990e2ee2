"""A display of one's own for `./dev bench`: when did its pixels change?

Offscreen, Qt exposes a window at once and draws into memory, so it tells nothing of when somebody
would see it. Xvfb keeps its pixels in a file; a few thousand of them are read every two
milliseconds.
"""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ctypes.util import find_library
from pathlib import Path
from typing import NamedTuple

SIZE = "1600x1000x24"
EVERY = 0.002
"""Seconds between two looks."""
STEP = 4 * 61
"""Bytes from one pixel that is looked at to the next."""
PATIENCE = 10.0


class Change(NamedTuple):
    """A moment (`time.monotonic`), and how many of the pixels are not what they were at first."""

    at: float
    pixels: int


class Screen:
    """The pixels of a display, as Xvfb writes them into a file in the format XWD."""

    def __init__(self, file: Path) -> None:
        with file.open("rb") as opened:
            self._map = mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ)
        header = struct.unpack(">25I", self._map[:100])
        self._pixels = header[0] + header[19] * 12

    def look(self) -> bytes:
        """One byte of each pixel that is looked at."""
        return self._map[self._pixels :: STEP]

    @contextmanager
    def watched(self) -> Iterator[list[Change]]:
        """The changes while something runs; complete at the end."""
        found: list[Change] = []
        ended = threading.Event()
        watching = threading.Thread(target=self._watch, args=(found, ended))
        watching.start()
        try:
            yield found
        finally:
            ended.set()
            watching.join()

    def _watch(self, found: list[Change], ended: threading.Event) -> None:
        first = before = self.look()
        while not ended.wait(EVERY):
            now = self.look()
            if now != before:
                count = sum(a != b for a, b in zip(first, now, strict=True))
                found.append(Change(time.monotonic(), count))
                before = now


def painted_at(changes: list[Change]) -> float:
    """When the window stood there: the first moment with nearly all pixels that it ever covered.

    Before, a window manager may have drawn its frame.
    """
    most = max(change.pixels for change in changes)
    return next(change.at for change in changes if change.pixels > 0.9 * most)


@contextmanager
def own_display() -> Iterator[Screen | None]:
    """A display with a window manager, in DISPLAY while it lasts; None where there is no Xvfb, or
    not what Qt needs for it.
    """
    if not (shutil.which("Xvfb") and find_library("xcb-cursor")):
        yield None
        return
    with ExitStack() as ending:
        folder = ending.enter_context(tempfile.TemporaryDirectory())
        server = ["Xvfb", "-displayfd", "1", "-screen", "0", SIZE, "-fbdir", folder]
        xvfb = ending.enter_context(_running([*server, "-nolisten", "tcp"], stdout=-1))
        assert xvfb.stdout is not None
        display = f":{xvfb.stdout.readline().decode().strip()}"
        before = {name: os.environ.get(name) for name in ("DISPLAY", "QT_QPA_PLATFORM")}
        os.environ |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        ending.callback(_put_back, before)
        if shutil.which("openbox"):
            ending.enter_context(_running(["openbox"], stdout=subprocess.DEVNULL))
        time.sleep(0.5)  # nobody says when the window manager is ready
        yield Screen(Path(folder) / "Xvfb_screen0")


@contextmanager
def _running(command: list[str], stdout: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _put_back(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
