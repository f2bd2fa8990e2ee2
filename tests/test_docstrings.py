"""What a docstring calls by its name in the code exists: what is renamed takes that along."""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

CODE_NAME = re.compile(
    r"`([A-Za-z_][\w.]*)(?:\(\))?`|\b((?:[a-z_]+\.)+[A-Z]\w*[a-z]\w*)|\b([A-Z]\w*[a-z]\w*\.[A-Za-z_]\w+)"
)
"""In backticks, or a class with its module or with one of its attributes."""

_SHORT_TEXT = 40
"""Characters; a longer string is no key or name that something is called by."""


def trees() -> dict[Path, ast.Module]:
    files = [f for top in ("atz_desktop", "tests", "packaging") for f in (ROOT / top).rglob("*.py")]
    return {file: ast.parse(file.read_text("utf-8")) for file in files}


def names_in(node: ast.AST) -> Iterator[str]:
    """All that the code calls something by: names, attributes, parameters, keys."""
    for each in ast.walk(node):
        for value in (
            getattr(each, part, None) for part in ("id", "attr", "name", "arg", "module")
        ):
            if isinstance(value, str):
                yield from value.split(".")
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield from re.findall(r"\w+", each.value) if len(each.value) < _SHORT_TEXT else ()


def named_in_docstrings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for found in CODE_NAME.finditer(ast.get_docstring(node) or ""):
                yield next(filter(None, found.groups()))


@pytest.mark.slow
def test_what_a_docstring_names_exists() -> None:
    known = set(dir(enum))
    for file, tree in (all_trees := trees()).items():
        known |= {*file.with_suffix("").parts, *names_in(tree)}
    gone = [
        f"{file.relative_to(ROOT)}: {name}"
        for file, tree in all_trees.items()
        if file.is_relative_to(ROOT / "atz_desktop")
        for name in named_in_docstrings(tree)
        if not known.issuperset(name.split("."))
    ]
    assert not gone


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ends in `forgotten`.", ["forgotten"]),
        ("See session.connecting.Door (or not), `a.b()`.", ["session.connecting.Door", "a.b"]),
        ("NotSent with Cause.OTHER_RECORD is raised.", ["Cause.OTHER_RECORD"]),
        ("No name, e.g. `PUT /v1/activity` or README.md.", []),
    ],
)
def test_what_counts_as_the_name_of_something(text: str, names: list[str]) -> None:
    assert list(named_in_docstrings(ast.parse(repr(text)))) == names
