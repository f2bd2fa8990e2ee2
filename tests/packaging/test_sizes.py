"""How large the packages are against how large they may be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Step = Callable[[str], ModuleType]


def _file(folder: Path, name: str, size: int) -> Path:
    """A file of that many bytes, which takes no room."""
    file = folder / name
    with file.open("wb") as empty:
        empty.truncate(size)
    return file


@pytest.mark.parametrize(("name", "limit"), [("a-1.0-Setup.exe", 25), ("a_1.0_amd64.deb", 37)])
def test_a_package_may_have_so_many_millions_of_bytes_and_no_more(
    step: Step, tmp_path: Path, name: str, limit: int
) -> None:
    sizes = step("sizes")
    file = _file(tmp_path, name, limit * 1_000_000)
    assert sizes.is_within(file)
    assert sizes.words_of(file) == f"{name}: {limit}.0 MB, within the limit of {limit} MB"
    file = _file(tmp_path, name, limit * 1_000_000 + 1)
    assert not sizes.is_within(file)
    assert "ABOVE" in sizes.words_of(file)


def test_every_package_is_told_also_one_without_a_limit(step: Step, tmp_path: Path) -> None:
    _file(tmp_path, "b.tar.xz", 39_000_000)
    _file(tmp_path, "a.deb", 1_000_000)
    (tmp_path / "a folder").mkdir()
    assert step("sizes").words_of_all(tmp_path) == [
        "a.deb: 1.0 MB, within the limit of 37 MB",
        "b.tar.xz: 39.0 MB",
    ]


def test_without_packages_it_says_how_to_get_them(step: Step, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "no such folder"):
        (words,) = step("sizes").words_of_all(folder)
        assert "build them first with ./dev package linux" in words
