"""How the program looks: colours by meaning, the type scale, distances; light and dark.

A widget asks `colours()` while it paints, so a switch between light and dark needs nothing but
the repaint that Qt sends anyway. This runs before the first paint: only QtCore, QtGui, QtWidgets.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

Choice = Literal["system", "light", "dark"]
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

# Tried in this order where the system names no font of its own (bare X11, no display).
_FALLBACK_FONTS: Final = ["Inter", "Cantarell", "Noto Sans", "DejaVu Sans"]
_FALLBACK_POINTS: Final = 10.0

# Styles that draw with a palette of ours. The others (Windows 11, macOS, Breeze …) are at home
# where they run and keep their own. The older Windows styles know no dark.
_DRESSED_STYLES: Final = frozenset({"fusion", "windows", "windowsvista"})


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

    return f'<p style="white-space:pre-wrap">{escape(text)}</p>' if text else ""


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
        self._choice: Choice = "system"
        self._dressed = app.style().name() in _DRESSED_STYLES
        if self._dressed:
            self._dress()
        app.styleHints().colorSchemeChanged.connect(self._follow)

    def choose(self, choice: Choice) -> None:
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
        from atz_desktop.view.flat_style import FlatStyle

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


def apply_theme(app: QApplication, choice: Choice) -> Theme:
    """Dress `app` as chosen, now and whenever the system changes; the answer is kept by `app`."""
    found = app.findChild(Theme, "theme")
    theme = found if isinstance(found, Theme) else Theme(app)
    theme.choose(choice)
    return theme
