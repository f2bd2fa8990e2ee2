"""Whether a slug or ID that somebody typed exists: asked of the directory, then of ATZ.

ATZ answers for one job and one deal (ATZ_API.md, documented). For one candidate, contact or
organization it may (not documented): after a few refusals it is not asked again in this run. For
users there is nothing to ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError, NotFound, Rejected, Unauthorized
from atz_desktop.domain.vocabulary import ENTITY_OF_KIND, Endpoint
from atz_desktop.session.name_extraction import name_from_record
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.domain.local_records import Name
    from atz_desktop.domain.vocabulary import NameKind
    from atz_desktop.session.services import Services

MAX_REJECTIONS = 3
"""Refusals in a row after which a path that is not documented counts as not there."""


class KeyLookup:
    """Remembers what was asked, so that nothing is asked twice. `missing`: ATZ has none such."""

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
        missing = endpoint is Endpoint.PERHAPS and self._refused[kind] >= MAX_REJECTIONS
        if endpoint is Endpoint.NONE or missing:
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
        await self._store(services, name)
        return name

    async def _store(self, services: Services, name: Name) -> None:
        try:
            await services.names.learn(services.account, [name])
        except StoreError:
            return  # known in this run all the same
