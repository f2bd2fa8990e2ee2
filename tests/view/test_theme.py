from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPalette, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.theme import (
    CONTROL_HEIGHT,
    DARK,
    LIGHT,
    Colours,
    adapt_palette,
    colours,
    contrast,
    type_font,
)
from atz_desktop.view.widgets.buttons import LinkButton
from atz_desktop.view.widgets.labels import plain_tip

BOTH = pytest.mark.parametrize("tones", [LIGHT, DARK], ids=["light", "dark"])
GROUNDS = ("window", "card", "field")
WORDS_ON = {
    "text": (
        *GROUNDS,
        "hover",
        "chip",
        "chip_hover",
        "chip_unverified",
        "changed_fill",
        "problem_fill",
        "warning_fill",
        "verified_fill",
    ),
    "muted": (*GROUNDS, "hover", "chip", "chip_hover", "chip_unverified", "changed_fill"),
    "accent": (*GROUNDS, "hover"),
    "on_accent": ("accent_fill",),
    "changed": (*GROUNDS, "changed_fill"),
    "problem": (*GROUNDS, "problem_fill"),
    "warning": (*GROUNDS, "warning_fill"),
    "verified": (*GROUNDS, "verified_fill"),
    "on_chip_selected": ("chip_selected",),
    "on_sandbox": ("sandbox",),
}
# What is not read but must be seen: WCAG 2.2, 1.4.11.
LINES_ON = {
    "field_border": ("field", "card", "window"),
    "focus": GROUNDS,
    "chip_selected": ("field",),
    "chip_unverified_border": ("field",),
    "disabled": ("window", "card", "field"),
}
QUIET = {"card_border", "chip_border"}  # decoration: nothing is lost without it


def _too_faint(tones: Colours, pairs: dict[str, tuple[str, ...]], least: float) -> list[str]:
    return [
        f"{front} on {ground}: {contrast(tones[front], tones[ground]):.2f}"
        for front, grounds in pairs.items()
        for ground in grounds
        if contrast(tones[front], tones[ground]) < least
    ]


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    apply_theme(qapp, "system")


@BOTH
def test_words_stand_out_from_every_ground_they_are_written_on(tones: Colours) -> None:
    assert _too_faint(tones, WORDS_ON, 4.5) == []


@BOTH
def test_frames_and_the_focus_ring_can_be_seen(tones: Colours) -> None:
    assert _too_faint(tones, LINES_ON, 3.0) == []


def test_no_colour_escapes_the_contrast_table() -> None:
    seen = set(WORDS_ON) | set(LINES_ON) | QUIET
    seen |= {ground for grounds in (*WORDS_ON.values(), *LINES_ON.values()) for ground in grounds}
    assert set(LIGHT) == set(DARK) == seen


def test_light_and_dark_are_chosen_and_changed_while_the_program_runs(app: QApplication) -> None:
    apply_theme(app, "light")
    assert colours() is LIGHT
    apply_theme(app, "dark")
    assert colours() is DARK
    assert app.palette().color(QPalette.ColorRole.Window) == DARK["window"]


@pytest.fixture
def system(app: QApplication) -> QPalette:
    """The palette of a system, before the style adapts it."""
    return app.style().standardPalette()


ACCENTS = ["#0078d4", "#ffb900", "#e81123", "#00cc6a", "#000000", "#ffffff", "#744da9"]


@BOTH
@pytest.mark.parametrize("accent", ACCENTS)
def test_the_system_s_accent_is_followed_as_far_as_it_can_be_read(
    tones: Colours, accent: str
) -> None:
    followed = tones.with_accent(QColor(accent))
    assert _too_faint(followed, WORDS_ON, 4.5) == []
    assert _too_faint(followed, LINES_ON, 3.0) == []
    near = {followed[name].hsvHue() for name in ("accent", "accent_fill", "focus")}
    assert all(abs(hue - QColor(accent).hsvHue()) <= 2 for hue in near if hue >= 0)
    assert followed["problem"] == tones["problem"]


def test_a_system_with_an_accent_gets_its_palette_in_it(system: QPalette) -> None:
    standard = QPalette(system)
    system.setColor(QPalette.ColorRole.Accent, QColor("#c30052"))
    adapt_palette(system, Qt.ColorScheme.Light, standard)
    assert system.color(QPalette.ColorRole.Highlight) == QColor("#c30052") == colours()["focus"]
    assert system.color(QPalette.ColorRole.Window) == LIGHT["window"]


def test_a_system_without_an_accent_gets_ours(system: QPalette) -> None:
    adapt_palette(system, Qt.ColorScheme.Light, QPalette(system))
    assert system.color(QPalette.ColorRole.Highlight) == LIGHT["accent_fill"]


# What Windows' "Night sky" has, and a theme of dark letters.
NIGHT = {"Window": "#000000", "WindowText": "#ffffff", "Highlight": "#d6b4fd"}
NIGHT |= {"HighlightedText": "#2b2b2b", "Link": "#8080ff"}
DESERT = {"Window": "#fffaef", "WindowText": "#3d3d3d", "Highlight": "#903909"}
DESERT |= {"HighlightedText": "#fff5e3", "Link": "#1c5e75"}


@pytest.mark.parametrize("roles", [NIGHT, DESERT], ids=["night", "desert"])
@pytest.mark.parametrize("scheme", [Qt.ColorScheme.Light, Qt.ColorScheme.Dark])
def test_a_palette_for_more_contrast_wins_over_ours(
    system: QPalette, roles: dict[str, str], scheme: Qt.ColorScheme
) -> None:
    standard = QPalette(system)
    for name, colour in roles.items():
        system.setColor(QPalette.ColorRole[name], QColor(colour))
    before = QPalette(system)
    adapt_palette(system, scheme, standard, more_contrast=True)
    assert system == before
    shown = colours()
    assert shown["window"] == shown["field"] == QColor(roles["Window"])
    assert shown["accent_fill"] == QColor(roles["Highlight"])
    assert _too_faint(shown, WORDS_ON, 4.5) == []


CONTROLS = """
import hashlib, sys
from PySide6.QtWidgets import *
from atz_desktop.view.appearance import apply_theme
app = QApplication([])
if sys.argv[1] == "a style of the system":
    app.setStyle(QProxyStyle("windows"))
apply_theme(app, "light")
window = QWidget()
column = QVBoxLayout(window)
combo = QComboBox()
combo.addItem("one")
column.addWidget(combo)
for control in (QPushButton("Save"), QLineEdit("text"), QCheckBox("on"), QSpinBox()):
    column.addWidget(control)
window.adjustSize()
image = window.grab().toImage()
print(app.style().objectName(), hashlib.sha256(image.constBits()).hexdigest())
"""


def test_the_look_is_the_same_whatever_style_the_system_brings() -> None:
    looks = [
        subprocess.run(
            [sys.executable, "-c", CONTROLS, style], capture_output=True, text=True, check=True
        ).stdout
        for style in ("Fusion", "a style of the system")
    ]
    assert looks[0].startswith("flat ")
    assert looks[0] == looks[1]


class _Repaints(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.heard = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.heard += event.type() == QEvent.Type.PaletteChange
        return False


def test_open_widgets_hear_of_a_switch_and_so_do_listeners(app: QApplication, qtbot: QtBot) -> None:
    theme = apply_theme(app, "light")
    label, repaints = QLabel("shown"), _Repaints()
    qtbot.addWidget(label)
    label.show()
    app.processEvents()
    label.installEventFilter(repaints)
    with qtbot.waitSignal(theme.changed, timeout=0):
        apply_theme(app, "dark")
    app.processEvents()
    assert repaints.heard == 1


def test_choosing_again_makes_no_second_follower(app: QApplication) -> None:
    assert apply_theme(app, "dark") is apply_theme(app, "light")


def test_the_system_s_own_change_is_followed_only_where_that_was_chosen(app: QApplication) -> None:
    scheme = app.styleHints().colorSchemeChanged
    apply_theme(app, "dark")
    scheme.emit(Qt.ColorScheme.Light)
    assert colours() is DARK


def _ground(widget: QWidget, x: int, y: int) -> QColor:
    return widget.grab().toImage().pixelColor(x, y)


def test_the_first_button_is_filled_and_its_words_read_on_the_fill(
    app: QApplication, qtbot: QtBot
) -> None:
    apply_theme(app, "light")
    button = QPushButton("Save 2 changes")
    qtbot.addWidget(button)
    button.setDefault(True)
    button.adjustSize()
    assert _ground(button, 6, button.height() // 2) == LIGHT["accent_fill"]
    shot = button.grab().toImage()
    inside = {
        shot.pixelColor(x, y).lightness()
        for x in range(8, shot.width() - 8)
        for y in range(8, shot.height() - 8)
    }
    assert max(inside) > 240
    assert min(inside) >= LIGHT["accent_fill"].lightness() - 1


def test_fields_are_as_high_as_buttons_and_show_where_the_keys_go(
    app: QApplication, qtbot: QtBot
) -> None:
    apply_theme(app, "light")
    line = QLineEdit()
    qtbot.addWidget(line)
    assert line.sizeHint().height() == CONTROL_HEIGHT == QPushButton("Load").sizeHint().height()
    line.adjustSize()
    middle = line.height() // 2
    assert _ground(line, 0, middle) == LIGHT["field_border"]
    line.show()
    line.activateWindow()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    assert _ground(line, 1, middle) == LIGHT["focus"]


def test_the_words_of_a_flat_button_read_when_enter_presses_it(
    app: QApplication, qtbot: QtBot
) -> None:
    apply_theme(app, "light")
    button = QPushButton("Show the exact request")
    qtbot.addWidget(button)
    button.setFlat(True)
    button.setDefault(True)
    button.adjustSize()
    shot = button.grab().toImage()
    inside = [
        shot.pixelColor(x, y).lightness() for x in range(shot.width()) for y in range(shot.height())
    ]
    assert max(inside) - min(inside) > 180


@pytest.mark.parametrize(
    ("default", "flat", "inset", "ring"),
    [
        (False, False, 1, "focus"),
        (True, False, 4, "on_accent"),
        (False, True, 1, "focus"),
        (True, True, 1, "focus"),
    ],
)
def test_a_button_shows_that_the_keys_go_to_it(
    app: QApplication, qtbot: QtBot, default: bool, flat: bool, inset: int, ring: str
) -> None:
    apply_theme(app, "light")
    button = QPushButton("Load")
    button.setDefault(default)
    button.setFlat(flat)
    qtbot.addWidget(button)
    button.show()
    button.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    assert _ground(button, inset, button.height() // 2) == LIGHT[ring]
    button.clearFocus()
    assert _ground(button, inset, button.height() // 2) != LIGHT[ring]


def test_a_picture_and_its_words_stand_in_the_middle_of_their_button(
    app: QApplication, qtbot: QtBot
) -> None:
    apply_theme(app, "light")
    button = LinkButton("Put back", "put-back")
    qtbot.addWidget(button)
    button.adjustSize()
    shot = button.grab().toImage()
    ground = shot.pixelColor(0, 0)
    drawn = [
        x
        for x in range(shot.width())
        if any(shot.pixelColor(x, y) != ground for y in range(shot.height()))
    ]
    before, behind = drawn[0], shot.width() - 1 - drawn[-1]
    assert before >= 3
    assert abs(before - behind) <= 3


def test_enter_follows_a_link_as_space_does(qtbot: QtBot) -> None:
    button = LinkButton("Put back", "put-back")
    qtbot.addWidget(button)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        with qtbot.waitSignal(button.clicked, timeout=0):
            QTest.keyClick(button, key)


def test_a_progress_bar_reaches_as_far_as_the_work_is_done(app: QApplication, qtbot: QtBot) -> None:
    apply_theme(app, "light")
    bar = QProgressBar()
    qtbot.addWidget(bar)
    bar.resize(200, 20)
    bar.setValue(50)
    middle = bar.height() // 2
    assert _ground(bar, 90, middle) == LIGHT["accent_fill"]
    assert _ground(bar, 110, middle) == LIGHT["card_border"]


def test_the_type_scale_follows_the_system_s_text_size(app: QApplication) -> None:
    sizes = [type_font(role).pointSizeF() for role in ("caption", "body", "title")]
    assert sizes == sorted(sizes)
    assert type_font("body").pointSizeF() == app.font().pointSizeF()


@pytest.mark.parametrize("foreign", ["<img src='x'>", "<b>Ana</b> & co.", "a\n  b", "&lt;"])
def test_a_tip_shows_foreign_text_letter_by_letter(foreign: str) -> None:
    tip = plain_tip(foreign)
    assert tip.startswith("<p ")  # what begins so is read as HTML, and our escapes as escapes
    page = QTextDocument()
    page.setHtml(tip)
    assert page.toPlainText() == foreign


def test_no_tip_is_turned_round_by_foreign_text() -> None:
    assert "cvfdp.exe" in plain_tip("cv\u202efdp.exe")


def test_no_tip_is_no_tip() -> None:
    assert plain_tip("") == ""


def test_the_look_needs_no_more_of_qt_than_the_first_paint_does() -> None:
    ask = (
        "import sys; import atz_desktop.view.appearance;"
        "print(sorted(name for name in sys.modules if name.startswith('PySide6.Qt')))"
    )
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "['PySide6.QtCore', 'PySide6.QtGui', 'PySide6.QtWidgets']"
