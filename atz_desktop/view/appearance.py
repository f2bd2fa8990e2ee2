"""Light, dark, or as the system is: dresses the whole application, at once and at any time.

Runs before the first paint: only QtCore, QtGui, QtWidgets.
"""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication

from atz_desktop.view.theme import DARK, LIGHT, Colours

ThemeChoice = Literal["system", "light", "dark"]

# Tried in this order where the system names no font of its own (bare X11, no display).
_FALLBACK_FONTS: Final = ["Inter", "Cantarell", "Noto Sans", "DejaVu Sans"]
_FALLBACK_POINTS: Final = 10.0

# Styles that draw with a palette of ours. The others (Windows 11, macOS, Breeze …) are at home
# where they run and keep their own. The older Windows styles know no dark.
_DRESSED_STYLES: Final = frozenset({"fusion", "windows", "windowsvista"})


def palette_of(tones: Colours) -> QPalette:
    """A whole palette in these colours, for styles that bring none for light and dark."""
    role = QPalette.ColorRole
    palette = QPalette()
    for roles, name in (
        ((role.Window, role.Button, role.Midlight), "window"),
        ((role.Base,), "field"),
        ((role.AlternateBase,), "hover"),
        ((role.ToolTipBase, role.Light), "card"),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), "text"),
        ((role.BrightText, role.HighlightedText), "on_accent"),
        ((role.PlaceholderText,), "muted"),
        ((role.Mid, role.Dark), "card_border"),
        ((role.Shadow,), "field_border"),
        ((role.Highlight, role.Accent), "accent_fill"),
        ((role.Link, role.LinkVisited), "accent"),
    ):
        for each in roles:
            palette.setColor(each, tones[name])
    off = QPalette.ColorGroup.Disabled
    for each in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        palette.setColor(off, each, tones["disabled"])
    palette.setColor(off, role.Base, tones["window"])
    palette.setColor(off, role.Highlight, tones["muted"])
    return palette


class Theme(QObject):
    """Dresses the application in light or dark, and follows the system where that was chosen."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName("theme")
        self._app = app
        self._choice: ThemeChoice = "system"
        self._dressed = app.style().name() in _DRESSED_STYLES
        if self._dressed:
            self._dress()
        app.styleHints().colorSchemeChanged.connect(self._follow)

    def choose(self, choice: ThemeChoice) -> None:
        """Light, dark, or as the system is; takes effect at once in every open window."""
        self._choice = choice
        hints = self._app.styleHints()
        match choice:
            case "system":
                hints.unsetColorScheme()
            case "light":
                hints.setColorScheme(Qt.ColorScheme.Light)
            case "dark":
                hints.setColorScheme(Qt.ColorScheme.Dark)
        self._follow()

    def _dress(self) -> None:
        from atz_desktop.view.flat_style import FlatStyle  # not needed where styles are at home

        self._app.setStyle(FlatStyle())
        if self._app.font().family() in ("", "Sans Serif", "Sans"):
            font = QFont(_FALLBACK_FONTS)
            font.setPointSizeF(_FALLBACK_POINTS)
            self._app.setFont(font)

    def _follow(self) -> None:
        if self._dressed:
            # Some platforms (bare X11) know no colour scheme and leave it unknown even when set.
            dark = self._choice == "dark" or (
                self._choice == "system"
                and self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
            )
            self._app.setPalette(palette_of(DARK if dark else LIGHT))
        self.changed.emit()


def apply_theme(app: QApplication, choice: ThemeChoice) -> Theme:
    """Dress `app` as chosen, now and whenever the system changes; the answer is kept by `app`."""
    found = app.findChild(Theme, "theme")
    theme = found if isinstance(found, Theme) else Theme(app)
    theme.choose(choice)
    return theme
