"""The paged list of activities over real sockets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from atz_desktop.sandbox.people import slug_of
from atz_desktop.sandbox.server import Sandbox
from tests.sandbox.asking import get


def listed(sandbox: Sandbox, query: str = "") -> Any:
    reply = get(sandbox, f"/v1/activity{query}")
    assert reply.status == 200, reply.body
    return reply.json()


def test_the_envelope_leads_through_every_page_once(sandbox: Sandbox) -> None:
    path, ids = "/v1/activity?limit=24&sort_order=asc", []
    while path:
        page = get(sandbox, path).json()
        ids += [item["id"] for item in page["data"]]
        assert page["to"] - page["from"] + 1 == len(page["data"])
        path = (page["next_page_url"] or "").removeprefix(sandbox.url)
    assert sorted(ids) == list(range(1, 201))
    assert (page["total"], page["last_page"], page["current_page"], page["per_page"]) == (
        200,
        9,
        9,
        24,
    )
    assert "limit=24" in page["prev_page_url"]


def test_it_gives_25_and_the_last_changed_first_unless_asked_otherwise(sandbox: Sandbox) -> None:
    sandbox.account.update(77, {"title": "Just changed"})
    page = listed(sandbox)
    assert len(page["data"]) == 25
    assert page["data"][0]["id"] == 77
    oldest = listed(sandbox, "?sort_by=created_at&sort_order=asc")
    made = [item["created_at"] or "" for item in oldest["data"] if "created_at" in item]
    assert made == sorted(made)


def test_beyond_the_last_page_there_is_an_empty_one(sandbox: Sandbox) -> None:
    page = listed(sandbox, "?page=99")
    assert (page["data"], page["from"], page["to"]) == ([], None, None)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("?search=" + quote("SECOND interview with amara"), [42]),
        ("?search=" + quote("parcels A DAY"), [42]),
        ("?search=" + quote("ראיון"), [2]),
        ("?importance=urgent", None),
        ("?activity_type_id=99", [17]),
        (f"?related_to={slug_of('candidate', 1)}&activity_type_id=5&search=parcels", [42]),
        ("?search=nobody-has-this", []),
    ],
)
def test_filters_are_applied_together(sandbox: Sandbox, query: str, ids: list[int] | None) -> None:
    if ids is None:
        assert get(sandbox, f"/v1/activity{query}").status == 400
    else:
        assert [item["id"] for item in listed(sandbox, query)["data"]] == ids


def test_a_kind_of_record_and_an_importance_filter_too(sandbox: Sandbox) -> None:
    page = listed(sandbox, "?related_to_entity=2&importance=high")
    kinds = {(item["related_to_type"], item["importance"]) for item in page["data"]}
    assert kinds == {("job", "high")}


def test_items_hold_people_and_records_only_when_asked(sandbox: Sandbox) -> None:
    more = {"created_by", "updated_by", "related_record"}
    search = "?search=Second%20interview"
    assert not more & set(listed(sandbox, search)["data"][0])
    part = listed(sandbox, f"{search}&maximize=created_by,related_record")["data"][0]
    assert more & set(part) == {"created_by", "related_record"}
    assert listed(sandbox, f"{search}&maximize=all")["data"][0] == sandbox.account.get(42)
    account = sandbox.account
    account.habits = replace(account.habits, short_items=True)
    assert "description" not in listed(sandbox, f"{search}&maximize=all")["data"][0]


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=x",
        "limit=26",
        "limit=0",
        "sort_by=title",
        "sort_order=up",
        "importance=",
        "related_to_entity=6",
        "activity_type_id=-1",
    ],
)
def test_a_query_beyond_the_documents_is_refused(sandbox: Sandbox, query: str) -> None:
    reply = get(sandbox, f"/v1/activity?{query}")
    assert reply.status == 400
    assert list(reply.errors) == [query.partition("=")[0]]
