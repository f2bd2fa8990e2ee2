"""`./dev bench`: what speed costs, as ratios within one run, because machines differ.

Every pair is measured in turn, A B A B …, and the medians are compared. Packages that lie in dist/
are measured too: their sizes against the limits, and their start against that of the checkout.
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
from tests.bench_names import bench_names

ROOT = Path(__file__).parent.parent
STARTS = 11
SAVES = 60
PATIENCE = 30.0

BARE_WINDOW = """
import sys, time
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(QLineEdit())
window.show()
app.processEvents()
at = time.monotonic()
import resource
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
open(sys.argv[1], "w").write(f"painted {at:.4f} {peak}\\n")
"""


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> int:
    # Which scripts the fonts of this machine lack is no figure.
    os.environ.setdefault("QT_LOGGING_RULES", "qt.text.font.db=false")
    with tempfile.TemporaryDirectory() as folder:
        bench_start(Path(folder))
    asyncio.run(bench_client())
    bench_names()
    bench_bulk()
    run(["-m", "tests.bench_holds"])
    run(["-m", "tests.soak"])
    run([str(ROOT / "packaging" / "measure.py")])
    return 0


def run(arguments: list[str]) -> None:
    """A part of the bench that wants a process of its own."""
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT, env=_environment())


def bench_start(folder: Path) -> None:
    """Process start to the first paint of a window that takes typing, and memory until then."""
    bare, ours = [], []
    loaded: list[tuple[float, int]] = []
    for number in range(STARTS + 1):
        one = _bare(folder / f"bare{number}")
        two, three = _ours(folder / f"ours{number}")
        if number:  # the first run of each warms the caches
            bare.append(one)
            ours.append(two)
            loaded.append(three)
    _ratio("start to first paint", "s", [t for t, _ in ours], [t for t, _ in bare], 1.5)
    _ratio("peak memory then", "MiB", [_mib(m) for _, m in ours], [_mib(m) for _, m in bare], 1.5)
    shown = statistics.median(t for t, _ in loaded)
    peak = statistics.median(_mib(m) for _, m in loaded)
    say(f"  for information: activity 42 in the form after {shown:.3f} s, {peak:.1f} MiB")


def _bare(file: Path) -> tuple[float, int]:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", BARE_WINDOW, file], check=True, env=_environment())
    at, peak = _read(file)["painted"]
    return at - begun, peak


def _ours(file: Path) -> tuple[tuple[float, int], tuple[float, int]]:
    home = file.with_name(file.name + "-home")
    arguments = ["42", "--sandbox", "--data-dir", str(home), "--startup-trace", str(file)]
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "atz_desktop", *arguments], cwd=ROOT, env=_environment()
    ) as process:
        while "shown" not in _read(file):
            if time.monotonic() - begun > PATIENCE or process.poll() is not None:
                process.kill()
                raise SystemExit("The program did not start.")
            time.sleep(0.005)
        process.terminate()
    marks = _read(file)
    (painted, peak), (shown, later) = marks["painted"], marks["shown"]
    return (painted - begun, peak), (shown - begun, later)


def _read(file: Path) -> dict[str, tuple[float, int]]:
    if not file.exists():
        return {}
    rows = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
    return {row[0]: (float(row[1]), int(row[2])) for row in rows if len(row) == 3}


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ATZ_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    if sys.platform == "linux":
        kept.setdefault("QT_QPA_PLATFORM", "offscreen")
    return kept


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


@contextmanager
def _timed(take: Callable[[float], None]) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    take(time.perf_counter() - begun)


def _ms(seconds: list[float]) -> list[float]:
    return [each * 1000 for each in seconds]


def _mib(kib: int) -> float:
    return kib / 1024


def _ratio(what: str, unit: str, ours: list[float], bare: list[float], aim: float) -> None:
    a, b = statistics.median(ours), statistics.median(bare)
    verdict = "within" if a / b <= aim else "ABOVE"
    say(f"  {what}: {a:.3f} {unit} against {b:.3f} {unit}")
    say(f"    ratio {a / b:.2f}, {verdict} the aim of {aim}")


if __name__ == "__main__":
    sys.exit(main())
