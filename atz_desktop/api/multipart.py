"""A multipart/form-data body with one file, streamed from disk, with its exact Content-Length.

ATZ_API.md, PUT: with a file "the request is multipart/form-data, every other field a text part".
Names are escaped as browsers do it (UTF-8, percent signs for what would break the header), because
that is what servers are tried with; a backslash too, since parsers disagree about its meaning.

httpx's own encoder reads the file on the loop's thread. Driven from a worker thread, 64 KiB at a
time, it took 1.0 s for 200 MB against 0.4 s, and names and types would still be prepared here.
"""

from __future__ import annotations

import asyncio
import mimetypes
import os
import re
import secrets
import stat
from typing import TYPE_CHECKING, BinaryIO

from atz_desktop.api.errors import Cause, FileUnreadable, UploadCancelled
from atz_desktop.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from atz_desktop.domain.values import LocalFile

CHUNK_SIZE = 256 * 1024
"""Bytes per read: enough to saturate a fast connection, small enough to cancel quickly."""

_DEFAULT_TYPE = "application/octet-stream"
_COMPRESSED_TYPES = {
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip2",
    "xz": "application/x-xz",
    "zstd": "application/zstd",
}
"""The type of what `mimetypes` calls an encoding; of the others (br, compress) none is in use."""

_UNSAFE_IN_HEADER = re.compile(r'["\\\x00-\x1f\x7f]')


@dataclass(frozen=True, slots=True)
class MultipartForm:
    """Text fields in order, followed by the file."""

    texts: Mapping[str, str]
    file_field: str
    file: LocalFile
    upload: Upload


class Upload:
    """Progress and cancellation of one upload.

    `progress(sent, size)` is called on the loop's thread, in bytes of the file, with what was
    handed to the network so far; it starts again at 0 if the request has to be repeated.
    """

    def __init__(self, progress: Callable[[int, int], None] | None = None) -> None:
        self.stopped = False
        self.is_fully_sent = False
        self.report = progress or (lambda sent, size: None)
        self._wake: Callable[[], None] | None = None

    def stop(self) -> bool:
        """Cancel the upload. False if it was already handed to the network completely."""
        if self.is_fully_sent:
            return False
        self.stopped = True
        self.wake()
        return True

    def wake(self) -> bool:
        """The transport's side: end the request, wherever it is. False: nobody is in the way."""
        if self._wake is not None:
            self._wake()
        return self._wake is not None

    def begin(self, wake: Callable[[], None] | None) -> None:
        """For the transport: `wake` cancels a blocked write."""
        self.is_fully_sent = False
        self._wake = wake


class MultipartBody:
    """The body of one attempt. `open` before sending, always `close`."""

    def __init__(
        self,
        form: MultipartForm,
        method: str,
        path: str,
        precondition: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._form = form
        self._precondition = precondition
        self._target = (method, path)
        self._file: BinaryIO | None = None
        self._closed = False
        self._sent = 0
        self._changed_at = 0
        self._boundary = secrets.token_hex(16)
        self._head = b""
        self._tail = f"\r\n--{self._boundary}--\r\n".encode()
        self.began = False

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self._boundary}"

    @property
    def length(self) -> int:
        """Bytes of the whole body, once it is open."""
        return len(self._head) + self._form.file.size + len(self._tail)

    async def open(self) -> None:
        """Open the file on a worker thread (it may lie on a slow share). Raises FileUnreadable."""
        await asyncio.to_thread(self._open)

    def close(self) -> None:
        """Close the file, also one whose opening nobody waits for any more. Idempotent."""
        self._closed = True
        if self._file is not None:
            self._file.close()

    def __aiter__(self) -> MultipartBody:
        return self

    async def __anext__(self) -> bytes:
        """The next chunk, read on a worker thread. Raises FileUnreadable and UploadCancelled.

        The last chunk is only returned if the file is unchanged and the upload not cancelled. A
        class, not a generator: an unfinished async generator needs a task to be closed.
        """
        size = self._form.file.size
        if self.began:
            self._form.upload.report(self._sent, size)
        if self._form.upload.is_fully_sent:
            raise StopAsyncIteration
        await self._raise_if_cancelled()
        if not self.began:
            self.began = True
            return self._head
        count = min(CHUNK_SIZE, size - self._sent)
        is_last = self._sent + count == size
        chunk = await asyncio.to_thread(self._read, count, is_last)
        if is_last and self._precondition is not None:
            await self._precondition()
        await self._raise_if_cancelled()
        self._sent += count
        self._form.upload.is_fully_sent = is_last
        return chunk + self._tail if is_last else chunk

    async def _raise_if_cancelled(self) -> None:
        upload = self._form.upload
        if upload.stopped and upload.wake():
            # The transport is being woken by a cancellation (once more: the first one may have come
            # before the request was under way). To fail at the same time would let it hit httpx
            # while it cleans up, and the connection would stay open.
            await asyncio.get_running_loop().create_future()
        if upload.stopped:
            raise UploadCancelled(*self._target, started=self.began)

    def _open(self) -> None:
        path = self._form.file.path
        try:
            # Looked at before it is opened: opening a pipe would wait for its other end.
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):
                raise self._unreadable(Cause.FILE_UNREADABLE, "not a regular file")
            self._file = path.open("rb")
            if self._closed:
                self._file.close()
            status = os.fstat(self._file.fileno())
        except (FileNotFoundError, NotADirectoryError) as missing:
            raise self._unreadable(Cause.FILE_MISSING, type(missing).__name__) from None
        except (OSError, ValueError) as error:
            raise self._unreadable(Cause.FILE_UNREADABLE, type(error).__name__) from None
        opened = (status.st_size, status.st_mtime_ns) == (found.st_size, found.st_mtime_ns)
        if not opened or not self._form.file.is_unchanged(found):
            raise self._unreadable(Cause.FILE_CHANGED, "another than was chosen")
        self._changed_at = status.st_mtime_ns
        self._head = self._written_head()

    def _read(self, count: int, is_last: bool) -> bytes:
        assert self._file is not None
        try:
            # One byte more at the end shows whether the file has grown.
            chunk = self._file.read(count + 1 if is_last else count)
            changed_at = os.fstat(self._file.fileno()).st_mtime_ns
        except (OSError, ValueError) as error:
            raise self._unreadable(Cause.FILE_UNREADABLE, type(error).__name__) from None
        if len(chunk) != count or changed_at != self._changed_at:
            raise self._unreadable(Cause.FILE_CHANGED, "while it was sent")
        return chunk

    def _unreadable(self, why: Cause, detail: str) -> FileUnreadable:
        name = self._form.file.name
        return FileUnreadable(
            *self._target,
            cause=why,
            file_name=name,
            started=self.began,
            detail=f"{why.value}: {detail}",
        )

    def _written_head(self) -> bytes:
        """Everything before the content of the file."""
        part = f"--{self._boundary}\r\nContent-Disposition: form-data; "
        # A name on disk need not be text; what is no character becomes a question mark.
        file = self._form.file.name.encode("utf-8", "replace").decode()
        lines = [
            f'{part}name="{_escape(name)}"\r\n\r\n{text}\r\n'
            for name, text in self._form.texts.items()
        ]
        lines += [
            f'{part}name="{_escape(self._form.file_field)}"; filename="{_escape(file)}"\r\n',
            f"Content-Type: {media_type(file)}\r\n\r\n",
        ]
        return "".join(lines).encode()


def media_type(name: str) -> str:
    """Media type by file name. A compressed file has the type of its compression: a part has no
    `Content-Encoding` header.
    """
    # Behind a folder, so that a name like "data:,x.csv" is not read as an address.
    kind, encoding = mimetypes.guess_type(f"./{name.lower()}")
    if encoding is not None:
        kind = _COMPRESSED_TYPES.get(encoding)
    return kind or _DEFAULT_TYPE


def _escape(name: str) -> str:
    return _UNSAFE_IN_HEADER.sub(lambda found: f"%{ord(found[0]):02X}", name)
