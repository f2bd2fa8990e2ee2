"""A drop-down of all time zones, found by a part of their name."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from PySide6.QtWidgets import QComboBox

from atz_desktop.domain.characters import strip_invisible
from atz_desktop.domain.settings import is_zone
from atz_desktop.view.widgets.chip import Chip
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.completer import Completer

_MOST: Final = 50
"""Suggestions for what is typed."""


@cache
def zone_names() -> tuple[str, ...]:
    """Every IANA zone name, UTC first and those without a place last."""
    listed = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    of_places = {name for name in listed if "/" in name and not name.startswith("Etc/")}
    return tuple(dict.fromkeys(("UTC", *sorted(of_places), *sorted(set(listed) - of_places))))


class ZoneBox(NoWheelComboBox):
    """Shows `zone`, and offers the `likely` zones before all others."""

    def __init__(self, zone: str, likely: tuple[str | None, ...] = ()) -> None:
        super().__init__(wide=False)
        self.setEditable(True)
        # As wide as the longest name, without measuring each of 600: that takes 10 ms.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(max(map(len, zone_names())))
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._zones = {name.casefold(): name for name in zone_names()}
        wanted = (name or "" for name in ("UTC", *likely, zone))
        first = list(dict.fromkeys(name for name in wanted if self._known(name)))
        self.addItems(first)
        self.insertSeparator(len(first))
        self.addItems([name for name in self._zones.values() if name not in first])
        self.setCompleter(None)  # type: ignore[arg-type]  # Qt takes None for none
        self.setCurrentText(zone)
        line = self.lineEdit()
        assert line is not None
        self._completer = Completer(line, self._suggest, self, compact=True)
        self._completer.chosen.connect(self._take)
        line.textEdited.connect(self._completer.on_text_edited)

    @property
    def zone(self) -> str | None:
        """The chosen zone; None while the text names none that there are rules for."""
        return self._known(self.currentText())

    @property
    def is_being_typed(self) -> bool:
        """Whether the text is no zone yet, and may become one."""
        line = self.lineEdit()
        typing = line is not None and line.hasFocus() and self.zone is None
        return typing and bool(self._fitting(self.currentText()))

    def _take(self, chip: Chip) -> None:
        self.setCurrentText(chip.key)

    def _suggest(self, text: str) -> None:
        """Enter takes the first: for `berl` there is only one."""
        chips = tuple(Chip(name, name) for name in self._fitting(text)[:_MOST])
        self._completer.show_suggestions(text, chips, preselect=True)

    def _fitting(self, text: str) -> list[str]:
        words = strip_invisible(text).casefold().split()
        return [name for key, name in self._zones.items() if all(word in key for word in words)]

    def _known(self, text: str) -> str | None:
        name = strip_invisible(text)
        return self._zones.get(name.casefold()) or (name if is_zone(name) else None)
