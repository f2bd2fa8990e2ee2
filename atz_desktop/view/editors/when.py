"""Start and end: wall-clock times in a zone that is named."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from atz_desktop.domain.fields import Field
from atz_desktop.domain.text import (
    ambiguous_time_note,
    format_date,
    format_duration,
    format_span,
    same_time_note,
)
from atz_desktop.domain.values import DAY, Span, Unparsed, to_utc
from atz_desktop.view.editors.base import FieldEditor, FormRequest
from atz_desktop.view.editors.date_time_edit import DateTimeEdit, ParseResult, moment_texts
from atz_desktop.view.widgets.buttons import LinkButton
from atz_desktop.view.widgets.labels import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups


class WhenEditor(FieldEditor):
    """Two moments. Moving the start carries the end along; the end moves alone.

    What is typed becomes a value when its line is left, on Enter and at a save. Until then it is
    kept as text, and what it would mean is shown.
    """

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(field, lookups, parent)
        self._value: Any = None
        self._base: Any = None
        self._zone = "UTC"
        self._touched = False
        self._notifying = False
        start, end = field.parts
        self._boxes = {
            start: DateTimeEdit(start, self._today),
            end: DateTimeEdit(end, self._today, self._describe_end),
        }
        self._start, self._end = self._boxes.values()
        self._takes = ElidingLabel("muted")
        self._summary = ElidingLabel("muted", "caption")
        self._zone_button = LinkButton("Time zone: UTC", "clock")
        self._zone_button.setToolTip("Choose the time zone that ATZ works in")
        self._zone_button.clicked.connect(self._request_zone)
        dash = ElidingLabel("muted")
        dash.set_text("–")
        for (label, box), after in zip(self._boxes.items(), (dash, self._takes), strict=True):
            line = QWidget()
            hbox(line, box, (after, 1))
            self.add_part(label, line, box.date_line, stretch=int(box is self._end))
            self.name_control(box.time_line, f"{label} time")
            box.typed.connect(self._on_typed)
            box.committed.connect(partial(self._on_committed, box))
        self.aside = QWidget()
        hbox(self.aside, 1, self._summary, self._zone_button)
        self.grid.addWidget(self.aside, 2, 0, 1, 2)

    def show_value(self, value: Any, base: Any) -> None:
        self._value, self._base = value, base
        if not self._notifying:
            self._update_boxes()

    def show_zone(self, zone: str) -> None:
        self._zone = zone
        self._zone_button.setText(f"Time zone: {zone}")

    def show_unparsed(self, text: str) -> None:
        if not self._notifying and text != self._unparsed_text():
            found = dict(line.split(": ", 1) for line in text.split("\n") if ": " in line)
            for label, box in self._boxes.items():
                day, clock = found.get(f"{label} date"), found.get(f"{label} time")
                if day is None and clock is None:
                    box.reset()
                else:
                    box.show_texts(day or "", clock or "")
            self._update_summary()

    def commit(self) -> None:
        for box in self._boxes.values():
            self._commit(box)

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

    def _today(self) -> date:
        return datetime.now(ZoneInfo(self._zone)).date()

    def _describe_end(self, end: datetime) -> str:
        span = self._span.with_end(end)
        return "  ·  ".join(filter(None, (_duration_text(span), _days_later_text(span))))

    # What is typed, and what becomes of it

    def _request_zone(self) -> None:
        self.requested.emit(FormRequest.CHOOSE_ZONE)

    def _on_typed(self) -> None:
        self._touched = False
        self._emit(self._unparsed_text())
        self._update_summary()

    def _on_committed(self, box: DateTimeEdit) -> None:
        self._commit(box)
        self._touched = not box.lacks_only_a_part
        self.status_changed.emit()

    def _commit(self, box: DateTimeEdit) -> None:
        """Take the texts of a box for a value; text that is none stays."""
        said = box.parse()
        if said.error:
            return
        span = self._moved(box, said) if box.is_edited else self._span
        box.commit_moment(span.start if box is self._start else span.end)
        self._emit(self._unparsed_text(), span)
        self._update_boxes()

    def _moved(self, box: DateTimeEdit, said: ParseResult) -> Span:
        """The span after the texts of `box` were taken for what they say."""
        span, moment = self._span, said.moment
        if moment is None:
            return replace(span, start=None) if box is self._start else replace(span, end=None)
        if said.until is not None:
            end = datetime.combine(moment.date(), said.until)
            return replace(span, start=moment, end=_on_its_day(end, moment))
        if box is self._start:
            return span.with_start(moment)
        if span.start is not None and box.only_clock_edited:
            day = (span.end or moment).date()
            return span.with_end(_on_its_day(datetime.combine(day, moment.time()), span.start))
        return span.with_end(moment)

    def _emit(self, unparsed: str, span: Span | None = None) -> None:
        """Tell what is half typed and what is meant; the boxes are drawn when both are known."""
        self._notifying = True
        try:
            self.unparsed_changed.emit(unparsed)
            if span is None or span == self._span:
                return
            cleared = isinstance(self._base, Unparsed) and span.start is span.end is None
            self.edited.emit(self._base if cleared else span)
        finally:
            self._notifying = False

    def _unparsed_text(self) -> str:
        """What stands in the boxes and is no value: words such as `tomorrow` as the day they mean,
        which they do not mean for ever.
        """
        lines = []
        for label, box in self._boxes.items():
            if box.is_edited:
                said = box.parse().moment
                day, clock = moment_texts(said) if said else box.texts
                lines += [f"{label} date: {day}", f"{label} time: {clock}"]
        return "\n".join(lines)

    # What is shown

    def _update_boxes(self) -> None:
        span = self._span
        self._start.show_moment(span.start)
        self._end.show_moment(span.end, span.start)
        self._takes.set_text(
            ", ".join(filter(None, (_duration_text(span), _days_later_text(span))))
        )
        self._update_summary()
        self.update_hint()

    def _update_summary(self) -> None:
        utc = "" if self._span.zone == "UTC" else _utc_text(self._span)
        self._summary.set_text(self._preview() or utc)

    def _preview(self) -> str:
        """What the text that is being typed means, where it means anything."""
        box = next((box for box in self._boxes.values() if box.is_edited), None)
        said = box.parse() if box else ParseResult()
        if box is None or said.moment is None:
            return ""
        span = self._moved(box, said)
        words = format_span(span).removesuffix(f" ({span.zone})")
        return "  ·  ".join(filter(None, (words, _duration_text(span))))


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


def _duration_text(span: Span) -> str:
    return format_duration(span.duration or timedelta())


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
