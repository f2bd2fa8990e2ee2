from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import atz_desktop
from atz_desktop.resources import resource

ROOT = Path(__file__).resolve().parent.parent

_ASK = "from atz_desktop.resources import resource; print(resource('icons/save.svg'))"


def _found_from(folder: Path) -> Path:
    """What a fresh Python finds that sees nothing but the package in `folder`."""
    answer = subprocess.run(
        [sys.executable, "-P", "-c", _ASK],
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(answer.stdout.strip())


def _install(folder: Path) -> None:
    package = Path(atz_desktop.__file__).parent
    target = folder / "atz_desktop"
    target.mkdir()
    for name in ("__init__.py", "resources.py"):
        shutil.copy(package / name, target / name)


def _put_icon(place: Path) -> Path:
    icon = place / "icons" / "save.svg"
    icon.parent.mkdir(parents=True)
    icon.write_text("<svg/>", encoding="utf-8")
    return icon


def test_a_checkout_and_a_frozen_build_find_their_files_beside_the_package(tmp_path: Path) -> None:
    _install(tmp_path)
    icon = _put_icon(tmp_path / "resources")
    assert _found_from(tmp_path) == icon


def test_a_wheel_finds_its_files_inside_the_package_and_not_a_strangers(tmp_path: Path) -> None:
    _install(tmp_path)
    _put_icon(tmp_path / "resources")
    icon = _put_icon(tmp_path / "atz_desktop" / "_resources")
    assert _found_from(tmp_path) == icon


def test_a_missing_file_is_named_with_the_places_looked_in() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/no-such\.svg.*resources"):
        resource("icons/no-such.svg")


def test_a_wheel_holds_every_package_and_every_file_beside_the_code() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(settings["tool"]["setuptools"]["packages"])
    found = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for file in (ROOT / "atz_desktop").rglob("__init__.py")
    }
    assert listed == found | {"atz_desktop._resources"}
    carried = settings["tool"]["setuptools"]["package-data"]
    for file in (ROOT / "atz_desktop").rglob("*"):
        if file.is_file() and file.suffix not in {".py", ".pyc"}:
            package = ".".join(file.parent.relative_to(ROOT).parts)
            assert any(file.match(pattern) for pattern in carried.get(package, [])), file
