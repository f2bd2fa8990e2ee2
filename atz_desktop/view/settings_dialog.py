"""The settings: where ATZ is, which time zone its times are read in, how the program looks."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from atz_desktop.store.settings import Settings, check_api_url
from atz_desktop.view.theme import APART, NEAR, colours, type_font

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent

_THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))

_ABOUT_ZONE = (
    "ATZ does not say in which time zone it gives its times. If an activity shows another hour "
    "here than on the ATZ web page, choose the zone of your ATZ account."
)


def zone_names() -> tuple[str, ...]:
    """Every IANA zone name, UTC first."""
    listed = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return ("UTC", *sorted(name for name in listed if "/" in name and not name.startswith("Etc/")))


class CalmCombo(QComboBox):
    """A drop-down that the mouse wheel does not change while the person scrolls past it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # Qt overrides

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SettingsDialog(QDialog):
    """Shows settings and hands changed ones back through `chosen` when the person agrees."""

    chosen = Signal(object)
    """The new Settings."""

    def __init__(self, settings: Settings, own_zone: str | None, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._settings = settings
        self._url = QLineEdit(settings.api_url)
        self._zone = self._zone_box(settings.zone, own_zone)
        self._theme = CalmCombo()
        for _, label in _THEMES:
            self._theme.addItem(label)
        self._theme.setCurrentIndex([key for key, _ in _THEMES].index(settings.theme))
        self._review = QCheckBox("Always show what will be sent before it is saved")
        self._review.setChecked(settings.review_before_save)
        self._problem = _note("")
        buttons = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self._buttons.accepted.connect(self._agree)
        self._buttons.rejected.connect(self.reject)
        self._lay_out()
        self._url.textChanged.connect(self._check)
        self._zone.currentTextChanged.connect(self._check)
        self._check()

    def focus_zone(self) -> None:
        """Go to the time zone: a save came back with other times."""
        self._zone.setFocus()

    def _zone_box(self, zone: str, own_zone: str | None) -> QComboBox:
        box = CalmCombo()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._zones = zone_names()
        likely = [name for name in ("UTC", own_zone) if name]
        box.addItems(likely)
        box.insertSeparator(len(likely))
        box.addItems([name for name in self._zones if name not in likely])
        completer = QCompleter(list(self._zones), box)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        box.setCompleter(completer)
        box.setCurrentText(zone)
        return box

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setVerticalSpacing(12)
        rows = (
            ("API address", self._url),
            ("Time zone of ATZ", self._zone),
            ("", _note(_ABOUT_ZONE)),
            ("Look", self._theme),
            ("Saving", self._review),
        )
        for label, widget in rows:
            form.addRow(label, widget)
            if label:
                widget.setAccessibleName(label)
        self._review.setAccessibleName(self._review.text())
        page = QVBoxLayout(self)
        page.setContentsMargins(APART, APART, APART, APART)
        page.setSpacing(NEAR * 2)
        page.addLayout(form)
        page.addWidget(self._problem)
        page.addStretch(1)
        page.addWidget(self._buttons)
        self.setMinimumWidth(560)

    def _check(self) -> None:
        problem = check_api_url(self._url.text().strip())
        if problem is None and self._zone.currentText() not in self._zones:
            problem = "Choose a time zone of the list, such as Europe/Berlin."
        self._problem.setText(problem or "")
        palette = self._problem.palette()
        palette.setColor(self._problem.foregroundRole(), colours()["problem"])
        self._problem.setPalette(palette)
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(problem is None)

    def _agree(self) -> None:
        self.chosen.emit(
            self._settings._replace(
                api_url=self._url.text().strip(),
                zone=self._zone.currentText(),
                theme=_THEMES[self._theme.currentIndex()][0],
                review_before_save=self._review.isChecked(),
            )
        )
        self.accept()


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setFont(type_font("caption"))
    return label
