"""What ATZ really held, version by version, and whether the journal's words about it are true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.sandbox.account import Account

APPLIED = {Outcome.VERIFIED, Outcome.DIFFERENT}
TOLD = {*APPLIED, Outcome.REFUSED}
"""Of a refused save the journal says that ATZ said no, not that nothing was changed."""
TEXTS = ("title", "location", "description")
"""Fields whose every value is a new one in these tests, so that each tells whence it came."""

FINAL_FOR = 90.0
"""Seconds within which no later read may show that a final word was wrong."""

Values = dict[str, Any]
Record = dict[str, Any]


@dataclass(frozen=True)
class Version:
    """What an activity was from some moment on, and whether our PUT made it so."""

    activity: Activity
    is_ours: bool


@dataclass
class Claim:
    """It was said that these texts were not written; `first` is the version before they were sent.

    `changed` alone: they do not stand there, though something was written.
    """

    what: str
    activity_id: int
    texts: Values
    first: int
    at: float
    puts: int
    """How many PUTs there were by then: what is sent again later is another matter."""


@dataclass
class Chronicle:
    """Hears of every change of an account. `now` is the clock, `sent` the texts of every PUT."""

    account: Account
    ids: Iterable[int]
    now: Callable[[], float]
    sent: Callable[[], list[tuple[int, Record]]]
    _versions: dict[int, list[Version]] = field(default_factory=dict)
    _first: dict[int, int] = field(default_factory=dict)
    _outcomes: dict[int, Outcome | None] = field(default_factory=dict)
    _claims: list[Claim] = field(default_factory=list)
    _looked: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for activity_id in self.ids:
            self._versions[activity_id] = [Version(self._held(activity_id), is_ours=False)]
        self.account.on_change = self._note
        self._remember()

    def versions(self, activity_id: int) -> list[Version]:
        """What the activity was so far, the oldest first."""
        return self._versions[activity_id]

    def writers(self, activity_id: int, name: str, value: Any) -> set[bool]:
        """Whether it was us (True) or others (False) who gave a field this value, or both."""
        same, versions = ACTIVITY.by_name[name].kind.equal, self._versions[activity_id]
        return {
            now.is_ours
            for before, now in pairwise(versions)
            if same(now.activity.value(name), value)
            and not same(before.activity.value(name), value)
        }

    def _note(self, record: Record) -> None:
        ours = record["updated_by"]["id"] == self.account.me
        self._versions[record["id"]].append(Version(Activity.from_response(record), ours))

    def _remember(self) -> None:
        self._looked = {number: len(each) - 1 for number, each in self._versions.items()}

    # Looking

    def look(self, entries: list[JournalEntry], unlisted: list[Values]) -> list[JournalEntry]:
        """Nothing that was found out since the last look is wrong; the saves that did arrive.

        `unlisted` are the saves that were made without the journal.
        """
        arrived = []
        for entry in entries:
            first = self._first.setdefault(entry.id, self._looked[entry.activity_id])
            if entry.outcome is self._outcomes.get(entry.id):
                continue
            assert self._outcomes.get(entry.id) in {None, Outcome.UNKNOWN}, f"not final: {entry}"
            is_new = entry.id not in self._outcomes
            self._outcomes[entry.id] = entry.outcome
            if entry.outcome is Outcome.VERIFIED:
                # What stood so before, a read that lags behind shows as well: a flag, or a text
                # that an earlier save had sent.
                texts = entry.sent.keys() & set(TEXTS)
                is_new_text = bool(texts & _only_in(entry, _earlier(entry, entries)).keys())
                since = first if is_new_text else 0
                stood = self._versions[entry.activity_id][since:]
                assert any(holds(each.activity, entry.sent) for each in stood), f"false: {entry}"
                arrived.append(entry)
            elif entry.outcome is Outcome.DIFFERENT:
                self._claim_different(entry, first, is_new=is_new)
            elif entry.outcome is Outcome.NOT_SENT:
                # What was sent once more, in the journal or not, may stand there by that.
                sent = _only_in(entry, entries)
                again = {
                    (name, values[name]) for values in unlisted for name in values if name in TEXTS
                }
                mine = {name: value for name, value in sent.items() if (name, value) not in again}
                self.claim(f"{entry}", entry.activity_id, mine, first)
        self._look_at_claims()
        self._remember()
        return arrived

    def claim(
        self, what: str, activity_id: int, sent: Mapping[str, Any], first: int | None = None
    ) -> None:
        """It was said that nothing of this was written."""
        texts = {name: sent[name] for name in TEXTS if name in sent}
        first = self._looked[activity_id] if first is None else first
        self._claims.append(Claim(what, activity_id, texts, first, self.now(), len(self.sent())))

    def _claim_different(self, entry: JournalEntry, first: int, *, is_new: bool) -> None:
        """`is_new`: said right after the PUT. A server may answer first and write later, and what
        its answer holds may be a colleague's, whom the look did not show yet. That cannot be told
        from a server that makes something else of what it gets, and then nothing more would come.
        """
        after = entry.after or {}
        self.claim(
            f"{entry}",
            entry.activity_id,
            {
                name: value
                for name, value in entry.sent.items()
                if name in after
                and after[name] != value
                and not (is_new and False in self.writers(entry.activity_id, name, after[name]))
            },
            len(self._versions[entry.activity_id]) - 1,
        )
        for name, value in entry.sent.items():
            if name in after and name in TEXTS and after[name] == value:
                stood = self._versions[entry.activity_id][first:]
                assert any(each.activity.value(name) == value for each in stood), f"false: {entry}"

    def _look_at_claims(self) -> None:
        self._claims = [each for each in self._claims if self.now() - each.at <= FINAL_FOR]
        for claim in self._claims:
            again = [
                body for number, body in self.sent()[claim.puts :] if number == claim.activity_id
            ]
            for name, text in claim.texts.items():
                if not any(body.get(name) == text for body in again):
                    self._look_at_claim(claim, name, text)

    def _look_at_claim(self, claim: Claim, name: str, text: Any) -> None:
        number = claim.activity_id
        assert not self._was_written(number, name, text, claim.first), f"false: {claim}"
        coming = self.account.pending(number)
        assert all(form.get(name) != text for form in coming), f"false, it is to come: {claim}"

    def _was_written(self, activity_id: int, name: str, text: Any, first: int) -> bool:
        versions = self._versions[activity_id]
        return any(
            now.is_ours and now.activity.value(name) == text != before.activity.value(name)
            for before, now in pairwise(versions[first:])
        )

    def look_at_all(self, entries: list[JournalEntry], unlisted: list[Values]) -> None:
        """The journal is settled, and tells of every change that we made; `unlisted` are the saves
        that were made without it.
        """
        assert all(entry.settled for entry in entries), (
            f"not settled: {[(e.id, e.activity_id, e.outcome, e.sent.keys()) for e in entries]}"
        )
        told = [
            (entry.activity_id, values)
            for entry in entries
            for values in (entry.sent, entry.after or {})
            if entry.outcome in TOLD
        ]
        for number, versions in self._versions.items():
            said = [values for activity_id, values in told if activity_id == number] + unlisted
            for before, now in pairwise(versions):
                for name in TEXTS if now.is_ours else ():
                    text = now.activity.value(name)
                    known = text == before.activity.value(name)
                    assert known or any(each.get(name) == text for each in said), (name, text)

    def _held(self, activity_id: int) -> Activity:
        return Activity.from_response(self.account.get(activity_id))


def _earlier(entry: JournalEntry, entries: Iterable[JournalEntry]) -> list[JournalEntry]:
    return [each for each in entries if each.id < entry.id]


def _only_in(entry: JournalEntry, entries: list[JournalEntry]) -> Values:
    """What no other save of the activity tried to write as well, which may come to be stored."""
    others = [e for e in entries if e.activity_id == entry.activity_id and e.id != entry.id]
    return {n: v for n, v in entry.sent.items() if all(e.sent.get(n) != v for e in others)}


def holds(activity: Activity, sent: Mapping[str, Any]) -> bool:
    """Whether everything that was sent stands there."""
    return all(
        ACTIVITY.by_name[name].kind.matches_server(value, activity.value(name))
        for name, value in sent.items()
    )
