"""Ready bulk edits for the fixes that are needed most often."""

from __future__ import annotations

from types import MappingProxyType

from atz_desktop.domain.bulk_conditions import Condition, IsNow, IsOver
from atz_desktop.domain.bulk_edit import BulkEdit
from atz_desktop.domain.bulk_rules import AddPeople, RemovePeople, Rule, Set, SwapPeople
from atz_desktop.domain.bulk_template import Template
from atz_desktop.domain.bulk_times import MeantAsZone, ShiftBy, Unit
from atz_desktop.domain.values import Attachment, LocalFile, Option, Person, RecordRef


def hand_over(old: Person, new: Person) -> BulkEdit:
    """Put one user in the place of another, as collaborator and as attendee."""
    swap = SwapPeople(old, new)
    name = f"Hand over from {old.display_name} to {new.display_name}"
    return _recipe(name, {"collaborators": swap, "users": swap})


def mark_done(done: bool = True) -> BulkEdit:
    return _recipe("Mark as done" if done else "Mark as not done", {"done": Set(done)})


def shift_times(amount: int, unit: Unit) -> BulkEdit:
    """Move start and end; negative is earlier."""
    return _recipe("Move the times", {"when": ShiftBy(amount, unit)})


def correct_zone(zone: str) -> BulkEdit:
    """The times were typed as those of `zone` (IANA name)."""
    return _recipe("Correct the time zone", {"when": MeantAsZone(zone)})


def point_to_record(old: RecordRef, new: RecordRef) -> BulkEdit:
    """Point to another record, after two were merged: only activities of the old one change."""
    return _recipe("Point to another record", {"record": Set(new)}, IsNow("record", old))


def add_attendee(field: str, person: Person) -> BulkEdit:
    return _recipe(f"Add {person.display_name}", {field: AddPeople((person,))})


def remove_attendee(field: str, person: Person) -> BulkEdit:
    return _recipe(f"Remove {person.display_name}", {field: RemovePeople((person,))})


def log_past_quietly() -> BulkEdit:
    """Mark as done what is over, and ask ATZ to mail nobody about it."""
    return _recipe("Log past ones quietly", {"done": Set(True), "no_invite": Set(True)}, IsOver())


def one_scheme(type_: Option, importance: Option, title: str) -> BulkEdit:
    """The same type and importance, and titles by one template, such as `{type} {candidate}`."""
    rules = {"title": Template(title), "type": Set(type_), "importance": Set(importance)}
    return _recipe("One scheme", rules)


def same_link(address: str) -> BulkEdit:
    return _recipe("The same meeting link", {"link": Set(address)})


def same_file(file: Attachment | LocalFile) -> BulkEdit:
    """Attach the same file, or the same address of one."""
    return _recipe("The same attachment", {"attachment": Set(file)})


def _recipe(name: str, rules: dict[str, Rule], *only_where: Condition) -> BulkEdit:
    return BulkEdit(MappingProxyType(rules), only_where, name)
