"""A directory of names that answers when a test says so."""

from __future__ import annotations

from atz_desktop.domain.local_records import Name
from atz_desktop.domain.vocabulary import NameKind
from atz_desktop.session.lookups import Lookups, SuggestionCallback


class LateDirectory(Lookups):
    """Keeps every question for suggestions until the test answers it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[tuple[NameKind, ...], str, SuggestionCallback]] = []

    def suggest(
        self, asker: str, kinds: tuple[NameKind, ...], text: str, answer: SuggestionCallback
    ) -> None:
        self.asked.append((kinds, text, answer))

    def answer(self, *names: Name) -> None:
        """Answer the newest question."""
        _kinds, text, answer = self.asked[-1]
        self.add_names(names)
        answer(text, names)
