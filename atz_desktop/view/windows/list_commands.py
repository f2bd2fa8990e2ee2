"""The commands of the work list, told to whoever has one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from atz_desktop.view.windows.form_commands import FormCommands


class ListCommands(QObject):
    """Each is named by menus.py."""

    work_list = Signal()
    """Show the pane, or close it."""
    add_file = Signal()
    add_shown = Signal()
    add_record = Signal()
    next_activity = Signal()
    previous_activity = Signal()
    skip = Signal()
    park = Signal()
    change_all = Signal()
    """The same change on the rows of the list, or on those that are marked."""
    show_runs = Signal()
    saving_and_next = Signal()
    """What was half typed is taken over: save it, and open the next activity."""

    def __init__(self, form: FormCommands) -> None:
        super().__init__()
        self._form = form

    def save_and_next(self) -> None:
        """Take over what is half typed first; where it is no value, go there instead."""
        self._form.commit_then(lambda _session: self.saving_and_next.emit())
