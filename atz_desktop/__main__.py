"""`atz-desktop`: reads the command line and does what it says; the exit code."""

from __future__ import annotations

import os
import sys

from atz_desktop import launch
from atz_desktop.app.crash import CrashHook, disable_core_dump
from atz_desktop.cli import parse_options


def main() -> int:
    """Run the program; the exit code."""
    disable_core_dump()
    options = parse_options(sys.argv[1:], os.environ)
    os.environ.pop("ATZ_API_TOKEN", None)  # a browser that is opened from here needs to know less
    if options.self_test is not None:
        from atz_desktop.selftest import self_test

        return self_test(options.self_test)
    hook = CrashHook(launch.show_fatal_crash)
    hook.install()
    return launch.start(options, hook=hook)


if __name__ == "__main__":
    sys.exit(main())
