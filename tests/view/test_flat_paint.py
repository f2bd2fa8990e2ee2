"""Drawings that are painted once and shown often."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmapCache
from PySide6.QtWidgets import QApplication

from atz_desktop.view.flat_paint import paint_cached


@pytest.fixture(autouse=True)
def _empty_cache(qapp: QApplication) -> None:
    QPixmapCache.clear()


class Drawing:
    """A round spot; `painted` counts how often."""

    def __init__(self) -> None:
        self.painted = 0

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        self.painted += 1
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#205080"))
        painter.drawEllipse(rect)


def shown(drawing: Drawing, corner: QPointF, ratio: float, *, cached: bool) -> QImage:
    image = QImage(80, 80, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("#ffeecc"))
    painter, spot = QPainter(image), QRectF(corner, QSizeF(16, 16))
    if cached:
        paint_cached(painter, spot, "spot", drawing.paint)
    else:
        drawing.paint(painter, spot)
    painter.end()
    return image


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_what_was_painted_once_looks_the_same_elsewhere(ratio: float) -> None:
    drawing = Drawing()
    for corner in (QPointF(3, 4), QPointF(11, 7)):
        picture = shown(drawing, corner, ratio, cached=True)
        assert picture == shown(Drawing(), corner, ratio, cached=False)
    assert drawing.painted == 1


@pytest.mark.parametrize(("corner", "ratio"), [(QPointF(3.5, 4), 1.0), (QPointF(3, 4), 1.25)])
def test_between_the_pixels_of_the_screen_nothing_gets_blurred(
    corner: QPointF, ratio: float
) -> None:
    drawing = Drawing()
    for _ in range(2):
        picture = shown(drawing, corner, ratio, cached=True)
        assert picture == shown(Drawing(), corner, ratio, cached=False)
    assert drawing.painted == 2
