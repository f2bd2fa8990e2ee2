"""The accounts that this computer knows: their names and colours, and how one is forgotten."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from atz_desktop.domain.settings import COLOURS, Account
from atz_desktop.view.theme import AROUND, CONTROL_HEIGHT, INSIDE, type_font
from atz_desktop.view.widgets.dialog import BaseDialog
from atz_desktop.view.widgets.labels import plain_label
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.updating import Updating
from atz_desktop.view.windows.account_button import colour_combo, dot


class AccountsDialog(BaseDialog):
    """Changes are told as they are made; the address of an account stays as it is."""

    changed = Signal(object)
    """The Account as it is now."""
    forget_requested = Signal(object, object)
    """The Account, and whether its texts on this computer go too."""
    add_requested = Signal()

    def __init__(self, accounts: tuple[Account, ...], parent: QWidget | None) -> None:
        super().__init__("Accounts", 640, parent)
        self._accounts = list(accounts)
        self._updating = Updating()
        self.add_heading("Accounts")
        self._list = QListWidget()
        self._list.setAccessibleName("Accounts")
        self._list.setMinimumSize(160, 180)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._name = QLineEdit()
        self._name.setAccessibleName("Name")
        self._name.setMinimumHeight(CONTROL_HEIGHT)
        self._colour = colour_combo()
        self._production = QCheckBox("Production: real people hear of what is saved here")
        self._url = plain_label("")
        self._url.setFont(type_font("caption"))
        policy = self._url.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self._url.setSizePolicy(policy)
        self._forget = QPushButton("Forget this account…")
        self._with_texts = QCheckBox("Also remove its drafts, history and names from this computer")
        self._sure = QPushButton("Forget it now")
        self._build_layout()
        for account in accounts:
            self._list.addItem(self._item(account))
        self._list.currentRowChanged.connect(self._show)
        self._name.textChanged.connect(self._apply)
        self._colour.currentIndexChanged.connect(self._apply)
        self._production.toggled.connect(self._apply)
        self._forget.clicked.connect(lambda: self._show_confirmation(True))
        self._sure.clicked.connect(self._request_forget)
        self._list.setCurrentRow(0)
        self._show(0 if accounts else -1)

    def _item(self, account: Account) -> QListWidgetItem:
        return QListWidgetItem(dot(account.colour, self.devicePixelRatioF()), account.name)

    def _show(self, row: int) -> None:
        known = 0 <= row < len(self._accounts)
        for widget in (self._name, self._colour, self._production, self._forget):
            widget.setEnabled(known)
        self._show_confirmation(False)
        if not known:
            self._url.setText("No account yet." if not self._accounts else "")
            return
        account = self._accounts[row]
        with self._updating:
            self._name.setText(account.name)
            self._colour.setCurrentIndex(COLOURS.index(account.colour))
            self._production.setChecked(account.production)
            self._url.setText(account.api_url)

    def _apply(self) -> None:
        row, name = self._list.currentRow(), " ".join(self._name.text().split())
        if self._updating or row < 0 or not name:
            return
        account = self._accounts[row]._replace(
            name=name,
            colour=COLOURS[self._colour.currentIndex()],
            production=self._production.isChecked(),
        )
        self._accounts[row] = account
        item = self._list.item(row)
        item.setText(account.name)
        item.setIcon(dot(account.colour, self.devicePixelRatioF()))
        self.changed.emit(account)

    def _show_confirmation(self, asking: bool) -> None:
        self._with_texts.setChecked(False)
        self._with_texts.setVisible(asking)
        self._sure.setVisible(asking)
        self._forget.setVisible(not asking)
        if asking:
            self._with_texts.setFocus()

    def _request_forget(self) -> None:
        row = self._list.currentRow()
        with_texts = self._with_texts.isChecked()
        account = self._accounts.pop(row)
        self._list.takeItem(row)
        self._show(self._list.currentRow())
        self.forget_requested.emit(account, with_texts)

    def _build_layout(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(INSIDE)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow("Name", self._name)
        form.addRow("Colour", self._colour)
        form.addRow("", self._production)
        form.addRow("Address", self._url)
        form.addRow("", self._forget)
        form.addRow("", self._with_texts)
        form.addRow("", self._sure)
        for button in (self._forget, self._sure):
            button.setAutoDefault(False)
        both = hbox(None, (self._list, 2), (form, 3), spacing=AROUND)
        self.page.addLayout(both, 1)
        add, close = QPushButton("Add an account…"), QPushButton("Close")
        add.clicked.connect(self.accept)
        add.clicked.connect(self.add_requested)
        close.clicked.connect(self.accept)
        self.add_buttons((add,), (close,), close)
