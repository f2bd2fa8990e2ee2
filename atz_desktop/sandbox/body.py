"""The body of a request, read while it arrives: JSON, or a form whose files are only hashed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from atz_desktop.sandbox.received import Upload
from atz_desktop.sandbox.rules import Record

MEMORY = 8 * 1024 * 1024
"""So many bytes of JSON, or of text parts together, are read; files may have any size."""


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


class Trace:
    """Keeps a body of any length in little memory."""

    def __init__(self) -> None:
        self.size = 0
        self._head = bytearray()
        self._tail = bytearray()
        self._hash = hashlib.sha256()

    def feed(self, chunk: bytes) -> None:
        """The next piece."""
        self.size += len(chunk)
        self._hash.update(chunk)
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

    @property
    def sha256(self) -> str:
        """Of the whole, in hex."""
        return self._hash.hexdigest()


class Body:
    """Feed it what arrives; then ask for the form. Errors wait until then."""

    def __init__(self, content_type: str) -> None:
        self.trace = Trace()
        self._kind, options = parse_options_header(content_type)
        self._json = bytearray()
        self._error: BadBodyError | None = None
        self._parts: Parts | None = None
        if self.is_form:
            try:
                self._parts = Parts(options.get(b"boundary", b""))
            except BadBodyError as error:
                self._error = error

    @property
    def is_form(self) -> bool:
        """Whether it is `multipart/form-data`, where every value but a file is text."""
        return self._kind == b"multipart/form-data"

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """The files that arrived in full."""
        return tuple(self._parts.uploads) if self._parts else ()

    def feed(self, chunk: bytes) -> None:
        """The next piece."""
        self.trace.feed(chunk)
        if self._error:
            return
        try:
            if self._parts:
                self._parts.feed(chunk)
            else:
                self._json += _within_memory(self._json, chunk)
        except BadBodyError as error:
            self._error = error

    def form(self) -> Record:
        """The fields by name: JSON values, or texts and Uploads. BadBodyError if there are none."""
        if self._error:
            raise self._error
        if self._parts:
            return self._parts.form()
        if self._kind != b"application/json":
            raise BadBodyError("The body must be application/json or multipart/form-data.")
        return read_json(bytes(self._json))


def _within_memory(held: bytearray, chunk: bytes) -> bytes:
    if len(held) + len(chunk) > MEMORY:
        raise BadBodyError("The request is too large.", 413)
    return chunk


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


class Parts:
    """The parts of a form as they arrive."""

    def __init__(self, boundary: bytes) -> None:
        if not boundary:
            raise BadBodyError("The boundary of the form is missing.")
        self.uploads: list[Upload] = []
        self._form: Record = {}
        self._ended = False
        self._header = (bytearray(), bytearray())
        self._headers: dict[str, str] = {}
        self._options: dict[str, str] = {}
        self._text = bytearray()
        self._hash = hashlib.sha256()
        self._size = 0
        self._held = 0
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._on_header_name,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_data,
                    "on_part_end": self._end,
                    "on_end": self._finish,
                },
            )
        except FormParserError:
            raise BadBodyError("The boundary of the form is not valid.") from None

    def feed(self, chunk: bytes) -> None:
        """The next piece. BadBodyError if it is not a form."""
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise BadBodyError("The body is not a valid form.") from None

    def form(self) -> Record:
        """The whole form. BadBodyError if its end is missing."""
        if not self._ended:
            raise BadBodyError("The form has no end.")
        return self._form

    def _begin(self) -> None:
        self._headers, self._options = {}, {}
        self._text.clear()
        self._hash = hashlib.sha256()
        self._size = 0

    def _on_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _on_header_end(self) -> None:
        name, value = (bytes(each).decode("utf-8", "replace") for each in self._header)
        self._headers[name.lower()] = value
        self._header = (bytearray(), bytearray())

    def _on_headers_finished(self) -> None:
        raw = self._headers.get("content-disposition", "").encode()
        _, found = parse_options_header(raw)
        self._options = {key.decode(): found[key].decode("utf-8", "replace") for key in found}

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        chunk = data[start:end]
        self._size += len(chunk)
        if "filename" in self._options:
            self._hash.update(chunk)
            return
        self._held += len(chunk)
        if self._held > MEMORY:
            raise BadBodyError("The request is too large.", 413)
        self._text += chunk

    def _end(self) -> None:
        name = self._options.get("name", "")
        if not name or name in self._form:
            raise BadBodyError("A part of the form has no name, or the name of another one.")
        self._form[name] = self._upload() if "filename" in self._options else self._decoded()

    def _decoded(self) -> str:
        try:
            return self._text.decode()
        except UnicodeDecodeError:
            raise BadBodyError("A part of the form is not in UTF-8.") from None

    def _upload(self) -> Upload:
        if not self._options["filename"]:
            raise BadBodyError("A file of the form has no name.")
        upload = Upload(
            self._options["name"],
            self._options["filename"],
            self._headers.get("content-type", ""),
            self._size,
            self._hash.hexdigest(),
        )
        self.uploads.append(upload)
        return upload

    def _finish(self) -> None:
        self._ended = True
