from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from atz_desktop.domain.settings import COLOURS, Account
from atz_desktop.view.dialogs.account_dialog import AccountsDialog

ONE, TWO = Account("1", "One"), Account("2", "Two", colour="green", production=False)


class Bench:
    """A dialog with two accounts, and what it told."""

    def __init__(self, qtbot: QtBot, *accounts: Account) -> None:
        self.dialog = AccountsDialog(accounts, None)
        qtbot.addWidget(self.dialog)
        self.changed: list[Account] = []
        self.forgotten: list[tuple[Account, bool]] = []
        self.dialog.changed.connect(self.changed.append)
        self.dialog.forget_requested.connect(lambda a, texts: self.forgotten.append((a, texts)))
        self.dialog.show()

    def button(self, text: str) -> QPushButton:
        return next(b for b in self.dialog.findChildren(QPushButton) if b.text() == text)

    def tick(self, text: str) -> QCheckBox:
        return next(b for b in self.dialog.findChildren(QCheckBox) if b.text().startswith(text))

    def name(self) -> QLineEdit:
        found = self.dialog.findChild(QLineEdit)
        assert isinstance(found, QLineEdit)
        return found

    def list(self) -> QListWidget:
        found = self.dialog.findChild(QListWidget)
        assert isinstance(found, QListWidget)
        return found


def test_opening_the_list_and_walking_through_it_changes_nothing(qtbot: QtBot) -> None:
    bench = Bench(qtbot, ONE, TWO)
    bench.list().setCurrentRow(1)
    assert bench.name().text() == "Two"
    assert not bench.tick("Production").isChecked()
    assert not bench.changed


def test_name_colour_and_production_are_told_as_they_change(qtbot: QtBot) -> None:
    bench = Bench(qtbot, ONE, TWO)
    QTest.keyClicks(bench.name(), "!")
    box = bench.dialog.findChild(QComboBox)
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(COLOURS.index("red"))
    bench.tick("Production").click()
    assert bench.changed[-1] == Account("1", "One!", colour="red", production=False)
    assert bench.list().item(0).text() == "One!"


def test_an_account_without_a_name_is_not_told(qtbot: QtBot) -> None:
    bench = Bench(qtbot, ONE)
    bench.name().clear()
    assert not bench.changed


def test_forgetting_takes_two_presses_and_keeps_the_texts_unless_ticked(qtbot: QtBot) -> None:
    bench = Bench(qtbot, ONE, TWO)
    bench.button("Forget this account…").click()
    assert not bench.forgotten
    QTest.mouseClick(bench.button("Forget it now"), Qt.MouseButton.LeftButton)
    assert bench.forgotten == [(ONE, False)]
    bench.button("Forget this account…").click()
    bench.tick("Also remove").click()
    bench.button("Forget it now").click()
    assert bench.forgotten[1:] == [(TWO, True)]
    assert not bench.button("Forget this account…").isEnabled()


def test_a_choice_to_remove_the_texts_of_one_account_is_not_kept_for_the_next(
    qtbot: QtBot,
) -> None:
    bench = Bench(qtbot, ONE, TWO)
    bench.button("Forget this account…").click()
    bench.tick("Also remove").click()
    bench.list().setCurrentRow(1)
    bench.button("Forget this account…").click()
    assert not bench.tick("Also remove").isChecked()


def test_what_forgets_an_account_is_no_wider_than_its_words(qtbot: QtBot) -> None:
    bench = Bench(qtbot, ONE)
    forget = bench.button("Forget this account…")
    assert forget.width() == forget.sizeHint().width()


def test_the_address_of_an_account_is_not_cut_off(qtbot: QtBot) -> None:
    bench = Bench(qtbot, ONE)
    QApplication.processEvents()
    [address] = [x for x in bench.dialog.findChildren(QLabel) if x.text() == ONE.api_url]
    assert address.height() >= address.heightForWidth(address.width())
    assert address.width() > address.fontMetrics().horizontalAdvance(ONE.api_url)
