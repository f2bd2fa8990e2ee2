"""Names in place of slugs, with keys alone, in a real window against the sandbox over sockets."""

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QEnterEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from atz_desktop.api.requests import TYPES_PATH
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.text import format_day
from atz_desktop.domain.values import Person, RecordRef
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.sandbox.validation import ServerOptions
from atz_desktop.session.account_session import AccountSession
from atz_desktop.view.widgets.chip import Chip, ChipButton
from atz_desktop.view.widgets.chip_paint import Mark
from atz_desktop.view.widgets.labels import Callout
from atz_desktop.view.widgets.suggestion_list import SuggestionList
from atz_desktop.view.windows.history_table import local_time
from atz_desktop.view.windows.search_window import SearchWindow
from tests.waiting import until
from tests.walks.conftest import Walk, running_program

EMILY = "Emily Clarke"
"""A candidate and a contact have this name."""


async def teach(walk: Walk, *names: Name) -> None:
    """What earlier activities would have taught."""
    services = walk.program.front.session.services
    await services.names.learn(services.account, names)


def shelf(walk: Walk, kind: str, name: str) -> dict[str, Any]:
    """Somebody of the made-up account."""
    key = {"job": "position_name", "organization": "name", "deal": "name"}.get(kind, "full_name")
    shelf = walk.sandbox.account.book.records[kind]
    return next(record for record in shelf.values() if record[key] == name)


def as_name(kind: Any, record: dict[str, Any], name: str) -> Name:
    return Name(kind, str(record["slug"]), name, record.get("email"))


def suggestions(root: QWidget) -> list[Chip]:
    """The suggestions in sight."""
    lists = [shown for shown in root.findChildren(SuggestionList) if shown.isVisible()]
    return [chip for shown in lists for chip in shown.suggestions()]


def offered(walk: Walk, root: QWidget | None = None) -> list[tuple[str, str]]:
    """Names and what stands below them, of the suggestions in sight."""
    return [(chip.text, chip.detail) for chip in suggestions(root or walk.window)]


async def type_into(walk: Walk, field: str, text: str) -> QLineEdit:
    line = walk.find(QLineEdit, field)
    line.setFocus()
    walk.keys(text)
    return line


async def quiet() -> None:
    """Wait until nothing is looked up any more: pytest-qt turns Qt's loop once after a test, and
    what is still under way would then go on outside of asyncio's."""
    asked = ("suggest", "owners", "called", "verify")
    await until(lambda: not [t for t in asyncio.all_tasks() if t.get_name().startswith(asked)])


def puts(walk: Walk) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in walk.sandbox.requests if each.method == "PUT"]


def keys_of(walk: Walk, field: str) -> list[str]:
    return [person.key for person in walk.edit.value(field)]


async def test_a_name_is_typed_offered_chosen_and_its_slug_is_saved(walk: Walk) -> None:
    candidate, contact = (shelf(walk, kind, EMILY) for kind in ("candidate", "contact"))
    await teach(walk, as_name("candidate", candidate, EMILY), as_name("contact", contact, EMILY))
    await walk.load(42)
    before = keys_of(walk, "candidates")
    await type_into(walk, "Candidates", "cla em")
    await until(lambda: offered(walk), "somebody is offered")
    assert offered(walk) == [(EMILY, candidate["email"])]
    assert [chip.tip for chip in suggestions(walk.window)] == [candidate["slug"]]
    walk.keys(key=Qt.Key.Key_Return)
    assert walk.edit.value("candidates")[-1] == Person(candidate["slug"], EMILY, candidate["email"])
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    sent = ",".join([*before, candidate["slug"]])
    assert puts(walk) == [{"candidates_as_attendees": sent}]
    assert walk.notice == "Saved and checked"


async def test_contacts_offer_contacts_alone(walk: Walk) -> None:
    candidate, contact = (shelf(walk, kind, EMILY) for kind in ("candidate", "contact"))
    await teach(walk, as_name("candidate", candidate, EMILY), as_name("contact", contact, EMILY))
    await walk.load(42)
    await type_into(walk, "Contacts", "emily")
    await until(lambda: offered(walk), "somebody is offered")
    assert [chip.tip for chip in suggestions(walk.window)] == [contact["slug"]]


async def test_who_has_no_address_is_told_by_the_activity_they_were_seen_in(walk: Walk) -> None:
    await walk.load(42)
    there = {person.key: person for person in walk.edit.value("candidates")}
    await walk.load(7)
    for person in walk.edit.value("candidates"):
        there.pop(person.key, None)
    [person, *_others] = there.values()
    await type_into(walk, "Candidates", person.name)
    await until(lambda: offered(walk), "somebody is offered")
    today = datetime.now().astimezone().date()
    seen = format_day(date(2026, 4, 23), today)
    assert offered(walk) == [(person.name, f"Second interview with Amara Nwosu, {seen}")]


async def test_the_same_person_is_not_offered_or_added_twice(walk: Walk) -> None:
    await walk.load(42)
    before = walk.edit.value("candidates")
    await type_into(walk, "Candidates", before[0].name or "")
    await until(
        lambda: not walk.jobs.running("suggest candidates"),
        "it was looked up",
    )
    assert not offered(walk)
    line = walk.find(QLineEdit, "Candidates")
    line.selectAll()
    walk.keys(f"{before[0].key},")
    assert walk.edit.value("candidates") == before


async def test_only_the_last_letters_are_answered(walk: Walk) -> None:
    await teach(walk, Name("candidate", "c_1", "Bo Ek"), Name("candidate", "c_2", "Bea Ek"))
    await walk.load(42)
    line = await type_into(walk, "Candidates", "bo")
    walk.keys(key=Qt.Key.Key_Backspace)
    walk.keys("e")
    await until(lambda: offered(walk), "somebody is offered")
    assert (line.text(), [name for name, _tip in offered(walk)]) == ("be", ["Bea Ek"])


async def test_the_list_is_worked_by_keys_as_in_a_mail_program(walk: Walk) -> None:
    await teach(
        walk, Name("user", "91", "Kim Aho"), Name("user", "92", "Kim Berg"), Name("user", "7", "K")
    )
    await walk.load(42)
    line = await type_into(walk, "Users", "kim")
    await until(lambda: len(offered(walk)) == 2, "both are offered")
    walk.keys(key=Qt.Key.Key_Escape)
    assert (offered(walk), line.text()) == ([], "kim")
    walk.keys(key=Qt.Key.Key_Down)
    await until(lambda: offered(walk), "Down opens it again")
    second = offered(walk)[1][0]
    walk.keys(key=Qt.Key.Key_Down)
    walk.keys(key=Qt.Key.Key_Tab)
    assert walk.edit.value("users")[-1].name == second
    assert QApplication.focusWidget() is line


async def test_an_unknown_slug_is_looked_up_and_unverified_until_then(walk: Walk) -> None:
    zoe = shelf(walk, "candidate", "Zoë van der Meer")
    await walk.load(42)
    await type_into(walk, "Candidates", f"{zoe['slug']},candidate_nobody,")
    lookups = walk.program.front.session.lookups
    assert not lookups.knows("candidate", zoe["slug"])
    await until(lambda: lookups.knows("candidate", zoe["slug"]), "it was looked up")
    assert walk.window.page is not None
    chips = walk.window.page.form.row("candidates").editor.findChildren(ChipButton)
    heard = {chip.accessibleName().split(", ")[0]: chip.accessibleName() for chip in chips}
    assert "not verified" not in heard["Zoë van der Meer"]
    assert "not verified" in heard["candidate_nobody"]
    await quiet()
    asked = [each.path for each in walk.sandbox.requests if each.path.startswith("/v1/candidate/")]
    assert sorted(asked) == [f"/v1/candidate/{key}" for key in (zoe["slug"], "candidate_nobody")]


async def test_a_long_id_beside_a_name_is_taken_if_the_directory_has_it_and_else_not_sent(
    walk: Walk,
) -> None:
    await teach(walk, Name("user", "7654321", "Zed"), Name("user", "12", "Yan Oe"))
    await walk.load(42)
    users = walk.find(QLineEdit, "Users")
    users.setFocus()
    users.insert("Yan Oe, 7654321, 5551234")
    walk.keys(key=Qt.Key.Key_Return)
    await until(lambda: keys_of(walk, "users")[2:] == ["12", "7654321"], "they are known")
    await quiet()
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    assert puts(walk) == []
    assert users.text() == "5551234"


async def test_the_related_record_is_found_by_name_within_its_kind(walk: Walk) -> None:
    candidate, contact = (shelf(walk, kind, EMILY) for kind in ("candidate", "contact"))
    await teach(walk, as_name("candidate", candidate, EMILY), as_name("contact", contact, EMILY))
    await walk.load(42)
    line = walk.find(QLineEdit, "Related record")
    line.setFocus()
    walk.keys("emily")
    await until(lambda: offered(walk), "a record is offered")
    assert [name for name, _below in offered(walk)] == [EMILY]
    assert suggestions(walk.window)[0].tip == candidate["slug"]
    walk.keys(key=Qt.Key.Key_Return)
    assert walk.edit.value("record") == RecordRef(1, candidate["slug"], EMILY)
    assert (line.text(), chips_of(walk, "record")) == ("", [EMILY])
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    assert puts(walk) == [{"related_to": candidate["slug"]}]


@pytest.mark.parametrize(
    ("field", "kind", "keys"),
    [
        ("Candidates", "candidate", ["candidate_1a", "candidate_2b"]),
        ("Collaborators", "user", ["901", "902"]),
        ("Users", "user", ["901", "902"]),
    ],
)
async def test_pasted_names_that_one_person_has_each_become_people(
    walk: Walk, field: str, kind: Any, keys: list[str]
) -> None:
    twins = [Name(kind, f"9{key}", "Sam Lee") for key in keys]
    other = Name("contact", "contact_1", "Jo 8")
    await teach(walk, Name(kind, keys[0], "Jo 2"), Name(kind, keys[1], "Jö 8"), *twins, other)
    await walk.load(42)
    before = keys_of(walk, field.lower())
    line = walk.find(QLineEdit, field)
    line.setFocus()
    QApplication.clipboard().setText("Jo 2\nJO  8\nSam Lee\nNo Body")
    walk.keys(key=Qt.Key.Key_V, ctrl=True)
    await until(lambda: line.text() == "No Body", "the others are known")
    assert keys_of(walk, field.lower()) == [*before, *keys]
    assert "Nobody called “No Body” is known here" in line.accessibleDescription()
    assert ambiguous(walk, field) == ["Sam Lee"]
    await quiet()


def chips_of(walk: Walk, field: str) -> list[str]:
    """What stands on the chips of a field."""
    assert walk.window.page is not None
    buttons = walk.window.page.form.row(field).editor.findChildren(ChipButton)
    return [button.chip.text for button in buttons if button.isVisible()]


def ambiguous(walk: Walk, field: str) -> list[str]:
    """The chips of which one is to be chosen."""
    assert walk.window.page is not None
    row = walk.window.page.form.row(field.lower())
    chips = [button.chip for button in row.editor.findChildren(ChipButton) if button.isVisible()]
    return [chip.text for chip in chips if chip.mark is Mark.AMBIGUOUS]


async def test_of_several_people_of_a_name_one_is_chosen_with_the_keys(walk: Walk) -> None:
    await teach(
        walk,
        Name("candidate", "candidate_1a", "Sam Lee", "sam@mail.example"),
        Name("candidate", "candidate_2b", "Sam Lee", None, "Kick-off", "2020-05-04"),
    )
    await walk.load(42)
    before = keys_of(walk, "candidates")
    await type_into(walk, "Candidates", "Sam Lee")
    await until(lambda: offered(walk), "both are offered")
    walk.keys(key=Qt.Key.Key_Return)
    await until(lambda: ambiguous(walk, "Candidates"), "both are known")
    assert keys_of(walk, "candidates") == before
    assert sorted(offered(walk)) == [
        ("Sam Lee", "Kick-off, 4 May 2020"),
        ("Sam Lee", "sam@mail.example"),
    ]
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    assert puts(walk) == [], "nobody was chosen yet"
    walk.keys(key=Qt.Key.Key_Down)
    if suggestions(walk.window)[0].key != "candidate_2b":
        walk.keys(key=Qt.Key.Key_Down)
    walk.keys(key=Qt.Key.Key_Return)
    assert keys_of(walk, "candidates") == [*before, "candidate_2b"]
    assert ambiguous(walk, "Candidates") == []
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    assert puts(walk) == [{"candidates_as_attendees": ",".join([*before, "candidate_2b"])}]


async def test_a_late_answer_never_touches_what_was_typed_meanwhile(walk: Walk) -> None:
    await teach(walk, Name("candidate", "candidate_1a", "Jo 2"))
    await walk.load(42)
    before = keys_of(walk, "candidates")
    line = await type_into(walk, "Candidates", "Jo 2,")
    assert line.text() == "Jo 2, ", "what is typed now is another name"
    assert "Looking up who is called “Jo 2”" in line.accessibleDescription()
    walk.keys("Bo")
    await quiet()
    assert (line.text(), keys_of(walk, "candidates")) == ("Jo 2, Bo", before)
    assert "called" not in line.accessibleDescription(), "it is still being typed"


async def test_the_whole_name_of_one_record_is_that_record_when_the_line_is_left(
    walk: Walk,
) -> None:
    await teach(walk, Name("candidate", "candidate_1a", "Jo 2"), Name("job", "job_1", "Jo 2"))
    await teach(walk, *(Name("candidate", f"candidate_{n}", "Sam Lee") for n in (8, 9)))
    await walk.load(42)
    line = walk.find(QLineEdit, "Related record")

    def type_and_leave(name: str) -> None:
        line.setFocus()
        walk.keys(name)
        walk.find(QLineEdit, "Title").setFocus()

    type_and_leave("Sam Lee")
    said = "Several records called “Sam Lee” are known: choose one."
    await until(lambda: walk.shows(QLabel, said), said)
    assert chips_of(walk, "record") == ["Amara Nwosu", "Sam Lee"]
    type_and_leave("jo  2")
    await until(lambda: chips_of(walk, "record") == ["Jo 2"], "it is known by its name")
    assert walk.edit.value("record") == RecordRef(1, "candidate_1a", "Jo 2")
    await quiet()


async def test_a_name_that_nobody_is_known_by_is_never_sent_as_a_slug(walk: Walk) -> None:
    await walk.load(42)
    line = walk.find(QLineEdit, "Related record")
    line.setFocus()
    walk.keys("Mueller")
    walk.keys(key=Qt.Key.Key_Return)
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    said = "No candidate called “Mueller” is known here: fetch names, or paste its slug or address."
    await until(lambda: walk.shows(QLabel, said), said)
    await walk.saved()
    for _again in range(2):
        walk.keys(key=Qt.Key.Key_Down)
        await quiet()
        walk.keys(key=Qt.Key.Key_Return)
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await quiet()
    await walk.saved()
    assert (line.text(), chips_of(walk, "record")) == ("Mueller", ["Amara Nwosu"])
    assert puts(walk) == []


async def test_a_record_that_nobody_knows_is_fetched_from_where_it_is_typed(walk: Walk) -> None:
    walk.sandbox.pace.limit = None
    tariq = shelf(walk, "candidate", "Tariq Hussain")
    await walk.load(42)
    await type_into(walk, "Related record", "Tariq Hussain")
    walk.keys(key=Qt.Key.Key_Return)
    await until(lambda: walk.shows(QToolButton, "Fetch names for Related to"), "it is offered")
    walk.click("Fetch names for Related to", QToolButton)
    await until(lambda: chips_of(walk, "record") == ["Tariq Hussain"], "he is known")
    assert walk.edit.value("record").slug == tariq["slug"]
    await says(walk.find(QLabel, "Fetching names"), "names are fetched")
    await quiet()


async def test_a_name_chooses_the_kind_of_record_as_long_as_there_is_none(walk: Walk) -> None:
    contact = shelf(walk, "contact", EMILY)
    await teach(walk, as_name("contact", contact, EMILY))
    empty = next(n for n in walk.sandbox.account.ids() if not walk.sandbox.account.get(n)["title"])
    await walk.load(empty)
    assert walk.edit.value("record").entity is None
    line = walk.find(QLineEdit, "Related record")
    line.setFocus()
    walk.keys("emily")
    await until(lambda: offered(walk), "a record is offered")
    walk.keys(key=Qt.Key.Key_Return)
    assert walk.edit.value("record") == RecordRef(4, contact["slug"], EMILY)
    assert walk.find(QComboBox, "Related to").currentText() == "Contact"


async def test_a_pasted_list_from_mail_is_understood_as_far_as_it_is_sure(walk: Walk) -> None:
    await teach(
        walk,
        Name("candidate", "candidate_1a", "Ana Lima", "ana@mail.example"),
        Name("candidate", "candidate_2b", "John Doe", "john@mail.example"),
        Name("candidate", "candidate_3c", "Twin One", "twins@mail.example"),
        Name("candidate", "candidate_4d", "Twin Two", "twins@mail.example"),
        Name("contact", "contact_5e", "Cem", "cem@mail.example"),
    )
    await walk.load(42)
    before = keys_of(walk, "candidates")
    line = walk.find(QLineEdit, "Candidates")
    line.setFocus()
    QApplication.clipboard().setText(
        "Ana Lima <ANA@mail.example>; Doe, John <john@mail.example>\n"
        "candidate_6f\ttwins@mail.example; Cem <cem@mail.example>, Bob"
    )
    walk.keys(key=Qt.Key.Key_V, ctrl=True)
    await until(lambda: "candidate_2b" in keys_of(walk, "candidates"), "it was understood")
    added = ["candidate_6f", "candidate_1a", "candidate_2b"]
    assert keys_of(walk, "candidates") == [*before, *added]
    assert line.text() == "Cem <cem@mail.example>, Bob"
    assert ambiguous(walk, "Candidates") == ["twins@mail.example"]
    await quiet()


async def panel(walk: Walk) -> SearchWindow:
    """The Find window, with an answer in it."""
    await until(lambda: walk.window.findChildren(SearchWindow), "the Find window is there")
    (found,) = walk.window.findChildren(SearchWindow)

    def is_asking() -> bool:
        return any(task.get_name() == "find" for task in asyncio.all_tasks())

    await until(lambda: found.isVisible() and not is_asking(), "it answered")
    return found


def listed(found: SearchWindow) -> list[list[str]]:
    """The cells of the list in sight."""
    model = found.tables[found.tabs.currentIndex()].model()
    rows, columns = range(model.rowCount()), range(model.columnCount())
    return [[str(model.index(row, column).data()) for column in columns] for row in rows]


def searches(walk: Walk) -> list[dict[str, str]]:
    return [each.query for each in walk.sandbox.requests if each.path == "/v1/activity"]


async def test_words_in_place_of_a_number_find_the_activity_and_enter_loads_it(walk: Walk) -> None:
    walk.keys(key=Qt.Key.Key_L, ctrl=True)
    walk.keys("second interview with amara", Qt.Key.Key_Return)
    found = await panel(walk)
    assert listed(found) == [
        [
            "Second interview with Amara Nwosu",
            "Interview",
            "23 Apr 2026, 09:30 – 10:30",
            "Amara Nwosu (candidate)",
            local_time(datetime.fromisoformat("2026-04-20T15:03:11Z")).partition(" ")[2],
            "42",
        ]
    ]
    walk.keys(key=Qt.Key.Key_Return)
    session = walk.program.front.session
    await until(lambda: session.activity and session.activity.id == 42, "it is loaded")
    assert not found.isVisible()


async def test_ctrl_f_searches_as_one_types_and_pages_come_as_one_scrolls(walk: Walk) -> None:
    walk.keys(key=Qt.Key.Key_F, ctrl=True)
    found = await panel(walk)
    assert len(listed(found)) == 25
    assert found.said.text() == "25 of 200"
    walk.keys(key=Qt.Key.Key_PageDown)
    for _step in range(40):
        walk.keys(key=Qt.Key.Key_Down)
    await until(lambda: len(listed(found)) >= 50, "the next page came")
    assert len({row[-1] for row in listed(found)}) == len(listed(found))
    before = len(searches(walk))
    walk.keys("reference check: ")
    await until(lambda: "search" in searches(walk)[-1], "it was looked for")
    await panel(walk)
    assert len(searches(walk)) == before + 1, "not every letter is a request"
    assert {row[1] for row in listed(found)} == {"Reference check"}
    second = listed(found)[1][-1]
    walk.keys(key=Qt.Key.Key_Down)
    walk.keys(key=Qt.Key.Key_Return)
    session = walk.program.front.session
    await until(lambda: session.activity and str(session.activity.id) == second, "it is loaded")


async def test_ctrl_f_twice_before_the_window_is_there_makes_one(walk: Walk) -> None:
    for _press in range(2):
        walk.keys(key=Qt.Key.Key_F, ctrl=True)
    found = await panel(walk)
    await until(lambda: listed(found), "it lists activities")
    assert walk.window.findChildren(SearchWindow) == [found]


async def test_the_search_is_narrowed_by_type_importance_record_and_order(walk: Walk) -> None:
    await teach(walk, as_name("job", shelf(walk, "job", "Kitchen Chef"), "Kitchen Chef"))
    walk.keys(key=Qt.Key.Key_F, ctrl=True)
    found = await panel(walk)
    found.filters.importance.setFocus()
    walk.keys("crit")
    await panel(walk)
    found.filters.type.setFocus()
    walk.keys("Task")
    await panel(walk)
    found.filters.order.setFocus()
    walk.keys("Oldest")
    await panel(walk)
    asked = searches(walk)[-1]
    assert (asked["importance"], asked["activity_type_id"]) == ("critical", "3")
    assert (asked["sort_by"], asked["sort_order"]) == ("created_at", "asc")
    found.filters.entity.setFocus()
    walk.keys("Job")
    await panel(walk)
    found.filters.record.setFocus()
    walk.keys("chef")
    await until(lambda: offered(walk, found), "the job is offered")
    walk.keys(key=Qt.Key.Key_Return)
    await panel(walk)
    asked = searches(walk)[-1]
    slug = shelf(walk, "job", "Kitchen Chef")["slug"]
    assert (asked["related_to_entity"], asked["related_to"]) == ("2", slug)


async def test_recent_lists_what_was_loaded_and_changed_here(walk: Walk) -> None:
    await walk.load(7)
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys(key=Qt.Key.Key_Home)
    walk.keys("A ")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    await until(lambda: not walk.jobs.running("recent"), "it is noted")
    walk.keys(key=Qt.Key.Key_F, ctrl=True)
    found = await panel(walk)
    found.tabs.tabBar().setFocus()
    walk.keys(key=Qt.Key.Key_Right)
    await until(lambda: len(listed(found)) == 2, "both are listed")
    changed, loaded = sorted(listed(found), key=lambda row: row[-1])
    assert (changed[0][:8], changed[-1]) == ("A Second", "42")
    assert all(changed[2:4])
    assert (loaded[-1], bool(loaded[2]), loaded[3]) == ("7", True, "")
    found.tables[1].setFocus()
    row = [each[-1] for each in listed(found)].index("7")
    walk.keys(key=Qt.Key.Key_Down if row else Qt.Key.Key_Up)
    walk.keys(key=Qt.Key.Key_Return)
    session = walk.program.front.session
    await until(lambda: session.activity and session.activity.id == 7, "it is loaded")


async def test_other_activities_of_the_same_record(walk: Walk) -> None:
    await walk.load(42)
    walk.keys(key=Qt.Key.Key_F, ctrl=True, shift=True)
    found = await panel(walk)
    assert {row[3] for row in listed(found)} == {"Amara Nwosu (candidate)"}
    asked = searches(walk)[-1]
    slug = walk.sandbox.account.get(42)["related_to"]
    assert (asked["related_to_entity"], asked["related_to"]) == ("1", slug)
    assert found.filters.record.text() == "Amara Nwosu"


async def test_a_list_that_does_not_come_says_why_and_the_window_stays_usable(walk: Walk) -> None:
    walk.sandbox.faults.on(Fault("403", path="/v1/activity", times=1))
    walk.keys(key=Qt.Key.Key_F, ctrl=True)
    found = await panel(walk)
    callout = found.findChild(Callout)
    assert callout is not None
    assert "did not list" in callout.text
    walk.keys("amara")
    walk.keys(key=Qt.Key.Key_Return)
    await until(lambda: listed(found), "now it answers")
    assert not callout.isVisible()


async def test_names_are_fetched_from_the_menu_with_progress_pause_and_an_end(walk: Walk) -> None:
    walk.sandbox.pace.limit = None
    await walk.load(42)
    line = fetch_names(walk)
    await says(line, "page 3 of 8")
    walk.click("Pause fetching names", QPushButton)
    assert line.text().startswith("Paused: activities, page")
    await until(lambda: not account(walk).jobs.running("fetch names"), "it holds")
    asked = len(walk.sandbox.requests)
    await walk.load(7)
    assert [each.path for each in walk.sandbox.requests[asked:]] == ["/v1/activity/7"]
    walk.click("Go on fetching names", QPushButton)
    await says(line, "names are fetched")
    await type_into(walk, "Candidates", "hussain")
    await until(lambda: offered(walk), "somebody of the lists is offered")
    assert offered(walk)[0][0] == "Tariq Hussain"
    walk.keys(key=Qt.Key.Key_Return)
    walk.click("Close this line", QPushButton)
    assert not line.isVisible()


async def test_nothing_is_fetched_any_more_for_an_account_that_was_left(walk: Walk) -> None:
    walk.sandbox.faults.on(Fault("slow", "GET", "/v1/activity", seconds=30))
    left = account(walk)
    walk.window.name_sync_requested.emit()
    await until(lambda: any(each.path == "/v1/activity" for each in walk.sandbox.requests))
    assert left.jobs.running("fetch names")
    await walk.program.front.accounts.disconnect()
    assert not left.jobs.running("fetch names")


async def test_a_name_that_nobody_knows_is_fetched_from_where_it_is_typed(walk: Walk) -> None:
    walk.sandbox.pace.limit = None
    tariq = shelf(walk, "candidate", "Tariq Hussain")
    await walk.load(42)
    before = keys_of(walk, "candidates")
    line = await type_into(walk, "Candidates", "Tariq Hussain")
    walk.keys(key=Qt.Key.Key_Return)
    said = "Nobody called “Tariq Hussain” is known here"
    await until(lambda: said in line.accessibleDescription(), said)
    fetch = walk.find(QToolButton, "Fetch names for Candidates")
    walk.click("Fetch names for Candidates", QToolButton)
    await until(lambda: keys_of(walk, "candidates") != before, "he is known")
    assert keys_of(walk, "candidates") == [*before, tariq["slug"]]
    assert line.text() == ""
    assert not fetch.isVisible()
    await says(walk.find(QLabel, "Fetching names"), "names are fetched")
    await quiet()


def fetch_names(walk: Walk) -> QLabel:
    """Choose "Fetch names" in the menu; the line that says how far it is."""
    next(a for a in walk.window.findChildren(QAction) if a.text() == "Fetch names").trigger()
    return walk.find(QLabel, "Fetching names")


def account(walk: Walk) -> AccountSession:
    session = walk.program.front.accounts.connection.session
    assert session is not None
    return session


async def says(line: QLabel, words: str) -> None:
    await until(lambda: words in line.text(), words)


async def test_fetching_goes_on_after_a_restart(tmp_path: Path, qapp: QApplication) -> None:
    async for walk in running_program(tmp_path, qapp):
        await says(fetch_names(walk), "page 4 of 8")
    async for walk in running_program(tmp_path, qapp):
        log = walk.sandbox.log
        await until(log.copy, "it goes on by itself")
        assert int(walk.sandbox.requests[0].query["page"]) >= 4
        await says(walk.find(QLabel, "Fetching names"), "names are fetched")


async def test_the_accounts_own_types_are_offered_where_atz_lists_them(
    tmp_path: Path, qapp: QApplication
) -> None:
    with Sandbox() as sandbox:
        sandbox.account.habits = ServerOptions(types_path=TYPES_PATH)
        options = ["--api-url", sandbox.url]
        async for walk in running_program(tmp_path, qapp, options, sandbox.token):
            await until(
                lambda: TYPES_PATH in [r.path for r in sandbox.requests], "they are asked for"
            )
            await account(walk).jobs.wait("types")
            await walk.load(42)
            combo = walk.find(QComboBox, "Type")
            shown = [combo.itemText(place) for place in range(combo.count())]
            assert "Reference check" in shown
        assert [r.path for r in sandbox.requests].count(TYPES_PATH) == 1
        async for walk in running_program(tmp_path, qapp, options, sandbox.token):
            await walk.load(42)
        assert [r.path for r in sandbox.requests].count(TYPES_PATH) == 1, "once a day"


async def test_the_related_record_shows_name_and_kind_and_opens_nothing(walk: Walk) -> None:
    evil = walk.sandbox.account.get(42) | {
        "related_to": "job_1x",
        "related_to_type": "job",
        "related_record": {"slug": "job_1x", "position_name": "<a href='file:///x'>Nurse</a>"},
    }
    walk.sandbox.account.set(evil)
    await walk.load(42)
    assert walk.find(QComboBox, "Related to").currentText() == "Job"
    name = "<a href='file:///x'>Nurse</a>"
    assert chips_of(walk, "record") == [name]
    chip = walk.find(ChipButton, f"{name}, job_1x, chip 1 of 1")
    place = QPointF(5, 5)
    # QTest.mouseMove runs Qt's events, and in them steps of other tasks, which are lost in here.
    QApplication.sendEvent(chip, QEnterEvent(place, place, QPointF(chip.mapToGlobal(place))))
    await until(chip.toolTip, "its tip is made")
    assert "<a" not in chip.toolTip()
    labels = [w for w in walk.window.findChildren(QLabel) if "Nurse" in w.text() and w.isVisible()]
    assert labels
    for label in labels:
        assert label.textFormat() == Qt.TextFormat.PlainText
        assert not label.openExternalLinks()
