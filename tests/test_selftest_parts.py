"""The self-test says what a build left out: each case is a copy of the program without a part."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "inherited-token-1"
START = """
import os, sys
from atz_desktop.__main__ import main
code = main()
print("left:", os.environ.get("ATZ_API_TOKEN"))
sys.exit(code)
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The program as it lies in a checkout, to be broken."""
    shutil.copytree(ROOT / "atz_desktop", tmp_path / "copy" / "atz_desktop")
    shutil.copytree(ROOT / "resources", tmp_path / "copy" / "resources")
    return tmp_path / "copy"


def self_test(copy: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", START, "--self-test", str(copy / "shots")]
    env = {**os.environ, "PYTHONPATH": str(copy), "QT_QPA_PLATFORM": "offscreen"}
    env["ATZ_API_TOKEN"] = TOKEN
    return subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)


def test_a_whole_program_passes_says_a_line_for_each_part_and_hands_no_token_on(copy: Path) -> None:
    done = self_test(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    for said in (
        "icons",
        "licences",
        "styles",
        "svg, png, ico",
        "time zones",
        "FTS5",
        "key store",
        "OpenSSL",
        "workbook",
    ):
        assert said in done.stdout
    assert "byte for byte" in done.stdout
    assert "forged one is refused" in done.stdout
    # Programs that are opened from this one inherit no token.
    assert "left: None" in done.stdout
    assert TOKEN not in done.stdout + done.stderr


def test_a_missing_picture_of_the_program_is_named(copy: Path) -> None:
    (copy / "resources" / "app.svg").unlink()
    done = self_test(copy)
    assert done.returncode == 1
    assert "app.svg is missing" in done.stdout


def test_an_icon_that_draws_nothing_is_named(copy: Path) -> None:
    (copy / "resources" / "icons" / "save.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>', encoding="utf-8"
    )
    done = self_test(copy)
    assert done.returncode == 1
    assert "blank: save" in done.stdout


def test_a_licence_that_was_left_out_is_named(copy: Path) -> None:
    (copy / "resources" / "licences" / "GPL-3.txt").unlink()
    done = self_test(copy)
    assert done.returncode == 1
    assert "GPL-3.txt is missing" in done.stdout


def test_a_part_without_its_licence_is_named(copy: Path) -> None:
    (copy / "resources" / "licences" / "atz-desktop.txt").write_text("", encoding="utf-8")
    done = self_test(copy)
    assert done.returncode == 1
    assert "not there: ATZ Desktop" in done.stdout


def test_tables_that_were_left_out_are_found_missing(copy: Path) -> None:
    for script in (copy / "atz_desktop" / "store" / "migrations").glob("*.sql"):
        script.unlink()
    done = self_test(copy)
    assert done.returncode == 1
    assert "migrations" in done.stdout
