"""Turns the system's palette into the program's: light or dark, with the system's accent.

Runs before the first paint: only QtCore and QtGui.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPalette

from atz_desktop.view.theme import DARK, LIGHT, Colours, high_contrast, set_colours

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
    if wants_contrast() if more_contrast is None else more_contrast:
        set_colours(high_contrast(palette))
        return
    dark = (scheme or QGuiApplication.styleHints().colorScheme()) == Qt.ColorScheme.Dark
    tones = DARK if dark else LIGHT
    accent = palette.color(_Role.Accent)
    if accent != standard.color(_Role.Accent):
        tones = tones.with_accent(accent)
    set_colours(tones)
    _fill(palette, tones)


def wants_contrast() -> bool:
    """Whether the system asks for more contrast (Windows' contrast themes, macOS, GNOME)."""
    hints = QGuiApplication.styleHints()
    if not hasattr(hints, "accessibility"):  # Qt before 6.10
        return False
    return hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast


def _fill(palette: QPalette, tones: Colours) -> None:
    for roles, name in _ROLES:
        for role in roles:
            palette.setColor(role, tones[name])
    off = QPalette.ColorGroup.Disabled
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText):
        palette.setColor(off, role, tones["disabled"])
    palette.setColor(off, _Role.Base, tones["window"])
    palette.setColor(off, _Role.Highlight, tones["muted"])
