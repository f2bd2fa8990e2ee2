"""A JSON `false` may be refused while "0" is taken (ATZ_API.md, "Risks learned")."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import Outcome
from atz_desktop.domain.values import LocalFile
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.saving import SaveRequest, SaveResult, save_edit
from atz_desktop.session.services import BooleanFormat, Services
from tests.session.conftest import Person


def _puts(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in sandbox.requests if each.method == "PUT"]


@pytest.fixture
def learned() -> list[bool]:
    return []


@pytest.fixture
def account(services: Services, learned: list[bool]) -> Services:
    form = BooleanFormat(remember=lambda: learned.append(form.numeric))
    return replace(services, boolean_format=form)


@pytest.fixture
def ticked(sandbox: Sandbox, loaded: Edit) -> Edit:
    sandbox.account.edit_as_colleague(42, mark_as_done=True, do_not_send_calendar_invite=True)
    return Edit(type(loaded.base).from_response(sandbox.account.get(42)))


async def _save(edit: Edit, services: Services, person: Person) -> SaveResult:
    return await save_edit(SaveRequest(edit), services, person)


@pytest.mark.parametrize(
    ("name", "key"), [("done", "mark_as_done"), ("no_invite", "do_not_send_calendar_invite")]
)
async def test_a_refused_false_is_sent_once_more_as_a_digit_and_so_from_then_on(
    name: str,
    key: str,
    sandbox: Sandbox,
    account: Services,
    learned: list[bool],
    person: Person,
    ticked: Edit,
) -> None:
    sandbox.faults.on(Fault("false_refused", "PUT"))
    saved = await _save(ticked.with_value(name, False).with_value("title", "New"), account, person)
    assert saved.outcome is Outcome.VERIFIED
    assert _puts(sandbox) == [{"title": "New", key: False}, {"title": "New", key: "0"}]
    assert learned == [True]
    rows = await account.journal.entries()
    assert [row.outcome for row in rows] == ["VERIFIED", "REFUSED"]
    assert json.loads(rows[0].request) == {"title": "New", key: "0"}
    again = Edit(type(ticked.base).from_response(sandbox.account.get(42))).with_value(name, True)
    assert (await _save(again, account, person)).outcome is Outcome.VERIFIED
    assert _puts(sandbox)[2:] == [{key: "1"}]
    assert learned == [True]


async def test_a_flag_that_is_refused_in_both_forms_stays_typed_with_the_words_at_its_field(
    sandbox: Sandbox, account: Services, learned: list[bool], person: Person, ticked: Edit
) -> None:
    body = b'{"errors": {"mark_as_done": ["Only an administrator can do that."]}}'
    sandbox.faults.on(Fault("422", "PUT", body=body))
    saved = await _save(ticked.with_value("done", False), account, person)
    assert saved.outcome is Outcome.REFUSED
    assert saved.unconfirmed == {"done"}
    assert saved.field_errors == {"done": "Only an administrator can do that."}
    assert len(_puts(sandbox)) == 2
    assert (account.boolean_format.numeric, learned) == (False, [])


async def test_an_account_that_wants_no_digits_any_more_gets_json_again(
    sandbox: Sandbox, services: Services, learned: list[bool], person: Person, ticked: Edit
) -> None:
    form = BooleanFormat(numeric=True, remember=lambda: learned.append(form.numeric))
    body = b'{"message": "mark_as_done must be true or false"}'
    sandbox.faults.on(Fault("422", "PUT", times=1, body=body))
    saved = await _save(
        ticked.with_value("done", False), replace(services, boolean_format=form), person
    )
    assert saved.outcome is Outcome.VERIFIED
    assert _puts(sandbox) == [{"mark_as_done": "0"}, {"mark_as_done": False}]
    assert learned == [False]


@pytest.mark.parametrize("refused", ["title", "mark_as_done"])
async def test_a_refusal_of_something_else_is_not_tried_again(
    refused: str, sandbox: Sandbox, account: Services, person: Person, loaded: Edit
) -> None:
    sandbox.account.edit_as_colleague(42, mark_as_done=False)
    edit = Edit(type(loaded.base).from_response(sandbox.account.get(42)))
    edit = edit.with_value("title", "New").with_value("done", True)
    body = json.dumps({"errors": {refused: ["No."]}}).encode()
    sandbox.faults.on(Fault("422", "PUT", body=body))
    saved = await _save(edit, account, person)
    assert saved.outcome is Outcome.REFUSED
    assert len(_puts(sandbox)) == 1


async def test_a_field_that_is_ignored_although_it_was_taken_is_told_at_the_field(
    sandbox: Sandbox, account: Services, person: Person, ticked: Edit
) -> None:
    sandbox.faults.on(Fault("ignored", "PUT", fields=("mark_as_done",)))
    saved = await _save(
        ticked.with_value("done", False).with_value("title", "New"), account, person
    )
    assert saved.outcome is Outcome.DIFFERENT
    assert saved.verification is not None
    assert {v.field.name: v.is_ok for v in saved.verification.verdicts} == {
        "title": True,
        "done": False,
    }


async def test_digits_go_with_a_file_too(
    sandbox: Sandbox, account: Services, person: Person, ticked: Edit, tmp_path: Any
) -> None:
    file = tmp_path / "cv.pdf"
    file.write_bytes(b"%PDF-1.7")
    account.boolean_format.numeric = True
    sandbox.faults.on(Fault("false_refused", "PUT"))
    edit = ticked.with_value("done", False).with_value("attachment", LocalFile(file, 8))
    saved = await _save(edit, account, person)
    assert saved.outcome is Outcome.VERIFIED
    puts = [each for each in sandbox.requests if each.method == "PUT"]
    [put] = puts
    assert b'name="mark_as_done"\r\n\r\n0\r\n' in put.body
