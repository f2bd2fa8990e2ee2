"""Asking for names while somebody types: in the directory on this computer, then, for a slug or ID
that nobody has seen, of ATZ.

Both answer after a moment: then `names_learned` tells whoever shows names to ask again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError, NotFound, Rejected, Unauthorized
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.values import Person
from atz_desktop.domain.vocabulary import ENTITY_OF_KIND, Endpoint
from atz_desktop.session.known_names import PEOPLE_KINDS, KnownNames, name_from_record
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.domain.parse_people import ParsedPeople
    from atz_desktop.domain.vocabulary import NameKind
    from atz_desktop.session.jobs import Jobs, Work
    from atz_desktop.session.services import Services

MAX_SUGGESTIONS = 20
MAX_REJECTIONS = 3
"""Refusals in a row after which a path that is not documented counts as not there."""
_RESOLVING_JOBS = ("owners", "called", "read")
"""What the jobs are called that find out what a text means, with the name of the field behind."""
SuggestionCallback = Callable[[str, tuple[Name, ...]], None]
"""Hears the text that was asked for, and who may be meant by it."""


class Lookups(KnownNames):
    """Names, and where more of them are asked for."""

    def __init__(self, services: Services | None = None, jobs: Jobs | None = None) -> None:
        super().__init__(services, jobs)
        self._resolving: set[str] = set()
        self._key_lookup = KeyLookup()

    def people_named(self, field: str, name: str) -> tuple[Person, ...] | None:
        """The same; nobody where there is no account, and so nothing to wait for."""
        return super().people_named(field, name) if self._services is not None else ()

    def is_missing(self, kind: NameKind, key: str) -> bool:
        """Whether ATZ said that there is none with this slug."""
        return (kind, key) in self._key_lookup.missing

    async def load_types(self, services: Services) -> None:
        """Take in the types that the directory holds."""
        self.add_names(await services.names.activity_types(services.account))
        self.names_learned.emit()

    # What is asked for

    def suggest(
        self, requester: str, kinds: tuple[NameKind, ...], text: str, answer: SuggestionCallback
    ) -> None:
        """Who may be meant by `text`: the best and most recent of these kinds, to `answer`.

        A newer question of the same `requester` replaces this one, which is then never answered.
        """
        self._start(
            f"suggest {requester}", lambda services: self._suggest(services, kinds, text, answer)
        )

    def resolve_people(self, field: str, found: ParsedPeople, answer: Callable[[], None]) -> None:
        """Find out who has the e-mail addresses and names in `found` that are not known yet;
        `answer` is called when `people_with_email` and `people_named` know."""
        self._start_resolving(
            f"owners {field}", lambda services: self._resolve_people(services, field, found, answer)
        )

    def find_exact(
        self, requester: str, kinds: tuple[NameKind, ...], text: str, answer: SuggestionCallback
    ) -> bool:
        """Who is called exactly so, case, accents and blanks aside, to `answer`; whether it was
        begun to find out."""
        return self._start_resolving(
            f"called {requester}",
            lambda services: self._find_exact(services, requester, kinds, text, answer),
        )

    def parse_in_thread(
        self,
        field: str,
        read: Callable[[], ParsedPeople],
        answer: Callable[[ParsedPeople], None],
    ) -> bool:
        """Call `read`, which takes long, on a thread, and again when the owners of all e-mail
        addresses in it are known; whether that was begun."""
        return self._start_resolving(
            f"read {field}", lambda services: self._parse_in_thread(services, field, read, answer)
        )

    def cancel_parse(self, field: str) -> None:
        """Give up what `parse_in_thread` began: it is never answered."""
        if self._jobs is not None:
            self._resolving.discard(f"read {field}")
            self._jobs.cancel(f"read {field}")

    def is_resolving(self, field: str) -> bool:
        """Whether it is being found out what the text in the box of this field means."""
        return bool(self._running_jobs(field))

    async def wait_resolved(self, fields: Iterable[str]) -> None:
        """Wait until that is found out for all these fields, or was given up."""
        for field in fields:
            while names := self._running_jobs(field):
                assert self._jobs is not None
                await self._jobs.wait(names[0])

    def verify_keys(self, kind: NameKind, keys: Iterable[str]) -> None:
        """Look up keys that nobody has seen yet: in the directory, then where the API allows."""
        unseen = [key for key in keys if not self.knows(kind, key)]
        new = self._key_lookup.claim(kind, unseen) if self._services else []
        if new:
            self._start(
                f"verify {kind} {' '.join(new)}",
                lambda services: self._verify(services, kind, new),
            )

    def _start_resolving(self, name: str, work: Callable[[Services], Work]) -> bool:
        """Start finding out what a text means; it is open until just before it is answered."""
        begun = self._start(name, work)
        if begun:
            self._resolving.add(name)
        return begun

    def _running_jobs(self, field: str) -> list[str]:
        names = [f"{what} {field}" for what in _RESOLVING_JOBS]
        return [n for n in names if n in self._resolving and self._jobs and self._jobs.running(n)]

    async def _suggest(
        self, services: Services, kinds: tuple[NameKind, ...], text: str, answer: SuggestionCallback
    ) -> None:
        try:
            found = await services.names.search(services.account, kinds, text, MAX_SUGGESTIONS)
        except StoreError:
            return  # nothing is offered; that the store is broken is said where it matters
        self.add_names(found)
        answer(text, tuple(found))

    async def _parse_in_thread(
        self,
        services: Services,
        field: str,
        read: Callable[[], ParsedPeople],
        answer: Callable[[ParsedPeople], None],
    ) -> None:
        found = await asyncio.to_thread(read)
        while _has_pending(found):
            await self._load_people(services, field, found)
            found = await asyncio.to_thread(read)
        self._resolving.discard(f"read {field}")
        answer(found)

    async def _resolve_people(
        self, services: Services, field: str, found: ParsedPeople, answer: Callable[[], None]
    ) -> None:
        await self._load_people(services, field, found)
        self._resolving.discard(f"owners {field}")
        answer()

    async def _load_people(self, services: Services, field: str, asked: ParsedPeople) -> None:
        kind, directory = PEOPLE_KINDS[field], services.names
        try:
            owners = await directory.by_emails(services.account, kind, asked.pending_emails)
            namesakes = await directory.by_exact_names(
                services.account, (kind,), asked.pending_names
            )
        except StoreError:
            owners = {email.lower(): [] for email in asked.pending_emails}
            namesakes = {name: [] for name in asked.pending_names}
        self.add_people(kind, owners, namesakes)

    async def _find_exact(
        self,
        services: Services,
        requester: str,
        kinds: tuple[NameKind, ...],
        text: str,
        answer: SuggestionCallback,
    ) -> None:
        try:
            found = (await services.names.by_exact_names(services.account, kinds, [text]))[text]
        except StoreError:
            found = []  # the text stays as it is, with what was said of it
        self._resolving.discard(f"called {requester}")
        self.add_names(found)
        answer(text, tuple(found))

    async def _verify(self, services: Services, kind: NameKind, keys: list[str]) -> None:
        await self._key_lookup.look_up(services, kind, keys, self.add_and_notify)
        self.names_learned.emit()  # that one is missing, too


def _has_pending(found: ParsedPeople) -> bool:
    return bool(found.pending_emails or found.pending_names)


class KeyLookup:
    """Whether a slug or ID that somebody typed exists: asked of the directory, then of ATZ.

    ATZ answers for one job and one deal (ATZ_API.md, documented). For one candidate, contact or
    organization it may (not documented): after a few refusals it is not asked again in this run.
    For users there is nothing to ask. Remembers what was asked, so that nothing is asked twice.
    `missing`: ATZ has none such.
    """

    def __init__(self) -> None:
        self.missing: set[tuple[NameKind, str]] = set()
        self._asked: set[tuple[NameKind, str]] = set()
        self._refused: Counter[NameKind] = Counter()

    def claim(self, kind: NameKind, keys: Iterable[str]) -> list[str]:
        """Those of the keys that were not asked yet; from now on they count as asked."""
        new = [key for key in keys if (kind, key) not in self._asked]
        self._asked |= {(kind, key) for key in new}
        return new

    async def look_up(
        self,
        services: Services,
        kind: NameKind,
        keys: list[str],
        found: Callable[[Iterable[Name]], None],
    ) -> None:
        """Tell `found` names as they are found: those of the directory at once, then ATZ's.

        Never in the way of the user's own requests (`background`). Failures are silent: then a
        key merely stays unverified, and is asked again only if no answer came at all, or if it was
        the token that ATZ refused.
        """
        known = await self._from_store(services, kind, keys)
        if known:
            found(known.values())
        for key in (key for key in keys if key not in known):
            answer = await self._from_atz(services, kind, key)
            if answer is not None:
                found([answer])

    async def _from_store(
        self, services: Services, kind: NameKind, keys: list[str]
    ) -> dict[str, Name]:
        try:
            return await services.names.by_keys(services.account, kind, keys)
        except StoreError:
            return {}

    async def _from_atz(self, services: Services, kind: NameKind, key: str) -> Name | None:
        endpoint = ENTITY_OF_KIND[kind].one if kind in ENTITY_OF_KIND else Endpoint.NONE
        given_up = endpoint is Endpoint.PERHAPS and self._refused[kind] >= MAX_REJECTIONS
        if endpoint is Endpoint.NONE or given_up:
            return None
        try:
            body = await services.client.get_record(kind, key, background=True)
        except AtzError as error:
            if not isinstance(error, Rejected) or isinstance(error, Unauthorized):
                self._asked.discard((kind, key))
                return None
            self._refused[kind] += 1
            if endpoint is Endpoint.DOCUMENTED and isinstance(error, NotFound):
                self.missing.add((kind, key))
            return None
        self._refused[kind] = 0
        name = name_from_record(kind, body)
        if name is None or name.key != key:
            return None
        with suppress(StoreError):  # known in this run all the same
            await services.names.learn(services.account, [name])
        return name
