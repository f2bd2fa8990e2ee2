"""What builds and proofs measured of the packages, and when: kept in build/ for the bench."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from steps.project import BUILD

FIGURES = BUILD / "figures.json"

TIMES = {
    "build_linux_s": "building the packages for Linux",
    "build_windows_s": "building Setup.exe and the MSI",
    "build_macos_s": "building the image for macOS",
    "setup_install_s": "a silent installation of Setup.exe under Wine",
}
"""Seconds that something took → what."""


class Figure(NamedTuple):
    """One number, and the day on which it was measured."""

    value: float
    day: str


def keep(measured: Mapping[str, float], file: Path = FIGURES) -> None:
    """Keep these numbers with today's date, beside what was measured before."""
    today = date.today().isoformat()  # noqa: DTZ011 - the day of the person at the keyboard
    figures = kept(file) | {name: Figure(value, today) for name, value in measured.items()}
    shown = {name: figure._asdict() for name, figure in sorted(figures.items())}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(shown, indent=1) + "\n", encoding="utf-8")


def kept(file: Path = FIGURES) -> dict[str, Figure]:
    """What was kept; nothing where no file is."""
    if not file.exists():
        return {}
    found = json.loads(file.read_text(encoding="utf-8"))
    # An earlier version kept bare numbers: nobody knows of which day.
    return {name: Figure(**each) for name, each in found.items() if isinstance(each, dict)}


def words_of_times(file: Path = FIGURES) -> list[str]:
    """A line for each time that was kept, for a person."""
    figures = kept(file)
    return [
        f"{what}: {figures[name].value:.0f} s, measured on {figures[name].day}"
        for name, what in TIMES.items()
        if name in figures
    ]
