"""The user's own recipes for bulk edits, and those that others share as files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.bulk_edit import BulkEdit
from atz_desktop.domain.bulk_recipes import (
    MAX_RECIPE,
    RecipeError,
    dump_bulk,
    dump_recipe,
    load_bulk,
    load_recipe,
)
from atz_desktop.store.atomic import write_atomically
from atz_desktop.store.errors import map_errors

if TYPE_CHECKING:
    from atz_desktop.store.runs import RecipeStore


class Recipes(QObject):
    """One for each account. Coroutines raise StoreError when the disk does not allow it."""

    changed = Signal()
    """There are other recipes now."""

    def __init__(self, account: str, store: RecipeStore) -> None:
        super().__init__()
        self._account = account
        self._store = store

    async def list(self) -> list[BulkEdit]:
        """The user's own, by name; one that can't be read any more is left out."""
        found = []
        for text in await self._store.list(self._account):
            try:
                found.append(load_bulk(text))
            except RecipeError:
                continue
        return found

    async def save(self, bulk: BulkEdit) -> None:
        """Keep a recipe under its name; one of the same name gives way."""
        await self._store.save(self._account, bulk.name, dump_bulk(bulk))
        self.changed.emit()

    async def delete(self, name: str) -> None:
        """Forget a recipe."""
        await self._store.delete(self._account, name)
        self.changed.emit()

    async def share(self, bulk: BulkEdit, path: Path) -> None:
        """Write a recipe file for others. Raises RecipeError, too."""
        await asyncio.to_thread(write_atomically, path, dump_recipe(bulk))

    async def open(self, path: Path) -> BulkEdit:
        """The recipe in a file of somebody else. Raises RecipeError, too."""
        return await asyncio.to_thread(_read, path)


def _read(path: Path) -> BulkEdit:
    with map_errors(path), path.open("rb") as file:
        content = file.read(MAX_RECIPE * 4 + 1)  # bytes of so many characters, and one too many
    try:
        return load_recipe(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RecipeError("This is no recipe of this program.") from error
