"""How the program looks: colours by meaning, the type scale, distances; light and dark.

A widget asks `colours()` while it paints, so a switch between light and dark needs nothing but
the repaint that Qt sends anyway. This runs before the first paint: only QtCore, QtGui, QtWidgets.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final, Literal

from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from atz_desktop.domain.characters import upright

TypeRole = Literal["caption", "body", "heading", "title"]

# Distances in device-independent pixels.
TIGHT: Final = 4  # between an icon and its word
NEAR: Final = 8  # between things that belong together
INSIDE: Final = 12  # from the edge of a bar to what stands in it
AROUND: Final = 16  # from the edge of a card or of the window
APART: Final = 24  # between groups

CONTROL_HEIGHT: Final = 32
FIELD_RADIUS: Final = 5
CARD_RADIUS: Final = 8

# The type scale: size against the system's own text size, and weight.
_TYPE: Final[dict[TypeRole, tuple[float, QFont.Weight]]] = {
    "caption": (0.9, QFont.Weight.Normal),
    "body": (1.0, QFont.Weight.Normal),
    "heading": (1.0, QFont.Weight.DemiBold),
    "title": (1.4, QFont.Weight.DemiBold),
}


class Colours(SimpleNamespace):
    """One colour for each meaning, as `#rrggbb`. No dataclass: that costs 8 ms of the start.

    Words on each of these grounds have a contrast of at least 4.5 : 1 (WCAG 2.2 AA), frames and
    the focus ring at least 3 : 1; tests/view/test_theme.py walks the table.
    """

    window: str
    card: str
    field: str
    card_border: str
    field_border: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_fill: str
    on_accent: str
    hover: str
    changed: str
    changed_fill: str
    problem: str
    problem_fill: str
    warning: str
    warning_fill: str
    verified: str
    verified_fill: str
    chip: str
    chip_border: str
    chip_hover: str
    chip_selected: str
    on_chip_selected: str
    chip_unverified: str
    chip_unverified_border: str
    sandbox: str
    on_sandbox: str
    focus: str

    def __getitem__(self, name: str) -> QColor:
        """The colour of that name, ready to paint with; AttributeError for an unknown name."""
        return QColor(getattr(self, name))


LIGHT: Final = Colours(
    window="#f4f5f7",
    card="#ffffff",
    field="#ffffff",
    card_border="#dfe2e7",
    field_border="#848d9b",
    text="#1b1f27",
    muted="#5b6472",
    disabled="#7b8492",
    accent="#1d5fd0",
    accent_fill="#1d5fd0",
    on_accent="#ffffff",
    hover="#eceef2",
    changed="#1d5fd0",
    changed_fill="#e9f1fe",
    problem="#b3261e",
    problem_fill="#fdeeec",
    warning="#8a5300",
    warning_fill="#fff4dc",
    verified="#1c6b3a",
    verified_fill="#e6f5ea",
    chip="#eaeef5",
    chip_border="#cdd6e4",
    chip_hover="#dde5f1",
    chip_selected="#1d5fd0",
    on_chip_selected="#ffffff",
    chip_unverified="#fff8e8",
    chip_unverified_border="#c08a2b",
    sandbox="#ece6fb",
    on_sandbox="#4b2e94",
    focus="#1d5fd0",
)

DARK: Final = Colours(
    window="#1b1d21",
    card="#25282d",
    field="#1e2125",
    card_border="#363b43",
    field_border="#7d8695",
    text="#e8eaee",
    muted="#a9b1bd",
    disabled="#858d99",
    accent="#86b6ff",
    accent_fill="#2b68d6",
    on_accent="#ffffff",
    hover="#31353c",
    changed="#86b6ff",
    changed_fill="#22304a",
    problem="#ff9d95",
    problem_fill="#402425",
    warning="#f2bd62",
    warning_fill="#3b2f19",
    verified="#7fd49b",
    verified_fill="#1f3828",
    chip="#353b46",
    chip_border="#4c5564",
    chip_hover="#3c4451",
    chip_selected="#2b68d6",
    on_chip_selected="#ffffff",
    chip_unverified="#37301f",
    chip_unverified_border="#a98544",
    sandbox="#352a55",
    on_sandbox="#d9ccff",
    focus="#6fa8ff",
)


def is_dark() -> bool:
    """Whether the program is drawn light on dark just now, whoever decided it."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def colours() -> Colours:
    """The colours to paint with just now; ask again at each paint rather than keep them."""
    return DARK if is_dark() else LIGHT


def type_font(role: TypeRole) -> QFont:
    """The font of that step of the type scale, following the system's own font and size."""
    scale, weight = _TYPE[role]
    font = QApplication.font()
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * scale)
    else:
        font.setPixelSize(round(font.pixelSize() * scale))
    font.setWeight(weight)
    return font


def plain_tip(text: str) -> str:
    """Foreign text for a tool tip, shown letter by letter.

    Qt guesses whether a tip is HTML; a name that holds `<img …>` must not be drawn as a picture.
    """
    from html import escape  # 2 ms, and not before the first paint

    return f'<p style="white-space:pre-wrap">{escape(upright(text))}</p>' if text else ""
