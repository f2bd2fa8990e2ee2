"""Quarantine: renames an unusable file to a dated name, so that nothing is lost."""

from __future__ import annotations

import os
import time
from pathlib import Path


def quarantine_name(path: Path, reason: str) -> Path:
    """An unused name beside `path` that contains reason and time.

    `atz.sqlite3` becomes `atz-damaged-2024-06-15-100000.sqlite3` (time of this computer).
    """
    stamp = time.strftime("%Y-%m-%d-%H%M%S")
    stem = f"{path.stem}-{reason}-{stamp}"
    aside = path.with_name(stem + path.suffix)
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{stem}-{number}{path.suffix}")
    return aside


def quarantine(path: Path, reason: str, companions: tuple[str, ...] = ()) -> Path:
    """Rename a file, and its companions by suffix where there are any. Returns the new name.

    Raises OSError if the file cannot be renamed, for instance because it is open on Windows.
    """
    aside = quarantine_name(path, reason)
    for suffix in ("", *companions):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def quarantine_if_unusable(path: Path, *, folder: bool = False, empty: bool = False) -> str | None:
    """Quarantine what prevents using `path` as a file (or folder).

    That is a folder, pipe or device instead of a file, a file instead of a folder, what
    this user may not read and write, and any content where the file must be `empty`. To be called
    before opening: opening a pipe waits for its other end. Returns a sentence for the user, or
    None if nothing stood in the way. Raises OSError if it cannot be renamed.
    """
    if not path.exists() or _is_usable(path, folder, empty):
        return None
    return quarantine_notice(path, quarantine(path, "unusable"))


def _is_usable(path: Path, folder: bool, empty: bool) -> bool:
    if not (path.is_dir() if folder else path.is_file()):
        return False
    if empty and path.stat().st_size:
        return False
    return os.access(path, os.R_OK | os.W_OK | (os.X_OK if folder else 0))


def quarantine_notice(path: Path, aside: Path) -> str:
    """Notice for a quarantined file that held no user data."""
    return f"“{path}” could not be used. It was kept as “{aside}”."
