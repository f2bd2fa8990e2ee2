"""The question what the columns of a table are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.domain.column_mapping import guess
from atz_desktop.domain.table import parse_delimited
from atz_desktop.view.dialogs.mapping_dialog import MappingDialog


def _asked(qtbot: QtBot, text: str) -> MappingDialog:
    dialog = MappingDialog("rooms.csv")
    qtbot.addWidget(dialog)
    table = parse_delimited(text)
    dialog.show_table(table, guess(table))
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def test_enter_takes_a_table_of_which_the_columns_are_known(qtbot: QtBot) -> None:
    dialog = _asked(qtbot, "Activity ID;Location\n42;Room 1\n7;Room 2\n")
    with qtbot.waitSignal(dialog.accepted):
        QTest.keyClick(_focused(dialog), Qt.Key.Key_Return)


def test_the_keyboard_is_at_the_columns_where_none_holds_an_id_and_then_comes_to_the_buttons(
    qtbot: QtBot,
) -> None:
    dialog = _asked(qtbot, "Place;Floor\nRoom 1;Up\nRoom 2;Down\n")
    names = [_focused(dialog).accessibleName()]
    for _ in range(2):
        QTest.keyClick(_focused(dialog), Qt.Key.Key_Tab)
        focused = _focused(dialog)
        name = focused.accessibleName() if isinstance(focused, QComboBox) else "a button"
        names.append(name)
    assert names == ["Place", "Floor", "a button"]
    assert dialog.isVisible()


def _focused(dialog: MappingDialog) -> QWidget:
    focused = dialog.focusWidget()
    assert focused is not None
    return focused
