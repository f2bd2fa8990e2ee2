"""The backups of this computer as a user reads them, and bringing drafts and history back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.bulk_recipes import RecipeError, load_bulk
from atz_desktop.domain.characters import pluralize
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.local_records import Backup
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.serialize import load_draft
from atz_desktop.session.journal_entries import entry_or_empty, parse_time
from atz_desktop.session.messages import OUTCOMES
from atz_desktop.session.notices import Level, Notice
from atz_desktop.store.backups import Content, Row, list_backups, read_backup
from atz_desktop.store.errors import StoreError
from atz_desktop.store.journal import JournalRow
from atz_desktop.store.restore_backup import Restored, missing_rows, restore

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.store.database import Database


class BackupKind(Enum):
    """What can be brought back."""

    DRAFT = "draft"
    SAVE = "save"
    WORK_LIST = "work list"
    RUN = "run"
    RECIPE = "recipe"


@dataclass(frozen=True)
class BackupItem:
    """One thing in a backup; a work list, a run and a recipe have no `activity_id`. `what` is its
    kind or outcome; `missing`: not here now.
    """

    row: Row
    kind: BackupKind
    at: datetime
    account: str
    activity_id: int | None
    title: str
    changed: str
    what: str
    missing: bool


class Backups(QObject):
    """Lists backups, looks into one, and restores what was chosen in it."""

    listed = Signal()
    opened = Signal()
    """`items` are those of the backup asked for last."""
    notified = Signal(object)
    """A Notice, or None: what was said before no longer holds."""
    restored = Signal()

    def __init__(
        self,
        jobs: Jobs,
        path: Path,
        database: Callable[[], Database | None],
        account_names: Mapping[str, str],
    ) -> None:
        """`path` is the live file; `account_names` maps the keys of accounts to their names."""
        super().__init__()
        self.backups: tuple[Backup, ...] = ()
        self.items: tuple[BackupItem, ...] = ()
        self._jobs = jobs
        self._path = path
        self._database = database
        self._names = account_names
        self._backup: Backup | None = None

    def refresh(self) -> None:
        """List the backups anew."""
        self._jobs.start("list backups", self._list())

    def open(self, backup: Backup) -> None:
        """Look into one."""
        self.notified.emit(None)
        self._jobs.start("open backup", self._open(backup))

    def restore(self, items: Sequence[BackupItem]) -> None:
        """Bring these back; nothing that is here is changed."""
        self._jobs.start("restore backup", self._restore(tuple(items)), finish=True)

    async def _list(self) -> None:
        try:
            self.backups = await asyncio.to_thread(list_backups, self._path)
        except StoreError as error:
            self.notified.emit(Notice(Level.PROBLEM, "The copies can't be listed", error.message))
        self.listed.emit()

    async def _open(self, backup: Backup) -> None:
        self._backup, self.items = backup, ()
        database = self._database()
        try:
            content = await asyncio.to_thread(read_backup, backup.path)
            lost = await missing_rows(database, content) if database else content
            at = datetime.fromtimestamp(backup.at, UTC)
            self.items = await asyncio.to_thread(self._items, content, lost, at)
        except StoreError as error:
            self.notified.emit(Notice(Level.PROBLEM, "This copy can't be read", error.message))
        self.opened.emit()

    async def _restore(self, items: tuple[BackupItem, ...]) -> None:
        database = self._database()
        if database is None:
            return
        rows = Content(
            *(tuple(item.row for item in items if item.kind is kind) for kind in BackupKind)
        )
        try:
            done = await restore(database, rows)
        except StoreError as error:
            self.notified.emit(Notice(Level.PROBLEM, "Nothing was brought back", error.message))
            return
        self.restored.emit()
        if self._backup is not None:
            await self._open(self._backup)
        self.notified.emit(_restored_notice(done))

    def _items(self, content: Content, lost: Content, at: datetime) -> tuple[BackupItem, ...]:
        """`at`: when the copy was made."""
        gone = {id(row) for rows in lost for row in rows}
        drafts = [self._draft(row, id(row) in gone) for row in content.drafts]
        saves = [self._save(row, id(row) in gone) for row in content.journal]
        many = [
            self._list_or_run(row, kind, row[began], str(row[name]), id(row) in gone)
            for kind, rows, began, name in (
                (BackupKind.WORK_LIST, content.work_lists, "created_at", "name"),
                (BackupKind.RUN, content.runs, "started_at", "title"),
            )
            for row in rows
        ]
        recipes = [self._recipe(row, at, id(row) in gone) for row in content.recipes]
        found = (*drafts, *saves, *many, *recipes)
        return tuple(sorted(found, key=lambda item: item.at, reverse=True))

    def _draft(self, row: Row, lost: bool) -> BackupItem:
        title, changed = "", ""
        try:
            draft = load_draft(str(row["draft"]))
        except ValueError:  # of a newer version; it comes back all the same
            pass
        else:
            title = draft.edit.base.title
            changed = _labels({*draft.edit.pending, *draft.unparsed})
        return BackupItem(
            row,
            kind=BackupKind.DRAFT,
            at=parse_time(str(row["kept_at"])),
            account=self._name(row),
            activity_id=_number(row["activity_id"]),
            title=title,
            changed=changed,
            what="Draft",
            missing=lost,
        )

    def _save(self, row: Row, lost: bool) -> BackupItem:
        stored = {name: row[name] for name in JournalRow._fields}
        entry = entry_or_empty(JournalRow(**stored))  # type: ignore[arg-type]  # columns of our own table
        return BackupItem(
            row,
            kind=BackupKind.SAVE,
            at=parse_time(str(row["at"])),
            account=self._name(row),
            activity_id=entry.activity_id,
            title=entry.title,
            changed=_labels(set(entry.sent)),
            what=OUTCOMES[entry.outcome].label,
            missing=lost,
        )

    def _list_or_run(
        self, row: Row, kind: BackupKind, at: object, title: str, lost: bool
    ) -> BackupItem:
        return BackupItem(
            row,
            kind=kind,
            at=parse_time(str(at)),
            account=self._name(row),
            activity_id=None,
            title=title,
            changed=pluralize(len(json.loads(str(row["rows"]))), "activity", "activities"),
            what=kind.value.capitalize(),
            missing=lost,
        )

    def _recipe(self, row: Row, at: datetime, lost: bool) -> BackupItem:
        """It does not say when it was saved."""
        changed = ""
        with suppress(RecipeError):  # of a newer version; it comes back all the same
            changed = _labels(set(load_bulk(str(row["bulk"])).rules))
        return BackupItem(
            row,
            kind=BackupKind.RECIPE,
            at=at,
            account=self._name(row),
            activity_id=None,
            title=str(row["name"]),
            changed=changed,
            what="Recipe",
            missing=lost,
        )

    def _name(self, row: Row) -> str:
        key = str(row["account"])
        return self._names.get(key, key)


def _labels(names: set[str]) -> str:
    return ", ".join(ACTIVITY.by_name[name].label for name in ACTIVITY.by_name if name in names)


def _number(found: object) -> int:
    return found if isinstance(found, int) else 0  # the copy was damaged


def _restored_notice(done: Restored) -> Notice:
    counts = dict(zip(BackupKind, done, strict=True))
    parts = [pluralize(count, kind.value) for kind, count in counts.items() if count]
    if not parts:
        return Notice(Level.INFO, "Nothing was missing", "All of it is here already.")
    text = "A draft is offered when you load its activity. " if counts[BackupKind.DRAFT] else ""
    text += "The saves are in the history again." if counts[BackupKind.SAVE] else ""
    return Notice(Level.GOOD, f"Brought back: {', '.join(parts)}", text.strip())
