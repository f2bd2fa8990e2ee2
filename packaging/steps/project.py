"""What is built, from which commit, and how a step says what it does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
BUILD = ROOT / "build" / "packaging"
DIST = ROOT / "dist"

NAME = "ATZ Desktop"
SLUG = "atz-desktop"
SUMMARY = "Correct an activity of ATZ CRM by hand, safely"


class StepError(Exception):
    """Something the person at the keyboard must know about; the message is all they see."""


class Project(NamedTuple):
    """What this build is of. The version stands in one place only: `atz_desktop/__init__.py`.

    `epoch` is the time of the commit in seconds: every time stamp inside an installer is this one,
    so that the same commit gives the same bytes.
    """

    version: str
    commit: str
    epoch: int

    @property
    def four_numbers(self) -> tuple[int, int, int, int]:
        """The version as Windows wants it."""
        numbers = [int(number) for number in re.findall(r"\d+", self.version)][:4]
        first, second, third, fourth = (*numbers, *[0] * (4 - len(numbers)))
        return first, second, third, fourth


def read_project() -> Project:
    """Version from the source, commit and its time from git (SOURCE_DATE_EPOCH wins).

    Raises StepError where neither git nor SOURCE_DATE_EPOCH tells the time.
    """
    source = (ROOT / "atz_desktop" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', source, re.MULTILINE)
    if found is None:
        raise StepError("atz_desktop/__init__.py names no __version__")
    commit, when = _git("rev-parse", "HEAD"), _git("log", "-1", "--format=%ct")
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or when
    if not epoch:
        raise StepError("this is no git checkout: set SOURCE_DATE_EPOCH to the time of the source")
    return Project(found[1], commit or "unknown", int(epoch))


def _git(*arguments: str) -> str:
    # A checkout of another user, as in CI, is read all the same.
    command = ["git", "-c", "safe.directory=*", *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def say(text: str) -> None:
    """Tell the person at the keyboard."""
    print(f"package: {text}", flush=True)  # noqa: T201 - the one place that prints


def tool(name: str, package: str) -> str:
    """The path of a program that a step needs. Raises StepError naming Debian's package for it."""
    found = shutil.which(name)
    if found is None:
        raise StepError(f"{name} is missing; on Debian: sudo apt-get install {package}")
    return found


def run(
    command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> str:
    """Run a program to its end; what it printed. Raises StepError with that if it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        cwd=cwd or ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        shown = " ".join(words[:4])
        raise StepError(f"{shown} … failed with exit code {done.returncode}:\n{done.stdout}")
    return done.stdout


def fresh_folder(folder: Path) -> Path:
    """The folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.lstat().st_size for file in path.rglob("*") if not file.is_dir())


def megabytes(path: Path) -> str:
    """That size for a person."""
    return f"{size_of(path) / 1e6:.1f} MB"


def set_times(folder: Path, epoch: int) -> None:
    """Give everything below `folder`, and itself, the time of the commit."""
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (epoch, epoch), follow_symlinks=False)
