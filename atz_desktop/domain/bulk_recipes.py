"""Ready bulk edits for the fixes that are needed most often, with blanks to be filled in."""

from __future__ import annotations

from types import MappingProxyType

from atz_desktop.domain.bulk_conditions import Condition, IsNow, IsOver
from atz_desktop.domain.bulk_edit import BulkEdit
from atz_desktop.domain.bulk_rules import AddPeople, RemovePeople, Rule, Set, SwapPeople
from atz_desktop.domain.bulk_template import Template
from atz_desktop.domain.bulk_times import MeantAsZone, ShiftBy
from atz_desktop.domain.values import Person, RecordRef

_SOMEBODY = Person("")
_SWAP = SwapPeople(_SOMEBODY, _SOMEBODY)


def _recipe(name: str, rules: dict[str, Rule], *only_where: Condition) -> BulkEdit:
    return BulkEdit(MappingProxyType(rules), only_where, name)


RECIPES: tuple[BulkEdit, ...] = (
    _recipe("Hand over to another user", {"collaborators": _SWAP, "users": _SWAP}),
    _recipe("Mark as done", {"done": Set(True)}),
    _recipe("Mark as not done", {"done": Set(False)}),
    _recipe("Move the times", {"when": ShiftBy(0, "days")}),
    _recipe("Correct the time zone", {"when": MeantAsZone("")}),
    _recipe(
        "Point to another record, after two were merged",
        {"record": Set(RecordRef())},
        IsNow("record", RecordRef()),
    ),
    _recipe("Add an attendee", {"users": AddPeople(())}),
    _recipe("Remove an attendee", {"users": RemovePeople(())}),
    _recipe("Log past ones quietly", {"done": Set(True), "no_invite": Set(True)}, IsOver()),
    _recipe(
        "Type, importance and title by one scheme",
        {"type": Set(None), "importance": Set(None), "title": Template("{type}: {candidate}")},
    ),
    _recipe("The same meeting link", {"link": Set("")}),
    _recipe("The same attachment", {"attachment": Set(None)}),
)
"""By name. `BulkEdit.problems` tells what has to be filled in before one can be used."""
