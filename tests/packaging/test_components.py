"""The list of what is inside an installer, and the licences of it."""

from __future__ import annotations

import json
import platform
import re
import sysconfig
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from atz_desktop.app.components import components

Step = Callable[[str], ModuleType]


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Two installed packages, with their licences where wheels put them."""
    folder = tmp_path / "packages"
    new, old = folder / "new-1.0.dist-info", folder / "old-2.0.dist-info"
    for place in (new / "licenses", old):
        place.mkdir(parents=True)
    (new / "METADATA").write_text("Name: New\nVersion: 1.0\nLicense-Expression: MIT\n")
    (new / "licenses" / "LICENSE.md").write_text("the text of MIT")
    (new / "RECORD").write_text(
        "new-1.0.dist-info/METADATA,,\nnew-1.0.dist-info/licenses/LICENSE.md,,\nnew.py,,\n"
    )
    (old / "METADATA").write_text(
        "Name: old\nVersion: 2.0\nClassifier: License :: OSI Approved :: BSD License\n"
    )
    (old / "RECORD").write_text("old-2.0.dist-info/METADATA,,\n")
    return folder


def test_each_package_is_listed_with_version_and_licence(step: Step, packages: Path) -> None:
    new, old = step("components").python_packages(packages)
    assert (new.name, new.version, new.licence) == ("New", "1.0", "MIT")
    assert (old.purl, old.licence) == ("pkg:pypi/old@2.0", "BSD License")


def test_about_says_of_each_licence_what_its_package_says(step: Step) -> None:
    told = {each.distribution: each for each in components()}
    here = step("components").python_packages(Path(sysconfig.get_path("purelib")))
    compared = [(told[each.name].licence, each.licence) for each in here if each.name in told]
    assert len(compared) > 20
    for ours, theirs in compared:
        assert _words(ours) <= _words(theirs), f"{ours} is not {theirs}"


def _words(licence: str) -> set[str]:
    return set(re.findall(r"[a-z]+|[0-9]+", licence.lower()))


def test_tools_of_the_build_are_not_listed_and_python_is(step: Step, packages: Path) -> None:
    (old,) = step("components").python_packages(packages, but=("new",))
    assert old.name == "old"
    *both, python = step("components").frozen_components(packages)
    assert [each.name for each in both] == ["New", "old"]
    assert (python.name, python.version) == ("CPython", platform.python_version())


def test_every_licence_text_is_put_where_the_program_looks(
    step: Step, packages: Path, tmp_path: Path
) -> None:
    inside = step("components").python_packages(packages)
    step("components").write_licences(tmp_path / "licences", inside)
    assert (tmp_path / "licences" / "New" / "LICENSE.md").read_text() == "the text of MIT"


def test_the_same_commit_gives_the_same_list_byte_for_byte(
    step: Step, packages: Path, tmp_path: Path
) -> None:
    project = step("project").Project("1.2.3", "c0ffee", 1_700_000_000)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.dll").write_bytes(b"binary")
    inside = step("components").python_packages(packages)
    inside[0] = inside[0]._replace(note="of February")
    written = []
    for number in range(2):
        file = tmp_path / f"{number}" / "sbom.cdx.json"
        file.parent.mkdir()
        step("components").write_sbom(file, project, inside, tmp_path / "tree")
        written.append(file.read_bytes())
    assert written[0] == written[1]
    document = json.loads(written[0])
    assert document["specVersion"] == "1.6"
    assert document["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    names = [component["name"] for component in document["components"]]
    assert names == ["New", "old", "a.dll"]
    notes = [component.get("description") for component in document["components"]]
    assert notes == ["of February", None, None]
    assert len(document["components"][2]["hashes"][0]["content"]) == 64
