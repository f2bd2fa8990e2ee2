"""What an installer says of itself comes from one place."""

from __future__ import annotations

import plistlib
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import atz_desktop

Step = Callable[[str], ModuleType]
PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


def test_the_version_is_that_of_the_program(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    project = step("project").read_project()
    assert project.version == atz_desktop.__version__
    assert project.epoch == 1_700_000_000


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("1.2.3", (1, 2, 3, 0)), ("2.0", (2, 0, 0, 0)), ("1.2.3rc4", (1, 2, 3, 4))],
)
def test_windows_gets_four_numbers(
    step: Step, version: str, numbers: tuple[int, int, int, int]
) -> None:
    assert step("project").Project(version, "c0ffee", 0).four_numbers == numbers


def test_no_version_stands_in_the_files_of_the_installers() -> None:
    for file in PACKAGING.rglob("*"):
        if file.suffix in {".nsi", ".rc", ".xml", ".plist", ".desktop", ".c"}:
            assert f'"{atz_desktop.__version__}"' not in file.read_text(encoding="utf-8"), file


def test_the_files_for_the_desktops_can_be_read() -> None:
    assert plistlib.loads((PACKAGING / "macos" / "Info.plist").read_bytes())["CFBundleExecutable"]
    assert plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())
    assert ET.parse(PACKAGING / "linux" / "metainfo.xml").getroot().tag == "component"
    assert ET.parse(PACKAGING / "windows" / "launcher.manifest").getroot().tag.endswith("assembly")


def test_a_program_that_fails_is_told_with_its_words(step: Step) -> None:
    project = step("project")
    with pytest.raises(project.StepError, match="exit code 3") as told:
        project.run([sys.executable, "-c", "print('what went wrong'); raise SystemExit(3)"])
    assert "what went wrong" in str(told.value)


def test_a_missing_tool_is_named_with_its_package(step: Step) -> None:
    project = step("project")
    with pytest.raises(project.StepError, match="apt-get install its-package"):
        project.tool("no-such-program", "its-package")
