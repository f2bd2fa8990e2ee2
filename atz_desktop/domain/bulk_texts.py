"""Rules of a bulk edit for texts: replace in them, and put something in front or at the end."""

from __future__ import annotations

import re
from typing import Any

from atz_desktop.domain.bulk_rules import UNREADABLE, Row, Rule, RuleError
from atz_desktop.domain.fields import Field
from atz_desktop.domain.kinds import Text
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import quoted
from atz_desktop.domain.values import Unparsed


@dataclass(frozen=True)
class _TextRule(Rule):
    @classmethod
    def fits(cls, field: Field) -> bool:
        return isinstance(field.kind, Text)


@dataclass(frozen=True)
class FindReplace(_TextRule):
    """Replace every occurrence of a text by another. Texts without it stay as they are."""

    label = "Find and replace"

    find: str
    replacement: str = ""
    match_case: bool = False

    def problem(self, field: Field) -> str | None:
        return None if self.find else "Type what to look for."

    def new_value(self, field: Field, row: Row) -> Any:
        pattern = re.compile(re.escape(self.find), re.NOFLAG if self.match_case else re.IGNORECASE)
        return pattern.sub(lambda _: self.replacement, _text(field, row))

    def describe(self, field: Field) -> str:
        case = ", with the same capitals" if self.match_case else ""
        if not self.replacement:
            return f"take out {quoted(self.find)}{case}"
        return f"replace {quoted(self.find)} by {quoted(self.replacement)}{case}"


@dataclass(frozen=True)
class Prefix(_TextRule):
    """Put a text in front. Texts that begin so already stay as they are."""

    label = "Put in front"

    text: str

    def problem(self, field: Field) -> str | None:
        return None if self.text else "Type what to put in front."

    def new_value(self, field: Field, row: Row) -> Any:
        old = _text(field, row)
        return old if old.startswith(self.text) else self.text + old

    def describe(self, field: Field) -> str:
        return f"put {quoted(self.text)} in front"


@dataclass(frozen=True)
class Suffix(_TextRule):
    """Put a text at the end. Texts that end so already stay as they are."""

    label = "Put at the end"

    text: str

    def problem(self, field: Field) -> str | None:
        return None if self.text else "Type what to put at the end."

    def new_value(self, field: Field, row: Row) -> Any:
        old = _text(field, row)
        return old if old.endswith(self.text) else old + self.text

    def describe(self, field: Field) -> str:
        return f"put {quoted(self.text)} at the end"


def _text(field: Field, row: Row) -> str:
    old = row.old(field)
    if isinstance(old, Unparsed):
        raise RuleError(UNREADABLE)
    return old or ""
