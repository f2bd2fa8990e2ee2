"""The start page and, once it is built, the page of a loaded activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from atz_desktop.view.widgets.paint_later import paint_in_halves, paint_later
from atz_desktop.view.widgets.window_commands import dragged_files
from atz_desktop.view.windows.start_page import StartPage

if TYPE_CHECKING:
    from atz_desktop.session.form_model import FormModel
    from atz_desktop.view.editors.attachment import AttachmentEditor
    from atz_desktop.view.form.activity_form import ActivityForm
    from atz_desktop.view.form.page import FormPage
    from atz_desktop.view.windows.id_bar import IdBar


class Pages(QStackedWidget):
    """Shows one of them. The form is built and filled in short steps, and then shown.

    An activity that was just opened gets the keyboard, if that is still where it was when the load
    began (`begin_load`), and nothing was typed since, there or in `id_bar`.
    """

    prepared = Signal()
    """The form is built."""

    def __init__(self, id_bar: IdBar) -> None:
        super().__init__()
        self._id_bar = id_bar
        self.start_page = StartPage()
        self.page: FormPage | None = None
        self._model: FormModel | None = None
        self._keyboard_at_load: QWidget | None = None
        """None: it was used elsewhere since."""
        self._landing = False
        self._laid_out = False
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._prepare)
        self.addWidget(self.start_page)

    def attach(self, model: FormModel) -> FormPage:
        """Have a form from now on, which shows this model."""
        from atz_desktop.view.form.page import FormPage

        self._model = model
        page = self.page = FormPage(model)
        self.addWidget(page)
        self._timer.start()
        return page

    @property
    def form(self) -> ActivityForm | None:
        return self.page.form if self.page else None

    @property
    def shows_form(self) -> bool:
        return self.currentWidget() is self.page

    def begin_load(self) -> None:
        self._keyboard_at_load = self.window().focusWidget()
        if self.form is not None:
            self.form.edited.connect(self._on_edited, Qt.ConnectionType.SingleShotConnection)

    def show_start(self) -> None:
        """No activity is shown any more."""
        self.setCurrentWidget(self.start_page)

    def show_read(self) -> None:
        """An activity was read: show it as soon as the form is built."""
        if not self.shows_form:
            self._timer.start()

    def show_opened(self) -> None:
        """Another activity was read: go to where the work is, when it is shown."""
        self._landing = True
        if self.shows_form:
            self._show_form()

    def set_covered(self, height: int) -> None:
        """So many pixels of the lower end lie under messages: let them be scrolled into sight."""
        if self.form is not None:
            self.form.set_covered(height)

    # Files that are dragged over the window

    def show_drag(self, event: QDragEnterEvent) -> None:
        """Let the field for a file show that it takes what is dragged, wherever it is dropped."""
        if self._attachment is not None and dragged_files(event.mimeData()):
            event.acceptProposedAction()
            self._attachment.show_drag_over(over=True)

    def hide_drag(self) -> None:
        if self._attachment is not None:
            self._attachment.show_drag_over(over=False)

    def attach_dropped(self, event: QDropEvent) -> None:
        files = dragged_files(event.mimeData())
        if self.form is not None and self._attachment is not None and files:
            event.acceptProposedAction()
            self.form.attach_dropped(files)

    @property
    def _attachment(self) -> AttachmentEditor | None:
        return self.form.attachment if self.form is not None and self.shows_form else None

    # Building and showing the form

    def _on_edited(self) -> None:
        self._keyboard_at_load = None

    def _prepare(self) -> None:
        if self.form is None:
            return
        if not self.form.is_prepared:
            self.form.prepare_next()
            return  # to show it takes a turn of its own
        if not self._laid_out:
            self._lay_out()
            return
        self._timer.stop()
        self.prepared.emit()
        if self._model is not None and self._model.state is not None:
            paint_later(self)
            self._show_form()
            paint_in_halves(self)

    def _lay_out(self) -> None:
        """Lay the hidden form out at the size that it will have: half of what showing it takes."""
        self._laid_out = True
        if self.page is not None:
            self.page.setGeometry(self.contentsRect())
            self.page.grab(QRect(0, 0, 1, 1))  # Qt lays out all of it for any part

    def _show_form(self) -> None:
        """Show the activity, and go where the work is unless somebody works elsewhere by now."""
        if self.page is None:
            return
        before = self._keyboard_at_load
        free = before is not None and before is self.window().focusWidget()
        self.setCurrentWidget(self.page)
        if self._landing and free and not self._id_bar.is_typed:
            self.page.form.land()
        self._landing = False
