"""What a frozen program starts with (PyInstaller wants a file, not a module)."""

from __future__ import annotations

import sys

from atz_desktop.__main__ import main

sys.exit(main())
