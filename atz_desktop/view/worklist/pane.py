"""The work list at the left of the window: many activities, one of which is in the form.

Here is also its foot, and the strip that shows how a search is read for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData, QRect, Qt, Signal
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
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QToolButton,
    QWidget,
)

from atz_desktop.domain.work_list import RowState, WorkList, WorkListCounts, WorkListRow
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import AROUND, NEAR, TIGHT, colours
from atz_desktop.view.widgets.buttons import LinkButton
from atz_desktop.view.widgets.labels import ElidingLabel, plain_label
from atz_desktop.view.widgets.layouts import Bar, flow, hbox, vbox
from atz_desktop.view.widgets.window_commands import dragged_files
from atz_desktop.view.worklist.list_view import WorkListView
from atz_desktop.view.worklist.pane_head import AddFrom, PaneHead, RowFilter
from atz_desktop.view.worklist.row_model import WorkListModel

if TYPE_CHECKING:
    from atz_desktop.session.search import ListCollector

WIDTH: Final = 260
_ANY_WIDTH: Final = 16_777_215  # QWIDGETSIZE_MAX, which PySide6 does not name
_LOW: Final = 300
"""Pixels; in a lower pane the filter and the summary give way to the rows."""
_EMPTY: Final = (
    "Paste a column of IDs here, or drop a list: from Excel, a mail, or a file "
    "(CSV, TSV, XLSX).\n\n"
    "Then Ctrl+Enter saves each activity, proves it, and opens the next."
)
_HEIGHT: Final = 28
"""Pixels of a button in the foot."""
_STEPS: Final = (
    ("previous_activity", "up"),
    ("next_activity", "down"),
    ("skip", "skip"),
    ("park", "pause"),
    ("change_all", "pencil"),
)
"""Commands of commands.py, and their pictures."""
_IN_WORDS: Final = ("skip", "park")
_GAP: Final = 2
"""Pixels between two links of the summary."""


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


class PaneFoot(QWidget):
    """`actions` by the name of their command."""

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.summary = Summary()
        in_words = [run in _IN_WORDS for run, _ in _STEPS]
        buttons = [_button(actions[run], picture, run in _IN_WORDS) for run, picture in _STEPS]
        steps = hbox(None, *zip(buttons, map(int, in_words), strict=True), spacing=TIGHT)
        self._column = vbox(self, self.summary, steps, spacing=TIGHT)
        self.set_narrow(narrow=False)

    def set_narrow(self, *, narrow: bool) -> None:
        """Take one line."""
        self._column.setContentsMargins(NEAR, 0, NEAR, 0 if narrow else NEAR)


def _button(action: QAction, picture: str, in_words: bool) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(picture))
    button.setFixedHeight(_HEIGHT)
    button.setAccessibleName(action.text())
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    button.setToolTip(f"{action.text()} ({keys})")
    button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    if in_words:
        button.setText(action.text())
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        policy = button.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Expanding)
        button.setSizePolicy(policy)
    button.clicked.connect(action.trigger)
    button.setEnabled(action.isEnabled())
    action.enabledChanged.connect(button.setEnabled)
    return button


class Summary(QWidget):
    """Links in as many lines as they need."""

    chosen = Signal(object)
    """The RowState whose rows the user wants to see alone."""

    def __init__(self) -> None:
        super().__init__()
        self._links: dict[RowState, LinkButton] = {}
        self.setAccessibleName("Summary of the work list")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_counts(self, counts: WorkListCounts) -> None:
        """Say how many there are of each."""
        for state in RowState:
            number = counts.by_state.get(state, 0)
            if number and state not in self._links:
                self._links[state] = self._create_link(state)
            if state in self._links:
                link = self._links[state]
                link.setText(f"{number:,} {state.value}")
                link.setAccessibleName(link.text())
                link.setVisible(number > 0)
        self._arrange()

    @property
    def links(self) -> list[LinkButton]:
        """Those that are shown, in the order of the states."""
        made = (self._links.get(state) for state in RowState)
        return [link for link in made if link is not None and not link.isHidden()]

    def _create_link(self, state: RowState) -> LinkButton:
        link = LinkButton("", parent=self)
        link.setToolTip("Show these alone")
        link.clicked.connect(partial(self.chosen.emit, state))
        return link

    def _arrange(self) -> None:
        sizes = [link.sizeHint() for link in self.links]
        high = max((size.height() for size in sizes), default=0) + _GAP
        places = flow((size.width() for size in sizes), max(self.width(), 1), _GAP).places
        for link, place in zip(self.links, places, strict=True):
            spot = QRect(place.left, place.line * high, place.width, high - _GAP)
            link.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), spot))
        self.setFixedHeight((places[-1].line + 1) * high if places else 0)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


class CollectBar(Bar):
    """Says how many were read, and lets the user stop; hidden while nothing is read."""

    edge = "top"

    def __init__(self, collector: ListCollector, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._collector = collector
        self._words = ElidingLabel()
        self._progress = QProgressBar()
        self._progress.setAccessibleName("Activities read for the work list")
        self._progress.setTextVisible(False)
        self._progress.setFixedSize(140, 6)
        stop = QPushButton("Stop")
        stop.setAccessibleName("Stop reading for the work list")
        stop.clicked.connect(collector.stop)
        margins = (AROUND, NEAR, AROUND, NEAR)
        hbox(self, (self._words, 1), self._progress, stop, margins=margins)
        collector.changed.connect(self._show_state)
        self._show_state()

    def _show_state(self) -> None:
        read, total = self._collector.read, self._collector.total
        self.setVisible(self._collector.running)
        of = f" of {total:,}" if total is not None else ""
        self._words.set_text(f"Reading activities for the work list: {read:,}{of}")
        self._progress.setRange(0, total or 0)
        self._progress.setValue(min(read, total or 0))
