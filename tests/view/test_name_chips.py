"""What stands below a name that is offered: what tells people of one name apart."""

from __future__ import annotations

from datetime import date

import pytest

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.local_records import Name
from atz_desktop.session.known_names import names_in
from atz_desktop.view.widgets.completer import name_chips

TODAY = date(2026, 11, 27)
ANA = Name("candidate", "candidate_1", "Ana Lima")


def seen(name: Name, title: str, day: str | None) -> Name:
    return name._replace(seen_title=title, seen_date=day)


@pytest.mark.parametrize(
    ("name", "below"),
    [
        (ANA._replace(email="ana@mail.example"), "ana@mail.example"),
        (seen(ANA, "Second interview", "2026-04-20"), "Second interview, 20 April"),
        (seen(ANA, "Second interview", "2024-04-20"), "Second interview, 20 April 2024"),
        (seen(ANA, "Second interview", None), "Second interview"),
        (seen(ANA, "Second interview", "2024-0#-20"), "Second interview"),  # damaged on the disk
        (ANA, "Candidate"),
        (Name("user", "7", None, "bo@mail.example"), "bo@mail.example"),
    ],
)
def test_below_a_name_stands_what_a_person_knows_and_the_slug_is_in_the_tip(
    name: Name, below: str
) -> None:
    [chip] = name_chips([name], today=TODAY)
    assert (chip.detail, chip.tip) == (below, name.key)


def test_people_of_one_name_are_told_apart_by_what_is_known_of_each() -> None:
    first = seen(ANA, "Kick-off", "2026-01-02")
    second = Name("candidate", "candidate_2", "Ana Lima", "ana@mail.example")
    shown = name_chips([first, second], today=TODAY)
    assert [chip.detail for chip in shown] == ["Kick-off, 2 January", "ana@mail.example"]


def test_the_slug_is_shown_where_nothing_else_tells_two_apart() -> None:
    twins = [ANA, ANA._replace(key="candidate_2")]
    shown = [chip.detail for chip in name_chips(twins, today=TODAY)]
    assert shown == ["candidate_1", "candidate_2"]


def test_the_kind_stands_there_where_several_kinds_are_offered() -> None:
    shown = name_chips([ANA, Name("job", "job_1", "Chef")], with_kind=True, today=TODAY)
    assert [chip.detail for chip in shown] == ["Candidate", "Job"]


def test_an_activity_teaches_where_its_people_were_seen() -> None:
    body = {
        "id": 1,
        "title": "Second interview",
        "activity_type": {"id": 5, "label": "Interview"},
        "start_date": "2026-04-20",
        "start_time": "09:30",
        "attendees": {"candidates": [{"slug": "candidate_1", "full_name": "Ana Lima"}]},
    }
    known = {name.kind: name for name in names_in(Activity.from_response(body))}
    assert known["candidate"] == seen(ANA, "Second interview", "2026-04-20")
    assert known["type"].seen_title is None
    bare = names_in(Activity.from_response({**body, "title": None}))
    assert {name.seen_date for name in bare} == {None}
