"""What can go wrong with a request, sorted by the one question that matters: was it applied?

AtzError
├── NotSent             nothing reached the server                  may be repeated
│   └── Outdated        … because the record has to be read again first
├── UploadCancelled     the file was not sent to its end            not applied, yet worth a look
│   └── FileUnreadable  … because the file vanished or changed
├── OutcomeUnknown      it went out, no answer came back            look before anything else
├── Rejected            the server said no, per field if it can be told
│   ├── Unauthorized    401, or there is no token to send
│   ├── Forbidden       403
│   ├── NotFound        404
│   ├── Conflict        409
│   └── TooLarge        413
├── RateLimited         429, with a wait                            may be repeated later
├── ServerError         5xx, perhaps with a wait                    a GET may be repeated
├── CaptivePortal       a network's sign-in page answered instead   may be repeated by a person
└── InvalidResponse     the answer is not what the documents say

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
"""Characters of an answer's body that an error keeps."""


class Cause(enum.Enum):
    """The cause of an error without an answer, so that a notice can use its own words."""

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
    """The way to ATZ leads over a proxy that cannot be used: `why` is PROXY_SETTING or SOCKS."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.value)
        self.cause = cause


class AtzError(Exception):
    """A request to ATZ that did not end well. Known errors are all below this class.

    `path` has no query (which may hold words from the CRM); `status` is None when no answer
    came. `body_excerpt` (at most EXCERPT_LIMIT characters) and `detail` (the technical cause)
    are for a report, never for a notice. Neither they nor anything else here holds the token.
    `wait` is for how many seconds the server asked to be left alone, or None.
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
    """An error that leaves open whether a write was applied; a read changes nothing."""

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

    Raised just before the request would have become whole, so the server has nothing to apply.
    """

    def __init__(self, method: str, path: str) -> None:
        super().__init__(method, path, cause=Cause.OUTDATED)


class UploadCancelled(AtzError):
    """A file was not sent to its end, so the request never became whole.

    A server cannot have applied it by the rules of HTTP; `began` says whether anything went out
    at all. A caller that wants proof looks when it did.
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
    """The chosen file vanished, changed, or cannot be read: `why` is one of the FILE_ causes."""

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
    """The request went out, wholly or in part, and no usable answer came back."""

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
    """The server said no (4xx). A gateway may have passed the request on before: look, if it was
    a write.

    `message` is the server's own sentence, foreign text, or None. `fields` maps the API's field
    names to the server's sentences about them (ATZ_API.md: the form of an error is not documented).
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
    """409: the server says that the record is not in a state that allows this."""


class TooLarge(Rejected):
    """413: the request, and that means the file, is larger than the server takes."""


class RateLimited(AtzError):
    """429."""

    def __init__(
        self,
        method: str,
        path: str,
        *,
        status: int | None = 429,
        retry_after: float | None = None,
        body_excerpt: str = "",
    ) -> None:
        super().__init__(
            method, path, status=status, retry_after=retry_after, body_excerpt=body_excerpt
        )


class ServerError(_MaybeApplied):
    """5xx. Of a write nobody knows what became; a gateway's 502, 503 or 504 least of all."""


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
    """An answer came, but it is not what the documents say: `detail` says in which way."""
