"""A request as plain values, from its endpoint to its response: what is sent and how, how far it
got, what delays it, and what came.
"""

from __future__ import annotations

import enum
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from atz_desktop.api.errors import Cause, NotSent
from atz_desktop.api.multipart import MultipartForm, Upload
from atz_desktop.domain.characters import escape_surrogates, is_valid_unicode
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.mapping import form_text
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.values import LocalFile

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from atz_desktop.api.errors import AtzError
    from atz_desktop.api.rate_limiter import RateLimiter


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Time-outs in seconds.

    `read` and `write` limit the time between two bytes; `total` limits the whole response, so
    that a server that drips bytes times out too. The time for sending a file
    is bounded by `write` alone (the user sees its progress and can stop it), and after a file
    `total` replaces `read`: its last part may still be on its way.
    """

    connect: float = 10.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 10.0
    total: float = 120.0


class TransportOptions(NamedTuple):
    """How the requests of one account are sent: see the parameters of `AtzClient`."""

    token: Callable[[], str | None]
    rate_limiter: RateLimiter
    timeouts: Timeouts
    on_wait: Callable[[PendingDelay], None]
    renew: Callable[[str], Awaitable[bool]] | None
    on_end: Callable[[AtzError | None], None]
    sleep: Callable[[float], Awaitable[None]]
    jitter: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Request:
    """One request: `path` without the query, at most one of `json` and `form`.

    `slots` is how many rate limiter slots must be free before it is sent: 2 for a read that is
    followed by a write. `precondition` is awaited on each attempt just before the request is
    complete (before JSON is sent; before the last chunk of a form, too) and raises `Outdated` to
    stop it. It replaces If-Match, which ATZ does not support (ATZ_API.md).
    """

    method: str
    path: str
    query: str = ""
    json: bytes | None = None
    form: MultipartForm | None = None
    background: bool = False
    slots: int = 1
    precondition: Callable[[], Awaitable[None]] | None = None


class RequestTrace:
    """How far a request got, from httpx's trace extension.

    Exception types are not enough: behind a proxy, a time-out while the tunnel is set up looks
    like a lost response, although nothing was sent to ATZ yet.
    """

    def __init__(self, host: str) -> None:
        self._host = host
        self._connecting = False
        self._sending = False
        self.through_proxy = False
        self.on_sending: Callable[[], None] = lambda: None
        self.on_sent: Callable[[], None] = lambda: None

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """The "trace" extension of an httpx request."""
        if event == "connection.connect_tcp.started":
            self._connecting = True
            self.through_proxy = info["host"].strip("[]") != self._host
        elif event.endswith("send_request_headers.started"):
            # CONNECT opens the tunnel and contains nothing of the request itself.
            if info["request"].method != b"CONNECT":
                self._sending = True
                self.on_sending()
        elif event.endswith("receive_response_headers.started") and self._sending:
            self.on_sent()

    @property
    def definitely_not_sent(self) -> bool:
        """A connection was started and no byte of the request was sent."""
        return self._connecting and not self._sending


@dataclass(frozen=True, slots=True)
class Response:
    """A 2xx response with its complete body."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; what the response did not contain is None (ATZ_API.md: GET /v1/activity).

    `more` says whether there is another page; None if only another request can tell.
    """

    items: tuple[Mapping[str, object], ...]
    number: int | None = None
    last: int | None = None
    total: int | None = None
    more: bool | None = None


class DelayReason(enum.Enum):
    """Why a request is delayed."""

    RATE_LIMIT = "our own 60 requests a minute are used up"
    TOO_MANY_REQUESTS = "the server said that there were too many requests"
    RETRY_AFTER = "the server has a fault and said when to come back"
    RETRY = "the last try failed, and the next one comes soon"


class PendingDelay:
    """One delay. `seconds` is an estimate; `finished` turns True at its end.

    `error` is the failure that caused it (None for RATE_LIMIT), `attempts` the number of requests
    sent so far, `background` is False if the user is waiting for the response.
    """

    def __init__(
        self,
        reason: DelayReason,
        seconds: float,
        *,
        error: AtzError | None,
        attempts: int,
        background: bool,
    ) -> None:
        self.reason = reason
        self.seconds = seconds
        self.error = error
        self.attempts = attempts
        self.background = background
        self.finished = False
        self.stopped = False
        self._wake: Callable[[], None] | None = None

    def stop(self) -> None:
        """End the delay and cancel the request. Idempotent."""
        if self.finished or self.stopped:
            return
        self.stopped = True
        if self._wake is not None:
            self._wake()

    def begin(self, wake: Callable[[], None]) -> None:
        """For the transport: `wake` ends the wait."""
        self._wake = wake

    def end(self) -> None:
        """For the transport: the delay has ended."""
        self.finished = True
        self._wake = None


PAGE_SIZE = 25
"""Items per page, default and maximum (ATZ_API.md: GET /v1/activity)."""

TYPES_PATH = "/v1/activity-type"
"""Where "Get Activity Types" is tried. ATZ_API.md: it exists, its path is not public."""

_ENTITY = re.compile(r"[a-z][a-z_]*")


def resource_path(entity: str, key: str | None = None) -> str:
    """`/v1/{entity}` or `/v1/{entity}/{key}`, where the key may be any text that is not empty.

    Raises ValueError for an invalid entity name and for an empty key, which would request the
    whole list.
    """
    if not _ENTITY.fullmatch(entity):
        raise ValueError(f"{entity!r} is no entity of the API")
    if key is None:
        return f"/v1/{entity}"
    if not key:
        raise ValueError("an empty key would ask for the whole list")
    # Dots too: a key of dots would climb to another path.
    return f"/v1/{entity}/" + quote(key, safe="", errors="replace").replace(".", "%2E")


def get(
    path: str, query: Mapping[str, object] | None = None, *, background: bool = False
) -> Request:
    """A GET. None in the query is left out, booleans are written true and false."""
    params = {key: form_text(value) for key, value in (query or {}).items() if value is not None}
    return Request("GET", path, urlencode(params, errors="replace"), background=background)


def put(path: str, fields: Mapping[str, object], upload: Upload | None = None) -> Request:
    """A PUT of exactly these fields: JSON, or multipart if one is a file (ATZ_API.md: PUT).

    Raises ValueError for no fields and for values that the API does not know; NotSent for a text
    that no form can carry.
    """
    method = ACTIVITY.update_method
    if not fields:
        raise ValueError("an update without fields must never be sent")
    files = {key: value for key, value in fields.items() if isinstance(value, LocalFile)}
    plain = {key: value for key, value in fields.items() if key not in files}
    for key, value in plain.items():
        if not isinstance(value, (str, int)):
            raise ValueError(f"{key} cannot be a {type(value).__name__}")
    if not files:
        body = escape_surrogates(json.dumps(plain, ensure_ascii=False))
        return Request(method, path, json=body.encode())
    if len(files) > 1:
        raise ValueError("only one file fits into a request")
    texts = {key: form_text(value) for key, value in plain.items()}
    if not all(map(is_valid_unicode, texts.values())):
        raise NotSent(method, path, cause=Cause.INVALID_REQUEST)
    [(field, file)] = files.items()
    return Request(method, path, form=MultipartForm(texts, field, file, upload or Upload()))
