from __future__ import annotations

import gc
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from atz_desktop.resources import resource
from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.icons import app_icon, icon
from atz_desktop.view.theme import DARK, LIGHT

NAMES = sorted(each.stem for each in resource("icons/save.svg").parent.glob("*.svg"))
SIDE = QSize(20, 20)


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, "light")
    yield
    apply_theme(qapp, "system")


def _ink(image: QImage) -> set[str]:
    """The colours that stand in the picture unmixed."""
    points = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {point.name() for point in points if point.alpha() == 255}


def test_every_icon_is_drawn_in_one_colour_of_the_theme() -> None:
    for name in NAMES:
        image = icon(name, "problem").pixmap(SIDE * 4).toImage()
        assert _ink(image) == {LIGHT["problem"].name()}, name


def test_every_icon_keeps_to_the_grid_and_to_the_line() -> None:
    edge = [
        *((x, y) for x in range(80) for y in (0, 79)),
        *((x, y) for y in range(80) for x in (0, 79)),
    ]
    for name in NAMES:
        root = ET.parse(resource(f"icons/{name}.svg")).getroot()
        assert root.get("viewBox") == "0 0 20 20", name
        assert (root.get("stroke"), root.get("stroke-width")) == ("currentColor", "1.5"), name
        image = icon(name).pixmap(SIDE * 4).toImage()
        assert not [point for point in edge if image.pixelColor(*point).alpha()], name


def test_an_icon_is_sharp_on_a_screen_of_any_pixel_ratio() -> None:
    twice = icon("save").pixmap(SIDE, 2.0)
    assert twice.size() == SIDE * 2
    assert twice.devicePixelRatio() == 2.0
    assert twice.toImage() == icon("save").pixmap(SIDE * 2, 1.0).toImage()


def test_an_icon_follows_a_switch_to_dark_by_itself(qapp: QApplication, qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    button.setIcon(icon("save", "accent"))
    assert _ink(button.icon().pixmap(SIDE).toImage()) == {LIGHT["accent"].name()}
    apply_theme(qapp, "dark")
    assert _ink(button.icon().pixmap(SIDE).toImage()) == {DARK["accent"].name()}


def test_a_disabled_icon_steps_back() -> None:
    shown = icon("save", "accent").pixmap(SIDE, QIcon.Mode.Disabled).toImage()
    assert _ink(shown) == {LIGHT["disabled"].name()}


def test_an_icon_is_never_stretched() -> None:
    wide = icon("problem").pixmap(QSize(60, 20)).toImage()
    square = icon("problem").pixmap(SIDE).toImage()
    assert wide.copy(20, 0, 20, 20) == square


def test_icons_outlive_their_python_names_and_their_copies() -> None:
    kept = []
    for _ in range(300):
        first = icon("save")
        copy = QIcon(first)
        del first
        copy.addPixmap(QPixmap(4, 4))  # makes Qt clone the engine
        kept.append(copy)
    gc.collect()
    assert all(not each.pixmap(SIDE).isNull() for each in kept)


def test_an_unknown_icon_or_meaning_is_said_at_once() -> None:
    with pytest.raises(FileNotFoundError, match="no-such"):
        icon("no-such")
    with pytest.raises(KeyError):
        icon("save", "no_such_meaning")


@pytest.mark.parametrize("side", [16, 32, 48, 256])
def test_the_program_s_mark_is_drawn_at_every_size_of_a_task_bar(side: int) -> None:
    image = app_icon().pixmap(QSize(side, side), 1.0).toImage()
    assert image.size() == QSize(side, side)
    assert image.pixelColor(0, 0).alpha() == 0
    # the white page of the calendar on its blue ground
    assert image.pixelColor(side * 65 // 256, side * 180 // 256).name() == "#ffffff"
    assert image.pixelColor(side // 2, side * 36 // 256).blue() > 200
