"""A table that leaves a column out where there is no room for it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from atz_desktop.view.widgets.row_table import RowModel
from atz_desktop.view.worklist.tables import WideTable

COLUMNS = ("Title", "Activity", "What happened")


def test_a_column_that_comes_back_is_in_sight_and_the_title_as_wide_as_before(qtbot: QtBot) -> None:
    table = WideTable(
        "Rows",
        RowModel[str](COLUMNS, lambda row, _column: row),
        {"Activity": ("99999",)},
        "What happened",
    )
    qtbot.addWidget(table)
    table.resize(800, 300)
    table.show()
    table.setColumnWidth(0, 210)  # as somebody dragged it
    for wide in (700, 640, 900):
        table.resize(400, 300)
        qtbot.waitUntil(lambda: table.isColumnHidden(2))
        assert table.columnWidth(0) > 210
        table.resize(wide, 300)
        qtbot.waitUntil(lambda: not table.isColumnHidden(2))
        assert table.columnWidth(0) == 210
        assert sum(map(table.columnWidth, range(3))) <= table.viewport().width()
