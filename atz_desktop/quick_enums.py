"""Makes PySide6's enums in a quarter of the time that `enum` takes.

300 enums with 4,200 members are made before the form of an activity is filled, most of them before
the first paint. `enum` works out for each anew what all enums of its base have in common, and turns
each member into a `_proto_member` first: 60 ms together. Here that is worked out once for a base.

It replaces a private method and fills what is private to an enum. So nothing is done for a version
of Python that this was not tried with, nor when ATZ_ORDINARY_ENUMS is set, and whatever is not
plain (another maker than shiboken, a name that a base class has, values that are no numbers) or
fails is left to `enum`. tests/test_quick_enums.py compares all enums with the ordinary ones.
"""

from __future__ import annotations

import enum
import os
import sys
from contextlib import suppress
from typing import Any

TRIED = {(3, 11), (3, 12), (3, 13)}
"""Versions of Python."""
ORDINARY = "ATZ_ORDINARY_ENUMS"

_BASES: dict[type, set[str]] = {
    base: set().union(*(vars(each) for each in base.__mro__), {"mro"})
    for base in (enum.Enum, enum.IntEnum, enum.Flag, enum.IntFlag)
}
"""The names that no member may have, by the base of the enum."""

_EMPTY: dict[type, dict[str, Any]] = {}
"""The attributes of an enum without members, by its base."""
_MADE_ANEW = ("__module__", "__qualname__", "__dict__", "__weakref__", "__new__")

_ordinary = getattr(enum.EnumType, "_create_", None)


def make_enums_quickly() -> bool:
    """To be called before PySide6 is imported; whether it is done."""
    if os.environ.get(ORDINARY) or sys.version_info[:2] not in TRIED or _ordinary is None:
        return False
    enum.EnumType._create_ = _create  # type: ignore[attr-defined]
    return True


def _create(cls: Any, class_name: str, names: Any, **more: Any) -> Any:
    """`enum` looks two frames up for the module where none is given; here that is one further."""
    assert _ordinary is not None
    by_shiboken = more.get("module") is None and more.get("boundary") is enum.KEEP
    if more.get("module") is None:
        more["module"] = sys._getframe(2).f_globals.get("__name__")
    if by_shiboken and more.get("type") is None and _is_plain(cls, names):
        with suppress(Exception):
            return _make(cls, class_name, names, more)
    return _ordinary(cls, class_name, names, **more)


def _make(cls: Any, class_name: str, names: list[tuple[str, int]], more: dict[str, Any]) -> Any:
    own = {"__module__": more["module"]}
    if more.get("qualname") is not None:
        own["__qualname__"] = more["qualname"]
    attributes: Any = _attributes(cls) | own
    made: Any = enum.EnumType.__new__(enum.EnumType, class_name, (cls,), attributes, _simple=True)
    made.__new__ = enum.Enum.__new__
    _add_members(made, names)
    return made


def _attributes(cls: Any) -> dict[str, Any]:
    """What an enum without members has, with collections of its own."""
    if cls not in _EMPTY:
        empty = _ordinary(cls, "_", [], module=__name__, boundary=enum.KEEP)  # type: ignore[misc]
        _EMPTY[cls] = {k: v for k, v in vars(empty).items() if k not in _MADE_ANEW}
    return {k: type(v)() if type(v) in (dict, list) else v for k, v in _EMPTY[cls].items()}


def _is_plain(cls: Any, names: Any) -> bool:
    taken = _BASES.get(cls)
    return (
        taken is not None
        and type(names) is list
        and all(type(each) is tuple and len(each) == 2 for each in names)
        and all(type(name) is str and type(value) is int for name, value in names)
        and len({name for name, _ in names}) == len(names)
        and not any(name.startswith("_") or name in taken for name, _ in names)
    )


def _add_members(made: Any, names: list[tuple[str, int]]) -> None:
    is_flag = issubclass(made, enum.Flag)
    by_value, by_name, in_order = made._value2member_map_, made._member_map_, made._member_names_
    create = made._member_type_.__new__
    for name, value in names:
        member = by_value.get(value)
        if member is None:
            member = create(made, value) if made._use_args_ else create(made)
            # A member's attributes may be set until the enum is done, and in this order.
            vars(member).update(
                _value_=value, _name_=name, __objclass__=made, _sort_order_=len(in_order)
            )
            if not is_flag or _is_one_bit(value):
                in_order.append(name)
            by_value[value] = member
        type.__setattr__(made, name, member)
        by_name[name] = member
    if is_flag:
        _finish_flag(made, [value for _, value in names])


def _finish_flag(made: Any, values: list[int]) -> None:
    mask = singles = 0
    for value in values:
        mask |= value
        singles |= value if _is_one_bit(value) else 0
    made._flag_mask_, made._singles_mask_ = mask, singles
    made._all_bits_ = 2 ** mask.bit_length() - 1
    in_order = [made._member_map_[name]._value_ for name in made._member_names_]
    if in_order != sorted(in_order):
        made._iter_member_ = made._iter_member_by_def_


def _is_one_bit(value: int) -> bool:
    return value != 0 and value & (value - 1) == 0
