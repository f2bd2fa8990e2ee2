"""The body of a request, read to its end: JSON, or a form whose files are only hashed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope

from atz_desktop.sandbox.request_log import Upload
from atz_desktop.sandbox.validation import Record

MAX_MEMORY = 8 * 1024 * 1024
"""So many bytes of JSON, or of one text part, are read; files may have any size."""

MAX_PARTS = 64
"""Of a form; an activity has about 20 fields."""

WHOLE = 1024 * 1024
"""Bodies up to so many bytes are kept whole."""

END = 64 * 1024
"""Of longer ones, so many bytes are kept at each end."""


class BadBodyError(Exception):
    """A body that cannot be read, and the status and words to say so."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class BodyRecorder:
    """Keeps a body of any length in little memory."""

    def __init__(self) -> None:
        self.size = 0
        self._head = bytearray()
        self._tail = bytearray()

    def feed(self, chunk: bytes) -> None:
        """The next piece."""
        self.size += len(chunk)
        if self._tail:
            self._tail += chunk
        else:
            self._head += chunk
        if self.size > WHOLE:
            self._tail = (self._tail or self._head)[-END:]
            del self._head[END:]

    @property
    def kept(self) -> bytes:
        """All of it, or both its ends."""
        return bytes(self._head + self._tail)


class RequestBody:
    """Await `read`, which never fails for what is in the body; then ask for the form.

    `keep` False: it is only let pass, as what comes without a token.
    """

    def __init__(self, scope: Scope, receive: Receive, *, keep: bool) -> None:
        self.trace = BodyRecorder()
        self.uploads: tuple[Upload, ...] = ()
        """The files of a form that arrived in full."""
        self._receive = receive
        self._keep = keep
        self._more = True
        self._request = Request(scope, self._traced)
        content_type = self._request.headers.get("content-type")
        self._kind, self._options = parse_options_header(content_type)
        self._form: Record = {}
        self._error: BadBodyError | None = None

    @property
    def is_form(self) -> bool:
        """Whether it is `multipart/form-data`, where every value but a file is text."""
        return self._kind == b"multipart/form-data"

    async def read(self) -> bool:
        """Read all of it; False if the client left before its end."""
        try:
            if self._keep:
                self._form = await (self._read_form() if self.is_form else self._read_json())
        except BadBodyError as error:
            self._error = error
        except ClientDisconnect:
            return False
        while self._more:
            if (await self._traced())["type"] == "http.disconnect":
                return False
        return True

    def form(self) -> Record:
        """The fields by name: JSON values, or texts and Uploads. BadBodyError if there are none."""
        if self._error:
            raise self._error
        return self._form

    async def _traced(self) -> Message:
        message = await self._receive()
        if self._keep:
            self.trace.feed(message.get("body", b""))
        self._more = message.get("more_body", False)
        return message

    async def _read_json(self) -> Record:
        if self._kind != b"application/json":
            raise BadBodyError("The body must be application/json or multipart/form-data.")
        body = bytearray()
        async for chunk in self._request.stream():
            body += chunk
            if len(body) > MAX_MEMORY:
                raise BadBodyError("The request is too large.", 413)
        return read_json(bytes(body))

    async def _read_form(self) -> Record:
        limits = {"max_files": MAX_PARTS, "max_fields": MAX_PARTS, "max_part_size": MAX_MEMORY}
        try:
            async with self._request.form(**limits) as form:
                parts = form.multi_items()
                read = {name: await _part(name, value) for name, value in parts}
        except MultiPartException as error:
            raise BadBodyError(f"The body is not a valid form: {error.message}") from None
        # The parser takes a form that breaks off after a part for a whole one.
        if not self.trace.kept.rstrip(b"\r\n").endswith(b"--%b--" % self._options[b"boundary"]):
            raise BadBodyError("The form has no end.")
        if "" in read or len(read) < len(parts):
            raise BadBodyError("A part of the form has no name, or the name of another one.")
        self.uploads = tuple(value for value in read.values() if isinstance(value, Upload))
        return read


async def _part(name: str, value: UploadFile | str) -> Upload | str:
    if isinstance(value, str):
        return value
    if not value.filename:
        raise BadBodyError("A file of the form has no name.")
    digest = hashlib.sha256()
    while chunk := await value.read(WHOLE):
        digest.update(chunk)
    return Upload(name, value.filename, value.size or 0, digest.hexdigest())


def read_json(body: bytes) -> Record:
    """A JSON object in UTF-8, each key once. BadBodyError for anything else."""
    try:
        value = json.loads(body.decode(), object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadBodyError("The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise BadBodyError("The body must be a JSON object.")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> Record:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands there twice")
    return dict(pairs)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no JSON")
