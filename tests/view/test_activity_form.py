"""The form: its rows, what it tells the model, its order, and what stays in sight."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import (
    QAccessible,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QInputMethodEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.values import Attachment, Person, RecordRef, Span
from atz_desktop.domain.vocabulary import IMPORTANCES, NameKind
from atz_desktop.session.known_names import names_in
from atz_desktop.session.lookups import Lookups
from atz_desktop.view.dialogs.link_dialog import LinkDialog
from atz_desktop.view.editors.attachment import FileInfo
from atz_desktop.view.editors.base import FormRequest, OpenLink
from atz_desktop.view.form.activity_form import ActivityForm
from atz_desktop.view.form.card_area import FieldCard
from atz_desktop.view.form.field_row import FieldRow
from atz_desktop.view.form.page import FormPage
from atz_desktop.view.widgets.field_problem import FieldProblem
from atz_desktop.view.widgets.labels import ElidingLabel
from atz_desktop.view.widgets.suggestion_list import SuggestionList
from tests.domain.strategies import bodies, edits, odd_bodies
from tests.view.editor_bench import compose, hint_text, named, press, retype, spoken, wall
from tests.view.form_bench import ListeningModel, body

Open = Callable[..., tuple[ListeningModel, ActivityForm]]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    """Opens a form of that size over a model, with an activity unless it is to have none."""

    def open_form(
        width: int = 900, height: int = 600, shown: dict[str, Any] | None = None
    ) -> tuple[ListeningModel, ActivityForm]:
        model = ListeningModel()
        model.show(shown or body())
        form = model.form()
        while form.build_next():
            pass
        qtbot.addWidget(form)
        form.resize(width, height)
        with qtbot.waitActive(form):
            form.show()
            form.activateWindow()
        return model, form

    return open_form


def seen(form: ActivityForm, widget: QWidget) -> bool:
    """Whether the whole widget is in sight."""
    corner = widget.mapTo(form.viewport(), QPoint(0, 0))
    return form.viewport().rect().contains(QRect(corner, widget.size()))


def texts_in(form: ActivityForm, *names: str) -> list[str]:
    """What stands in the lines of these names, as it is now."""
    lines = [named(form, name) for name in names]
    return [line.text() for line in lines if isinstance(line, QLineEdit)]


def row_with_focus(form: ActivityForm) -> str:
    focused = QApplication.focusWidget()
    names = [f.name for f in ACTIVITY.fields if focused and form.row(f.name).holds(focused)]
    return names[0] if names else ""


# Building


def test_the_form_is_built_one_row_at_a_time_in_the_order_of_the_table(qtbot: QtBot) -> None:
    model = ListeningModel()
    form = model.form()
    qtbot.addWidget(form)
    more = [form.build_next() for _field in ACTIVITY.fields]
    assert more == [True] * (len(ACTIVITY.fields) - 1) + [False]
    assert form.is_complete
    assert [row.field for row in form.findChildren(FieldRow)] == list(ACTIVITY.fields)
    assert not form.build_next()
    assert len(form.findChildren(FieldRow)) == len(ACTIVITY.fields)


def test_rows_built_before_and_after_the_activity_was_opened_show_it(qtbot: QtBot) -> None:
    model = ListeningModel()
    form = model.form()
    qtbot.addWidget(form)
    form.build_next()
    model.show(body())
    while form.prepare_next():
        pass
    assert texts_in(form, "Title", "Location") == ["Team sync", "Zoom"]


def test_a_form_that_is_shown_before_it_was_filled_shows_the_activity(qtbot: QtBot) -> None:
    model = ListeningModel()
    form = model.form()
    qtbot.addWidget(form)
    while form.build_next():
        pass
    model.show(body())
    form.show()
    assert texts_in(form, "Title", "Location") == ["Team sync", "Zoom"]
    model.show(body(id=7, title="Another", location="There"))
    assert texts_in(form, "Title", "Location") == ["Another", "There"]


def test_what_stands_in_the_boxes_of_a_hidden_form_is_that_of_the_activity(qtbot: QtBot) -> None:
    model = ListeningModel()
    form = model.form()
    qtbot.addWidget(form)
    while form.prepare_next():
        pass
    model.show(body())
    form.commit()
    assert texts_in(form, "Title", "Location") == ["Team sync", "Zoom"]
    model.show(body(id=7, title="Another", location="There"))
    form.focus_field("location")
    assert texts_in(form, "Location") == ["There"]


def test_a_form_that_shows_all_its_fields_anew_is_painted(opened: Open, qtbot: QtBot) -> None:
    model, form = opened()
    model.show(body(id=7, title="Another"))
    qtbot.waitUntil(form.updatesEnabled)


def test_opening_an_activity_tells_the_model_nothing(opened: Open) -> None:
    model, form = opened()
    model.show(body(id=43, title=None, importance="urgent", attendees=None, start_date=None))
    model.show({"id": 44})
    form.commit()
    assert model.asked == []


# Telling and showing


def test_what_is_typed_goes_to_the_model_and_the_row_shows_it(opened: Open) -> None:
    model, form = opened()
    retype(named(form, "Title"), "Hi")
    assert model.asked == [("set", "title", "H"), ("set", "title", "Hi")]
    assert hint_text(form.row("title")) == "Was: Team sync"


def test_put_back_goes_back_to_what_atz_holds_and_drops_half_typed_text(opened: Open) -> None:
    model, form = opened()
    users = named(form, "Users")
    QTest.keyClicks(users, "7,Bob,")
    assert model.asked[-2:] == [("typed", "users", "Bob"), ("refused", "users")]
    assert model.now.unparsed == {"users": "Bob"}
    form.focus_field("users")
    QTest.mouseClick(named(form, "Put back Users"), Qt.MouseButton.LeftButton)
    assert not model.now.dirty
    assert isinstance(users, QLineEdit)
    assert users.text() == ""


def test_after_putting_back_the_cursor_is_in_the_field(opened: Open) -> None:
    _model, form = opened()
    retype(named(form, "Title"), "Hi")
    named(form, "Put back Title").setFocus()
    press(Qt.Key.Key_Space)
    assert named(form, "Title").hasFocus()


def test_a_problem_stands_at_its_field(opened: Open) -> None:
    _model, form = opened()
    retype(named(form, "Meeting link"), "no address")
    retype(named(form, "Title"), "")
    assert (
        hint_text(form.row("link"))
        == "This is no web address: it must start with https:// or http://."
    )
    assert hint_text(form.row("title")) == "This can't be left empty."


def test_what_atz_refused_stands_at_its_field(opened: Open) -> None:
    model, form = opened()
    model.rebase(model.now.edit, server_errors={"location": "location is too far away"})
    assert hint_text(form.row("location")) == "ATZ says: location is too far away"


def test_a_list_that_cannot_be_read_is_locked(opened: Open) -> None:
    _model, form = opened(shown=body(collaborators="strange"))
    line = named(form, "Collaborators")
    assert isinstance(line, QLineEdit)
    assert line.isReadOnly()


def test_names_that_were_learned_by_a_save_are_shown_when_it_has_ended(opened: Open) -> None:
    model, form = opened()
    model.set_value("users", (Person("9"),))
    model.lookups.add_names(names_in(Activity.from_response({"id": 1, "created_by": _NORA})))
    model.rebase(model.now.edit)
    assert [chip for chip in form.row("users").findChildren(QWidget) if _says(chip, "Nora")]


_NORA = {"id": 9, "full_name": "Nora"}


def _says(widget: QWidget, name: str) -> bool:
    return widget.accessibleName().startswith(f"{name},")


def test_what_only_the_window_can_do_is_passed_on(
    opened: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    model, form = opened(height=1400)
    left = Qt.MouseButton.LeftButton
    asked: list[Any] = []
    form.requested.connect(asked.append)
    for name in ("Open Meeting link", "Time zone: UTC", "Choose file…"):
        QTest.mouseClick(named(form, name), left)
    assert asked == [
        OpenLink("https://example.com/room"),
        FormRequest.CHOOSE_ZONE,
        FormRequest.CHOOSE_FILE,
    ]
    path = tmp_path / "report.pdf"
    path.write_bytes(b"x")
    form.attach_file(str(path))
    qtbot.waitUntil(lambda: bool(model.asked))
    assert model.asked[0][:2] == ("set", "attachment")


def _type(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.clear()
    QTest.keyClicks(line, text)


def _paste(line: QLineEdit, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    line.setFocus()
    line.selectAll()
    press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def _compose(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.clear()
    compose(line, text)


def _drop(line: QLineEdit, text: str) -> None:
    """Without the keyboard: a drop does not bring it."""
    dragged = QMimeData()
    dragged.setText(text)
    end, none = QPointF(line.width() - 4, line.height() / 2), Qt.KeyboardModifier.NoModifier
    actions, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    line.clear()
    QApplication.sendEvent(line, QDragEnterEvent(end.toPoint(), actions, dragged, left, none))
    QApplication.sendEvent(line, QDropEvent(end, actions, dragged, left, none))


def _dictate(line: QLineEdit, text: str) -> None:
    line.setFocus()
    spoken(line).setText(QAccessible.Text.Value, text)


def _dictate_from_afar(line: QLineEdit, text: str) -> None:
    spoken(line).setText(QAccessible.Text.Value, text)


WAYS = (_type, _paste, _compose, _drop, _dictate, _dictate_from_afar)
BOXES = {
    "Title": ("Weekly", "title", "Weekly"),
    "Meeting link": (" <https://a.example/b> ", "link", "https://a.example/b"),
    "Attachment": ("https://a.example/c", "attachment", Attachment(None, "https://a.example/c")),
    "Related record": ("candidate_77", "record", RecordRef(1, "candidate_77")),
    "Start": ("17 Jun 2024", "when", Span(wall("2024-06-17 09:00"), wall("2024-06-17 10:00"))),
    "Start time": ("9:30", "when", Span(wall("2024-06-16 09:30"), wall("2024-06-16 10:30"))),
    "End time": ("11", "when", Span(wall("2024-06-16 09:00"), wall("2024-06-16 11:00"))),
    "Users": ("7", "users", (Person("1"), Person("7"))),
    "Contacts": ("contact_12", "contacts", (Person("contact_12"),)),
}


@pytest.mark.parametrize("away", [False, True], ids=["in the window", "from another window"])
@pytest.mark.parametrize("way", WAYS)
def test_saving_takes_over_what_stands_in_a_box_however_it_came_there(
    opened: Open, qtbot: QtBot, way: Callable[[QLineEdit, str], None], away: bool
) -> None:
    model, form = opened(height=1400)
    other = QLineEdit()
    qtbot.addWidget(other)
    other.show()
    for name, (text, field, meant) in BOXES.items():
        if name == "Attachment" and way is _drop:
            continue  # it takes files
        with qtbot.waitActive(form):
            form.activateWindow()
        line = named(form, name)
        assert isinstance(line, QLineEdit)
        way(line, text)
        if away:
            with qtbot.waitActive(other):
                other.activateWindow()
        form.commit()
        assert ACTIVITY.by_name[field].kind.equal(model.now.edit.value(field), meant), name
        assert not model.now.unparsed, name
        model.revert_all()


@pytest.mark.parametrize("box", ["Users", "Related record", "Start time"])
def test_saving_takes_over_what_a_draft_brought(opened: Open, box: str) -> None:
    model, form = opened()
    text, field, meant = BOXES[box]
    text = f"Start date: 16 Jun 2024\nStart time: {text}" if box == "Start time" else text
    model.load(model.now.edit, {field: text})
    form.commit()
    assert ACTIVITY.by_name[field].kind.equal(model.now.edit.value(field), meant)
    assert not model.now.unparsed


def test_what_is_typed_after_a_save_is_no_mistake_before_it_is_left(opened: Open) -> None:
    model, form = opened()
    retype(named(form, "Title"), "Hi")
    form.commit()
    model.rebase(model.now.edit)
    for name, field in (("Related record", "record"), ("Users", "users")):
        named(form, name).setFocus()
        QTest.keyClicks(named(form, name), "Sam")
        assert hint_text(form.row(field)) == ""


def test_saving_looks_up_the_record_that_a_draft_brought(opened: Open) -> None:
    model, form = opened()
    directory = _AskedDirectory()
    form.set_lookups(directory)
    model.load(model.now.edit.with_value("record", RecordRef(1, "candidate_77")))
    form.commit()
    assert directory.asked == ["candidate_77"]


class _AskedDirectory(Lookups):
    """Notes the keys that are to be looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def verify_keys(self, kind: NameKind, keys: Iterable[str]) -> None:
        self.asked += keys


def test_saving_leaves_a_box_that_says_what_atz_holds(opened: Open) -> None:
    model, form = opened(height=1400)
    retype(named(form, "Meeting link"), "  https://example.com/room ")
    form.commit()
    assert texts_in(form, "Meeting link") == ["https://example.com/room"]
    retype(named(form, "Attachment"), "https://example.com/a.pdf")
    press(Qt.Key.Key_Tab)
    assert texts_in(form, "Attachment") == [""]
    kind = named(form, "Type")
    assert isinstance(kind, QComboBox)
    kind.setFocus()
    kind.setCurrentIndex(kind.count() - 1)
    assert named(form, "Type number").isVisible()
    form.commit()
    assert kind.currentText() == "Task"
    assert not model.now.dirty


# Order and sight


@pytest.mark.parametrize("width", [900, 1400], ids=["one column", "two columns"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab], ids=["tab", "backtab"])
def test_tab_follows_the_eye_and_what_it_reaches_is_in_sight(
    opened: Open, width: int, key: Qt.Key
) -> None:
    _model, form = opened(width)
    order = [field.name for field in ACTIVITY.fields]
    order = order if key is Qt.Key.Key_Tab else [order[0], *order[:0:-1]]
    form.focus_field("title")
    visited = ["title"]
    while (name := next_row(form, key)) != "title":
        assert seen(form, form.row(name))
        if name != visited[-1]:
            visited.append(name)
    assert visited == order


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab], ids=["tab", "backtab"])
def test_the_heading_of_a_card_is_in_sight_with_its_first_field(opened: Open, key: Qt.Key) -> None:
    _model, form = opened(900, 300)
    form.focus_field("title")
    begun: set[str] = set()
    while (name := next_row(form, key)) != "title":
        card = next(c for c in form.findChildren(FieldCard) if form.row(name) in c.rows)
        heading = card.findChildren(ElidingLabel)[0]
        assert heading.text() == card.group
        if form.row(name).y() == card.rows[0].y():
            assert seen(form, heading), name
            begun.add(card.group)
    assert begun == {"When", "Where", "File", "Who", "Notes"}


def next_row(form: ActivityForm, key: Qt.Key) -> str:
    press(key)
    return row_with_focus(form)


def test_a_wide_window_shows_two_columns_and_a_narrow_one_all_in_one(
    opened: Open, qtbot: QtBot
) -> None:
    _model, form = opened(1400, 800)

    def left_edge(name: str) -> int:
        return form.row(name).mapTo(form, QPoint(0, 0)).x()

    assert left_edge("users") > form.width() / 2 > left_edge("location")
    form.resize(900, 800)
    qtbot.waitUntil(lambda: left_edge("users") == left_edge("location"))
    form.resize(1400, 800)
    qtbot.waitUntil(lambda: left_edge("users") > left_edge("location"))


def test_the_step_of_a_resize_does_not_also_rearrange_the_columns(
    opened: Open, qtbot: QtBot
) -> None:
    _model, form = opened(900, 800)
    first = form.row("location").mapTo(form, QPoint(0, 0)).x()
    form.resize(1400, 800)
    assert form.row("users").mapTo(form, QPoint(0, 0)).x() <= first
    qtbot.waitUntil(lambda: form.row("users").mapTo(form, QPoint(0, 0)).x() > form.width() / 2)


@pytest.mark.parametrize("width", [600, 900, 1180, 1400])
def test_nothing_is_squeezed_or_cut_off(opened: Open, qtbot: QtBot, width: int) -> None:
    long = "x" * 400
    users = [{"id": n, "full_name": f"Person {n}"} for n in range(1, 60)]
    shown = body(title=long, location=long, meeting_link=long, attendees={"users": users})
    model, form = opened(width, 500, shown)
    model.set_value("title", long + "y")
    model.set_value("link", long + "y")
    qtbot.waitUntil(lambda: hint_text(form.row("title")) != "")
    rows = [form.row(field.name) for field in ACTIVITY.fields]
    qtbot.waitUntil(lambda: all(row.height() >= row.sizeHint().height() for row in rows))
    for widget in form.findChildren(QWidget):
        if isinstance(widget, QLineEdit | QComboBox) and widget.isVisible():
            assert widget.height() >= widget.minimumSizeHint().height()
            right = widget.mapTo(form, widget.rect().topRight()).x()
            assert right <= form.viewport().width()


def test_going_to_a_field_puts_the_cursor_there_and_brings_it_into_sight(opened: Open) -> None:
    _model, form = opened(900, 300)
    for name in ("attachment", "title", "users", "importance", "when"):
        form.focus_field(name)
        assert row_with_focus(form) == name
        assert seen(form, form.row(name))


def test_what_is_said_under_a_field_is_in_sight_while_it_is_typed_into(opened: Open) -> None:
    _model, form = opened(width=640, height=300)
    row, line = form.row("users"), named(form, "Users")
    line.setFocus()
    QApplication.processEvents()
    bottom = row.mapTo(form.viewport(), QPoint(0, row.height())).y()
    bar, height = form.verticalScrollBar(), row.height()
    bar.setValue(bar.value() + bottom - form.viewport().height())
    assert seen(form, row)
    QTest.keyClicks(line, "Ana Maria Lopez 123456,")
    for _turn in range(3):
        QApplication.processEvents()
    assert row.height() == height
    assert seen(form, row)
    [said] = [each for each in form.findChildren(FieldProblem) if each.isVisible()]
    assert said.text.startswith("Nobody called “Ana Maria Lopez 123456” is known")
    assert seen(form, said)
    named(form, "Title").setFocus()
    assert not said.isVisible()


def test_who_goes_to_a_line_from_another_window_finds_its_text_selected(
    opened: Open, qtbot: QtBot
) -> None:
    _model, form = opened(900, 600)
    other = QLineEdit()
    qtbot.addWidget(other)
    with qtbot.waitActive(other):
        other.show()
        other.activateWindow()
    form.focus_label("Location")
    line = named(form, "Location")
    assert isinstance(line, QLineEdit)
    assert line.selectedText() == line.text() != ""


def test_a_list_of_times_goes_out_of_sight_with_its_line(opened: Open) -> None:
    _model, form = opened(640, 300)
    QTest.mouseClick(named(form, "Start time"), Qt.MouseButton.LeftButton)
    [times] = [each for each in form.window().findChildren(SuggestionList) if each.isVisible()]
    bar = form.verticalScrollBar()
    bar.setValue(bar.value() + 20)
    assert times.isVisible()
    bar.setValue(bar.maximum())
    assert not times.isVisible()


def test_another_activity_begins_at_the_top_and_the_same_one_stays_where_it_was(
    opened: Open,
) -> None:
    model, form = opened(900, 300)
    bar = form.verticalScrollBar()
    form.focus_field("attachment")
    there = bar.value()
    model.show(body(title="read again"))
    assert bar.value() == there > 0
    model.show(body(id=43))
    assert bar.value() == 0


def test_the_form_goes_with_its_window(qtbot: QtBot) -> None:
    model = ListeningModel()
    model.show(body())
    form = model.form()
    while form.build_next():
        pass
    form.deleteLater()
    with qtbot.waitSignal(form.destroyed):
        pass
    model.set_value("importance", IMPORTANCES[0])


# Whatever comes


def test_every_name_that_scripts_and_screen_readers_rely_on_is_there_once(opened: Open) -> None:
    _model, form = opened(height=1400)
    for field in ACTIVITY.fields:
        for label in field.parts or (field.label,):
            assert named(form, label).isVisible()


def test_no_answer_and_no_edit_makes_the_form_speak_for_the_person(opened: Open) -> None:
    model, form = opened()
    form.focus_field("title")

    @settings(max_examples=60 if os.environ.get("CI") else 20, deadline=None)
    @given(shown=st.one_of(bodies, odd_bodies), edit=edits())
    def check(shown: dict[str, Any], edit: Edit) -> None:
        model.asked.clear()
        model.show(shown)
        press(Qt.Key.Key_Tab)
        model.zone = edit.base.zone
        model.load(edit)
        press(Qt.Key.Key_Tab)
        form.commit()
        model.show(shown)
        assert model.asked == []

    check()


def test_a_file_that_is_found_late_is_not_attached_to_another_activity(
    opened: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    model, form = opened()
    file = tmp_path / "meant for 42.pdf"
    file.write_bytes(b"x")
    [peek] = form.row("attachment").editor.findChildren(FileInfo)
    with qtbot.waitSignal(peek.found):
        form.attach_file(file)
        model.show(body(id=7))
    QApplication.processEvents()
    assert model.asked == []
    assert "meant for 42.pdf" not in " ".join(
        label.text() for label in form.row("attachment").findChildren(QLabel)
    )


@pytest.mark.parametrize("name", ["Title", "Description", "Related record", "End"])
def test_a_character_that_is_composed_brings_no_text_into_another_activity(
    opened: Open, name: str
) -> None:
    model, form = opened()
    line = named(form, name)
    line.setFocus()
    QApplication.sendEvent(line, QInputMethodEvent("に", []))
    model.show(body(id=7, title="Other", description="Other", related_to="candidate_2"))
    ended = QInputMethodEvent("", [])
    ended.setCommitString("日")
    QApplication.sendEvent(line, ended)
    texts = [str(asked[2]) for asked in model.asked]
    assert not [text for text in texts if "Team sync" in text or "Rescheduled" in text]
    assert not [text for text in texts if "candidate_1" in text]


@pytest.mark.parametrize("kind", [QFileDialog, LinkDialog])
@pytest.mark.parametrize("leave", [lambda model: model.show(body(id=7)), ListeningModel.clear])
def test_what_was_asked_for_an_activity_is_asked_no_more_when_it_is_gone(
    qtbot: QtBot, leave: Callable[[ListeningModel], None], kind: type[QDialog]
) -> None:
    model = ListeningModel()
    page = FormPage(model)
    qtbot.addWidget(page)
    model.show(body())
    while page.form.build_next():
        pass
    link = OpenLink("https://zoom.us@evil.example/")
    page.form.requested.emit(FormRequest.CHOOSE_FILE if kind is QFileDialog else link)
    [dialog] = page.findChildren(kind)
    model.show(body())
    assert dialog.isVisible()
    leave(model)
    assert not dialog.isVisible()


@pytest.mark.parametrize(("width", "height"), [(1720, 1000), (2560, 1340)])
def test_on_a_large_screen_both_columns_end_on_one_line_above_the_notes(
    opened: Open, width: int, height: int
) -> None:
    _model, form = opened(width, height)
    cards = {card.group: card.geometry() for card in form.findChildren(FieldCard)}
    assert cards["Who"].bottom() == cards["File"].bottom() < cards["Notes"].top()
    rows = [row.geometry() for row in form.findChildren(FieldRow) if row.field.group == "Who"]
    assert max(row.height() for row in rows) < 80  # the room is below the fields, not between them
