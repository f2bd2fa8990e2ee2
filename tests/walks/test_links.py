"""Links of an activity, opened by the person who looks at it; foreign titles in the window's."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from atz_desktop.view.dialogs.link_dialog import LinkDialog
from tests.waiting import until
from tests.walks.conftest import Walk


def _asked(walk: Walk) -> list[LinkDialog]:
    return [dialog for dialog in walk.window.findChildren(LinkDialog) if dialog.isVisible()]


async def _press_open(walk: Walk) -> LinkDialog:
    walk.click("Open Meeting link", QPushButton)
    await until(lambda: _asked(walk), "it is asked")
    [dialog] = _asked(walk)
    return dialog


async def test_a_link_that_hides_its_host_is_opened_only_after_a_look(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def browse(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", browse)
    walk.sandbox.account.edit_as_colleague(42, meeting_link="https://zoom.us@evil.example/")
    await walk.load(42)
    await until(lambda: walk.shows(QPushButton, "Open Meeting link"))
    QTest.keyClick(await _press_open(walk), Qt.Key.Key_Escape)
    assert opened == []
    dialog = await _press_open(walk)
    [agree] = [each for each in dialog.findChildren(QPushButton) if each.text() == "Open it"]
    QTest.mouseClick(agree, Qt.MouseButton.LeftButton)
    assert opened == ["https://zoom.us@evil.example/"]
    walk.program.front.session.model.set_value("link", "https://zoom.us/j/1")
    walk.click("Open Meeting link", QPushButton)
    assert opened[1:] == ["https://zoom.us/j/1"]
    assert not _asked(walk)


async def test_a_title_can_neither_turn_nor_break_the_windows_own(walk: Walk) -> None:
    cases = [
        ("Call \u202egnp.exe", "Call gnp.exe"),
        ("Call \u2067\u2069\u202a now", "Call now"),
        ("Call [*] x", "Call [*][*] x"),
        ("שיחה עם דנה", "\u2068שיחה עם דנה\u2069"),
        ("Two\nlines", "Two lines"),
    ]
    for number, (title, shown) in zip(walk.sandbox.account.ids(), cases, strict=False):
        walk.sandbox.account.edit_as_colleague(number, title=title)
        await walk.load(number)
        assert walk.window.windowTitle() == f"\u200e{shown}\u200e – {number}[*] – ATZ Desktop"
