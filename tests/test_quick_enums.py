"""PySide6's enums are the same, in every attribute, whoever made them."""

from __future__ import annotations

import os
import sys

import pytest

from atz_desktop.quick_enums import ORDINARY, TRIED
from tests.test_lazy_signatures import TYPES, told

MODULES = ("QtCore", "QtGui", "QtNetwork", "QtWidgets")
MAKE = """
import sys
from atz_desktop import quick_enums
made = quick_enums.make_enums_quickly()
"""
LOOK = (
    TYPES
    + """
import enum, hashlib, importlib, sys

def told(value):
    if isinstance(value, enum.Enum):
        about = vars(value).items()
        return [type(value).__qualname__, [(k, getattr(v, "__qualname__", v)) for k, v in about]]
    if isinstance(value, dict):
        return [(told(key), told(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [told(each) for each in value]
    if callable(value) or isinstance(value, (staticmethod, classmethod)):
        return getattr(value, "__qualname__", type(value).__name__)
    return type(value).__name__ if hasattr(value, "__get__") else repr(value)

def flags(kind, value):
    try:
        return kind(value), ~kind(value), list(kind(value))
    except (AttributeError, ValueError) as error:  # `enum` fails on some of what Qt combines
        return type(error), str(error)

enums = members = 0
for name in sys.argv[1:]:
    for found in types(importlib.import_module(f"PySide6.{name}"), set()):
        if not issubclass(found, enum.Enum) or not found.__module__.startswith("PySide6"):
            continue
        enums += 1
        members += len(found.__members__)
        words = repr([(name, told(value)) for name, value in sorted(vars(found).items())])
        print(found.__qualname__, hashlib.sha256(words.encode()).hexdigest(), list(found))
        if issubclass(found, enum.Flag) and found.__members__:
            print([flags(found, value) for value in (0, 1, 2, 3, 5, 255)])
print(enums, members)
"""
)


@pytest.mark.slow
def test_all_enums_are_those_of_the_ordinary_way_in_every_attribute() -> None:
    quick = told(MAKE + "assert made" + LOOK, *MODULES)
    enums, members = map(int, quick.split()[-2:])
    assert enums > 100 * len(MODULES)
    assert members > 1000 * len(MODULES)
    assert quick == told(LOOK, *MODULES)


OTHERS = """
import enum, pickle, socket
Color = enum.Enum("Color", "red green")
Plain = enum.IntEnum("Plain", [("a", 1), ("b", 2), ("c", 1)])
Kept = enum.Flag("Kept", [("a", 1), ("b", 2), ("ab", 3)], boundary=enum.KEEP)
Named = enum.Enum("Named", [("name", 1), ("value", 2)], boundary=enum.KEEP)
for each in (Color, Plain, Kept, Named, socket.AddressFamily):
    print(each.__module__, each.__qualname__, list(each), dict(each.__members__))
    member = list(each)[0]
    print(pickle.loads(pickle.dumps(member)) is member, Kept(4), ~Kept.a)
for wrong in (
    lambda: enum.Enum("Twice", [("a", 1), ("a", 2)], boundary=enum.KEEP),
    lambda: enum.Enum("Bad", [("mro", 1)], boundary=enum.KEEP),
    lambda: enum.Enum("Sunder", [("_a_", 1)], boundary=enum.KEEP),
):
    try:
        print(wrong())
    except (TypeError, ValueError) as error:
        print(type(error), error)
"""


def test_enums_of_others_are_made_as_ever() -> None:
    assert told(MAKE + "assert made" + OTHERS) == told(OTHERS)


def test_the_version_of_python_was_tried() -> None:
    """With one that was not, enums are made in the ordinary way: look whether this can be kept."""
    assert sys.version_info[:2] in TRIED


@pytest.mark.parametrize(
    ("before", "environment"), [("", {ORDINARY: "1"}), ("quick_enums.TRIED.clear()", {})]
)
def test_it_can_be_switched_off_and_is_for_an_unknown_python(
    before: str, environment: dict[str, str]
) -> None:
    code = MAKE.replace(
        "made =", f"{before}\nimport enum\nas_ever = enum.EnumType._create_\nmade ="
    )
    said = told(code + "print(made, enum.EnumType._create_ == as_ever)", **environment)
    assert said == "False True\n"


def test_the_program_makes_them_quickly() -> None:
    code = "import enum\nas_ever = enum.EnumType._create_\nimport atz_desktop.launch\n"
    kept = {key: value for key, value in os.environ.items() if key == ORDINARY}
    assert not kept
    assert told(code + "print(enum.EnumType._create_ == as_ever)") == "False\n"
