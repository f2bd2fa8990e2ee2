"""Asks the sandbox over real sockets with nothing but the standard library."""

from __future__ import annotations

import http.client
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atz_desktop.sandbox.server import Sandbox

PATIENCE = 5.0
"""Seconds; no test comes near it unless something hangs."""

ONE = "/v1/activity/42"


@dataclass(frozen=True)
class Reply:
    """An answer as it came; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def errors(self) -> dict[str, list[str]]:
        """The messages by field."""
        errors: dict[str, list[str]] = self.json()["errors"]
        return errors


class Connection(http.client.HTTPConnection):
    """A connection that knows the token."""

    def __init__(self, sandbox: Sandbox, timeout: float) -> None:
        super().__init__(sandbox.url.removeprefix("http://"), timeout=timeout)
        self.authorization = f"Bearer {sandbox.token}"


def connect(sandbox: Sandbox, timeout: float = PATIENCE) -> Connection:
    """A connection of one's own."""
    return Connection(sandbox, timeout)


def ask_on(
    connection: Connection,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """One request on an open connection, with the right token unless the headers say otherwise."""
    connection.request(
        method, path, body, {"Authorization": connection.authorization, **(headers or {})}
    )
    answer = connection.getresponse()
    names = {name.lower(): value for name, value in answer.getheaders()}
    return Reply(answer.status, names, answer.read())


def ask(
    sandbox: Sandbox,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = PATIENCE,
) -> Reply:
    """One request on a connection of its own."""
    connection = connect(sandbox, timeout)
    try:
        return ask_on(connection, method, path, body, headers)
    finally:
        connection.close()


def get(sandbox: Sandbox, path: str = ONE, timeout: float = PATIENCE) -> Reply:
    """GET with the right token."""
    return ask(sandbox, "GET", path, timeout=timeout)


def put(sandbox: Sandbox, form: object, path: str = ONE, timeout: float = PATIENCE) -> Reply:
    """PUT of JSON."""
    kind = {"Content-Type": "application/json"}
    return ask(sandbox, "PUT", path, json.dumps(form).encode(), kind, timeout)


def multipart(
    fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]] | None = None
) -> tuple[bytes, dict[str, str]]:
    """A body of parts and its header; each file is its name and what is in it."""
    boundary = uuid.uuid4().hex
    disposition = 'Content-Disposition: form-data; name="{}"'
    parts = [
        f"--{boundary}\r\n{disposition.format(name)}\r\n\r\n{text}\r\n".encode()
        for name, text in fields.items()
    ]
    for name, (file_name, content) in (files or {}).items():
        head = f'{disposition.format(name)}; filename="{file_name}"\r\nContent-Type: a/b\r\n\r\n'
        parts.append(f"--{boundary}\r\n{head}".encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def put_parts(
    sandbox: Sandbox,
    fields: Mapping[str, str],
    files: Mapping[str, tuple[str, bytes]] | None = None,
    path: str = ONE,
) -> Reply:
    """PUT of a form."""
    body, headers = multipart(fields, files)
    return ask(sandbox, "PUT", path, body, headers)
