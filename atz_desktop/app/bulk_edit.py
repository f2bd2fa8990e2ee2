"""“Change all…”: what its window shows and what is asked for in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from atz_desktop.domain.bulk_edit import BulkEdit
from atz_desktop.domain.bulk_recipes import RecipeError, dump_bulk
from atz_desktop.domain.bulk_rules import NO_VALUES
from atz_desktop.domain.cell_values import CellFormat
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.session.bulk_edit import BulkPreview, BulkTarget
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.run_report import rehearsal_report, write_report
from atz_desktop.session.tables import read_table_values
from atz_desktop.store.errors import StoreError
from atz_desktop.view.editors.date_time_edit import day_comes_first
from atz_desktop.view.widgets.paint_later import bring_to_front

if TYPE_CHECKING:
    from atz_desktop.domain.work_list import BulkScope, WorkListRow
    from atz_desktop.session.account_session import AccountSession
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.windows.main_window import MainWindow
    from atz_desktop.view.worklist.bulk_edit_dialog import BulkEditDialog
    from atz_desktop.view.worklist.preview_page import RunOrder

_MOST_LETTERS = 120
"""Of the title of a run."""


_Work = Callable[[], Awaitable[object]]
"""Makes what is awaited when its job begins: a job that is given up before never does."""
_Say = Callable[[Notice | None], None]


class BulkController:
    """Reads and writes for a window about many activities, in which what did not work is said."""

    def __init__(
        self, window: MainWindow, session: RecordSession, account_session: AccountSession
    ) -> None:
        self._window = window
        self._session = session
        self._account_session = account_session
        self._scope = session.jobs.scope()
        self._numbers = count()

    def _say(self, notice: Notice | None) -> None:
        raise NotImplementedError

    def _read(self, name: str, work: _Work, say: _Say | None = None) -> None:
        """A newer one of that name takes its place. `say`: where what did not work is said."""
        self._scope.start(name, _tell_trouble(work, say or self._say))

    def _write(self, work: _Work) -> None:
        """It is never given up half-way."""
        name = f"write {next(self._numbers)}"
        self._scope.start(name, _tell_trouble(work, self._say), finish=True)


async def _tell_trouble(work: _Work, say: _Say) -> None:
    """Do it, and say why it did not work."""
    try:
        await work()
    except StoreError as error:
        say(Notice(Level.PROBLEM, "That could not be done", error.message))
    except RecipeError as error:
        say(Notice(Level.PROBLEM, "This recipe can't be used", str(error)))


class BulkEditController(BulkController):
    """Has one window at a time, for the activities that it was opened with."""

    def __init__(
        self,
        window: MainWindow,
        session: RecordSession,
        account_session: AccountSession,
        show_run: Callable[[int], None],
    ) -> None:
        """`show_run` shows the run of that number."""
        super().__init__(window, session, account_session)
        self._show_run = show_run
        self._opened: BulkScope | None = None
        self._preview: BulkPreview | None = None
        self._lookups: Lookups | None = None
        self._dialog: BulkEditDialog | None = None
        account_session.recipes.changed.connect(self._on_recipes_changed)

    def change_all(self, scope: BulkScope) -> None:
        """Say what is to be changed of these; what was said of the same ones is still there."""
        if self._dialog is not None and _ids(self._opened) == _ids(scope):
            bring_to_front(self._dialog)
        elif scope.rows:
            self._read("open", partial(self._open, scope), self._window.messages.show_notice)

    async def close(self) -> None:
        """Let it go: what it shows belongs to the account that is left."""
        self._account_session.recipes.changed.disconnect(self._on_recipes_changed)
        await self._scope.close()
        await self._close_dialog()

    async def _open(self, scope: BulkScope) -> None:
        """Make the window, in turns of its own, and read the activities meanwhile."""
        await self._close_dialog()
        services = self._account_session.services
        lookups = self._lookups = Lookups(services, self._scope)
        self._account_session.names.subscribe(lookups)
        await lookups.load_types(services)
        targets = await self._targets(scope.rows, lookups)
        zone = self._session.model.zone
        preview = self._preview = BulkPreview(targets, services, self._scope, lookups, zone)
        preview.utc_now = self._session.model.utc_now
        recipes = await self._account_session.recipes.list()
        self._opened = scope
        dialog = self._dialog = await self._create_dialog(preview, lookups)
        dialog.show_own_recipes(recipes)
        QTimer.singleShot(1, dialog, partial(bring_to_front, dialog))
        preview.start_reading()

    async def _create_dialog(self, preview: BulkPreview, lookups: Lookups) -> BulkEditDialog:
        """Each row of the rules, and the preview, is made in a turn of its own."""
        from atz_desktop.view.worklist.bulk_edit_dialog import BulkEditDialog
        from atz_desktop.view.worklist.preview_page import PreviewPage
        from atz_desktop.view.worklist.rules_page import FieldRule, RulesPage

        own = (target.own for target in preview.targets)
        in_table = {name for values in own for name in (*values.values, *values.problems)}
        rows = {}
        for field in ACTIVITY.fields:
            rows[field.name] = FieldRule(field, lookups, in_table=field.name in in_table)
            await asyncio.sleep(0)
        page = PreviewPage(preview, lookups)
        await asyncio.sleep(0)
        rules = RulesPage(preview, lookups, rows)
        await asyncio.sleep(0)
        dialog = BulkEditDialog(preview, (rules, page), self._account_session.account, self._window)
        page.run_requested.connect(self._run)
        dialog.rehearsed.connect(self._export)
        dialog.recipe_saved.connect(self._save_recipe)
        dialog.recipes.delete_requested.connect(self._delete_recipe)
        dialog.recipe_shared.connect(self._share_recipe)
        dialog.recipe_opened.connect(self._open_recipe)
        return dialog

    async def _targets(
        self, rows: Sequence[WorkListRow], lookups: Lookups
    ) -> tuple[BulkTarget, ...]:
        """The activities, each with the values that its row in a table gave it."""
        own = [NO_VALUES] * len(rows)
        if any(row.cells for row in rows):
            today = datetime.now(UTC).astimezone().date()
            zone, day_first = self._session.model.zone, day_comes_first()
            form = CellFormat(lookups.types(), zone, today, day_first)
            cells = [row.cells for row in rows]
            own = await read_table_values(cells, form, self._account_session.services)
        return tuple(
            BulkTarget(row.activity_id, row.title, values)
            for row, values in zip(rows, own, strict=True)
        )

    async def _close_dialog(self) -> None:
        if self._preview is not None:
            await self._preview.close()
        if self._lookups is not None:
            self._account_session.names.unsubscribe(self._lookups)
        if self._dialog is not None:
            self._dialog.hide()
            self._dialog.deleteLater()
        self._opened = self._preview = self._lookups = self._dialog = None

    # What is asked for in the window

    def _run(self, order: RunOrder) -> None:
        self._write(partial(self._start_run, order))

    async def _start_run(self, order: RunOrder) -> None:
        preview, runs, opened = self._preview, self._account_session.runs, self._opened
        if preview is None or opened is None:
            return
        if runs.is_running:
            text = "One run at a time: wait for its end, or stop it. Your changes stay here."
            self._say(Notice(Level.WARNING, "Another run goes on", text))
            return
        run_id = await runs.start(
            run_title(preview.bulk),
            order.edits,
            list_id=opened.list_id,
            reason=order.reason,
            bulk=dump_bulk(preview.bulk),
            pause_after=1 if order.try_one else None,
            renewals=preview.renewals,
        )
        await self._close_dialog()
        self._show_run(run_id)

    def _export(self, path: Path) -> None:
        self._write(partial(self._write_rehearsal, path))

    async def _write_rehearsal(self, path: Path) -> None:
        preview, lookups = self._preview, self._lookups
        if preview is None or lookups is None:
            return
        bulk, account = preview.bulk, self._account_session.account.name
        made = partial(
            rehearsal_report, run_title(bulk), account, bulk.describe(), preview.rows, lookups
        )
        await write_report(await asyncio.to_thread(made), path)
        self._say(Notice(Level.GOOD, "Rehearsed", f"Nothing was sent. It is in {path.name}."))

    def _save_recipe(self, bulk: BulkEdit) -> None:
        self._write(partial(self._account_session.recipes.save, bulk))

    def _delete_recipe(self, bulk: BulkEdit) -> None:
        self._write(partial(self._account_session.recipes.delete, bulk.name))

    def _share_recipe(self, bulk: BulkEdit, path: Path) -> None:
        self._write(partial(self._share, bulk, path))

    async def _share(self, bulk: BulkEdit, path: Path) -> None:
        await self._account_session.recipes.share(bulk, path)
        self._say(Notice(Level.GOOD, "Shared", f"The recipe is in {path.name}."))

    def _open_recipe(self, path: Path) -> None:
        self._read("recipe", partial(self._read_recipe, path))

    async def _read_recipe(self, path: Path) -> None:
        bulk = await self._account_session.recipes.open(path)
        if self._dialog is not None:
            self._dialog.show_bulk(bulk)
            self._say(None)

    def _on_recipes_changed(self) -> None:
        self._read("recipes", self._offer_recipes)

    async def _offer_recipes(self) -> None:
        recipes = await self._account_session.recipes.list()
        if self._dialog is not None:
            self._dialog.show_own_recipes(recipes)

    def _say(self, notice: Notice | None) -> None:
        if self._dialog is not None:
            self._dialog.show_notice(notice)


def run_title(bulk: BulkEdit) -> str:
    """What a run is called: the name of its recipe, or else what it does."""
    words = bulk.name or "; ".join(bulk.describe())
    return words if len(words) <= _MOST_LETTERS else f"{words[: _MOST_LETTERS - 1]}…"


def _ids(scope: BulkScope | None) -> tuple[int, ...] | None:
    return None if scope is None else tuple(row.activity_id for row in scope.rows)
