"""The menu of recipes: ready ones, the user's own, and those that others share as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QPushButton, QWidget

from atz_desktop.domain.bulk_edit import BulkEdit
from atz_desktop.domain.bulk_recipes import RECIPES
from atz_desktop.domain.bulk_serialize import RECIPE_SUFFIX
from atz_desktop.domain.characters import single_line
from atz_desktop.view.dialogs.prompts import save_dialog
from atz_desktop.view.widgets.dialog import BaseDialog
from atz_desktop.view.widgets.message import Hint

_FILTER = f"Recipes of ATZ Desktop (*{RECIPE_SUFFIX})"


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


class RecipeNameDialog(BaseDialog):
    """Asks what a recipe is to be called; `name` is the answer."""

    def __init__(self, suggested: str, taken: Sequence[str], parent: QWidget | None) -> None:
        super().__init__("Save as own recipe", 420, parent)
        self._taken = {name.casefold() for name in taken}
        self.line = QLineEdit(suggested)
        self.line.setAccessibleName("Name of the recipe")
        self._hint = Hint()
        self._save, cancel = QPushButton("Save"), QPushButton("Cancel")
        self._save.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        self.add_heading("Save as own recipe")
        self.page.addWidget(self.line)
        self.page.addWidget(self._hint)
        self.add_buttons((), (cancel, self._save), self._save)
        self.line.textChanged.connect(self._check)
        self._check()
        self.line.selectAll()
        self.line.setFocus()

    @property
    def name(self) -> str:
        return " ".join(self.line.text().split())

    def _check(self) -> None:
        self._save.setEnabled(bool(self.name))
        taken = self.name.casefold() in self._taken
        self._hint.set_text("It takes the place of your recipe of this name." if taken else "")


def open_recipe_dialog(parent: QWidget) -> QFileDialog:
    """The dialog that asks for a recipe file, not opened yet."""
    dialog = QFileDialog(parent, "Open a recipe file")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([_FILTER, "All files (*)"])
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def share_recipe_dialog(parent: QWidget, name: str) -> QFileDialog:
    """The dialog that asks where to write a recipe file, not opened yet."""
    stem = "".join(c if c.isalnum() or c in " -_" else "-" for c in single_line(name)).strip()
    suggested = f"{stem or 'Recipe'}{RECIPE_SUFFIX}"
    dialog = save_dialog(parent, "Share a recipe", suggested, (_FILTER,))
    dialog.setDefaultSuffix(RECIPE_SUFFIX.removeprefix("."))
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def _menu_text(words: str) -> str:
    return single_line(words).replace("&", "&&")
