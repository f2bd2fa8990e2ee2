"""The command palette (Ctrl+K): goes to a field, a command, an activity or a save by words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    QStringListModel,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from atz_desktop.domain.characters import fold, single_line
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.session.messages import OUTCOMES
from atz_desktop.view.flat_paint import fill
from atz_desktop.view.mnemonics import mnemonic
from atz_desktop.view.theme import AROUND, CONTROL_HEIGHT, INSIDE, NEAR, colours, type_font
from atz_desktop.view.widgets.labels import announce
from atz_desktop.view.widgets.layouts import vbox
from atz_desktop.view.windows.commands import COMMANDS, Command
from atz_desktop.view.windows.history_table import local_time
from atz_desktop.view.windows.id_bar import RecentEntry

if TYPE_CHECKING:
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.view.form.activity_form import ActivityForm

_SIZE: Final = QSize(620, 460)
_FROM_TOP: Final = 72
_ROW_PADDING: Final = 10
_STEPS: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -8,
    Qt.Key.Key_PageDown: 8,
}
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_NOTHING: Final = "Nothing here is called so. “Find…” looks in ATZ."
_SHORT = 3
"""Letters."""


class CommandPalette(QDialog):
    """A line and a list; Enter goes to what stands out, Escape back to where the user was.

    `extra` makes items of the words themselves. What is typed before the system has given it the
    keyboard counts: a modal window would lose that, so it is none, and closes when it is left.
    """

    words_changed = Signal(object)
    """What is typed (str), for those who look something up and answer with `add_items`."""

    def __init__(
        self,
        items: Sequence[PaletteItem],
        parent: QWidget,
        extra: Callable[[str], list[PaletteItem]] = lambda _words: [],
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle("Go to anything")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._items = tuple(items)
        self._extra = extra
        self.shown: list[PaletteItem] = []
        self._chosen: PaletteItem | None = None
        self._highest = 0
        self._corner = QPoint()
        """On the screen, where it begins."""
        self.line = QLineEdit()
        self.line.setAccessibleName("Go to anything")
        self.line.setPlaceholderText("A field, a command, an activity, a save")
        self.line.setMinimumHeight(CONTROL_HEIGHT)
        self.list = QListView()
        self._empty = QLabel(_NOTHING)
        self._build_layout()
        self.line.textChanged.connect(self._on_text_changed)
        self.list.clicked.connect(self._on_clicked)
        self._show(matching(self._items, ""))

    def add_items(self, words: str, items: Iterable[PaletteItem]) -> None:
        """Show more that fits `words`, below the rest; dropped when others are typed by now."""
        if words == self.line.text():
            row = self.list.currentIndex().row()
            self._show([*self.shown, *items])
            self._select(max(row, 0))

    def _on_text_changed(self, words: str) -> None:
        self._show([*self._extra(words), *matching(self._items, words)])
        self._announce()
        self.words_changed.emit(words)

    def _show(self, items: list[PaletteItem]) -> None:
        self.shown = items
        model = self.list.model()
        assert isinstance(model, QStringListModel)
        model.setStringList([item.spoken for item in items])
        self.list.setVisible(bool(items))
        self._empty.setVisible(not items)
        self._select(0)
        if self.isVisible():
            self._fit_height()

    def _fit_height(self) -> None:
        """Be as high as what is shown, as far as there is room.

        The place is set again: under X11 Qt may hold the corner of the screen for it, and a new
        size would take the window there.
        """
        row = self.list.sizeHintForRow(0) if self.shown else self._empty.sizeHint().height()
        rows = max(1, len(self.shown)) * row
        height = min(self._highest, 2 * INSIDE + CONTROL_HEIGHT + NEAR + rows)
        self.setGeometry(QRect(self._corner, QSize(self.width(), height)))

    def _select(self, row: int) -> None:
        model = self.list.model()
        row = min(max(row, 0), len(self.shown) - 1)
        self.list.setCurrentIndex(model.index(row, 0))

    def _announce(self) -> None:
        """The keyboard stays in the line, so nobody else says what stands out."""
        row = self.list.currentIndex().row()
        words = self.shown[row].spoken if 0 <= row < len(self.shown) else _NOTHING
        announce(self.line, words)

    def _on_clicked(self, index: QModelIndex) -> None:
        self._go(index.row())

    def _go(self, row: int) -> None:
        if 0 <= row < len(self.shown):
            self._chosen = self.shown[row]
            self.accept()

    def _build_layout(self) -> None:
        view = self.list
        view.setModel(QStringListModel(view))
        view.setItemDelegate(_Row(self))
        view.setAccessibleName("What can be gone to")
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setUniformItemSizes(True)
        view.setMinimumHeight(view.fontMetrics().height() + 2 * NEAR)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._empty.setFont(type_font("body"))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        margins = (INSIDE, INSIDE, INSIDE, INSIDE)
        vbox(self, self.line, (view, 1), (self._empty, 1), margins=margins, spacing=NEAR)

    def _collect_keys(self, *, collects: bool) -> None:
        application = QApplication.instance()
        if application is not None and collects:
            application.installEventFilter(self)
        elif application is not None:
            application.removeEventFilter(self)

    # Qt overrides

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self._collect_keys(collects=False)
        elif event.type() == QEvent.Type.WindowDeactivate and self.isVisible():
            self.reject()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if not isinstance(watched, QWidget) or watched.window() is self:
            return False
        QApplication.sendEvent(self.line, event.clone())
        return True

    def done(self, result: int) -> None:
        self._collect_keys(collects=False)
        super().done(result)
        parent = self.parentWidget()
        assert parent is not None
        parent.activateWindow()  # not every system gives it the keys again
        chosen, self._chosen = self._chosen, None
        if chosen is not None:
            chosen.run()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.list.currentIndex().row()
        if event.key() in _STEPS:
            self._select(row + _STEPS[Qt.Key(event.key())])
            self._announce()
        elif event.key() in _ENTER:
            self._go(row)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        parent = self.parentWidget()
        assert parent is not None
        room = parent.size() - QSize(2 * AROUND, 2 * AROUND)
        self.resize(_SIZE.boundedTo(room))
        self._highest = self.height()
        left = (parent.width() - self.width()) // 2
        top = min(_FROM_TOP, parent.height() - self.height() - AROUND)
        self._corner = parent.mapToGlobal(QPoint(left, top))
        self._fit_height()
        self._collect_keys(collects=not self.isActiveWindow())
        super().showEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tones = QPainter(self), colours()
        painter.fillRect(self.rect(), tones["field_border"])
        painter.fillRect(self.rect().adjusted(1, 1, -1, -1), tones["card"])


class _Row(QStyledItemDelegate):
    """The name, quieter what it is, and at the end its shortcut."""

    def __init__(self, palette: CommandPalette) -> None:
        super().__init__(palette)
        self._palette = palette

    # Qt overrides

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, option.fontMetrics.height() + 2 * NEAR)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        item, tones = self._palette.shown[index.row()], colours()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            fill(painter, QRectF(option.rect), tones["hover"], 4)
        line = option.rect.adjusted(_ROW_PADDING, 0, -_ROW_PADDING, 0)
        metrics, middle = option.fontMetrics, Qt.AlignmentFlag.AlignVCenter
        single = Qt.TextFlag.TextSingleLine
        keys = metrics.horizontalAdvance(item.keys)
        painter.setPen(tones["muted"])
        painter.drawText(line, Qt.AlignmentFlag.AlignTrailing | middle | single, item.keys)
        room = line.width() - (keys + INSIDE if keys else 0)
        text = metrics.elidedText(item.text, Qt.TextElideMode.ElideRight, room)
        taken = metrics.horizontalAdvance(text) + INSIDE
        detail = metrics.elidedText(
            item.detail or item.group, Qt.TextElideMode.ElideRight, max(0, room - taken)
        )
        leading = Qt.AlignmentFlag.AlignLeading | middle | single
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        beside = line.adjusted(0, 0, -taken, 0) if mirrored else line.adjusted(taken, 0, 0, 0)
        painter.drawText(beside, leading, detail)
        painter.setPen(tones["text"])
        painter.drawText(line, leading, text)
        painter.restore()


class PaletteItem(NamedTuple):
    """Something to go to. `detail` says more about it, `keys` is its shortcut."""

    group: str
    text: str
    run: Callable[[], object]
    detail: str = ""
    keys: str = ""

    @property
    def spoken(self) -> str:
        """All of it, for a screen reader."""
        return ", ".join(filter(None, (self.text, self.detail or self.group, self.keys)))


def field_labels() -> tuple[str, ...]:
    """The label of every control that a field is edited with, in the order of the form."""
    return tuple(label for field in ACTIVITY.fields for label in field.parts or (field.label,))


def native(keys: QKeySequence) -> str:
    """A shortcut as this system writes it."""
    return keys.toString(QKeySequence.SequenceFormat.NativeText)


def field_items(form: ActivityForm) -> list[PaletteItem]:
    return [
        PaletteItem("Field", label, partial(form.focus_label, label), keys=native(mnemonic(label)))
        for label in field_labels()
    ]


def command_items(actions: Mapping[str, QAction], but: str) -> list[PaletteItem]:
    """The commands that can be given now."""
    return [
        PaletteItem(
            "Command", command.text, actions[command.run].trigger, "", command_keys(command)
        )
        for command in COMMANDS
        if actions[command.run].isEnabled() and command.run != but
    ]


def command_keys(command: Command) -> str:
    return native(QKeySequence(command.shortcuts[0])) if command.shortcuts else ""


def button_items(window: QWidget) -> list[PaletteItem]:
    """The buttons that Tab leaves out: they come and go with what is shown."""
    buttons: list[QPushButton | QToolButton] = [
        *window.findChildren(QPushButton),
        *window.findChildren(QToolButton),
    ]
    return [
        PaletteItem("Button", name, button.click)
        for button in buttons
        if button.isVisible()
        and button.isEnabled()
        and button.focusPolicy() == Qt.FocusPolicy.ClickFocus
        and (name := button.accessibleName() or button.text())
    ]


def recent_items(recent: Iterable[RecentEntry], load: Callable[[str], object]) -> list[PaletteItem]:
    """What waits here, then what was loaded before."""
    return [
        PaletteItem(
            "Kept for later" if each.unsaved else "Loaded before",
            single_line(each.title) or "(without a title)",
            partial(load, str(each.id)),
            " · ".join(filter(None, (f"Activity {each.id}", each.unsaved))),
        )
        for each in recent
    ]


def saved_item(entry: JournalEntry, run: Callable[[], object]) -> PaletteItem:
    """A save, to be shown in the History window."""
    changed = ", ".join(field.label for field in ACTIVITY.fields if field.name in entry.sent)
    what = f"{changed} · {OUTCOMES[entry.outcome].label} {local_time(entry.at)}"
    title = single_line(entry.title) or f"Activity {entry.activity_id}"
    return PaletteItem("History", title, run, what)


def load_item(words: str, load: Callable[[str], object]) -> list[PaletteItem]:
    """Loading the activity with that number, if it is one."""
    number = words.strip().removeprefix("#")
    if not (number.isascii() and number.isdigit()):
        return []
    return [PaletteItem("Activity", f"Load activity {number}", partial(load, number))]


def matching(items: Sequence[PaletteItem], words: str) -> list[PaletteItem]:
    """Those that have every word, the nearest first; without a word all, as they stand."""
    wanted = fold(words).split()
    ranked = [(rank, item) for item in items if (rank := _rank(item, wanted)) is not None]
    return [item for _rank, item in sorted(ranked, key=lambda each: each[0])]


def _rank(item: PaletteItem, wanted: list[str]) -> int | None:
    """How far the words are from the beginning of the text; None where one is missing."""
    text = fold(item.text)
    group = fold(item.group)
    said = f"{text} {fold(item.detail)}"
    # Of the group whole words count: "lo" means a location, and nothing that was loaded before.
    if not all(word in said or (len(word) > _SHORT and word in group) for word in wanted):
        return None
    everything = f"{said} {group}"
    if not wanted or text.startswith(wanted[0]):
        return 0
    starts = everything.split()
    if all(any(start.startswith(word) for start in starts) for word in wanted):
        return 1 if all(word in text for word in wanted) else 2
    return 3
