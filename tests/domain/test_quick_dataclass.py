"""The records of the program behave as those of `dataclasses` do: each test asks both kinds."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import field
from typing import Any

import pytest

from atz_desktop.domain import quick_dataclass

Decorator = Callable[..., Any]
DECORATORS = (dataclasses.dataclass, quick_dataclass.dataclass)


class Records:
    """The same classes, made by one decorator."""

    def __init__(self, decorator: Decorator) -> None:
        @decorator(frozen=True)
        class Point:
            """A place."""

            x: int
            y: int = 2
            note: str = field(default="", compare=False)
            seen: list[int] = field(default_factory=list, repr=False, compare=False)

        @decorator(frozen=True)
        class Mark(Point):
            """A place with a colour."""

            colour: str = "red"

        @decorator(frozen=True)
        class Same:
            """Equal to all of its kind."""

            number: int

            def __eq__(self, other: object) -> bool:
                return isinstance(other, Same)

            def __hash__(self) -> int:
                return 7

        @decorator(frozen=True, slots=True)
        class Slotted:
            """Without a dictionary."""

            key: str
            name: str = ""

        @decorator(frozen=True)
        class Nothing:
            """Without a field."""

        self.Point: Any = Point
        self.Mark: Any = Mark
        self.Same: Any = Same
        self.Slotted: Any = Slotted
        self.Nothing: Any = Nothing


@pytest.fixture(params=DECORATORS, ids=("ordinary", "quick"))
def made(request: pytest.FixtureRequest) -> Records:
    return Records(request.param)


def test_a_record_is_made_from_its_fields_in_their_order(made: Records) -> None:
    mark = made.Mark(1, note="here", colour="blue")
    assert dataclasses.astuple(mark) == (1, 2, "here", [], "blue")
    assert list(inspect.signature(made.Mark).parameters) == ["x", "y", "note", "seen", "colour"]
    assert made.Mark.__match_args__ == ("x", "y", "note", "seen", "colour")
    assert made.Point(1).seen is not made.Point(1).seen
    assert made.Point(1, seen=None).seen is None


@pytest.mark.parametrize("arguments", [((), {}), ((1, 2, "", [], 5), {}), ((1,), {"z": 1})])
def test_what_is_missing_or_unknown_is_refused(
    made: Records, arguments: tuple[tuple[Any, ...], dict[str, Any]]
) -> None:
    args, more = arguments
    with pytest.raises(TypeError, match="__init__"):
        made.Point(*args, **more)


def test_records_of_one_class_are_equal_by_the_fields_that_count(made: Records) -> None:
    assert made.Point(1, 2, "a") == made.Point(1, 2, "b")
    assert hash(made.Point(1, 2, "a")) == hash(made.Point(1, 2, "b"))
    assert made.Point(1, 2) != made.Point(1, 3)
    assert made.Point(1, 2) != made.Mark(1, 2)
    assert made.Point(1, 2) != (1, 2)
    assert made.Nothing() == made.Nothing()
    assert len({made.Nothing(), made.Nothing()}) == 1
    assert made.Same(1) == made.Same(2)
    assert hash(made.Same(1)) == 7


def test_no_record_can_be_changed(made: Records) -> None:
    point = made.Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'x'"):
        point.x = 2
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'x'"):
        del point.x
    changed = dataclasses.replace(point, x=2)
    assert (point.x, changed.x) == (1, 2)


def test_a_record_says_its_fields_and_can_be_copied(made: Records) -> None:
    point = made.Point(1, note="a")
    assert repr(point).endswith("Point(x=1, y=2, note='a')")
    assert copy.copy(point) == point
    assert copy.deepcopy(point).seen is not point.seen
    assert made.Point.__doc__ == "A place."


def test_a_record_with_slots_is_as_strict(made: Records) -> None:
    slotted = made.Slotted("a")
    assert not hasattr(slotted, "__dict__")
    assert slotted == made.Slotted("a")
    assert slotted != made.Slotted("b")
    assert copy.copy(slotted) == copy.deepcopy(slotted) == slotted
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
        slotted.name = "b"


def test_what_is_not_plain_is_left_to_the_ordinary_one() -> None:
    @quick_dataclass.dataclass(frozen=True, order=True)
    class Ordered:
        number: int

    @quick_dataclass.dataclass()
    class Open:
        number: int

    opened = Open(1)
    opened.number = 2
    assert Ordered(1) < Ordered(2)
    assert opened == Open(2)
