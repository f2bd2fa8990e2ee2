"""Light, dark, or as the system is: applied to the whole application, at once and at any time.

Runs before the first paint: only QtCore, QtGui, QtWidgets.
"""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication

from atz_desktop.view.flat_style import FlatStyle

ThemeChoice = Literal["system", "light", "dark"]

# Tried in this order where the system names no font of its own (bare X11, no display).
_FALLBACK_FONTS: Final = ["Inter", "Cantarell", "Noto Sans", "DejaVu Sans"]
_FALLBACK_POINTS: Final = 10.0
_SCHEMES: Final[dict[ThemeChoice, Qt.ColorScheme]] = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


class Theme(QObject):
    """Applies light or dark to the application, and follows the system where that was chosen."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName("theme")
        self._app = app
        self._style = FlatStyle()
        app.setStyle(self._style)
        if app.font().family() in ("", "Sans Serif", "Sans"):
            font = QFont(_FALLBACK_FONTS)
            font.setPointSizeF(_FALLBACK_POINTS)
            app.setFont(font)
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._update)
        if hasattr(hints, "accessibility"):  # Qt 6.10
            hints.accessibility().contrastPreferenceChanged.connect(self._update)

    def choose(self, choice: ThemeChoice) -> None:
        """Light, dark, or as the system is; takes effect at once in every open window."""
        # Some platforms (bare X11) know no colour scheme and leave it unknown even when set.
        self._style.scheme = _SCHEMES[choice]
        self._app.styleHints().setColorScheme(_SCHEMES[choice])
        self._update()

    def _update(self) -> None:
        # No palette of ours: that of the system, which Qt lets the style polish.
        self._app.setPalette(QPalette())
        self.changed.emit()


def apply_theme(app: QApplication, choice: ThemeChoice) -> Theme:
    """Apply `choice` to `app`, now and whenever the system changes; `app` owns the answer."""
    found = app.findChild(Theme, "theme")
    theme = found if isinstance(found, Theme) else Theme(app)
    theme.choose(choice)
    return theme
