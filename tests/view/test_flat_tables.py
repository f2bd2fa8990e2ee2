"""Tables and lists in the flat style: headings above their cells, round corners, rows to hit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QListWidget
from pytestqt.qtbot import QtBot

from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.theme import LIGHT
from atz_desktop.view.widgets.row_table import RowModel, RowTable


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, "light")
    yield
    apply_theme(qapp, "light")


def first_ink(image: QImage, rows: range) -> int:
    """Where the first letter begins in those lines of a picture, inside its frame."""
    dark = (
        x
        for x in range(6, image.width())
        for y in rows
        if image.pixelColor(x, y).lightness() < LIGHT["muted"].lightness()
    )
    return next(dark)


def test_a_heading_stands_above_its_cells_and_neither_touches_the_frame(qtbot: QtBot) -> None:
    model: RowModel[str] = RowModel(("HH",), lambda row, _column: row)
    model.set_rows(["HH", "HH"])
    table = RowTable("Letters", model)
    qtbot.addWidget(table)
    table.resize(200, 140)
    table.show()
    image = table.grab().toImage()
    head = table.horizontalHeader()
    top = head.geometry().bottom() + table.rowHeight(0) + 6
    heading = first_ink(image, range(head.geometry().top(), head.geometry().bottom() - 2))
    cell = first_ink(image, range(top, top + table.rowHeight(1) - 12))
    assert heading == cell >= 10
    # Square things inside would lie over the round corners of the frame.
    for x, y in ((3, 3), (image.width() - 4, 3)):
        assert image.pixelColor(x, y) == LIGHT["field"]


def test_a_row_of_a_list_is_high_enough_to_be_hit(qtbot: QtBot) -> None:
    names = QListWidget()
    qtbot.addWidget(names)
    names.addItems(["Agency", "Trial"])
    names.show()
    assert names.visualItemRect(names.item(0)).height() >= 24
