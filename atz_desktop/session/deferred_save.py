"""A save that waits until it is known whom a pasted name or address means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.text import quoted
from atz_desktop.session.notices import Level, Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atz_desktop.session.form_model import FormModel
    from atz_desktop.session.form_state import FormState
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.lookups import Lookups

_JOB = "deferred save"
_LONGEST = 40
"""Letters of a text that are said; of a longer one the field is named."""

_TYPED_ON = Notice(
    Level.INFO,
    "Not saved yet",
    "You went on typing while a name was looked up. Save when you are done.",
)


class DeferredSave(QObject):
    """Waits for look-ups that are under way, then saves what was there when it was asked to.

    What is typed into other fields meanwhile is nothing that anybody asked to save.
    """

    changed = Signal(object)
    """What is waited for, as a sentence (str); "" when nothing is."""
    notified = Signal(object)
    """A Notice: why nothing was saved."""

    def __init__(self, jobs: Jobs, lookups: Lookups, form: FormModel) -> None:
        super().__init__()
        self._jobs = jobs
        self._lookups = lookups
        self._form = form
        self._text = ""

    def start(self, save: Callable[[], None]) -> bool:
        """Call `save` when the half-typed text is looked up; False: none is being looked up."""
        before = self._form.state
        typed = before.unparsed.items() if before else ()
        asked = {name: text for name, text in typed if self._lookups.is_resolving(name)}
        if before is None or not asked:
            return False
        self._set_text(f"Saving as soon as {_listed(asked)} is looked up")
        self._jobs.start(_JOB, self._wait(asked, before, save))
        return True

    def give_up(self) -> bool:
        """Save nothing, whatever the look-ups find; whether a save was waiting."""
        waited = bool(self._text)
        self._jobs.cancel(_JOB)
        self._set_text("")
        return waited

    async def _wait(
        self, asked: Mapping[str, str], before: FormState, save: Callable[[], None]
    ) -> None:
        await self._lookups.wait_resolved(asked)
        self._set_text("")
        if self._was_edited(before, asked):
            self.notified.emit(_TYPED_ON)
        else:
            save()

    def _was_edited(self, before: FormState, asked: Mapping[str, str]) -> bool:
        """Whether anything changed but what the look-ups made of the text."""
        now = self._form.state
        if now is None or before.activity.id != now.activity.id:
            return True
        others = ACTIVITY.by_name.keys() - asked.keys()
        edited = any(not before.edit.has_same_value(now.edit, name) for name in others)
        old_text, text_now = before.unparsed, now.unparsed
        retyped = any(old_text.get(name) != text_now.get(name) for name in others)
        # A part of the text may be left over.
        left = all(
            part in text
            for name, text in asked.items()
            for part in text_now.get(name, "").split(", ")
        )
        return edited or retyped or not left

    def _set_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.changed.emit(text)


def _listed(asked: Mapping[str, str]) -> str:
    texts: Iterable[str] = (
        quoted(text) if len(text) <= _LONGEST else f"the text in {ACTIVITY.by_name[name].label}"
        for name, text in asked.items()
    )
    return " and ".join(texts)
