"""Asking for names while somebody types: in the directory on this computer, then of ATZ.

Both answer after a moment: then `names_learned` tells whoever shows names to ask again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from atz_desktop.domain.local_records import Name
from atz_desktop.domain.values import Person
from atz_desktop.session.jobs import MANY, offload_if_many
from atz_desktop.session.key_lookup import KeyLookup
from atz_desktop.session.known_names import KnownNames
from atz_desktop.session.name_extraction import PEOPLE_KINDS, names_in
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.domain.parse_people import ParsedPeople
    from atz_desktop.domain.vocabulary import NameKind
    from atz_desktop.session.jobs import Jobs, Work
    from atz_desktop.session.services import Services

MAX_SUGGESTIONS = 20
_LEARNED_AT_ONCE = 100
_RESOLVING_JOBS = ("owners", "called", "read")
"""What the jobs are called that find out what a text means, with the name of the field behind."""
SuggestionCallback = Callable[[str, tuple[Name, ...]], None]
"""Hears the text that was asked for, and who may be meant by it."""


class Lookups(KnownNames):
    """Names, and where more of them are asked for.

    Whatever is asked for ends with the scope of `jobs`. Without an account (`services`, `jobs`) it
    knows only what it was taught, and nothing can be asked.
    """

    def __init__(self, services: Services | None = None, jobs: Jobs | None = None) -> None:
        super().__init__()
        self._services = services
        self._jobs = jobs
        self._resolving: set[str] = set()
        self._key_lookup = KeyLookup()

    def people_named(self, field: str, name: str) -> tuple[Person, ...] | None:
        """The same; nobody where there is no account, and so nothing to wait for."""
        return super().people_named(field, name) if self._services is not None else ()

    def is_missing(self, kind: NameKind, key: str) -> bool:
        """Whether ATZ said that there is none with this slug."""
        return (kind, key) in self._key_lookup.missing

    # What is learned

    async def learn_from_activity(self, activity: Activity) -> None:
        """Take in every name of an activity, and put it into the directory on this computer: the
        first `MANY` before this returns, the others in portions between which drafts are written.

        What a newer call or the end of the account cuts off is learned at the next sight. Raises
        StoreError.
        """
        names = await offload_if_many(activity.people_count, partial(names_in, activity))
        for start in range(0, len(names), _LEARNED_AT_ONCE):
            self.add_names(names[start : start + _LEARNED_AT_ONCE])
            await asyncio.sleep(0)  # the window answers between two portions of a long list
        self.clear_people_cache()
        self._fill_missing_names(names)
        if self._services is not None:
            await self._services.names.learn(self._services.account, names[:MANY])
        if later := names[MANY:]:
            self._start("store names", lambda services: _store(services, later))

    def _fill_missing_names(self, names: tuple[Name, ...]) -> None:
        """Ask the directory alone who they are: an answer of ATZ may hold slugs without names."""
        nameless: dict[NameKind, list[str]] = {}
        for seen in names:
            if not self.name_of(seen.kind, seen.key):
                nameless.setdefault(seen.kind, []).append(seen.key)
        if nameless:
            self._start("names", lambda services: self._load_names(services, nameless))

    async def load_types(self, services: Services) -> None:
        """Take in the types that the directory holds."""
        self.add_names(await services.names.activity_types(services.account))
        self.names_learned.emit()

    # What is asked for

    def suggest(
        self, requester: str, kinds: tuple[NameKind, ...], text: str, answer: SuggestionCallback
    ) -> None:
        """Who may be meant by `text`: the best and most recent of these kinds, to `answer`.

        A newer question of the same asker replaces this one, which is then never answered.
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

    def is_resolving(self, field: str) -> bool:
        """Whether it is being found out what the text in the box of this field means."""
        return bool(self._running_jobs(field))

    async def wait_resolved(self, fields: Iterable[str]) -> None:
        """Wait until that is found out for all these fields, or was given up."""
        for field in fields:
            while names := self._running_jobs(field):
                assert self._jobs is not None
                await self._jobs.wait(names[0])

    def _running_jobs(self, field: str) -> list[str]:
        names = [f"{what} {field}" for what in _RESOLVING_JOBS]
        return [n for n in names if n in self._resolving and self._jobs and self._jobs.running(n)]

    def cancel_parse(self, field: str) -> None:
        """Give up what `parse_in_thread` began: it is never answered."""
        if self._jobs is not None:
            self._resolving.discard(f"read {field}")
            self._jobs.cancel(f"read {field}")

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

    def _start(self, name: str, work: Callable[[Services], Work]) -> bool:
        if self._jobs is None or self._services is None:
            return False
        return self._jobs.start(name, work(self._services))

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
        asker: str,
        kinds: tuple[NameKind, ...],
        text: str,
        answer: SuggestionCallback,
    ) -> None:
        try:
            found = (await services.names.by_exact_names(services.account, kinds, [text]))[text]
        except StoreError:
            found = []  # the text stays as it is, with what was said of it
        self._resolving.discard(f"called {asker}")
        self.add_names(found)
        answer(text, tuple(found))

    async def _load_names(self, services: Services, keys: Mapping[NameKind, list[str]]) -> None:
        try:
            for kind, nameless in keys.items():
                found = await services.names.by_keys(services.account, kind, nameless)
                self.add_and_notify(found.values())
        except StoreError:
            return  # the slugs go on being shown

    async def _verify(self, services: Services, kind: NameKind, keys: list[str]) -> None:
        def found(names: Iterable[Name]) -> None:
            self.add_names(names)
            self.names_learned.emit()

        await self._key_lookup.look_up(services, kind, keys, found)
        self.names_learned.emit()  # that one is missing, too


def _has_pending(found: ParsedPeople) -> bool:
    return bool(found.pending_emails or found.pending_names)


async def _store(services: Services, names: tuple[Name, ...]) -> None:
    for start in range(0, len(names), _LEARNED_AT_ONCE):
        try:
            await services.names.learn(services.account, names[start : start + _LEARNED_AT_ONCE])
        except StoreError:
            return  # that the store is broken is said where it matters
