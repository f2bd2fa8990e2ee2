"""The command line and the environment, as one value."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from time import monotonic, process_time
from typing import NamedTuple

from atz_desktop import __version__
from atz_desktop.domain.token_text import parse_token

_HELP_WIDTH = 78


class Options(NamedTuple):
    """What the program was started with. The token comes from the environment alone: an argument
    would be seen by every program of this computer.
    """

    activity: str | None
    api_url: str | None
    token: str | None
    data_dir: str | None
    sandbox: bool
    self_test: Path | None
    startup_trace: Path | None
    list_file: str | None = None
    """A file whose activities are to be the work list: an absolute path."""
    practice: bool = False
    """Offer the tasks of the sandbox, unless all are done."""

    def trace(self, moment: str) -> None:
        """Write a moment of the start for the benchmark, if that is wanted (`--startup-trace`): the
        seconds of the system's steady clock, the peak memory (KiB) and the processor's time
        (seconds) until then. Systems that do not tell their peak memory write 0.
        """
        if self.startup_trace is None:
            return
        at, cpu = monotonic(), process_time()
        try:
            import resource

            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        except ImportError:
            peak = 0
        with self.startup_trace.open("a", encoding="utf-8") as lines:
            lines.write(f"{moment} {at:.4f} {peak} {cpu:.4f}\n")

    def __repr__(self) -> str:
        shown = self._asdict() | {"token": "given" if self.token else None}
        return f"Options({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


def parse_options(arguments: Sequence[str], environment: Mapping[str, str]) -> Options:
    """Read both; exits with a message (code 2) when an argument cannot be understood."""
    parser = argparse.ArgumentParser(
        prog="atz-desktop",
        description="Corrects an activity of ATZ CRM: loads it by its ID, shows a form, and sends "
        "only what was changed.",
        epilog="ATZ_API_URL, ATZ_API_TOKEN and ATZ_DESKTOP_HOME are read from the environment. "
        "With address and token given nothing is asked.",
        # Asked how wide the terminal is, the formatter would import shutil at each argument: 3 ms.
        formatter_class=partial(argparse.HelpFormatter, width=_HELP_WIDTH),
    )
    add = parser.add_argument
    add("activity", nargs="?", metavar="ACTIVITY_ID", help="the activity to load at once")
    add("--list", metavar="FILE", dest="list_file", help="open a CSV, TSV or XLSX as a work list")
    add("--sandbox", action="store_true", help="work on a made-up account inside the program")
    add("--practice", action="store_true", help="the sandbox, begun with its small tasks")
    add("--api-url", metavar="URL", help="address of the API (https, or http on this computer)")
    add("--data-dir", metavar="DIR", help="everything that the program writes stays below it")
    add("--self-test", metavar="DIR", type=Path, help="do the main job without a person, and exit")
    add("--startup-trace", metavar="FILE", type=Path, help="write when the window was painted")
    add("--version", action="version", version=f"ATZ Desktop {__version__}")
    found = parser.parse_args(arguments)
    return Options(
        found.activity,
        found.api_url or environment.get("ATZ_API_URL"),
        parse_token(environment.get("ATZ_API_TOKEN") or "") or None,
        found.data_dir or environment.get("ATZ_DESKTOP_HOME"),
        found.sandbox or found.practice,
        found.self_test,
        found.startup_trace,
        found.list_file and str(Path(found.list_file).absolute()),
        found.practice,
    )


def request_of(options: Options, environment: Mapping[str, str]) -> dict[str, str | bool]:
    """What a start hands over to the program that is running on its data folder.

    It holds the token, and so may go through a socket of this user only.
    """
    given = {
        "activity": options.activity,
        "api_url": options.api_url,
        "token": options.token,
        "list_file": options.list_file,
        "activation": environment.get("XDG_ACTIVATION_TOKEN"),
    }
    wanted = {"sandbox": options.sandbox, "practice": options.practice}
    return {**wanted, **{name: text for name, text in given.items() if text}}


def options_of(request: Mapping[str, object]) -> Options:
    """The options of a start that was handed over; what makes no sense counts as not given."""

    def text(name: str) -> str | None:
        found = request.get(name)
        return found if isinstance(found, str) and found else None

    return Options(
        text("activity"),
        text("api_url"),
        parse_token(text("token") or "") or None,
        data_dir=None,
        sandbox=request.get("sandbox") is True,
        self_test=None,
        startup_trace=None,
        list_file=text("list_file"),
        practice=request.get("practice") is True,
    )
