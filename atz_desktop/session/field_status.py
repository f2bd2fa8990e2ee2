"""What stands at the fields besides their values: half-typed text, verdicts, refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from atz_desktop.domain.edit import Problem
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.kinds import People
from atz_desktop.domain.verify import Verdict
from atz_desktop.session.field_errors import refusals
from atz_desktop.session.saving import SaveResult

UNFINISHED = "Finish or clear the text in the box."


class FieldStatus:
    """Kept until the field is touched again, another activity is shown, or the next save."""

    def __init__(self, typed: Mapping[str, str] | None = None) -> None:
        self.typed = dict(typed or {})
        """Field name → text in its box that is no value yet."""
        self.tried: set[str] = set()
        """The fields whose text could not be taken over: until then it is merely being typed."""
        self.typing = ""
        """The field that was typed into after the last step, as long as it is no value."""
        self.untyped: tuple[str, str] | None = None
        """A field and the text that undo took from it, for redo."""
        self.verdicts: dict[str, Verdict] = {}
        """Field name → what became of it in the last save."""
        self.refusals: dict[str, str] = {}
        """Field name → what ATZ said against it; foreign text."""

    @property
    def newest_text(self) -> tuple[str, str] | None:
        """The field and its half-typed text that undo takes before any step, if there is one."""
        text = self.typed.get(self.typing)
        return (self.typing, text) if text else None

    @property
    def half_typed(self) -> dict[str, str]:
        """The boxes that do hold such text."""
        return {name: text for name, text in self.typed.items() if text}

    def unfinished(self) -> tuple[Problem, ...]:
        """Text that could not be taken over, in the form's order."""
        return tuple(
            Problem(field.name, UNFINISHED)
            for field in ACTIVITY.fields
            if field.name in self.tried and self.typed.get(field.name)
        )

    def touch(self, names: Iterable[str]) -> None:
        """The person changed these fields: what was said of them no longer counts."""
        for name in names:
            self.verdicts.pop(name, None)
            self.refusals.pop(name, None)

    def start_over(self, names: Iterable[str]) -> None:
        """Other values are shown in these fields: text half typed over the last ones has gone.

        People are another matter: their text stands beside the names, and stays.
        """
        for name in names:
            if not isinstance(ACTIVITY.by_name[name].kind, People):
                self.typed.pop(name, None)

    def take(self, saved: SaveResult) -> None:
        """What a save found out about each field."""
        self.take_verdicts(saved.proof.verdicts if saved.proof else ())
        self.refusals = refusals(saved.error)

    def take_verdicts(self, verdicts: Iterable[Verdict]) -> None:
        """What became of each field in the last save."""
        self.verdicts = {verdict.field.name: verdict for verdict in verdicts}
