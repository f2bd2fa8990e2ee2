"""The History window: every save of this computer, to be found, read, exported and put back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QLineEdit,
    QPushButton,
    QSplitter,
    QWidget,
)

from atz_desktop.domain.characters import pluralize, single_line
from atz_desktop.domain.history import HistoryQuery, JournalEntry, Outcome
from atz_desktop.domain.identifiers import parse_activity_id
from atz_desktop.domain.review import review_entry
from atz_desktop.session.history import History
from atz_desktop.session.messages import OUTCOMES, outcome_word
from atz_desktop.session.notices import Level
from atz_desktop.session.restore import why_not_restorable
from atz_desktop.view.dialogs.prompts import save_dialog
from atz_desktop.view.theme import AROUND, CONTROL_HEIGHT, INSIDE, NEAR
from atz_desktop.view.widgets.buttons import add_clear_button
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.field_checkboxes import FieldCheckBoxes
from atz_desktop.view.widgets.labels import Callout, ElidingLabel, announce, plain_label
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.review_text import ReviewText
from atz_desktop.view.widgets.row_table import RowTable
from atz_desktop.view.widgets.window_geometry import resize_to_screen
from atz_desktop.view.windows.history_table import COLUMNS, HistoryTableModel, local_time

if TYPE_CHECKING:
    from atz_desktop.session.notices import Notice

_TYPING_PAUSE_MS = 200
_WIDEST = {
    "When": ("Wed 30 May 2026, 20:00",),
    "Activity": ("Activity", "00000000"),
    "Outcome": tuple(words.label for words in OUTCOMES.values()),
}
"""Column → what it shows uncut; the others share the rest."""
_PICTURE = 24
_JSON = "JSON (*.json)"
_ENTRY_WIDTH = 800


class HistoryWindow(QDialog):
    """Lists what `history` holds and tells what the user wants; it decides nothing."""

    rows_chosen = Signal(object)
    """Activities for the work list: a tuple of IDs with their titles."""

    def __init__(
        self,
        history: History,
        parent: QWidget | None = None,
        entry: HistoryEntryView | None = None,
    ) -> None:
        """`entry`, if what shows one is made already: that takes as long as all the rest."""
        super().__init__(parent)
        self.setWindowTitle("History")
        self.setModal(False)
        resize_to_screen(self, QSize(980, 720))
        self._history = history
        self._chosen: int | None = None
        self.search = QLineEdit()
        self.outcome = NoWheelComboBox()
        self.activity = QLineEdit()
        self.all_accounts = QCheckBox("All accounts")
        self.model = HistoryTableModel(history, self)
        self.table = RowTable("Saves", self.model)
        self.entry = entry or HistoryEntryView()
        self._said = Callout(Level.INFO)
        self._export = QPushButton("Export…")
        self._add = QPushButton("Add to work list")
        self._add.setToolTip("The activities of the marked saves (Ctrl or Shift marks several)")
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._create_filters()
        self._create_table()
        self._build_layout()
        self._connect()
        history.refresh()

    def _connect(self) -> None:
        self._pause.timeout.connect(self._search)
        self.search.textChanged.connect(self._pause.start)
        self.activity.textChanged.connect(self._pause.start)
        self.outcome.currentIndexChanged.connect(self._search)
        self.all_accounts.toggled.connect(self._search)
        self.model.modelReset.connect(self._restore_selection)
        self.table.selectionModel().currentRowChanged.connect(self._show_row)
        self._export.clicked.connect(self._choose_file)
        self._add.clicked.connect(self._choose_rows)
        self._history.notified.connect(self.show_notice)

    def _search(self) -> None:
        self._pause.stop()
        text = self.activity.text().strip()
        self._history.search(
            HistoryQuery(
                search=self.search.text().strip(),
                outcome=self._words[self.outcome.currentIndex()],
                activity_id=(parse_activity_id(text) or 0) if text else None,
                all_accounts=self.all_accounts.isChecked(),
            )
        )

    def _restore_selection(self) -> None:
        """Stay on the same save when the list is read again; else go to the newest."""
        row = self.model.row_of(self._chosen) if self._chosen is not None else None
        if self.model.rowCount():
            self.table.selectRow(row or 0)
        else:
            self.entry.show_entry(None, None)
        for button in (self._add, self._export):
            button.setEnabled(self.model.rowCount() > 0)

    def _choose_rows(self) -> None:
        indexes = self.table.selectionModel().selectedRows()
        entries = (self.model.row(index.row()) for index in sorted(indexes))
        mine = (e for e in entries if e is not None and e.account == self._history.account)
        self.rows_chosen.emit(tuple((entry.activity_id, entry.title) for entry in mine))

    def _show_row(self, current: QModelIndex) -> None:
        entry = self.model.row(current.row()) if current.isValid() else None
        self._chosen = entry.id if entry else self._chosen
        self.entry.show_entry(entry, self._history.account)

    def show_entry(self, entry: JournalEntry) -> None:
        """List the saves of its activity and go to this one."""
        self.search.clear()
        self.outcome.setCurrentIndex(0)
        self.activity.setText(str(entry.activity_id))
        self._chosen = entry.id
        self._search()

    def _choose_file(self) -> None:
        formats = _formats()
        dialog = save_dialog(self, "Export the history", "ATZ history.csv", (*formats, _JSON))

        def suit(chosen: str) -> None:
            dialog.setDefaultSuffix("json" if chosen == _JSON else "csv")

        def write(path: str) -> None:
            self._history.export(Path(path), formats.get(dialog.selectedNameFilter(), ","))

        dialog.filterSelected.connect(suit)
        dialog.fileSelected.connect(write)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def add_status(self, line: QWidget) -> None:
        """Have what is said of the connection here, too: this may hide the window below."""
        self._page.addWidget(line)

    def show_notice(self, notice: Notice | None) -> None:
        """Say something above the list, or (None) that it is over."""
        self._said.setVisible(notice is not None)
        if notice is None:
            return
        text = f"{notice.title}. {notice.text}"
        self._said.set_message(notice.level, text)
        announce(self, text)

    def _create_filters(self) -> None:
        self.search.setPlaceholderText("Search titles, values, reasons")
        self.search.setAccessibleName("Search the history")
        add_clear_button(self.search)
        self.activity.setPlaceholderText("Any activity")
        self.activity.setAccessibleName("Activity ID")
        add_clear_button(self.activity)
        self.activity.setMaximumWidth(self.fontMetrics().averageCharWidth() * 20)
        self.outcome.setAccessibleName("Outcome")
        self._words: list[str | None] = [None]
        self.outcome.addItem("Any outcome")
        for outcome, words in OUTCOMES.items():
            self._words.append(outcome_word(outcome))
            self.outcome.addItem(words.label)
        self.outcome.setMaximumWidth(self.fontMetrics().averageCharWidth() * 32)

    def _create_table(self) -> None:
        table, header = self.table, self.table.horizontalHeader()
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.fit_columns(COLUMNS, _WIDEST)
        outcome = COLUMNS.index("Outcome")
        header.resizeSection(outcome, header.sectionSize(outcome) + _PICTURE)

    def _build_layout(self) -> None:
        # Two rows: in one, a narrow window has a search box of one letter.
        buttons = hbox(None, self._add, self._export)
        narrowing = hbox(None, self.outcome, self.activity, self.all_accounts, 1, buttons)
        filters = vbox(None, self.search, narrowing)
        for button in (self._add, self._export):
            button.setAutoDefault(False)
        for control in (self.search, self.outcome, self.activity, self._add, self._export):
            control.setMinimumHeight(CONTROL_HEIGHT)
        below = QWidget()
        vbox(below, self.entry, margins=(0, NEAR, 0, 0))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(below)
        split.setSizes([260, 400])
        self._said.hide()
        self._page = vbox(
            self, filters, self._said, (split, 1), margins=(AROUND, INSIDE, AROUND, INSIDE)
        )
        self.search.setFocus()


def _formats() -> dict[str, str]:
    """Each kind of CSV that is offered, and its separator."""
    from atz_desktop.session.export import SEPARATORS, list_separator

    own = list_separator()
    if own == ",":
        return {"CSV for Excel and others, separated by commas (*.csv)": ","}
    return {
        f"CSV for Excel on this computer, separated by {SEPARATORS[own]} (*.csv)": own,
        "CSV for other programs, separated by commas (*.csv)": ",",
    }


class HistoryEntryView(QWidget):
    """Shows an entry like a review; without one, says that there is nothing to see."""

    restore_requested = Signal(object, object)
    """An Entry and the names of the fields to put back (a frozenset; None: the whole save)."""
    load_requested = Signal(object)
    """The ID of the activity, to be loaded in the window."""

    def __init__(self) -> None:
        super().__init__()
        self._entry: JournalEntry | None = None
        self._account: str | None = None
        self._title = ElidingLabel(role="heading")
        self._about = ElidingLabel("muted", lines=2)
        self._outcome = Callout(Level.INFO)
        self.sheet = ReviewText("What this save changed", _ENTRY_WIDTH)
        self._picks = FieldCheckBoxes("Fields to put back")
        self._picks.changed.connect(self._show_button)
        self._why_not = plain_label("")
        self._load = QPushButton("Load this activity")
        self._load.clicked.connect(self._request_load)
        self._put_back = QPushButton("Put back")
        self._put_back.clicked.connect(self._request_restore)
        self._build_layout()
        self.show_entry(None, None)

    def show_entry(self, entry: JournalEntry | None, account: str | None) -> None:
        """Show a save; `account` is the one that is connected."""
        self._entry, self._account = entry, account
        for widget in (self._about, self._outcome, self.sheet, self._picks, self._why_not):
            widget.setVisible(entry is not None)
        for button in (self._load, self._put_back):
            button.setVisible(entry is not None)
        if entry is None:
            self._title.set_text("No save is chosen", "muted")
            return
        words = OUTCOMES[entry.outcome]
        self._title.set_text(single_line(entry.title) or f"Activity {entry.activity_id}", "text")
        self._about.set_text(_about(entry))
        self._outcome.set_message(words.level, f"{words.label}. {words.text}")
        self._outcome.setVisible(entry.outcome is not Outcome.VERIFIED)
        review = review_entry(entry)
        self.sheet.set_review(review)
        self._picks.set_fields({line.name: line.label for line in review.diffs}, self.sheet)
        self._load.setEnabled(entry.account == account)  # elsewhere it is another activity
        why_not = why_not_restorable(entry, account)
        self._why_not.setText(why_not or "")
        told_above = bool(entry.sent) and entry.account == account  # the outcome is the reason
        self._why_not.setVisible(why_not is not None and not told_above)
        self._put_back.setToolTip(why_not or "")
        self._picks.setVisible(why_not is None and len(review.diffs) > 1)
        self._show_button()
        self._keep_room()

    def _keep_room(self) -> None:
        """A splitter does not ask how high words are at their width, and would cut a line off."""
        self._outcome.setMinimumHeight(max(0, self._outcome.heightForWidth(self.width())))

    def _show_button(self) -> None:
        if self._entry is None:
            return
        count = len(self._picks.checked)
        several = len(self._entry.sent) > 1
        self._put_back.setText(f"Put back {pluralize(count, 'field')}…" if several else "Put back…")
        possible = why_not_restorable(self._entry, self._account) is None
        self._put_back.setEnabled(possible and count > 0)

    def _request_restore(self) -> None:
        whole = self._picks.all_checked
        self.restore_requested.emit(self._entry, None if whole else self._picks.checked)

    def _request_load(self) -> None:
        if self._entry is not None:
            self.load_requested.emit(self._entry.activity_id)

    def _build_layout(self) -> None:
        for button in (self._load, self._put_back):
            button.setAutoDefault(False)
            button.setMinimumHeight(CONTROL_HEIGHT)
        buttons = hbox(None, (self._picks, 1), 0, self._load, self._put_back)
        vbox(self, self._title, self._about, self._outcome, (self.sheet, 1), self._why_not, buttons)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_room()


def _about(entry: JournalEntry) -> str:
    parts = [f"Activity {entry.activity_id}", f"save {entry.id}", local_time(entry.at)]
    parts.append(OUTCOMES[entry.outcome].label)
    if entry.undoes is not None:
        parts.append(f"puts back save {entry.undoes}")
    if entry.reason:
        parts.append(f"reason: {entry.reason}")
    return " · ".join(parts)
