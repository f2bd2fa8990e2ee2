"""What a frozen program starts with (PyInstaller wants a file, not a module)."""

from __future__ import annotations

import sys


def read_on_from_this_file() -> None:
    """Let modules that are imported later come from the file that this process was started from.

    They lie in the executable, which PyInstaller opens by its path each time. An upgrade of the
    Linux package puts another file there while the program runs, with other modules at other
    places: the program would end in the middle of somebody's work.
    """
    import pyimod02_importers  # PyInstaller's own; there is no public way to say this

    pyimod02_importers.pyz_archive._filename = "/proc/self/exe"


if sys.platform == "linux":
    read_on_from_this_file()

from atz_desktop.__main__ import main  # noqa: E402 - after the line above, on purpose

sys.exit(main())
