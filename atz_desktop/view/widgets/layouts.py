"""Rows and columns of widgets, each in one call."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from atz_desktop.view.theme import NEAR

Part = QWidget | QLayout
Item = Part | int | tuple[Part, int] | tuple[Part, int, Qt.AlignmentFlag]
"""A widget or layout, with its stretch and alignment where it has them; a number: empty stretch."""
Margins = tuple[int, int, int, int]


def hbox(
    parent: QWidget | None,
    *items: Item,
    margins: Margins = (0, 0, 0, 0),
    spacing: int = NEAR,
) -> QHBoxLayout:
    """`items` beside each other; -1 as `spacing`: what the style has."""
    box = QHBoxLayout()
    _fill(box, parent, items, margins, spacing)
    return box


def vbox(
    parent: QWidget | None,
    *items: Item,
    margins: Margins = (0, 0, 0, 0),
    spacing: int = NEAR,
) -> QVBoxLayout:
    """`items` below each other; see `hbox`."""
    box = QVBoxLayout()
    _fill(box, parent, items, margins, spacing)
    return box


def _fill(
    box: QBoxLayout, parent: QWidget | None, items: tuple[Item, ...], margins: Margins, spacing: int
) -> None:
    if parent is not None:
        parent.setLayout(box)
    box.setContentsMargins(*margins)
    box.setSpacing(spacing)
    for item in items:
        if isinstance(item, int):
            box.addStretch(item)
            continue
        part, stretch, *alignment = item if isinstance(item, tuple) else (item, 0)
        if isinstance(part, QLayout):
            box.addLayout(part, stretch)
        else:
            box.addWidget(part, stretch, *alignment)
