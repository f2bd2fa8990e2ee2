"""ATZ, one person and one computer, and everything that is known about what must be true."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from atz_desktop.api.messages import Timeouts
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import FIELD, FIELD_OF_KEY
from atz_desktop.domain.history import Entry
from atz_desktop.domain.merge import Pick
from atz_desktop.domain.values import Option, Span
from atz_desktop.domain.values import Person as Somebody
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.putting_back import why_not_put_back
from atz_desktop.session.services import Leave
from tests.faults.chronicle import APPLIED, TEXTS, Chronicle, Values, holds
from tests.faults.desk import ACCOUNT, Desk, LoopTime, Person
from tests.faults.jumping_loop import JumpingLoop

T = TypeVar("T")

IDS = (42, 7)
NAMES = (*TEXTS, "done", "importance", "collaborators", "when")
HURRIED = Timeouts(connect=2.0, read=0.3, write=2.0, pool=2.0, total=0.5)
GIVING_UP = {Pick.THEIRS, Pick.BOTH}
STAMPS = {"updated_at", "updated_by"}

Record = dict[str, Any]


class World:
    """What really is (the sandbox), what the person wishes, and the program between the two."""

    def __init__(self) -> None:
        with ExitStack() as failing:
            self._folder = failing.enter_context(tempfile.TemporaryDirectory())
            self._runner = failing.enter_context(asyncio.Runner(loop_factory=JumpingLoop))
            self.loop = self._runner.get_loop()
            assert isinstance(self.loop, JumpingLoop)
            failing.enter_context(self.loop.counting())
            self.sandbox = Sandbox(pace_limit=None, clock=self.loop.time)
            self._serving = self.do(self._serve(self.loop))
            self._end = failing.pop_all()
        self.person = Person()
        self.wishes: dict[int, Values] = defaultdict(dict)
        """By activity: what the person typed and neither saved, put back nor discarded."""
        self.foreign: dict[int, set[str]] = defaultdict(set)
        """By activity: fields that a colleague changed since the person's base was read."""
        self.chronicle = Chronicle(IDS, self.held, self.catch_up)
        self._numbers = itertools.count(1)
        self.desk = self.do(self._start())

    def close(self) -> None:
        self.do(self.desk.crash())
        self.sandbox.stop()
        self.do(asyncio.wait([self._serving]))
        self._end.close()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """One step of the program's own loop, which stands still in between."""
        return self._runner.run(work)

    async def _serve(self, loop: JumpingLoop) -> asyncio.Task[None]:
        listening = asyncio.Event()
        task = loop.serve(self.sandbox.run(listening.set))
        await listening.wait()
        return task

    async def _start(self) -> Desk:
        file = Path(self._folder) / "atz.sqlite3"
        return Desk(self.sandbox, file, self.person, HURRIED, LoopTime())

    # What is there to see

    @property
    def edit(self) -> Edit | None:
        return self.desk.session.edit

    @property
    def shown(self) -> int | None:
        return self.edit.base.id if self.edit else None

    @property
    def now_shown(self) -> int:
        """The same, where something is."""
        assert self.edit is not None
        return self.edit.base.id

    def held(self, activity_id: int) -> Activity:
        """What ATZ really holds."""
        return Activity.read(self.sandbox.account.get(activity_id))

    def new_value(self, name: str, held: Any, who: str) -> Any:
        """A value that was never there before, as far as the field has so many."""
        number = next(self._numbers)
        if name in TEXTS:
            return f"{who} {number}"
        if name == "when":
            assert isinstance(held, Span)
            assert held.start is not None
            return held.ending(held.start + timedelta(minutes=30 + number))
        if name == "collaborators":
            pool = [Somebody(key) for key in ("1", "2", "3", "5", "6")]
            return tuple(pool[: 1 + number % 5])
        if name == "done":
            return not held
        return Option(("low", "normal", "high", "critical")[number % 4])

    # What the person does

    def load(self, activity_id: int, leaves: Leave) -> None:
        shown = self.shown
        dirty = self.desk.session.dirty
        self.person.leaves = leaves
        self.do(self.desk.open(activity_id))
        if dirty and leaves is Leave.STAY:
            assert self.shown == shown
        if dirty and leaves is Leave.DISCARD and shown is not None:
            self.wishes[shown].clear()
        self._base_was_read()

    def type_(self, name: str) -> None:
        """Give a field of the shown activity another value."""
        edit, shown = self.edit, self.shown
        assert edit is not None
        assert shown is not None
        self.wish(shown, name, self.new_value(name, edit.value(name), "Mine"))

    def wish(self, shown: int, name: str, value: Any) -> None:
        self.desk.session.set_value(name, value)
        assert self.edit is not None
        if FIELD[name].kind.same(value, self.edit.base.value(name)):
            self.wishes[shown].pop(name, None)
        else:
            self.wishes[shown][name] = value

    def put_typing_back(self, name: str) -> None:
        assert self.shown is not None
        self.desk.session.revert(name)
        self.wishes[self.shown].pop(name, None)

    def walk(self, back: bool) -> None:
        """Undo or redo; the other way round again shows the same as before."""
        session = self.desk.session
        there, again = (session.undo, session.redo) if back else (session.redo, session.undo)
        can = session.can_undo if back else session.can_redo
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
        self.wishes[self.shown] = dict(self.edit.pending)

    def save(self, faults: Iterable[Fault], pick: Pick | None, meanwhile: str | None) -> None:
        """Save while something goes wrong, and perhaps type on."""
        assert self.edit is not None
        ordered = self.edit
        if not self.desk.session.can_save:
            return
        with self._striking(faults):
            if meanwhile is not None:
                self._type_at("Reading back…", meanwhile)
            self._send(ordered.pending, pick, self.desk.session.save)

    def put_back(self, entry: Entry, pick: Pick | None) -> None:
        """Put an earlier save back from the history; its activity is loaded if need be."""
        self.person.leaves = Leave.KEEP_DRAFT
        self.catch_up()
        self._send(entry.sent, pick, lambda: self.desk.session.put_back(entry))
        self._base_was_read()

    def reload(self) -> None:
        self.desk.session.reload()
        self.do(self.desk.jobs.wait("open"))
        self._base_was_read()

    def look_up(self) -> None:
        """What the program does by itself from time to time."""
        self.do(self._look_up())
        self._base_was_read()

    async def _look_up(self) -> None:
        await self.desk.session.look_up()

    def returnable(self) -> list[Entry]:
        """The saves that the history offers to put back."""
        return [each for each in self.entries() if why_not_put_back(each, ACCOUNT) is None]

    # What others do

    def colleague(self, activity_id: int, name: str) -> None:
        self.catch_up()
        held = self.held(activity_id)
        value = self.new_value(name, held.value(name), "Theirs")
        self.sandbox.account.colleague_edits(
            activity_id, **FIELD[name].wire.write(value, held.value(name))
        )
        self.foreign[activity_id].add(name)
        self.chronicle.colleague(activity_id, name)

    def catch_up(self) -> None:
        """A slow server carries out what it was sent long ago."""
        self.sandbox.faults.release()

    # What befalls the computer

    def crash(self) -> None:
        """… half a second after the last key."""
        self.do(self.desk.on_disk())
        self.do(self.desk.crash())
        self._start_again()

    def crash_while_saving(self, held: Fault) -> None:
        """The program is gone while ATZ has not answered one of its requests yet."""
        self.do(self.desk.on_disk())
        self.catch_up()
        self.person.pick = Pick.MINE
        before = self.sandbox.account.get(self.now_shown)
        self.do(self._die_at(held))
        self.sandbox.faults.off()
        self._start_again(before)

    async def _die_at(self, held: Fault) -> None:
        switch = self.sandbox.faults.on(held)
        self.desk.session.save()
        while not switch.struck and self.desk.jobs.running("save"):  # noqa: ASYNC110 - a thread
            await asyncio.sleep(0.002)
        await self.desk.crash()

    def close_and_open(self) -> None:
        self.do(self.desk.leave())
        self.desk = self.do(self._start())

    def _start_again(self, before: Record | None = None) -> None:
        self.desk = self.do(self._start())
        assert self.desk.opening_notice is None
        self.catch_up()
        self.chronicle.note(self.entries())
        assert not self.do(self.desk.settle(patience=0)).left
        self.look_at_journal(before)

    # What must be true

    def look(self) -> None:
        """After every step."""
        assert not self.desk.failures, self.desk.failures
        self.look_at_journal()
        edit, shown = self.edit, self.shown
        if edit is None or shown is None:
            return
        for name, value in list(self.wishes[shown].items()):
            assert FIELD[name].kind.same(edit.value(name), value), f"typing lost: {name}"
            if name not in edit.pending:
                del self.wishes[shown][name]  # fulfilled: ATZ held it when it was read last
        assert set(edit.pending) <= set(self.wishes[shown]), "pending, and nobody typed it"

    def look_at_journal(self, before: Record | None = None) -> None:
        """Nothing that was found out since the last look is wrong.

        `before` is what ATZ held before the newest save, where one was made just now.
        """
        earlier = Activity.read(before) if before is not None else None
        for entry in self.chronicle.look(self.entries(), earlier):
            self._note_fulfilled(entry)

    def look_at_replay(self) -> None:
        """The journal and the colleagues' changes, one after the other, make what ATZ holds."""
        self.catch_up()
        assert not self.do(self.desk.settle(patience=0)).left
        self.look_at_journal()
        self.chronicle.look_at_replay(self.entries())

    def _note_fulfilled(self, entry: Entry) -> None:
        """What is not shown may be saved by now, and be changed by a colleague after that."""
        wishes = self.wishes[entry.activity_id]
        if entry.activity_id != self.shown:
            for name, value in entry.sent.items():
                if name in wishes and FIELD[name].kind.same(wishes[name], value):
                    del wishes[name]

    def entries(self) -> list[Entry]:
        return self.do(self.desk.entries())

    # How it is looked at

    def _form(self) -> Values:
        assert self.edit is not None
        return {name: self.edit.value(name) for name in NAMES}

    def _send(self, changed: Any, pick: Pick | None, act: Callable[[], None]) -> None:
        """Do what sends something, and compare what was said with what was done."""
        self.catch_up()
        wanted, changed = self.shown, dict(changed)
        puts, told = len(self._puts()), len(self.desk.notices)
        before = {number: self.sandbox.account.get(number) for number in IDS}
        self.person.pick, self.person.conflicting = pick, []
        self.do(self._until_sent(act))
        new = self.chronicle.note(self.entries())
        target = new.activity_id if new else wanted
        self._look_at_puts(self._puts()[puts:], changed)
        self._look_at_conflicts(target)
        said = self.desk.notices[told:]
        if target is not None:
            self._look_at_words(said[-1] if said else None, new, before[target], target)
            self.look_at_journal(before[target])
        if wanted is not None and self.shown == wanted:
            self._take_outcome(wanted, new, changed)
        self._base_was_read()

    async def _until_sent(self, act: Callable[[], None]) -> None:
        act()
        await self.desk.jobs.wait("save")

    def _puts(self) -> list[Any]:
        return [each for each in self.sandbox.requests if each.method == "PUT"]

    def _look_at_puts(self, puts: list[Any], changed: Values) -> None:
        """Only fields that the person changed are sent, and nothing twice that may have arrived."""
        for put in puts:
            sent = {FIELD_OF_KEY[key].name for key in put.json()}
            assert sent <= set(changed), "sent, and nobody changed it"
        assert len({put.body for put in puts}) <= 1

    def _look_at_conflicts(self, target: int | None) -> None:
        if target is not None:
            false = set(self.person.conflicting) - self.foreign[target]
            assert not false, f"a conflict, and no colleague changed {false}"

    def _look_at_words(
        self, said: Notice | None, new: Entry | None, before: Record, target: int
    ) -> None:
        after = self.sandbox.account.get(target)
        if said is not None and said.title == "Saved and checked":
            assert new is not None
            assert holds(Activity.read(after), new.sent), "false: saved"
        if said is not None and said.level is Level.PROBLEM:
            self.catch_up()
            after = self.sandbox.account.get(target)
            assert _without_stamps(after) == _without_stamps(before), f"false: {said.title}"

    def _take_outcome(self, shown: int, new: Entry | None, changed: Values) -> None:
        """What the person no longer wishes: it was stored, or given up for a colleague's value."""
        assert self.edit is not None
        wishes = self.wishes[shown]
        sent = dict(new.sent) if new and new.outcome in APPLIED else {}
        decided = set(self.person.conflicting) if self.person.pick in GIVING_UP else set()
        hidden: Values = {}
        for name, wish in list(wishes.items()):
            same = FIELD[name].kind.same
            if name in changed and same(changed[name], wish):
                if not FIELD[name].kind.stored(wish, self.edit.value(name)):
                    assert name in sent or name in decided, f"lost: {name}"
                    hidden[name] = wish
                if name not in self.edit.pending:
                    del wishes[name]
                elif self.person.pick is Pick.BOTH:
                    wishes[name] = self.edit.pending[name]
        self._look_at_undo(hidden)

    def _look_at_undo(self, hidden: Values) -> None:
        """What was typed and is not shown any more comes back with one step of undo."""
        assert self.edit is not None
        if hidden:
            self.desk.session.undo()
            for name, value in hidden.items():
                assert FIELD[name].kind.same(self.edit.value(name), value), f"lost: {name}"
            self.desk.session.redo()

    def _base_was_read(self) -> None:
        """A colleague's change that the form stands on already can be no reason for a conflict."""
        if self.edit is not None and self.shown is not None:
            held, base = self.held(self.shown), self.edit.base
            self.foreign[self.shown] -= {
                name for name in NAMES if FIELD[name].kind.same(base.value(name), held.value(name))
            }

    def _striking(self, faults: Iterable[Fault]) -> ExitStack:
        stack = ExitStack()
        self.catch_up()
        for fault in faults:
            self.sandbox.faults.on(fault)
        stack.callback(self.sandbox.faults.off)
        stack.callback(lambda: setattr(self.desk, "at_step", lambda step: None))
        return stack

    def _type_at(self, step: str, name: str) -> None:
        def type_(now: str) -> None:
            if now == step:
                self.type_(name)

        self.desk.at_step = type_


def _without_stamps(record: Record) -> Record:
    return {key: value for key, value in record.items() if key not in STAMPS}
