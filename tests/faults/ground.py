"""ATZ, one person and one computer, and what is kept in mind about them."""

from __future__ import annotations

import asyncio
import functools
import itertools
import sys
import tempfile
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from atz_desktop.api.requests import Timeouts
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import JournalEntry
from atz_desktop.domain.values import Option, Span
from atz_desktop.domain.values import Person as Somebody
from atz_desktop.sandbox.account import Account
from atz_desktop.sandbox.apply_update import Directory
from atz_desktop.sandbox.data import made_up_activities
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.people import made_up_book
from atz_desktop.sandbox.request_log import ReceivedRequest
from atz_desktop.sandbox.server import Sandbox
from tests.faults.chronicle import (
    TEXTS,
    Chronicle,
    Record,
    Values,
)
from tests.faults.desk import Desk, LoopTime, Person
from tests.faults.jumping_loop import JumpingLoop

T = TypeVar("T")

if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]
    # httpcore looks for it several times in each request; to find nothing takes long.

IDS = (42, 7)

NAMES = (*TEXTS, "done", "importance", "collaborators", "when")

UNIQUE = {*TEXTS, "when"}
"""Fields that never have the same value twice, unless somebody puts one back."""

HURRIED = Timeouts(connect=2.0, read=0.3, write=2.0, pool=2.0, total=0.5)

LATENCY = 0.01
"""Seconds from a request to its answer: so what was answered when another one left is known."""

NEW_TOKENS = ("a-new-token", "another-new-token")
TOKEN_OF_ANOTHER_ACCOUNT = "token-of-another-account"

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""A file system on which nothing waits for a disk."""

FIRST_DAY = datetime(2026, 8, 1, tzinfo=UTC)


class Ground:
    """What really is (the sandbox), what the person wishes, and the program between the two."""

    def __init__(self) -> None:
        self.foreign: list[Record] = []
        """What was changed in an account that is not the person's: nothing ever may be."""
        self._entries: list[JournalEntry] | None = None
        with ExitStack() as failing:
            self._folder = failing.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
            runner = failing.enter_context(asyncio.Runner(loop_factory=JumpingLoop))
            self.loop = runner.get_loop()
            assert isinstance(self.loop, JumpingLoop)
            failing.enter_context(self.loop.ruling())
            self.sandbox = Sandbox(small_account(), pace_limit=None, clock=self.loop.time)
            self.sandbox.account.now = self._stamp
            self.sandbox.faults.on(Fault("slow", seconds=LATENCY))
            self._serve_other_tokens()
            self._serving = self.do(self._serve(self.loop))
            self._end = failing.pop_all()
        self.person = Person()
        self.wishes: dict[int, Values] = defaultdict(dict)
        """By activity: what the person typed and neither saved, put back nor discarded."""
        self.chronicle = Chronicle(self.sandbox.account, IDS, self.loop.time, self._sent)
        self._open: dict[int, set[str]] = defaultdict(set)
        self._discarded: dict[int, set[str]] = defaultdict(set)
        """Fields whose text was discarded while a save of them might still arrive. When it does, it
        is asked about: it is not what the form stands on, nor what the person wanted any more.
        """
        self._touched: dict[int, set[str]] = defaultdict(set)
        self._given_up: dict[int, set[str]] = defaultdict(set)
        """Fields where a colleague's value was chosen over one's own while a save of them may still
        arrive. When it does, the choice may be kept as a change, and sent. It need not be: nothing
        that was typed is lost then, and ATZ does not tell whose value came last.
        """
        self.sight: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        """By activity and field: all that the form ever showed there, typed or not."""
        self._stale = False
        """Whether reads showed what was: what the form stands on may be old from then on, until it
        is read again with nothing unsaved and nothing open.
        """
        self._lagged_at = 0.0
        self._opened = 0
        """How often an activity was loaded anew, with nothing to undo."""
        self._sending: set[str] = set()
        self._put_back: dict[int, set[str]] = defaultdict(set)
        """Fields that show the old value again while a save of them may still arrive."""
        self.unlisted: list[Values] = []
        """What was saved although the journal could not be written."""
        self._lag: Fault | None = None
        self._numbers = itertools.count(1)
        self._ahead = 0.0
        """Seconds by which ATZ's clock was set."""
        self._seconds = itertools.count()
        self.desk = self.do(self._start())

    def _stamp(self) -> datetime:
        """Whole seconds that grow with each change: two in one second could not be told apart."""
        seconds = self.loop.time() + next(self._seconds) + self._ahead
        return FIRST_DAY + timedelta(seconds=seconds)

    def _serve_other_tokens(self) -> None:
        """… of the same account, and of one where other activities have the same numbers."""
        for token in NEW_TOKENS:
            self.sandbox.serve(token, self.sandbox.account)
        other = small_account()
        for activity in other.activities():
            other.set({**activity, "created_at": "2020-02-02T02:02:02Z"})
        other.on_change = self.foreign.append
        self.sandbox.serve(TOKEN_OF_ANOTHER_ACCOUNT, other)

    def close(self) -> None:
        self.do(self.desk.crash())
        self.sandbox.stop()
        self.do(asyncio.wait([self._serving]))
        self._end.close()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """One step of the program's own loop, which stands still in between."""
        self._entries = None
        return self.loop.run_until_complete(work)

    async def _serve(self, loop: JumpingLoop) -> asyncio.Task[None]:
        listening = asyncio.Event()
        task = loop.serve(self.sandbox.run(listening.set))
        await listening.wait()
        return task

    async def _start(self) -> Desk:
        file = Path(self._folder) / "atz.sqlite3"
        desk = Desk(self.sandbox, file, self.person, HURRIED, LoopTime())
        desk.session.model.changed.connect(lambda form, _names: self._see(form and form.edit))
        desk.session.opened.connect(lambda _: self._note_opened())
        desk.session.unconfirmed_saves.start_checking()  # as on connecting
        return desk

    def _note_opened(self) -> None:
        self._opened += 1

    def _see(self, edit: Edit | None) -> None:
        if edit is None:
            return
        for name in UNIQUE:
            shown, value = self.sight[edit.base.id][name], edit.value(name)
            if value not in shown:
                shown.append(value)

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

    def entries(self) -> list[JournalEntry]:
        """The journal, the oldest entry first; read once after each step of the program."""
        if self._entries is None:
            self._entries = self.loop.run_until_complete(self.desk.entries())
        return self._entries

    def _form(self) -> Values:
        assert self.edit is not None
        return {name: self.edit.value(name) for name in NAMES}

    def _under_way(self, activity_id: int) -> set[str]:
        """Fields of saves that are not confirmed, or that are being made."""
        return self._open[activity_id] | self._sending

    def _keep_put_back(self, names: Iterable[str]) -> None:
        """What is put back while a save of it may still arrive is to stay so when it does."""
        edit, shown = self.edit, self.now_shown
        assert edit is not None
        for name in self._under_way(shown).intersection(names) - self.wishes[shown].keys():
            self.wishes[shown][name] = edit.value(name)
            self._put_back[shown].add(name)

    def _sent(self) -> list[tuple[int, Record]]:
        """The activity and the form of every PUT so far."""
        puts = [each for each in self.sandbox.requests if each.method == "PUT"]
        return [(activity_of(put), form_of(put)) for put in puts]


def small_account() -> Account:
    """As many activities as the tests need: what is copied for each of them takes time."""
    activities, book = _made_up()
    return Account(activities, book)


@functools.cache
def _made_up() -> tuple[list[Record], Directory]:
    """Made once: hundreds of activities take longer than most steps. An account copies them."""
    book = made_up_book()
    return [each for each in made_up_activities(book) if each["id"] in IDS], book


def activity_of(request: ReceivedRequest) -> int:
    return int(request.path.rpartition("/")[2])


def form_of(put: ReceivedRequest) -> Record:
    """What was sent of fields; a file is sent alone here."""
    is_file = put.headers.get("content-type", "").startswith("multipart/")
    form: Record = {} if is_file else put.json()
    return form
