"""IDs and slugs out of typed or pasted text. It proposes and never guesses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from atz_desktop.domain.kinds import People, quoted, slug_problem, whole_number
from atz_desktop.domain.values import Person

_SPACES = "".join(map(chr, (*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680)))
_WIDE_SPACES = "".join(map(chr, (*range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)))
_UNSEEN = "".join(map(chr, (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF)))
_AROUND = _SPACES + _WIDE_SPACES + _UNSEEN + "<>()[]{}\"'“”„‘’«»"
"""What mail programs and web pages put around an ID: quotes, brackets, odd and invisible spaces."""

_NUMBER = re.compile(
    r"(?:activity)?\s*(?:#|no\.?|id)?\s*[:#]?\s*([0-9]+)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:.*/)?activit(?:y|ies)/([0-9]+)(?:[/?#].*)?", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"activit(?:y|ies)/([0-9]+)", re.IGNORECASE)
_SEPARATOR = re.compile(r"[,;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_LIKE_A_SLUG = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9_])[A-Za-z0-9_-]+")


def activity_id(text: str) -> int | None:
    """The ID in `42`, `#42`, or text that holds an address ending in `/activity/42`; else None.

    Text that holds several numbers is never guessed at.
    """
    found = _NUMBER.fullmatch(_bare(text))
    return (whole_number(found[1]) if found else _addressed(text)) or None


def _addressed(text: str) -> int | None:
    ids = set()
    for word in text.split():
        bare = _bare(_bare(word).rstrip(".,;:!?"))
        if _ADDRESS.fullmatch(bare):
            ids |= set(_IN_ADDRESS.findall(bare))
        elif any(c.isdigit() for c in word):
            return None
    return whole_number(ids.pop()) if len(ids) == 1 else None


@dataclass(frozen=True)
class Pasted:
    """People found in a text; `rest` is what was not understood and `problem` says why."""

    people: tuple[Person, ...]
    rest: str = ""
    problem: str | None = None


def people(text: str, kind: People) -> Pasted:
    """Split a list (commas, semicolons, tabs, lines, or spaces between keys) into people.

    A plain word is no slug: a name that somebody typed must never become an attendee by accident.
    """
    found: dict[str, Person] = {}
    rest, problem = [], None
    for piece in _pieces(text, kind):
        wrong = piece_problem(piece, kind)
        if wrong is None:
            key = _key(piece, kind)
            found.setdefault(key, Person(key))
        else:
            rest.append(piece)
            problem = problem or wrong
    return Pasted(tuple(found.values()), ", ".join(rest), problem)


def piece_problem(piece: str, kind: People) -> str | None:
    """Why one piece of text is no slug or ID, as a sentence; None when it is one."""
    bare = _bare(piece)
    if kind.by == "id":
        return kind.key_problem(bare)
    if _LIKE_A_SLUG.fullmatch(bare):
        return slug_problem(bare)
    return (
        f"{quoted(piece.strip())} is no slug. Paste the slug of the {kind.noun}, "
        f"such as {kind.noun}_2f0ea5cd69a6cd6c7163."
    )


def _pieces(text: str, kind: People) -> list[str]:
    pieces: list[str] = []
    for raw in _SEPARATOR.split(text):
        words = _words(raw, kind)
        all_keys = words and all(piece_problem(word, kind) is None for word in words)
        pieces += words if all_keys else [raw.strip()]
    return [piece for piece in pieces if _bare(piece)]


def _words(text: str, kind: People) -> list[str]:
    """The words of a text that may be several keys; none where it may be one number with spaces.

    A telephone number starts with 0, and an odd space stands between the thousands of a number.
    """
    if kind.by == "slug":
        return text.split()
    words = re.split(" +", text.strip())
    return [] if any(_bare(word).startswith("0") for word in words) else words


def _key(piece: str, kind: People) -> str:
    bare = _bare(piece)
    return str(whole_number(bare)) if kind.by == "id" else bare


def _bare(text: str) -> str:
    return text.strip(_AROUND)
