from __future__ import annotations

from itertools import count

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.view.widgets.layouts import vbox
from atz_desktop.view.windows.id_bar import IdBar, RecentEntry


def test_what_was_loaded_before_is_offered_by_its_title_and_the_newest_list_counts(
    qtbot: QtBot,
) -> None:
    bar = IdBar()
    qtbot.addWidget(bar)
    bar.show_recent((RecentEntry(42, "Interview"),))
    bar.show_recent((RecentEntry(7, "Call\nwith Ana"), RecentEntry(42, "Interview")))
    field = bar.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    completer = field.completer()
    completer.setCompletionPrefix("ana")
    assert completer.currentCompletion() == "7  Call with Ana"


def test_offering_again_and_again_leaves_nothing_behind(qtbot: QtBot) -> None:
    """Each load and each save offers anew: a list a time would be a megabyte in ten of them."""
    bar = IdBar()
    qtbot.addWidget(bar)
    bar.show_recent((RecentEntry(42, "Interview"),))
    before = len(bar.findChildren(QObject)), len(QApplication.allWidgets())
    for number in range(5):
        bar.show_recent((RecentEntry(number, "Interview"),))
    assert (len(bar.findChildren(QObject)), len(QApplication.allWidgets())) == before


def test_what_is_wrong_is_said_in_full_and_crowds_nothing_in_a_small_window(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    bar = IdBar()
    layout = vbox(window, bar, 1)
    window.resize(bar.minimumSizeHint().width(), 300)
    window.show()
    before = bar.geometry()
    assert bar.width() < 640
    bar.show_problem("Type the number of an activity, such as 42, or paste its address.")
    layout.activate()
    assert bar.geometry() == before
    [said] = [label for label in window.findChildren(QLabel) if label.text().startswith("Type")]
    assert said.isVisible()
    assert window.rect().contains(QRect(said.mapTo(window, QPoint(0, 0)), said.size()))
    assert said.height() >= said.heightForWidth(said.width())
    bar.show_problem("")
    assert not said.isVisible()


def test_a_bar_moves_while_a_load_takes_long_and_not_in_one_that_ends_soon(qtbot: QtBot) -> None:
    long, short = IdBar(), IdBar()
    for bar in (short, long):  # what the first waits for is over first
        qtbot.addWidget(bar)
        bar.show()
        bar.show_loading("Loading activity 42")
    assert not is_busy(long)
    short.show_loading(None)
    qtbot.waitUntil(lambda: is_busy(long))
    assert not is_busy(short)
    long.show_loading(None)
    assert not is_busy(long)
    long.show_loading("Loading activity 43")
    assert not is_busy(long)


def test_a_load_that_goes_on_in_short_steps_moves_the_bar_and_each_step_is_said(
    qtbot: QtBot,
) -> None:
    bar, steps = IdBar(), count()
    qtbot.addWidget(bar)
    bar.show()

    def go_on() -> bool:
        bar.show_loading(f"Step {next(steps)}")
        return is_busy(bar)

    qtbot.waitUntil(go_on)
    bar.show_loading("Reading again")
    assert bar.findChildren(QProgressBar)[0].accessibleDescription() == "Reading again"


def test_what_a_load_that_takes_long_is_about_is_said_at_the_bar_that_moves(qtbot: QtBot) -> None:
    bar = IdBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.show_loading("Loading activity 42")
    qtbot.waitUntil(lambda: is_busy(bar))
    assert bar.findChildren(QProgressBar)[0].accessibleDescription() == "Loading activity 42"


def is_busy(bar: IdBar) -> bool:
    return any(each.isVisible() for each in bar.findChildren(QProgressBar))
