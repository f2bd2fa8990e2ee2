"""The values of a whole table, with the names in it looked up on this computer, all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING

from atz_desktop.domain.bulk_rules import RowValues
from atz_desktop.domain.cell_values import CellContext, CellFormat, read_values
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.table import Cell
from atz_desktop.domain.values import Person, RecordRef
from atz_desktop.domain.vocabulary import ENTITY_OF_KIND, NameKind
from atz_desktop.session.known_names import person_from_name
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.services import Services


async def read_table_values(
    rows: Sequence[Mapping[str, Cell]], form: CellFormat, services: Services
) -> list[RowValues]:
    """The values of each row (target → cell, see `column_mapping.MappedRow`), in their order.

    Off the UI thread, and with few questions to the database however long the table is. A name
    that nobody has, or several, becomes a problem of its row. Where the database can't be read,
    nobody is known.
    """
    known = _Known()
    context = CellContext(form, known.by_email, known.by_name, known.record_named)

    def read() -> list[RowValues]:
        return [read_values(cells, context) for cells in rows]

    while True:
        # An address may only be seen when those before it are known: each pass asks for new ones.
        values = await asyncio.to_thread(read)
        if not known.has_questions:
            return values
        await known.look_up(services)


class _Known:
    """What the directory answered, and what it has to be asked: (kind, text) of each."""

    def __init__(self) -> None:
        self._emails: dict[tuple[NameKind, str], tuple[Person, ...]] = {}
        self._names: dict[tuple[NameKind, str], tuple[Person, ...]] = {}
        self._records: dict[str, tuple[RecordRef, ...]] = {}
        self._new_emails: dict[NameKind, set[str]] = {}
        self._new_names: dict[NameKind, set[str]] = {}
        self._new_records: set[str] = set()

    def by_email(self, kind: NameKind, email: str) -> tuple[Person, ...] | None:
        if (kind, email) not in self._emails:
            self._new_emails.setdefault(kind, set()).add(email)
        return self._emails.get((kind, email))

    def by_name(self, kind: NameKind, name: str) -> tuple[Person, ...] | None:
        if (kind, name) not in self._names:
            self._new_names.setdefault(kind, set()).add(name)
        return self._names.get((kind, name))

    def record_named(self, name: str) -> tuple[RecordRef, ...] | None:
        if name not in self._records:
            self._new_records.add(name)
        return self._records.get(name)

    @property
    def has_questions(self) -> bool:
        return bool(self._new_emails or self._new_names or self._new_records)

    async def look_up(self, services: Services) -> None:
        """Answer all that was asked for."""
        directory, account = services.names, services.account
        for kind, emails in self._new_emails.items():
            found = await _or_nothing(directory.by_emails(account, kind, emails))
            for email in emails:
                self._emails[kind, email] = tuple(map(person_from_name, found.get(email, ())))
        for kind, names in self._new_names.items():
            found = await _or_nothing(directory.by_exact_names(account, (kind,), names))
            for name in names:
                self._names[kind, name] = tuple(map(person_from_name, found.get(name, ())))
        kinds = tuple(ENTITY_OF_KIND)
        found = await _or_nothing(directory.by_exact_names(account, kinds, self._new_records))
        for name in self._new_records:
            self._records[name] = tuple(map(_record, found.get(name, ())))
        self._new_emails, self._new_names, self._new_records = {}, {}, set()


async def _or_nothing(asked: Awaitable[dict[str, list[Name]]]) -> dict[str, list[Name]]:
    try:
        return await asked
    except StoreError:
        return {}


def _record(name: Name) -> RecordRef:
    return RecordRef(ENTITY_OF_KIND[name.kind].number, name.key, name.name)
