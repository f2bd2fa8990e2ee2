"""Undo and redo over the whole form: a list of edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.merge import rebase_after_save

TYPING_PAUSE = 1.0
"""Seconds without a key press after which typing in the same field is a new step."""
MAX_STEPS = 500


class UndoStack:
    """The edits that came before `current` and those that were undone.

    Typing in one field is one step until the user pauses or goes elsewhere. `clock` gives
    seconds and is handed in by tests.
    """

    def __init__(self, edit: Edit, clock: Callable[[], float] = monotonic) -> None:
        self.current = edit
        self._clock = clock
        self._past: list[Edit] = []
        self._future: list[Edit] = []
        self._typing: str | None = None
        self._typed_at = 0.0

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    @property
    def undo_names(self) -> tuple[str, ...]:
        """The fields whose values one step back changes."""
        return _differing(self.current, self._past[-1]) if self._past else ()

    @property
    def redo_names(self) -> tuple[str, ...]:
        """The fields whose values one step forward changes."""
        return _differing(self.current, self._future[-1]) if self._future else ()

    def push(self, edit: Edit, typing: str | None = None) -> None:
        """A new edit; `typing` names the field when it is text that grows key by key."""
        at = self._clock()
        goes_on = typing is not None and typing == self._typing
        if not (goes_on and self._past and at - self._typed_at < TYPING_PAUSE):
            self._past = [*self._past, self.current][-MAX_STEPS:]
        self._typing, self._typed_at = typing, at
        self._future = []
        self.current = edit

    def undo(self) -> None:
        """Go one step back, if there is one."""
        if self._past:
            self._future.append(self.current)
            self.current = self._past.pop()
            self._typing = None

    def redo(self) -> None:
        """Go one step forward again, if there is one."""
        if self._future:
            self._past.append(self.current)
            self.current = self._future.pop()
            self._typing = None

    def rebase(self, edit: Edit, saved: Iterable[str] = ()) -> None:
        """Go on from `edit`, which stands on a base that was read again.

        `saved` names what was just saved: going back over a save shows the earlier values of
        these fields as wishes again. What was shown and is not any more (ATZ ignored it, say) is
        a step to go back to: nothing that was typed is lost. Where somebody else changed a field,
        going back to what was typed over the earlier value leaves that conflict open.
        """
        saved = tuple(saved)
        shown = rebase_after_save(self.current, edit.base, saved, saved)
        self._past = [rebase_after_save(step, edit.base, saved, saved) for step in self._past]
        self._future = [rebase_after_save(step, edit.base, saved, saved) for step in self._future]
        if any(not _holds(edit, name, wish) for name, wish in shown.pending.items()):
            self._past = [*self._past, shown][-MAX_STEPS:]
        self._typing = None
        self.current = edit

    def map(self, change: Callable[[Edit], Edit]) -> None:
        """Replace every step, the current one included."""
        self._past = list(map(change, self._past))
        self._future = list(map(change, self._future))
        self.current = change(self.current)


def _differing(one: Edit, other: Edit) -> tuple[str, ...]:
    """In the order of the form; both stand on the same base."""
    names = one.pending.keys() | other.pending.keys()
    return tuple(
        field.name
        for field in one.record_type.fields
        if field.name in names and one.value(field.name) != other.value(field.name)
    )


def _holds(edit: Edit, name: str, wish: Any) -> bool:
    return edit.field(name).kind.matches_server(wish, edit.value(name))
