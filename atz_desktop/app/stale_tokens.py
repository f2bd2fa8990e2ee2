"""Keeps in the settings which tokens in the key store must not be used (store/tokens.py)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from atz_desktop.domain.settings import Settings


class StaleTokens:
    """`settings` tells the user's choices, `choose` keeps changed ones, `kept` waits for that."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        choose: Callable[[Settings], None],
        kept: Callable[[], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._choose = choose
        self._kept = kept

    def __contains__(self, account: object) -> bool:
        return account in self._settings().stale_tokens

    async def mark(self, account: str) -> None:
        """On the disk when this returns, if the disk allows."""
        if account not in self:
            await self._store((*self._settings().stale_tokens, account))

    async def clear(self, account: str) -> None:
        """The key store holds the right token, or none."""
        if account in self:
            await self._store(tuple(k for k in self._settings().stale_tokens if k != account))

    async def _store(self, marked: tuple[str, ...]) -> None:
        self._choose(self._settings()._replace(stale_tokens=marked))
        await self._kept()
