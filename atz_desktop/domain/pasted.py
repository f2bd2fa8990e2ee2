"""IDs and slugs out of typed or pasted text. It proposes and never guesses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from atz_desktop.domain.kinds import SLUG, People, slug_problem
from atz_desktop.domain.values import Person

_ADDRESS = re.compile(r"/activit(?:y|ies)/(\d+)(?:[/?#].*)?$")
_NUMBER = re.compile(r"(?:#|no\.?|id)?\s*[:#]?\s*(\d+)", re.IGNORECASE)


def activity_id(text: str) -> int | None:
    """The ID in `42`, `#42`, or an address that ends in `/activity/42`; else None.

    Text that holds several numbers is never guessed at.
    """
    text = text.strip().strip("<>\"'")
    found = _ADDRESS.search(text) or _NUMBER.fullmatch(text)
    number = int(found[1]) if found and found[1].isascii() and len(found[1]) <= 18 else 0
    return number or None


@dataclass(frozen=True)
class Pasted:
    """People found in a text; `rest` is what was not understood and `problem` says why."""

    people: tuple[Person, ...]
    rest: str = ""
    problem: str | None = None


def people(text: str, kind: People) -> Pasted:
    """Split a list (commas, semicolons, tabs, lines, or spaces between slugs) into people.

    A plain word is no slug: a name that somebody typed must never become an attendee by accident.
    """
    found: dict[str, Person] = {}
    rest, problem = [], None
    for piece in _pieces(text):
        wrong = piece_problem(piece, kind)
        if wrong is None:
            key = str(int(piece)) if kind.by == "id" else piece
            found.setdefault(key, Person(key))
        else:
            rest.append(piece)
            problem = problem or wrong
    return Pasted(tuple(found.values()), ", ".join(rest), problem)


def piece_problem(piece: str, kind: People) -> str | None:
    """Why one piece of text is no slug or ID, as a sentence; None when it is one."""
    if kind.by == "id":
        return kind.key_problem(piece)
    looks_like_slug = SLUG.fullmatch(piece) and re.search(r"[0-9_]", piece)
    if looks_like_slug:
        return slug_problem(piece)
    return (
        f"“{piece}” is no slug. Paste the slug of the {kind.noun}, "
        f"such as {kind.noun}_2f0ea5cd69a6cd6c7163."
    )


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for raw in re.split(r"[,;\t\r\n]+", text):
        piece = raw.strip().strip("<>\"'")
        words = piece.split()
        all_keys = len(words) > 1 and all(
            SLUG.fullmatch(word) and re.search(r"[0-9_]", word) for word in words
        )
        pieces += words if all_keys else [piece] if piece else []
    return pieces
