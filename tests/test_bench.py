"""What the bench makes of what it measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench_screen import Change, painted_at
from tests.bench_table import FILE, Figure, paired_ratio, record, recorded, table


def test_a_window_is_there_when_it_covers_its_place_and_not_with_its_frame() -> None:
    changes = [Change(1.0, 300), Change(1.2, 9_800), Change(1.5, 10_000), Change(1.9, 9_900)]
    assert painted_at(changes) == 1.2


def test_a_round_that_is_slow_as_a_whole_changes_no_ratio() -> None:
    assert paired_ratio([2.0, 40.0, 2.2], [1.0, 20.0, 1.0]) == 2.0


def test_the_table_says_of_each_figure_whether_its_aim_is_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "figures"
    assert recorded(file) == []
    monkeypatch.setenv(FILE, str(file))
    record(Figure("window", 0.9, "× bare", 1.0))
    record(Figure("form", 3.4, "× bare", 2.5, "median 500 ms"))
    record(Figure("private", 70.0, "MiB"))
    _head, window, form, private = table(recorded(file)).splitlines()
    assert window.split() == ["window", "0.90", "×", "bare", "≤", "1", "×", "bare", "met"]
    assert form.endswith("NOT MET  median 500 ms")
    assert private.split() == ["private", "70.00", "MiB"]
