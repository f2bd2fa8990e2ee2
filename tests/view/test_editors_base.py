"""What holds for every editor, field by field of the table."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.domain.fields import ACTIVITY, Field
from atz_desktop.domain.kinds import Choice, File, Flag, Link, People, Record, When
from atz_desktop.domain.values import Attachment, Option, RecordRef, Span
from atz_desktop.domain.vocabulary import IMPORTANCES
from tests.view.editor_bench import MORNING, ODD, PEOPLE, Bench, named, press, spoken, turn_wheel

every_field = pytest.mark.parametrize("field", ACTIVITY.fields, ids=lambda field: field.name)


def samples(field: Field) -> tuple[Any, Any]:
    """Two values of the field that differ."""
    if field.name == "importance":
        return IMPORTANCES[0], IMPORTANCES[2]
    return {
        Flag: (True, False),
        Choice: (Option(3, "Task"), Option(77, "Call")),
        When: (MORNING, Span()),
        Record: (RecordRef(1, "candidate_1", "Ana"), RecordRef("planet", "mars_1")),
        People: (PEOPLE, ()),
        File: (Attachment("a.pdf", "https://example.com/a.pdf"), None),
        Link: ("https://example.com/", "no address"),
    }.get(type(field.kind), ("Team <b>sync</b>", "x" * 300))


@every_field
def test_the_visible_label_is_the_name_that_screen_readers_say(qtbot: QtBot, field: Field) -> None:
    bench = Bench(qtbot, field.name, samples(field)[0])
    for label in field.parts or (field.label,):
        assert named(bench.editor, label).isEnabled()
        labels = [each.text().replace("&", "") for each in bench.editor.findChildren(QLabel)]
        assert label in labels or isinstance(field.kind, Flag)


@every_field
def test_showing_a_value_is_nobodys_edit(qtbot: QtBot, field: Field) -> None:
    one, other = samples(field)
    bench = Bench(qtbot, field.name, one)
    for value in (other, None, ODD, one):
        bench.editor.show_value(value, one)
        bench.editor.show_names()
        bench.editor.show_value(value, value)
    assert bench.edits == []


@every_field
def test_leaving_a_field_that_nobody_touched_changes_nothing(qtbot: QtBot, field: Field) -> None:
    for value in (*samples(field), None, ODD):
        bench = Bench(qtbot, field.name, value)
        bench.editor.focus_first()
        for _stop in range(8):
            press(Qt.Key.Key_Tab)
        bench.editor.commit()
        assert (bench.edits, bench.typed) == ([], "")


@every_field
def test_the_wheel_scrolls_the_form_and_never_turns_a_value(qtbot: QtBot, field: Field) -> None:
    bench = Bench(qtbot, field.name, samples(field)[0])
    turned = [w for w in bench.editor.findChildren(QWidget) if w.isVisibleTo(bench.editor)]
    for widget in turned:
        kept = turn_wheel(widget)
        assert not (kept and isinstance(widget, QComboBox | QLineEdit))
        if isinstance(widget, QComboBox):
            widget.setFocus()
            assert not turn_wheel(widget)
    assert bench.edits == []


@every_field
def test_a_locked_field_can_be_read_and_says_why_it_cannot_be_changed(
    qtbot: QtBot, field: Field
) -> None:
    bench = Bench(qtbot, field.name, samples(field)[0])
    bench.editor.set_locked("Change it in ATZ itself.")
    for control in bench.editor.controls:
        QTest.keyClicks(control.focusProxy() or control, "abc1")
        QTest.keyClick(control, Qt.Key.Key_Space)
    assert bench.edits == []
    assert bench.editor.remark == ("Change it in ATZ itself.", "warning")
    bench.editor.set_locked(None)
    assert all(control.isEnabled() for control in bench.editor.controls)


@every_field
def test_what_stands_under_a_field_is_said_with_it(qtbot: QtBot, field: Field) -> None:
    bench = Bench(qtbot, field.name, samples(field)[0])
    bench.editor.set_description("Was: yes")
    for control in bench.editor.controls:
        heard = control.focusProxy() or control
        assert "Was: yes" in spoken(heard).text(QAccessible.Text.Description)


@every_field
def test_what_cannot_be_read_is_shown_letter_by_letter(qtbot: QtBot, field: Field) -> None:
    bench = Bench(qtbot, field.name, ODD)
    shown = [label.text() for label in bench.editor.findChildren(QLabel)]
    shown.append(bench.editor.remark[0])
    shown += [line.text() + line.placeholderText() for line in _lines(bench)]
    shown += [combo.currentText() for combo in bench.editor.findChildren(QComboBox)]
    shown.append(getattr(bench.editor.controls[0], "toPlainText", str)())
    assert any(ODD.text in text for text in shown)
    for label in bench.editor.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText or ODD.text not in label.text()


def _lines(bench: Bench) -> list[QLineEdit]:
    return bench.editor.findChildren(QLineEdit)


@every_field
def test_no_letter_of_a_label_is_cut_off_where_one_is_underlined(
    qtbot: QtBot, field: Field
) -> None:
    bench = Bench(qtbot, field.name, samples(field)[0])
    for label in bench.editor.findChildren(QLabel):
        if label.buddy() is None:
            continue
        least = max(label.minimumWidth(), label.minimumSizeHint().width())
        label.resize(least, label.height())
        shown = label.grab().toImage()
        label.resize(least + 20, label.height())
        roomy = label.grab().toImage()
        assert _last_inked_column(roomy) == _last_inked_column(shown), label.text()


def _last_inked_column(image: QImage) -> int:
    ground = image.pixel(0, 0)
    columns = range(image.width() - 1, -1, -1)
    return next(
        x for x in columns if any(image.pixel(x, y) != ground for y in range(image.height()))
    )
