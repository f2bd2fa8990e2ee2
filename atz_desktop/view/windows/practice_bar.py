"""The strip of the sandbox with its small tasks, each ticked when it was done."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton

from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import AROUND, INSIDE, NEAR
from atz_desktop.view.widgets.buttons import LinkButton
from atz_desktop.view.widgets.labels import ElidingLabel
from atz_desktop.view.widgets.layouts import Bar, hbox, vbox


@dataclass(frozen=True)
class ShownTask:
    """A task by the activity that it is about; `words` tell what to do."""

    activity_id: int
    title: str
    words: str


class PracticeBar(Bar):
    """Offers the tasks, and tells what the chosen one asks for."""

    edge = "top"

    task_requested = Signal(object)
    """The activity (int) of the task that the user wants to do."""
    start_over_requested = Signal()
    close_requested = Signal()

    def __init__(self, tasks: tuple[ShownTask, ...], faults: QMenu) -> None:
        super().__init__()
        self._tasks = {task.activity_id: task for task in tasks}
        self._done: frozenset[int] = frozenset()
        self._shown = 0
        self._buttons: dict[int, QToolButton] = {}
        heading = ElidingLabel("text", "heading")
        heading.set_text("Practice")
        for task in tasks:
            button = self._buttons[task.activity_id] = LinkButton(task.title, "to-do")
            button.clicked.connect(partial(self.task_requested.emit, task.activity_id))
        over = LinkButton("Start over", "refresh")
        over.clicked.connect(self.start_over_requested)
        more = LinkButton("More", "menu")
        more.setToolTip("Faults that the sandbox can have")
        more.clicked.connect(lambda: faults.popup(more.mapToGlobal(more.rect().topLeft())))
        close = QToolButton()
        close.setAutoRaise(True)
        close.setIcon(icon("close", "muted"))
        close.setAccessibleName("Close the practice")
        close.setToolTip("Close the practice; the menu Sandbox brings it back")
        close.clicked.connect(self.close_requested)
        self._words = ElidingLabel("text", lines=2)
        line = hbox(None, heading, *self._buttons.values(), 1, over, more, close, spacing=INSIDE)
        vbox(self, line, self._words, margins=(AROUND, NEAR, AROUND, NEAR), spacing=NEAR)
        self.show_done(frozenset())

    def show_task(self, activity_id: int | None) -> None:
        """The activity that is open now: tell what its task asks for, if it has one."""
        self._shown = activity_id or 0
        self._show_words()

    def show_done(self, done: frozenset[int]) -> None:
        """Tick the tasks of these activities."""
        self._done = done
        for activity_id, button in self._buttons.items():
            ticked = activity_id in done
            button.setIcon(
                icon("verified" if ticked else "to-do", "verified" if ticked else "accent")
            )
            title = self._tasks[activity_id].title
            button.setAccessibleName(f"{title}, done" if ticked else title)
        self._show_words()

    def _show_words(self) -> None:
        task = self._tasks.get(self._shown)
        if self._done >= self._tasks.keys():
            words = "All done, and each change was read back. Everything else here is yours to try."
        elif task is None:
            words = "Choose a task, or load any activity from 1 to 200."
        elif self._shown in self._done:
            words = "Done: the change was read back. Choose the next task."
        else:
            words = task.words
        self._words.set_text(words)
