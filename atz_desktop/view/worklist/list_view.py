"""The rows of the work list: chosen with mouse and keys; nothing that happens to one moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QListView, QMenu

from atz_desktop.domain.work_list import RowMark
from atz_desktop.view.worklist.row_delegate import WorkListDelegate
from atz_desktop.view.worklist.row_model import WorkListModel

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class WorkListView(QListView):
    """A click or Enter opens a row; with Ctrl or Shift several are chosen, as in every list."""

    open_requested = Signal(object)
    """The ID of an activity."""
    mark_requested = Signal(object, object)
    """IDs (tuple), and the RowMark that they are to have; None: they are to be done again."""
    change_requested = Signal()
    """The same change on all rows that are chosen."""
    remove_requested = Signal(object)
    """IDs (tuple) that are to leave the list."""

    def __init__(self, model: WorkListModel) -> None:
        super().__init__()
        self.rows = model
        self.setModel(model)
        self.delegate = WorkListDelegate(self, model)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName("Activities of the work list")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)  # the pane's own ground
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_open(self, activity_id: int | None) -> None:
        """This activity is in the form now."""
        if activity_id == self.delegate.open_id:
            return
        self.delegate.open_id = activity_id
        self.viewport().update()
        self.show_current()

    def show_current(self) -> None:
        """The rows were arranged anew: choose and show the one in the form, if it is there."""
        place = self.rows.place(self.delegate.open_id)
        if place is not None:
            index = self.rows.index(place)
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(index, flag)
            self.scrollTo(index)

    def chosen(self) -> tuple[int, ...]:
        """The IDs of the rows that are chosen, from the top."""
        places = sorted(index.row() for index in self.selectedIndexes())
        return tuple(self.rows.row(place).activity_id for place in places)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.open_requested.emit(self.rows.row(index.row()).activity_id)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(map(str, self.chosen())))

    def _show_menu(self, place: QPoint) -> None:
        ids = self.chosen()
        if not ids:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, mark in (("Skip", RowMark.SKIPPED), ("Park", RowMark.PARKED)):
            action = menu.addAction(words)
            action.triggered.connect(lambda _=False, mark=mark: self.mark_requested.emit(ids, mark))
        action = menu.addAction("To do again")
        action.triggered.connect(lambda: self.mark_requested.emit(ids, None))
        menu.addSeparator()
        if len(ids) > 1:
            menu.addAction(f"Change these {len(ids):,}…").triggered.connect(self.change_requested)
        copying = menu.addAction("Copy IDs")
        copying.triggered.connect(self._copy)
        removing = menu.addAction("Remove from the list")
        removing.triggered.connect(lambda: self.remove_requested.emit(ids))
        menu.popup(place)

    # Qt overrides

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid() and not self.selectionModel().isSelected(index):
            self.setCurrentIndex(index)
        middle = self.viewport().mapToGlobal(self.visualRect(index).center())
        self._show_menu(event.globalPos() if by_mouse else middle)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and event.button() == Qt.MouseButton.LeftButton:
            self._open(self.indexAt(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self._open(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete and self.chosen():
            self.remove_requested.emit(self.chosen())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)
