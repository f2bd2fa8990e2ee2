"""What the proofs share: saying what was found, a screen to draw on, running programs."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from steps.project import BUILD, StepError, say, size_of
from steps.sizes import is_within, words_of

SHOTS = BUILD / "shots"
"""Where the pictures of a proof go, to be looked at."""


def check(true: bool, what: str, because: str = "") -> None:
    """Say what was found to be so. Raises StepError if it is not, with `because`."""
    if not true:
        raise StepError(f"NOT so: {what}\n{because}".strip())
    say(f"ok: {what}")


def check_size(package: Path) -> float:
    """It is as small as it must be; its size in MB. Raises StepError if it is not."""
    check(is_within(package), words_of(package))
    return round(size_of(package) / 1e6, 1)


@contextmanager
def screen() -> Iterator[str]:
    """An X display nobody sees (1280 × 900); its name."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-ac", "-screen", "0", "1280x900x24"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    if not number:
        raise StepError("Xvfb could not be started")
    try:
        yield f":{number}"
    finally:
        end(server)


@contextmanager
def running(command: list[str], env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program in the background, ended at the end."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a program to end; kill it when it does not within ten seconds."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until something is so. Raises StepError if it is not in time."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise StepError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)


def answer(command: list[str], env: Mapping[str, str], seconds: float = 300) -> tuple[int, str]:
    """Exit code and output of a program, through a pipe (Wine gives a windowed program no file).

    Raises StepError with what it said so far if it does not end in time.
    """
    process = subprocess.Popen(
        command,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as late:
        process.kill()
        said = late.output.decode(errors="replace") if late.output else ""
        raise StepError(f"{command[:2]} did not end within {seconds:.0f} s\n{said}") from None
    return process.returncode, said


def photograph(display: str, name: str) -> Path:
    """A picture of the whole screen, for somebody to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    file = SHOTS / name
    subprocess.run(["import", "-display", display, "-window", "root", str(file)], check=True)
    return file


def files_below(*folders: Path) -> set[str]:
    """Every file and folder below these, by path."""
    return {str(path) for folder in folders for path in folder.rglob("*")}
