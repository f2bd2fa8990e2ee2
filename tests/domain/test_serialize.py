from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.serialize import (
    Draft,
    decode,
    dump_draft,
    dump_values,
    encode,
    load_draft,
    load_values,
)
from atz_desktop.domain.values import (
    LocalFile,
    Option,
    Person,
    Span,
    Unparsed,
)
from tests.domain.strategies import RESPONSE, any_value, edits, json_values
from tests.lengths import examples


@settings(max_examples=examples(400))
@given(any_value)
def test_what_goes_in_comes_out_equal(value: Any) -> None:
    back = decode(json.loads(json.dumps(encode(value))))
    assert back == value
    assert type(back) is type(value)


def test_the_name_of_a_file_that_is_no_text_survives() -> None:
    """Linux allows names that are no UTF-8; the store's database does not."""
    file = LocalFile(Path("/home/ada/cv\udce4.pdf"), 7, 1)
    text = dump_values({"attachment": file})
    assert text.encode()
    assert load_values(text) == {"attachment": file}


def test_a_text_stays_readable_in_the_store() -> None:
    assert "Zoë 😀" in dump_values({"title": "Zoë 😀"})


@given(edits())
def test_values_of_the_journal_come_back(edit: Edit) -> None:
    assert load_values(dump_values(edit.pending)) == dict(edit.pending)
    assert load_values(dump_values(edit.base.values)) == dict(edit.base.values)


@given(edits(), st.dictionaries(st.sampled_from(("users", "record")), st.text()))
def test_a_draft_comes_back(edit: Edit, typed: dict[str, str]) -> None:
    back = load_draft(dump_draft(Draft(edit, typed)))
    assert back.edit == edit
    assert back.edit.body() == edit.body()
    assert dict(back.edit.base.body) == dict(edit.base.body)
    assert back.unparsed == {name: text for name, text in typed.items() if text}
    assert back.is_empty == Draft(edit, typed).is_empty


def test_a_draft_with_an_open_conflict_keeps_the_base_that_it_was_typed_on() -> None:
    base = Activity.from_response(RESPONSE).with_values({"title": "as it was when typing began"})
    edit = Edit(base).with_value("title", "mine")
    assert load_draft(dump_draft(Draft(edit))).edit == edit


def test_half_typed_text_alone_is_worth_a_draft() -> None:
    edit = Edit(Activity.from_response(RESPONSE))
    assert Draft(edit).is_empty
    assert Draft(edit, {"users": ""}).is_empty
    assert not Draft(edit, {"users": "Ad"}).is_empty
    assert not Draft(edit.with_value("title", "x")).is_empty


def test_a_field_of_a_newer_version_is_left_out() -> None:
    assert load_values('{"title": "x", "color": "red"}') == {"title": "x"}
    text = json.loads(
        dump_draft(Draft(Edit(Activity.from_response(RESPONSE)).with_value("title", "x")))
    )
    text["pending"]["color"] = "red"
    assert dict(load_draft(json.dumps(text)).edit.pending) == {"title": "x"}


def test_a_value_of_another_form_does_not_hide_the_rest_of_its_journal_entry() -> None:
    found = load_values('{"title": 7, "type": {"is": "Newer", "a": 1}, "location": "Zoom"}')
    assert found["title"] == Unparsed("7")
    assert isinstance(found["type"], Unparsed)
    assert found["location"] == "Zoom"


@pytest.mark.parametrize(
    "damaged",
    [
        {},
        {"key": "a_1"},
        {"is": "Person"},
        {"is": "Person", "key": 7},
        {"is": "Person", "key": "a_1", "age": 7},
        {"is": "Nobody"},
        {"is": ["Person"]},
        {"is": "datetime", "at": "noon"},
        {"is": "datetime", "at": 7},
        {"is": "datetime"},
        {"is": "Path", "path": 7},
        {"is": "Span", "start": "2024-06-16T09:00:00", "end": None, "zone": "UTC"},
        {"is": "LocalFile", "path": "/tmp/a", "size": 7, "modified_ns": 0},
        [{"is": "Option", "key": None, "label": None}],
    ],
)
def test_what_is_none_of_ours_is_refused(damaged: Any) -> None:
    with pytest.raises(ValueError, match="not a stored value"):
        decode(damaged)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "7", '"title"'])
def test_a_text_that_holds_no_values_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the JSON reader has words of its own
        load_values(text)
    with pytest.raises(ValueError):  # noqa: PT011
        load_draft(text)


@given(st.data())
def test_a_damaged_draft_is_refused_or_can_be_shown(data: st.DataObject) -> None:
    whole = json.loads(dump_draft(Draft(_busy_edit(), {"users": "Ad"})))
    place: Any = whole
    while isinstance(place, dict) and place:
        key = data.draw(st.sampled_from(sorted(place)))
        if data.draw(st.booleans()) or not isinstance(place[key], dict):
            place[key] = data.draw(json_values)
            break
        place = place[key]
    try:
        edit = load_draft(json.dumps(whole)).edit.in_zone("UTC")
    except ValueError:
        return
    edit.problems()
    for change in edit.changes():
        assert change.field.kind.format(change.old) is not None
        assert change.field.kind.format(change.new)


def _busy_edit() -> Edit:
    edit = Edit(Activity.from_response(RESPONSE))
    start = datetime.fromisoformat("2024-06-20T09:00")
    values = {
        "title": "mine",
        "type": Option(2, "Meeting"),
        "when": Span(start, start.replace(hour=10)),
        "users": (Person("7", "Ada"),),
        "attachment": LocalFile(Path("/home/ada/cv.pdf"), 7),
    }
    for name, value in values.items():
        edit = edit.with_value(name, value)
    assert len(edit.pending) == len(values) < len(ACTIVITY.fields)
    return edit


def test_a_value_that_was_stored_under_the_earlier_name_of_its_class_comes_back() -> None:
    assert decode({"is": "Unreadable", "text": "x"}) == Unparsed("x")
    assert encode(Unparsed("x")) == {"is": "Unreadable", "text": "x"}
