"""How the program looks: colours by meaning, the type scale, distances; light and dark, with the
system's accent and contrast.

A widget asks `colours()` while it paints, so a switch between light and dark needs nothing but
the repaint that Qt sends anyway. This runs before the first paint: only QtCore, QtGui, QtWidgets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

TypeRole = Literal["caption", "body", "heading", "title"]

# Distances in device-independent pixels.
TIGHT: Final = 4  # between an icon and its word
NEAR: Final = 8  # between things that belong together
INSIDE: Final = 12  # from the edge of a bar to what stands in it
AROUND: Final = 16  # from the edge of a card or of the window
APART: Final = 24  # between groups

CONTROL_HEIGHT: Final = 32
HEAD_HEIGHT: Final = 22  # of the line above a field: its label, and what there is to know about it
FIELD_RADIUS: Final = 5
CARD_RADIUS: Final = 8

# WCAG 2.2: of text to its ground, and of what must be seen but is not read.
_TEXT_CONTRAST: Final = 4.5
_SHAPE_CONTRAST: Final = 3.0
_STEPS: Final = 40

# The type scale: size against the system's own text size, and weight.
_TYPE: Final[dict[TypeRole, tuple[float, QFont.Weight]]] = {
    "caption": (0.9, QFont.Weight.Normal),
    "body": (1.0, QFont.Weight.Normal),
    "heading": (1.0, QFont.Weight.DemiBold),
    "title": (1.4, QFont.Weight.DemiBold),
}


# Meaning → colour on light and on dark. Text on each of its grounds has a contrast of at least
# 4.5 : 1 (WCAG 2.2 AA), frames and the focus ring at least 3 : 1 (tests/view/test_theme.py).
_TABLE: Final = {
    "window": ("#f4f5f7", "#1b1d21"),
    "card": ("#ffffff", "#25282d"),
    "field": ("#ffffff", "#1e2125"),
    "card_border": ("#dfe2e7", "#363b43"),
    "field_border": ("#848d9b", "#7d8695"),
    "text": ("#1b1f27", "#e8eaee"),
    "muted": ("#5b6472", "#a9b1bd"),
    "disabled": ("#7b8492", "#858d99"),
    "accent": ("#1d5fd0", "#86b6ff"),
    "accent_fill": ("#1d5fd0", "#2b68d6"),
    "on_accent": ("#ffffff", "#ffffff"),
    "hover": ("#eceef2", "#31353c"),
    "changed": ("#1d5fd0", "#86b6ff"),
    "changed_fill": ("#e9f1fe", "#22304a"),
    "problem": ("#b3261e", "#ff9d95"),
    "problem_fill": ("#fdeeec", "#402425"),
    "warning": ("#8a5300", "#f2bd62"),
    "warning_fill": ("#fff4dc", "#3b2f19"),
    "verified": ("#1c6b3a", "#7fd49b"),
    "verified_fill": ("#e6f5ea", "#1f3828"),
    "chip": ("#eaeef5", "#353b46"),
    "chip_border": ("#cdd6e4", "#4c5564"),
    "chip_hover": ("#dde5f1", "#3c4451"),
    "chip_selected": ("#1d5fd0", "#2b68d6"),
    "on_chip_selected": ("#ffffff", "#ffffff"),
    "chip_unverified": ("#fff8e8", "#37301f"),
    "chip_unverified_border": ("#c08a2b", "#a98544"),
    "sandbox": ("#ece6fb", "#352a55"),
    "on_sandbox": ("#4b2e94", "#d9ccff"),
    "focus": ("#1d5fd0", "#6fa8ff"),
}
_Role = QPalette.ColorRole
_ROLES: Final = (
    ((_Role.Window, _Role.Button, _Role.Midlight), "window"),
    ((_Role.Base,), "field"),
    ((_Role.AlternateBase,), "hover"),
    ((_Role.ToolTipBase, _Role.Light), "card"),
    ((_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.ToolTipText), "text"),
    ((_Role.BrightText, _Role.HighlightedText), "on_accent"),
    ((_Role.PlaceholderText,), "muted"),
    ((_Role.Mid, _Role.Dark), "card_border"),
    ((_Role.Shadow,), "field_border"),
    ((_Role.Highlight, _Role.Accent), "accent_fill"),
    ((_Role.Link, _Role.LinkVisited), "accent"),
)


class LevelLook(NamedTuple):
    """How a level of session.notices is drawn: names of two colours and of an icon."""

    colour: str
    ground: str
    icon: str


LEVELS: Final = {
    "info": LevelLook("changed", "changed_fill", "info"),
    "good": LevelLook("verified", "verified_fill", "verified"),
    "warning": LevelLook("warning", "warning_fill", "warning"),
    "problem": LevelLook("problem", "problem_fill", "problem"),
}
"""By the value of a Level, whose module is not needed before the first paint."""


class Colours:
    """One colour for each meaning."""

    def __init__(self, values: Mapping[str, QColor]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> QColor:
        """The colour of that name, which is never changed; KeyError for an unknown name."""
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def with_accent(self, accent: QColor) -> Colours:
        """These colours with the system's accent, made darker or lighter until it can be read."""
        grounds = [self._values[name] for name in ("window", "card", "field", "hover")]
        ink = _readable(accent, ((ground, _TEXT_CONTRAST) for ground in grounds))
        text, field = self._values["on_accent"], self._values["field"]
        fill = _readable(accent, ((text, _TEXT_CONTRAST), (field, _SHAPE_CONTRAST)))
        changed = {"accent": ink, "focus": ink, "accent_fill": fill, "chip_selected": fill}
        return Colours(self._values | changed)


LIGHT: Final = Colours({name: QColor(light) for name, (light, _) in _TABLE.items()})
DARK: Final = Colours({name: QColor(dark) for name, (_, dark) in _TABLE.items()})
_active = LIGHT


def high_contrast(palette: QPalette) -> Colours:
    """The system's own colours for every meaning; icons and text tell apart what a hue does not."""
    role, off = QPalette.ColorRole, QPalette.ColorGroup.Disabled
    colour = palette.color
    values = dict.fromkeys(_TABLE, colour(role.WindowText))
    for ground in ("window", "card", "field", "sandbox", "chip", "hover", "chip_hover"):
        values[ground] = colour(role.Window)
    for name in ("changed", "problem", "warning", "verified"):
        values[f"{name}_fill"] = colour(role.Window)
    values["chip_unverified"] = colour(role.Window)
    values["disabled"] = colour(off, role.WindowText)
    values["accent"] = colour(role.Link)
    for name in ("accent_fill", "chip_selected", "focus"):
        values[name] = colour(role.Highlight)
    for name in ("on_accent", "on_chip_selected"):
        values[name] = colour(role.HighlightedText)
    return Colours(values)


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio as WCAG 2.2 defines it: 1 (equal) to 21 (black on white)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: QColor) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _readable(colour: QColor, needed: Iterable[tuple[QColor, float]]) -> QColor:
    """The colour nearest to `colour`, darker or lighter, with the contrast needed to each other."""
    wanted = tuple(needed)
    for step in range(_STEPS + 1):
        for target in (0.0, 1.0):
            mixed = _mixed(colour, target, step / _STEPS)
            if all(contrast(mixed, other) >= least for other, least in wanted):
                return mixed
    return colour


def _mixed(colour: QColor, target: float, share: float) -> QColor:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (part + (target - part) * share for part in parts)
    return QColor.fromRgbF(red, green, blue)


def colours() -> Colours:
    """The colours to paint with just now; ask again at each paint rather than keep them."""
    return _active


def adapt_palette(
    palette: QPalette,
    scheme: Qt.ColorScheme,
    standard: QPalette,
    *,
    more_contrast: bool | None = None,
) -> None:
    """Give `palette`, which the system made, the program's colours, and paint with them.

    `scheme` is what the user chose (Unknown: as the system is), `standard` what Qt fills in where
    the system says nothing. A palette made for more contrast is left as it is.
    """
    global _active  # noqa: PLW0603 - one look for the process, as Qt's own palette
    if wants_contrast() if more_contrast is None else more_contrast:
        _active = high_contrast(palette)
        return
    dark = (scheme or QGuiApplication.styleHints().colorScheme()) == Qt.ColorScheme.Dark
    tones = DARK if dark else LIGHT
    accent = palette.color(_Role.Accent)
    if accent != standard.color(_Role.Accent):
        tones = tones.with_accent(accent)
    _active = tones
    _fill_palette(palette, tones)


def wants_contrast() -> bool:
    """Whether the system asks for more contrast (Windows' contrast themes, macOS, GNOME)."""
    hints = QGuiApplication.styleHints()
    if not hasattr(hints, "accessibility"):  # Qt before 6.10
        return False
    return hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast


def _fill_palette(palette: QPalette, tones: Colours) -> None:
    for roles, name in _ROLES:
        for role in roles:
            palette.setColor(role, tones[name])
    off = QPalette.ColorGroup.Disabled
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText):
        palette.setColor(off, role, tones["disabled"])
    palette.setColor(off, _Role.Base, tones["window"])
    palette.setColor(off, _Role.Highlight, tones["muted"])


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


def set_text_colour(widget: QWidget, name: str) -> None:
    """Write on a label or button in that colour as it is now; call it again at each change."""
    palette = widget.palette()
    palette.setColor(widget.foregroundRole(), colours()[name])
    widget.setPalette(palette)
