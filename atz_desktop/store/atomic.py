"""Atomic file writes: the file has either its new or its old content.

Written is a new file beside it, which then takes its place in one step. Light imports: the settings
are read before the first paint.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from atz_desktop.store.errors import NotAFile, map_os_error
from atz_desktop.store.paths import PRIVATE_FILE

_DEFAULT = 0o666
"""Of a new file, before the umask of the user takes away what they do not want."""


class AtomicFile:
    """An atomically replaced text file. Write to `stream`, then `commit`; always `discard`.

    A link is followed: what it leads to is written, and it stays a link. Permissions and group of
    a file that is there are kept, a write-protected one is refused; a new file is as the user's
    umask says. A `private` one is for this user alone, whatever it was. Of a file with several hard
    links only this name gets the new content.
    """

    def __init__(self, path: Path, *, private: bool = False, errors: str = "strict") -> None:
        """`errors` says what becomes of text that UTF-8 cannot hold, as in `open`.

        Raises `StoreError`.
        """
        self._path = path
        try:
            before = _check_replaceable(path)
            self._target = Path(os.path.realpath(path))
            # Of a length of its own: the target's name may be as long as the disk allows already.
            self._new = self._target.with_name(f".atz-desktop-{os.urandom(8).hex()}.new")
            mode = PRIVATE_FILE if private or before else _DEFAULT
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            descriptor = os.open(self._new, flags, mode)
        except OSError as error:
            raise map_os_error(error, path) from error
        self._kept = None if private else before
        self._committed = False
        self.stream: TextIO = os.fdopen(
            descriptor, "w", encoding="utf-8", errors=errors, newline=""
        )

    def commit(self) -> None:
        """fsync and replace the old file.

        Raises `StoreError`.
        """
        try:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.stream.close()
            if self._kept is not None:
                _copy_permissions(self._kept, self._new)
            self._new.replace(self._target)
        except OSError as error:
            raise map_os_error(error, self._path) from error
        self._committed = True
        _fsync_folder(self._target.parent)

    def discard(self) -> None:
        """Delete what was not committed. Idempotent, never raises."""
        with suppress(OSError):
            self.stream.close()
        if not self._committed:
            with suppress(OSError):
                self._new.unlink(missing_ok=True)


def write_atomically(path: Path, text: str, *, private: bool = False) -> None:
    """Write all of a text file at once. Raises `StoreError`; then the file is as it was."""
    file = AtomicFile(path, private=private)
    try:
        file.stream.write(text)
        file.commit()
    except OSError as error:
        raise map_os_error(error, path) from error
    finally:
        file.discard()


def _check_replaceable(path: Path) -> os.stat_result | None:
    """The state of the file that is to be replaced; None if there is none.

    Raises NotAFile for a folder, a device, a pipe, or links in a circle: to write there would be
    to destroy something else. Raises OSError when it may not be written.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotAFile(path) from None
        raise
    if not stat.S_ISREG(found.st_mode):
        raise NotAFile(path)
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "write-protected")
    return found


def _copy_permissions(before: os.stat_result, new: Path) -> None:
    """Copy group and permissions of the old file."""
    mode = stat.S_IMODE(before.st_mode) & 0o777
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(new, -1, before.st_gid)
        if new.stat().st_gid != before.st_gid:
            mode &= ~stat.S_IRWXG  # they were meant for another group than this one
    new.chmod(mode)


def _fsync_folder(folder: Path) -> None:
    """fsync the folder, where the system supports it."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
