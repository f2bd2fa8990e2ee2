"""The letter that, with Alt, goes to each field: one table, so that no letter stands twice.

macOS types letters with Alt (Option) and has no mnemonics: Qt gives none there and hides the lines.
While a work list is shown, Alt+S and Alt+P are its commands Skip and Park, and two fields have no
letter: all letters of their labels are those of others.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QWidget

MNEMONICS: Final = {
    "Title": "T",
    "Type": "Y",
    "Importance": "P",
    "Mark as done": "K",
    "Start": "S",
    "End": "N",
    "Related to": "R",
    "Related record": "R",
    "Collaborators": "B",
    "Candidates": "C",
    "Contacts": "O",
    "Users": "U",
    "Do not send calendar invite": "V",
    "Meeting link": "G",
    "Location": "L",
    "Description": "D",
    "Attachment": "M",
}
"""Label → letter. The two parts of the related record share one: pressed again it goes on."""


def with_mnemonic(label: str) -> str:
    """The label as Qt takes it: `&` before the letter. One that is not listed stays as it is."""
    place = label.upper().find(MNEMONICS.get(label, "&"))
    return label if place < 0 else f"{label[:place]}&{label[place:]}"


def mnemonic(label: str) -> QKeySequence:
    """The keys that go to the field; empty where the system has no mnemonics."""
    return QKeySequence.mnemonic(with_mnemonic(label))


YIELDING: Final = frozenset(label for label, letter in MNEMONICS.items() if letter in "SP")
"""Labels that have no letter while a work list is shown."""


def yield_letters(form: QWidget, *, yielded: bool) -> None:
    """Give the letters of the work list's commands to it, or back to their fields."""
    for label in form.findChildren(QLabel):
        plain = label.text().replace("&", "")
        if plain in YIELDING:
            label.setText(plain if yielded else with_mnemonic(plain))
