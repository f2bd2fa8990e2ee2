"""How something is sent, and what a person and others do meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import JournalEntry
from atz_desktop.domain.merge import Resolution
from atz_desktop.sandbox.faults import Fault
from tests.faults.truths import Truths

THINKING = "thinking"

STEPS = (THINKING, "Reading the activity again…", "Saving…", "Reading back…")
"""Where in a save somebody else may be at work."""


@dataclass(frozen=True)
class Course:
    """What happens while a save runs: what is `types`d when it is read back, the field that a
    `colleague` changes, `at_step`, and the seconds for which the person `thinks` about a question.
    """

    types: str | None = None
    colleague: str | None = None
    at_step: str = THINKING
    thinks: float = 0.0


CALM = Course()


class Sending(Truths):
    """What may go on while a save runs, and how one is made and judged."""

    def type_(self, name: str) -> None:
        """Give a field of the shown activity another value."""
        edit, shown = self.edit, self.shown
        assert edit is not None
        assert shown is not None
        self.wish(shown, name, self.new_value(name, edit.value(name), "Mine"))

    def wish(self, shown: int, name: str, value: Any) -> None:
        self._touched[shown].add(name)
        self.desk.session.model.set_value(name, value)
        assert self.edit is not None
        if ACTIVITY.by_name[name].kind.equal(value, self.edit.base.value(name)):
            self.wishes[shown].pop(name, None)
            if name in self._under_way(shown):
                self.wishes[shown][name] = value
                self._put_back[shown].add(name)
        else:
            self.wishes[shown][name] = value
            self._put_back[shown].discard(name)

    def colleague(self, activity_id: int, name: str, back: bool = False) -> None:
        """A colleague sets a field, or puts something back that stood there once."""
        held = self.held(activity_id).value(name)
        value = self._once_held(activity_id, name) if back else self.new_value(name, held, "Theirs")
        if ACTIVITY.by_name[name].kind.equal(value, held):
            return
        self.sandbox.account.edit_as_colleague(
            activity_id, **ACTIVITY.by_name[name].mapping.write(value, held)
        )

    def _once_held(self, activity_id: int, name: str) -> Any:
        versions = self.chronicle.versions(activity_id)
        return versions[next(self._numbers) % len(versions)].activity.value(name)

    def _send(
        self,
        requested: Edit | None,
        pick: Resolution | None,
        act: Callable[[], None],
        undone: JournalEntry | None = None,
        job: str = "save",
    ) -> JournalEntry | None:
        """Do what sends something, and compare what was said with what was done; the new entry."""
        wanted, changed = self.shown, dict(requested.pending if requested else {})
        wished = set(changed) | (
            self.wishes[wanted].keys() | self._given_up[wanted] if wanted else set()
        )
        first, told = len(self.sandbox.requests), len(self.desk.notices)
        known, opened = {each.id for each in self.entries()}, self._opened
        self.person.pick, self.person.conflicting = pick, []
        self.person.theirs, self.person.weighed = [], []
        self._sending = set(changed)
        self.do(self._until_sent(act, job))
        self._sending = set()
        new = next((each for each in reversed(self.entries()) if each.id not in known), None)
        target = undone.activity_id if undone else wanted
        for name, value in (*self.person.theirs, *self.person.weighed):
            self.sight[target or 0][name].append(value)
        self._look_at_requests(first, set(undone.sent) if undone else wished, undone)
        if target is not None:
            self._look_at_conflicts(target, requested.originals if requested else ())
        self._note_unlisted(first, new)
        # What comes by itself is no word about this save.
        said = [each for each in self.desk.notices[told:] if not each.aside]
        said = [each for each in said if not each.title.endswith("was not loaded")]
        self._look_at_words(said[-1] if said else None, first)
        self.look_at_journal()
        if wanted is not None and self.shown == wanted:
            self._take_outcome(wanted, new, changed, is_anew=self._opened > opened)
        if undone and self.edit and self.shown == undone.activity_id:
            # What is not confirmed stays in the form, as if it were typed.
            kept = undone.sent.keys() & self.edit.pending.keys()
            self.wishes[self.shown] |= {name: self.edit.pending[name] for name in kept}
        return new

    def _note_unlisted(self, first: int, new: JournalEntry | None) -> None:
        puts = [each for each in self.sandbox.requests[first:] if each.method == "PUT"]
        if new is None and self.person.goes_without_journal:
            self.unlisted += [put.json() for put in puts]

    async def _until_sent(self, act: Callable[[], None], job: str = "save") -> None:
        act()
        await self.desk.jobs.wait(job)

    def _striking(self, faults: Iterable[Fault]) -> ExitStack:
        stack = ExitStack()
        for fault in faults:
            self.sandbox.faults.on(fault)
            stack.callback(self.sandbox.faults.off, fault)
        stack.callback(self.sandbox.faults.release)
        return stack

    @contextmanager
    def _meanwhile(self, course: Course) -> Iterator[None]:
        """What is done while a save runs."""
        shown = self.now_shown

        def act(now: str) -> None:
            if course.types and now == "Reading back…":
                self.type_(course.types)
            if course.colleague and now == course.at_step:
                self.colleague(shown, course.colleague)

        def think() -> None:
            self.person.while_thinking = lambda: None
            if course.colleague and course.at_step == THINKING:
                self.colleague(shown, course.colleague)

        self.desk.at_step = act
        self.person.thinks, self.person.while_thinking = course.thinks, think
        try:
            yield
        finally:
            self.desk.at_step = lambda step: None
            self.person.thinks, self.person.while_thinking = 0.0, lambda: None
