"""Packs what this version leaves on a disk, for the test that later versions open it.

    .venv/bin/python -m tests.upgrade.make NAME     writes tests/upgrade/NAME.zip

To be run at each release, and whenever the tables changed. What was written is never changed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from atz_desktop.app.program import Program
from atz_desktop.cli import parse_options
from atz_desktop.domain.values import Option
from atz_desktop.launch import start

SETTINGS = {
    "theme": "dark",
    "zone": "Europe/Berlin",
    "review_before_save": True,
    "proxy": "http://proxy.example.com:8080",
    "account": "https://api.atzcrm.com Berlin",
    "accounts": [
        {
            "key": "https://api.atzcrm.com Berlin",
            "name": "Berlin",
            "api_url": "https://api.atzcrm.com",
            "colour": "orange",
            "production": True,
        }
    ],
}
KEPT = ("atz.sqlite3", "settings.json", "sandbox/account.json")


async def _until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - a whole program has no one event to wait for
            await asyncio.sleep(0.01)


async def _work(program: Program) -> None:
    """Two saves, and a draft that is left behind."""
    session = program.front.session
    session.review_first = False

    async def load(number: int) -> None:
        session.open(number)
        await _until(lambda: session.activity is not None and session.activity.id == number)
        await program.front.session.jobs.wait("open")

    await load(42)
    session.model.set_value("importance", Option("high"))
    session.model.set_value("location", "Room 9")
    session.save()
    await program.front.session.jobs.wait("save")
    session.model.set_value("location", "Room 10")
    session.save()
    await program.front.session.jobs.wait("save")
    await load(7)
    session.model.set_value("title", "Typed and never saved")
    await asyncio.sleep(1)


def main(name: str) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    target = Path(__file__).with_name(f"{name}.zip")
    if target.exists():
        raise SystemExit(f"{target} is there already")
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "settings.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
        start(parse_options(["--sandbox", "--data-dir", home], {}), _work)
        with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as packed:
            for kept in KEPT:
                packed.write(Path(home) / kept, kept)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
