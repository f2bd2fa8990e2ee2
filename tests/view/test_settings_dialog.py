from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from atz_desktop.domain.settings import Settings
from atz_desktop.session.update_check import UpdateState
from atz_desktop.view.dialogs.settings_dialog import SettingsDialog
from atz_desktop.view.widgets.zone_box import zone_names

_NOTIFY = "Tell when a run stops or a save is confirmed late"
_WEEKLY = "Look once a week whether there is a newer version"


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[SettingsDialog]:
    made = SettingsDialog(Settings(), "Europe/Berlin", None)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def _named(dialog: SettingsDialog, kind: type[QWidget], name: str) -> QWidget:
    return next(w for w in dialog.findChildren(kind) if w.accessibleName() == name)


def _ok(dialog: SettingsDialog) -> QWidget:
    return next(each for each in dialog.findChildren(QPushButton) if each.text() == "OK")


def _type(dialog: SettingsDialog, name: str, text: str) -> None:
    field = _named(dialog, QLineEdit, name)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)


def test_a_changed_address_is_handed_back(dialog: SettingsDialog) -> None:
    chosen: list[Settings] = []
    dialog.chosen.connect(chosen.append)
    _type(dialog, "API address", "http://127.0.0.1:8080")
    QTest.mouseClick(_ok(dialog), Qt.MouseButton.LeftButton)
    assert [each.api_url for each in chosen] == ["http://127.0.0.1:8080"]
    assert chosen[0].zone == "UTC"


@pytest.mark.parametrize("address", ["\u200bhttps://a.example\u2069", "<https://a.example> \xa0"])
def test_what_a_paste_brings_along_is_no_part_of_an_address(
    dialog: SettingsDialog, address: str
) -> None:
    chosen: list[Settings] = []
    dialog.chosen.connect(chosen.append)
    field = _named(dialog, QLineEdit, "API address")
    assert isinstance(field, QLineEdit)
    field.selectAll()
    field.insert(address)
    QTest.mouseClick(_ok(dialog), Qt.MouseButton.LeftButton)
    assert [each.api_url for each in chosen] == ["https://a.example"]


@pytest.mark.parametrize("address", ["http://api.atzcrm.com", "api.atzcrm.com", ""])
def test_an_address_that_the_token_must_not_go_to_is_explained_and_not_taken(
    dialog: SettingsDialog, address: str
) -> None:
    _type(dialog, "API address", address or " ")
    assert not _ok(dialog).isEnabled()
    assert any("address" in label.text() for label in dialog.findChildren(QLabel) if label.text())


def test_a_stray_key_and_enter_change_nothing(dialog: SettingsDialog) -> None:
    chosen: list[Settings] = []
    dialog.chosen.connect(chosen.append)
    dialog.activateWindow()
    QApplication.processEvents()
    for key in (Qt.Key.Key_3, Qt.Key.Key_6, Qt.Key.Key_Return):
        QTest.keyClick(dialog.focusWidget(), key)
    assert not chosen
    assert dialog.isVisible()


def test_tab_goes_down_the_settings(dialog: SettingsDialog) -> None:
    dialog.activateWindow()
    QApplication.processEvents()
    names: list[str] = []
    for _stop in range(12):
        focused = dialog.focusWidget()
        names.append(focused.accessibleName() or str(focused.property("text")))
        if focused.accessibleName() == "Pages":
            QTest.keyClick(focused, Qt.Key.Key_Right)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert names[:2] == ["Time zone of ATZ", "Look"]
    assert names[3:5] == [_NOTIFY, _WEEKLY]
    assert names[5:] == ["Cancel", "OK", "Pages", "API address", "Proxy", "Cancel", "OK"]


def _zone_line(dialog: SettingsDialog) -> QLineEdit:
    box = _named(dialog, QComboBox, "Time zone of ATZ")
    assert isinstance(box, QComboBox)
    line = box.lineEdit()
    assert line is not None
    dialog.activateWindow()
    QApplication.processEvents()
    line.setFocus()
    line.selectAll()
    return line


@pytest.mark.parametrize(
    ("typed", "zone"),
    [("berl", "Europe/Berlin"), ("TOKYO", "Asia/Tokyo"), ("new_york", "America/New_York")],
)
def test_enter_takes_the_zone_that_what_is_typed_stands_for(
    dialog: SettingsDialog, typed: str, zone: str
) -> None:
    line = _zone_line(dialog)
    QTest.keyClicks(line, typed)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert dialog.isVisible(), "the dialog waits for another Enter"
    assert line.text() == zone
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_a_zone_is_found_by_words_in_any_order_and_nothing_by_nonsense(
    dialog: SettingsDialog,
) -> None:
    line = _zone_line(dialog)
    QTest.keyClicks(line, "indiana america knox")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == "America/Indiana/Knox"
    line.selectAll()
    QTest.keyClicks(line, "zzz")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert not _ok(dialog).isEnabled()


def test_escape_changes_nothing(dialog: SettingsDialog) -> None:
    chosen: list[Settings] = []
    dialog.chosen.connect(chosen.append)
    _type(dialog, "API address", "https://other.example")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not chosen
    assert not dialog.isVisible()


def test_a_zone_that_is_still_being_typed_is_no_mistake_until_it_is_left(
    dialog: SettingsDialog, qtbot: QtBot
) -> None:
    words = "Choose a time zone of the list, such as Europe/Berlin."
    line, ok = _zone_line(dialog), _ok(dialog)
    dialog.focus_zone()
    qtbot.waitUntil(line.hasFocus)
    line.selectAll()
    QTest.keyClicks(line, "berl")
    assert words not in [label.text() for label in dialog.findChildren(QLabel)]
    assert not ok.isEnabled()
    QTest.keyClicks(line, "x")
    assert words in [label.text() for label in dialog.findChildren(QLabel)]
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    QTest.keyClick(line, Qt.Key.Key_Escape)  # the list goes
    QTest.keyClick(line, Qt.Key.Key_Tab)
    assert not line.hasFocus()
    assert words in [label.text() for label in dialog.findChildren(QLabel)]
    assert not ok.isEnabled()


def test_a_zone_that_nobody_knows_is_not_taken(dialog: SettingsDialog) -> None:
    box = _named(dialog, QComboBox, "Time zone of ATZ")
    assert isinstance(box, QComboBox)
    box.setFocus()
    box.setEditText("Middle/Earth")
    assert not _ok(dialog).isEnabled()
    box.setEditText("Asia/Tokyo")
    assert _ok(dialog).isEnabled()


@pytest.mark.parametrize("zone", ["Etc/UTC", "Etc/GMT-3", "GMT", "Turkey", "US/Eastern", "EST"])
def test_a_zone_of_whatever_kind_is_offered_and_taken(qtbot: QtBot, zone: str) -> None:
    own = SettingsDialog(Settings(), zone, None)
    kept = SettingsDialog(Settings(zone=zone), None, None)
    typed = SettingsDialog(Settings(), None, None)
    chosen: list[Settings] = []
    for dialog in (own, kept, typed):
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.chosen.connect(chosen.append)
        box = _named(dialog, QComboBox, "Time zone of ATZ")
        assert isinstance(box, QComboBox)
        if dialog is typed:
            box.setEditText(f" {zone.lower()} ")
        else:
            assert box.itemText(1) == zone
            box.setCurrentText(zone)
        QTest.mouseClick(_ok(dialog), Qt.MouseButton.LeftButton)
    assert [each.zone for each in chosen] == [zone] * 3


def test_a_kept_zone_locks_no_other_setting(qtbot: QtBot) -> None:
    dialog = SettingsDialog(Settings(zone="GMT"), None, None)
    qtbot.addWidget(dialog)
    dialog.show()
    chosen: list[Settings] = []
    dialog.chosen.connect(chosen.append)
    _type(dialog, "API address", "https://other.example")
    QTest.mouseClick(_ok(dialog), Qt.MouseButton.LeftButton)
    assert chosen == [Settings(zone="GMT", api_url="https://other.example")]


@pytest.mark.parametrize("zone", ["local", "Middle/Earth", "../etc/passwd", "/etc/localtime", ""])
def test_a_zone_of_this_computer_that_is_none_is_not_offered(qtbot: QtBot, zone: str) -> None:
    dialog = SettingsDialog(Settings(), zone, None)
    qtbot.addWidget(dialog)
    box = _named(dialog, QComboBox, "Time zone of ATZ")
    assert isinstance(box, QComboBox)
    offered = [box.itemText(place) for place in range(box.count())]
    assert offered[: offered.index("")] == ["UTC"]  # up to the line between


def test_the_own_zone_stands_near_the_top_and_every_zone_is_there(dialog: SettingsDialog) -> None:
    box = _named(dialog, QComboBox, "Time zone of ATZ")
    assert isinstance(box, QComboBox)
    assert [box.itemText(0), box.itemText(1)] == ["UTC", "Europe/Berlin"]
    assert {"America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"} <= set(zone_names())


def test_no_words_are_cut_off(dialog: SettingsDialog) -> None:
    for label in dialog.findChildren(QLabel):
        if label.wordWrap() and label.text():
            assert label.height() >= label.heightForWidth(label.width()), label.text()


def test_a_note_takes_the_room_of_its_words_and_no_more(dialog: SettingsDialog) -> None:
    for label in dialog.findChildren(QLabel):
        if label.wordWrap() and label.text():
            assert label.height() == label.heightForWidth(label.width()), label.text()


def test_words_about_a_problem_take_no_room_from_the_others(dialog: SettingsDialog) -> None:
    dialog.resize(dialog.minimumSize())
    _type(dialog, "API address", "http://api.atzcrm.com")
    QApplication.processEvents()
    test_no_words_are_cut_off(dialog)


def test_on_a_low_screen_the_buttons_stay_in_sight(dialog: SettingsDialog) -> None:
    dialog.resize(600, 360)
    QApplication.processEvents()
    assert dialog.height() == 360
    assert dialog.rect().contains(_ok(dialog).geometry())


def test_all_is_seen_at_once_where_there_is_room(dialog: SettingsDialog) -> None:
    area = dialog.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    assert area.verticalScrollBar().maximum() == 0


def test_the_button_that_goes_on_is_the_last_as_in_every_dialog(dialog: SettingsDialog) -> None:
    ok = _ok(dialog)
    assert isinstance(ok, QPushButton)
    assert ok.isDefault()
    assert ok.x() == max(each.x() for each in dialog.findChildren(QPushButton))


def _agreed(dialog: SettingsDialog) -> Settings:
    chosen: list[Settings] = []
    dialog.chosen.connect(chosen.append)
    QTest.mouseClick(_ok(dialog), Qt.MouseButton.LeftButton)
    return chosen[0]


def test_messages_of_the_system_can_be_switched_off(dialog: SettingsDialog) -> None:
    box = _named(dialog, QCheckBox, _NOTIFY)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert not _agreed(dialog).notify


def test_the_weekly_look_for_updates_can_be_switched_off(dialog: SettingsDialog) -> None:
    box = _named(dialog, QCheckBox, _WEEKLY)
    assert box.isEnabled()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert not _agreed(dialog).look_for_updates


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (UpdateState.FORBIDDEN, "looks after this computer"),
        (UpdateState.NOT_SET_UP, "no address to look at"),
    ],
)
def test_where_nobody_can_look_it_is_said_and_the_users_own_choice_is_kept(
    qtbot: QtBot, why: UpdateState, words: str
) -> None:
    dialog = SettingsDialog(Settings(look_for_updates=True), None, None, why)
    qtbot.addWidget(dialog)
    dialog.show()
    box = _named(dialog, QCheckBox, _WEEKLY)
    assert isinstance(box, QCheckBox)
    assert not box.isEnabled()
    assert not box.isChecked()
    assert any(words in label.text() for label in dialog.findChildren(QLabel))
    assert _agreed(dialog).look_for_updates
