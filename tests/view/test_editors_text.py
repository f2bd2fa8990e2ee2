"""Text on one line or several, and web addresses."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from atz_desktop.view.editors.base import OpenLink
from atz_desktop.view.widgets.buttons import LinkButton
from atz_desktop.view.widgets.labels import ElidingLabel
from tests.view.editor_bench import ODD, Bench, press, retype, spoken


def counter(bench: Bench) -> ElidingLabel:
    found = [each for each in bench.editor.findChildren(ElidingLabel) if " / " in each.text()]
    assert len(found) == 1
    return found[0]


def test_typing_tells_the_whole_text_at_each_key(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "title", "Old")
    retype(bench.part("Title"), "New")
    assert bench.edits == ["N", "Ne", "New"]


def test_the_cursor_stays_where_the_person_types(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "title", "Team sync")
    line = bench.part("Title")
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.setCursorPosition(4)
    QTest.keyClicks(line, "s'")
    assert (bench.value, line.cursorPosition()) == ("Teams' sync", 6)


def test_the_counter_counts_and_turns_red_when_the_text_is_too_long(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "location", "x" * 45)
    assert counter(bench).isVisible()
    assert (counter(bench).text(), counter(bench).ink) == ("45 / 50", "muted")
    retype(bench.part("Location"), "x" * 51)
    assert (counter(bench).text(), counter(bench).ink) == ("51 / 50", "problem")
    assert bench.value == "x" * 51, "never cut"


def test_a_loaded_text_that_is_too_long_is_shown_whole(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "title", "x" * 40_000)
    line = bench.part("Title")
    assert isinstance(line, QLineEdit)
    assert len(line.text()) == 40_000


def test_a_text_set_by_a_screen_reader_or_dictation_counts_as_typed(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "title", "Old")
    spoken(bench.part("Title")).setText(QAccessible.Text.Value, "Dictated")
    assert bench.edits == ["Dictated"]


def test_a_description_takes_several_lines(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "description", "One")
    box = bench.part("Description")
    assert isinstance(box, QPlainTextEdit)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    press(Qt.Key.Key_Return)
    QTest.keyClicks(box, "Two")
    assert bench.value == "One\nTwo"
    assert not [x for x in bench.editor.findChildren(QLabel) if " / " in x.text()], "no limit"


@pytest.mark.parametrize("name", ["title", "description"])
def test_typing_back_what_could_not_be_read_gives_just_that(qtbot: QtBot, name: str) -> None:
    bench = Bench(qtbot, name, ODD)
    retype(bench.editor.controls[0], "x")
    assert bench.value == "x"
    retype(bench.editor.controls[0], ODD.text)
    assert bench.value == ODD


def test_nothing_typed_back_over_nothing_is_what_it_was(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "location", None)
    retype(bench.part("Location"), "x")
    retype(bench.part("Location"), "")
    assert bench.value is None


@pytest.mark.parametrize(
    ("address", "on"),
    [
        ("https://meet.example.com/x", True),
        ("http://localhost:80/", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("meet.example.com", False),
        ("", False),
        (None, False),
    ],
)
def test_only_a_web_address_can_be_opened(qtbot: QtBot, address: Any, on: bool) -> None:
    bench = Bench(qtbot, "link", address)
    button = bench.editor.findChildren(QPushButton)[0]
    assert button.isEnabled() is on


def test_the_open_button_follows_the_typing_and_asks_for_what_is_typed(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "link", "nothing")
    asked: list[Any] = []
    bench.editor.requested.connect(asked.append)
    retype(bench.part("Meeting link"), "https://example.com/room")
    button = bench.part("Open Meeting link")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == [OpenLink("https://example.com/room")]


ROOM = "https://meet.example.com/x"


def put_in(bench: Bench, text: str) -> QLineEdit:
    line = bench.part("Meeting link")
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.selectAll()
    line.insert(text)
    return line


@pytest.mark.parametrize(
    "text",
    [
        f" {ROOM}",
        f"{ROOM} ",
        f"\u00a0{ROOM}\u202f",
        f"<{ROOM}>",
        f"“{ROOM}”",
        f"\u2066{ROOM}\u2069",
        f"\u061c{ROOM}\ufe0d",
        f"\u200b{ROOM}\u200b",
    ],
)
def test_what_stands_around_a_pasted_link_is_no_part_of_it(qtbot: QtBot, text: str) -> None:
    bench = Bench(qtbot, "link", "")
    line = put_in(bench, text)
    assert (bench.value, line.text()) == (ROOM, text)
    assert bench.part("Open Meeting link").isEnabled()
    bench.leave()
    assert (bench.value, line.text()) == (ROOM, ROOM)


def test_a_blank_is_typed_in_a_link_without_being_pulled_away(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "link", "")
    retype(bench.part("Meeting link"), "https://a.example b")
    assert bench.value == "https://a.example b"


@pytest.mark.parametrize("base", [f" {ROOM} ", f"<{ROOM}>"])
def test_a_link_that_came_with_blanks_stays_as_it_came(qtbot: QtBot, base: str) -> None:
    bench = Bench(qtbot, "link", base)
    line = bench.part("Meeting link")
    retype(line, "x")
    retype(line, "")
    put_in(bench, base)
    bench.leave()
    assert bench.value == base


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("zoom.us/j/1?pwd=a", "https://zoom.us/j/1?pwd=a"),
        ("www.meet.example.com", "https://www.meet.example.com"),
        ("//meet.example.com/x", "https://meet.example.com/x"),
        (" meet.example.com:8443/x ", "https://meet.example.com:8443/x"),
    ],
)
def test_a_link_without_https_is_offered_with_it(qtbot: QtBot, text: str, complete: str) -> None:
    bench = Bench(qtbot, "link", "")
    line = put_in(bench, text)
    offer = bench.part(f"Use “{complete}”")
    assert bench.value == text.strip(), "nothing is completed without being asked"
    QTest.mouseClick(offer, Qt.MouseButton.LeftButton)
    assert (bench.value, line.text()) == (complete, complete)
    assert not offer.isVisible()


@pytest.mark.parametrize(
    "text", ["", "room 4", "room", "javascript:alert(1)", "a@b.example", "ftp://x.example", ROOM]
)
def test_what_is_no_address_is_not_offered_as_one(qtbot: QtBot, text: str) -> None:
    bench = Bench(qtbot, "link", "old")
    put_in(bench, text)
    links = bench.editor.findChildren(LinkButton)
    assert [each.isVisible() for each in links] == [False]


@pytest.mark.parametrize(
    "text", ["\u200b", "\u2800", " \u00a0", "\u3164", "\u2066\u2069", "\ufe0f"]
)
def test_a_title_of_which_nothing_is_seen_counts_as_empty(qtbot: QtBot, text: str) -> None:
    bench = Bench(qtbot, "title", "Old")
    assert bench.field.error(text, "Old") == "This can't be left empty."
    assert bench.field.error(f"{text}.", "Old") is None
