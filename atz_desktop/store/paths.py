"""Paths of all files that the program writes, below one data folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from atz_desktop.store.errors import map_os_error

HOME_VARIABLE = "ATZ_DESKTOP_HOME"
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
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
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE_FILE))
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
            file.chmod(_PRIVATE_FILE)


def open_private(name: str, flags: int) -> int:
    """An opener for `open`: what it creates can be read by this user alone."""
    return os.open(name, flags, _PRIVATE_FILE)
