"""What each outcome of a save means, in words for the user who reads the history."""

from __future__ import annotations

from atz_desktop.domain.history import Outcome
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.session.notices import Level


@dataclass(frozen=True)
class OutcomeText:
    """An outcome for people: `label` in a list, `text` as a sentence."""

    label: str
    level: Level
    text: str


OUTCOMES: dict[Outcome | None, OutcomeText] = {
    Outcome.VERIFIED: OutcomeText(
        "Saved and checked",
        Level.GOOD,
        "Every field was read back from ATZ and found as meant.",
    ),
    Outcome.DIFFERENT: OutcomeText(
        "Stored differently",
        Level.WARNING,
        "When it was read back, ATZ held something else than was sent in at least one field.",
    ),
    Outcome.REFUSED: OutcomeText(
        "Refused",
        Level.PROBLEM,
        "ATZ said no to this save. Should any of it have come through all the same, the activity "
        "shows it when it is loaded.",
    ),
    Outcome.NOT_SENT: OutcomeText(
        "Without effect",
        Level.PROBLEM,
        "It did not reach ATZ, or was put back there before it was looked up: ATZ held the earlier "
        "values.",
    ),
    Outcome.UNKNOWN: OutcomeText(
        "Not confirmed yet",
        Level.WARNING,
        "It went out, but ATZ did not show it yet. It is looked up again by itself, and whenever "
        "this activity is loaded.",
    ),
    None: OutcomeText(
        "Not finished",
        Level.WARNING,
        "It is under way, or was cut short. It is looked up by itself, and whenever this activity "
        "is loaded.",
    ),
}

_WORD_OF_NONE = "PENDING"


def outcome_word(outcome: Outcome | None) -> str:
    """The journal's word for an outcome; that of an entry without one is PENDING."""
    return outcome.value if outcome else _WORD_OF_NONE
