"""What a key in a field makes the program do: each value once, in few files."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from PySide6.QtWidgets import QLineEdit

import atz_desktop
from tests.walks.conftest import Walk

TOP = str(Path(atz_desktop.__file__).parent)

ONCE = (
    "domain/edit.py Edit.with_value",
    "domain/edit.py Edit.problems",
    "domain/schema.py Field.error",
    "session/form_model.py FormModel.set_value",
    "session/form_state.py FormState.problems",
    "session/form_state.py FormState.save_state",
    "view/form/activity_form.py ActivityForm._row_state",
    "view/form/field_row.py FieldRow.show_state",
    "view/form/field_row.py FieldRow.update_hints",
    "view/editors/base.py FieldEditor.update_hint",
    "view/editors/text.py TextEditor._update_counter",
)

FILES = 20
"""The domain makes and checks the value (7), the session keeps it (5: form, undo, draft), the view
takes the key and shows what is another now (8). More than these is a detour.
"""

UNMOVED = (
    *("view/windows/", "view/form/save_bar.py", "app/"),
    *("session/record_session.py", "session/record_context.py"),
)
"""Those who show or do nothing that one more letter changes are not told of it."""

DRAWING = {f"view/{name}.py" for name in ("flat_style", "flat_options", "flat_paint", "theme")}
"""Asked by Qt for sizes and colours whenever it lays something out."""


STANDARD = {"domain/quick_dataclass.py"}
"""In place of the standard library's, which would not be counted either."""


class Calls:
    """Counts the calls of the program's own functions in a block, by file and name."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> Calls:
        sys.setprofile(self._see)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        sys.setprofile(None)

    def _see(self, frame: FrameType, event: str, _argument: Any) -> None:
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(TOP):
            name = f"{Path(file).relative_to(TOP).as_posix()} {frame.f_code.co_qualname}"
            self.counts[name] += 1

    @property
    def files(self) -> set[str]:
        return {name.split()[0] for name in self.counts} - DRAWING - STANDARD


async def test_a_key_in_a_field_computes_each_value_once_and_passes_few_files(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys("ab")  # the first key makes what is made once
    await asyncio.sleep(0)
    with Calls() as calls:
        walk.keys("c")
    assert {name: calls.counts[name] for name in ONCE} == dict.fromkeys(ONCE, 1)
    assert len(calls.files) <= FILES, sorted(calls.files)
    assert not [file for file in calls.files if file.startswith(UNMOVED)]
