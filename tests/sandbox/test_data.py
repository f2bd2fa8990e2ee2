"""The made-up account holds what a form must be able to show."""

from __future__ import annotations

import json
import unicodedata

from atz_desktop.sandbox.account import Account
from atz_desktop.sandbox.data import CROWDED, made_up_account, made_up_activities
from atz_desktop.sandbox.people import made_up_book
from atz_desktop.sandbox.validation import ENTITIES, IMPORTANCES


def titles(account: Account) -> list[str]:
    return [activity["title"] for activity in account.activities() if activity.get("title")]


def test_it_is_the_same_at_every_start() -> None:
    one, other = (made_up_activities(made_up_book()) for _start in range(2))
    assert json.dumps(one) == json.dumps(other)


def test_a_change_of_one_account_shows_in_no_other() -> None:
    one, other, before = made_up_account(), made_up_account(), made_up_account().activities()
    one.edit_as_colleague(42, title="Another", attendees={})
    one.update(41, {"candidates_as_attendees": "", "title": "Another"})
    one.set({"id": 1, "title": "Another"})
    one.remove(2)
    one.get(3)["attendees"].clear()
    for given in one.activities():
        given.clear()
    assert other.activities() == made_up_account().activities() == before


def test_it_holds_every_type_importance_and_kind_of_record() -> None:
    account = made_up_account()
    activities = account.activities()
    assert len(activities) == 200
    types = {(each.get("activity_type") or {}).get("id") for each in activities}
    assert types >= {2, 3, 4, 5, 17, 23, 99, None}
    assert {each.get("importance") for each in activities} >= {*IMPORTANCES, "urgent", None}
    assert {each.get("related_to_type") for each in activities} >= {*ENTITIES.values(), "project"}
    for kind, count in {"candidate": 59, "contact": 40, "user": 12, "job": 20, "deal": 10}.items():
        assert len(account.book.records[kind]) == count


def test_it_holds_every_direction_length_and_trap() -> None:
    texts = titles(made_up_account())
    signs = {unicodedata.bidirectional(sign) for text in texts for sign in text}
    assert signs >= {"R", "AL", "NSM", "RLO"}
    assert max(map(len, texts)) >= 300
    assert any("<img" in text for text in texts)
    description = made_up_account().get(20)["description"]
    assert all(mark in description for mark in ("\r\n", "\u00a0", "\u2028"))
    assert made_up_account().get(37) == {"id": 37}
    assert set(made_up_account().get(36).values()) == {36, None}


def test_one_activity_has_forty_attendees() -> None:
    attendees = made_up_account().get(CROWDED)["attendees"]
    assert [len(people) for people in attendees.values()] == [23, 12, 5]


def test_activity_42_has_something_in_every_field() -> None:
    activity = made_up_account().get(42)
    empty = [key for key, value in activity.items() if value in ("", None, [], {})]
    assert empty == []
    assert activity["importance"] == "normal"
    assert "\n" in activity["description"]
    assert all(activity["attendees"].values())
    assert activity["attachment"]["file_link"].startswith("https://")
