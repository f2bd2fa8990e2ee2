"""The settings: the time zone of ATZ, how the program looks, how it reaches the network."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QTabWidget,
    QWidget,
)

from atz_desktop.domain.characters import unquote
from atz_desktop.domain.settings import Settings
from atz_desktop.domain.urls import NO_PROXY, SYSTEM_PROXY, api_url_problem, proxy_problem
from atz_desktop.session.account_session import Timeouts
from atz_desktop.session.update_check import UpdateState
from atz_desktop.view.theme import INSIDE, set_text_colour, type_font
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.dialog import BaseDialog
from atz_desktop.view.widgets.layouts import ScrollingForm
from atz_desktop.view.widgets.zone_box import ZoneBox

_THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))

_ABOUT_ZONE = (
    "ATZ does not say in which time zone it gives its times: UTC or that of your ATZ account. If a "
    "save comes back with other times than you meant, choose the other one."
)
_ABOUT_NOTIFICATIONS = (
    "By a message of the system, and only while you work in another program. It holds no names."
)

_ABOUT_UPDATES = {
    None: "Only tells; nothing is installed by itself, and nothing about you is sent.",
    UpdateState.FORBIDDEN: "Switched off by whoever looks after this computer.",
    UpdateState.NOT_SET_UP: "Whoever published this build named no address to look at.",
}

_PROXIES = (SYSTEM_PROXY, NO_PROXY)


def timeouts_text(waits: Timeouts) -> str:
    """How long anything may take, in a sentence: nothing waits for ever."""
    return (
        f"ATZ has {waits.connect:.0f} seconds to take a connection ({waits.pool:.0f} when many are "
        f"wanted at once), {waits.write:.0f} to take each part of what is sent, "
        f"{waits.read:.0f} to answer, and {waits.total:.0f} until the answer is complete. A large "
        "file may take longer; you see how far it is and can stop it. Certificates are checked "
        "with those of this computer; that cannot be switched off."
    )


_WIDTH = 600


class SettingsDialog(BaseDialog):
    """Shows settings and hands changed ones back through `chosen` when the user agrees."""

    chosen = Signal(object)
    """The new Settings."""

    def __init__(
        self,
        settings: Settings,
        own_zone: str | None,
        parent: QWidget | None,
        updates_off: UpdateState | None = None,
        zones: ZoneBox | None = None,
    ) -> None:
        """`updates_off` is why nobody can look for updates here; None if that is possible.

        `zones`, if it is made already: that takes a third of the time.
        """
        super().__init__("Settings", _WIDTH, parent)
        self._settings = settings
        self._pages = QTabWidget()
        self._url = QLineEdit(settings.api_url)
        self._proxy_way = self._proxy_box(settings.proxy)
        self._proxy = QLineEdit("" if settings.proxy in _PROXIES else settings.proxy)
        self._proxy.setPlaceholderText("http://proxy.example.com:8080")
        self._zone = zones or ZoneBox(settings.zone, (own_zone,))
        self._theme = NoWheelComboBox(wide=False)
        for _, label in _THEMES:
            self._theme.addItem(label)
        self._theme.setCurrentIndex([key for key, _ in _THEMES].index(settings.theme))
        self._review = QCheckBox("Always show what will be sent before it is saved")
        self._review.setChecked(settings.review_before_save)
        self._notify = QCheckBox("Tell when a run stops or a save is confirmed late")
        self._notify.setChecked(settings.notify)
        self._updates = QCheckBox("Look once a week whether there is a newer version")
        self._updates.setChecked(settings.look_for_updates and updates_off is None)
        self._updates.setEnabled(updates_off is None)
        self._about_updates = _note(_ABOUT_UPDATES[updates_off])
        self._problem = _note("")
        self._ok, self._cancel = QPushButton("OK"), QPushButton("Cancel")
        self._ok.clicked.connect(self._on_accept)
        self._cancel.clicked.connect(self.reject)
        self._build_layout()
        self._url.textChanged.connect(self._check)
        self._proxy.textChanged.connect(self._check)
        self._proxy_way.currentIndexChanged.connect(self._check)
        self._zone.currentTextChanged.connect(self._check)
        line = self._zone.lineEdit()
        assert line is not None
        line.editingFinished.connect(self._check)
        self._check()
        self._zone.setFocus()  # what a stray key does not change: no zone has such a name

    def focus_zone(self) -> None:
        """Go to the time zone: a save came back with other times."""
        self._pages.setCurrentIndex(0)
        self._zone.setFocus()

    def _build_layout(self) -> None:
        general = (
            ("Time zone of ATZ", self._zone),
            ("", _note(_ABOUT_ZONE)),
            ("Look", self._theme),
            ("Saving", self._review),
            ("Notifications", self._notify),
            ("", _note(_ABOUT_NOTIFICATIONS)),
            ("Updates", self._updates),
            ("", self._about_updates),
        )
        network = (
            ("API address", self._url),
            ("", _note("For new accounts; each account keeps the address it was connected with.")),
            ("Proxy", self._proxy_way),
            ("Address of the proxy", self._proxy),
            ("", _note(timeouts_text(Timeouts()))),
        )
        for rows, name in ((general, "&General"), (network, "&Network")):
            self._pages.addTab(ScrollingForm(_form(rows), self.inner_width), name)
        for box in (self._review, self._notify, self._updates):
            box.setAccessibleName(box.text())
        self._pages.tabBar().setAccessibleName("Pages")
        self.page.addWidget(self._pages, 1)
        self.page.addWidget(self._problem)
        self.add_buttons((), (self._cancel, self._ok), self._ok)
        self.setMinimumWidth(_WIDTH)

    def _check(self) -> None:
        self._proxy.setEnabled(self._proxy_way.currentIndex() == len(_PROXIES))
        problem = proxy_problem(self._chosen_proxy())
        if self._proxy.isEnabled() and not unquote(self._proxy.text()):
            problem = "Give the address of the proxy, such as http://proxy.example.com:8080."
        problem = problem or api_url_problem(unquote(self._url.text()))
        is_complete = self._zone.zone is not None
        if problem is None and not is_complete and not self._zone.is_being_typed:
            problem = "Choose a time zone of the list, such as Europe/Berlin."
        self._problem.setText(problem or "")
        set_text_colour(self._problem, "problem")
        self._ok.setEnabled(problem is None and is_complete)
        if self.isVisible():
            self.fit_height()

    def _proxy_box(self, proxy: str) -> QComboBox:
        box = NoWheelComboBox(wide=False)
        box.addItems(["As the system says", "None", "This one"])
        box.setCurrentIndex(_PROXIES.index(proxy) if proxy in _PROXIES else len(_PROXIES))
        return box

    def _chosen_proxy(self) -> str:
        return (*_PROXIES, unquote(self._proxy.text()))[self._proxy_way.currentIndex()]

    def _wants_updates(self) -> bool:
        """The user's choice; where nobody can look, the one that was made before."""
        return (
            self._updates.isChecked()
            if self._updates.isEnabled()
            else self._settings.look_for_updates
        )

    def _on_accept(self) -> None:
        self.chosen.emit(
            self._settings._replace(
                api_url=unquote(self._url.text()),
                proxy=self._chosen_proxy(),
                zone=self._zone.zone or self._settings.zone,
                theme=_THEMES[self._theme.currentIndex()][0],
                review_before_save=self._review.isChecked(),
                notify=self._notify.isChecked(),
                look_for_updates=self._wants_updates(),
            )
        )
        self.accept()


def _form(rows: tuple[tuple[str, QWidget], ...]) -> QFormLayout:
    """`rows` are labels, which name their controls, with what stands beside them."""
    form = QFormLayout()
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    form.setVerticalSpacing(INSIDE)
    form.setHorizontalSpacing(INSIDE)
    form.setContentsMargins(INSIDE, INSIDE, INSIDE, INSIDE)
    for label, widget in rows:
        form.addRow(label, widget)
        if label:
            widget.setAccessibleName(label)
    return form


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setFont(type_font("caption"))
    # Only the height that the words need at their width counts: by itself a form keeps the height
    # of narrower lines, and leaves holes.
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label
