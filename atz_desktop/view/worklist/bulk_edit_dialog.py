"""“Change all…”: what is to be changed, then what that would do; and the menu of recipes.

Nothing is sent from here: the page of the preview asks for a run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QMenu,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from atz_desktop.domain.bulk_edit import BulkEdit
from atz_desktop.domain.bulk_recipes import RECIPE_SUFFIX, RECIPES
from atz_desktop.domain.characters import pluralize, single_line
from atz_desktop.view.dialogs.prompts import save_dialog
from atz_desktop.view.theme import CONTROL_HEIGHT
from atz_desktop.view.widgets.labels import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.paint_later import paint_later
from atz_desktop.view.worklist.bulk_window import (
    BulkWindow,
    file_stem,
    open_dialog,
    report_dialog,
)
from atz_desktop.view.worklist.dialogs import NameDialog
from atz_desktop.view.worklist.preview_page import PreviewPage
from atz_desktop.view.worklist.rules_page import RulesPage

if TYPE_CHECKING:
    from atz_desktop.domain.settings import Account
    from atz_desktop.session.bulk_edit import BulkPreview

_FILTER = f"Recipes of ATZ Desktop (*{RECIPE_SUFFIX})"


class BulkEditDialog(BulkWindow):
    """Two pages: the rules, and the preview. The activities stay those that it was opened with."""

    rehearsed = Signal(object)
    """The Path of the file that the preview is to be exported to."""
    recipe_saved = Signal(object)
    """A BulkEdit with the name that the user gave it."""
    recipe_shared = Signal(object, object)
    """A BulkEdit, and the Path of the file."""
    recipe_opened = Signal(object)
    """The Path of a recipe file."""

    def __init__(
        self,
        preview: BulkPreview,
        pages: tuple[RulesPage, PreviewPage],
        account: Account,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Change all", account, parent)
        self._model = preview
        self._own: tuple[BulkEdit, ...] = ()
        self.rules, self.page = pages
        self._pages = QStackedWidget()
        self._title = ElidingLabel(role="title")
        self.status = ElidingLabel("muted")
        self.recipes = RecipeButton()
        self.recipes.can_save = lambda: bool(self.rules.bulk.rules)
        self._again = QPushButton("Read the rest")
        self.preview_button = QPushButton("Preview")
        self._back = QPushButton("Back")
        self._rehearse = QPushButton("Rehearse")
        self._try = QPushButton("Try on one first")
        self._run = QPushButton("Run")
        self._build_layout()
        self._connect()
        self._show_page(0)
        self._update()

    def show_own_recipes(self, recipes: Sequence[BulkEdit]) -> None:
        """Offer the user's own recipes."""
        self._own = tuple(recipes)
        self.recipes.show_own(recipes)

    def show_bulk(self, bulk: BulkEdit) -> None:
        """Fill in a recipe; it is looked at before anything comes of it."""
        self._show_page(0)
        self.rules.show_bulk(bulk)

    # Pages

    def _show_page(self, index: int) -> None:
        if self.isVisible():
            paint_later(self)
        self._pages.setCurrentIndex(index)
        for button in (self.recipes, self.preview_button):
            button.setVisible(index == 0)
        for button in (self._back, self._rehearse, self._try, self._run):
            button.setVisible(index == 1)
        (self.page.table if index == 1 else self.rules).setFocus()

    def _show_preview(self, bulk: BulkEdit) -> None:
        self.page.show_quiet(quiet=bulk.mail_nobody)
        self._model.set_bulk(bulk)
        self._show_page(1)
        self._update()

    def _switch_mail(self, nobody: bool) -> None:
        self.rules.mail_nobody = nobody
        self._model.set_bulk(replace(self._model.bulk, mail_nobody=nobody))
        self._update()

    def _update(self) -> None:
        total, read = len(self._model.targets), self._model.read_count
        activities = pluralize(total, "activity", "activities")
        self._title.set_text(f"Change all · {activities}")
        if self._model.is_reading:
            self.status.set_text(f"Reading: {read:,} of {total:,}")
        else:
            self.status.set_text("" if read == total else f"{read:,} of {total:,} read")
        self._again.setVisible(not self._model.is_reading and read < total)
        self.preview_button.setEnabled(self.rules.has_rules)
        count = self.page.count
        self._run.setText(f"Run on {count:,}")
        for button in (self._run, self._try):
            button.setEnabled(self.page.may_run)
        self._rehearse.setEnabled(not (self._model.is_reading or self._model.is_applying))

    # Recipes

    def _save_recipe(self) -> None:
        bulk = self.rules.bulk
        taken = [each.name for each in self._own]
        dialog = NameDialog(
            "Save as own recipe", "recipe", bulk.name, self, taken=taken, take="Save"
        )
        dialog.accepted.connect(lambda: self.recipe_saved.emit(replace(bulk, name=dialog.name)))
        open_dialog(dialog)

    def _share_recipe(self) -> None:
        bulk = self.rules.bulk
        dialog = share_recipe_dialog(self, bulk.name)
        dialog.fileSelected.connect(lambda path: self.recipe_shared.emit(bulk, Path(path)))
        dialog.open()

    def _open_recipe(self) -> None:
        dialog = open_recipe_dialog(self)
        dialog.fileSelected.connect(lambda path: self.recipe_opened.emit(Path(path)))
        dialog.open()

    def _choose_report(self) -> None:
        dialog = report_dialog(self, "Export the rehearsal", "Rehearsal")
        dialog.fileSelected.connect(lambda path: self.rehearsed.emit(Path(path)))
        dialog.open()

    def _connect(self) -> None:
        model = self._model
        model.progressed.connect(self._update)
        model.rows_changed.connect(self._update)
        model.notified.connect(self.show_notice)
        self._again.clicked.connect(model.start_reading)
        self.rules.changed.connect(self._update)
        self.rules.committed.connect(self._show_preview)
        self.page.changed.connect(self._update)
        self.page.mail_switched.connect(self._switch_mail)
        self.preview_button.clicked.connect(self.rules.commit)
        self._back.clicked.connect(partial(self._show_page, 0))
        self._rehearse.clicked.connect(self._choose_report)
        self._try.clicked.connect(partial(self.page.request_run, try_one=True))
        self._run.clicked.connect(partial(self.page.request_run, try_one=False))
        self.recipes.wanted.connect(self.rules.show_bulk)
        self.recipes.save_requested.connect(self._save_recipe)
        self.recipes.share_requested.connect(self._share_recipe)
        self.recipes.open_requested.connect(self._open_recipe)

    def _build_layout(self) -> None:
        self._run.setAccessibleName("Run")
        self._rehearse.setToolTip("Stop here: export what would be changed, and send nothing")
        self._try.setToolTip("Change the first one, then wait for you")
        buttons = (self._back, self._rehearse, self._try, self._run)
        for button in (*buttons, self.recipes, self._again, self.preview_button):
            button.setAutoDefault(False)
            button.setMinimumHeight(CONTROL_HEIGHT)
        self._pages.addWidget(self.rules)
        self._pages.addWidget(self.page)
        foot = hbox(
            None, self._back, self.recipes, self._again, (self.status, 1), self._rehearse,
            self._try, self._run, self.preview_button,
        )  # fmt: skip
        self.arrange(self._title, (self._pages, 1), foot)


class RecipeButton(QPushButton):
    """Offers recipes, and tells which one is wanted."""

    wanted = Signal(object)
    """A BulkEdit to begin with; a ready one has blanks that are to be filled in."""
    save_requested = Signal()
    delete_requested = Signal(object)
    """The BulkEdit of the user's own that is to be forgotten."""
    share_requested = Signal()
    open_requested = Signal()

    def __init__(self) -> None:
        super().__init__("Recipes")
        self._own: tuple[BulkEdit, ...] = ()
        self.can_save: Callable[[], bool] = bool
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)

    def show_own(self, recipes: Sequence[BulkEdit]) -> None:
        """The user's own recipes, by their names."""
        self._own = tuple(recipes)

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        self._offer(menu, RECIPES)
        menu.addSeparator()
        if self._own:
            self._offer(menu, self._own)
            forget = menu.addMenu("Delete an own recipe")
            for bulk in self._own:
                action = forget.addAction(_menu_text(bulk.name))
                action.triggered.connect(partial(self.delete_requested.emit, bulk))
            menu.addSeparator()
        save = menu.addAction("Save as own recipe…")
        save.triggered.connect(self.save_requested)
        share = menu.addAction("Share as a file…")
        share.triggered.connect(self.share_requested)
        for action in (save, share):
            action.setEnabled(self.can_save())
        menu.addAction("Open a recipe file…").triggered.connect(self.open_requested)

    def _offer(self, menu: QMenu, recipes: Sequence[BulkEdit]) -> None:
        for bulk in recipes:
            action = menu.addAction(_menu_text(bulk.name))
            action.triggered.connect(partial(self.wanted.emit, bulk))


def open_recipe_dialog(parent: QWidget) -> QFileDialog:
    """The dialog that asks for a recipe file, not opened yet."""
    dialog = QFileDialog(parent, "Open a recipe file")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([_FILTER, "All files (*)"])
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def share_recipe_dialog(parent: QWidget, name: str) -> QFileDialog:
    """The dialog that asks where to write a recipe file, not opened yet."""
    suggested = f"{file_stem(name) or 'Recipe'}{RECIPE_SUFFIX}"
    dialog = save_dialog(parent, "Share a recipe", suggested, (_FILTER,))
    dialog.setDefaultSuffix(RECIPE_SUFFIX.removeprefix("."))
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def _menu_text(words: str) -> str:
    return single_line(words).replace("&", "&&")
