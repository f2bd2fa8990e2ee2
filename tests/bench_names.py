"""Part of `./dev bench`: names against the frame of 16 ms, at 100,000 names and 1,000 chips.

What is measured is the time of the processor: it does not depend on what else the machine does.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench_table import Figure, record

if TYPE_CHECKING:
    from atz_desktop.domain.local_records import SeenName
    from atz_desktop.view.widgets.chip_input import Chip

NAMES = 100_000
CHIPS = 1_000
FRAME = 16.0
"""Milliseconds."""
ROUNDS = 15

FIRST = ("Ana", "Émile", "Łukasz", "Zoë", "Maria", "Mohamed", "Priya", "Yuki", "Siobhán", "Jürgen")
LAST = ("García", "Nguyễn", "O'Neill", "Müller", "Kowalska", "Sørensen", "Yıldırım", "Tanaka")
TYPED = ("maria garcia", "zo mul", "o'ne", "yildirim", "person4711@", "candidate_0001234", "x")


def bench_names() -> None:
    """Type-ahead over 100,000 names, and a field with 1,000 chips."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_search(Path(folder) / "names.sqlite3"))
    _chips()


def made_up_names() -> list[SeenName]:
    """100,000 candidates, always the same."""
    from atz_desktop.domain.local_records import Name, SeenName

    chance = random.Random(4)
    return [
        SeenName(
            Name(
                "candidate",
                f"candidate_{number:07d}",
                f"{chance.choice(FIRST)} {chance.choice(LAST)} {number % 997}",
                f"person{number}@mail.example",
            ),
            f"2024-01-01T{number % 24:02d}:{number % 60:02d}:00Z",
        )
        for number in range(NAMES)
    ]


async def _search(file: Path) -> None:
    from atz_desktop.store.database import Database
    from atz_desktop.store.names import NameStore

    database, _notice = Database.open(file)
    directory = NameStore(database)
    sights = made_up_names()
    for start in range(0, NAMES, 5_000):
        await directory.learn_page("bench", sights[start : start + 5_000])
    took: dict[str, list[float]] = {}
    for _round in range(ROUNDS):
        for text in TYPED:
            for length in range(1, len(text) + 1):
                begun = time.process_time()
                await directory.search("bench", "candidate", text[:length])
                took.setdefault(text[:length], []).append((time.process_time() - begun) * 1000)
    all_texts = [each for text in took.values() for each in text]
    _frame(f"type-ahead over {NAMES:,} names, one letter", all_texts)
    slowest = max(took, key=lambda text: statistics.median(took[text]))
    _frame(f"… the slowest text, “{slowest}”", took[slowest])
    await asyncio.to_thread(database.close)


def _chips() -> None:
    if sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication, QScrollArea

    from atz_desktop.view.appearance import apply_theme
    from atz_desktop.view.widgets.chip_input import Chip, ChipInput, ChipParseResult
    from atz_desktop.view.widgets.suggestion_list import SuggestionList

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app, "light")
    field = ChipInput(lambda text: ChipParseResult((), text))
    field.set_completer_source(lambda _text: None)
    area = QScrollArea()
    area.setWidget(field)
    area.setWidgetResizable(True)
    area.resize(860, 640)
    area.show()
    area.activateWindow()
    chips = tuple(
        Chip(f"candidate_{n}", f"{FIRST[n % len(FIRST)]} {LAST[n % len(LAST)]}", "tip")
        for n in range(CHIPS)
    )
    made = _timed(lambda: field.show_chips(chips), rounds=1)
    made += _timed(app.processEvents, rounds=60)
    _frame(f"showing {CHIPS:,} chips, the longest that one step takes", [max(made)])
    bar = area.verticalScrollBar()

    def draw() -> None:
        """All that is in sight is drawn anew."""
        area.viewport().update()
        field.update()
        app.processEvents()

    def scroll() -> None:
        bar.setValue((bar.value() + 200) % max(1, bar.maximum()))
        app.processEvents()

    def type_letter() -> None:
        field.show_text(f"a{time.perf_counter_ns() % 7}")
        app.processEvents()

    def offer() -> None:
        field.setFocus()
        field.show_text("a")
        first = time.perf_counter_ns() % 900
        offered = chips[first : first + 20]
        field.show_suggestions("a", tuple(chip._replace(key=f"new {chip.key}") for chip in offered))
        app.processEvents()
        assert any(shown.isVisible() for shown in area.findChildren(SuggestionList))

    def change() -> None:
        field.show_chips(_other(chips))
        app.processEvents()

    for what, work in (
        (f"drawing {CHIPS:,} chips", draw),
        ("… after scrolling", scroll),
        ("… after a letter typed into the box", type_letter),
        ("… with twenty suggestions shown", offer),
        ("… with one chip more or less", change),
    ):
        _frame(what, _timed(work))
    area.close()


def _other(chips: tuple[Chip, ...]) -> tuple[Chip, ...]:
    return chips[: CHIPS - 1 - time.perf_counter_ns() % 2]


def _timed(work: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    took = []
    for _round in range(rounds):
        begun = time.process_time()
        work()
        took.append((time.process_time() - begun) * 1000)
    return took


def _frame(what: str, took: list[float]) -> None:
    middle, worst = statistics.median(took), max(took)
    late = sum(1 for each in took if each > FRAME) / len(took)
    verdict = "within" if middle <= FRAME else "ABOVE"
    sys.stdout.write(
        f"  {what}: {middle:.2f} ms, worst {worst:.2f} ms\n"
        f"    {verdict} the frame of {FRAME:.0f} ms; {late:.1%} took longer\n"
    )
    sys.stdout.flush()
    record(Figure(what, middle, "ms", FRAME, f"worst {worst:.1f} ms, {late:.1%} took longer"))


if __name__ == "__main__":
    bench_names()
