"""The journal's entries as values (the store keeps text), and the reading that a form stands on, by
whose key its saves are found in it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from atz_desktop.domain.activity import parse_timestamp
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.serialize import dump_values, load_values
from atz_desktop.domain.values import LocalFile, Person
from atz_desktop.store.errors import StoreError
from atz_desktop.store.journal import NewEntry

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.domain.edit import Edit
    from atz_desktop.domain.verify import Verification
    from atz_desktop.session.services import Services
    from atz_desktop.store.journal import JournalRow


def new_entry(
    services: Services,
    edit: Edit,
    reason: str | None,
    undoes: int | None,
    base_key: str | None = None,
) -> NewEntry:
    """What is about to be sent, as the journal keeps it before anything goes out."""
    changes = edit.changes()
    return NewEntry(
        account=services.account,
        activity_id=edit.base.id,
        title=edit.base.title,
        before=dump_values(
            {change.field.name: change.old for change in changes} | _origin_values(edit.base)
        ),
        sent=dump_values({change.field.name: change.new for change in changes}),
        request=_request_text(edit.body(numeric_flags=services.boolean_format.numeric)),
        reason=reason,
        undoes=undoes,
        at=utc_now_text(),
        base_key=base_key,
    )


def entry_from_row(row: JournalRow) -> JournalEntry:
    """A journal row as a value. Raises ValueError when its text is none of ours."""
    known, origin = row.outcome in Outcome.__members__, json.loads(row.before)
    return JournalEntry(
        id=row.id,
        at=parse_time(row.at),
        account=row.account,
        activity_id=row.activity_id,
        title=row.title,
        before=load_values(row.before),
        sent=load_values(row.sent),
        after=load_values(row.after) if row.after else None,
        outcome=Outcome[row.outcome] if known else None,
        reason=row.reason,
        undoes=row.undoes,
        base_key=row.base_key,
        created_at=parse_timestamp(origin.get("created_at")),
        created_by=_creator(origin.get("created_by")),
    )


def entry_or_empty(row: JournalRow) -> JournalEntry:
    """The entry of a row; with no values in it when this version cannot read what it holds."""
    try:
        return entry_from_row(row)
    except ValueError:
        return entry_from_row(row._replace(before="{}", sent="{}", after=None))


def parse_time(text: str) -> datetime:
    """A time as the store keeps it; 1970 where the text was damaged and is no time any more."""
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return datetime.fromtimestamp(0, UTC)


def after_text(verification: Verification) -> str:
    """What ATZ holds of the sent fields, as the journal keeps it."""
    return dump_values({verdict.field.name: verdict.actual for verdict in verification.verdicts})


def verdicts_text(verification: Verification) -> str:
    """Field name → what became of it, as the journal keeps it."""
    return json.dumps(
        {verdict.field.name: verdict.result.value for verdict in verification.verdicts}
    )


def utc_now_text() -> str:
    """This moment as the store keeps it: ISO 8601 in UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _request_text(body: Mapping[str, Any]) -> str:
    """A request's fields as JSON; a file stands in it by its name."""
    shown = {key: f"@{v.name}" if isinstance(v, LocalFile) else v for key, v in body.items()}
    return json.dumps(shown, ensure_ascii=False)


def _origin_values(base: Activity) -> dict[str, str]:
    """By what the record is told from another account's of the same number, as GET shows it."""
    values = {}
    if base.created_at is not None:
        values["created_at"] = base.created_at.isoformat()
    if base.created_by is not None:
        values["created_by"] = base.created_by.key
    return values


def _creator(key: object) -> Person | None:
    return Person(key) if isinstance(key, str) else None


def new_base_key() -> str:
    """A key that no other reading has, on whatever computer and by whatever clock."""
    return secrets.token_hex(8)


@dataclass(frozen=True)
class BaseReading:
    """The reading of a record that a form stands on, and the saves that were made from it.

    `key` names it, see serialize.Draft. `sending` are the fields of the saves. `seen` are the
    journal's numbers of those saves whose outcome was known when the record was read that the form
    stands on now: what became of them is in the form.
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


async def saves_from_base_or_empty(base_key: str, services: Services) -> list[JournalEntry]:
    """The same; none when the journal cannot be read."""
    with suppress(StoreError):
        return await saves_from_base(base_key, services)
    return []
