"""What is known at once, and what the directory and ATZ answer after a moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from atz_desktop.api.requests import TYPES_PATH
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.parse_people import ParsedPeople
from atz_desktop.domain.values import Person, RecordRef
from atz_desktop.domain.vocabulary import NameKind
from atz_desktop.sandbox.faults import Fault, FaultName
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.known_names import NamesBroadcast
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.name_sync import fetch_types
from atz_desktop.session.services import Services

CARL = Name("candidate", "candidate_9", "Carl", "carl@mail.example")


class Desk:
    def __init__(self, services: Services) -> None:
        self.services = services
        self.jobs = Jobs()
        self.lookups = Lookups(services, self.jobs)
        self.names = NamesBroadcast()
        self.names.subscribe(self.lookups)
        self.told = 0
        self.lookups.names_learned.connect(self._tell)

    def _tell(self) -> None:
        self.told += 1

    async def verify(self, kind: NameKind, *keys: str) -> None:
        self.lookups.verify_keys(kind, keys)
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until nothing is looked up any more."""
        this = asyncio.current_task()
        while others := {task for task in asyncio.all_tasks() if task is not this}:
            await asyncio.wait(others)


@pytest_asyncio.fixture
async def desk(services: Services) -> AsyncIterator[Desk]:
    made = Desk(services)
    yield made
    await made.jobs.drain()


def slug(sandbox: Sandbox, kind: str, place: int = 0) -> str:
    return str(list(sandbox.account.book.records[kind])[place])


def paths(sandbox: Sandbox) -> list[str]:
    return [each.path for each in sandbox.requests]


@pytest.mark.parametrize("kind", ["job", "deal", "candidate", "contact", "organization"])
async def test_a_slug_that_nobody_has_seen_is_looked_up_in_atz_and_kept(
    desk: Desk, sandbox: Sandbox, kind: NameKind
) -> None:
    key = slug(sandbox, kind)
    await desk.verify(kind, key)
    assert paths(sandbox) == [f"/v1/{kind}/{key}"]
    assert desk.lookups.knows(kind, key)
    assert desk.told
    assert key in await desk.services.names.by_keys("test", kind, [key])
    await desk.verify(kind, key)
    assert len(sandbox.requests) == 1


async def test_what_the_directory_knows_is_not_asked_of_atz(desk: Desk, sandbox: Sandbox) -> None:
    await desk.services.names.learn("test", [CARL])
    await desk.verify("candidate", CARL.key)
    assert desk.lookups.person("candidates", CARL.key) == Person(*CARL[1:4])
    assert not sandbox.requests


async def test_many_names_of_the_directory_are_told_of_together(desk: Desk) -> None:
    many = [
        Name("candidate", f"candidate_{number}", f"Person {number}", None) for number in range(99)
    ]
    await desk.services.names.learn("test", many)
    await desk.verify("candidate", *(name.key for name in many))
    assert all(desk.lookups.knows("candidate", name.key) for name in many)
    assert desk.told <= 2  # each makes every row of the form ask for its names again


async def test_a_job_that_atz_does_not_have_is_said_to_be_missing(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.verify("job", "job_none")
    assert desk.lookups.is_missing("job", "job_none")
    assert not desk.lookups.knows("job", "job_none")
    await desk.verify("job", "job_none")
    assert len(sandbox.requests) == 1


async def test_a_path_that_may_not_exist_is_given_up_on_after_a_few_refusals(
    desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.account.habits = replace(sandbox.account.habits, undocumented_paths=False)
    for number in range(6):
        await desk.verify("contact", f"contact_{number}")
    assert len(sandbox.requests) == 3
    assert not desk.lookups.is_missing("contact", "contact_0")


async def test_users_are_never_asked_for(desk: Desk, sandbox: Sandbox) -> None:
    await desk.verify("user", "1", "2")
    assert not sandbox.requests
    assert not desk.lookups.knows("user", "1")


@pytest.mark.parametrize("fault", ["500", "401"])
async def test_a_slug_of_which_nothing_was_said_is_asked_for_again(
    desk: Desk, sandbox: Sandbox, fault: FaultName
) -> None:
    key = slug(sandbox, "job")
    away = Fault(fault, path="/v1/job")
    sandbox.faults.on(away)
    await desk.verify("job", key)
    sandbox.faults.off(away)
    await desk.verify("job", key)
    assert desk.lookups.knows("job", key)


async def test_a_refused_token_says_nothing_of_a_path(desk: Desk, sandbox: Sandbox) -> None:
    expired = Fault("401", path="/v1/contact")
    sandbox.faults.on(expired)
    for number in range(4):
        await desk.verify("contact", f"contact_{number}")
    sandbox.faults.off(expired)
    key = slug(sandbox, "contact")
    await desk.verify("contact", key)
    assert desk.lookups.knows("contact", key)


async def test_the_list_of_types_is_asked_for_again_after_a_refused_token(
    desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.account.habits = replace(sandbox.account.habits, types_path=TYPES_PATH)
    expired = Fault("401", path=TYPES_PATH)
    sandbox.faults.on(expired)
    await fetch_types(desk.services, desk.names, NOON)
    sandbox.faults.off(expired)
    await fetch_types(desk.services, desk.names, NOON)
    assert types(desk.lookups) == {2, 3, 4, 5, 17, 23}


async def test_another_record_than_the_one_asked_for_proves_nothing(
    desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.faults.on(Fault("answer", path="/v1/job", body=b'{"slug": "job_b", "name": "B"}'))
    await desk.verify("job", "job_a")
    assert not desk.lookups.knows("job", "job_a")


async def test_a_newer_question_replaces_the_one_under_way(desk: Desk) -> None:
    await desk.services.names.learn("test", [CARL])
    answered: list[str] = []
    for text in ("c", "ca", "car"):
        desk.lookups.suggest("candidates", ("candidate",), text, lambda t, n: answered.append(t))
    await desk.quiet()
    assert answered == ["car"]


async def test_kinds_are_never_mixed(desk: Desk) -> None:
    contact = CARL._replace(kind="contact", key="contact_1")
    await desk.services.names.learn("test", [CARL, contact])
    answers: list[tuple[Name, ...]] = []
    desk.lookups.suggest("candidates", ("candidate",), "carl", lambda _t, n: answers.append(n))
    desk.lookups.suggest("contacts", ("contact",), "carl", lambda _t, n: answers.append(n))
    await desk.quiet()
    assert sorted(answers) == [(CARL,), (contact,)]
    assert desk.lookups.person("contacts", CARL.key) == Person(CARL.key)


async def test_who_has_an_address_or_name_is_asked_and_forgotten_when_more_is_learned(
    desk: Desk,
) -> None:
    await desk.services.names.learn("test", [CARL])
    assert desk.lookups.people_with_email("candidates", "CARL@mail.example") is None
    answered: list[bool] = []
    asked = ParsedPeople(
        (), pending_emails=("Carl@Mail.example", "x@mail.example"), pending_names=("carl", "x")
    )
    desk.lookups.resolve_people("candidates", asked, lambda: answered.append(True))
    await desk.quiet()
    assert answered == [True]
    assert desk.lookups.people_with_email("candidates", "CARL@mail.example") == (
        Person(*CARL[1:4]),
    )
    assert desk.lookups.people_with_email("candidates", "x@mail.example") == ()
    assert desk.lookups.people_with_email("contacts", "carl@mail.example") is None
    assert desk.lookups.people_named("candidates", "carl") == (Person(*CARL[1:4]),)
    assert desk.lookups.people_named("candidates", "x") == ()
    assert desk.lookups.people_named("contacts", "carl") is None
    await desk.lookups.learn_from_activity(Activity.from_response({"id": 1}))
    assert desk.lookups.people_with_email("candidates", "carl@mail.example") is None
    assert desk.lookups.people_named("candidates", "carl") is None


async def test_who_comes_without_a_name_is_called_as_the_directory_knows_them(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.services.names.learn("test", [CARL])
    nameless = {"related_to_type": "candidate", "related_record": {"slug": CARL.key}}
    await desk.lookups.learn_from_activity(Activity.from_response({"id": 1, **nameless}))
    await desk.quiet()
    assert desk.lookups.record_name(RecordRef(1, CARL.key)) == "Carl"
    assert desk.told == 1
    assert not sandbox.requests  # nobody edits it: ATZ is not asked


def test_a_name_is_not_lost_when_the_same_person_comes_without_one() -> None:
    lookups = Lookups()
    lookups.add_names([CARL, Name("candidate", CARL.key, None)])
    assert lookups.person("candidates", CARL.key) == Person(*CARL[1:4])
    assert lookups.record_name(RecordRef(1, CARL.key)) == "Carl"
    assert lookups.record_name(RecordRef(4, CARL.key)) is None


# The account's list of types

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def types(lookups: Lookups) -> set[object]:
    return {option.key for option in lookups.types()}


@pytest.mark.parametrize("form", ["page", "data", "bare"])
async def test_the_types_of_the_account_are_taken_in_every_form(
    desk: Desk, sandbox: Sandbox, form: str
) -> None:
    sandbox.account.habits = replace(
        sandbox.account.habits,
        types_path=TYPES_PATH,
        lists=form,  # type: ignore[arg-type]
    )
    await fetch_types(desk.services, desk.names, NOON)
    assert types(desk.lookups) == {2, 3, 4, 5, 17, 23}
    again = Lookups()
    await again.load_types(desk.services)
    assert types(again) == {2, 3, 4, 5, 17, 23}


@pytest.mark.parametrize("answers", [True, False])
async def test_the_list_of_types_is_asked_for_once_a_day(
    desk: Desk, sandbox: Sandbox, answers: bool
) -> None:
    path = TYPES_PATH if answers else None
    sandbox.account.habits = replace(sandbox.account.habits, types_path=path)
    for hours in (0, 1, 11):
        await fetch_types(desk.services, desk.names, NOON + timedelta(hours=hours))
    assert paths(sandbox) == [TYPES_PATH]
    await fetch_types(desk.services, desk.names, NOON + timedelta(hours=13))
    assert paths(sandbox) == [TYPES_PATH, TYPES_PATH]


@pytest.mark.parametrize("name", ["500", "html", "wrong_shape", "401"])
async def test_a_failure_is_silent_and_changes_nothing(
    desk: Desk, sandbox: Sandbox, name: str
) -> None:
    sandbox.faults.on(Fault(name, path=TYPES_PATH))  # type: ignore[arg-type]
    await fetch_types(desk.services, desk.names, NOON)
    assert types(desk.lookups) == {2, 3, 4, 5}


async def test_what_is_no_type_is_left_out(desk: Desk, sandbox: Sandbox) -> None:
    odd = b'[{"id": 7, "name": "Call"}, {"id": "8"}, {"id": true, "label": "x"}, {"id": -1}, 3]'
    sandbox.faults.on(Fault("answer", path=TYPES_PATH, body=odd))
    await fetch_types(desk.services, desk.names, NOON)
    assert types(desk.lookups) == {2, 3, 4, 5, 7}


async def test_a_type_whose_number_was_damaged_on_the_disk_is_left_out(desk: Desk) -> None:
    """Else the start of an account would end there."""
    names = [Name("type", "x", "Damaged"), Name("type", "77", "Visit")]
    await desk.services.names.learn("test", names)
    await desk.lookups.load_types(desk.services)
    assert types(desk.lookups) == {2, 3, 4, 5, 77}
