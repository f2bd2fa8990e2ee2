"""The frozen program for Linux and macOS: PyInstaller over an environment without unneeded Qt."""

from __future__ import annotations

from pathlib import Path

from steps.contents import prune
from steps.environment import build_environment, site_packages
from steps.project import BUILD, PACKAGING, SLUG, Project, megabytes, run, say, set_times


def freeze(project: Project, **variables: str) -> Path:
    """Build the folder of the program; where it lies. `variables` reach frozen.spec."""
    python = build_environment()
    packages = site_packages(python)
    saved = prune(packages)
    say(f"left out {saved / 1e6:.0f} MB of Qt that the program does not use")
    run(
        [
            *(python, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"),
            *("--distpath", BUILD / "frozen", "--workpath", BUILD / "work"),
            PACKAGING / "frozen.spec",
        ],
        env={
            "PYTHONHASHSEED": "0",
            "SOURCE_DATE_EPOCH": str(project.epoch),
            "PYTHONDONTWRITEBYTECODE": "1",
            # The packages pack the modules better than PyInstaller does, by 2.3 MB.
            "PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0",
            **variables,
        },
    )
    folder = BUILD / "frozen" / SLUG
    set_times(folder, project.epoch)
    say(f"frozen: {megabytes(folder)}")
    return folder
