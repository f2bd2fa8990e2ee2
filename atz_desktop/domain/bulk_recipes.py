"""Bulk edits with a name: the ready ones, and any of them as JSON.

That is kept with a run, saved as a recipe of one's own, and shared as a file. A file that somebody
else made is read with distrust: it may name no file of this computer, or a recipe could attach one
that its user never chose.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from atz_desktop.domain.bulk_edit import CONDITIONS, RULES, BulkEdit, Condition, IsNow, IsOver
from atz_desktop.domain.bulk_rules import AddPeople, RemovePeople, Rule, Set, SlugAlone, SwapPeople
from atz_desktop.domain.bulk_template import Template
from atz_desktop.domain.bulk_times import MeantAsZone, ShiftBy, Times
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.serialize import decode, encode, to_json
from atz_desktop.domain.values import LocalFile, Person, RecordRef

# Ready for the fixes that are needed most often, with blanks to be filled in

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


# As JSON

RECIPE_SUFFIX: Final = ".atzrecipe.json"
MAX_RECIPE: Final = 1_000_000
"""Characters of a recipe file. A list of 1,000 people has a tenth of that."""
_FORMAT: Final = "atz-recipe"
_VERSION: Final = 1
_CLASSES: Final[dict[str, type]] = {
    each.__name__: each for each in (*RULES, *CONDITIONS, Times, SlugAlone)
}
"""Their names, and those of their parts, are part of the file format: never rename one."""
_TAG: Final = "is"
_T = TypeVar("_T")


class RecipeError(ValueError):
    """The text is no usable recipe; the error's text is a sentence for the user."""


def dump_bulk(bulk: BulkEdit) -> str:
    """Serialize a bulk edit for this computer."""
    found = {
        "format": _FORMAT,
        "version": _VERSION,
        "name": bulk.name,
        "rules": {name: _encode(rule) for name, rule in bulk.rules.items()},
        "only_where": [_encode(condition) for condition in bulk.only_where],
        "mail_nobody": bulk.mail_nobody,
    }
    return to_json(found)


def load_bulk(text: str) -> BulkEdit:
    """Inverse of `dump_bulk`. Raises RecipeError."""
    try:
        found = json.loads(text)
        if found["format"] != _FORMAT:
            raise RecipeError("This is no recipe of this program.")
        if found["version"] != _VERSION:
            raise RecipeError("This recipe was made by a newer version of this program.")
        bulk = _bulk(found)
    except RecipeError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RecipeError("This is no recipe of this program, or it is damaged.") from error
    if problems := bulk.problems():
        field = ACTIVITY.by_name.get(problems[0].name)
        label = field.label if field else problems[0].name or "Only where"
        raise RecipeError(f"This recipe can't be used. {label}: {problems[0].text}")
    return bulk


def dump_recipe(bulk: BulkEdit) -> str:
    """The text of a recipe file for others. Raises RecipeError where it would name a file."""
    _refuse_files(bulk)
    return json.dumps(json.loads(dump_bulk(bulk)), indent=2) + "\n"


def load_recipe(text: str) -> BulkEdit:
    """The bulk edit in a recipe file of somebody else. Raises RecipeError."""
    if len(text) > MAX_RECIPE:
        raise RecipeError("This file is too large to be a recipe.")
    bulk = load_bulk(text.removeprefix("\ufeff"))
    _refuse_files(bulk)
    return bulk


def _bulk(found: Mapping[str, Any]) -> BulkEdit:
    rules = {name: _checked(_decode(rule), Rule) for name, rule in found["rules"].items()}
    conditions = tuple(_checked(_decode(each), Condition) for each in found["only_where"])
    name, mail_nobody = _checked(found["name"], str), _checked(found["mail_nobody"], bool)
    return BulkEdit(MappingProxyType(rules), conditions, name, mail_nobody)


def _refuse_files(bulk: BulkEdit) -> None:
    for rule in bulk.rules.values():
        if isinstance(rule, Set) and isinstance(rule.value, LocalFile):
            raise RecipeError(
                "A recipe for others can't attach a file of one computer. Use its web address."
            )


def _encode(value: Any) -> Any:
    cls: Any = _CLASSES.get(type(value).__name__)
    if cls is not type(value):
        return encode(value)
    return {_TAG: cls.__name__, **{f.name: _encode(getattr(value, f.name)) for f in fields(cls)}}


def _decode(found: Any) -> Any:
    """Inverse of `_encode`. Raises ValueError or TypeError."""
    cls = _CLASSES.get(found.get(_TAG, "")) if isinstance(found, dict) else None
    if cls is None:
        return decode(found)
    parts = {key: _decode(part) for key, part in found.items() if key != _TAG}
    hints = get_type_hints(cls)
    for name, value in parts.items():
        if not _fits(value, hints[name]):
            raise TypeError(f"{name} of another form")
    return cls(**parts)


def _checked(value: Any, form: type[_T]) -> _T:
    if not isinstance(value, form):
        raise TypeError(f"no {form.__name__}")
    return value


def _fits(value: Any, hint: Any) -> bool:
    """Whether a decoded value has the type of an annotation."""
    if hint is Any:
        return True
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) in {UnionType, Union}:
        return any(_fits(value, each) for each in get_args(hint))
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_fits(each, get_args(hint)[0]) for each in value)
    # True is an int, and a datetime a date, in Python alone.
    return type(value) is (NoneType if hint is None else hint)
