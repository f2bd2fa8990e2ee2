"""Own recipes on disk, and recipes that come as files from somebody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from atz_desktop.domain.bulk_edit import BulkEdit
from atz_desktop.domain.bulk_recipes import RecipeError
from atz_desktop.domain.bulk_rules import Prefix, Set
from atz_desktop.domain.values import LocalFile
from atz_desktop.session.recipes import Recipes
from atz_desktop.store.database import Database
from atz_desktop.store.errors import StoreError
from atz_desktop.store.runs import RecipeStore

MOVED = replace(BulkEdit({"title": Prefix("Moved: ")}), name="Moved")


@pytest.fixture
def recipes(database: Database) -> Recipes:
    return Recipes("me", RecipeStore(database))


async def test_own_recipes_are_kept_by_name_and_for_their_account(
    recipes: Recipes, database: Database
) -> None:
    told: list[bool] = []
    recipes.changed.connect(lambda: told.append(True))
    await recipes.save(replace(MOVED, name="zoo"))
    await recipes.save(MOVED)
    other = replace(BulkEdit({"title": Prefix("New: ")}), name="Moved")
    await recipes.save(other)
    assert await recipes.list() == [other, replace(MOVED, name="zoo")]
    assert await Recipes("you", RecipeStore(database)).list() == []
    await recipes.delete("Moved")
    assert await recipes.list() == [replace(MOVED, name="zoo")]
    assert len(told) == 4


async def test_a_recipe_that_cannot_be_read_any_more_is_left_out(
    recipes: Recipes, database: Database
) -> None:
    await RecipeStore(database).save("me", "odd", "{}")
    await recipes.save(MOVED)
    assert await recipes.list() == [MOVED]


async def test_a_shared_recipe_is_the_same_one_elsewhere(recipes: Recipes, tmp_path: Path) -> None:
    path = tmp_path / "Moved.atzrecipe.json"
    await recipes.share(MOVED, path)
    assert await recipes.open(path) == MOVED


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[]", b'{"format": "other"}', b"x" * 5_000_000]
)
async def test_a_file_that_is_no_recipe_is_refused_in_words(
    recipes: Recipes, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "odd.atzrecipe.json"
    path.write_bytes(content)
    with pytest.raises(RecipeError):
        await recipes.open(path)


async def test_a_file_of_one_computer_is_never_shared(recipes: Recipes, tmp_path: Path) -> None:
    file = LocalFile(tmp_path / "cv.pdf", 3)
    path = tmp_path / "File.atzrecipe.json"
    with pytest.raises(RecipeError):
        await recipes.share(BulkEdit({"attachment": Set(file)}), path)
    assert not path.exists()


async def test_a_file_that_is_not_there_is_an_error_of_the_disk(
    recipes: Recipes, tmp_path: Path
) -> None:
    with pytest.raises(StoreError):
        await recipes.open(tmp_path / "none.atzrecipe.json")
