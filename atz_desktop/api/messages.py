"""What goes out and what comes back, as plain values without any library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from atz_desktop.api.multipart import Form


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long each step may take, in seconds.

    `read` and `write` bound one silence, not the whole; `total` bounds the wait for the whole
    answer, so that a server that sends a byte now and then ends too. The time for sending a file
    is bounded by `write` alone (the person sees its progress and can stop it), and after a file
    `total` takes the place of `read`: its last part may still be on its way.
    """

    connect: float = 10.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 10.0
    total: float = 120.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `path` without the query, at most one of `json` and `form`.

    `places` is how many requests the rate limiter must have room for before this one goes: 2 for
    a read that a write follows at once. `precondition` is awaited on each try when the request is
    about to become whole (before JSON is sent; before the last chunk of a form, too) and raises
    `Outdated` to stop it. It stands in for If-Match, which ATZ does not have (ATZ_API.md).
    """

    method: str
    path: str
    query: str = ""
    json: bytes | None = None
    form: Form | None = None
    background: bool = False
    places: int = 1
    precondition: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that is not an error: status 2xx and the whole body."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. What the server did not say is None (ATZ_API.md: GET /v1/activity).

    `more` says whether a further page exists; None where only another request can tell.
    """

    items: tuple[Mapping[str, object], ...]
    number: int | None = None
    last: int | None = None
    total: int | None = None
    more: bool | None = None
