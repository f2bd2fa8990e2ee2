"""Start and end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCalendarWidget, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.text import format_date
from atz_desktop.domain.values import Span
from atz_desktop.view.editors.base import FormRequest
from atz_desktop.view.editors.date_time_edit import DateTimeEdit
from atz_desktop.view.editors.date_time_popups import CalendarPopup
from atz_desktop.view.widgets.suggestion_list import SuggestionList
from tests.view.editor_bench import MORNING, ODD, Bench, press, retype, spoken, wall

LATE = Span(wall("2024-06-16 23:00"), wall("2024-06-17 00:30"))
PARTS = ("Start", "Start time", "End", "End time")


def line(bench: Bench, name: str) -> QLineEdit:
    found = bench.part(name)
    assert isinstance(found, QLineEdit)
    return found


def enter(widget: QLineEdit, text: str) -> None:
    """Type over what is there, and press Enter."""
    retype(widget, text)
    press(Qt.Key.Key_Return)


def texts(bench: Bench) -> list[str]:
    return [line(bench, name).text() for name in PARTS]


def words(bench: Bench) -> list[str]:
    shown = [label.text() for label in bench.editor.findChildren(QLabel) if label.isVisible()]
    return [*shown, bench.editor.remark[0]]


def test_both_moments_are_shown_and_the_next_day_is_said(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", LATE)
    assert texts(bench) == ["Sun 16 Jun 2024", "23:00", "Mon 17 Jun 2024", "00:30"]
    assert "1 h 30 min, the next day" in words(bench)


def test_no_times_at_all_are_shown_as_none(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", Span())
    assert texts(bench) == ["", "", "", ""]


@pytest.mark.parametrize("typed", ["9", "9:00", "0900", "9.00", "9am"])
def test_a_time_is_taken_as_people_write_it_and_tidied_on_leaving(qtbot: QtBot, typed: str) -> None:
    bench = Bench(qtbot, "when", LATE)
    retype(line(bench, "Start time"), typed)
    assert line(bench, "Start time").text() == typed, "not under the user's fingers"
    assert bench.edits == []
    bench.leave()
    assert bench.value.start == wall("2024-06-16 09:00")
    assert line(bench, "Start time").text() == "09:00"


def test_moving_the_start_carries_the_end_along(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", LATE)
    enter(line(bench, "Start"), "20.6.2024")
    assert bench.value == Span(wall("2024-06-20 23:00"), wall("2024-06-21 00:30"))
    assert line(bench, "End").text() == "Fri 21 Jun 2024"


def test_the_end_moves_alone(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    enter(line(bench, "End time"), "11:15")
    assert bench.value == Span(MORNING.start, wall("2024-06-16 11:15"))


def test_an_end_earlier_on_the_clock_is_the_next_days_and_back_again(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    enter(line(bench, "End time"), "08:00")
    assert bench.value.end == wall("2024-06-17 08:00")
    assert line(bench, "End").text() == "Mon 17 Jun 2024"
    assert "23 h, the next day" in words(bench)
    enter(line(bench, "End time"), "09:30")
    assert bench.value.end == wall("2024-06-16 09:30")


def test_a_day_of_the_end_that_was_chosen_on_purpose_stays(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    enter(line(bench, "End"), "19 Jun 2024")
    enter(line(bench, "End time"), "07:00")
    assert bench.value.end == wall("2024-06-19 07:00")
    assert "70 h, 3 days later" in words(bench)


def test_an_end_time_alone_belongs_to_the_day_of_the_start(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", Span(MORNING.start))
    enter(line(bench, "End time"), "10:30")
    assert bench.value.end == wall("2024-06-16 10:30")
    assert line(bench, "End").text() == "Sun 16 Jun 2024"


def test_up_and_down_step_a_day_and_a_quarter_of_an_hour(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", LATE)
    line(bench, "Start").setFocus()
    press(Qt.Key.Key_Up)
    assert bench.value.start == wall("2024-06-17 23:00")
    press(Qt.Key.Key_Down)
    line(bench, "Start time").setFocus()
    for _step in range(4):
        press(Qt.Key.Key_Up)
    assert bench.value == Span(wall("2024-06-17 00:00"), wall("2024-06-17 01:30"))


def test_with_control_a_step_is_a_day_in_either_line(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", LATE)
    for name, day in (("Start time", "17"), ("Start", "18")):
        line(bench, name).setFocus()
        press(Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
        assert bench.value.start == wall(f"2024-06-{day} 23:00")
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert bench.value.start == wall("2024-06-17 23:00")


def test_stepping_begins_today_at_nine_where_nothing_stands(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", Span())
    line(bench, "Start time").setFocus()
    press(Qt.Key.Key_Up)
    today = QDate.currentDate().toString(Qt.DateFormat.ISODate)
    assert bench.value.start == wall(f"{today} 09:00")


def test_stepping_stops_at_the_end_of_the_calendar(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", Span(wall("9999-12-31 10:00")))
    line(bench, "Start").setFocus()
    press(Qt.Key.Key_Up)
    assert bench.edits == []


def test_a_half_typed_date_is_no_value_and_survives_as_text(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    retype(line(bench, "Start"), "17 Ju")
    assert (bench.value, bench.edits) == (MORNING, [])
    assert bench.typed == "Start date: 17 Ju\nStart time: 09:00"
    assert "“17 Ju” is no date" in bench.editor.input_error
    again = Bench(qtbot, "when", MORNING)
    again.editor.show_unparsed(bench.typed)
    assert texts(again)[:2] == ["17 Ju", "09:00"]
    assert again.edits == []


def test_text_is_no_mistake_while_it_is_being_typed(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    retype(line(bench, "Start"), "17 Ju")
    assert not bench.editor.touched
    with qtbot.waitSignal(bench.editor.status_changed):
        press(Qt.Key.Key_Return)
    assert bench.editor.touched


def test_nothing_moves_while_it_is_typed_and_what_it_means_is_said(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    retype(line(bench, "Start time"), "14:30-16")
    assert (bench.edits, texts(bench)[2:]) == ([], ["Sun 16 Jun 2024", "10:00"])
    assert "Sun 16 Jun 2024, 14:30 – 16:00  ·  1 h 30 min" in words(bench)
    press(Qt.Key.Key_Tab)
    assert bench.edits == [Span(wall("2024-06-16 14:30"), wall("2024-06-16 16:00"))]
    assert "1 h 30 min" in words(bench)


@pytest.mark.parametrize(
    ("name", "text", "start", "end"),
    [
        ("Start", "24", "2024-06-24 09:00", "2024-06-24 10:00"),
        ("Start time", "+1h", "2024-06-16 10:00", "2024-06-16 11:00"),
        ("End time", "+1h", "2024-06-16 09:00", "2024-06-16 11:00"),
        ("Start", "+1", "2024-06-17 09:00", "2024-06-17 10:00"),
        ("Start", "noon", "2024-06-16 12:00", "2024-06-16 13:00"),
        ("Start time", "17 Jun 8:00", "2024-06-17 08:00", "2024-06-17 09:00"),
        ("End", "14:30", "2024-06-16 09:00", "2024-06-16 14:30"),
        ("Start", "17 Jun 22:00–1:00", "2024-06-17 22:00", "2024-06-18 01:00"),
        ("End time", "14:00-15:00", "2024-06-16 14:00", "2024-06-16 15:00"),
    ],
)
def test_a_line_understands_what_calendars_do(
    qtbot: QtBot, name: str, text: str, start: str, end: str
) -> None:
    bench = Bench(qtbot, "when", MORNING)
    enter(line(bench, name), text)
    assert bench.edits == [Span(wall(start), wall(end))]
    assert bench.typed == ""
    assert texts(bench) == [
        *(format_date(wall(start)), start[-5:]),
        *(format_date(wall(end)), end[-5:]),
    ]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_today_is_that_of_the_zone(qtbot: QtBot, zone: str) -> None:
    bench = Bench(qtbot, "when", MORNING.in_zone(zone), zone=zone)
    before = datetime.now(ZoneInfo(zone)).date()
    enter(line(bench, "Start"), "today")
    assert before <= bench.value.start.date() <= datetime.now(ZoneInfo(zone)).date()


def test_a_word_that_is_kept_as_text_is_kept_as_the_day_that_it_meant(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    retype(line(bench, "Start"), "yesterday")
    day = datetime.now(UTC) - timedelta(days=1)
    assert bench.typed == f"Start date: {format_date(day)}\nStart time: 09:00"
    assert texts(bench)[0] == "yesterday"


def test_half_typed_text_stays_while_the_moment_below_it_moves(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    retype(line(bench, "End"), "20 J")
    bench.put(MORNING.with_start(wall("2024-06-16 08:00")))
    assert texts(bench) == ["Sun 16 Jun 2024", "08:00", "20 J", "10:00"]


def test_a_time_is_no_mistake_before_the_other_line_was_left(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", Span())
    retype(line(bench, "Start"), "16 Jun 2024")
    press(Qt.Key.Key_Tab)
    assert line(bench, "Start time").hasFocus()
    assert not bench.editor.touched
    bench.leave()
    assert bench.editor.touched


def test_a_click_into_a_line_selects_it_and_the_next_one_sets_the_cursor(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    bench.leave()
    for name in PARTS:
        QTest.mouseClick(line(bench, name), Qt.MouseButton.LeftButton)
        assert line(bench, name).selectedText() == line(bench, name).text()
    QTest.mouseClick(line(bench, PARTS[-1]), Qt.MouseButton.LeftButton)
    assert not line(bench, PARTS[-1]).hasSelectedText()


def times(bench: Bench, name: str) -> SuggestionList:
    found = [each for each in bench.window.findChildren(SuggestionList) if each.isVisible()]
    assert len(found) == 1, name
    return found[0]


def test_a_click_into_a_time_offers_quarters_of_an_hour(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    QTest.mouseClick(line(bench, "Start time"), Qt.MouseButton.LeftButton)
    offered = times(bench, "Start time")
    assert [chip.text for chip in offered.suggestions()][:3] == ["00:00", "00:15", "00:30"]
    assert offered.currentIndex().row() == 36
    press(Qt.Key.Key_Down)
    assert bench.edits == [], "looking around is no choice"
    press(Qt.Key.Key_Return)
    assert bench.value == Span(wall("2024-06-16 09:15"), wall("2024-06-16 10:15"))
    assert not offered.isVisible()


def test_the_times_of_the_end_come_with_the_duration_by_the_clock_of_the_zone(
    qtbot: QtBot,
) -> None:
    span = Span(wall("2024-10-27 01:30"), wall("2024-10-27 02:30"), "Europe/Berlin")
    bench = Bench(qtbot, "when", span, zone="Europe/Berlin")
    line(bench, "End time").setFocus()
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    offered = times(bench, "End time").suggestions()
    assert [(chip.text, chip.tip) for chip in offered[:2]] == [
        ("01:45", "15 min"),
        ("02:00", "30 min"),
    ]
    assert ("03:30", "3 h") in [(chip.text, chip.tip) for chip in offered], "an hour comes twice"
    assert (offered[-1].text, offered[-1].tip) == ("01:30", "25 h  ·  the next day")


def test_typing_leaving_and_escape_close_the_times(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    box = line(bench, "End time")
    closing: tuple[Callable[[], None], ...] = (
        lambda: press(Qt.Key.Key_Escape),
        lambda: press(Qt.Key.Key_1),
        bench.leave,
    )
    for close in closing:
        box.setFocus()
        press(Qt.Key.Key_F4)
        offered = times(bench, "End time")
        close()
        assert not offered.isVisible()
        bench.put(MORNING)


@pytest.mark.parametrize("value", [LATE, Span(), MORNING.with_end(wall("2024-06-16 10:15"))])
def test_another_value_closes_the_times_that_were_offered_for_the_last(
    qtbot: QtBot, value: Span
) -> None:
    bench = Bench(qtbot, "when", MORNING)
    line(bench, "End time").setFocus()
    press(Qt.Key.Key_F4)
    offered = times(bench, "End time")
    bench.put(value)
    assert not offered.isVisible()


def test_the_times_at_the_end_of_the_calendar_are_those_that_are_left(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", Span(wall("9999-12-30 23:30")))
    line(bench, "End time").setFocus()
    press(Qt.Key.Key_F4)
    assert [chip.text for chip in times(bench, "End time").suggestions()] == ["23:45"]


def test_put_back_clears_what_was_half_typed(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    retype(line(bench, "Start"), "17 Ju")
    bench.typed = ""
    bench.show()
    assert texts(bench)[0] == "Sun 16 Jun 2024"


def test_one_box_may_be_half_typed_while_the_other_moves(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    enter(line(bench, "End"), "soon")
    enter(line(bench, "Start time"), "08:00")
    assert bench.value == Span(wall("2024-06-16 08:00"), wall("2024-06-16 09:00"))
    assert texts(bench)[2] == "soon"
    assert bench.typed.startswith("End date: soon\n")


def test_a_date_without_a_time_is_not_yet_a_start(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", Span())
    enter(line(bench, "Start"), "16 Jun 2024")
    assert bench.edits == []
    assert bench.editor.input_error == "Start needs a time of day, too."
    enter(line(bench, "Start time"), "9")
    assert (bench.value, bench.typed) == (Span(MORNING.start), "")


def test_emptied_boxes_are_no_time_at_all(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    enter(line(bench, "End time"), "")
    assert (bench.value, bench.editor.input_error) == (MORNING, "End needs a time of day, too.")
    enter(line(bench, "End"), "")
    assert bench.value == Span(MORNING.start)
    assert bench.typed == ""


def test_a_pasted_date_with_its_time_fills_both_boxes(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    QApplication.clipboard().setText("2024-06-20T14:45")
    start = line(bench, "Start")
    start.setFocus()
    start.selectAll()
    QTest.keyClick(start, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    bench.leave()
    assert bench.value.start == wall("2024-06-20 14:45")


def test_a_screen_reader_can_set_the_whole_moment(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    spoken(bench.part("End")).setText(QAccessible.Text.Value, "2024-06-16 12:00")
    assert bench.value.end == wall("2024-06-16 12:00")
    assert texts(bench)[2:] == ["Sun 16 Jun 2024", "12:00"]


def paste(bench: Bench, name: str, text: str) -> None:
    QApplication.clipboard().setText(text)
    retype(line(bench, name), "")
    QTest.keyClick(line(bench, name), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    bench.leave()


@pytest.mark.parametrize("put_in", [paste, lambda b, n, t: enter(line(b, n), t)])
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("6/16/2026 2:30 PM", "2026-06-16 14:30"),
        ("16 June 2026 at 2:30 pm", "2026-06-16 14:30"),
        ("2026-06-16T14:30:00", "2026-06-16 14:30"),
        ("16-Jun-2026 9h", "2026-06-16 09:00"),
        ("２０２６－６－１　９：３０", "2026-06-01 09:30"),
    ],
)
def test_a_date_with_its_time_means_the_same_typed_and_pasted(
    qtbot: QtBot, put_in: Callable[[Bench, str, str], None], text: str, meant: str
) -> None:
    bench = Bench(qtbot, "when", MORNING)
    put_in(bench, "Start", text)
    assert bench.value == MORNING.with_start(wall(meant))
    assert bench.typed == ""
    bench.leave()
    assert texts(bench)[:2] == [format_date(wall(meant)), meant[-5:]]


@pytest.mark.parametrize("name", ["Start", "End"])
@pytest.mark.parametrize("text", ["Jun 2027", "June 123", "16 Marble", "16 Jun 2026 24:00"])
def test_a_refused_date_leaves_both_moments_where_they_were(
    qtbot: QtBot, name: str, text: str
) -> None:
    bench = Bench(qtbot, "when", LATE)
    enter(line(bench, name), text)
    bench.leave()
    assert bench.value == LATE
    assert f"“{text}” is no date" in bench.editor.input_error
    assert bench.typed.startswith(f"{name} date: {text}\n")


@pytest.mark.parametrize("name", ["Start time", "End time"])
@pytest.mark.parametrize("text", ["24:00", "2:99", "9:30:15", "1234567", "13pm"])
def test_a_refused_time_leaves_both_moments_where_they_were(
    qtbot: QtBot, name: str, text: str
) -> None:
    bench = Bench(qtbot, "when", LATE)
    shown = texts(bench)
    enter(line(bench, name), text)
    assert bench.value == LATE
    assert f"“{text}” is " in bench.editor.input_error
    place = PARTS.index(name)
    assert texts(bench) == [*shown[:place], text, *shown[place + 1 :]]
    bench.leave()
    assert (bench.value, line(bench, name).text()) == (LATE, text)


@pytest.mark.parametrize("text", ["9h", "9:30:00", "０９：３０", "9:30 am"])
def test_a_time_is_taken_in_the_moment_that_it_is_typed(qtbot: QtBot, text: str) -> None:
    bench = Bench(qtbot, "when", MORNING)
    enter(line(bench, "End time"), text)
    enter(line(bench, "Start time"), text)
    minutes = 0 if text == "9h" else 30
    assert bench.value.start == wall(f"2024-06-16 09:{minutes:02}")


def test_a_refused_time_goes_back_to_the_last_one_that_was_left(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    enter(line(bench, "Start time"), "11:00")
    bench.editor.commit()
    line(bench, "Start time").setFocus()
    press(Qt.Key.Key_Up)
    moved = Span(wall("2024-06-16 11:15"), wall("2024-06-16 12:15"))
    assert bench.value == moved
    enter(line(bench, "Start time"), "24:00")
    assert bench.value == moved


def test_the_end_of_an_end_time_does_not_depend_on_what_was_typed_on_the_way(qtbot: QtBot) -> None:
    """The 1 of 15 is the next day's, the 15 is not."""
    bench = Bench(qtbot, "when", MORNING)
    for text in ("15", "15:00", "3pm"):
        enter(line(bench, "End time"), text)
        assert bench.value.end == wall("2024-06-16 15:00")
    for text in ("09", "09:00", "9am"):
        enter(line(bench, "End time"), text)
        assert bench.editor.field.error(bench.value) == "The end must be after the start."


WHOLE_DAY = Span(wall("2024-06-16 00:00"), wall("2024-06-17 00:00"))


def test_a_record_that_ends_when_it_starts_can_be_moved(qtbot: QtBot) -> None:
    body = {"start_date": "2024-06-16", "start_time": "00:00", "end_time": "00:00"}
    bench = Bench(qtbot, "when", ACTIVITY.by_name["when"].mapping.read(body, "UTC"))
    said = "ATZ shows 00:00 – 00:00 and no date of the end: that is 24 hours, or no time at all."
    assert said in words(bench)
    assert bench.value == WHOLE_DAY
    enter(line(bench, "Start"), "20 Jun 2024")
    assert bench.value == Span(wall("2024-06-20 00:00"), wall("2024-06-21 00:00"))
    enter(line(bench, "Start time"), "9:30")
    assert bench.value == Span(wall("2024-06-20 09:30"), wall("2024-06-21 09:30"))
    assert bench.field.error(bench.value, WHOLE_DAY) is None
    assert any("09:30 – 09:30" in each for each in words(bench))


def test_the_end_of_such_a_record_typed_anew_stays_and_can_be_another(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", WHOLE_DAY)
    enter(line(bench, "End time"), "0:00")
    assert bench.value == WHOLE_DAY
    enter(line(bench, "End time"), "10:00")
    assert bench.value == Span(WHOLE_DAY.start, wall("2024-06-16 10:00"))


def calendar(bench: Bench) -> tuple[CalendarPopup, QCalendarWidget]:
    popup = bench.editor.findChildren(CalendarPopup)[0]
    return popup, popup.findChildren(QCalendarWidget)[0]


def test_a_day_is_picked_from_the_calendar_with_keys(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    line(bench, "Start").setFocus()
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    popup, month = calendar(bench)
    assert popup.isVisible()
    assert month.selectedDate() == QDate(2024, 6, 16)
    press(Qt.Key.Key_Right)
    assert bench.edits == [], "looking around is no choice"
    press(Qt.Key.Key_Return)
    assert not popup.isVisible()
    assert bench.value.start == wall("2024-06-17 09:00")


def test_the_picture_in_the_box_opens_the_calendar_and_escape_closes_it(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    opener = line(bench, "End").findChildren(QAction) or line(bench, "End").actions()
    opener[-1].trigger()
    popup, _month = calendar(bench)
    assert popup.isVisible()
    press(Qt.Key.Key_Escape)
    assert (popup.isVisible(), bench.edits) == (False, [])


def test_the_zone_is_named_and_another_can_be_asked_for(qtbot: QtBot) -> None:
    berlin = MORNING.in_zone("Europe/Berlin")
    bench = Bench(qtbot, "when", berlin, zone="Europe/Berlin")
    button = bench.part("Time zone: Europe/Berlin")
    with qtbot.waitSignal(bench.editor.requested, check_params_cb=FormRequest.CHOOSE_ZONE.__eq__):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert {"1 h", "07:00 – 08:00 UTC"} <= set(words(bench))


def test_another_day_in_utc_is_said(qtbot: QtBot) -> None:
    span = Span(wall("2024-06-16 00:30"), wall("2024-06-16 01:00"), "Europe/Berlin")
    bench = Bench(qtbot, "when", span, zone="Europe/Berlin")
    assert "Sat 15 Jun 2024, 22:30 – 23:00 UTC" in words(bench)


def test_an_hour_that_comes_twice_is_said(qtbot: QtBot) -> None:
    span = Span(wall("2024-10-27 02:30"), wall("2024-10-27 04:00"), "Europe/Berlin")
    bench = Bench(qtbot, "when", span, zone="Europe/Berlin")
    assert "02:30 comes twice on Sun 27 Oct 2024: the first is meant." in words(bench)


@pytest.mark.parametrize("when", [wall("0001-01-01 00:00"), wall("9999-12-31 23:59")])
def test_the_ends_of_the_calendar_are_shown(qtbot: QtBot, when: datetime) -> None:
    bench = Bench(qtbot, "when", Span(when, None, "Asia/Tokyo"), zone="Asia/Tokyo")
    line(bench, "Start").setFocus()
    bench.leave()
    assert (texts(bench)[1], bench.edits) == (f"{when:%H:%M}", [])


def test_times_that_cannot_be_read_leave_empty_boxes_and_a_typed_start_is_in_the_zone(
    qtbot: QtBot,
) -> None:
    bench = Bench(qtbot, "when", ODD, zone="Asia/Tokyo")
    assert texts(bench) == ["", "", "", ""]
    enter(line(bench, "Start"), "16 Jun 2024 9:00")
    assert bench.value == Span(MORNING.start, None, "Asia/Tokyo")
    enter(line(bench, "Start"), "")
    enter(line(bench, "Start time"), "")
    assert bench.value == ODD


def test_undo_reaches_the_box_that_has_the_cursor(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    enter(line(bench, "Start time"), "11:00")
    bench.put(MORNING)
    assert texts(bench) == ["Sun 16 Jun 2024", "09:00", "Sun 16 Jun 2024", "10:00"]


def test_a_year_that_is_left_out_is_that_of_the_activity(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    enter(line(bench, "Start"), "1 Mar")
    assert bench.value.start.date() == date(2024, 3, 1)


def test_nothing_is_told_when_the_same_is_typed_again(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    seen: list[Any] = []
    bench.editor.edited.connect(seen.append)
    start = line(bench, "Start time")
    start.setFocus()
    start.setCursorPosition(5)
    QTest.keyClicks(start, " ")
    assert seen == []


def test_a_list_of_times_is_open_only_as_long_as_its_line_has_the_keyboard(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "when", MORNING)
    start = bench.editor.findChildren(DateTimeEdit)[0]
    bench.elsewhere.setFocus()
    start.open_times()
    lists = bench.window.findChildren(SuggestionList)
    assert not any(each.isVisible() for each in lists)
    QTest.mouseClick(start.time_line, Qt.MouseButton.LeftButton)
    offered = times(bench, "Start time")
    bench.leave()
    assert not offered.isVisible()
