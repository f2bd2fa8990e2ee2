from __future__ import annotations

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from atz_desktop.domain.settings import COLOURS
from atz_desktop.view.windows.account_button import INKS, SANDBOX, AccountButton, dot


def _made(qtbot: QtBot) -> AccountButton:
    mark = AccountButton()
    qtbot.addWidget(mark)
    mark.show()
    return mark


def _menu(mark: AccountButton) -> QMenu:
    button = mark.findChild(QToolButton)
    assert isinstance(button, QToolButton)
    button.click()
    menu = mark.findChild(QMenu)
    assert isinstance(menu, QMenu)
    return menu


@pytest.mark.parametrize("production", [False, True])
def test_production_is_marked(qtbot: QtBot, production: bool) -> None:
    mark = _made(qtbot)
    mark.show_account("1", "Agency", "red", production)
    [pill] = [label for label in mark.findChildren(QLabel) if label.text() == "Production"]
    assert pill.isVisible() == production
    button = mark.findChild(QToolButton)
    assert isinstance(button, QToolButton)
    assert ("Production" in button.accessibleDescription()) == production


def test_a_name_is_shown_letter_by_letter(qtbot: QtBot) -> None:
    mark = _made(qtbot)
    mark.show_account("1", "R&D <b>x</b>", "blue", False)
    button = mark.findChild(QToolButton)
    assert isinstance(button, QToolButton)
    assert button.text() == "R&&D <b>x</b>"
    assert "&lt;b&gt;" in button.toolTip()


def test_the_menu_offers_the_accounts_and_the_sandbox(qtbot: QtBot) -> None:
    mark = _made(qtbot)
    chosen: list[str] = []
    mark.chosen.connect(chosen.append)
    mark.show_account("1", "One", "blue", True)
    mark.set_accounts((("1", "One", "blue"), ("2", "Two", "green")))
    menu = _menu(mark)
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == ["One", "Two", "Sandbox (made-up data)", "Add an account…", "Accounts…"]
    assert [a.text() for a in menu.actions() if a.isChecked()] == ["One"]
    menu.actions()[1].trigger()
    menu.actions()[2].trigger()
    menu.actions()[4].trigger()
    assert chosen == ["2", SANDBOX]
    menu.close()


def test_every_colour_of_an_account_has_one_in_the_theme() -> None:
    assert set(INKS) == set(COLOURS)


@pytest.mark.parametrize("colour", COLOURS)
def test_a_dot_stands_out_in_a_chosen_row(qapp: QApplication, colour: str) -> None:
    usual, chosen = (
        dot(colour, 1).pixmap(12, mode).toImage()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected)
    )
    across = range(12)
    lightest = [max(shot.pixelColor(x, 6).lightness() for x in across) for shot in (usual, chosen)]
    assert lightest[0] < lightest[1]
    assert usual.pixelColor(6, 6) == chosen.pixelColor(6, 6)
