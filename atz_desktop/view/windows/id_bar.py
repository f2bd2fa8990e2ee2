"""The bar at the top: which activity to load."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from atz_desktop.domain.characters import single_line
from atz_desktop.view.theme import AROUND, CONTROL_HEIGHT
from atz_desktop.view.widgets.buttons import add_clear_button
from atz_desktop.view.widgets.layouts import Bar, hbox, vbox
from atz_desktop.view.widgets.window_commands import (
    LOOKING_ELSEWHERE,
    NoFileDrops,
    dragged_files,
    is_window_command,
)
from atz_desktop.view.windows.account_button import AccountButton

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QStringListModel
    from PySide6.QtWidgets import QProgressBar

    from atz_desktop.view.widgets.field_problem import FieldProblem


_BUSY_AFTER = 300
"""Milliseconds: most loads end before, and painting what moves would make each of them longer."""
_USUAL_WIDTH = 200
_LEAST_WIDTH = 100
"""A number of seven digits, and the button that clears it."""
_ROOMY = 800
"""A window so wide has room for the usual width."""


class RecentEntry(NamedTuple):
    """An activity that this computer loaded before."""

    id: int
    title: str
    unsaved: str = ""
    """What waits here as a draft, and how old it is."""


class IdBar(Bar):
    """The field "Activity ID" with Load, which becomes Stop while an activity is loaded."""

    edge = "bottom"

    load_requested = Signal(object)
    """The text as typed."""
    stop_requested = Signal()
    lines_given = Signal(object)
    """Several lines that were pasted or dropped here (str): they may be a list of activities."""
    files_given = Signal(object)
    """Files with lists that were dropped here (list of Path)."""

    def __init__(self) -> None:
        super().__init__()
        self._label = QLabel("Activity &ID")
        self._field = _IdLineEdit()
        self._shown = self._requested = ""
        self._typed = False
        self._field.setAccessibleName("Activity ID")
        self._field.setPlaceholderText("Number, address or words")
        self._field.setMinimumHeight(CONTROL_HEIGHT)
        add_clear_button(self._field)
        self._label.setBuddy(self._field)
        self._load = QPushButton("Load")
        self._load.setMinimumHeight(CONTROL_HEIGHT)
        self._problem: FieldProblem | None = None
        self.account = AccountButton()
        self._busy: QProgressBar | None = None
        self._step: str | None = None
        """What a load is about now; None: nothing is loaded."""
        self._busy_timer = QTimer(self, singleShot=True, interval=_BUSY_AFTER)
        self._busy_timer.timeout.connect(self._show_busy)
        self._offered: QStringListModel | None = None
        self._field.returnPressed.connect(self._request_load)
        self._load.clicked.connect(self._on_button)
        self._field.textChanged.connect(self._on_text_edited)
        self._field.escaped.connect(self._on_left)
        self._field.lines_given.connect(self.lines_given)
        self._field.files_given.connect(self.files_given)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)
        self._build_layout()

    def set_inset(self, inset: int) -> None:
        """Stay so far from either side of the window, as the page below does."""
        self._row.setContentsMargins(inset, 6, inset, 4)

    def add_tools(self, tools: QWidget) -> None:
        """Put the commands that are wanted most beside Load; they take the room that is left."""
        self._row.insertWidget(self._row.indexOf(self._load) + 1, tools, 100)

    def add_badge(self, badge: QWidget) -> None:
        """Put something beside the account that tells what kind of account it is."""
        self._row.insertWidget(self._row.count() - 1, badge)

    def show_loading(self, step: str | None) -> None:
        """While something is loaded the button stops it; None: nothing is."""
        self._load.setText("Load" if step is None else "Stop")
        self._load.setAccessibleName(self._load.text())
        if step is None:
            self._busy_timer.stop()
        elif self._step is None:
            self._busy_timer.start()
        self._step = step
        if self._busy is not None:
            self._busy.setHidden(step is None or self._busy.isHidden())
            self._busy.setAccessibleDescription(step or "")

    def show_problem(self, words: str) -> None:
        """Why the text is no activity ID."""
        if self._problem is None and words:
            from atz_desktop.view.widgets.field_problem import FieldProblem

            self._problem = FieldProblem(self._field)
        if self._problem is not None:
            self._problem.show_text(words)
        self._field.setAccessibleDescription(words)

    def show_id(self, activity_id: int | None) -> None:
        """This activity is shown, None: no activity is. What the user types meanwhile stays."""
        self._shown = "" if activity_id is None else str(activity_id)
        if not self._typed:
            self.restore()

    def show_requested(self, activity_id: int | None) -> None:
        """This activity is being loaded; None: that ended."""
        self._requested = "" if activity_id is None else str(activity_id)
        if not self._typed:
            self.restore()

    def insert(self, text: str) -> None:
        """Put text where the cursor is, as if it was pasted."""
        self._field.insert(text)

    def restore(self) -> None:
        """Show the ID of the activity below, or that is on its way to it: nothing else was loaded.

        Where there is none, what was typed stays to be mended.
        """
        if now := self._requested or self._shown:
            self._write(now)
            self.show_problem("")

    @property
    def is_typed(self) -> bool:
        """Whether what stands here was typed after the last activity was asked for or shown."""
        return self._typed

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        """Somebody who goes on in the same window, but not to Load, is done with the field."""
        stays = new is None or new.window() is not self.window() or self.isAncestorOf(new)
        if old is self._field and not stays:
            self._on_left()

    def _on_left(self) -> None:
        if self._typed or self._field.accessibleDescription():
            self.restore()

    def _write(self, text: str) -> None:
        if text != self._field.text():
            self._field.setText(text)
            if self._field.hasFocus():
                self._field.selectAll()
        self._typed = False

    def show_recent(self, recent: tuple[RecentEntry, ...]) -> None:
        """Offer activities that were loaded before, by ID and by title."""
        lines = [recent_line(each) for each in recent]
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
        self._field.selectAll()  # it may have had the keys before

    def _show_busy(self) -> None:
        if self._busy is None:
            self._busy = self._create_busy_indicator()
        self._busy.setAccessibleDescription(self._step or "")
        self._busy.show()

    def _create_busy_indicator(self) -> QProgressBar:
        """Made when it is first shown: its class alone would delay the first paint."""
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
        self._typed = False
        self.load_requested.emit(self._field.text().split("  ", 1)[0])

    def _on_button(self) -> None:
        if self._step is not None:
            self.stop_requested.emit()
        else:
            self._request_load()

    def _on_text_edited(self) -> None:
        self._typed = True
        self.show_problem("")

    def _build_layout(self) -> None:
        self._row = hbox(None, self._label, self._field, self._load, 1, self.account)
        self.set_inset(AROUND)
        page = vbox(self, self._row, spacing=0)
        self._under = QHBoxLayout()
        self._under.addStrut(3)
        page.addLayout(self._under)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window what stands beside the field gets of its room."""
        super().resizeEvent(event)
        roomy = event.size().width() >= _ROOMY
        self._field.setMinimumWidth(_USUAL_WIDTH if roomy else _LEAST_WIDTH)


def recent_line(recent: RecentEntry) -> str:
    """One activity in a list: its ID, its title, and what waits unsaved."""
    kept = f"  (unsaved: {recent.unsaved})" if recent.unsaved else ""
    return f"{recent.id}  {single_line(recent.title)}{kept}"


def _list_files(dragged: QMimeData) -> list[Path]:
    """The files in what is dragged, if all of them are tables."""
    files = dragged_files(dragged)
    return files if all(file.suffix.lower() in _TABLES for file in files) else []


_TABLES = {".csv", ".tsv", ".xlsx", ".xlsm"}


class _IdLineEdit(NoFileDrops, QLineEdit):
    """Selects all when it gets the keys, so that the next ID replaces this one.

    A second click places the cursor, as does a drag.
    """

    escaped = Signal()
    lines_given = Signal(object)
    """Several lines (str), which a line edit would run together."""
    files_given = Signal(object)
    """Files with lists (list of Path)."""

    def __init__(self) -> None:
        super().__init__()
        self._first_click = False
        self.setMaximumWidth(_USUAL_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _take_lines(self, given: QMimeData | None) -> bool:
        """Tell of several lines; whether there are several."""
        text = given.text() if given is not None and given.hasText() else ""
        several = len(text.strip().splitlines()) > 1
        if several:
            self.lines_given.emit(text)
        return several

    def _paste(self) -> None:
        if not self._take_lines(QGuiApplication.clipboard().mimeData()):
            self.paste()

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(_USUAL_WIDTH, super().sizeHint().height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._first_click = event.reason() == Qt.FocusReason.MouseFocusReason
        if event.reason() not in LOOKING_ELSEWHERE:
            self.selectAll()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._first_click and not self.hasSelectedText():
            self.selectAll()
        self._first_click = False

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and is_window_command(self, event):
            event.ignore()
            return False
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in menu.actions():
            if action.objectName() == "edit-paste":
                action.triggered.disconnect()
                action.triggered.connect(self._paste)
        menu.popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _list_files(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if files := _list_files(event.mimeData()):
            event.acceptProposedAction()
            self.files_given.emit(files)
        elif self._take_lines(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dropEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
            return
        super().keyPressEvent(event)
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
