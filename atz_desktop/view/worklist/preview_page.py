"""What the run would do, activity by activity, before anything is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QModelIndex, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QWidget,
)

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.review import review_save, review_unsaved
from atz_desktop.session.bulk_edit import (
    BulkPreview,
    PreviewCounts,
    PreviewRow,
    PreviewState,
    run_estimate,
)
from atz_desktop.session.notices import Level
from atz_desktop.view.theme import CONTROL_HEIGHT, NEAR
from atz_desktop.view.widgets.labels import Callout, ElidingLabel
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.review_text import ReviewText
from atz_desktop.view.worklist.bulk_window import NumberBox, ReasonBox
from atz_desktop.view.worklist.tables import PreviewModel, RowFilterBox, WideTable

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups

_SHEET_WIDTH: Final = 420
_WIDEST: Final = {
    "State": tuple(f"{state.value}      " for state in PreviewState),
}


_FINE: Final = {PreviewState.READY, PreviewState.UNCHANGED, PreviewState.EXCLUDED}


class RunOrder(NamedTuple):
    """What the user wants to be run; `try_one`: pause after the first."""

    edits: tuple[Edit, ...]
    reason: str | None
    try_one: bool


class PreviewPage(QWidget):
    """Shows the rows of `preview`; nothing is sent from here."""

    mail_switched = Signal(object)
    """Whether ATZ is to be asked to mail nobody (bool)."""
    run_requested = Signal(object)
    """A RunOrder."""
    changed = Signal()
    """Other rows are to be changed."""

    def __init__(self, preview: BulkPreview, lookups: Lookups) -> None:
        super().__init__()
        self._preview = preview
        self._lookups = lookups
        self._edit: Edit | None = None
        self.model = PreviewModel(lookups.for_display, self)
        self.table = WideTable("What will change", self.model, _WIDEST, "What changes")
        self.sheet = ReviewText("What will be saved", _SHEET_WIDTH)
        self._counts = ElidingLabel(role="heading", lines=2)
        self._estimate = ElidingLabel("muted", lines=2)
        self._filter = RowFilterBox()
        self._mail = Callout(Level.WARNING)
        self._quiet = QCheckBox("Mail nobody")
        self._quiet.setAccessibleName("Ask ATZ to mail nobody about any of them")
        self._about = ElidingLabel("muted", lines=2)
        self._detail = Callout(Level.PROBLEM)
        self.reason = ReasonBox()
        self.number = NumberBox()
        self._build_layout()
        self._connect()
        self._show_rows()

    def show_quiet(self, *, quiet: bool) -> None:
        """Whether ATZ is asked to mail nobody; never emits."""
        with QSignalBlocker(self._quiet):
            self._quiet.setChecked(quiet)

    @property
    def count(self) -> int:
        """Activities that would be changed."""
        return len(self.model.chosen)

    @property
    def may_run(self) -> bool:
        """Whether there is anything to change, and its number is typed where it must be."""
        if self._preview.is_applying or self._preview.is_reading or not self.count:
            return False
        return self.number.is_right

    def request_run(self, *, try_one: bool = False) -> None:
        """Ask for the run of what is ticked. Requires `may_run`."""
        rows = self.model.chosen
        edits = tuple(row.applied.edit for row in rows if row.applied is not None)
        self.run_requested.emit(RunOrder(edits, self.reason.reason, try_one))

    def _connect(self) -> None:
        self._preview.rows_changed.connect(self._show_rows)
        self._preview.progressed.connect(self.changed)
        self._lookups.names_learned.connect(self._on_names)
        self.model.ticked.connect(self._on_ticked)
        self.model.modelReset.connect(self._select_first)
        self.table.selectionModel().currentRowChanged.connect(self._show_row)
        self._filter.changed.connect(self._on_filter)
        self._quiet.toggled.connect(self._on_quiet)
        self.number.changed.connect(self.changed)

    def _show_rows(self) -> None:
        self.model.show_all(self._preview.rows)
        self._show_counts()
        self.changed.emit()

    def _on_quiet(self, quiet: bool) -> None:
        self.mail_switched.emit(quiet)

    def _on_ticked(self) -> None:
        self._show_counts()
        self.changed.emit()

    def _show_counts(self) -> None:
        counts = self._preview.counts
        self._counts.set_text(f"{counts.text}.")
        chosen = PreviewCounts.of(self.model.chosen)
        self._estimate.set_text(f"{run_estimate(self.count)}." if self.count else "")
        level = Level.WARNING if chosen.mailing else Level.GOOD
        self._mail.set_message(level, chosen.mail_text)
        self._mail.setVisible(bool(chosen.mail_text))
        self._quiet.setVisible(bool(chosen.mail_text))
        self._fill_filter(counts)
        self.number.set_count(self.count)

    def _fill_filter(self, counts: PreviewCounts) -> None:
        states = [(state, state.value, counts.by_state.get(state, 0)) for state in PreviewState]
        self._filter.show_counts(len(self._preview.rows), states)

    def _on_filter(self) -> None:
        self.model.show_state(self._filter.chosen)

    def _select_first(self) -> None:
        if self.model.rowCount():
            self.table.selectRow(0)
        else:
            self._show_sheet(None)

    def _show_row(self, current: QModelIndex) -> None:
        self._show_sheet(self.model.row(current.row()) if current.isValid() else None)

    def _show_sheet(self, row: PreviewRow | None) -> None:
        """The same sheet as before a single save."""
        edit = row.applied.edit if row is not None and row.applied is not None else None
        self._about.set_text(f"{row.title} · activity {row.activity_id}" if row else "")
        detail = row.detail if row is not None else ""
        self._detail.setVisible(bool(detail))
        if row is not None and detail:
            is_note = row.state in _FINE
            self._detail.set_message(Level.INFO if is_note else Level.PROBLEM, detail)
        self.sheet.setVisible(edit is not None and edit.dirty)
        if row is None or edit is None or not edit.dirty:
            return
        shown = self._lookups.for_display(edit)
        if row.state is PreviewState.READY:
            self.sheet.set_review(review_save(shown, datetime.now(UTC)))
        else:
            self.sheet.set_review(review_unsaved(shown, {}))

    def _on_names(self) -> None:
        self.model.forget_names()
        self._show_row(self.table.currentIndex())

    def _build_layout(self) -> None:
        self.number.line.setFixedWidth(self.fontMetrics().averageCharWidth() * 12)
        for control in (self.reason.line, self.number.line, self._filter):
            control.setMinimumHeight(CONTROL_HEIGHT)
        side = QWidget()
        vbox(side, self._about, self._detail, (self.sheet, 1), 0, margins=(NEAR, 0, 0, 0))
        last = hbox(None, (self.reason, 1), self.number)
        words = vbox(None, self._counts, self._estimate, spacing=2)
        mail = hbox(None, (self._mail, 1), self._quiet)
        vbox(self, hbox(None, (words, 1), self._filter), mail, (self.table.beside(side), 1), last)
