"""What must be true, whatever was done."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.merge import Resolution
from atz_desktop.sandbox.request_log import ReceivedRequest
from atz_desktop.session.notices import Level, Notice
from tests.faults.chronicle import APPLIED, TEXTS, Values, holds
from tests.faults.ground import UNIQUE, Ground, activity_of

GIVING_UP = {Resolution.THEIRS, Resolution.BOTH}

UNFINISHED = {None, Outcome.UNKNOWN, Outcome.DIFFERENT}

FRESH_FOR = 2.0
"""Seconds after which what was read may not be overwritten any more."""


class Truths(Ground):
    """The looks at the form, the requests, the words and the journal."""

    def look(self) -> None:
        """After every step."""
        assert not self.desk.failures, self.desk.failures
        assert not self.foreign, "written into another account"
        self.look_at_journal()
        edit, shown = self.edit, self.shown
        if edit is None or shown is None:
            return
        hidden: Values = {}
        for name, value in list(self.wishes[shown].items()):
            if not ACTIVITY.by_name[name].kind.equal(edit.value(name), value):
                # These have few values: a colleague who sets one back cannot be told from a read
                # that lags, of a version that this run never read. So the form follows it.
                is_excused = self._stale and name not in UNIQUE
                if (
                    is_excused
                    or self._was_taken(shown, name, value)
                    or self._was_overwritten(shown, name, value)
                ):
                    del self.wishes[shown][name]
                    continue
                assert self._was_answered(shown, name, value), f"typing lost: {name}"
                hidden[name] = value
            is_open = name in self._under_way(shown) or self._is_to_be_shown(shown, name, value)
            if name not in edit.pending and not is_open:
                del self.wishes[shown][name]  # ATZ holds it, or something else that it made of it
        self._look_at_undo(hidden)
        # A base of before a save, by a read that lagged: what was put back over it is a change when
        # the save shows. Which of the two reads is the later one, whole seconds do not tell.
        known = set(self.wishes[shown]) | (self._touched[shown] if self._stale else set())
        known |= self._given_up[shown]
        odd = {
            name
            for name in edit.pending.keys() - known
            if not (self._is_back(name) or self._is_overtaken(name) or self._is_as_before(name))
        }
        assert not odd, f"pending, and nobody typed it: {odd}"
        self._given_up[shown] -= self.wishes[shown].keys()
        self._put_back[shown] &= self.wishes[shown].keys()
        self.wishes[shown] |= {name: edit.pending[name] for name in edit.pending}

    def _is_to_be_shown(self, shown: int, name: str, put_back: Any) -> bool:
        """Whether what was put back is to become a change yet: the save of it has come by now, but
        the form does not show it before another save has ended.
        """
        is_equal = ACTIVITY.by_name[name].kind.equal(self.held(shown).value(name), put_back)
        return name in self._put_back[shown] and not is_equal

    def look_at_journal(self) -> None:
        """Nothing that was found out since the last look is wrong."""
        entries = self.entries()
        self._open.clear()
        for entry in (each for each in entries if not each.settled):
            self._open[entry.activity_id] |= set(entry.sent)
        for entry in self.chronicle.look(entries, self.unlisted):
            self._note_fulfilled(entry)

    def _note_fulfilled(self, entry: JournalEntry) -> None:
        """What is not shown may be saved by now, and be changed by a colleague after that."""
        wishes = self.wishes[entry.activity_id]
        if entry.activity_id != self.shown:
            for name, value in entry.sent.items():
                if name in wishes and ACTIVITY.by_name[name].kind.equal(wishes[name], value):
                    del wishes[name]

    # What was typed

    def _is_back(self, name: str) -> bool:
        """Whether a draft of before a save still holds what was saved, and the record the value of
        before it. A colleague may have put that back, or the read lags behind: in a new run nothing
        tells the two apart, so the draft stays (and shows) as a change.
        """
        edit, same = self.edit, ACTIVITY.by_name[name].kind.equal
        assert edit is not None
        return any(
            same(entry.sent[name], edit.pending[name])
            and same(entry.before.get(name), edit.base.value(name))
            for entry in self.entries()
            if entry.activity_id == edit.base.id and name in entry.sent and entry.outcome in APPLIED
        )

    def _is_overtaken(self, name: str) -> bool:
        """Whether ATZ shows what an open save of our own would set, and the form what a later one
        has set: that the earlier one came after the later, and that a colleague chose the same of
        the few values of a field, look alike in every read. It shows, and only a save sends it.
        """
        edit, same = self.edit, ACTIVITY.by_name[name].kind.equal
        assert edit is not None
        mine = [e for e in self.entries() if e.activity_id == edit.base.id and name in e.sent]
        return name not in UNIQUE and any(
            not early.settled
            and same(early.sent[name], edit.base.value(name))
            and same(late.sent[name], edit.pending[name])
            for early, late in itertools.combinations(mine, 2)
        )

    def _is_as_before(self, name: str) -> bool:
        """Whether the form shows what a colleague set, and what stood before an open save of our
        own as well: that the save was put back by us, or by them (or that they chose the same of
        the few values of a field), look alike. Where ATZ holds another one by now than that
        save's, it is asked about before it is sent.
        """
        edit, same = self.edit, ACTIVITY.by_name[name].kind.equal
        assert edit is not None
        shown, value = edit.base.id, edit.pending[name]
        if False not in self.chronicle.writers(shown, name, value):
            return False
        return any(
            same(save.before[name], value)
            and (
                name in edit.originals
                or (name not in UNIQUE and same(save.sent[name], edit.base.value(name)))
            )
            for save in self.entries()  # one that was settled just now, too
            if save.activity_id == shown and save.outcome in UNFINISHED and name in save.sent
        )

    def _was_taken(self, shown: int, name: str, put_back: Any) -> bool:
        """Whether a colleague's value shows where the old one was put back; or, where that was the
        value of a read that lagged, the one that took its place in ATZ since. Where a colleague's
        value was put back, that of a read that lags may show in a new run: nothing of it was typed.
        """
        edit, same = self.edit, ACTIVITY.by_name[name].kind.equal
        if edit is None or name not in self._put_back[shown] or name in edit.pending:
            return False
        value = edit.value(name)
        if any(values.get(name) == value for values in self.unlisted):
            # What the journal could not take is not known as ours until it shows. That is said.
            return True
        stood = [each.activity.value(name) for each in self.chronicle.versions(shown)]
        after = itertools.dropwhile(lambda held: not same(held, put_back), stood)
        is_later = self._stale and any(same(held, value) for held in after)
        is_theirs = False in self.chronicle.writers(shown, name, put_back)
        is_earlier = self._stale and is_theirs and any(same(held, value) for held in stood)
        return is_later or is_earlier or False in self.chronicle.writers(shown, name, value)

    def _was_overwritten(self, shown: int, name: str, value: Any) -> bool:
        """Whether ATZ did store this value, and a colleague changed it after that, or a lagging
        read shows what was before: without a version in the answer, both look the same. They may
        have chosen the same again by now; the form shows what stood between.
        """
        same, versions = ACTIVITY.by_name[name].kind.equal, self.chronicle.versions(shown)
        later = itertools.dropwhile(
            lambda each: not (each.is_ours and same(each.activity.value(name), value)), versions
        )
        stood = [each.activity.value(name) for each in later]
        is_past = bool(stood) and not same(stood[-1], value)
        is_shown = self.edit is not None and any(same(v, self.edit.value(name)) for v in stood[1:])
        return bool(stood) and (self._stale or is_past or is_shown)

    def _was_answered(self, shown: int, name: str, value: Any) -> bool:
        """Whether ATZ was found to have stored something else in place of this value."""
        return any(
            ACTIVITY.by_name[name].kind.equal(entry.sent.get(name), value)
            for entry in self.entries()
            if entry.activity_id == shown and entry.outcome in APPLIED
        )

    def _take_outcome(
        self, shown: int, new: JournalEntry | None, changed: Values, *, is_anew: bool
    ) -> None:
        """What the person no longer wishes: it was stored, or given up for a colleague's value.
        `is_anew`: the activity was left and loaded again, which leaves nothing to undo.
        """
        assert self.edit is not None
        wishes = self.wishes[shown]
        sent = dict(new.sent) if new and new.outcome in APPLIED else {}
        decided = set(self.person.conflicting) if self.person.pick in GIVING_UP else set()
        hidden: Values = {}
        for name, wish in list(wishes.items()):
            same = ACTIVITY.by_name[name].kind.equal
            if name in changed and same(changed[name], wish):
                is_kept = same(self.edit.value(name), wish) or name in decided
                if not is_kept and self._was_overwritten(shown, name, wish):
                    wishes.pop(name)
                    continue
                if not ACTIVITY.by_name[name].kind.matches_server(wish, self.edit.value(name)):
                    assert {name} - UNIQUE or name in sent or name in decided, f"lost: {name}"
                    hidden[name] = wish
                if name not in self.edit.pending:
                    del wishes[name]
                elif self.person.pick is Resolution.BOTH:
                    wishes[name] = self.edit.pending[name]
        self._given_up[shown] |= decided & self._under_way(shown)
        self._look_at_undo({} if is_anew else hidden)

    def _look_at_undo(self, hidden: Values) -> None:
        """What was typed and is not shown any more comes back with one step of undo."""
        assert self.edit is not None
        if hidden:
            self.desk.session.model.undo()
            for name, value in hidden.items():
                assert ACTIVITY.by_name[name].kind.equal(self.edit.value(name), value), (
                    f"lost: {name}"
                )
            self.desk.session.model.redo()

    # What was sent

    def _look_at_requests(self, first: int, changed: set[str], undone: JournalEntry | None) -> None:
        """Only fields that the person changed are sent, nothing twice that may have arrived, and
        nothing that was not merged with a read of the last moment.
        """
        requests = self.sandbox.requests
        puts = [
            number for number in range(first, len(requests)) if requests[number].method == "PUT"
        ]
        for number in puts:
            sent = {ACTIVITY.by_key[key].name for key in requests[number].json()}
            assert sent <= changed, f"sent, and nobody changed it: {sent - changed}"
            self._look_at_look(number, sent, undone)
        assert all(_surely_refused(requests[number]) for number in puts[:-1]), "sent twice"

    def _look_at_look(self, number: int, sent: set[str], undone: JournalEntry | None) -> None:
        put = self.sandbox.requests[number]
        reads = [
            each
            for each in self.sandbox.requests[:number]
            if (each.method, each.path) == ("GET", put.path)
            and each.answered is not None
            and each.answered <= put.at
        ]
        good = [each for each in reads if each.answer and each.answer.status == 200]
        assert good, "sent without a look"
        assert put.at - (good[-1].answered or 0.0) < FRESH_FOR, "sent after an old look"
        assert good[-1].answer is not None
        seen = Activity.from_response(json.loads(good[-1].answer.body))
        for name in sent & UNIQUE:
            known = self._in_sight(activity_of(put), name, undone)
            same, value = ACTIVITY.by_name[name].kind.equal, seen.value(name)
            assert any(same(each, value) for each in known), f"overwritten unasked: {name} {value}"

    def _in_sight(self, activity_id: int, name: str, undone: JournalEntry | None) -> list[Any]:
        """What the person knows to have stood in a field: what the form showed, what they were
        asked about, and what the history shows of the save that they put back. What was there
        before the newest of it is no news either, where a read lags.
        """
        known = [*self.sight[activity_id][name]]
        if undone is not None:
            told = (undone.sent, undone.after or {})
            known += [values[name] for values in told if name in values]
        if self._stale:
            same = ACTIVITY.by_name[name].kind.equal
            stood = [each.activity.value(name) for each in self.chronicle.versions(activity_id)]
            newest = [i for i, held in enumerate(stood) if any(same(each, held) for each in known)]
            known += stood[: max(newest, default=0)]
        return known

    # What was said

    def _look_at_conflicts(self, target: int, undecided: Collection[str]) -> None:
        """What the person is asked about was somebody else's doing. Not so where a read lagged: an
        older value of our own then looks as if somebody had put it back. Nor where a save of the
        field is still open, or was made without the journal, which is said: it is not known to be
        ours. What is `undecided` is asked about until it is decided, whatever ATZ holds by then.
        """
        for name, theirs in self.person.theirs:
            unknown = self._open[target] | self._discarded[target] | set(undecided)
            if any(values.get(name) == theirs for values in self.unlisted):
                continue
            if name in UNIQUE and not self._stale and name not in unknown:
                writers = self.chronicle.writers(target, name, theirs)
                assert writers != {True}, f"our own taken for a colleague's: {name}"

    def _look_at_words(self, said: Notice | None, first: int) -> None:
        puts = [each for each in self.sandbox.requests[first:] if each.method == "PUT"]
        if said is None or not puts:
            return
        number, form = activity_of(puts[-1]), puts[-1].json()
        texts = {name: form[name] for name in TEXTS if name in form}
        if said.title in {"Saved and checked", "Your earlier save is checked"}:
            versions = self.chronicle.versions(number)
            assert any(holds(each.activity, texts) for each in versions), "false: saved"
        if said.level is Level.PROBLEM and said.title != "ATZ said no to the save":
            # Of the same text in an earlier save that is not confirmed, it says nothing.
            early = [e.sent for e in self.entries() if e.activity_id == number and not e.settled]
            mine = {n: t for n, t in texts.items() if all(sent.get(n) != t for sent in early)}
            self.chronicle.claim(said.title, number, mine)


def _surely_refused(put: ReceivedRequest) -> bool:
    """Whether the same change may be sent once more."""
    return put.answer is not None and put.answer.status in {401, 422, 429}
