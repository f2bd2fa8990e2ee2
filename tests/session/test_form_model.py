from __future__ import annotations

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.session.form_model import TYPING_PAUSE, UndoStack


def _edit(**values: object) -> Edit:
    return Edit(Activity.from_response({"id": 1, "title": "old", "location": "here", **values}))


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def _type(steps: UndoStack, name: str, *texts: str) -> None:
    for text in texts:
        steps.push(steps.current.with_value(name, text), name)


def test_typing_without_a_pause_is_one_step() -> None:
    steps = UndoStack(_edit(), Clock())
    _type(steps, "title", "n", "ne", "new")
    steps.undo()
    assert steps.current.value("title") == "old"
    assert not steps.can_undo
    steps.redo()
    assert steps.current.value("title") == "new"


def test_a_pause_begins_a_new_step() -> None:
    clock = Clock()
    steps = UndoStack(_edit(), clock)
    _type(steps, "title", "new")
    clock.at += TYPING_PAUSE
    _type(steps, "title", "new one")
    steps.undo()
    assert steps.current.value("title") == "new"


def test_going_to_another_field_begins_a_new_step() -> None:
    steps = UndoStack(_edit(), Clock())
    _type(steps, "title", "new")
    _type(steps, "location", "there")
    _type(steps, "title", "newer")
    steps.undo()
    assert (steps.current.value("title"), steps.current.value("location")) == ("new", "there")


def test_a_choice_is_a_step_of_its_own() -> None:
    steps = UndoStack(_edit(), Clock())
    steps.push(steps.current.with_value("done", True))
    steps.push(steps.current.with_value("done", False))
    steps.undo()
    assert steps.current.value("done") is True


def test_a_new_change_forgets_what_was_undone() -> None:
    steps = UndoStack(_edit(), Clock())
    _type(steps, "title", "new")
    steps.undo()
    _type(steps, "location", "there")
    assert not steps.can_redo


def test_undo_steps_back_over_a_save_and_wants_the_earlier_value_again() -> None:
    steps = UndoStack(_edit(), Clock())
    _type(steps, "title", "new")
    steps.rebase(_edit(title="new"), saved=("title",))
    assert not steps.current.dirty
    steps.undo()
    assert dict(steps.current.pending) == {"title": "old"}
    steps.redo()
    assert not steps.current.dirty


def test_undo_over_a_save_leaves_a_colleagues_change_of_another_field_alone() -> None:
    steps = UndoStack(_edit(), Clock())
    _type(steps, "title", "new")
    steps.rebase(_edit(title="new", location="moved by a colleague"), saved=("title",))
    steps.undo()
    assert dict(steps.current.pending) == {"title": "old"}
    assert steps.current.value("location") == "moved by a colleague"
