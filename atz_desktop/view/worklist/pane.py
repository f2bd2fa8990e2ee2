"""The work list at the left of the window: many activities, one of which is in the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from PySide6.QtCore import QMimeData, QRect, Signal
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from atz_desktop.domain.work_list import WorkList, WorkListRow
from atz_desktop.view.theme import AROUND, NEAR, TIGHT, colours
from atz_desktop.view.widgets.dialog import plain_label
from atz_desktop.view.widgets.file_drops import dragged_files
from atz_desktop.view.widgets.layouts import vbox
from atz_desktop.view.worklist.list_view import WorkListView
from atz_desktop.view.worklist.pane_foot import PaneFoot
from atz_desktop.view.worklist.pane_head import AddFrom, PaneHead
from atz_desktop.view.worklist.row_filter import RowFilter
from atz_desktop.view.worklist.row_model import WorkListModel

WIDTH: Final = 260
_ANY_WIDTH: Final = 16_777_215  # QWIDGETSIZE_MAX, which PySide6 does not name
_LOW: Final = 300
"""Pixels; in a lower pane the filter and the summary give way to the rows."""
_EMPTY: Final = (
    "Paste a column of IDs here, or drop a list: from Excel, a mail, or a file "
    "(CSV, TSV, XLSX).\n\n"
    "Then Ctrl+Enter saves each activity, proves it, and opens the next."
)


class WorkListPane(QFrame):
    """Draws what it is given, and tells what the user wants.

    What the user wants with rows, lists and what is to be added is told by `view` and `head`.
    """

    text_given = Signal(object)
    """Text that was pasted or dropped (str)."""
    files_given = Signal(object)
    """Files that were dropped (list of Path)."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        """`actions` by the name of their command."""
        super().__init__(parent)
        self.setAccessibleName("Work list")
        self.setAcceptDrops(True)
        self.rows = WorkListModel(self)
        self.view = WorkListView(self.rows)
        self.head = PaneHead(actions["work_list"])
        self.filter = RowFilter(self.rows)
        self.foot = PaneFoot(actions)
        self._middle = QStackedWidget()
        self._middle.addWidget(_empty_page())
        self._middle.addWidget(self.view)
        self.filter.arranged.connect(self._on_arranged)
        self.foot.summary.chosen.connect(self.filter.toggle)
        self.head.add_requested.connect(self._add_from)
        self._narrow = False
        self._build_layout()
        self.set_narrow(narrow=False)
        self._show_progress()

    # What the program tells the pane

    def begin_list(self, lists: Iterable[WorkList], current: int | None) -> None:
        """Another list is shown: what was filtered belongs to the last one."""
        self.head.show_lists(lists, current)
        self.rows.begin()
        self.filter.reset()

    def show_rows(self, rows: Iterable[WorkListRow]) -> None:
        """Show the rows as they are now, each where it stands."""
        self.rows.set_rows(rows)
        self.foot.summary.show_counts(self.rows.counts)
        self._show_progress()

    def update_rows(self, rows: Iterable[WorkListRow]) -> None:
        """These rows of the list are others now."""
        self.rows.update_rows(rows)
        self.foot.summary.show_counts(self.rows.counts)

    def show_open(self, activity_id: int | None) -> None:
        """This activity is in the form now."""
        self.view.show_open(activity_id)
        self._show_progress()

    @property
    def open_id(self) -> int | None:
        """The activity in the form, whether it is in the list or not."""
        return self.view.delegate.open_id

    def set_narrow(self, *, narrow: bool) -> None:
        """Be a strip above the form, without the rows: a narrow window has no room beside it."""
        self._narrow = narrow
        self._box.setDirection(
            QBoxLayout.Direction.LeftToRight if narrow else QBoxLayout.Direction.TopToBottom
        )
        self._box.setContentsMargins(*((NEAR, TIGHT, NEAR, TIGHT) if narrow else (0, NEAR, 1, 0)))
        self.setMinimumWidth(0 if narrow else WIDTH)
        self.setMaximumWidth(_ANY_WIDTH if narrow else WIDTH)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Preferred, policy.Fixed if narrow else policy.Preferred)
        self.head.set_narrow(narrow=narrow)
        self.foot.set_narrow(narrow=narrow)
        self._fit()

    def paste(self) -> None:
        """Take what is on the clipboard for activities."""
        self._take(QGuiApplication.clipboard().mimeData())

    def _add_from(self, source: AddFrom) -> None:
        if source is AddFrom.CLIPBOARD:
            self.paste()

    def _take(self, given: QMimeData | None) -> None:
        files = dragged_files(given) if given is not None else []
        if files:
            self.files_given.emit(files)
        elif given is not None and given.hasText():
            self.text_given.emit(given.text())

    def _on_arranged(self) -> None:
        self.view.show_current()

    def _show_progress(self) -> None:
        total = self.rows.total
        self.head.show_progress(self.rows.number(self.open_id), total)
        if self._middle.currentIndex() != bool(total):
            self._middle.setCurrentIndex(bool(total))
        self._fit()

    def _build_layout(self) -> None:
        top = QWidget()
        vbox(top, self.head, self.filter, margins=(NEAR, 0, NEAR, 0))
        self._box = vbox(self, top, (self._middle, 1), self.foot)

    def _fit(self) -> None:
        """In a low window the rows have all the room that there is."""
        has_rows, small = self.rows.total > 0, self._narrow or self.height() < _LOW
        self.filter.setVisible(has_rows and not small)
        self.foot.summary.setVisible(not small)
        self.foot.setVisible(has_rows)
        self._middle.setVisible(not self._narrow)

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tones = QPainter(self), colours()
        painter.fillRect(self.rect(), tones["card"])
        edge = QRect(self.width() - 1, 0, 1, self.height())
        if self._narrow:
            edge = QRect(0, self.height() - 1, self.width(), 1)
        elif self.isRightToLeft():
            edge.moveLeft(0)
        painter.fillRect(edge, tones["card_border"])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasText() or dragged_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._take(event.mimeData())


def _empty_page() -> QLabel:
    label = plain_label(_EMPTY)
    label.setContentsMargins(AROUND, 0, AROUND, 0)
    return label
