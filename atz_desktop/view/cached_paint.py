"""Small drawings that a window shows dozens of times, painted once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap, QPixmapCache


def paint_cached(
    painter: QPainter, rect: QRectF, key: str, paint: Callable[[QPainter, QRectF], None]
) -> None:
    """Draw what `paint` draws into `rect` and not beside it; `key` says all that it depends on but
    the size. Between the pixels of the screen it is painted directly: a picture would be blurred.

    A table whose rows have a box and an icon spends half of its painting with them otherwise.
    """
    ratio = painter.device().devicePixelRatio()
    if ratio != int(ratio) or rect != QRectF(rect.toRect()):
        paint(painter, rect)
        return
    key = f"{key} {rect.width()} {rect.height()} {ratio}"
    picture = QPixmap()
    if not QPixmapCache.find(key, picture):
        picture = _painted(rect.size(), ratio, paint)
        QPixmapCache.insert(key, picture)
    painter.drawPixmap(rect.topLeft(), picture)


def _painted(size: QSizeF, ratio: float, paint: Callable[[QPainter, QRectF], None]) -> QPixmap:
    picture = QPixmap((size * ratio).toSize())
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return picture
