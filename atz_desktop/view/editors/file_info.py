"""A look at a chosen file that never holds the window up: a network drive can take its time."""

from __future__ import annotations

import stat
import threading
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.text import quoted
from atz_desktop.domain.values import LocalFile


class UnusableFile(NamedTuple):
    """A path that can't be attached, and why, as a sentence."""

    path: Path
    why: str


class FileInfo(QObject):
    """Finds out size and date of a file on a thread of its own.

    The thread is a daemon rather than one of Qt's pool: the pool is waited for at the end of the
    program, and a drive that never answers would keep the program from ending.
    """

    found = Signal(object)
    """The LocalFile."""
    failed = Signal(object)
    """What is `UnusableFile`."""

    def read(self, path: Path) -> None:
        """Look at `path`; one of the signals tells what came of it."""
        threading.Thread(target=self._look, args=(path,), name="file peek", daemon=True).start()

    def _look(self, path: Path) -> None:
        # The window, and this object with it, may be gone when a slow drive answers at last.
        with suppress(RuntimeError):
            try:
                seen = path.stat()
            except (OSError, ValueError):
                why = f"{quoted(path.name or str(path))} can't be read. Is the drive still there?"
                self.failed.emit(UnusableFile(path, why))
                return
            if stat.S_ISREG(seen.st_mode):
                self.found.emit(LocalFile.from_stat(path, seen))
            else:
                why = f"{quoted(path.name or str(path))} is no file. Choose a single file."
                self.failed.emit(UnusableFile(path, why))
