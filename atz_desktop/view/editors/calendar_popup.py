"""A month to pick a day from, hanging under a date field."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame, QVBoxLayout, QWidget

from atz_desktop.view.theme import NEAR, colours


class CalendarPopup(QFrame):
    """Opens below its field; picking a day, Escape or a click elsewhere closes it."""

    picked = Signal(object)
    """The day (date) that the person picked."""

    def __init__(self, field: QWidget, name: str) -> None:
        super().__init__(field, Qt.WindowType.Popup)
        self._field = field
        self._calendar = QCalendarWidget()
        self._calendar.setAccessibleName(name)
        self._calendar.setGridVisible(False)
        self._calendar.setVerticalHeaderFormat(
            QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader
        )
        english = QLocale(QLocale.Language.English, QLocale.system().territory())
        self._calendar.setLocale(english)
        self._calendar.setFirstDayOfWeek(QLocale.system().firstDayOfWeek())
        self._calendar.clicked.connect(self._pick)
        self._calendar.activated.connect(self._pick)
        column = QVBoxLayout(self)
        column.setContentsMargins(NEAR, NEAR, NEAR, NEAR)
        column.addWidget(self._calendar)

    def open_at(self, day: date) -> None:
        """Show the month of `day`, with that day chosen."""
        quiet = QTextCharFormat()
        quiet.setForeground(colours()["text"])
        for weekend in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self._calendar.setWeekdayTextFormat(weekend, quiet)
        self._calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        self.adjustSize()
        self.move(self._corner())
        self.show()
        self._calendar.setFocus(Qt.FocusReason.PopupFocusReason)

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
