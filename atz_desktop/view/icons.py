"""Line icons from resources/icons, sharp at every scale, in the colour that fits the theme now."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache

from atz_desktop.resources import resource
from atz_desktop.view.flat_paint import paint_cached
from atz_desktop.view.theme import colours

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtSvg import QSvgRenderer


def icon(name: str, role: str = "text") -> QIcon:
    """The icon of that file name, in the colour of that meaning (a field of theme.Colours).

    It follows a switch between light and dark by itself. Raises FileNotFoundError for an unknown
    name and KeyError for an unknown role, here rather than at the first paint.
    """
    _file(name)
    _ = colours()[role]
    return QIcon(_LineIcon(name, role))


def app_icon() -> QIcon:
    """The program's own mark, in its own colours."""
    return QIcon(_AppIcon())


def paint_icon(painter: QPainter, name: str, rect: QRect | QRectF, colour: str) -> None:
    """Paint that icon into `rect` in `colour` (`#rrggbb`), for widgets that paint themselves."""
    paint_cached(painter, QRectF(rect), f"drawing {name} {colour}", _drawing(name, colour).render)


@cache
def _file(name: str) -> Path:
    return resource(f"icons/{name}.svg")


@cache
def _source(name: str) -> str:
    return _file(name).read_text(encoding="utf-8")


@cache
def _drawing(name: str, colour: str) -> QSvgRenderer:
    from PySide6.QtSvg import QSvgRenderer

    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))


@cache
def _app_drawing() -> QSvgRenderer:
    from PySide6.QtSvg import QSvgRenderer

    return QSvgRenderer(QByteArray(resource("app.svg").read_bytes()))


def _square(rect: QRect) -> QRectF:
    """The largest square in the middle: these drawings are never stretched."""
    side = min(rect.width(), rect.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(QRectF(rect).center())
    return square


class _LineIcon(QIconEngine):
    """Draws at the moment of painting, for any size and any pixel ratio of the screen."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def _colour(self, mode: QIcon.Mode) -> str:
        role = {QIcon.Mode.Disabled: "disabled", QIcon.Mode.Selected: "on_accent"}.get(
            mode, self._role
        )
        return colours()[role].name()

    # Qt overrides

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        paint_icon(painter, self._name, _square(rect), self._colour(mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        key = f"icon {self._name} {self._colour(mode)} {size.width()} {size.height()}"
        pixmap = QPixmap()
        if not QPixmapCache.find(key, pixmap):
            pixmap = _painted(self, size, mode, state)
            QPixmapCache.insert(key, pixmap)
        return pixmap

    def clone(self) -> QIconEngine:
        return _LineIcon(self._name, self._role)


class _AppIcon(QIconEngine):
    # Qt overrides

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        _app_drawing().render(painter, _square(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return _painted(self, size, mode, state)

    def clone(self) -> QIconEngine:
        return _AppIcon()


def _painted(engine: QIconEngine, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
    pixmap = QPixmap(size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    engine.paint(painter, QRect(QRect().topLeft(), size), mode, state)
    painter.end()
    return pixmap
