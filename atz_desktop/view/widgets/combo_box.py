"""A drop-down that only a user's own choice can change."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPalette, QWheelEvent
from PySide6.QtWidgets import QComboBox, QFrame, QSizePolicy, QWidget

from atz_desktop.view.theme import colours

_LONGEST = 12


class NoWheelComboBox(QComboBox):
    """The wheel scrolls the form and never turns the value, focused or not.

    `wide`: as wide as there is room, whatever the entries are (untrusted text may be long); else
    as wide as the longest entry.
    """

    def __init__(self, parent: QWidget | None = None, *, wide: bool = True) -> None:
        super().__init__(parent)
        self._choosing = False
        self._usual_width: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if wide:
            policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            self.setSizeAdjustPolicy(policy)
            self.setMinimumContentsLength(_LONGEST)
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_widths(self, least: int, usual: int) -> None:
        """Be `usual` pixels wide, or less where there is no room, down to `least`."""
        self._usual_width = usual
        self.setMinimumWidth(least)
        self.setMaximumWidth(usual)

    @property
    def is_popup_choice(self) -> bool:
        """Whether the user chooses from the open list, rather than with arrow keys in passing."""
        return self._choosing

    def _chosen(self) -> None:
        self._choosing = False

    def _selected(self) -> None:
        # Keys and mouse select an entry and make it the current one; assistive tools select only.
        QTimer.singleShot(0, self, self._accept_selected)

    def _accept_selected(self) -> None:
        view = self.view()
        selected = view.selectionModel().selectedIndexes()
        if view.isVisible() and selected and selected[0] != view.currentIndex():
            self.setCurrentIndex(selected[0].row())
            self.hidePopup()

    def _dress_popup(self) -> None:
        """Give the list the ground and the frame of every other one, in the colours of now."""
        view = self.view()
        around = view.parentWidget()
        palette = view.palette()
        for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Window):
            palette.setColor(role, colours()["card"])
        view.setPalette(palette)
        if isinstance(around, QFrame):
            around.setFrameShape(QFrame.Shape.StyledPanel)

    # Qt overrides

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return hint if self._usual_width is None else QSize(self._usual_width, hint.height())

    def showPopup(self) -> None:
        self._choosing = True
        self._dress_popup()
        super().showPopup()
        self.view().selectionModel().selectionChanged.connect(
            self._selected, Qt.ConnectionType.UniqueConnection
        )

    def hidePopup(self) -> None:
        # Qt closes the list first and tells of the choice afterwards.
        super().hidePopup()
        QTimer.singleShot(0, self, self._chosen)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
