"""Start and end: wall-clock times in a zone that is named."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from atz_desktop.domain.schema import Field
from atz_desktop.domain.text import ambiguous_time_note, format_date, same_time_note
from atz_desktop.domain.values import DAY, Span, Unparsed, to_utc
from atz_desktop.view.editors.base import FieldEditor
from atz_desktop.view.editors.date_time_edit import DateTimeEdit
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.link_button import LinkButton

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups


class WhenEditor(FieldEditor):
    """Two moments. Moving the start carries the end along; the end moves alone.

    Text on its way to a time passes through others (“2”, “24” of “24:00”). Where it ends as none,
    both moments are again what they were before it was begun.
    """

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(field, lookups, parent)
        self._value: Any = None
        self._base: Any = None
        self._committed: Any = None  # the value before what is being typed
        self._zone = "UTC"
        self._raw_text = ""
        self._touched = False
        self._notifying = False
        start, end = field.parts
        self._boxes = {start: DateTimeEdit(start), end: DateTimeEdit(end)}
        self._start, self._end = self._boxes.values()
        self._later = ElidingLabel("text")
        self._summary = ElidingLabel("muted", "caption")
        self._zone_button = LinkButton("Time zone: UTC", "clock")
        self._zone_button.setToolTip("Choose the time zone that ATZ works in")
        self._zone_button.clicked.connect(self.zone_requested)
        for label, box in self._boxes.items():
            self.add_row(
                label, _line(box, self._later if box is self._end else None), box.date_line
            )
            self.name_control(box.time_line, f"{label} time")
            box.editing_finished.connect(self._on_editing_finished)
            box.completed.connect(self._commit_value)
        self._start.changed.connect(self._move_start)
        self._end.changed.connect(self._move_end)
        self.grid.addWidget(_line(self._summary, self._zone_button), self.grid.rowCount(), 1)
        self.add_hint_row()

    def show_value(self, value: Any, base: Any) -> None:
        brought = not self._notifying and (value, base) != (self._value, self._base)
        self._value, self._base = value, base
        if brought:
            self._commit_value()
        if not self._notifying:
            self._update_boxes()

    def show_zone(self, zone: str) -> None:
        self._zone = zone
        self._zone_button.setText(f"Time zone: {zone}")

    def show_raw_text(self, text: str) -> None:
        self._raw_text = text
        if not self._notifying:
            self._update_raw_text()

    def commit(self) -> None:
        for box in self._boxes.values():
            box.normalize()
        self._commit_value()

    def focus_first(self) -> None:
        wrong = (box for box in self._boxes.values() if box.parse().error)
        line = next(wrong, self._start).first_invalid_line
        line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def input_error(self) -> str:
        complaints = (box.parse().error for box in self._boxes.values())
        return next(filter(None, complaints), "")

    @property
    def touched(self) -> bool:
        return self._touched or super().touched

    def hint(self) -> tuple[str, str]:
        if isinstance(self._value, Unparsed):
            return f"ATZ sent times that can't be read: {self._value.text}", "warning"
        with suppress(OverflowError):
            return ambiguous_time_note(self._span) or same_time_note(self._span) or "", "warning"
        return "", "muted"

    @property
    def _span(self) -> Span:
        return self._value if isinstance(self._value, Span) else Span(zone=self._zone)

    @property
    def _committed_span(self) -> Span:
        return self._committed if isinstance(self._committed, Span) else Span(zone=self._zone)

    def _commit_value(self) -> None:
        self._committed = self._value

    def _on_editing_finished(self) -> None:
        self.commit()
        self._touched = True
        self.status_changed.emit()

    def _update_boxes(self) -> None:
        span = self._span
        self._start.show_moment(span.start)
        self._end.show_moment(span.end, span.start.date() if span.start else None)
        self._later.set_text(_days_later_text(span))
        self._summary.set_text(_summary_text(span))
        self._summary.setVisible(bool(self._summary.text()))
        self.update_hint()

    def _update_raw_text(self) -> None:
        found = dict(line.split(": ", 1) for line in self._raw_text.split("\n") if ": " in line)
        for label, box in self._boxes.items():
            day, clock = found.get(f"{label} date"), found.get(f"{label} time")
            if day is not None or clock is not None:
                box.show_texts(day or "", clock or "")
            elif box.parse().error:
                box.reset()

    def _move_start(self) -> None:
        said, span = self._start.parse(), self._committed_span
        if said.error:
            self._start.restore_moment(span.start)
            self._notify(span)
        elif said.moment is None:
            self._notify(replace(span, start=None))
        else:
            self._notify(span.with_start(said.moment))

    def _move_end(self, clock_typed: bool) -> None:
        said, span = self._end.parse(), self._committed_span
        if said.error:
            self._end.restore_moment(span.end)
            self._notify(span)
        elif said.moment is None:
            self._notify(replace(span, end=None))
        elif clock_typed and span.start is not None:
            day = (span.end or said.moment).date()
            end = datetime.combine(day, said.moment.time())
            self._notify(span.with_end(_on_its_day(end, span.start)))
        else:
            self._notify(span.with_end(said.moment))

    def _notify(self, span: Span) -> None:
        """Tell what is half typed and what is meant; the boxes are drawn when both are known."""
        self._touched = False
        self._notifying = True
        try:
            self._raw_text = self._unparsed_text()
            self.raw_text_changed.emit(self._raw_text)
            if isinstance(self._base, Unparsed) and span.start is span.end is None:
                self.edited.emit(self._base)
            elif span != self._span:
                self.edited.emit(span)
        finally:
            self._notifying = False
        self._update_boxes()
        self._update_raw_text()

    def _unparsed_text(self) -> str:
        lines = []
        for label, box in self._boxes.items():
            if box.parse().error:
                day, clock = box.texts
                lines += [f"{label} date: {day}", f"{label} time: {clock}"]
        return "\n".join(lines)


def _line(first: QWidget, last: QWidget | None) -> QWidget:
    line = QWidget()
    hbox(line, first, *([last] if last else []), 1)
    return line


def _on_its_day(end: datetime, start: datetime) -> datetime:
    """A typed end time, on the start's day or, when it is earlier on the clock, on the next.

    ATZ holds 24 hours at most, so only one of the two can be meant. A day that is further away was
    chosen on purpose, and so was the next day at the very time of the start: they stay.
    """
    same_day = datetime.combine(start.date(), end.time())
    if end not in (same_day, same_day + DAY) or end == start + DAY:
        return end
    return same_day if same_day >= start else same_day + DAY


def _days_later_text(span: Span) -> str:
    later = span.days_after_start or 0
    if later == 1:
        return "the next day"
    return f"{later} days later" if later > 1 else ""


def _summary_text(span: Span) -> str:
    """How long it takes, and when it is in UTC."""
    parts = []
    if (takes := span.duration) and takes > timedelta():
        minutes = int(takes.total_seconds()) // 60
        hours, minutes = divmod(minutes, 60)
        parts.append(" ".join(_amounts((hours, "h"), (minutes, "min"))))
    if span.zone != "UTC" and (utc := _utc_text(span)):
        parts.append(utc)
    return "  ·  ".join(parts)


def _amounts(*amounts: tuple[int, str]) -> list[str]:
    return [f"{number} {unit}" for number, unit in amounts if number]


def _utc_text(span: Span) -> str:
    walls = [wall for wall in (span.start, span.end) if wall]
    try:
        instants = [to_utc(wall, span.zone) for wall in walls]
    except OverflowError:
        return ""
    clock = " – ".join(f"{instant:%H:%M}" for instant in instants)
    moved = any(i.date() != w.date() for i, w in zip(instants, walls, strict=True))
    date = f"{format_date(instants[0])}, " if moved else ""
    return f"{date}{clock} UTC" if instants else ""
