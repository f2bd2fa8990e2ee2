"""One save of the past: what it changed, what became of it, and the offer to put it back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.review import review_entry
from atz_desktop.session.messages import OUTCOMES
from atz_desktop.session.notices import Level
from atz_desktop.session.restore import why_not_restorable
from atz_desktop.view.theme import CONTROL_HEIGHT
from atz_desktop.view.widgets.dialog import plain_label
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.field_checkboxes import FieldCheckBoxes
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.message import Callout
from atz_desktop.view.widgets.review_text import ReviewText
from atz_desktop.view.windows.history_table import local_time

_WIDTH = 800


class HistoryEntryView(QWidget):
    """Shows an entry like a review; without one, says that there is nothing to see."""

    restore_requested = Signal(object, object)
    """An Entry and the names of the fields to put back (a frozenset; None: the whole save)."""
    load_requested = Signal(object)
    """The ID of the activity, to be loaded in the window."""

    def __init__(self) -> None:
        super().__init__()
        self._entry: JournalEntry | None = None
        self._account: str | None = None
        self._title = ElidingLabel(role="heading")
        self._about = ElidingLabel("muted", lines=2)
        self._outcome = Callout(Level.INFO)
        self.sheet = ReviewText("What this save changed", _WIDTH)
        self._picks = FieldCheckBoxes("Fields to put back")
        self._picks.changed.connect(self._show_button)
        self._why_not = plain_label("")
        self._load = QPushButton("Load this activity")
        self._load.clicked.connect(self._request_load)
        self._put_back = QPushButton("Put back")
        self._put_back.clicked.connect(self._request_restore)
        self._build_layout()
        self.show_entry(None, None)

    def show_entry(self, entry: JournalEntry | None, account: str | None) -> None:
        """Show a save; `account` is the one that is connected."""
        self._entry, self._account = entry, account
        for widget in (self._about, self._outcome, self.sheet, self._picks, self._why_not):
            widget.setVisible(entry is not None)
        for button in (self._load, self._put_back):
            button.setVisible(entry is not None)
        if entry is None:
            self._title.set_text("No save is chosen", "muted")
            return
        words = OUTCOMES[entry.outcome]
        self._title.set_text(single_line(entry.title) or f"Activity {entry.activity_id}", "text")
        self._about.set_text(_about(entry))
        self._outcome.set_message(words.level, f"{words.label}. {words.text}")
        self._outcome.setVisible(entry.outcome is not Outcome.VERIFIED)
        review = review_entry(entry)
        self.sheet.set_review(review)
        self._picks.set_fields({line.name: line.label for line in review.diffs}, self.sheet)
        self._load.setEnabled(entry.account == account)  # elsewhere it is another activity
        why_not = why_not_restorable(entry, account)
        self._why_not.setText(why_not or "")
        told_above = bool(entry.sent) and entry.account == account  # the outcome is the reason
        self._why_not.setVisible(why_not is not None and not told_above)
        self._put_back.setToolTip(why_not or "")
        self._picks.setVisible(why_not is None and len(review.diffs) > 1)
        self._show_button()
        self._keep_room()

    def _keep_room(self) -> None:
        """A splitter does not ask how high words are at their width, and would cut a line off."""
        self._outcome.setMinimumHeight(max(0, self._outcome.heightForWidth(self.width())))

    def _show_button(self) -> None:
        if self._entry is None:
            return
        count = len(self._picks.checked)
        several = len(self._entry.sent) > 1
        self._put_back.setText(
            f"Put back {count} field{'' if count == 1 else 's'}…" if several else "Put back…"
        )
        possible = why_not_restorable(self._entry, self._account) is None
        self._put_back.setEnabled(possible and count > 0)

    def _request_restore(self) -> None:
        whole = self._picks.all_checked
        self.restore_requested.emit(self._entry, None if whole else self._picks.checked)

    def _request_load(self) -> None:
        if self._entry is not None:
            self.load_requested.emit(self._entry.activity_id)

    def _build_layout(self) -> None:
        for button in (self._load, self._put_back):
            button.setAutoDefault(False)
            button.setMinimumHeight(CONTROL_HEIGHT)
        buttons = hbox(None, (self._picks, 1), 0, self._load, self._put_back)
        vbox(self, self._title, self._about, self._outcome, (self.sheet, 1), self._why_not, buttons)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_room()


def _about(entry: JournalEntry) -> str:
    parts = [f"Activity {entry.activity_id}", f"save {entry.id}", local_time(entry.at)]
    parts.append(OUTCOMES[entry.outcome].label)
    if entry.undoes is not None:
        parts.append(f"puts back save {entry.undoes}")
    if entry.reason:
        parts.append(f"reason: {entry.reason}")
    return " · ".join(parts)
