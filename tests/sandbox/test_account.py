"""The account: copies out, rules in, a file that survives."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atz_desktop.sandbox.account import Account, RejectedError
from atz_desktop.sandbox.data import made_up_account
from atz_desktop.sandbox.people import slug_of

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture
def account() -> Account:
    made = made_up_account()
    made.now = lambda: datetime(2026, 8, 1, 12, 30, 15, 999_999, tzinfo=UTC)
    return made


def test_what_is_handed_out_is_a_copy(account: Account) -> None:
    account.get(42)["attendees"]["candidates"].clear()
    account.activities()[0]["title"] = "changed"
    assert len(account.get(42)["attendees"]["candidates"]) == 2
    assert account.get(1)["title"] != "changed"


def test_an_update_is_stamped_with_the_user_and_whole_seconds(account: Account) -> None:
    before = account.get(42)
    after = account.update(42, {"title": "New"})
    assert after == account.get(42)
    assert after["updated_by"]["id"] == 1
    assert after["updated_at"] == "2026-08-01T12:30:15Z"
    assert (after["created_at"], after["created_by"]) == (
        before["created_at"],
        before["created_by"],
    )


def test_a_refused_update_changes_nothing_and_names_every_field(account: Account) -> None:
    before = account.get(42)
    form = {"title": "New", "location": "x" * 51, "collaborators": "99"}
    with pytest.raises(RejectedError) as refused:
        account.update(42, form)
    assert set(refused.value.problems) == {"location", "collaborators"}
    assert account.get(42) == before


def test_a_colleague_may_do_what_the_rules_forbid(account: Account) -> None:
    after = account.edit_as_colleague(42, title="x" * 300, importance=None, colour="red")
    assert (after["title"], after["importance"], after["colour"]) == ("x" * 300, None, "red")
    assert after["updated_by"]["id"] == 2


def test_a_colleague_may_write_as_put_does(account: Account) -> None:
    after = account.edit_as_colleague(
        42,
        candidates_as_attendees=slug_of("candidate", 5),
        start_datetime="2026-04-23T08:00:00Z",
        collaborators="1",
    )
    assert [each["slug"] for each in after["attendees"]["candidates"]] == [slug_of("candidate", 5)]
    assert (after["start_time"], after["end_time"]) == ("08:00", "10:30")
    assert [each["id"] for each in after["collaborators"]] == [1]
    with pytest.raises(RejectedError):
        account.edit_as_colleague(42, collaborators="99")


def test_an_activity_can_be_set_as_it_is_and_removed(account: Account) -> None:
    example = json.loads((EXAMPLES / "put_activity_response.json").read_text(encoding="utf-8"))
    account.set(example)
    assert json.dumps(account.get(42)) == json.dumps(example)
    account.remove(42)
    assert 42 not in account.ids()
    with pytest.raises(KeyError):
        account.get(42)


def test_a_file_carries_the_account_over_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "account.json"
    first = made_up_account()
    first.persist_to(file)
    first.update(12, {"end_datetime": "2026-05-12T16:00:00Z", "title": "Zoë \u2028 👩🏽‍💻"})
    second = made_up_account()
    second.persist_to(file)
    assert second.activities() == first.activities()
    second.update(12, {"start_datetime": "2026-05-12T15:00:00Z"})
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    "damaged",
    [
        b"{",
        b"[]",
        b'{"activities": [{}]}',
        b"\xff",
        b'{"activities": [{"id": 1, "title": "\\ud800"}]}',
    ],
)
def test_a_damaged_file_is_put_aside(tmp_path: Path, damaged: bytes) -> None:
    file = tmp_path / "account.json"
    file.write_bytes(damaged)
    account = made_up_account()
    account.persist_to(file)
    assert account.activities() == made_up_account().activities()
    assert account.kept_aside
    assert account.kept_aside.read_bytes() == damaged
    assert len(json.loads(file.read_text(encoding="utf-8"))["activities"]) == 200
