"""The bar at the top: which activity to load."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
)

from atz_desktop.domain.characters import single_line
from atz_desktop.view.theme import AROUND, CONTROL_HEIGHT, NEAR, set_text_colour
from atz_desktop.view.widgets.clear_button import add_clear_button
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.panels import Bar
from atz_desktop.view.windows.account_button import AccountButton

if TYPE_CHECKING:
    from PySide6.QtCore import QStringListModel
    from PySide6.QtWidgets import QProgressBar


class RecentActivity(NamedTuple):
    """An activity that this computer loaded before."""

    id: int
    title: str


class IdBar(Bar):
    """The field "Activity ID" with Load, which becomes Stop while an activity is loaded."""

    edge = "bottom"

    load_requested = Signal(object)
    """The text as typed."""
    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._label = QLabel("Activity &ID")
        self._field = QLineEdit()
        self._field.setAccessibleName("Activity ID")
        self._field.setPlaceholderText("Number, address or words")
        self._field.setFixedWidth(200)
        self._field.setMinimumHeight(CONTROL_HEIGHT)
        add_clear_button(self._field)
        self._label.setBuddy(self._field)
        self._load = QPushButton("Load")
        self._load.setMinimumHeight(CONTROL_HEIGHT)
        self._problem = QLabel()
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self._problem.setContentsMargins(AROUND, 0, AROUND, NEAR)
        self._problem.hide()
        self.account = AccountButton()
        self._busy: QProgressBar | None = None
        self._offered: QStringListModel | None = None
        self._loading = False
        self._field.returnPressed.connect(self._request_load)
        self._load.clicked.connect(self._on_button)
        self._field.textChanged.connect(self._on_text_edited)
        self._build_layout()

    def show_loading(self, step: str | None) -> None:
        """While something is loaded the button stops it; None: nothing is."""
        self._loading = step is not None
        self._load.setText("Stop" if self._loading else "Load")
        self._load.setAccessibleName(self._load.text())
        if self._busy is None and step is not None:
            self._busy = self._create_busy_indicator()
        if self._busy is not None:
            self._busy.setVisible(self._loading)
            self._busy.setAccessibleDescription(step or "")

    def show_problem(self, words: str) -> None:
        """Why the text is no activity ID."""
        self._problem.setText(words)
        self._problem.setVisible(bool(words))
        self._field.setAccessibleDescription(words)
        set_text_colour(self._problem, "problem")

    def show_id(self, activity_id: int) -> None:
        self._field.setText(str(activity_id))

    def show_recent(self, recent: tuple[RecentActivity, ...]) -> None:
        """Offer activities that were loaded before, by ID and by title."""
        lines = [f"{each.id}  {single_line(each.title)}" for each in recent]
        self._offered = self._offered or self._create_completer()
        self._offered.setStringList(lines)

    def _create_completer(self) -> QStringListModel:
        """Made when there is something to offer: the list is not needed for the first paint."""
        from PySide6.QtCore import QStringListModel
        from PySide6.QtWidgets import QCompleter, QListView

        model = QStringListModel(self)
        completer = QCompleter(model, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        popup = QListView()
        popup.setMinimumWidth(420)
        completer.setPopup(popup)
        completer.activated.connect(self._pick)
        self._field.setCompleter(completer)
        return model

    def focus_input(self) -> None:
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def _create_busy_indicator(self) -> QProgressBar:
        """Made at the first load: its class alone would delay the first paint."""
        from PySide6.QtWidgets import QProgressBar

        made = QProgressBar()
        made.setRange(0, 0)
        made.setFixedHeight(3)
        made.setTextVisible(False)
        made.setAccessibleName("Loading")
        self._under.addWidget(made)
        return made

    def _pick(self, line: str) -> None:
        self._field.setText(line.split(" ", 1)[0])
        self._request_load()

    def _request_load(self) -> None:
        self.load_requested.emit(self._field.text().split("  ", 1)[0])

    def _on_button(self) -> None:
        if self._loading:
            self.stop_requested.emit()
        else:
            self._request_load()

    def _on_text_edited(self) -> None:
        if self._problem.text():
            self.show_problem("")

    def _build_layout(self) -> None:
        bar = hbox(
            None,
            self._label,
            self._field,
            self._load,
            1,
            self.account,
            margins=(AROUND, 10, AROUND, 8),
        )
        page = vbox(self, bar, self._problem, spacing=0)
        self._under = QHBoxLayout()
        self._under.addStrut(3)
        page.addLayout(self._under)
