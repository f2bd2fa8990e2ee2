"""What About tells: every part that is pinned, its version and the whole text of its licence."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import atz_desktop
from atz_desktop.app.components import (
    Component,
    components,
    components_here,
    licence_text,
    version_of,
)

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = dict(components_here())


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _named(name: str) -> Component:
    return next(each for each in components() if each.name.startswith(name))


def test_every_package_that_the_program_needs_is_named_and_no_other() -> None:
    pins = (ROOT / "packaging" / "requirements" / "program.txt").read_text(encoding="utf-8")
    pinned = {_normal(name) for name in re.findall(r"^([a-z][\w.-]*)==", pins, re.MULTILINE)}
    named = {_normal(each.distribution) for each in components() if each.distribution}
    assert named == pinned | {"atz-desktop", "cpython", "pyinstaller"}


def test_parts_are_called_as_their_packages_call_themselves() -> None:
    for part in HERE:
        if part.distribution not in {"", "atz-desktop", "CPython"}:
            assert metadata.metadata(part.distribution)["Name"] == part.distribution


def test_a_part_of_another_system_is_not_shown() -> None:
    installed = {each.distribution for each in HERE}
    assert ("pywin32-ctypes" in installed) == (sys.platform == "win32")
    assert version_of("no-such-package") == ""


def test_the_whole_licence_of_each_part_can_be_read() -> None:
    assert HERE
    assert not [part.name for part in HERE if len(licence_text(part)) <= 500]


def test_the_program_itself_is_first_and_under_the_mit_licence() -> None:
    part, version = next(components_here())
    assert (part.name, version) == ("ATZ Desktop", atz_desktop.__version__)
    assert "Permission is hereby granted" in licence_text(part)


def test_of_qt_both_licences_are_told_and_how_it_may_be_replaced() -> None:
    for name in ("Qt for Python", "Shiboken"):
        text = licence_text(_named(name))
        assert "You may replace them" in text
        assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
        assert "TERMS AND CONDITIONS" in text
        assert "How to Apply These Terms to Your New Programs" in text


ASK = """
from atz_desktop.app.components import Component, licence_text
print(licence_text(Component("HTTPX", "BSD 3-Clause", "httpx")))
"""


def test_an_installer_tells_what_it_brings_where_no_package_is_installed(tmp_path: Path) -> None:
    package = Path(atz_desktop.__file__).parent
    (tmp_path / "atz_desktop" / "app").mkdir(parents=True)
    for name in ("__init__.py", "app/__init__.py", "app/components.py", "resources.py"):
        shutil.copy(package / name, tmp_path / "atz_desktop" / name)
    place = tmp_path / "resources" / "licences" / "httpx"
    place.mkdir(parents=True)
    (place.parent / "README.txt").touch()
    (place / "LICENSE.md").write_text("as it was packed", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-S", "-P", "-c", ASK],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "as it was packed"
