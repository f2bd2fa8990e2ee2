"""An editor in a window of its own, with a stand-in for the form that shows what was edited."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QInputMethodEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.values import Person, Span, Unparsed
from atz_desktop.session.lookups import Lookups
from atz_desktop.view.editors import EDITORS
from atz_desktop.view.form.field_row import FieldRow, RowMessage
from atz_desktop.view.widgets.labels import Hint

_LABEL = QAccessible.RelationFlag.Label


class Bench:
    """Shows `base` in the editor of a field, and every edit on top, as the form would."""

    def __init__(
        self, qtbot: QtBot, name: str, base: Any, lookups: Lookups | None = None, zone: str = "UTC"
    ) -> None:
        self.field = ACTIVITY.by_name[name]
        self.editor = EDITORS[type(self.field.kind)](self.field, lookups or Lookups())
        self.base = self.value = base
        self.typed = ""
        self.edits: list[Any] = []
        self.editor.edited.connect(self._edited)
        self.editor.unparsed_changed.connect(self._typed)
        self.editor.show_zone(zone)
        self.show()
        self.window = QWidget()
        self.elsewhere = QLineEdit()
        column = QVBoxLayout(self.window)
        column.addWidget(self.editor)
        column.addWidget(self.elsewhere)
        qtbot.addWidget(self.window)
        self.window.resize(600, 200)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()

    def leave(self) -> None:
        """Click somewhere else."""
        QTest.mouseClick(self.elsewhere, Qt.MouseButton.LeftButton)

    def show(self) -> None:
        """Show what the form holds."""
        self.editor.show_value(self.value, self.base)
        self.editor.show_unparsed(self.typed)

    def put(self, value: Any) -> None:
        """Another value than before, which the program brings (undo, say)."""
        self.value = value
        self.show()

    def part(self, name: str) -> QWidget:
        """The widget with that accessible name."""
        return named(self.editor, name)

    def _edited(self, value: Any) -> None:
        self.edits.append(value)
        self.put(value)

    def _typed(self, text: str) -> None:
        self.typed = text
        self.show()


def named(root: QWidget, name: str) -> QWidget:
    """The one widget below `root` that can be used and that screen readers call `name`."""
    found = [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisibleTo(root)
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and name in _names(widget)
    ]
    assert len(found) == 1, f"{name}: {found}"
    return found[0]


def _names(widget: QWidget) -> set[str]:
    """What a widget is called: on Linux Qt says a drop-down's value, and its name as its label."""
    heard = spoken(widget)
    labels = heard.relations(QAccessible.RelationFlag.Label)
    names = [heard, *(label for label, relation in labels if relation & _LABEL)]
    return {each.text(QAccessible.Text.Name) for each in names}


def wall(text: str) -> datetime:
    """A wall-clock time: `2024-06-16 09:00`."""
    return datetime.fromisoformat(text)


def spoken(widget: QWidget) -> QAccessibleInterface:
    """What a screen reader gets to see of a widget."""
    return QAccessible.queryAccessibleInterface(widget)


def retype(widget: QWidget, text: str) -> None:
    """Click into a line, select what is there, and type `text` over it."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    if text.isascii() and text:
        QTest.keyClicks(widget, text)
    elif text:
        compose(widget, text)
    else:
        QTest.keyClick(widget, Qt.Key.Key_Delete)


def compose(widget: QWidget, text: str) -> None:
    """Put in text as an input method does, a character at a time."""
    for character in text:
        commit = QInputMethodEvent()
        commit.setCommitString(character)
        QApplication.sendEvent(widget, commit)


def hint_text(row: FieldRow) -> str:
    """What is said first beside the label of a row."""
    return _hints(row)[0].text


def old_value_text(row: FieldRow) -> str:
    """What is said after that: the old value, where something else comes first."""
    return _hints(row)[1].text


def _hints(row: FieldRow) -> list[Hint]:
    message = row.findChild(RowMessage)
    assert isinstance(message, RowMessage)
    return message.findChildren(Hint)


def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keys go just now."""
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, held)


def turn_wheel(widget: QWidget) -> bool:
    """Turn the wheel over the middle of a widget; whether the widget kept the event for itself."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle.toPoint())),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


MORNING = Span(wall("2024-06-16 09:00"), wall("2024-06-16 10:00"))
PEOPLE = (Person("1", "Ana García", "ana@example.com"), Person("2", "John Doe"))
ODD = Unparsed('{"odd": "<b>&amp;</b>"}')
