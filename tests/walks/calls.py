"""Counts what of the program a piece of work passes through."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import atz_desktop

TOP = str(Path(atz_desktop.__file__).parent)

DRAWING = {
    *("paintEvent", "resizeEvent", "sizeHint", "minimumSizeHint", "hasHeightForWidth"),
    *("heightForWidth", "sizeFromContents", "pixelMetric", "subElementRect", "subControlRect"),
    *("drawPrimitive", "drawControl", "drawComplexControl", "styleHint", "setGeometry"),
}
"""Asked by Qt whenever it lays something out or paints it; what they call is drawing, too."""

UNCOUNTED = {
    *("domain/quick_dataclass.py", "domain/clock.py"),
    "view/widgets/paint_later.py",
}
"""In place of the standard library's, which would not be counted either; and drawing put off."""


class Calls:
    """Counts the calls of the program's own functions on the UI thread, by file and name."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._drawing: list[FrameType] = []

    def __enter__(self) -> Calls:
        sys.setprofile(self._see)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        sys.setprofile(None)

    def _see(self, frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if not code.co_filename.startswith(TOP):
            return
        if event == "return":
            if self._drawing and self._drawing[-1] is frame:
                self._drawing.pop()
        elif event == "call":
            if code.co_name in DRAWING:
                self._drawing.append(frame)
            elif not self._drawing:
                name = f"{Path(code.co_filename).relative_to(TOP).as_posix()} {code.co_qualname}"
                self.counts[name] += 1

    @property
    def files(self) -> set[str]:
        files = {name.split()[0] for name in self.counts}
        return {each for each in files if not each.startswith("sandbox/")} - UNCOUNTED
