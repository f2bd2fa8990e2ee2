"""IDs and slugs out of typed or pasted text. It proposes and never guesses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from atz_desktop.domain.checks import slug_problem, whole_number
from atz_desktop.domain.kinds import People
from atz_desktop.domain.values import Person
from atz_desktop.domain.words import quoted

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
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"']+@[^\s@<>()\[\],;:\"']+\.[^\s@<>()\[\],;:\"']+")
_BEHIND_BRACKET = re.compile(r">(?=\s*[^\s,;>])")
_QUOTED_NAME = re.compile(r'"[^"\r\n\t<>@]*"(?=[^\S\r\n\t]*<)')
"""A name in quotes before an address: `"Doe, John" <john@…>`."""
_HIDDEN = re.compile("\ue000([0-9]+)\ue001")
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


def search_words(text: str) -> str | None:
    """The words that somebody typed in place of an ID, to look for them; None when there are none.

    An address is never looked for, and nor is a mere number.
    """
    words = " ".join(text.split())
    return words if any(c.isalpha() for c in words) and "://" not in words else None


Owners = Callable[[str], tuple[Person, ...] | None]
"""Who has an e-mail address; None: that is not known yet, and can be asked for."""


@dataclass(frozen=True)
class Pasted:
    """People found in a text; `rest` is what was not understood and `problem` says why.

    `asked` are e-mail addresses in the rest whose owners are not known yet.
    """

    people: tuple[Person, ...]
    rest: str = ""
    problem: str | None = None
    asked: tuple[str, ...] = ()


def people(text: str, kind: People, owners: Owners | None = None) -> Pasted:
    """Split a list (commas, semicolons, tabs, lines, or spaces between keys) into people.

    Understood are keys and, with `owners`, also `Name <key>` and e-mail addresses, alone or with a
    name, that exactly one person has. A plain word is no slug: a name that somebody typed must
    never become an attendee by accident. A name beside the address of the very person whose name
    it is (`Doe, John <john@…>`, the cells of a spreadsheet) is understood.
    """
    found: list[_Piece] = []
    rest: list[_Piece] = []
    for written in _pieces(text, kind):
        piece = _read(written, kind, owners)
        (found if piece.person else rest).append(piece)
    rest = [piece for piece in rest if not _is_said(piece, found)]
    return Pasted(
        tuple({each.person.key: each.person for each in found if each.person}.values()),
        ", ".join(piece.text for piece in rest),
        next((piece.problem for piece in rest), None),
        tuple(dict.fromkeys(piece.asked for piece in rest if piece.asked)),
    )


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


@dataclass(frozen=True)
class _Piece:
    """One piece as it was written, with what was made of it. `label` is the name written in it."""

    text: str
    person: Person | None = None
    label: str = ""
    problem: str | None = None
    asked: str = ""


def _read(text: str, kind: People, owners: Owners | None) -> _Piece:
    label, bare = _unwrapped(text) if owners else ("", text)
    wrong = piece_problem(bare, kind)
    if wrong is None:
        return _Piece(text, Person(_key(bare, kind)), label)
    emails = _EMAIL.findall(text) if owners else []
    if len(emails) != 1 or owners is None:
        return _Piece(text, problem=piece_problem(text, kind) or wrong)
    email = _bare(emails[0]).rstrip(".")
    known = owners(email)
    if known is None:
        return _Piece(text, problem=f"Looking up who has the address {quoted(email)}…", asked=email)
    if len(known) == 1:
        return _Piece(text, known[0], label or _bare(text.replace(emails[0], " ")))
    many = f"{quoted(email)} is the address of more than one {kind.noun}: choose by name."
    none = f"No {kind.noun} with the address {quoted(email)} is known on this computer."
    return _Piece(text, problem=many if known else none)


def _unwrapped(text: str) -> tuple[str, str]:
    """The name and what stands in brackets, of `Name <key>`; of anything else, it alone."""
    name, bracket, inner = text.strip().partition("<")
    if not (_bare(name) and bracket and inner.endswith(">")) or set("<>") & set(name + inner[:-1]):
        return "", text
    return _bare(name), inner[:-1]


def _is_said(piece: _Piece, found: list[_Piece]) -> bool:
    """Whether a piece is only the name, or the rest of the name, of somebody who was found."""
    words = _name_words(piece.text)
    named = (
        (_name_words(each.person.name), _name_words(each.label)) for each in found if each.person
    )
    # Beside a whole name, a part of it is somebody else: another Anna.
    return any(words == name or label != name == words | label for name, label in named)


def _name_words(name: str | None) -> set[str]:
    return {_bare(word).casefold() for word in (name or "").split()} - {""}


def _pieces(text: str, kind: People) -> list[str]:
    pieces: list[str] = []
    for raw in _split(text):
        words = _words(raw, kind)
        all_keys = words and all(
            piece_problem(word, kind) is None or _EMAIL.fullmatch(_bare(word)) for word in words
        )
        pieces += words if all_keys else [raw.strip()]
    return [piece for piece in pieces if _bare(piece)]


def _split(text: str) -> list[str]:
    """Apart at separators, but for those within quotes; and behind each `<address>`."""
    names: list[str] = []

    def hide(quote: re.Match[str]) -> str:
        names.append(quote[0])
        return f"\ue000{len(names) - 1}\ue001"

    plain = text.replace("\ue000", "").replace("\ue001", "")
    apart = _SEPARATOR.split(_BEHIND_BRACKET.sub(">,", _QUOTED_NAME.sub(hide, plain)))
    return [_HIDDEN.sub(lambda place: names[int(place[1])], piece) for piece in apart]


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
