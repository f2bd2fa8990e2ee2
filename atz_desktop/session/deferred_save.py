"""A save that waits until it is known whom a pasted name or address means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.text import quoted
from atz_desktop.session.notices import Level, Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atz_desktop.domain.edit import Edit
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.lookups import Lookups

State = tuple["Edit | None", "Mapping[str, str]"]
"""The edit, and the half-typed text of each field."""

_JOB = "deferred save"
_LONGEST = 40
"""Letters of a text that are said; of a longer one the field is named."""

TYPED_ON = Notice(
    Level.INFO,
    "Not saved yet",
    "You went on typing while a name was looked up. Save when you are done.",
)


class DeferredSave(QObject):
    """Waits for look-ups that are under way, then saves what was there when it was asked to.

    What is typed into other fields meanwhile is nothing that anybody asked to save.
    """

    changed = Signal()
    """`words`."""
    noticed = Signal(object)
    """A Notice: why nothing was saved."""

    def __init__(
        self,
        jobs: Jobs,
        lookups: Lookups,
        state: Callable[[], State],
    ) -> None:
        super().__init__()
        self._jobs = jobs
        self._lookups = lookups
        self._state = state
        self.words = ""
        """What is waited for, as a sentence; "" when nothing is."""

    def start(self, save: Callable[[], None]) -> bool:
        """Call `save` when the half-typed text is looked up; False: none is being looked up."""
        _edit, typed = self._state()
        asked = {name: text for name, text in typed.items() if self._lookups.is_asking(name)}
        if not asked:
            return False
        self._be(f"Saving as soon as {_listed(asked)} is looked up")
        self._jobs.start(_JOB, self._wait(asked, self._state(), save))
        return True

    def give_up(self) -> bool:
        """Save nothing, whatever the look-ups find; whether a save was waiting."""
        waited = bool(self.words)
        self._jobs.cancel(_JOB)
        self._be("")
        return waited

    async def _wait(
        self, asked: Mapping[str, str], before: State, save: Callable[[], None]
    ) -> None:
        await self._lookups.answered(asked)
        self._be("")
        if self._went_on(before, asked):
            self.noticed.emit(TYPED_ON)
        else:
            save()

    def _went_on(self, before: State, asked: Mapping[str, str]) -> bool:
        """Whether anything changed but what the look-ups made of the text."""
        (old, old_typed), (new, typed) = before, self._state()
        if old is None or new is None or old.base.id != new.base.id:
            return True
        others = ACTIVITY.by_name.keys() - asked.keys()
        edited = any(not old.has_same_value(new, name) for name in others)
        retyped = any(old_typed.get(name, "") != typed.get(name, "") for name in others)
        # A part of the text may be left over.
        left = all(
            part in text for name, text in asked.items() for part in typed.get(name, "").split(", ")
        )
        return edited or retyped or not left

    def _be(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self.changed.emit()


def _listed(asked: Mapping[str, str]) -> str:
    texts: Iterable[str] = (
        quoted(single_line(text))
        if len(text) <= _LONGEST
        else f"the text in {ACTIVITY.by_name[name].label}"
        for name, text in asked.items()
    )
    return " and ".join(texts)
