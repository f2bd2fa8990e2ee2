"""`./dev bench`: what speed costs, as ratios within one run, because machines differ.

Every pair is measured in turn, A B A B …, and the medians are compared. Packages that lie in dist/
are measured too: their sizes against the limits, and their start against that of the checkout. All
ends with one table. `./dev bench start holds` measures these parts alone; of an installed program:
`.venv/bin/python -m tests.bench_start --program /usr/bin/atz-desktop`.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench_bulk import bench_bulk
from tests.bench_idle import bench_idle
from tests.bench_names import bench_names
from tests.bench_start import environment
from tests.bench_table import FILE, Figure, record, recorded, table

ROOT = Path(__file__).parent.parent
SAVES = 60


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> int:
    # Which scripts the fonts of this machine lack is no figure.
    os.environ.setdefault("QT_LOGGING_RULES", "qt.text.font.db=false")
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - PARTS.keys():
        say(f"No such part: {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}.")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures"
        os.environ[FILE] = str(file)
        for name in wanted:
            PARTS[name]()
        say(f"\n{table(recorded(file))}")
    return 0


def run(*arguments: str) -> None:
    """A part of the bench that wants a process of its own."""
    figures = {FILE: os.environ[FILE]}
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT, env=environment() | figures)


async def bench_client() -> None:
    """The three requests of one save: our client against bare httpx with one open connection."""
    import httpx

    from atz_desktop.api.client import AtzClient
    from atz_desktop.api.rate_limiter import RateLimiter
    from atz_desktop.sandbox.server import Sandbox

    with Sandbox(pace_limit=None) as sandbox:
        ours = AtzClient(sandbox.url, sandbox.token, rate_limiter=RateLimiter(limit=1_000_000))
        headers = {"Authorization": f"Bearer {sandbox.token}"}
        async with httpx.AsyncClient(base_url=sandbox.url, headers=headers) as bare:

            async def with_client(title: str) -> None:
                await ours.get_activity(42)
                await ours.update_activity(42, {"title": title})
                await ours.get_activity(42)

            async def with_httpx(title: str) -> None:
                (await bare.get("/v1/activity/42")).raise_for_status().json()
                answer = await bare.put("/v1/activity/42", json={"title": title})
                answer.raise_for_status().json()
                (await bare.get("/v1/activity/42")).raise_for_status().json()

            one: list[float] = []
            two: list[float] = []
            for number in range(SAVES + 5):
                for timed, work in ((one, with_client), (two, with_httpx)):
                    with _timed(timed.append):
                        await work(f"Title {number}")
        await ours.close()
    _ratio("requests of one save", "ms", _ms(one[5:]), _ms(two[5:]), 1.3)


PARTS: dict[str, Callable[[], object]] = {
    "start": lambda: run("-m", "tests.bench_start"),
    "client": lambda: asyncio.run(bench_client()),
    "names": bench_names,
    "bulk": bench_bulk,
    "idle": bench_idle,
    "holds": lambda: run("-m", "tests.bench_holds"),
    "soak": lambda: run("-m", "tests.soak"),
    "packages": lambda: run(str(ROOT / "packaging" / "measure.py")),
}
"""By the name that chooses them."""


@contextmanager
def _timed(take: Callable[[float], None]) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    take(time.perf_counter() - begun)


def _ms(seconds: list[float]) -> list[float]:
    return [each * 1000 for each in seconds]


def _ratio(what: str, unit: str, ours: list[float], bare: list[float], aim: float) -> None:
    a, b = statistics.median(ours), statistics.median(bare)
    say(f"  {what}: {a:.3f} {unit} against {b:.3f} {unit}, ratio {a / b:.2f}")
    record(
        Figure(what, a / b, "× bare", aim, f"median {a:.1f} {unit}, least {min(ours):.1f} {unit}")
    )


if __name__ == "__main__":
    sys.exit(main())
