"""The window itself, before it has a session."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from pytestqt.qtbot import QtBot

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.session.form_model import FormModel
from atz_desktop.view.form.field_row import FieldRow
from atz_desktop.view.windows.main_window import GOOD_SIZE, MainWindow


def test_the_first_window_is_no_larger_than_its_screen(qtbot: QtBot) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.restore_geometry_text("")
    room = window.screen().availableGeometry().size()
    assert window.width() == min(GOOD_SIZE.width(), room.width())
    assert window.height() <= room.height() - 40


def test_the_window_comes_back_as_it_was_left(qtbot: QtBot) -> None:
    first, second = MainWindow(), MainWindow()
    for window in (first, second):
        qtbot.addWidget(window)
    first.resize(720, 500)
    second.restore_geometry_text(first.geometry_text())
    assert second.size() == first.size()


class _Paintings(QObject):
    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_the_step_of_a_resize_does_not_also_paint(qtbot: QtBot) -> None:
    window, paintings = MainWindow(), _Paintings()
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.show()
    window.save_bar.installEventFilter(paintings)
    qtbot.waitUntil(lambda: bool(paintings.count))
    QCoreApplication.processEvents()
    before = paintings.count
    window.resize(940, 600)
    QCoreApplication.sendPostedEvents()  # what is laid out in the same turn
    assert paintings.count == before
    qtbot.waitUntil(lambda: paintings.count > before)


class _FirstPaintings(QObject):
    """The fields in the order in which their rows are painted first, and when a turn is over."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, FieldRow) and event.type() == QEvent.Type.Paint:
            if not self.seen:
                QTimer.singleShot(0, partial(self.seen.append, "turn"))
            if watched.field.name not in self.seen:
                self.seen.append(watched.field.name)
        return False


def test_the_lower_half_of_the_first_form_is_painted_in_a_turn_of_its_own(qtbot: QtBot) -> None:
    window, paintings, model = MainWindow(), _FirstPaintings(), FormModel("UTC")
    qtbot.addWidget(window)
    window.resize(1300, 800)
    window.show()
    model.load(Edit(Activity.from_response({"id": 42, "title": "Call"}, "UTC")), {})
    page = window.pages.attach(model)
    for field in ACTIVITY.fields:
        page.form.row(field.name).installEventFilter(paintings)
    qtbot.waitUntil(lambda: "description" in paintings.seen)
    assert "title" in paintings.seen
    assert paintings.seen.index("title") < paintings.seen.index("turn")
    assert paintings.seen.index("turn") < paintings.seen.index("attachment")


def test_the_form_has_its_place_before_it_is_shown(qtbot: QtBot) -> None:
    """To lay it out takes as long as to paint it: each has a turn of its own."""
    window = MainWindow()
    qtbot.addWidget(window)
    window.resize(1300, 800)
    window.show()
    with qtbot.waitSignal(window.pages.prepared):
        window.attach(FormModel("UTC"))
    page = window.pages.page
    assert page is not None
    rows = page.findChildren(FieldRow)
    before = [row.geometry() for row in rows]
    window.pages.setCurrentWidget(page)
    QCoreApplication.processEvents()
    assert [row.geometry() for row in rows] == before
