"""ATZ, one person and one computer, and everything that is known about what must be true."""

from __future__ import annotations

import asyncio
import itertools
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from atz_desktop.api.requests import Timeouts
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import FIELD_BY_KEY, FIELD_BY_NAME
from atz_desktop.domain.history import JournalEntry
from atz_desktop.domain.merge import Resolution
from atz_desktop.domain.values import Option, Span
from atz_desktop.domain.values import Person as Somebody
from atz_desktop.sandbox.account import Account
from atz_desktop.sandbox.data import made_up_activities
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.people import made_up_book
from atz_desktop.sandbox.request_log import ReceivedRequest
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.restore import why_not_put_back
from atz_desktop.session.services import UnsavedChoice
from tests.faults.chronicle import (
    APPLIED,
    FINAL_FOR,
    TEXTS,
    Chronicle,
    Record,
    Values,
    holds,
)
from tests.faults.desk import ACCOUNT, Desk, LoopTime, Person
from tests.faults.jumping_loop import JumpingLoop

T = TypeVar("T")

IDS = (42, 7)
NAMES = (*TEXTS, "done", "importance", "collaborators", "when")
UNIQUE = {*TEXTS, "when"}
"""Fields that never have the same value twice, unless somebody puts one back."""

HURRIED = Timeouts(connect=2.0, read=0.3, write=2.0, pool=2.0, total=0.5)
GIVING_UP = {Resolution.THEIRS, Resolution.BOTH}
FIRST_DAY = datetime(2026, 8, 1, tzinfo=UTC)
FRESH_FOR = 2.0
"""Seconds after which what was read may not be overwritten any more."""

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


class World:
    """What really is (the sandbox), what the person wishes, and the program between the two."""

    def __init__(self) -> None:
        with ExitStack() as failing:
            self._folder = failing.enter_context(tempfile.TemporaryDirectory())
            self._runner = failing.enter_context(asyncio.Runner(loop_factory=JumpingLoop))
            self.loop = self._runner.get_loop()
            assert isinstance(self.loop, JumpingLoop)
            failing.enter_context(self.loop.counting())
            self.sandbox = Sandbox(small_account(), pace_limit=None, clock=self.loop.time)
            self.sandbox.account.now = self._stamp
            self._serving = self.do(self._serve(self.loop))
            self._end = failing.pop_all()
        self.person = Person()
        self.wishes: dict[int, Values] = defaultdict(dict)
        """By activity: what the person typed and neither saved, put back nor discarded."""
        self.chronicle = Chronicle(self.sandbox.account, IDS, self.loop.time, self._sent)
        self._open: dict[int, set[str]] = defaultdict(set)
        self._touched: dict[int, set[str]] = defaultdict(set)
        self._stale = False
        """Whether reads ever showed what was: what the form stands on may be old from then on."""
        self._crashed = False
        self._sending: set[str] = set()
        self._may_fall_back: set[str] = set()
        self.unlisted: list[Values] = []
        """What was saved although the journal could not be written."""
        self._lag: Fault | None = None
        self._numbers = itertools.count(1)
        self._seconds = itertools.count()
        self.desk = self.do(self._start())

    def _stamp(self) -> datetime:
        """Whole seconds that grow with each change: two in one second could not be told apart."""
        return FIRST_DAY + timedelta(seconds=self.loop.time() + next(self._seconds))

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
        desk = Desk(self.sandbox, file, self.person, HURRIED, LoopTime())
        desk.session.look_up_soon()  # as the program does when an account is connected
        return desk

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
        return Activity.from_response(self.sandbox.account.get(activity_id))

    def new_value(self, name: str, held: Any, who: str) -> Any:
        """A value that was never there before, as far as the field has so many."""
        number = next(self._numbers)
        if name in TEXTS:
            return f"{who} {number}"
        if name == "when":
            assert isinstance(held, Span)
            assert held.start is not None
            return held.with_end(held.start + timedelta(minutes=30 + number))
        if name == "collaborators":
            pool = [Somebody(key) for key in ("1", "2", "3", "5", "6")]
            return tuple(pool[: 1 + number % 5])
        if name == "done":
            return not held
        return Option(("low", "normal", "high", "critical")[number % 4])

    # What the person does

    def load(self, activity_id: int, leaves: UnsavedChoice) -> None:
        shown = self.shown
        dirty = self.desk.session.dirty
        self.person.leaves = leaves
        self.do(self.desk.open(activity_id))
        if dirty and leaves is UnsavedChoice.STAY:
            assert self.shown == shown
        if dirty and leaves is UnsavedChoice.DISCARD and shown is not None:
            self.wishes[shown].clear()

    def type_(self, name: str) -> None:
        """Give a field of the shown activity another value."""
        edit, shown = self.edit, self.shown
        assert edit is not None
        assert shown is not None
        self.wish(shown, name, self.new_value(name, edit.value(name), "Mine"))

    def wish(self, shown: int, name: str, value: Any) -> None:
        self._touched[shown].add(name)
        self.desk.session.set_value(name, value)
        assert self.edit is not None
        if FIELD_BY_NAME[name].kind.equal(value, self.edit.base.value(name)):
            self.wishes[shown].pop(name, None)
            if name in self._under_way(shown):
                self.wishes[shown][name] = value
                self._may_fall_back.add(name)
        else:
            self.wishes[shown][name] = value

    def put_typing_back(self, name: str) -> None:
        assert self.shown is not None
        assert self.edit is not None
        self.desk.session.revert(name)
        self.wishes[self.shown].pop(name, None)
        self._keep_put_back()

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
        self._keep_put_back()

    def _keep_put_back(self) -> None:
        """What is put back while a save of it may still arrive is to stay so when it does."""
        edit, shown = self.edit, self.now_shown
        assert edit is not None
        for name in self._under_way(shown) - self.wishes[shown].keys():
            self.wishes[shown][name] = edit.value(name)
            self._may_fall_back.add(name)

    def _under_way(self, activity_id: int) -> set[str]:
        """Fields of saves that are not confirmed, or that are being made."""
        return self._open[activity_id] | self._sending

    def save(self, faults: Iterable[Fault], pick: Resolution | None, course: Course) -> None:
        """Save while something goes wrong, while others are at it, and perhaps type on."""
        assert self.edit is not None
        ordered = self.edit
        if not self.desk.session.can_save:
            return
        self._let_arrive(self.now_shown, ordered.pending)
        faults = tuple(faults)
        self._stale = self._stale or any(each.name == "lagging" for each in faults)
        with self._striking(faults), self._meanwhile(course):
            self._send(ordered, pick, self.desk.session.save)

    def put_back(self, entry: JournalEntry, pick: Resolution | None) -> None:
        """Put an earlier save back from the history; its activity is loaded if need be."""
        self.person.leaves = UnsavedChoice.KEEP_DRAFT
        self._let_arrive(entry.activity_id, entry.sent)
        self._send(None, pick, lambda: self.desk.session.put_back(entry), entry)

    def reload(self) -> None:
        self.desk.session.reload()
        self.do(self.desk.jobs.wait("open"))

    def look_up(self) -> None:
        """What the program does by itself from time to time."""
        self.do(self._look_up())

    async def _look_up(self) -> None:
        await self.desk.session.look_up()

    def returnable(self) -> list[JournalEntry]:
        """The saves that the history offers to put back."""
        return [each for each in self.entries() if why_not_put_back(each, ACCOUNT) is None]

    # What others do

    def colleague(self, activity_id: int, name: str, back: bool = False) -> None:
        """A colleague sets a field, or puts something back that stood there once."""
        held = self.held(activity_id).value(name)
        value = self._once_held(activity_id, name) if back else self.new_value(name, held, "Theirs")
        if FIELD_BY_NAME[name].kind.equal(value, held):
            return
        self.sandbox.account.colleague_edits(
            activity_id, **FIELD_BY_NAME[name].mapping.write(value, held)
        )

    def _once_held(self, activity_id: int, name: str) -> Any:
        versions = self.chronicle.versions(activity_id)
        return versions[next(self._numbers) % len(versions)].activity.value(name)

    def reads_lag(self, lags: tuple[float, ...]) -> None:
        """From now on, replicas answer in turn; without any, every read is up to date."""
        self.sandbox.faults.off(self._lag) if self._lag else None
        self._lag = Fault("lagging", "GET", "/v1/activity", lags=lags) if lags else None
        if self._lag:
            self.sandbox.faults.on(self._lag)
        self._stale = self._stale or self._lag is not None

    def pass_time(self, seconds: float) -> None:
        """Nobody does anything; the program may."""
        self.do(asyncio.sleep(seconds))

    def _let_arrive(self, activity_id: int, fields: Iterable[str]) -> None:
        """Who sends a field again while it is still coming, may be overtaken: there is no order of
        two PUTs that are both under way.
        """
        keys = {key for key in FIELD_BY_KEY if FIELD_BY_KEY[key].name in set(fields)}
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
        self._crashed = True
        self.desk = self.do(self._start())
        assert self.desk.opening_notice is None
        self.look_at_journal()

    # What must be true

    def look(self) -> None:
        """After every step."""
        assert not self.desk.failures, self.desk.failures
        self.look_at_journal()
        edit, shown = self.edit, self.shown
        if edit is None or shown is None:
            return
        hidden: Values = {}
        for name, value in list(self.wishes[shown].items()):
            if not FIELD_BY_NAME[name].kind.equal(edit.value(name), value):
                is_excused = self._is_murky and name not in UNIQUE
                if (
                    is_excused
                    or name in self._may_fall_back
                    or self._was_overwritten(shown, name, value)
                ):
                    del self.wishes[shown][name]
                    self._may_fall_back.add(name)
                    continue
                assert self._was_answered(shown, name, value), f"typing lost: {name}"
                hidden[name] = value
            if name not in edit.pending and name not in self._under_way(shown):
                del self.wishes[shown][name]  # ATZ holds it, or something else that it made of it
        self._look_at_undo(hidden)
        back = edit.pending.keys() & self._may_fall_back - self.wishes[shown].keys()
        self.wishes[shown] |= {name: edit.pending[name] for name in back}
        known = set(self.wishes[shown]) | (self._touched[shown] if self._is_murky else set())
        odd = set(edit.pending) - known
        assert not odd, f"pending, and nobody typed it: {odd}"
        self.wishes[shown] |= {name: edit.pending[name] for name in edit.pending}

    @property
    def _is_murky(self) -> bool:
        """Whether a save that is found to have arrived late may bring back what was put back."""
        return self._stale or self._crashed

    def _was_overwritten(self, shown: int, name: str, value: Any) -> bool:
        """Whether ATZ did store this value, and a colleague changed it after that, or a lagging
        read shows what was before.
        """
        same, versions = FIELD_BY_NAME[name].kind.equal, self.chronicle.versions(shown)
        stored = any(v.is_ours and same(v.activity.value(name), value) for v in versions)
        return stored and (self._stale or not same(versions[-1].activity.value(name), value))

    def _was_answered(self, shown: int, name: str, value: Any) -> bool:
        """Whether ATZ was found to have stored something else in place of this value."""
        return any(
            FIELD_BY_NAME[name].kind.equal(entry.sent.get(name), value)
            for entry in self.entries()
            if entry.activity_id == shown and entry.outcome in APPLIED
        )

    def look_at_journal(self) -> None:
        """Nothing that was found out since the last look is wrong."""
        entries = self.entries()
        self._open.clear()
        for entry in (each for each in entries if not each.settled):
            self._open[entry.activity_id] |= set(entry.sent)
        for entry in self.chronicle.look(entries):
            self._note_fulfilled(entry)

    def look_at_the_end(self) -> None:
        """When everything has come and was looked up, the journal tells what was done."""
        self.reads_lag(())
        self.pass_time(FINAL_FOR + 10)
        self.look_at_journal()
        self.pass_time(FINAL_FOR)
        self.look()
        self.chronicle.look_at_all(self.entries(), self.unlisted)

    def _note_fulfilled(self, entry: JournalEntry) -> None:
        """What is not shown may be saved by now, and be changed by a colleague after that."""
        wishes = self.wishes[entry.activity_id]
        if entry.activity_id != self.shown:
            for name, value in entry.sent.items():
                if name in wishes and FIELD_BY_NAME[name].kind.equal(wishes[name], value):
                    del wishes[name]

    def entries(self) -> list[JournalEntry]:
        return self.do(self.desk.entries())

    # How it is looked at

    def _form(self) -> Values:
        assert self.edit is not None
        return {name: self.edit.value(name) for name in NAMES}

    def _send(
        self,
        ordered: Edit | None,
        pick: Resolution | None,
        act: Callable[[], None],
        undone: JournalEntry | None = None,
    ) -> None:
        """Do what sends something, and compare what was said with what was done."""
        wanted, changed = self.shown, dict(ordered.pending if ordered else {})
        first, told = len(self.sandbox.requests), len(self.desk.notices)
        known = {each.id for each in self.entries()}
        self.person.pick, self.person.conflicting, self.person.theirs = pick, [], []
        self._sending = set(changed)
        self.do(self._until_sent(act))
        self._sending = set()
        new = next((each for each in reversed(self.entries()) if each.id not in known), None)
        self._look_at_requests(first, ordered, set(undone.sent if undone else changed))
        if (target := undone.activity_id if undone else wanted) is not None:
            self._look_at_conflicts(target)
        said = self.desk.notices[told:]
        self._look_at_words(said[-1] if said else None, first)
        self.look_at_journal()
        if wanted is not None and self.shown == wanted:
            self._take_outcome(wanted, new, changed)
        if undone and self.edit and self.shown == undone.activity_id:
            # What is not confirmed stays in the form, as if it were typed.
            self._may_fall_back |= undone.sent.keys()
            kept = undone.sent.keys() & self.edit.pending.keys()
            self.wishes[self.shown] |= {name: self.edit.pending[name] for name in kept}

    async def _until_sent(self, act: Callable[[], None]) -> None:
        act()
        await self.desk.jobs.wait("save")

    def _sent(self) -> list[tuple[int, Record]]:
        """The activity and the form of every PUT so far."""
        puts = [each for each in self.sandbox.requests if each.method == "PUT"]
        return [(_activity_id(put), put.json()) for put in puts]

    def _look_at_requests(self, first: int, ordered: Edit | None, changed: set[str]) -> None:
        """Only fields that the person changed are sent, nothing twice that may have arrived, and
        nothing that was not merged with a read of the last moment.
        """
        requests = self.sandbox.requests
        puts = [
            number for number in range(first, len(requests)) if requests[number].method == "PUT"
        ]
        for number in puts:
            sent = {FIELD_BY_KEY[key].name for key in requests[number].json()}
            assert sent <= changed | self._may_fall_back, "sent, and nobody changed it"
            self._look_at_look(number, sent, ordered)
        assert all(_surely_refused(requests[number]) for number in puts[:-1]), "sent twice"

    def _look_at_look(self, number: int, sent: set[str], ordered: Edit | None) -> None:
        put = self.sandbox.requests[number]
        reads = [
            each
            for each in self.sandbox.requests[:number]
            if (each.method, each.path) == ("GET", put.path) and each.answer is not None
        ]
        good = [each for each in reads if each.answer and each.answer.status == 200]
        assert good, "sent without a look"
        assert put.at - (good[-1].answered or 0.0) < FRESH_FOR, "sent after an old look"
        if ordered is None or good[-1].answer is None:
            return
        seen = Activity.from_response(json.loads(good[-1].answer.body))
        mine = Edit(seen)
        for name in sent & UNIQUE:
            same, value = FIELD_BY_NAME[name].kind.equal, seen.value(name)
            known = [ordered.original(name), *self._own_values(_activity_id(put), name)]
            known += [theirs for shown, theirs in self.person.theirs if shown == name]
            known += [ordered.value(name)]
            assert any(same(each, value) for each in known), f"overwritten unasked: {name} {mine}"

    def _own_values(self, activity_id: int, name: str) -> list[Any]:
        """What we sent ourselves: the last of it, or while reads lag all of it."""
        entries = [each for each in self.entries() if each.activity_id == activity_id]
        sent = [each.sent[name] for each in entries if name in each.sent]
        if self._stale:
            return sent + [
                each.activity.value(name) for each in self.chronicle.versions(activity_id)
            ]
        return sent[-3:]

    def _look_at_conflicts(self, target: int) -> None:
        """What the person is asked about was somebody else's doing."""
        for name, theirs in () if self._crashed else self.person.theirs:
            if name in UNIQUE and not self._stale and name not in self._open[target]:
                writers = self.chronicle.writers(target, name, theirs)
                assert writers != {True}, f"a save of our own was taken for a colleague's: {name}"

    def _look_at_words(self, said: Notice | None, first: int) -> None:
        puts = [each for each in self.sandbox.requests[first:] if each.method == "PUT"]
        if said is None or not puts:
            return
        number, form = _activity_id(puts[-1]), puts[-1].json()
        texts = {name: form[name] for name in TEXTS if name in form}
        if said.title == "Saved and checked":
            versions = self.chronicle.versions(number)
            assert any(holds(each.activity, texts) for each in versions), "false: saved"
        refused = puts[-1].answer is not None and 400 <= puts[-1].answer.status < 500
        if said.level is Level.PROBLEM and not refused:
            self.chronicle.claim(said.title, number, texts)

    def _take_outcome(self, shown: int, new: JournalEntry | None, changed: Values) -> None:
        """What the person no longer wishes: it was stored, or given up for a colleague's value."""
        assert self.edit is not None
        wishes = self.wishes[shown]
        sent = dict(new.sent) if new and new.outcome in APPLIED else {}
        decided = set(self.person.conflicting) if self.person.pick in GIVING_UP else set()
        hidden: Values = {}
        for name, wish in list(wishes.items()):
            same = FIELD_BY_NAME[name].kind.equal
            if name in changed and same(changed[name], wish):
                is_shown = same(self.edit.value(name), wish)
                if not is_shown and self._was_overwritten(shown, name, wish):
                    wishes.pop(name)
                    self._may_fall_back.add(name)
                    continue
                if not FIELD_BY_NAME[name].kind.matches_server(wish, self.edit.value(name)):
                    assert {name} - UNIQUE or name in sent or name in decided, f"lost: {name}"
                    hidden[name] = wish
                if name not in self.edit.pending:
                    del wishes[name]
                elif self.person.pick is Resolution.BOTH:
                    wishes[name] = self.edit.pending[name]
        self._look_at_undo(hidden)

    def _look_at_undo(self, hidden: Values) -> None:
        """What was typed and is not shown any more comes back with one step of undo."""
        assert self.edit is not None
        if hidden:
            self.desk.session.undo()
            for name, value in hidden.items():
                assert FIELD_BY_NAME[name].kind.equal(self.edit.value(name), value), f"lost: {name}"
            self.desk.session.redo()

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


def small_account() -> Account:
    """As many activities as the tests need: what is copied for each of them takes time."""
    book = made_up_book()
    return Account([each for each in made_up_activities(book) if each["id"] in IDS], book)


def _activity_id(request: ReceivedRequest) -> int:
    return int(request.path.rpartition("/")[2])


def _surely_refused(put: ReceivedRequest) -> bool:
    """Whether the same change may be sent once more."""
    return put.answer is not None and put.answer.status in {401, 422, 429}
