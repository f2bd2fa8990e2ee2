"""The Find window: an activity by its words, its type, its record, or because it was seen here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTabWidget,
    QWidget,
)

from atz_desktop.session.notices import Level
from atz_desktop.session.search import ActivityQuery, filter_recent
from atz_desktop.view.theme import APART, CONTROL_HEIGHT, NEAR
from atz_desktop.view.widgets.buttons import add_clear_button
from atz_desktop.view.widgets.labels import Callout, announce
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.paint_later import bring_to_front
from atz_desktop.view.widgets.window_geometry import resize_to_screen
from atz_desktop.view.windows.search_filters import SearchFilters
from atz_desktop.view.windows.search_table import (
    SearchTableView,
    recent_model,
    recent_row,
    search_results_model,
)

if TYPE_CHECKING:
    from atz_desktop.domain.values import RecordRef
    from atz_desktop.session.notices import Notice
from atz_desktop.session.search import ActivitySearch

_TYPING_PAUSE_MS: Final = 350
"""ATZ counts each search (60 requests a minute), so not every letter is one."""
_ROWS: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SearchWindow(QDialog):
    """Lists what `finding` holds and tells which activity the user wants.

    While words are typed, Up and Down choose a row and Enter loads it.
    """

    load_requested = Signal(object)
    """The ID of an activity."""
    rows_chosen = Signal(object)
    """Activities for the work list: a tuple of IDs with their titles."""
    all_chosen = Signal(object)
    """The ActivityQuery all results of which are wanted for the work list."""

    def __init__(
        self,
        finding: ActivitySearch,
        parent: QWidget | None = None,
        filters: SearchFilters | None = None,
    ) -> None:
        """`filters`, if they are made already: that takes as long as all the rest."""
        super().__init__(parent)
        self.setWindowTitle("Find an activity")
        self.setModal(False)
        resize_to_screen(self, QSize(1060, 640))
        self._finding = finding
        self._asked: ActivityQuery | None = None
        self.search = QLineEdit()
        self.search.setAccessibleName("Search activities")
        self.search.setPlaceholderText("Words of the title, description or location")
        add_clear_button(self.search)
        self.search.setMinimumHeight(CONTROL_HEIGHT)
        self.filters = filters or SearchFilters(finding.lookups)
        self.said = QLabel()
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self._trouble = Callout(Level.PROBLEM)
        self._trouble.hide()
        self.found = search_results_model(finding, self)
        self.recent = recent_model(self)
        self.tables = (
            SearchTableView("Activities found", self.found),
            SearchTableView("Seen here", self.recent),
        )
        self.tabs = QTabWidget()
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._build_layout()
        self._connect()

    def search_for(self, words: str = "") -> None:
        """Come forward and search; without words, go on where the user was."""
        if words:
            self._begin(words)
        self._bring_to_front()

    def search_record(self, record: RecordRef) -> None:
        """Come forward with the activities of one record."""
        self.filters.show_record(record)
        self._begin("")
        self._bring_to_front()

    def _begin(self, words: str) -> None:
        self.search.setText(words)
        self.tabs.setCurrentIndex(0)
        self._search()

    def _bring_to_front(self) -> None:
        if self._asked is None:
            self._search()
        bring_to_front(self)
        self.search.setFocus()
        self.search.selectAll()

    def _connect(self) -> None:
        self._pause.timeout.connect(self._search)
        self.search.textChanged.connect(self._on_text_edited)
        self.filters.changed.connect(self._search)
        self.filters.text_edited.connect(self._pause.start)
        self.tabs.currentChanged.connect(self._show_tab)
        self._finding.list_replaced.connect(self._show_found)
        self._finding.rows_added.connect(self._update_status)
        self._finding.busy_changed.connect(self._update_status)
        self._finding.recent_changed.connect(self._show_recent)
        self._finding.notified.connect(self._show_notice)
        self.search.installEventFilter(self)
        for table in self.tables:
            table.installEventFilter(self)
            table.doubleClicked.connect(self._load_row)

    def refresh_seen(self) -> None:
        """What was seen here is another now: read it anew where it is shown."""
        if self.tabs.currentIndex() == 1:
            self._finding.load_recent()

    def _on_text_edited(self) -> None:
        if self.tabs.currentIndex() == 1:
            self._show_recent()
        else:
            self._pause.start()

    def _query(self) -> ActivityQuery:
        return self.filters.apply_to(ActivityQuery(self.search.text().strip()))

    def _search(self) -> None:
        self._pause.stop()
        self._asked = self._query()
        self._finding.search(self._asked)

    def _show_tab(self, index: int) -> None:
        if index == 1:
            self._pause.stop()
            self._finding.load_recent()
        elif self._asked != self._query():
            self._search()
        self._update_status()

    def _show_found(self) -> None:
        self.tables[0].selectRow(0)
        self._update_status()
        announce(self, self.said.text())

    def _show_recent(self) -> None:
        seen = filter_recent(self.search.text(), self._finding.recent)
        self.recent.set_rows(map(recent_row, seen))
        self.tables[1].selectRow(0)
        self._update_status()

    def _update_status(self) -> None:
        self.said.setText(self._status_text())

    def _status_text(self) -> str:
        if self.tabs.currentIndex() == 1:
            if self.recent.rowCount():
                return "Loaded or changed on this computer"
            if self._finding.recent:
                return "Nothing that was loaded here has these words"
            return "Nothing was loaded here yet"
        if self._finding.busy:
            return "Asking ATZ…"
        listed, total = len(self._finding.hits), self._finding.total
        if not listed:
            return "No activity was found"
        return f"{listed:,} of {total:,}" if total is not None else f"{listed:,} so far"

    def _show_notice(self, notice: Notice | None) -> None:
        self._trouble.setVisible(notice is not None)
        if notice is not None:
            self._trouble.set_message(notice.level, f"{notice.title}. {notice.text}")

    def _enter(self) -> None:
        """Load what stands out; but first search, if the list does not answer the words yet.

        Once: each search counts, and a new one would begin the wait anew.
        """
        table = self.tables[self.tabs.currentIndex()]
        if table is self.tables[1] or self._finding.listed_query == self._query():
            self._load_row(table.currentIndex())
        elif self._asked != self._query() or not self._finding.busy:
            self._search()

    def _load_row(self, index: QModelIndex) -> None:
        model = (self.found, self.recent)[self.tabs.currentIndex()]
        row = model.row(index.row()) if index.isValid() else None
        if row is not None:
            self.hide()
            self.load_requested.emit(row[0])

    def add_status(self, line: QWidget) -> None:
        """Have what is said of the connection here, too: this may hide the window below."""
        self._page.addWidget(line)

    def _build_layout(self) -> None:
        first = QWidget()
        vbox(first, self.filters, self._trouble, (self.tables[0], 1), margins=(0, NEAR, 0, 0))
        self.tabs.addTab(first, "In ATZ")
        self.tabs.addTab(self.tables[1], "Recent")
        self.tabs.setDocumentMode(True)
        hint = QLabel("Enter loads the activity")
        last = hbox(None, (self.said, 1), hint, self._create_add_button(), spacing=-1)
        self._page = vbox(
            self, self.search, (self.tabs, 1), last, margins=(APART, APART, APART, APART)
        )

    # For the work list

    def _create_add_button(self) -> QPushButton:
        button = QPushButton("Add to work list")
        button.setAutoDefault(False)
        button.setMinimumHeight(CONTROL_HEIGHT)
        menu = QMenu(button)
        menu.aboutToShow.connect(partial(self._fill_add_menu, menu))
        button.setMenu(menu)
        return button

    def _fill_add_menu(self, menu: QMenu) -> None:
        menu.clear()
        marked = self._marked_rows()
        action = menu.addAction(f"Marked rows ({len(marked):,})")
        action.setEnabled(bool(marked))
        action.triggered.connect(partial(self.rows_chosen.emit, marked))
        if self.tabs.currentIndex() == 0:
            total = self._finding.total
            words = f"All {total:,} results" if total is not None else "All results"
            action = menu.addAction(words)
            action.setEnabled(bool(self._finding.hits) and not self._finding.busy)
            action.triggered.connect(self._choose_all)

    def _choose_all(self) -> None:
        if self._finding.listed_query is not None:
            self.all_chosen.emit(self._finding.listed_query)

    def _marked_rows(self) -> tuple[tuple[int, str], ...]:
        place = self.tabs.currentIndex()
        model = (self.found, self.recent)[place]
        title = model.columns.index("Title")
        indexes = self.tables[place].selectionModel().selectedRows()
        numbers = sorted(index.row() for index in indexes)
        rows = ((model.row(n), model.index(n, title).data()) for n in numbers)
        return tuple((row[0], str(text)) for row, text in rows if row is not None)

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() in _ENTER:
            self._enter()
            return True
        if watched is self.search and event.key() == Qt.Key.Key_Tab and _with_control(event):
            self.tabs.setCurrentIndex(1 - self.tabs.currentIndex())
            return True
        if watched is self.search and event.key() in _ROWS:
            table = self.tables[self.tabs.currentIndex()]
            table.event(event)
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _ENTER:  # nothing here is a default button
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh_seen()


def _with_control(event: QKeyEvent) -> bool:
    return event.modifiers() == Qt.KeyboardModifier.ControlModifier
