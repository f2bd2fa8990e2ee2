"""What one person, others and the computer do, each followed by a look at what must be true."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.merge import Resolution
from atz_desktop.sandbox.faults import Fault
from atz_desktop.session.phase import SaveState
from atz_desktop.session.restore import why_not_restorable
from atz_desktop.session.services import UnsavedChoice
from tests.faults.chronicle import FINAL_FOR, holds
from tests.faults.desk import ACCOUNT
from tests.faults.ground import HURRIED, NAMES
from tests.faults.sending import Course, Sending
from tests.faults.truths import GIVING_UP

LONGEST_LAG = 30.0
"""Seconds by which the reads of any mishap lag behind, at most."""


class World(Sending):
    """Everything that may happen."""

    # What the person does

    def load(self, activity_id: int, leaves: UnsavedChoice) -> None:
        shown = self.shown
        dirty = self.desk.session.state.dirty
        self.person.leaves = leaves
        self.do(self.desk.open(activity_id))
        if dirty and leaves is UnsavedChoice.STAY:
            assert self.shown == shown
        if dirty and leaves is UnsavedChoice.DISCARD and shown is not None:
            self.wishes[shown].clear()
            self._discarded[shown] |= self._open[shown]

    def put_typing_back(self, name: str) -> None:
        assert self.shown is not None
        assert self.edit is not None
        self.desk.session.model.revert(name)
        is_shown_anew = self.wishes[self.shown].pop(name, None) is not None
        self._keep_put_back([name] if is_shown_anew else [])

    def walk(self, back: bool) -> None:
        """Undo or redo; the other way round again shows the same as before."""
        session = self.desk.session
        form, state = session.model, session.state
        there, again = (form.undo, form.redo) if back else (form.redo, form.undo)
        can = state.can_undo if back else state.can_redo
        before = self._form()
        there()
        after = self._form()
        if can:
            again()
            assert self._form() == before
            there()
        assert self._form() == after
        assert self.edit is not None
        assert self.shown is not None
        wished = self.wishes[self.shown]
        self.wishes[self.shown] = dict(self.edit.pending)
        moved = {
            name
            for name in NAMES
            if not ACTIVITY.by_name[name].kind.equal(before[name], after[name])
        }
        self._keep_put_back(moved | wished.keys())

    def save(self, faults: Iterable[Fault], pick: Resolution | None, course: Course) -> None:
        """Save while something goes wrong, while others are at it, and perhaps type on."""
        if requested := self._to_be_saved():
            with self._under(faults, requested), self._meanwhile(course):
                self._send(requested, pick, self.desk.session.save)

    def save_and_go_on(
        self, activity_id: int, faults: Iterable[Fault], pick: Resolution | None
    ) -> None:
        """Leave for an activity, or for this one anew, with a save; stay if that is not checked."""
        if requested := self._to_be_saved():
            shown, self.person.leaves = self.now_shown, UnsavedChoice.SAVE
            with self._under(faults, requested):
                open_ = partial(self.desk.session.open, activity_id)
                new = self._send(requested, pick, open_, job="open")
            if self.shown != shown:
                # Of a 429, nothing is sent once more where ATZ holds all of it by then.
                is_needless = new and new.outcome is Outcome.NOT_SENT and self._is_held(requested)
                is_checked = new is None or new.outcome is Outcome.VERIFIED
                assert is_checked or is_needless, "left, and not confirmed"
                for name in self.person.conflicting if pick in GIVING_UP else ():
                    self.wishes[shown].pop(name, None)

    def _is_held(self, edit: Edit) -> bool:
        return holds(self.held(edit.base.id), edit.pending)

    def _to_be_saved(self) -> Edit | None:
        is_ready = self.desk.session.state.save_state is SaveState.READY
        return self.edit if is_ready else None

    @contextmanager
    def _under(self, faults: Iterable[Fault], requested: Edit) -> Iterator[None]:
        """Strike with these, once what is on its way to the same fields has come."""
        self._let_arrive(self.now_shown, requested.pending)
        faults = tuple(faults)
        is_lagging = any(each.name == "lagging" for each in faults)
        self._note_lag(is_on=is_lagging)
        with self._striking(faults):
            yield
        self._note_lag(is_on=is_lagging)

    def put_back(self, entry: JournalEntry, pick: Resolution | None) -> None:
        """Put an earlier save back from the history; its activity is loaded if need be."""
        self.person.leaves = UnsavedChoice.KEEP_DRAFT
        self._let_arrive(entry.activity_id, entry.sent)
        self._send(None, pick, lambda: self.desk.session.restore(entry), entry)

    def reload(self) -> None:
        self.desk.session.reload()
        self.do(self.desk.jobs.wait("open"))
        is_current = self._lag is None and self.loop.time() - self._lagged_at > LONGEST_LAG
        if is_current and not any(self._open.values()) and not any(self.wishes.values()):
            self._stale = False

    def look_up(self) -> None:
        """What the program does by itself from time to time."""
        self.do(self._look_up())

    async def _look_up(self) -> None:
        await self.desk.session.unconfirmed_saves.reconcile_once()

    def returnable(self) -> list[JournalEntry]:
        """The saves that the history offers to put back."""
        return [each for each in self.entries() if why_not_restorable(each, ACCOUNT) is None]

    # What others do

    def reads_lag(self, lags: tuple[float, ...]) -> None:
        """From now on, replicas answer in turn; without any, every read is up to date."""
        if self._lag:
            self._note_lag(is_on=True)
            self.sandbox.faults.off(self._lag)
        self._lag = Fault("lagging", "GET", "/v1/activity", lags=lags) if lags else None
        if self._lag:
            self.sandbox.faults.on(self._lag)
        self._note_lag(is_on=self._lag is not None)

    def set_clock(self, seconds: float) -> None:
        """ATZ's clock is set forward or back."""
        self._ahead += seconds

    def _note_lag(self, *, is_on: bool) -> None:
        self._stale = self._stale or is_on
        if is_on or self._lag:
            self._lagged_at = self.loop.time()

    def pass_time(self, seconds: float) -> None:
        """Nobody does anything; the program may."""
        self.do(asyncio.sleep(seconds))

    def _let_arrive(self, activity_id: int, fields: Iterable[str]) -> None:
        """Who sends a field again while it is still coming, may be overtaken: there is no order of
        two PUTs that are both under way.
        """
        keys = {key for key in ACTIVITY.by_key if ACTIVITY.by_key[key].name in set(fields)}
        while any(keys & form.keys() for form in self.sandbox.account.pending(activity_id)):
            self.do(asyncio.sleep(5))

    # What befalls the computer

    def crash(self) -> None:
        """… half a second after the last key."""
        self.do(self.desk.on_disk())
        self.do(self.desk.crash())
        self._start_again()

    def crash_while_saving(self, held: Iterable[Fault]) -> None:
        """The program is gone while ATZ has not answered one of its requests yet."""
        assert self.edit is not None
        self.do(self.desk.on_disk())
        self._let_arrive(self.now_shown, self.edit.pending)
        self.person.pick = Resolution.MINE
        with self._striking(held):
            self.do(self._die_at())
        self._start_again()

    async def _die_at(self) -> None:
        """… in the middle of the pause before a time-out, if a request is held."""
        self.desk.session.save()
        await asyncio.sleep(HURRIED.read / 2)
        await self.desk.crash()

    def close_and_open(self) -> None:
        self.do(self.desk.leave())
        self.desk = self.do(self._start())

    def _start_again(self) -> None:
        self.desk = self.do(self._start())
        assert self.desk.opening_notice is None
        self.look_at_journal()

    def look_at_the_end(self) -> None:
        """When everything has come and was looked up, the journal tells what was done."""
        self.reads_lag(())
        self.pass_time(FINAL_FOR + 10)
        self.look_at_journal()
        self.pass_time(FINAL_FOR)
        self.look()
        self.chronicle.look_at_all(self.entries(), self.unlisted)
