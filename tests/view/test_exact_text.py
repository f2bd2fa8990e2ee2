from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QAccessible,
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeySequence,
    QTextCursor,
    QTextOption,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QMenu,
    QScrollArea,
    QStyle,
    QStyleFactory,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from atz_desktop.view.flat_style import FlatStyle
from atz_desktop.view.widgets.exact_text import ExactLineEdit, ExactTextEdit, TextBuffer
from tests.lengths import examples

Editor = ExactLineEdit | ExactTextEdit
BOTH = pytest.mark.parametrize("make", [ExactLineEdit, ExactTextEdit])

# What text widgets are known to rewrite, drop or trip over, often.
AWKWARD = [
    *("\r\n", "\r", "\n", "\u2028", "\u2029", "\xa0", "\t", "\0", "\x0b", "\x85", "\x1b"),
    *("\ufeff", "\ufffe", "\ufffd", "\ufffc", "\ufdd0", "\ufdd1", "\ud83d", "\ude00", "\u202e"),
    *("😀", "👩‍👩‍👧", "é", "e\u0301", "שלום", "<b>", "a", " "),
]
PIECES = st.lists(
    st.one_of(st.sampled_from(AWKWARD), st.characters(codec="utf-8")), max_size=12
).map("".join)
TEXTS = st.one_of(PIECES, st.text(alphabet=st.characters(exclude_categories=()), max_size=20))
many = settings(
    max_examples=examples(300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _editors(qtbot: QtBot) -> list[Editor]:
    made: list[Editor] = [ExactLineEdit(), ExactTextEdit()]
    for each in made:
        qtbot.addWidget(each)
    return made


def _heard(editor: Editor) -> list[str | None]:
    heard: list[str | None] = []
    editor.edited.connect(heard.append)
    return heard


def _select(editor: Editor, start: int, end: int) -> None:
    """Positions count what Qt counts."""
    if isinstance(editor, ExactLineEdit):
        editor.setSelection(start, end - start) if end > start else editor.setCursorPosition(start)
        return
    cursor = editor.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def _caret(editor: Editor) -> int:
    if isinstance(editor, ExactLineEdit):
        return editor.cursorPosition()
    return editor.textCursor().position()


def _shown(editor: Editor) -> str:
    return editor.text() if isinstance(editor, ExactLineEdit) else editor.toPlainText()


def _focused(editor: Editor, qtbot: QtBot) -> None:
    qtbot.addWidget(editor)
    editor.show()
    editor.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)


# Loading


@many
@given(text=st.none() | TEXTS)
def test_any_text_that_nobody_touched_comes_back_to_the_last_byte(
    qtbot: QtBot, text: str | None
) -> None:
    for editor in _editors(qtbot):
        heard = _heard(editor)
        editor.show_value(text)
        assert editor.value() == text
        assert heard == []


@many
@given(first=TEXTS, second=TEXTS)
def test_a_text_shown_over_another_is_whole(qtbot: QtBot, first: str, second: str) -> None:
    for editor in _editors(qtbot):
        editor.show_value(first)
        editor.show_value(second)
        fresh = type(editor)()
        qtbot.addWidget(fresh)
        fresh.show_value(second)
        assert _shown(editor) == _shown(fresh)
        assert editor.value() == second


def test_a_very_long_word_is_broken_anywhere_and_words_between_them(qtbot: QtBot) -> None:
    """Else the window is held for seconds, or minutes."""
    editor = ExactTextEdit()
    qtbot.addWidget(editor)
    anywhere = QTextOption.WrapMode.WrapAnywhere
    for text, is_long in (
        ("x" * 300_000, True),
        ("word " * 60_000, False),
        (f"{'word ' * 9_000}{'/9j4AAQ' * 9_000}", True),
        ("x\n" * 9_000, False),
        ("short", False),
    ):
        editor.show_value(text)
        assert (editor.wordWrapMode() is anywhere) == is_long
    pasted = QMimeData()
    pasted.setText("/9j4AAQ" * 9_000)
    editor.insertFromMimeData(pasted)
    assert editor.wordWrapMode() is anywhere
    assert editor.value() == f"{'/9j4AAQ' * 9_000}short"


def test_a_line_longer_than_qt_s_own_limit_is_not_cut(qtbot: QtBot) -> None:
    line = ExactLineEdit()
    qtbot.addWidget(line)
    line.show_value("x" * 100_000)
    QTest.keyClick(line, Qt.Key.Key_End)
    QTest.keyClicks(line, "y")
    assert line.value() == "x" * 100_000 + "y"


@BOTH
def test_nothing_and_an_empty_text_are_told_apart(make: type[Editor], qtbot: QtBot) -> None:
    editor = make()
    qtbot.addWidget(editor)
    editor.show_value(None)
    assert editor.value() is None
    editor.show_value("")
    assert editor.value() == ""


# Editing


@st.composite
def _edits(draw: st.DrawFn) -> tuple[list[str], int, int, str]:
    units = draw(
        st.lists(
            st.sampled_from([*"abc", "\r\n", "\n", "\r", "\xa0", "\ufeff", "\u2028", "\ud83d"])
        )
    )
    start = draw(st.integers(0, len(units)))
    end = draw(st.integers(start, len(units)))
    return units, start, end, draw(st.text(alphabet="abcdé 日", max_size=4))


def _in_one_piece(units: list[str]) -> bool:
    """Whether the joined text falls into the same pieces again."""
    return ("\r", "\n") not in pairwise(units)


@many
@given(edit=_edits().filter(lambda edit: _in_one_piece(edit[0])))
def test_replacing_a_piece_leaves_the_rest_byte_for_byte(
    qtbot: QtBot, edit: tuple[list[str], int, int, str]
) -> None:
    units, start, end, put_in = edit
    for editor in _editors(qtbot):
        editor.show_value("".join(units))
        heard = _heard(editor)
        _select(editor, start, end)
        if isinstance(editor, ExactLineEdit):
            editor.insert(put_in)
        else:
            editor.insertPlainText(put_in)
        assert editor.value() == "".join([*units[:start], put_in, *units[end:]])
        assert heard[-1:] == ([editor.value()] if list(put_in) != units[start:end] else [])


@pytest.mark.parametrize(
    ("text", "at", "key", "after"),
    [
        ("A\r\n\nB", 1, Qt.Key.Key_Delete, "A\nB"),
        ("A\r\n\nB", 3, Qt.Key.Key_Backspace, "A\r\nB"),
        ("A\r\n\nB", 2, Qt.Key.Key_Backspace, "A\nB"),
        ("A\n\r\nB", 2, Qt.Key.Key_Delete, "A\nB"),
    ],
)
def test_of_two_breaks_side_by_side_the_one_at_the_cursor_goes(
    qtbot: QtBot, text: str, at: int, key: Qt.Key, after: str
) -> None:
    for editor in _editors(qtbot):
        editor.show_value(text)
        _select(editor, at, at)
        QTest.keyClick(editor, key)
        assert editor.value() == after


@BOTH
def test_typing_the_old_text_back_gives_exactly_what_was_loaded(
    make: type[Editor], qtbot: QtBot
) -> None:
    editor = make()
    qtbot.addWidget(editor)
    loaded = "Brief\ufeff\xa0an\r\nAna"
    editor.show_value(loaded)
    heard = _heard(editor)
    _select(editor, 0, 1)
    QTest.keyClicks(editor, "G")
    _select(editor, 0, 1)
    QTest.keyClicks(editor, "B")
    assert heard[0] == "G" + loaded[1:]
    assert heard[-1] == loaded


@BOTH
def test_a_field_that_held_nothing_holds_nothing_again_once_it_is_emptied(
    make: type[Editor], qtbot: QtBot
) -> None:
    editor = make()
    qtbot.addWidget(editor)
    editor.show_value(None)
    heard = _heard(editor)
    QTest.keyClicks(editor, "x")
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert heard == ["x", None]


@pytest.mark.parametrize(
    ("loaded", "after"),
    [("a\r\nb\r\nc\nd", "\r\n"), ("a\nb\r\nc\n", "\n"), ("a\rb", "\r"), ("ab", "\n"), (None, "\n")],
)
def test_a_new_line_ends_as_most_lines_of_the_text_do(
    qtbot: QtBot, loaded: str | None, after: str
) -> None:
    editor = ExactTextEdit()
    qtbot.addWidget(editor)
    editor.show_value(loaded)
    for modifier in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
        _select(editor, 0, 0)
        QTest.keyClick(editor, Qt.Key.Key_Return, modifier)
    assert editor.value() == after * 2 + (loaded or "")


def test_lines_pasted_into_one_line_are_joined_by_spaces(qtbot: QtBot) -> None:
    line = ExactLineEdit()
    qtbot.addWidget(line)
    line.show_value("See \r\n")
    heard = _heard(line)
    line.setCursorPosition(4)
    QGuiApplication.clipboard().setText("\r\nAna\r\nGarcía\n")
    line.paste()
    assert heard == ["See Ana García\r\n"]
    assert line.text() == "See Ana García\n"
    assert line.cursorPosition() == len("See Ana García")


@BOTH
def test_what_an_assistive_tool_sets_counts_as_the_person_s_edit(
    make: type[Editor], qtbot: QtBot
) -> None:
    editor = make()
    qtbot.addWidget(editor)
    editor.show_value("Call\xa0Ana")
    heard = _heard(editor)
    tree = QAccessible.queryAccessibleInterface(editor)
    tree.setText(QAccessible.Text.Value, "Call\xa0Ana now")
    assert heard[-1] == "Call\xa0Ana now"
    assert editor.value() == "Call\xa0Ana now"


def test_rich_text_comes_in_plain(qtbot: QtBot) -> None:
    editor = ExactTextEdit()
    qtbot.addWidget(editor)
    both, rich = QMimeData(), QMimeData()
    both.setText("plain")
    both.setHtml("<b>fat</b>")
    rich.setHtml("<p>one</p><p><b>two</b></p>")
    for data in (both, rich):
        assert editor.canInsertFromMimeData(data)
        editor.insertFromMimeData(data)
    assert editor.value() == "plainone\ntwo"


def test_no_break_spaces_survive_cut_and_paste(qtbot: QtBot) -> None:
    editor = ExactTextEdit()
    qtbot.addWidget(editor)
    editor.show_value("10\xa0000 €\nnet")
    editor.selectAll()
    editor.cut()
    assert editor.value() == ""
    editor.paste()
    assert editor.value() == "10\xa0000 €\nnet"


def test_a_program_that_ends_with_a_copied_text_on_the_clipboard_ends_well() -> None:
    script = """
from PySide6.QtWidgets import QApplication
from atz_desktop.view.widgets.exact_text import ExactTextEdit
app = QApplication(["", "-platform", "offscreen"])
editor = ExactTextEdit()
editor.show_value("kept")
editor.selectAll()
editor.copy()
assert app.clipboard().text() == "kept"
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


# Showing while the person types


@BOTH
def test_the_echo_of_what_was_typed_moves_no_cursor(make: type[Editor], qtbot: QtBot) -> None:
    editor = make()
    qtbot.addWidget(editor)
    editor.show_value("Intrview 😀")
    editor.edited.connect(editor.show_value)
    _select(editor, 3, 3)
    QTest.keyClicks(editor, "e")
    assert editor.value() == "Interview 😀"
    assert _caret(editor) == 4


@BOTH
@pytest.mark.parametrize(
    ("before", "at", "after", "then"),
    [
        ("Call Ana", 8, "Please call Ana", 15),
        ("Call Ana", 0, "Call Ana now", 0),
        ("😀 Call Ana", 4, "😀 Call Ana now", 4),
        ("Call Ana", 6, "Call 😀Ana", 8),
        ("Call Ana", 6, "Nothing", 7),
    ],
)
def test_a_change_that_comes_from_elsewhere_leaves_the_cursor_at_its_words(
    make: type[Editor], qtbot: QtBot, before: str, at: int, after: str, then: int
) -> None:
    editor = make()
    _focused(editor, qtbot)
    editor.show_value(before)
    _select(editor, at, at)
    editor.show_value(after)
    assert _shown(editor) == after
    assert _caret(editor) == then


@BOTH
def test_a_newly_loaded_text_is_read_from_its_beginning(make: type[Editor], qtbot: QtBot) -> None:
    editor = make()
    qtbot.addWidget(editor)
    editor.show_value("Call Ana about the offer")
    assert _caret(editor) == 0


def _compose(editor: Editor, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(editor, event)


@BOTH
def test_a_text_that_arrives_while_a_character_is_composed_waits(
    make: type[Editor], qtbot: QtBot
) -> None:
    editor = make()
    _focused(editor, qtbot)
    editor.show_value("Ana")
    heard = _heard(editor)
    _compose(editor, "に")
    editor.show_value("Bob")
    assert _shown(editor).replace("に", "") == "Ana"
    _compose(editor, "")
    assert _shown(editor) == "Bob"
    assert heard == []


@BOTH
def test_a_character_composed_to_its_end_wins_over_a_text_that_waited(
    make: type[Editor], qtbot: QtBot
) -> None:
    editor = make()
    _focused(editor, qtbot)
    editor.show_value("Ana")
    heard = _heard(editor)
    _select(editor, 3, 3)
    _compose(editor, "に")
    editor.show_value("Bob")
    _compose(editor, "", "日")
    assert heard == ["Ana日"]
    assert _shown(editor) == "Ana日"


# Manners


@BOTH
@pytest.mark.parametrize(
    ("key", "modifiers"),
    [
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier),
        (
            Qt.Key.Key_Z,
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
        ),
        (Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier),
    ],
    ids=["undo", "redo", "redo of Windows"],
)
def test_undo_and_redo_are_the_window_s(
    make: type[Editor], qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    window = QWidget()
    editor = make()
    QVBoxLayout(window).addWidget(editor)
    qtbot.addWidget(window)
    asked: list[bool] = []
    action = QAction(window)
    action.setShortcut(QKeySequence(modifiers.value | key.value))
    action.triggered.connect(lambda: asked.append(True))
    window.addAction(action)
    window.show()
    window.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    QTest.keyClicks(editor, "x")
    QTest.keyClick(editor, key, modifiers)
    assert asked == [True]
    window.removeAction(action)
    QTest.keyClick(editor, key, modifiers)
    assert editor.value() == "x"


@BOTH
def test_the_editor_s_menu_offers_no_undo_of_its_own(make: type[Editor], qtbot: QtBot) -> None:
    editor = make()
    _focused(editor, qtbot)
    place: Callable[[QPoint], QPoint] = editor.mapToGlobal
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), place(QPoint(5, 5)))
    editor.contextMenuEvent(event)
    menu = editor.findChild(QMenu)
    assert isinstance(menu, QMenu)
    names = [action.objectName() for action in menu.actions()]
    menu.close()
    assert {"edit-cut", "edit-copy", "edit-paste", "select-all"} <= set(names)
    assert not {"edit-undo", "edit-redo"} & set(names)
    assert not menu.actions()[0].isSeparator()


def test_tab_leaves_a_text_of_several_lines(qtbot: QtBot) -> None:
    window = QWidget()
    first, second = ExactTextEdit(), ExactLineEdit()
    layout = QVBoxLayout(window)
    layout.addWidget(first)
    layout.addWidget(second)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert second.hasFocus()
    assert first.value() is None


@pytest.mark.parametrize("dressed", [False, True], ids=["Fusion", "flat"])
@pytest.mark.parametrize("points", [9.0, 10.0, 10.5, 13.0])
def test_a_text_grows_with_its_lines_between_its_bounds(
    qtbot: QtBot, dressed: bool, points: float
) -> None:
    window = QWidget()
    editor = ExactTextEdit(min_lines=2, max_lines=6)
    font = editor.font()
    font.setPointSizeF(points)
    editor.setFont(font)
    layout = QVBoxLayout(window)
    layout.addWidget(editor)
    layout.addStretch()
    qtbot.addWidget(window)
    style: QStyle = FlatStyle() if dressed else QStyleFactory.create("fusion")
    style.setParent(editor)
    editor.setStyle(style)
    window.resize(300, 600)
    window.show()
    heights: dict[int, int] = {}
    for count in (1, 2, 4, 6, 50):
        editor.show_value("\n".join(["word"] * count))
        QApplication.processEvents()
        heights[count] = editor.height() - heights.get(1, 0)
        assert (editor.verticalScrollBar().maximum() > 0) == (count > 6)
    document = editor.document()
    line = document.documentLayout().blockBoundingRect(document.begin()).height()
    assert [heights[count] for count in (2, 4, 6, 50)] == [0, 2 * line, 4 * line, 4 * line]
    editor.show_value("a long line of words that is wrapped " * 3)
    QApplication.processEvents()
    assert editor.verticalScrollBar().maximum() == 0


def _turn_the_wheel_over(target: QWidget) -> None:
    window = target.window()
    spot = target.mapTo(window, QPointF(9, 9))
    QTest.wheelEvent(window.windowHandle(), spot, QPoint(0, -120))


def test_the_wheel_over_a_text_nobody_works_in_scrolls_the_form(qtbot: QtBot) -> None:
    form, page = QScrollArea(), QWidget()
    editor = ExactTextEdit()
    layout = QVBoxLayout(page)
    layout.addWidget(editor)
    layout.addStretch()
    page.setMinimumHeight(2000)
    form.setWidget(page)
    qtbot.addWidget(form)
    editor.show_value("line\n" * 100)
    form.show()
    form.activateWindow()
    form.setFocus()
    qtbot.waitUntil(form.hasFocus)
    _turn_the_wheel_over(editor.viewport())
    assert form.verticalScrollBar().value() > 0
    assert editor.verticalScrollBar().value() == 0
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    form.verticalScrollBar().setValue(0)
    _turn_the_wheel_over(editor.viewport())
    assert editor.verticalScrollBar().value() > 0


def test_an_event_that_changes_no_letter_is_no_edit() -> None:
    kept = TextBuffer("a\r\nb", lines=True)
    assert not kept.update(kept.shown, 1)
    assert kept.value == "a\r\nb"
