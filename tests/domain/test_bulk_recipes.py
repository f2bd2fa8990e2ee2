"""Bulk edits as JSON: what is saved comes back, and what others made is read with distrust."""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atz_desktop.domain.bulk_edit import CONDITIONS, RULES, BulkEdit
from atz_desktop.domain.bulk_recipes import (
    MAX_RECIPE,
    RecipeError,
    dump_bulk,
    dump_recipe,
    load_bulk,
    load_recipe,
)
from atz_desktop.domain.bulk_rules import Set
from atz_desktop.domain.bulk_times import SetTimes, Times
from atz_desktop.domain.values import LocalFile
from tests.domain.bulk_strategies import bulk_edits
from tests.domain.strategies import json_values
from tests.lengths import examples

MARK_DONE = json.loads(dump_bulk(BulkEdit(MappingProxyType({"done": Set(True)}), name="Done")))


def bulk(**rules: Any) -> BulkEdit:
    return BulkEdit(MappingProxyType(rules))


@given(bulk_edits())
def test_a_bulk_edit_comes_back_from_this_computer(made: BulkEdit) -> None:
    assert load_bulk(dump_bulk(made)) == made


@given(bulk_edits())
def test_a_recipe_comes_back_from_a_file_unless_it_would_attach_one(made: BulkEdit) -> None:
    if any(isinstance(getattr(each, "value", None), LocalFile) for each in made.rules.values()):
        with pytest.raises(RecipeError, match="can't attach a file of one computer"):
            dump_recipe(made)
    else:
        assert load_recipe(dump_recipe(made)) == made


def test_a_recipe_of_somebody_else_attaches_no_file_of_this_computer() -> None:
    secret = LocalFile(Path.home() / ".ssh" / "id_ed25519", 411)
    with pytest.raises(RecipeError, match="can't attach a file of one computer"):
        load_recipe(dump_bulk(bulk(attachment=Set(secret))))
    smuggled = {**MARK_DONE, "rules": {"title": {"is": "Prefix", "text": {"is": "Path"}}}}
    with pytest.raises(RecipeError):
        load_recipe(json.dumps(smuggled))


@given(json_values | st.dictionaries(st.sampled_from(sorted(MARK_DONE)), json_values))
def test_any_other_JSON_is_no_recipe(found: Any) -> None:
    with pytest.raises(RecipeError):
        load_recipe(json.dumps(found))


@settings(max_examples=examples(300))
@given(bulk_edits(), st.data())
def test_a_recipe_with_any_part_changed_is_refused_or_can_be_used(
    made: BulkEdit, data: st.DataObject
) -> None:
    found = json.loads(dump_bulk(made))
    places = list(_places(found))
    parent, key = data.draw(st.sampled_from(places))
    parent[key] = data.draw(json_values)
    try:
        loaded = load_bulk(json.dumps(found))
    except RecipeError:
        return
    assert not loaded.problems()
    assert loaded.describe() is not None


def _places(found: Any) -> Any:
    items = found.items() if isinstance(found, dict) else enumerate(found)
    for key, each in items:
        yield found, key
        if isinstance(each, dict | list):
            yield from _places(each)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no recipe of this program, or it is damaged"),
        ("[" * 100_000, "no recipe of this program, or it is damaged"),
        ("x" * (MAX_RECIPE + 1), "too large"),
        ('{"format": "other"}', "This is no recipe of this program."),
        (json.dumps({**MARK_DONE, "version": 2}), "newer version"),
        (json.dumps({**MARK_DONE, "rules": {"phone": {"is": "Clear"}}}), "phone: There is no such"),
        (
            json.dumps({**MARK_DONE, "rules": {"title": {"is": "Prefix", "text": ""}}}),
            "Title: Type what to put in front.",
        ),
        (
            json.dumps({**MARK_DONE, "only_where": [{"is": "IsEmpty", "field": "phone"}]}),
            "Only where: Choose a field.",
        ),
    ],
)
def test_it_is_said_what_is_wrong_with_a_recipe(text: str, said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        load_recipe(text)


def test_a_recipe_that_an_editor_saved_with_a_mark_is_read() -> None:
    assert load_recipe("\ufeff" + json.dumps(MARK_DONE)).name == "Done"


def test_names_in_the_file_stay_what_they_were() -> None:
    """Recipes that were saved or shared are read by these names."""
    assert {each.__name__ for each in (*RULES, *CONDITIONS)} == {
        *("Set", "SetTimes", "Clear", "AddPeople", "RemovePeople", "SwapPeople", "ShiftBy"),
        *("SameClockOn", "MeantAsZone", "FindReplace", "Prefix", "Suffix", "Template"),
        *("FromTable", "IsNow", "IsEmpty", "Includes", "IsOver"),
    }
    assert MARK_DONE == {
        "format": "atz-recipe",
        "version": 1,
        "name": "Done",
        "rules": {"done": {"is": "Set", "value": True}},
        "only_where": [],
        "mail_nobody": False,
    }
    times = json.loads(dump_bulk(bulk(when=SetTimes(Times(date(2024, 6, 1), time(9, 30))))))
    assert times["rules"]["when"] == {
        "is": "SetTimes",
        "times": {
            "is": "Times",
            "day": {"is": "date", "on": "2024-06-01"},
            "start": {"is": "time", "at": "09:30:00"},
            "end": None,
            "minutes": None,
        },
    }
