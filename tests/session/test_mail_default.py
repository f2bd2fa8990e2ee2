"""About an activity that is over ATZ is asked to mail nobody, unless the user says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.values import Span
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.form_model import FormModel
from atz_desktop.session.saving import SaveRequest, save_edit
from atz_desktop.session.services import Services
from tests.session.conftest import Person
from tests.view.editor_bench import wall
from tests.view.samples import read

LATER = datetime(2030, 1, 1, tzinfo=UTC)
"""The sample is of June 2024."""
NEXT_YEAR = Span(wall("2031-01-01 09:00"), wall("2031-01-01 10:00"))


@pytest.fixture
def model() -> FormModel:
    made = FormModel(utc_now=lambda: LATER)
    made.load(Edit(read()))
    return made


def pending(model: FormModel) -> set[str]:
    assert model.state is not None
    return set(model.state.edit.pending)


def asks_by_default(model: FormModel) -> bool:
    assert model.state is not None
    return model.state.mails_nobody_by_default


def test_a_change_that_mails_brings_it_along_and_no_other_does(model: FormModel) -> None:
    model.set_value("title", "Another")
    assert pending(model) == {"title"}
    model.set_value("location", "Room 9")
    assert pending(model) == {"title", "location", "no_invite"}
    assert asks_by_default(model)
    model.revert("location")
    assert pending(model) == {"title"}


def test_an_activity_to_come_mails_as_it_was_told(model: FormModel) -> None:
    model.utc_now = lambda: datetime(2020, 1, 1, tzinfo=UTC)
    model.set_value("location", "Room 9")
    assert pending(model) == {"location"}
    assert model.state is not None
    assert model.state.mail is not None
    assert not model.state.mail.is_off


def test_moved_into_the_future_it_mails_again(model: FormModel) -> None:
    model.set_value("location", "Room 9")
    model.set_value("when", NEXT_YEAR)
    assert pending(model) == {"location", "when"}


def test_the_user_can_have_it_mailed_all_the_same(model: FormModel) -> None:
    model.set_value("location", "Room 9")
    model.set_mail_off(False)
    assert pending(model) == {"location"}
    model.set_value("location", "Room 10")
    assert pending(model) == {"location"}, "what was said holds for the next key, too"
    model.revert_all()
    model.set_value("location", "Room 11")
    assert pending(model) == {"location", "no_invite"}, "it was said of the change before"


def test_a_wish_of_the_users_own_stays_when_the_change_is_put_back(model: FormModel) -> None:
    model.set_value("no_invite", True)
    model.set_value("location", "Room 9")
    assert not asks_by_default(model)
    model.revert("location")
    assert pending(model) == {"no_invite"}


def test_undo_takes_the_change_and_what_came_with_it_in_one_step(model: FormModel) -> None:
    model.set_value("location", "Room 9")
    model.undo()
    assert pending(model) == set()
    model.redo()
    assert pending(model) == {"location", "no_invite"}


def test_what_a_draft_brings_back_goes_with_the_change_as_before(model: FormModel) -> None:
    model.set_value("location", "Room 9")
    assert model.state is not None
    model.load(model.state.edit)
    assert pending(model) == {"location", "no_invite"}
    model.revert("location")
    assert pending(model) == set()


def test_reading_the_activity_again_does_not_make_it_a_wish(model: FormModel) -> None:
    model.set_value("location", "Room 9")
    assert model.state is not None
    model.rebase(model.state.edit.rebased(read({"title": "Theirs"})))
    model.revert("location")
    assert pending(model) == set()


def test_undoing_a_quiet_save_is_quiet_too(model: FormModel) -> None:
    model.set_value("location", "Room 9")
    body = {"location": "Room 9", "do_not_send_calendar_invite": True}
    model.rebase(Edit(read(body)), ("location", "no_invite"))
    assert pending(model) == set()
    model.undo_save()
    assert pending(model) == {"location"}
    assert model.state is not None
    assert model.state.edit.value("no_invite") is True


def test_undoing_a_later_save_takes_back_nothing_but_that_save(model: FormModel) -> None:
    quiet = {"do_not_send_calendar_invite": True}
    model.set_value("location", "Room 9")
    model.rebase(Edit(read({"location": "Room 9", **quiet})), ("location", "no_invite"))
    model.undo()
    model.set_value("title", "Another")
    assert pending(model) == {"location", "title"}
    model.rebase(Edit(read({"title": "Another", **quiet})), ("location", "title"))
    model.undo()
    assert pending(model) == {"title"}


async def test_it_is_not_sent_alone_when_a_colleague_made_the_change_meanwhile(
    sandbox: Sandbox, services: Services, loaded: Edit
) -> None:
    model = FormModel(utc_now=lambda: LATER)
    model.load(loaded)
    model.set_value("location", "Room 9")
    sandbox.account.edit_as_colleague(42, location="Room 9")
    assert model.state is not None
    request = SaveRequest(model.state.edit, mails_nobody_by_default=asks_by_default(model))
    await save_edit(request, services, Person())
    assert not [each for each in sandbox.requests if each.method == "PUT"]
    assert Activity.from_response(sandbox.account.get(42)).value("no_invite") is False
