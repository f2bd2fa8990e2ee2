"""The net under all tests: each thing that a test may not leave behind fails that test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

CARELESS_TESTS = """
import asyncio, gc, os, pathlib, sys, threading
from PySide6.QtCore import QTimer

async def fail():
    raise ValueError("nobody hears this")

async def test_task_left():
    asyncio.get_running_loop().create_task(asyncio.sleep(60), name="forgotten")

async def test_task_failed_unheard():
    asyncio.get_running_loop().create_task(fail())
    await asyncio.sleep(0)

def test_thread_left():
    threading.Thread(target=threading.Event().wait, args=(4,), name="endless").start()

def test_thread_failed():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()

def test_finalizer_failed():
    class Careless:
        def __del__(self):
            raise ValueError("nobody hears this")
    Careless()

def test_slot_failed(qapp):
    QTimer.singleShot(0, lambda: 1 / 0)
    qapp.processEvents()

def test_crash_hook_kept():
    sys.excepthook = print

def test_resource_left_open():
    open(os.devnull)
"""

CAREFUL_TESTS = """
import asyncio, os, pathlib, sys, threading
import keyring, pytest

async def test_task_awaited():
    await asyncio.get_running_loop().create_task(asyncio.sleep(0))

def test_thread_joined():
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()

async def test_executor_used():
    assert await asyncio.to_thread(int) == 0

@pytest.fixture
async def server():
    task = asyncio.get_running_loop().create_task(asyncio.sleep(60))
    yield
    task.cancel()
    await asyncio.wait({task})

async def test_fixture_ends_its_own_task(server):
    pass

def test_home_is_not_the_persons(tmp_path):
    assert pathlib.Path.home() != pathlib.Path(os.environ["REAL_HOME"])
    assert os.environ["ATZ_DESKTOP_HOME"] == os.environ["HOME"]
    assert "ATZ_API_TOKEN" not in os.environ
    assert os.environ["XDG_CONFIG_HOME"].startswith(os.environ["HOME"])

def test_key_store_is_not_the_persons():
    with pytest.raises(keyring.errors.NoKeyringError):
        keyring.get_password("atz", "token")
"""


def run_pytest(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    tests = folder / "test_sample.py"
    tests.write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-rA"]
    plugins = ["-p", "tests.conftest", "-p", "no:cacheprovider"]
    environ = {**os.environ, "REAL_HOME": str(folder), "HOME": str(folder)}
    environ["ATZ_API_TOKEN"] = "a token of the person at this computer"
    return subprocess.run(
        [*command, *plugins, str(tests)],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_careless_test_fails_whatever_it_leaves_behind(tmp_path: Path) -> None:
    output = run_pytest(tmp_path, CARELESS_TESTS).stdout
    failed = set(re.findall(r"^(?:FAILED|ERROR) .*::(\w+)", output, flags=re.MULTILINE))
    assert failed == set(re.findall(r"def (test_\w+)", CARELESS_TESTS)), output


@pytest.mark.slow
def test_a_careful_test_passes_and_meets_nothing_of_the_persons(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, CAREFUL_TESTS)
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout
