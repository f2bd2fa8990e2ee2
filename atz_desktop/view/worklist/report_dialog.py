"""Where a report of a preview or a run is written, and in which form."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget

from atz_desktop.domain.characters import single_line
from atz_desktop.view.dialogs.prompts import save_dialog

_FORMATS = {
    "Page for people, to be read or printed (*.html)": "html",
    "CSV for spreadsheets (*.csv)": "csv",
    "JSON for programs (*.json)": "json",
}


def report_dialog(parent: QWidget, title: str, name: str) -> QFileDialog:
    """The dialog that asks for the file, not opened yet; its suffix says in which form."""
    stem = "".join(c if c.isalnum() or c in " -_" else "-" for c in single_line(name)).strip()
    dialog = save_dialog(parent, title, f"{stem[:60] or 'Report'}.html", tuple(_FORMATS))

    def suit(chosen: str) -> None:
        dialog.setDefaultSuffix(_FORMATS[chosen])

    dialog.filterSelected.connect(suit)
    dialog.finished.connect(dialog.deleteLater)
    return dialog
