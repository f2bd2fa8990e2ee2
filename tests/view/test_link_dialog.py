"""Where links lead: what is opened at once, what is shown first, and what never."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.view.dialogs.link_dialog import LinkDialog, describe_opening, target_of


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://zoom.us/j/1?pwd=a@b#c", "zoom.us"),
        ("https://ZOOM.us:443/", "zoom.us"),
        ("http://meet.example:80", "meet.example"),
        ("https://zoom.us.evil.example/", "zoom.us.evil.example"),
        ("https://a_b.example/x:y@z", "a_b.example"),
    ],
)
def test_a_plain_link_is_opened_at_once_and_its_button_says_where(address: str, host: str) -> None:
    target = target_of(address)
    assert target is not None
    assert (target.host, target.cautions) == (host, ())
    button = QPushButton()
    describe_opening(button, target)
    assert button.accessibleDescription() == f"Open {host} in the browser"
    assert button.accessibleDescription() in button.toolTip()


@pytest.mark.parametrize(
    ("address", "host", "word"),
    [
        ("https://zoom.us@evil.example/", "evil.example", "“zoom.us” before the @"),
        ("https://zoom.us:443@evil.example/", "evil.example", "“zoom.us:443” before the @"),
        ("https://zoom.us%2fj%2f1@evil.example/", "evil.example", "before the @"),
        ("https://zoom.us\\@evil.example/", "evil.example", "before the @"),
        ("https://zооm.us/", "xn--zm-fmca.us", "“zооm.us”"),
        ("https://xn--zm-fmca.us/", "xn--zm-fmca.us", "“zооm.us”"),
        ("https://müller.example/", "xn--mller-kva.example", "“müller.example”"),
        ("https://evil⁄zoom.us/", "xn--evilzoom-h03d.us", "look like others"),
        ("https://zoom%2eus/", "zoom.us", "unusual way"),
        ("https://203.0.113.7/", "203.0.113.7", "the number"),
        ("https://2130706433/", "127.0.0.1", "the number"),
        ("https://0x7f.1/", "127.0.0.1", "the number"),
        ("https://[::1]/", "::1", "the number"),
        ("https://zoom.us:8443/", "zoom.us", "port 8443"),
        ("http://zoom.us:443/", "zoom.us", "port 443"),
    ],
)
def test_a_link_that_may_look_like_another_is_shown_first(
    address: str, host: str, word: str
) -> None:
    target = target_of(address)
    assert target is not None
    assert target.host == host
    assert word in " ".join(target.cautions)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)//https://zoom.us",
        "file:///etc/passwd",
        "data:text/html,x",
        "ms-word:ofe|u|https://x",
        "\\\\server\\share",
        "https://",
        "https://a b/",
        "https://ev\u202eil/",
        "https://x:99999/",
        "zoom.us",
        "",
    ],
)
def test_what_is_no_web_address_is_never_opened(address: str) -> None:
    assert target_of(address) is None


def _button(dialog: QWidget, text: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if each.text() == text)


def test_enter_and_escape_do_not_open_and_the_host_is_read_whole(qtbot: QtBot) -> None:
    address = f"https://zoom.us@{'long-name-' * 6}x.evil.example/"
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape, None):
        target = target_of(address)
        assert target is not None
        dialog = LinkDialog(target, address, None)
        qtbot.addWidget(dialog)
        dialog.show()
        said = [each.accessibleName() for each in dialog.findChildren(QWidget)]
        assert f"This link leads to {target.host}" in said
        if key is not None:
            QTest.keyClick(dialog, key)
            assert dialog.result() == QDialog.DialogCode.Rejected
        else:
            QTest.mouseClick(_button(dialog, "Open it"), Qt.MouseButton.LeftButton)
            assert dialog.result() == QDialog.DialogCode.Accepted
        assert not dialog.isVisible()
