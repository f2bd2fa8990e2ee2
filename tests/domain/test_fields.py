from __future__ import annotations

from typing import Any

import pytest

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.values import Attachment, Option, Person, RecordRef, Span, Unparsed
from tests.domain.strategies import REQUEST


def test_the_table_writes_every_key_that_atz_documents_and_no_other() -> None:
    assert set(ACTIVITY.by_key) == set(REQUEST)
    assert sum(len(field.mapping.keys) for field in ACTIVITY.fields) == len(ACTIVITY.by_key)


def test_names_and_labels_are_told_apart() -> None:
    assert (
        len(ACTIVITY.by_name)
        == len({field.label for field in ACTIVITY.fields})
        == len(ACTIVITY.fields)
    )


def test_a_refusal_is_traced_from_its_key_to_its_field() -> None:
    assert ACTIVITY.by_key["end_datetime"] is ACTIVITY.by_name["when"]
    assert ACTIVITY.by_key["related_to_entity"] is ACTIVITY.by_name["record"]
    assert ACTIVITY.by_key["users_as_attendees"] is ACTIVITY.by_name["users"]


def test_time_place_link_and_attendees_may_make_atz_send_mail() -> None:
    """ATZ_API.md, "Calendar mail"."""
    assert {field.name for field in ACTIVITY.fields if field.triggers_mail} == {
        "when",
        "location",
        "link",
        "candidates",
        "contacts",
        "users",
    }


@pytest.mark.parametrize(
    ("name", "limit"),
    [("title", 100), ("location", 50), ("link", 100), ("record", 50), ("attachment", 350)],
)
def test_each_limit_is_that_of_the_documents(name: str, limit: int) -> None:
    """ATZ_API.md, PUT."""

    def value(length: int) -> Any:
        if name == "record":
            return RecordRef(1, "c" * length)
        text = "https://x.example/".ljust(length, "x")
        return Attachment(None, text) if name == "attachment" else text

    assert ACTIVITY.by_name[name].error(value(limit)) is None
    problem = ACTIVITY.by_name[name].error(value(limit + 1))
    assert problem == f"1 character too long: ATZ takes at most {limit}."


def test_a_description_has_no_limit() -> None:
    assert ACTIVITY.by_name["description"].error("x\n" * 100_000) is None


@pytest.mark.parametrize(
    ("name", "value", "base"),
    [
        ("title", "", "Call"),
        ("title", None, "Call"),
        ("type", None, Option(3)),
        ("importance", None, Option("high")),
        ("done", None, True),
        ("no_invite", None, True),
        ("when", Span(), Span()),
        ("record", RecordRef(), RecordRef(1, "a_1")),
        ("attachment", None, None),
    ],
)
def test_what_the_api_is_not_known_to_empty_cannot_be_emptied(
    name: str, value: Any, base: Any
) -> None:
    assert ACTIVITY.by_name[name].error(value, base) is not None


@pytest.mark.parametrize("name", ["link", "location", "description"])
def test_a_text_can_be_emptied(name: str) -> None:
    assert ACTIVITY.by_name[name].error("", "old") is None


@pytest.mark.parametrize("name", ["collaborators", "candidates", "contacts", "users"])
def test_a_list_can_be_emptied(name: str) -> None:
    assert ACTIVITY.by_name[name].error((), (Person("1"),)) is None


@pytest.mark.parametrize("field", ACTIVITY.fields, ids=lambda field: field.name)
def test_what_cannot_be_read_is_never_sent(field: Any) -> None:
    assert field.error(Unparsed("x"), None) is not None


@pytest.mark.parametrize("field", ACTIVITY.fields, ids=lambda field: field.name)
def test_what_atz_holds_in_an_unknown_form_locks_only_what_would_be_lost_with_it(
    field: Any,
) -> None:
    lists = {"collaborators", "candidates", "contacts", "users", "attachment"}
    assert (field.lock_reason(Unparsed("x")) is not None) is (field.name in lists)


def test_a_list_is_locked_when_somebody_in_it_could_not_be_sent_again() -> None:
    odd = (Person("1"), Person("-1", "System"))
    locked = ACTIVITY.by_name["users"].lock_reason(odd)
    assert locked is not None
    assert ACTIVITY.by_name["users"].error((*odd, Person("7")), odd) == locked
    assert ACTIVITY.by_name["candidates"].lock_reason((Person("a,b"),)) is not None
    assert ACTIVITY.by_name["candidates"].lock_reason((Person("x" * 80),)) is None
