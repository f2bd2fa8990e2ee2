"""What the publisher does for Help → Look for updates, and that the program believes it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from atz_desktop.api.updates import UntrustedReleaseError, read_release
from tests.packaging.conftest import PACKAGING

CHANGELOG = """# Changelog

## [Unreleased]

### Added

- Something to come.

## [0.2.0] - 2026-12-01

### Fixed

- A fault at month ends.

## [0.1.0] - 2026-11-01

- The first one.
"""


@pytest.fixture
def updates(step: Callable[[str], ModuleType]) -> Iterator[ModuleType]:
    sys.path.insert(0, str(PACKAGING))
    try:
        yield importlib.import_module("updates")
    finally:
        sys.path.remove(str(PACKAGING))


@pytest.fixture
def key(updates: ModuleType, tmp_path: Path) -> Path:
    file = tmp_path / "private.key"
    updates.make_key(file)
    return file


def test_the_program_believes_what_the_publisher_signed(updates: ModuleType, key: Path) -> None:
    notes = "Größer, schneller"
    content = updates.sign(key, "0.2.0", notes, "https://atz.example.com", "2026-12-01")
    release = read_release(content, updates.public_key(key))
    assert (release.version, release.notes) == ("0.2.0", notes)
    assert (release.link, release.released) == ("https://atz.example.com", "2026-12-01")
    updates.make_key(other := key.with_name("other.key"))
    with pytest.raises(UntrustedReleaseError):
        read_release(content, updates.public_key(other))


def test_a_key_is_for_its_owner_alone_and_never_replaced(updates: ModuleType, key: Path) -> None:
    if sys.platform != "win32":
        assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes()
    with pytest.raises(updates.StepError):
        updates.make_key(key)
    assert key.read_bytes() == before


def test_nothing_is_signed_that_the_program_would_not_take(updates: ModuleType, key: Path) -> None:
    for version, notes, link in (
        ("0.2.0", "", "http://atz.example.com"),
        ("next", "", "https://atz.example.com"),
        ("0.2.0", "x" * 70_000, "https://atz.example.com"),
    ):
        with pytest.raises(updates.StepError):
            updates.sign(key, version, notes, link, "2026-12-01")


def test_a_file_that_holds_no_key_is_told(updates: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "no.key"
    for content in (None, b"", b"AAAA", b"no base64!"):
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(updates.StepError):
            updates.public_key(file)


def test_the_notes_are_those_of_the_version(updates: ModuleType) -> None:
    assert updates.notes_of(CHANGELOG, "0.2.0") == "Fixed\n\n- A fault at month ends."
    assert updates.notes_of(CHANGELOG, "0.3.0") == "Added\n\n- Something to come."


def test_the_command_writes_a_file_of_this_version(
    updates: ModuleType, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "web" / "latest.json"
    assert updates.main(["sign", str(key), "--out", str(out)]) == 1
    assert updates.main(["sign", str(key), "--link", "https://x.example", "--out", str(out)]) == 0
    assert read_release(out.read_bytes(), updates.public_key(key)).notes
    assert updates.main(["public", str(key)]) == 0
    assert updates.public_key(key) in capsys.readouterr().out
