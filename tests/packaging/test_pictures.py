"""The program's mark as Windows and macOS want it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from types import ModuleType

from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage, QImageReader

Step = Callable[[str], ModuleType]


def test_a_png_shows_the_mark_on_a_transparent_ground(step: Step) -> None:
    image = QImage.fromData(step("pictures").png(64))
    assert (image.width(), image.height()) == (64, 64)
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(10, 32).alpha() == 255


def test_the_windows_icon_holds_every_size(step: Step) -> None:
    pictures = step("pictures")
    held = QBuffer()
    held.setData(QByteArray(pictures.ico()))
    reader = QImageReader(held, QByteArray(b"ico"))
    sides = []
    for number in range(reader.imageCount()):
        reader.jumpToImage(number)
        sides.append(reader.read().width())
    assert tuple(sides) == pictures.WINDOWS


def test_the_apple_icon_is_as_long_as_it_says_and_made_of_pngs(step: Step) -> None:
    content = step("pictures").icns()
    assert content[:4] == b"icns"
    assert struct.unpack(">I", content[4:8]) == (len(content),)
    place, kinds = 8, []
    while place < len(content):
        kind, length = struct.unpack(">4sI", content[place : place + 8])
        assert content[place + 8 : place + 12] == b"\x89PNG"
        kinds.append(kind)
        place += length
    assert kinds == list(step("pictures").APPLE)
