"""What a save is asked to do, how it ended, and how it is given up before anything has left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import field
from typing import TYPE_CHECKING

from atz_desktop.api.errors import Rejected
from atz_desktop.domain.history import Outcome
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.verify import FieldResult, Verification

if TYPE_CHECKING:
    from atz_desktop.api.errors import AtzError
    from atz_desktop.api.multipart import Upload
    from atz_desktop.domain.activity import Activity
    from atz_desktop.domain.edit import Change, Edit

WAITING = "Waiting for your answer…"
"""What is said of a save while the user is asked something."""


class SaveStoppedError(Exception):
    """The user gave the save up before anything left."""


class SaveStop:
    """What is waited for in a `scope` ends as soon as the user asks for it; `close` ends that.

    `on_close` is called once, when it can be stopped no more.
    """

    def __init__(self, on_close: Callable[[], None] = lambda: None) -> None:
        self.requested = False
        self._on_close = on_close
        self._is_open = True
        self._scope: asyncio.Timeout | None = None
        self._loop: asyncio.AbstractEventLoop

    def request(self) -> bool:
        """Stop; False where something may have left already."""
        if self._is_open and not self.requested:
            self.requested = True
            if self._scope is not None:
                self._loop.call_soon(self._end, self._scope)
        return self._is_open

    def close(self) -> bool:
        """From now on it goes on to its end; False where it was stopped before."""
        if self.requested:
            return False
        if self._is_open:
            self._is_open = False
            self._on_close()
        return True

    @asynccontextmanager
    async def scope(self) -> AsyncIterator[None]:
        """Raises SaveStoppedError in the place of what is waited for in it; it cannot be nested."""
        self._loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(0 if self.requested else None) as self._scope:
                yield
        except TimeoutError:
            if not self.requested:
                raise
            raise SaveStoppedError from None
        finally:
            self._scope = None

    def _end(self, scope: asyncio.Timeout) -> None:
        if self._scope is scope:
            scope.reschedule(0.0)


@dataclass(frozen=True)
class SaveRequest:
    """What to save, and how: a reason, the entry it undoes, and what to call at each step.

    `base_key` names the reading that the form stands on (serialize.Draft), `entry_key` is what the
    journal has in its place: another where this save must not explain an older draft on the disk.
    `renewals` is `AtzClient.token_renewals` when that was read. `mails_nobody_by_default`: that ATZ
    is asked to mail nobody is no wish of its own, and is not sent when nothing else would mail.
    `background`: the user does not wait for it, so that their own requests go first.
    """

    edit: Edit
    renewals: int = 0
    upload: Upload | None = None
    reason: str | None = None
    undoes: int | None = None
    base_key: str = ""
    entry_key: str = ""
    mails_nobody_by_default: bool = False
    background: bool = False
    on_step: Callable[[str], None] = lambda step: None
    stop: SaveStop = field(default_factory=SaveStop)


@dataclass(frozen=True)
class SaveResult:
    """How a save ended.

    `outcome` is None when nothing was to be sent or the user stopped it. `sent` is the edit that
    went out, standing on the record as it was just before; `fresh` is the record as last read, None
    when it could not be read. `verification` compares what was meant with that read, when it was
    applied; `response_verification` compares it with the answer to the PUT itself. `remote_changes`
    are a colleague's changes to other fields. `stopped`: the user gave it up before anything left,
    by `SaveRequest.stop`. `without_journal` says that no journal entry holds this save.
    """

    outcome: Outcome | None
    sent: Edit
    fresh: Activity | None = None
    verification: Verification | None = None
    response_verification: Verification | None = None
    error: AtzError | None = None
    remote_changes: tuple[Change, ...] = ()
    cancelled: bool = False
    stopped: bool = False
    without_journal: bool = False

    @property
    def applied(self) -> bool:
        """Whether ATZ is known to have taken it, if not quite as it was meant."""
        return self.outcome in {Outcome.VERIFIED, Outcome.DIFFERENT}

    @property
    def unconfirmed(self) -> frozenset[str]:
        """The sent fields that stay as typed: nothing shows that they arrived.

        Of a file under the name of the earlier one nothing can, once the answer was lost.
        """
        if not self.applied:
            return frozenset(self.sent.pending)
        verdicts = self.verification.verdicts if self.verification and self.error else ()
        return frozenset(v.field.name for v in verdicts if v.result is FieldResult.UNPROVEN)

    @property
    def field_errors(self) -> dict[str, str]:
        """Field name → what ATZ said against it.

        The form of an error is not documented (ATZ_API.md): a sentence that names exactly one
        field's key counts for that field.
        """
        if not isinstance(self.error, Rejected):
            return {}
        by_key = self.sent.record_type.by_key
        found = {
            by_key[key].name: " ".join(texts)
            for key, texts in self.error.fields.items()
            if key in by_key and texts
        }
        if found or not self.error.message:
            return found
        said = self.error.message.lower()
        named = {field.name for key, field in by_key.items() if _mentions(said, key)}
        return {named.pop(): self.error.message} if len(named) == 1 else {}

    @property
    def rejects_false(self) -> bool:
        """Whether it was refused for a boolean sent as `false` (ATZ_API.md, "Risks learned")."""
        is_refused = self.outcome is Outcome.REFUSED
        return is_refused and any(self.sent.pending.get(n) is False for n in self.field_errors)


def _mentions(said: str, key: str) -> bool:
    words = f" {''.join(c if c.isalnum() or c == '_' else ' ' for c in said)} "
    return f" {key} " in words or f" {key.replace('_', ' ')} " in words
