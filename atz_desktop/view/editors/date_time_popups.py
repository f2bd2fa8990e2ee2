"""What hangs below the lines of a date and a time: a month, and a list of quarters of an hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from PySide6.QtCore import QDate, QEvent, QLocale, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QIcon,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QTextCharFormat,
)
from PySide6.QtWidgets import QCalendarWidget, QFrame, QListView, QToolButton, QWidget

from atz_desktop.view.theme import FIELD_RADIUS, NEAR, colours, type_font
from atz_desktop.view.widgets.chip import Chip
from atz_desktop.view.widgets.layouts import vbox
from atz_desktop.view.widgets.suggestion_list import SuggestionList

_LINES = 8  # the bar, the names of the days, six weeks
_MONTH, _YEAR = "qt_calendar_monthbutton", "qt_calendar_yearbutton"
_BACK, _ON = "qt_calendar_prevmonth", "qt_calendar_nextmonth"
_BAR, _DAYS = "qt_calendar_navigationbar", "qt_calendar_calendarview"
_QUARTER = timedelta(minutes=15)
_DAY = 96  # quarters of an hour
_LAST = datetime(9999, 12, 31)  # noqa: DTZ001 - a wall clock
_TEXT = ""  # the list is not made for what is typed: typing closes it


class CalendarPopup(QFrame):
    """Opens below its field; picking a day, Escape or a click elsewhere closes it."""

    picked = Signal(object)
    """The day (date) that the person picked."""

    def __init__(self, field: QWidget, name: str) -> None:
        super().__init__(field, Qt.WindowType.Popup)
        self._field = field
        self._month = _Calendar()
        self._month.setAccessibleName(name)
        self._month.clicked.connect(self._pick)
        self._month.activated.connect(self._pick)
        vbox(self, self._month, margins=(NEAR, NEAR, NEAR, NEAR))

    def open_at(self, day: date) -> None:
        self._month.apply_style()
        self._month.setSelectedDate(QDate(day.year, day.month, day.day))
        self.adjustSize()
        self.move(self._corner())
        self.show()
        self._month.setFocus(Qt.FocusReason.PopupFocusReason)

    def _corner(self) -> QPoint:
        """Below the field, or above it where the screen ends."""
        field, screen = self._field.rect(), self._field.screen().availableGeometry()
        leftward = self._field.layoutDirection() == Qt.LayoutDirection.RightToLeft
        below = self._field.mapToGlobal(field.bottomLeft() + QPoint(0, 2))
        x = below.x() + (field.width() - self.width() if leftward else 0)
        y = below.y()
        if y + self.height() > screen.bottom():
            y = self._field.mapToGlobal(field.topLeft()).y() - self.height() - 2
        return QPoint(max(screen.left(), min(x, screen.right() - self.width())), y)

    def _pick(self, day: QDate) -> None:
        if self.isVisible():
            self.close()
            self.picked.emit(date(day.year(), day.month(), day.day()))

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tones, painter = colours(), QPainter(self)
        painter.fillRect(self.rect(), tones["field_border"])
        painter.fillRect(self.rect().adjusted(1, 1, -1, -1), tones["card"])


class _Calendar(QCalendarWidget):
    """Qt's calendar in the colours of the theme, in English as the rest of the program."""

    def __init__(self) -> None:
        super().__init__()
        system = QLocale.system()
        self.setLocale(QLocale(QLocale.Language.English, system.territory()))
        self.setFirstDayOfWeek(system.firstDayOfWeek())
        self.setGridVisible(False)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)

    def apply_style(self) -> None:
        """Take on the colours of the moment."""
        tones = colours()
        cell = self.fontMetrics().height() + 2 * NEAR
        self.setFixedSize(7 * (cell + 2 * NEAR), _LINES * cell)
        palette = QPalette(self.palette())
        for role, name in (
            (QPalette.ColorRole.Base, "card"),
            (QPalette.ColorRole.AlternateBase, "card"),
            (QPalette.ColorRole.Highlight, "card"),
            (QPalette.ColorRole.HighlightedText, "text"),
            (QPalette.ColorRole.ButtonText, "text"),
        ):
            palette.setColor(role, tones[name])
        bar = self.findChild(QWidget, _BAR)
        for part in (bar, self.findChild(QWidget, _DAYS)):
            if part is not None:
                part.setPalette(palette)
        quiet = QTextCharFormat()
        quiet.setForeground(tones["muted"])
        quiet.setFont(type_font("caption"))
        self.setHeaderTextFormat(quiet)
        for weekday in Qt.DayOfWeek:
            self.setWeekdayTextFormat(weekday, quiet)
        self._style_buttons(palette)

    def _style_buttons(self, palette: QPalette) -> None:
        arrows = {_BACK: "‹", _ON: "›"}
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            arrows = {_BACK: "›", _ON: "‹"}
        for name, words in ((_BACK, "Earlier month"), (_ON, "Later month")):
            button = self.findChild(QToolButton, name)
            if button is not None:
                button.setIcon(QIcon())
                button.setText(arrows[name])
                button.setAccessibleName(words)
        for name in (_BACK, _ON, _MONTH, _YEAR):
            button = self.findChild(QToolButton, name)
            if button is not None:
                button.setPalette(palette)
                button.setFont(type_font("heading"))

    # Qt overrides

    def paintCell(self, painter: QPainter, rect: QRect, day: QDate) -> None:
        tones, chosen = colours(), day == self.selectedDate()
        cell = QRectF(rect).adjusted(2, 2, -2, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or day == QDate.currentDate():
            painter.setBrush(tones["accent_fill"] if chosen else Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tones["accent_fill" if chosen else "accent"], 1))
            painter.drawRoundedRect(cell, FIELD_RADIUS, FIELD_RADIUS)
        here = (day.year(), day.month()) == (self.yearShown(), self.monthShown())
        painter.setPen(tones["on_accent" if chosen else "text" if here else "disabled"])
        painter.setFont(type_font("body"))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(day.day()))
        painter.restore()


class TimeList(QObject):
    """Quarters of an hour, with the duration from the start, below a line; while it is open it
    takes Up, Down, Page keys, Enter and Escape.
    """

    picked = Signal(object)
    """The moment (datetime) that the user picked."""

    def __init__(self, line: QWidget) -> None:
        super().__init__(line)
        self._line = line
        self._list = SuggestionList(line, compact=True)
        self._list.setAccessibleName("Times")
        self._list.chosen.connect(self._pick)
        line.installEventFilter(self)

    def open_at(
        self, first: datetime, shown: datetime, describe: Callable[[datetime], str]
    ) -> None:
        """Offer a day of times from `first` on, beginning to look at `shown`.

        Nothing is offered to a line without the keyboard: nothing would close that again.
        """
        if not self._line.hasFocus():
            return
        steps = min(_DAY, (_LAST - first) // _QUARTER)
        times = [first + at * _QUARTER for at in range(steps)]
        offered = tuple(Chip(at.isoformat(), f"{at:%H:%M}", describe(at)) for at in times)
        if not offered:
            return
        self._list.open_at(self._line, _TEXT, offered, preselect=False)
        nearest = min(range(len(times)), key=lambda at: abs(times[at] - shown))
        index = self._list.model().index(nearest, 0)
        self._list.setCurrentIndex(index)
        self._list.scrollTo(index, QListView.ScrollHint.PositionAtCenter)

    def close(self) -> None:
        self._list.hide_list()

    def _pick(self, chip: Chip) -> None:
        self.close()
        self.picked.emit(datetime.fromisoformat(chip.key))

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.close()
        if not self._list.isVisible() or event.type() != QEvent.Type.KeyPress:
            return False
        assert isinstance(event, QKeyEvent)
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        return self._list.handle_key(_TEXT, event.key())
