"""The files that the program writes, below one data folder: their paths, that they are private and
still in their place, and quarantine for what is in the way.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from atz_desktop.store.errors import map_os_error

HOME_VARIABLE = "ATZ_DESKTOP_HOME"
PRIVATE_FILE = 0o600
"""Permissions of what this user alone may read and write."""
_PRIVATE_FOLDER = 0o700
_OTHER_USERS = 0o077


class Paths(NamedTuple):
    """The files below the data folder. Nothing is created."""

    root: Path

    @property
    def database(self) -> Path:
        """Journal, drafts, names and the recent activities; holds texts from the CRM."""
        return self.root / "atz.sqlite3"

    @property
    def settings(self) -> Path:
        """What the user chose; never the token."""
        return self.root / "settings.json"

    @property
    def logs(self) -> Path:
        """The folder of the rotating log."""
        return self.root / "logs"


def data_folder(override: str | None, env: Mapping[str, str]) -> Path:
    """The data folder: `--data-dir`, else ATZ_DESKTOP_HOME, else where this system keeps such data.

    An empty text counts as not given. The path is absolute; nothing is created.
    """
    chosen = override or env.get(HOME_VARIABLE)
    if chosen:
        # Links stay as given, and "~nobody" is a folder name rather than an error.
        return Path(os.path.abspath(os.path.expanduser(chosen)))  # noqa: PTH100, PTH111
    from platformdirs import user_data_path  # 10 ms, and only needed here

    name = "atz-desktop" if sys.platform == "linux" else "ATZ Desktop"
    return user_data_path(name, appauthor=False)


def make_private_folder(folder: Path) -> None:
    """Create a folder that only this user may enter, and those above it likewise, which `parents`
    of `mkdir` would leave open. Raises `StoreError`.

    A folder that is there already keeps its permissions: `--data-dir /tmp` must not lock everybody
    else out of it. What it holds is protected file by file (`make_private_file`).
    """
    try:
        missing = [above for above in folder.parents if not above.exists()]
        for each in reversed((folder, *missing)):
            each.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
    except OSError as error:
        raise map_os_error(error, folder) from error


def make_private_file(file: Path) -> bool:
    """Create an empty file that only this user may read, unless there is one; True if created.

    From an existing file other users' permissions are taken away. It is not even opened: closing
    it would drop the locks that SQLite holds on it elsewhere in this process
    (https://sqlite.org/howtocorrupt.html, 2.2). Raises `StoreError`.
    """
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    except FileExistsError:
        make_private(file)
        return False
    except OSError as error:
        raise map_os_error(error, file) from error
    return True


def make_private(file: Path) -> None:
    """Take the permissions of other users away from a file, where this user may do that."""
    with suppress(OSError):
        if file.is_file() and file.stat().st_mode & _OTHER_USERS:
            file.chmod(PRIVATE_FILE)


def open_private(name: str, flags: int) -> int:
    """An opener for `open`: what it creates can be read by this user alone."""
    return os.open(name, flags, PRIVATE_FILE)


def beside(path: Path, suffix: str) -> Path:
    """The file that has the name of another with a suffix behind."""
    return path.with_name(path.name + suffix)


class FileIdentity(NamedTuple):
    """A path, and the file that it named when it was opened: device and inode.

    A file that is deleted, or whose folder is renamed, can be written on as if nothing had
    happened, and all of it is lost when it is closed. Windows keeps an open file in its place:
    there, and where there was no file, only whether there is one counts.
    """

    path: Path
    number: tuple[int, int] | None

    @classmethod
    def of(cls, path: Path) -> FileIdentity:
        """The file that this path names now."""
        return cls(path, _device_and_inode(path))

    def is_there(self) -> bool:
        """Whether the path still names the file; costs about 2 µs.

        The file is not opened: closing it would drop the locks that SQLite holds on it.
        """
        try:
            return _device_and_inode(self.path) == self.number
        except PermissionError:
            return True  # nothing shows that it is another


def _device_and_inode(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except PermissionError:
        raise
    except OSError:
        return None
    return (0, 0) if sys.platform == "win32" else (found.st_dev, found.st_ino)


def _quarantine_name(path: Path, reason: str) -> Path:
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
    """Rename an unusable file, so that nothing is lost, and its companions by suffix where there
    are any. Returns the new name.

    Raises OSError if the file cannot be renamed, for instance because it is open on Windows.
    """
    aside = _quarantine_name(path, reason)
    for suffix in ("", *companions):
        part = beside(path, suffix)
        if part.exists():
            part.rename(beside(aside, suffix))
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
