"""Asks for an account and its token; the token goes to the key store and nowhere else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)

from atz_desktop.domain.characters import is_blank, strip_invisible, unquote
from atz_desktop.domain.settings import COLOURS, Account, account_key
from atz_desktop.domain.token_text import NO_TOKEN, is_valid_token, parse_token
from atz_desktop.domain.urls import api_url_problem
from atz_desktop.view.theme import CONTROL_HEIGHT, INSIDE, set_text_colour
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.dialog import BaseDialog
from atz_desktop.view.widgets.labels import announce, plain_label
from atz_desktop.view.widgets.layouts import ScrollingForm, vbox
from atz_desktop.view.windows.account_button import colour_combo, dot

if TYPE_CHECKING:
    import asyncio

_WELCOME = (
    "ATZ Desktop corrects activities of ATZ CRM, one or many. Look around in the sandbox first, "
    "where everything is made up, or connect your own account."
)
_ABOUT = (
    "Copy your API token on the ATZ web page, in the settings of your account, and paste it here. "
    "It is kept in the key store of this computer, never in a file."
)


class SignInOptions(NamedTuple):
    """What is offered for an account that is not worked on yet.

    `ready` are the accounts that lack nothing but a token; `name` and `api_url` are for another
    one, which the user describes, and `taken` are the keys that it cannot have. `first`: there
    is no account yet, so the first of `ready` is meant, and the user is greeted.
    """

    name: str = ""
    api_url: str = ""
    ready: tuple[Account, ...] = ()
    taken: frozenset[str] = frozenset()
    first: bool = True


class ConnectDialog(BaseDialog):
    """A token, tried before it is kept: of a known account, or of one that is chosen here.

    `await given()` for what the user gave, answer by `show_failure`, or close it.
    """

    sandbox_requested = Signal()
    settings_requested = Signal()

    def __init__(
        self, wanted: Account | SignInOptions, heading: str, parent: QWidget | None
    ) -> None:
        super().__init__("Connect to ATZ", 600, parent)
        account = wanted if isinstance(wanted, Account) else None
        offer = SignInOptions(first=False) if isinstance(wanted, Account) else wanted
        self._account, self._offer = account, offer
        self._waiting: asyncio.Future[tuple[Account, str] | None] | None = None
        self.add_heading(heading, f"{account.name} · {account.api_url}" if account else "")
        self._which = _account_choices(offer)
        self._name, self._url = _line("Name", offer.name), _line("API address", offer.api_url)
        self._colour = colour_combo()
        self._production = QCheckBox("Production: real people hear of what is saved here")
        self._production.setChecked(True)
        self._token = _line("Token", "")
        self._token.setEchoMode(QLineEdit.EchoMode.Password)
        self._token.setPlaceholderText("Paste the token here")
        self._form = self._create_form()
        about = plain_label(f"{_WELCOME}\n\n{_ABOUT}" if offer.first else _ABOUT)
        column = vbox(None, about, self._form, 1, spacing=INSIDE)
        self._rows = ScrollingForm(column, self.inner_width)
        self.page.addWidget(self._rows, 1)
        self._result = self.add_text("")
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedHeight(4)
        self._busy.setAccessibleName("Trying the token")
        self._busy.hide()
        self.page.addWidget(self._busy)
        self._connect = QPushButton("Connect")
        self._connect.clicked.connect(self._submit)
        self._add_row()
        for line in (self._name, self._url, self._token):
            line.textChanged.connect(self._check)
        self._which.currentIndexChanged.connect(self._on_account_chosen)
        self.finished.connect(lambda: self._finish(None))
        self._on_account_chosen()
        self._token.setFocus()

    async def ask_credentials(self) -> tuple[Account, str] | None:
        """The account and its token, as soon as the user gives them; None: not now."""
        import asyncio

        if not self.isVisible():
            return None
        self._waiting = asyncio.get_running_loop().create_future()
        return await self._waiting

    def show_failure(self, words: str) -> None:
        """The token did not work, or ATZ could not be asked: why, in plain words."""
        self._busy.hide()
        self._check()
        self._show_message(words, "problem")
        self._token.setFocus()
        self._token.selectAll()

    def _submit(self) -> None:
        self._busy.show()
        self._connect.setEnabled(False)
        self._show_message("Trying to connect…", "muted")
        self._finish((self._described_account(), parse_token(self._token.text())))

    def _finish(self, given: tuple[Account, str] | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(given)

    def _on_account_chosen(self) -> None:
        """Another account is described by the user; one that is ready is not."""
        for row in (self._name, self._colour, self._url, self._production):
            if self._account is None:
                self._form.setRowVisible(row, self._ready_account is None)
        self._check()
        if self.isVisible():
            self.fit_height()

    @property
    def _ready_account(self) -> Account | None:
        """The account that is meant, if it needs no description."""
        number = self._which.currentIndex()
        return self._account or next(iter(self._offer.ready[number : number + 1]), None)

    def _described_account(self) -> Account:
        if self._ready_account is not None:
            return self._ready_account
        name, url = (
            " ".join(strip_invisible(self._name.text()).split()),
            unquote(self._url.text()).rstrip("/"),
        )
        colour = COLOURS[self._colour.currentIndex()]
        return Account(account_key(url, name), name, url, colour, self._production.isChecked())

    def _check(self) -> None:
        if not self._busy.isHidden():
            return  # one token at a time: it is checked again when this one has failed
        problem = ""
        if self._ready_account is None:
            problem = api_url_problem(unquote(self._url.text())) or ""
            if is_blank(self._name.text()):
                problem = "Give the account a name of your own, such as “Agency”."
            elif self._described_account().key in self._offer.taken:
                problem = "There is an account of this name already."
        token = parse_token(self._token.text())
        if token and not problem and not is_valid_token(token):
            problem = NO_TOKEN
        self._show_message(problem, "problem")
        self._connect.setEnabled(bool(token) and not problem)

    def _show_message(self, words: str, role: str) -> None:
        self._result.setText(words)
        set_text_colour(self._result, role)
        if words and self.isVisible():
            announce(self._result, words)

    def _create_form(self) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setVerticalSpacing(12)
        if self._offer.ready:
            form.addRow("Account", self._which)
        if self._account is None:
            form.addRow("Name", self._name)
            form.addRow("Colour", self._colour)
            form.addRow("API address", self._url)
            form.addRow("", self._production)
        form.addRow("Token", self._token)
        return form

    def _add_row(self) -> None:
        settings = QPushButton("Settings…")
        settings.clicked.connect(self.settings_requested)
        later = QPushButton("Not now")
        later.clicked.connect(self.reject)
        left = [settings]
        if self._account is None:
            sandbox = QPushButton("Try the sandbox")
            sandbox.setToolTip("A made-up account inside the program; nothing reaches ATZ")
            sandbox.clicked.connect(self.sandbox_requested)
            left.insert(0, sandbox)
        self.add_buttons(tuple(left), (later, self._connect), self._connect)

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Below the edge of a low screen it would take the keys unseen.
        QTimer.singleShot(0, self, partial(self._rows.ensureWidgetVisible, self._token))

    def hideEvent(self, event: QHideEvent) -> None:
        """The token stays in no widget that nobody sees."""
        super().hideEvent(event)
        self._token.clear()


def _line(name: str, text: str) -> QLineEdit:
    line = QLineEdit(text)
    line.setAccessibleName(name)
    line.setMinimumHeight(CONTROL_HEIGHT)
    return line


def _account_choices(offer: SignInOptions) -> QComboBox:
    """The accounts that are ready, with the address that the token goes to, and another one."""
    box = NoWheelComboBox(wide=False)
    box.setAccessibleName("Account")
    for each in offer.ready:
        box.addItem(dot(each.colour, box.devicePixelRatioF()), f"{each.name} · {each.api_url}")
    box.addItem("Another account…")
    box.setCurrentIndex(0 if offer.first else len(offer.ready))
    return box
