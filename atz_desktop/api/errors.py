"""Request errors, by the question that matters: was the change applied?

AtzError
├── NotSent             nothing reached the server                  may be repeated
│   └── Outdated        … because the record has to be read again first
├── UploadCancelled     the file was not sent to its end            not applied, yet worth a look
│   └── FileUnreadable  … because the file vanished or changed
├── OutcomeUnknown      sent, no usable response                    read before anything else
├── Rejected            4xx, with messages per field if known
│   ├── Unauthorized    401, or there is no token to send
│   ├── Forbidden       403
│   ├── NotFound        404
│   ├── Conflict        409
│   └── TooLarge        413
├── RateLimited         429, with a wait                            may be repeated later
├── ServerError         5xx, perhaps with a wait                    a GET may be repeated
├── CaptivePortal       a network's sign-in page instead of ATZ     may be repeated by the user
└── InvalidResponse     the response does not match the API docs

This module imports nothing but enum: the session catches these before any client exists.
"""

# ruff: noqa: N818    each name says what happened; "Error" behind all of them would say nothing
# ruff: noqa: PLR0913  an error is a record, and its parts are given by name

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EXCERPT_LIMIT = 2_000
"""Characters of a response's body that an error keeps."""


class Cause(enum.Enum):
    """The cause of an error without a response, so that a notice can use its own words."""

    NO_NETWORK = "there is no way to the network"
    NAME_NOT_FOUND = "the server's name is not known"
    CONNECTION_REFUSED = "the server takes no connections"
    CERTIFICATE = "the server's certificate is not trusted"
    TLS = "no secure connection could be agreed on"
    PROXY = "the proxy refused, or cannot be reached"
    PROXY_SETTING = "the address that is set for the proxy cannot be used"
    SOCKS = "only a SOCKS proxy is set, which this program does not speak"
    TIMED_OUT = "it took too long"
    DISCONNECTED = "the connection was cut"
    NOT_HTTP = "what came back is not HTTP"
    POOL_TIMEOUT = "no connection became free in time"
    CANCELLED = "the person ended the wait"
    INVALID_REQUEST = "the request cannot be written down"
    CLOSED = "the client is closed already"
    OUTDATED = "the record changed after it was read"
    DIFFERENT_RECORD = "the record under this number is another one than before"
    FILE_MISSING = "the file is not there any more"
    FILE_CHANGED = "the file is no longer the one that was chosen"
    FILE_UNREADABLE = "the file cannot be read"


UNREACHABLE_CAUSES = frozenset(
    {
        Cause.NO_NETWORK,
        Cause.NAME_NOT_FOUND,
        Cause.CONNECTION_REFUSED,
        Cause.TIMED_OUT,
        Cause.PROXY,
        Cause.PROXY_SETTING,
        Cause.SOCKS,
    }
)
"""Causes of NotSent that mean: ATZ cannot be reached from here just now."""


class UnusableProxy(ValueError):
    """The configured proxy cannot be used: `cause` is PROXY_SETTING or SOCKS."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.value)
        self.cause = cause


class AtzError(Exception):
    """Base class of all request errors.

    `path` has no query (which may contain CRM data); `status` is None without a response.
    `body_excerpt` (at most EXCERPT_LIMIT characters) and `detail` (the technical cause) are for
    reports, not for notices. No attribute contains the token. `retry_after` is in seconds, or None.
    """

    def __init__(
        self,
        method: str,
        path: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        body_excerpt: str = "",
        detail: str = "",
    ) -> None:
        self.method = method
        self.path = path
        self.status = status
        self.retry_after = retry_after
        self.body_excerpt = body_excerpt[:EXCERPT_LIMIT]
        self.detail = detail
        super().__init__(method, path)

    @property
    def may_have_been_applied(self) -> bool:
        """Whether the server may hold the change. If so: look before saying or sending anything."""
        return False

    def __str__(self) -> str:
        answer = "" if self.status is None else f" → {self.status}"
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.method} {self.path}{answer}{detail}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class _MaybeApplied(AtzError):
    """Leaves open whether a write was applied."""

    @property
    def may_have_been_applied(self) -> bool:
        return self.method != "GET"


class NotSent(AtzError):
    """Nothing of the request reached the server. It may be repeated."""

    def __init__(
        self, method: str, path: str, *, cause: Cause = Cause.NO_NETWORK, detail: str = ""
    ) -> None:
        super().__init__(method, path, detail=detail or cause.value)
        self.cause = cause


class Outdated(NotSent):
    """The precondition of a write failed: the record is not as it was when it was last read.

    Raised before the request was complete, so that the server has nothing to apply.
    """

    def __init__(self, method: str, path: str) -> None:
        super().__init__(method, path, cause=Cause.OUTDATED)


class UploadCancelled(AtzError):
    """The file was not sent completely.

    By the rules of HTTP a server cannot have applied it; `started` says whether anything was sent
    at all. If so, a caller that needs certainty reads the record.
    """

    def __init__(
        self,
        method: str,
        path: str,
        *,
        cause: Cause = Cause.CANCELLED,
        started: bool = False,
        detail: str = "",
    ) -> None:
        super().__init__(method, path, detail=detail or cause.value)
        self.cause = cause
        self.started = started


class FileUnreadable(UploadCancelled):
    """The chosen file is missing, changed or unreadable: `cause` is one of the FILE_ causes."""

    def __init__(
        self,
        method: str,
        path: str,
        *,
        cause: Cause = Cause.FILE_UNREADABLE,
        file_name: str = "",
        started: bool = False,
        detail: str = "",
    ) -> None:
        super().__init__(method, path, cause=cause, started=started, detail=detail)
        self.file_name = file_name


class OutcomeUnknown(_MaybeApplied):
    """The request was sent, completely or in part, without a usable response."""

    def __init__(
        self,
        method: str,
        path: str,
        *,
        cause: Cause = Cause.DISCONNECTED,
        status: int | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(method, path, status=status, detail=detail or cause.value)
        self.cause = cause


class Rejected(AtzError):
    """The server rejected the request (4xx). A gateway may have forwarded it before: after a write,
    read the record.

    `message` is the server's message (untrusted text) or None. `fields` maps API field names to
    messages (ATZ_API.md: the form of an error is not documented).
    """

    def __init__(
        self,
        method: str,
        path: str,
        *,
        status: int | None = None,
        message: str | None = None,
        fields: Mapping[str, tuple[str, ...]] | None = None,
        body_excerpt: str = "",
        detail: str = "",
    ) -> None:
        super().__init__(method, path, status=status, body_excerpt=body_excerpt, detail=detail)
        self.message = message
        self.fields: Mapping[str, tuple[str, ...]] = MappingProxyType(dict(fields or {}))


class Unauthorized(Rejected):
    """401, or no token that could be sent (then `status` is None)."""


class Forbidden(Rejected):
    """403: the token is good, but not for this."""


class NotFound(Rejected):
    """404: there is no such record, or not for this token."""


class Conflict(Rejected):
    """409: the state of the record does not allow it."""


class TooLarge(Rejected):
    """413: the request (the file) is larger than the server accepts."""


class RateLimited(AtzError):
    """429."""


class ServerError(_MaybeApplied):
    """5xx. A write may have been applied, above all behind a gateway (502, 503, 504)."""


class CaptivePortal(_MaybeApplied):
    """A network's sign-in page answered in ATZ's place (hotel, train, guest network).

    Sure by status 511 (RFC 6585); a redirect to another host or a web page is a sign of it, or of
    a wrong API address.
    """

    @property
    def is_certain(self) -> bool:
        """Whether it can be nothing else."""
        return self.status == 511


class InvalidResponse(_MaybeApplied):
    """The response does not match the API docs; see `detail`."""
