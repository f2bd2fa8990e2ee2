"""Sets an unusable file aside under a dated name, so that nothing is lost silently."""

from __future__ import annotations

import time
from pathlib import Path


def free_name(path: Path, why: str) -> Path:
    """A name beside `path` that says why and when, and that no file has yet.

    `atz.sqlite3` becomes `atz-damaged-2024-06-15-100000.sqlite3` (time of this computer).
    """
    stamp = time.strftime("%Y-%m-%d-%H%M%S")
    stem = f"{path.stem}-{why}-{stamp}"
    aside = path.with_name(stem + path.suffix)
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{stem}-{number}{path.suffix}")
    return aside


def set_aside(path: Path, why: str, companions: tuple[str, ...] = ()) -> Path:
    """Rename a file, and its companions by suffix where there are any. Returns the new name.

    Raises OSError if the file cannot be renamed, for instance because it is open on Windows.
    """
    aside = free_name(path, why)
    for suffix in ("", *companions):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside
