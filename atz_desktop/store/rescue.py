"""Recovers an open database whose file was deleted, as long as it can be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from atz_desktop.store.paths import make_private_file


def copy_lost_file(lost: sqlite3.Connection, path: Path, companions: tuple[str, ...]) -> bool:
    """Put a copy of what the connection reads instead of its file; whether it can be read.

    `companions` are the suffixes of the files beside it, whose content the copy holds. Raises
    OSError where nothing can be written.
    """
    copy = path.with_name(path.name + ".copy")
    copy.unlink(missing_ok=True)
    make_private_file(copy)
    try:
        with closing(sqlite3.connect(copy)) as target:
            lost.backup(target)
            # Or the copy would have companions of its own.
            target.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error:
        copy.unlink()
        return False
    copy.replace(path)
    for suffix in companions:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return True
