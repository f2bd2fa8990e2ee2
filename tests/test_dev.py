"""`./dev`: what it says and decides. That it sets a machine up is shown by using it (.ci/run)."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def dev() -> ModuleType:
    loader = SourceFileLoader("dev", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def call(*args: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "dev"), *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_help_names_every_command_and_works_from_any_folder(
    dev: ModuleType, tmp_path: Path
) -> None:
    done = call("--help", cwd=tmp_path)
    assert done.returncode == 0
    for command in dev.COMMANDS:
        assert f"./dev {command}" in done.stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["tset"], "there is no command 'tset'"),
        ([], "say what to do"),
        (["check", "--fast"], "takes no arguments, but got --fast"),
        (["package"], "for which system"),
        (["package", "amiga"], "windows | linux | macos"),
        (["pins", "--force"], "nothing but --upgrade"),
    ],
)
def test_a_command_line_without_sense_is_answered_in_words_and_with_2(
    args: list[str], words: str
) -> None:
    done = call(*args)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("args", "environ", "slow_too"),
    [([], {}, False), (["--all"], {}, True), ([], {"CI": "1"}, True)],
)
def test_all_processors_test_and_the_slow_tests_are_for_who_asks_and_for_ci(
    dev: ModuleType, args: list[str], environ: dict[str, str], *, slow_too: bool
) -> None:
    called = dev.pytest_arguments(args, environ)
    assert called[0] == "--numprocesses"
    assert min(8, os.cpu_count() or 1) <= int(called[1]) <= 8
    assert called[called.index("--max-worker-restart") + 1] == "0"
    assert ("not slow" not in called) is slow_too
    assert "--all" not in called


@pytest.mark.parametrize(
    ("free", "environ", "used"),
    [
        (2**31, {}, True),
        (2**29, {}, False),
        (2**31, {"CI": "1"}, False),
        (2**31, {"TMPDIR": "/somewhere"}, False),
    ],
)
def test_the_tests_write_into_memory_where_it_has_the_room_and_nobody_says_otherwise(
    dev: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    free: int,
    environ: dict[str, str],
    *,
    used: bool,
) -> None:
    monkeypatch.setattr(dev, "IN_MEMORY", tmp_path)
    monkeypatch.setattr(dev.shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))
    assert dev.temporary_folder(environ) == ({"TMPDIR": str(tmp_path)} if used else {})
    monkeypatch.setattr(dev, "IN_MEMORY", tmp_path / "missing")
    assert dev.temporary_folder({}) == {}


def test_who_says_what_to_test_gets_plain_pytest(dev: ModuleType) -> None:
    assert dev.pytest_arguments(["tests/domain", "-x"], {}) == ["tests/domain", "-x"]
    assert dev.pytest_arguments(["--all", "tests/faults"], {"CI": "1"}) == ["tests/faults"]


def test_the_environment_is_current_only_for_the_same_pins_and_python(
    dev: ModuleType, tmp_path: Path
) -> None:
    pins = tmp_path / "program.txt"
    pins.write_text("httpx==0.28.1\n")
    stamp = dev.stamp_of([pins], "linux 3.11.2")
    (tmp_path / "stamp").write_text(stamp)
    here = Path(sys.executable)

    assert dev.is_current(here, tmp_path / "stamp", dev.stamp_of([pins], "linux 3.11.2"))
    assert not dev.is_current(here, tmp_path / "stamp", dev.stamp_of([pins], "linux 3.12.1"))
    pins.write_text("httpx==0.28.2\n")
    assert not dev.is_current(here, tmp_path / "stamp", dev.stamp_of([pins], "linux 3.11.2"))


def test_line_ends_of_a_windows_checkout_are_no_other_pins(dev: ModuleType, tmp_path: Path) -> None:
    pins = tmp_path / "program.txt"
    pins.write_bytes(b"httpx==0.28.1\n")
    unix = dev.stamp_of([pins], "3.11.2")
    pins.write_bytes(b"httpx==0.28.1\r\n")
    assert dev.stamp_of([pins], "3.11.2") == unix


def test_an_environment_that_was_not_finished_or_lost_its_python_is_not_current(
    dev: ModuleType, tmp_path: Path
) -> None:
    here = Path(sys.executable)
    assert not dev.is_current(here, tmp_path / "never written", "3.11.2 abc\n")
    (tmp_path / "stamp").write_text("3.11.2 abc\n")
    assert dev.is_current(here, tmp_path / "stamp", "3.11.2 abc\n")
    assert not dev.is_current(tmp_path / "python", tmp_path / "stamp", "3.11.2 abc\n")


@pytest.mark.parametrize(
    ("system", "environ", "seen"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ("linux", {"QT_QPA_PLATFORM": "vnc"}, True),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_a_window_is_opened_only_where_somebody_can_see_it(
    dev: ModuleType, system: str, environ: dict[str, str], seen: bool
) -> None:
    assert dev.has_display(system, environ) is seen


def test_what_the_system_lacks_is_found_by_trying(dev: ModuleType) -> None:
    def is_here(what: str) -> bool:
        found: bool = dev.Need("qt", what, "some-package").is_here()
        return found

    assert not is_here("libnothing-of-that-name.so.1")
    assert not is_here("no-program-of-that-name")
    assert not is_here("/no-folder-of-that-name/*")
    python = Path(sys.executable)
    assert is_here(f"{python.parent.as_posix()}/{python.name[:3]}*")


def test_advice_is_a_command_on_debian_and_the_missing_files_elsewhere(dev: ModuleType) -> None:
    missing = dev.needs_for("qt")
    assert {"libegl1", "libgl1"} < set(dev.advice(missing, debian=True).split())
    elsewhere = dev.advice(missing, debian=False)
    assert "libEGL.so.1" in elsewhere
    assert "apt-get" not in elsewhere


def test_the_tools_that_a_build_asks_for_are_installed_before_it_begins(dev: ModuleType) -> None:
    asked = set[tuple[str, str]]()
    for step in (ROOT / "packaging" / "steps").glob("*.py"):
        asked |= set(re.findall(r'\btool\("([^"]+)", "([^"]+)"\)', step.read_text("utf-8")))
    provided = {(need.what, need.package) for need in dev.needs_for("linux", "windows")}
    assert len(asked) > 4
    assert asked - provided == {("dpkg-deb", "dpkg")}  # Debian itself


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_it_can_be_started_by_its_name() -> None:
    assert os.access(ROOT / "dev", os.X_OK)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_every_pin_is_exact_and_hashed_and_no_comment_tells_where_it_came_from() -> None:
    for name in ("program", "development"):
        text = (ROOT / "packaging" / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        header, *entries = text.replace("\\\n", "").splitlines()
        assert header.startswith("# Written by `./dev pins`")
        assert entries
        for entry in entries:
            assert "==" in entry.split()[0], entry
            assert "--hash=sha256:" in entry, entry
