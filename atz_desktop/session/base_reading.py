"""The reading of a record that a form stands on, and the saves that were made from it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import field, replace
from typing import TYPE_CHECKING

from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.session.journal_entries import entry_or_empty
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.session.services import Services


def new_base_key() -> str:
    """A key that no other reading has, on whatever computer and by whatever clock."""
    return secrets.token_hex(8)


@dataclass(frozen=True)
class BaseReading:
    """`key` names it, see serialize.Draft. `sending` are the fields of the saves made from it.

    `seen` are the journal's numbers of those saves whose outcome was known when the record was read
    that the form stands on now: what became of them is in the form.
    """

    key: str = field(default_factory=new_base_key)
    sending: frozenset[str] = frozenset()
    seen: frozenset[int] = frozenset()

    @property
    def entry_key(self) -> str:
        """What a journal entry has that is to explain a draft of this form."""
        return self.key.split()[-1]

    def has(self, entry: JournalEntry) -> bool:
        """Whether a save was made from this reading."""
        return entry.base_key in self.key.split()

    def with_fields(self, names: Iterable[str]) -> BaseReading:
        """After a save of these fields began."""
        return replace(self, sending=self.sending.union(names))

    def with_other_key(self) -> BaseReading:
        """The same reading, where the disk holds an older draft: that one is to be explained by the
        earlier saves alone, the form and its next draft by those that are still to come as well.
        """
        return replace(self, key=f"{self.key} {new_base_key()}")

    def with_seen(self, saves: Iterable[JournalEntry]) -> BaseReading:
        """After the form was shown what became of those of these saves that are settled."""
        return replace(self, seen=self.seen | {save.id for save in saves if save.settled})

    def after_reading(self, saves: Iterable[JournalEntry]) -> BaseReading:
        """The reading that takes the place of this one.

        `saves` are those made from this one, as the journal had them before the record was read: a
        save that was open then may not stand in what was read, though its outcome is known by now.
        While there is one, both go by one key.
        """
        saves = tuple(saves)
        return BaseReading() if all(save.settled for save in saves) else self.with_seen(saves)


async def saves_from_base(base_key: str, services: Services) -> list[JournalEntry]:
    """The saves that were made from one reading of a record, the oldest first.

    `base_key` may be several, see serialize.Draft. Raises StoreError when the journal cannot be
    read.
    """
    journal, account = services.journal, services.account
    rows = [r for key in base_key.split() for r in await journal.entries_from_base(account, key)]
    return [entry_or_empty(row) for row in sorted(rows, key=lambda row: row.id)]


async def saves_from_base_or_none(base_key: str, services: Services) -> list[JournalEntry]:
    """The same; none when the journal cannot be read."""
    with suppress(StoreError):
        return await saves_from_base(base_key, services)
    return []
