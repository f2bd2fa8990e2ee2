"""How many rows of the work list are in which state, each a link to them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from atz_desktop.domain.work_list import RowState, WorkListCounts
from atz_desktop.view.widgets.chip_layout import flow
from atz_desktop.view.widgets.link_button import LinkButton

_GAP = 2


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
        places = flow((size.width() for size in sizes), max(self.width(), 1), _GAP).chips
        for link, place in zip(self.links, places, strict=True):
            spot = QRect(place.left, place.line * high, place.width, high - _GAP)
            link.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), spot))
        self.setFixedHeight((places[-1].line + 1) * high if places else 0)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
