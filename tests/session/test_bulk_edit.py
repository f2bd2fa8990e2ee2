"""A bulk edit before it is run: what it would make of activities; and the user's own recipes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
import pytest_asyncio

from atz_desktop.domain.bulk_edit import BulkEdit, IsNow
from atz_desktop.domain.bulk_recipes import RecipeError
from atz_desktop.domain.bulk_rules import Prefix, Set
from atz_desktop.domain.bulk_template import Template
from atz_desktop.domain.bulk_times import ShiftBy
from atz_desktop.domain.values import LocalFile, Option
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.bulk_edit import (
    BulkPreview,
    BulkTarget,
    PreviewState,
    Recipes,
    run_estimate,
)
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.services import Services
from atz_desktop.store.database import Database
from atz_desktop.store.errors import StoreError
from atz_desktop.store.runs import RecipeStore
from tests.conftest import before_the_meetings

IDS = (42, 7, 3)


def preview_of(services: Services, jobs: Jobs, *ids: int) -> BulkPreview:
    lookups = Lookups(services, jobs)
    targets = [BulkTarget(number) for number in ids]
    preview = BulkPreview(targets, services, jobs, lookups, "UTC")
    preview.utc_now = before_the_meetings
    return preview


@pytest_asyncio.fixture
async def preview(services: Services) -> AsyncIterator[BulkPreview]:
    made = preview_of(services, Jobs(), *IDS)
    yield made
    await made.close()


async def read(preview: BulkPreview) -> None:
    preview.start_reading()
    await preview.wait()


async def applied(preview: BulkPreview, bulk: BulkEdit) -> list[PreviewState]:
    preview.set_bulk(bulk)
    await preview.wait()
    return [row.state for row in preview.rows]


def gets(sandbox: Sandbox) -> list[str]:
    return [each.path for each in sandbox.requests]


async def test_each_activity_is_read_once_however_often_the_rules_change(
    preview: BulkPreview, sandbox: Sandbox
) -> None:
    await read(preview)
    for text in ("A ", "B "):
        states = await applied(preview, BulkEdit({"title": Prefix(text)}))
        assert states == [PreviewState.READY] * 3
    assert gets(sandbox) == [f"/v1/activity/{number}" for number in IDS]
    assert {each.method for each in sandbox.requests} == {"GET"}


async def test_rows_without_a_change_and_those_that_are_not_meant_are_told_apart(
    preview: BulkPreview, sandbox: Sandbox
) -> None:
    sandbox.account.edit_as_colleague(42, importance="high", mark_as_done=True)
    sandbox.account.edit_as_colleague(7, importance="low", mark_as_done=False)
    sandbox.account.edit_as_colleague(3, importance="high", mark_as_done=False)
    await read(preview)
    rules = MappingProxyType({"done": Set(True)})
    where = (IsNow("importance", Option("high", "High")),)
    assert await applied(preview, BulkEdit(rules, where)) == [
        PreviewState.UNCHANGED,
        PreviewState.EXCLUDED,
        PreviewState.READY,
    ]
    assert preview.counts.text == "1 to be changed, 1 nothing to change, 1 not meant"
    assert preview.counts.by_state[PreviewState.READY] == 1


async def test_an_activity_that_atz_does_not_have_is_named_and_the_others_are_read(
    services: Services,
) -> None:
    preview = preview_of(services, Jobs(), 42, 99_999, 7)
    await read(preview)
    states = await applied(preview, BulkEdit({"title": Prefix("A ")}))
    assert states == [PreviewState.READY, PreviewState.UNREADABLE, PreviewState.READY]
    assert preview.rows[1].detail
    await preview.close()


async def test_without_a_network_the_reading_stops_and_goes_on_where_it_was(
    preview: BulkPreview, sandbox: Sandbox
) -> None:
    away = Fault("401", path="/v1/activity/7")
    sandbox.faults.on(away)
    said: list[object] = []
    preview.notified.connect(said.append)
    await read(preview)
    assert preview.read_count == 1
    assert said[-1] is not None
    sandbox.faults.off(away)
    await read(preview)
    assert preview.read_count == 3
    assert said[-1] is None
    assert gets(sandbox).count("/v1/activity/42") == 1


async def test_what_atz_would_refuse_is_a_problem_with_the_field_and_the_reason(
    preview: BulkPreview,
) -> None:
    await read(preview)
    states = await applied(preview, BulkEdit({"title": Template("x" * 101)}))
    assert states == [PreviewState.PROBLEM] * 3
    assert preview.rows[0].detail.startswith("Title: ")


async def test_mail_is_added_up_and_one_switch_asks_for_none(preview: BulkPreview) -> None:
    await read(preview)
    bulk = BulkEdit({"when": ShiftBy(1, "days")})
    await applied(preview, bulk)
    loud = preview.counts
    mails = sum(row.mail.people or 0 for row in preview.rows if row.mail)
    assert loud.mails == mails > 0
    assert f"ATZ may send {mails} mails" in loud.mail_text
    await applied(preview, BulkEdit(bulk.rules, mail_nobody=True))
    assert (preview.counts.mails, preview.counts.quiet) == (0, loud.mailing)
    for row in preview.rows:
        assert row.applied is not None
        assert ("no_invite" in row.applied.edit.pending) == (row.mail is not None)


def test_the_estimate_says_requests_and_time() -> None:
    assert run_estimate(1) == "3 requests: about a minute, behind what you do yourself"
    assert run_estimate(20) == "60 requests: about a minute, behind what you do yourself"
    assert run_estimate(500) == "1,500 requests: about 25 minutes, behind what you do yourself"
    assert run_estimate(2_000) == "6,000 requests: about 2 hours, behind what you do yourself"


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
