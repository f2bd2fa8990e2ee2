"""Runs in a frozen program before PyInstaller's own preparation, which imports PySide6.

atz_desktop/launch.py does the same, which is too late there.
"""

from __future__ import annotations

from atz_desktop.lazy_signatures import defer_signatures
from atz_desktop.quick_enums import make_enums_quickly

defer_signatures()
make_enums_quickly()
