from __future__ import annotations

from atz_desktop.domain.history import Outcome
from atz_desktop.session.messages import OUTCOMES, outcome_word
from atz_desktop.store.journal import OUTCOMES as WORDS


def test_every_outcome_has_its_words_and_the_journal_knows_each() -> None:
    assert set(OUTCOMES) == {*Outcome, None}
    assert {outcome_word(outcome) for outcome in Outcome} == WORDS
    assert len({words.label for words in OUTCOMES.values()}) == len(OUTCOMES)
