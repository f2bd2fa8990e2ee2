from __future__ import annotations

import asyncio

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from atz_desktop.domain.settings import Account, Settings
from atz_desktop.view.dialogs.connect_dialog import ConnectDialog
from atz_desktop.view.dialogs.sign_in import sign_in_options

URL = "https://atz.example.com"
BERLIN = Account(f"{URL} Berlin", "Berlin", URL, production=False)
LONDON = Account(f"{URL} London", "London", URL)


class Bench:
    """The dialog that these settings lead to, with the eyes and hands of a person."""

    def __init__(self, qtbot: QtBot, settings: Settings) -> None:
        self.dialog = ConnectDialog(sign_in_options(settings), "Welcome", None)
        qtbot.addWidget(self.dialog)
        self.dialog.show()

    def line(self, name: str) -> QLineEdit:
        lines = self.dialog.findChildren(QLineEdit)
        return next(each for each in lines if each.accessibleName() == name)

    def shown(self) -> list[str]:
        """What the person is asked for, by name."""
        asked = [
            *self.dialog.findChildren(QComboBox),
            *self.dialog.findChildren(QLineEdit),
            *self.dialog.findChildren(QCheckBox),
        ]
        seen = [each for each in asked if each.isVisible()]
        return [each.accessibleName() or str(each.property("text"))[:10] for each in seen]

    def which(self) -> QComboBox:
        boxes = self.dialog.findChildren(QComboBox)
        return next(box for box in boxes if box.accessibleName() == "Account")

    def said(self) -> str:
        return "\n".join(each.text() for each in self.dialog.findChildren(QLabel))

    def button(self) -> QPushButton:
        buttons = self.dialog.findChildren(QPushButton)
        return next(each for each in buttons if each.text() == "Connect")

    async def connected(self) -> tuple[Account, str] | None:
        """What is handed on when a token is typed and the button pressed."""
        waiting = asyncio.ensure_future(self.dialog.ask_credentials())
        await asyncio.sleep(0)
        QTest.keyClicks(self.line("Token"), "one-token")
        self.button().click()
        return await waiting


async def test_the_name_and_the_address_of_the_computer_are_offered(qtbot: QtBot) -> None:
    bench = Bench(qtbot, Settings(api_url=URL, account_name="Berlin"))
    assert bench.shown() == ["Colour", "Name", "API address", "Token", "Production"]
    assert await bench.connected() == (BERLIN._replace(production=True), "one-token")


def test_a_name_that_is_taken_is_not_offered_again(qtbot: QtBot) -> None:
    settings = Settings(api_url=URL, account_name="Berlin").with_account(BERLIN)
    bench = Bench(qtbot, settings)
    assert bench.line("Name").text() == ""
    assert "Give the account a name" in bench.said()


def test_who_is_new_is_told_what_it_is_for_and_everybody_where_the_token_goes(
    qtbot: QtBot,
) -> None:
    welcome = "ATZ Desktop corrects activities of ATZ CRM, one or many."
    sandbox = "the sandbox first, where everything is made up"
    token = "It is kept in the key store of this computer, never in a file."
    first, another = Bench(qtbot, Settings()), Bench(qtbot, Settings().with_account(LONDON))
    assert all(words in first.said() for words in (welcome, sandbox, token))
    assert token in another.said()
    assert "ATZ Desktop corrects" not in another.said()


async def test_an_account_set_for_the_computer_asks_for_the_token_alone(qtbot: QtBot) -> None:
    bench = Bench(qtbot, Settings(predefined=(BERLIN, LONDON)))
    assert bench.shown() == ["Account", "Token"]
    assert bench.which().currentText() == f"Berlin · {URL}"
    bench.which().setCurrentIndex(1)
    assert await bench.connected() == (LONDON, "one-token")


async def test_another_account_can_be_described_instead(qtbot: QtBot) -> None:
    bench = Bench(qtbot, Settings(api_url=URL, predefined=(BERLIN,)))
    bench.which().setCurrentIndex(1)
    assert bench.shown() == ["Account", "Colour", "Name", "API address", "Token", "Production"]
    bench.line("Name").clear()
    assert "Give the account a name" in bench.said()
    QTest.keyClicks(bench.line("Name"), "Berlin")
    assert "of this name already" in bench.said()
    bench.which().setCurrentIndex(0)
    assert "of this name already" not in bench.said()
    assert await bench.connected() == (BERLIN, "one-token")


async def test_what_a_paste_brings_along_is_no_part_of_the_address(qtbot: QtBot) -> None:
    bench = Bench(qtbot, Settings(api_url=URL))
    bench.line("API address").setText("\u2066<https://a.example/>\u200b")
    account, _token = await bench.connected() or (None, "")
    assert account is not None
    assert account.api_url == "https://a.example"


def test_what_is_in_the_menu_is_not_offered_when_an_account_is_added(qtbot: QtBot) -> None:
    bench = Bench(qtbot, Settings(predefined=(BERLIN, LONDON)).with_account(BERLIN))
    assert bench.shown() == ["Colour", "Name", "API address", "Token", "Production"]


async def test_a_forgotten_account_can_be_added_again_but_is_not_meant_unasked(
    qtbot: QtBot,
) -> None:
    settings = Settings(predefined=(BERLIN, LONDON)).with_account(BERLIN)
    bench = Bench(qtbot, settings.without_account(LONDON.key))
    assert bench.which().currentText() == "Another account…"
    bench.which().setCurrentIndex(0)
    assert await bench.connected() == (LONDON, "one-token")


async def test_while_a_token_is_tried_a_better_one_waits_for_the_answer(qtbot: QtBot) -> None:
    bench = Bench(qtbot, Settings(predefined=(BERLIN,)))
    assert await bench.connected() == (BERLIN, "one-token")
    QTest.keyClicks(bench.line("Token"), "-and-more")
    assert "Trying to connect…" in bench.said()
    assert not bench.button().isEnabled(), "nobody would hear of it"
    bench.dialog.show_failure("That token is wrong.")
    assert "That token is wrong." in bench.said()
    assert bench.button().isEnabled()
    bench.line("Token").setText("another-token")
    assert "That token is wrong." not in bench.said()


@pytest.mark.parametrize(
    "pasted",
    [
        "Bearer one-token",
        "bearer  one-token ",
        "Authorization: Bearer one-token",
        "“one-token”",
        "<one-token>",
        '"Bearer one-token"',
        "\u2066one-token\u2069",
        "\ufeffone-token\u200b",
        "\u00a0one-token\ufe0d",
    ],
)
async def test_a_token_is_understood_as_it_is_pasted(qtbot: QtBot, pasted: str) -> None:
    bench = Bench(qtbot, Settings().with_account(LONDON))
    waiting = asyncio.ensure_future(bench.dialog.ask_credentials())
    await asyncio.sleep(0)
    bench.line("Token").insert(pasted)
    bench.button().click()
    given = await waiting
    assert given is not None
    assert given[1] == "one-token"


@pytest.mark.parametrize("pasted", ["two words", "töken", "tok\u200ben", "tok\ten"])
def test_what_can_be_no_token_is_not_tried_and_atz_is_not_blamed(qtbot: QtBot, pasted: str) -> None:
    bench = Bench(qtbot, Settings().with_account(LONDON))
    bench.line("Token").insert(pasted)
    assert not bench.button().isEnabled()
    assert "This can't be a token, so nothing was sent" in bench.said()
    bench.line("Token").setText("one-token")
    assert bench.button().isEnabled()
    assert "can't be a token" not in bench.said()
