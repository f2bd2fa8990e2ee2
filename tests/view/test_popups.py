"""Whatever pops up looks alike: one ground, one frame, one mark of what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPushButton,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.editors.date_time_popups import CalendarPopup
from atz_desktop.view.theme import colours
from atz_desktop.view.widgets.chip import Chip
from atz_desktop.view.widgets.chip_popup import ChipPopup
from atz_desktop.view.widgets.combo_box import NoWheelComboBox

LOOKS = pytest.mark.parametrize("look", ["light", "dark"])
NAMES = ("Low", "Normal", "High")


@pytest.fixture(autouse=True)
def _light_again(qapp: QApplication) -> Iterator[None]:
    yield
    apply_theme(qapp, "light")


def opened_combo(qtbot: QtBot) -> tuple[NoWheelComboBox, QWidget]:
    box = NoWheelComboBox()
    box.addItems(list(NAMES))
    box.setCurrentIndex(1)
    qtbot.addWidget(box)
    with qtbot.waitExposed(box):
        box.show()
    box.showPopup()
    QApplication.processEvents()
    return box, box.view().window()


def opened_menu(qtbot: QtBot) -> QMenu:
    menu = QMenu()
    for name in NAMES:
        menu.addAction(name)
    qtbot.addWidget(menu)
    with qtbot.waitExposed(menu):
        menu.popup(QPoint(0, 0))
    menu.setActiveAction(menu.actions()[1])
    return menu


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def at_the_edge(image: QImage, y: int) -> str:
    """The colour at the right end of a line, inside the frame, where no letters are."""
    return image.pixelColor(image.width() - 6, y).name()


@LOOKS
def test_a_drop_down_and_a_menu_have_the_same_frame_ground_and_mark(
    qapp: QApplication, qtbot: QtBot, look: str
) -> None:
    apply_theme(qapp, look)  # type: ignore[arg-type]  # one of the two
    box, popup = opened_combo(qtbot)
    view = box.view()
    rows = [view.visualRect(view.model().index(row, 0)) for row in range(3)]
    middles = [view.viewport().mapTo(popup, row.center()).y() for row in rows]
    menu = opened_menu(qtbot)
    entries = [menu.actionGeometry(each).center().y() for each in menu.actions()]
    for shown, lines in ((picture(popup), middles), (picture(menu), entries)):
        assert [at_the_edge(shown, y) for y in lines] == [
            colours()[name].name() for name in ("card", "hover", "card")
        ]
        corners = {shown.pixelColor(x, y).name() for x in (0, shown.width() - 1) for y in (0, 1)}
        assert corners == {colours()["field_border"].name()}
    box.hidePopup()


def test_every_entry_can_be_hit(qtbot: QtBot) -> None:
    box, _popup = opened_combo(qtbot)
    assert box.view().visualRect(box.view().model().index(0, 0)).height() >= 24
    box.hidePopup()
    menu = opened_menu(qtbot)
    assert all(menu.actionGeometry(each).height() >= 24 for each in menu.actions())


@pytest.mark.parametrize("opener", [QToolButton, QPushButton, QMenuBar])
def test_a_menu_that_is_higher_than_the_screen_scrolls_in_one_column(
    qtbot: QtBot, opener: Callable[[], QWidget]
) -> None:
    control = opener()
    qtbot.addWidget(control)
    menu = QMenu(control)
    for number in range(60):
        menu.addAction(f"Entry {number}")
    deep = menu.addMenu("More")
    for number in range(60):
        deep.addAction(f"Entry {number}")
    for shown in (menu, deep):
        with qtbot.waitExposed(shown):
            shown.popup(QPoint(0, 0))
        assert shown.height() <= shown.screen().availableGeometry().height()
        QTest.keyClick(shown, Qt.Key.Key_End)
        last = shown.actions()[-1]
        assert shown.activeAction() is last
        assert shown.rect().contains(shown.actionGeometry(last))
        assert {shown.actionGeometry(each).x() for each in shown.actions()} == {
            shown.actionGeometry(last).x()
        }
        shown.close()


@pytest.mark.parametrize("below", [5, 200])
def test_a_menu_that_is_asked_for_below_the_screen_is_shown_whole_on_it(
    qtbot: QtBot, below: int
) -> None:
    menu = QMenu()
    for name in NAMES:
        menu.addAction(name)
    qtbot.addWidget(menu)
    room = menu.screen().availableGeometry()
    with qtbot.waitExposed(menu):
        menu.popup(QPoint(100, room.bottom() + below))
    assert room.contains(menu.geometry())
    assert menu.size() == menu.sizeHint()
    menu.close()


def opened_calendar(field: QWidget) -> QWidget:
    calendar = CalendarPopup(field, "Date")
    calendar.open_at(date(2026, 4, 23))
    return calendar


def opened_list(field: QWidget) -> QWidget:
    people = ChipPopup(field)
    people.open((Chip("1", "Ana"), Chip("2", "Bo")), removable=True)
    return people


@LOOKS
@pytest.mark.parametrize("opened", [opened_calendar, opened_list])
def test_what_pops_up_has_no_corners_that_only_a_compositor_could_draw(
    qapp: QApplication, qtbot: QtBot, look: str, opened: Callable[[QWidget], QWidget]
) -> None:
    apply_theme(qapp, look)  # type: ignore[arg-type]  # one of the two
    field = QLineEdit()
    qtbot.addWidget(field)
    with qtbot.waitExposed(field):
        field.show()
    popup = opened(field)
    assert not popup.testAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    shown = picture(popup)
    right, bottom = shown.width() - 1, shown.height() - 1
    corners = {shown.pixelColor(x, y).name() for x in (0, right) for y in (0, bottom)}
    assert corners == {colours()["field_border"].name()}
    popup.close()


def test_the_calendar_has_room_for_the_names_of_the_days(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, "light")
    field = QLineEdit()
    qtbot.addWidget(field)
    with qtbot.waitExposed(field):
        field.show()
    popup = opened_calendar(field)
    days = popup.findChildren(QTableView)[0]
    for column in range(7):
        index = days.model().index(0, column)
        assert days.sizeHintForIndex(index).width() <= days.columnWidth(column), index.data()
    popup.close()
