"""What a key in a field makes the program do: each value once, in few files."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QLineEdit

from tests.walks.calls import Calls
from tests.walks.conftest import Walk

ONCE = (
    "domain/edit.py Edit.with_value",
    "domain/edit.py Edit.problems",
    "domain/fields.py Field.error",
    "session/form_model.py FormModel.set_value",
    "session/form_state.py FormState.problems",
    "session/form_state.py FormState.save_state",
    "view/form/activity_form.py ActivityForm._row_state",
    "view/form/field_row.py FieldRow.show_state",
    "view/form/field_row.py FieldRow.update_hints",
    "view/editors/base.py FieldEditor.update_hint",
    "view/editors/text.py TextEditor._update_counter",
)

FILES = 14
"""The domain makes and checks the value (5), the session keeps it (3: form, undo, draft), the view
takes the key and shows what is another now (6). More than these is a detour.
"""

UNMOVED = (
    *("view/windows/", "view/form/save_bar.py", "app/"),
    *("session/record_session.py", "session/record_context.py"),
)
"""Those who show or do nothing that one more letter changes are not told of it."""


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
