"""What is common to all that a bulk edit is filled in with."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class BulkInput(QWidget):
    """`error` says why what stands there can't be read; "" for no reason."""

    changed = Signal()
    """What is filled in, or what is said of it, is another."""

    @property
    def error(self) -> str:
        return ""

    @property
    def remark(self) -> str:
        """What there is to say about what is filled in."""
        return ""

    def show_names(self) -> None:
        """Better names are known."""

    def commit(self) -> None:
        """Take over what is typed, as leaving the box would."""

    def focus_first(self) -> None:
        raise NotImplementedError
