"""What builds and proofs measured, kept for the bench."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

Step = Callable[[str], ModuleType]


def test_a_time_is_told_with_the_day_on_which_it_was_measured(step: Step, tmp_path: Path) -> None:
    figures, file = step("figures"), tmp_path / "build" / "figures.json"
    assert figures.words_of_times(file) == []
    figures.keep({"setup_install_s": 17.4, "setup_mb": 25.3}, file)
    (line,) = figures.words_of_times(file)
    assert re.fullmatch(
        r"a silent installation .* under Wine: 17 s, measured on \d{4}-\d\d-\d\d", line
    )


def test_what_was_measured_before_stays_until_it_is_measured_again(
    step: Step, tmp_path: Path
) -> None:
    figures, file = step("figures"), tmp_path / "figures.json"
    figures.keep({"build_linux_s": 100.0, "build_windows_s": 80.0}, file)
    figures.keep({"build_linux_s": 90.0}, file)
    assert [line.split(",")[0] for line in figures.words_of_times(file)] == [
        "building the packages for Linux: 90 s",
        "building Setup.exe and the MSI: 80 s",
    ]


def test_a_number_of_an_earlier_version_which_names_no_day_is_not_told(
    step: Step, tmp_path: Path
) -> None:
    file = tmp_path / "figures.json"
    file.write_text('{"build_linux_s": 124.0}')
    assert step("figures").words_of_times(file) == []
