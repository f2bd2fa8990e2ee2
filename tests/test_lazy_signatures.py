"""What PySide6 says of itself is the same whether its package for it is loaded at once or later."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

from atz_desktop.lazy_signatures import EAGER, TRIED

ROOT = Path(__file__).resolve().parent.parent
IMPORT = """
import sys
from atz_desktop import lazy_signatures
print("deferred:", lazy_signatures.defer_signatures())
import PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets
print("loaded:", "shibokensupport.signature.parser" in sys.modules)
"""
TYPES = """
def types(owner, seen):
    names = vars(owner) if isinstance(owner, type) else dir(owner)
    for name in sorted(names):
        found = getattr(owner, name, None)
        if isinstance(found, type) and found not in seen:
            seen.add(found)
            yield found
            yield from types(found, seen)
"""
LOOK = (
    TYPES
    + """
import enum, re
from PySide6 import QtCore, QtGui, QtWidgets

def attempt(wrong):
    try:
        print(wrong())
    except (TypeError, AttributeError, ValueError) as error:
        print(type(error), error)

for wrong in (
    lambda: QtCore.QPoint("a"), lambda: QtCore.QPoint(1, 2, 3), lambda: QtCore.QPoint().nope,
    lambda: QtWidgets.QLineEdit(3, 4), lambda: QtCore.QObject(nope=3), lambda: QtCore.qDebug(3),
    lambda: QtCore.QObject().setObjectName(5), lambda: QtGui.QColor(None, 2),
    lambda: QtWidgets.QApplication.setStyle(4.5), lambda: QtCore.Qt.AlignmentFlag("left"),
):
    attempt(wrong)
from PySide6.support.signature import get_signature
print(get_signature(QtCore.QSize), get_signature(QtWidgets.QWidget.resize))
enums = members = 0
for module in (QtCore, QtWidgets):
    for found in types(module, set()):
        text = re.sub(" at 0x[0-9a-f]+", "", str(found.__doc__))
        print(module.__name__, found.__qualname__, text)
        if issubclass(found, enum.Enum):
            enums += 1
            members += len(found.__members__)
            print([(name, each.name, each.value) for name, each in found.__members__.items()])
print("enums:", enums, members)
"""
)


def told(code: str, *arguments: str, **more: str) -> str:
    """What a fresh Python prints."""
    kept = {key: value for key, value in os.environ.items() if key not in EAGER}
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, *arguments],
        cwd=ROOT,
        env={**kept, **more},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_texts_of_errors_and_classes_are_those_of_the_ordinary_import() -> None:
    first, second, later = told(IMPORT + LOOK).split("\n", 2)
    assert (first, second) == ("deferred: True", "loaded: False")
    enums, members = map(int, later.split()[-2:])
    assert enums > 200
    assert members > 2000
    assert later == told(LOOK)


@pytest.mark.parametrize("first", ["QtCore.QPoint.__doc__", "QtCore.QPoint('a')"])
def test_whatever_asks_first_the_others_are_answered_too(first: str) -> None:
    code = f"""
from PySide6 import QtCore
for each in ({first!r}, "QtCore.QPoint('a')", "QtCore.QPoint.__doc__", "QtCore.QSize(2.5, {{}})"):
    try:
        print(eval(each))
    except TypeError as error:
        print(error)
"""
    assert told(IMPORT + code).split("\n", 2)[2] == told(code)


def test_the_version_that_is_installed_was_tried() -> None:
    """One that was not is imported in the ordinary way: look whether this can be kept."""
    assert importlib.metadata.version("shiboken6") in TRIED


@pytest.mark.parametrize("name", EAGER)
def test_a_variable_switches_it_off(name: str) -> None:
    # shiboken6 takes an unknown value of its own variable for none.
    assert told(IMPORT, **{name: "?"}) == "deferred: False\nloaded: True\n"


def test_nothing_is_done_for_a_version_that_was_not_tried() -> None:
    unknown = IMPORT.replace("print(", "lazy_signatures.TRIED.clear(); print(", 1)
    assert told(unknown) == "deferred: False\nloaded: True\n"


def test_without_the_folder_pyside_is_imported_as_usual(tmp_path: Path) -> None:
    package = tmp_path / "atz_desktop"
    package.mkdir()
    for name in ("__init__.py", "resources.py", "lazy_signatures.py"):
        package.joinpath(name).write_bytes((ROOT / "atz_desktop" / name).read_bytes())
    at = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    assert told(at + IMPORT) == "deferred: False\nloaded: True\n"


def test_the_program_starts_without_the_package() -> None:
    code = IMPORT.replace("from atz_desktop import lazy_signatures\n", "").replace(
        "lazy_signatures.defer_signatures()", "__import__('atz_desktop.launch') is not None"
    )
    assert told(code) == "deferred: True\nloaded: False\n"


def test_the_import_statement_is_the_ordinary_one_again() -> None:
    """logging.config copies it, with its text: that of PySide6 takes the package to tell."""
    code = """
import builtins, sys
plain = builtins.__import__
import atz_desktop.launch
print(builtins.__import__ is plain)
import logging.config
print("shibokensupport.signature.parser" in sys.modules)
"""
    assert told(code) == "True\nFalse\n"
