"""Whatever is held and edited: exactly the edit arrives, and every other byte stays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.values import LocalFile
from atz_desktop.domain.verify import FieldResult, verify
from atz_desktop.sandbox.account import Account
from atz_desktop.sandbox.data import made_up_account
from tests.domain.strategies import bodies, new_values
from tests.lengths import examples

READ_KEYS = {
    "title": {"title"},
    "type": {"activity_type"},
    "importance": {"importance"},
    "done": {"mark_as_done"},
    "when": {"start_date", "start_time", "end_time"},
    "record": {"related_to", "related_to_type", "related_record"},
    "collaborators": {"collaborators"},
    "candidates": {"attendees.candidates"},
    "contacts": {"attendees.contacts"},
    "users": {"attendees.users"},
    "no_invite": {"do_not_send_calendar_invite"},
    "link": {"meeting_link"},
    "location": {"location"},
    "description": {"description"},
    "attachment": {"attachment"},
}
"""Where ATZ_API.md shows each field in an answer of GET; written here once more on purpose."""
KINDS = ("candidates", "contacts", "users")
STAMPS = {"updated_at", "updated_by"}

ACCOUNT = made_up_account()
ACCOUNT.habits = replace(ACCOUNT.habits, unknown="accept")


@st.composite
def held_and_wanted(draw: st.DrawFn, account: Account) -> tuple[int, dict[str, Any]]:
    """An activity that the account holds, and new values for some of its fields."""
    activity_id = draw(st.sampled_from(account.ids()))
    if draw(st.booleans()):
        account.set({**draw(bodies), "id": activity_id})
    names = draw(st.sets(st.sampled_from([f.name for f in ACTIVITY.fields]), min_size=1))
    return activity_id, {name: draw(new_values(name)) for name in sorted(names)}


@given(data=st.data())
@settings(max_examples=examples(250))
def test_the_account_holds_exactly_the_edit_and_every_other_byte_stays(
    data: st.DataObject,
) -> None:
    account = ACCOUNT
    activity_id, wanted = data.draw(held_and_wanted(account))
    before = account.get(activity_id)
    edit = Edit(Activity.from_response(before))
    for name, value in wanted.items():
        if not isinstance(value, LocalFile):
            edit = edit.with_value(name, value)
    edit = edit.without(*(problem.name for problem in edit.problems()))
    if not edit.dirty:
        assert edit.body() == {}
        return
    account.update(activity_id, edit.body())
    after = account.get(activity_id)
    proof = verify(edit, Activity.from_response(after))
    assert {v.field.name: v.result for v in proof.verdicts} == dict.fromkeys(
        edit.pending, FieldResult.STORED
    )
    moved = set().union(*(READ_KEYS[name] for name in edit.pending)) | STAMPS
    assert _rest(after, moved) == _rest(before, moved)


def _rest(body: Mapping[str, Any], moved: set[str]) -> bytes:
    """The answer's bytes without the keys that the edit or the save itself may move.

    Where a list of attendees was edited, the other lists count, and nobody is nobody: an account
    that held `null` for all three has to show an object then.
    """
    left = deepcopy({key: value for key, value in body.items() if key not in moved})
    edited = {key.split(".")[1] for key in moved if key.startswith("attendees.")}
    if edited:
        held = left.pop("attendees", None) or {}
        left["attendees"] = {kind: held.get(kind) or [] for kind in KINDS if kind not in edited}
    return json.dumps(left, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
