"""The program's mark as PNG, ICO and ICNS, drawn from resources/app.svg by Qt's own renderer."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from steps.project import ROOT

SVG = ROOT / "resources" / "app.svg"
HICOLOR = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
"""The sizes of the freedesktop icon theme that desktops ask for."""
WINDOWS = (16, 20, 24, 32, 40, 48, 64, 256)
"""Small icons at 100, 125, 150 and 200 %, large ones at the same, and the big one of Explorer."""
APPLE = {b"icp4": 16, b"icp5": 32, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024}
"""The kinds of an ICNS file that hold PNGs, with their sizes."""


def png(side: int) -> bytes:
    """The mark as a PNG of `side` pixels, with a transparent ground."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(SVG.read_bytes())).render(painter)
    painter.end()
    held = QBuffer()
    held.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(held, "PNG")  # type: ignore[call-overload]  # PySide6's stub wants bytes here
    return bytes(held.data().data())


def write_png(file: Path, side: int) -> None:
    """Write one picture, with the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(png(side))


def ico(sides: tuple[int, ...] = WINDOWS) -> bytes:
    """A Windows icon: PNGs behind a table (a side of 256 is written as 0)."""
    pictures = [png(side) for side in sides]
    table = struct.pack("<HHH", 0, 1, len(sides))
    place = len(table) + 16 * len(sides)
    for side, picture in zip(sides, pictures, strict=True):
        table += struct.pack("<BBBBHHII", side % 256, side % 256, 0, 0, 1, 32, len(picture), place)
        place += len(picture)
    return table + b"".join(pictures)


def icns() -> bytes:
    """An Apple icon: PNGs, each behind its kind and length."""
    body = b""
    for kind, side in APPLE.items():
        picture = png(side)
        body += kind + struct.pack(">I", len(picture) + 8) + picture
    return b"icns" + struct.pack(">I", len(body) + 8) + body
