"""People out of typed or pasted lists of slugs, IDs and mail addresses. It never guesses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from atz_desktop.domain.characters import LINE_ENDS, SEPARATORS, bare
from atz_desktop.domain.checks import slug_problem, whole_number
from atz_desktop.domain.kinds import People
from atz_desktop.domain.mail_addresses import (
    MailAddress,
    mail_addresses,
    only_address,
    without_mailto,
)
from atz_desktop.domain.values import Person
from atz_desktop.domain.vocabulary import ENTITIES
from atz_desktop.domain.words import quoted

_SEPARATOR = re.compile(f"[{SEPARATORS}]+")
_LINE_END = re.compile(f"[{LINE_ENDS}]+")
_BEHIND_BRACKET = re.compile(r">(?=\s*[^\s,;>])")
_QUOTED_NAME = re.compile(r'"[^"\r\n\t<>]*+"(?=[^\S\r\n\t]*<)')
"""A name in quotes before an address: `"Doe, John" <john@…>`."""
_HIDDEN = re.compile("\ue000([0-9]+)\ue001")
_LIKE_A_SLUG = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9_])[A-Za-z0-9_-]+")
_LIKE_A_TELEPHONE = re.compile(r"(?=.*[0-9])[0-9+()./\s–-]+")
_SLUG_BEGINNINGS = tuple(f"{noun.lower()}_" for noun in ENTITIES.values())
_KEYS = {"id": "user ID", "slug": "slug"}

Owners = Callable[[str], tuple[Person, ...] | None]
"""Who has an e-mail address; None: that is not known yet, and can be asked for."""
Listed = Callable[[str], Person | None]
"""Who of the people that are in the list already has this name (see `folded_name`)."""


def folded_name(name: str) -> str:
    """A name as names are compared: without what stands around it, and in small letters."""
    return " ".join(bare(name).split()).casefold()


def _nobody(_name: str) -> None:
    return None


@dataclass(frozen=True)
class Pasted:
    """People found in a text; `rest` is what was not understood and `problem` says why.

    `asked` are e-mail addresses in the rest whose owners are not known yet.
    """

    people: tuple[Person, ...]
    rest: str = ""
    problem: str | None = None
    asked: tuple[str, ...] = ()


def people(
    text: str, kind: People, owners: Owners | None = None, listed: Listed = _nobody
) -> Pasted:
    """Split a list (commas, semicolons, tabs, lines, or spaces between keys) into people.

    Understood are keys and, with `owners`, also `Name <key>` and e-mail addresses, alone or with a
    name, that exactly one person has. A plain word is no slug: a name that somebody typed must
    never become an attendee by accident. A name beside the address of the very person whose name
    it is (`Doe, John <john@…>`, the cells of a spreadsheet) is understood, and a telephone number
    in a cell beside an address is nobody. The name of somebody who is `listed` is that person.
    Takes time in proportion to the length of the text.
    """
    found: list[_Piece] = []
    rest: list[_Piece] = []
    for written in _pieces(without_mailto(text) if owners else text, kind, owners is not None):
        piece = _read(written, kind, owners)
        here = listed(folded_name(written)) if piece.person is None else None
        piece = replace(piece, person=here) if here else piece
        (found if piece.person else rest).append(piece)
    said = _said_names(found)
    rest = [piece for piece in rest if _name_words(piece.text) not in said]
    return Pasted(
        tuple({each.person.key: each.person for each in found if each.person}.values()),
        ", ".join(piece.text for piece in rest),
        next((piece.problem for piece in rest), None),
        tuple(dict.fromkeys(piece.asked for piece in rest if piece.asked)),
    )


def piece_problem(piece: str, kind: People) -> str | None:
    """Why one piece of text is no slug or ID, as a sentence; None when it is one."""
    key = bare(piece)
    if kind.by == "slug" and _LIKE_A_SLUG.fullmatch(key):
        return slug_problem(key)
    if kind.by == "id" and not kind.key_problem(key):
        return None
    if any(letter.isalpha() for letter in key) and not set("@/") & set(key):
        return (
            f"{quoted(piece.strip())} looks like a name: type it alone and choose the {kind.noun} "
            f"from the list, or paste the e-mail address or {_KEYS[kind.by]}."
        )
    if kind.by == "id":
        return kind.key_problem(key)
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
    written = text.partition("\t")[0]  # behind it stand cells that describe the same person
    label, inner = _unwrapped(written) if owners else ("", written)
    wrong = piece_problem(inner, kind)
    if wrong is None:
        return _Piece(text, Person(_key(inner, kind)), label)
    # The address in angle brackets is meant, whatever the name before it looks like.
    found = (mail_addresses(inner) or mail_addresses(written)) if owners else ()
    if len({each.address.lower() for each in found}) > 1:
        several = f"{quoted(text.strip())} holds several addresses"
        return _Piece(text, problem=f"{several}: put a comma between them.")
    if owners is None or not found:
        return _Piece(text, problem=piece_problem(text, kind) or wrong)
    email = found[0].address
    name = label or bare(_without(written, found))
    if not label and piece_problem(name, kind) is None:
        doubt = f"{quoted(name)} beside an address may be a {_KEYS[kind.by]} or a telephone number"
        return _Piece(text, problem=f"{doubt}: put a comma between them, or take it out.")
    return _owned(text, name, email, owners(email), kind)


def _owned(
    text: str, label: str, email: str, known: tuple[Person, ...] | None, kind: People
) -> _Piece:
    if known is None:
        return _Piece(text, problem=f"Looking up who has the address {quoted(email)}…", asked=email)
    if len(known) == 1:
        return _Piece(text, known[0], label)
    many = f"{quoted(email)} is the address of more than one {kind.noun}: choose by name."
    none = f"No {kind.noun} with the address {quoted(email)} is known on this computer."
    return _Piece(text, problem=many if known else none)


def _without(text: str, found: tuple[MailAddress, ...]) -> str:
    """The text without the addresses in it."""
    ends = (0, *(each.end for each in found))
    starts = (*(each.start for each in found), len(text))
    return " ".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def _unwrapped(text: str) -> tuple[str, str]:
    """The name and what stands in brackets, of `Name <key>`; of anything else, it alone."""
    name, bracket, inner = text.strip().partition("<")
    if not (bare(name) and bracket and inner.endswith(">")) or set("<>") & set(name + inner[:-1]):
        return "", text
    return bare(name), inner[:-1]


def _said_names(found: list[_Piece]) -> set[frozenset[str]]:
    """The names of the people who were found, and what their labels leave out of them.

    Beside a whole name, a part of it is somebody else: another Anna.
    """
    said: set[frozenset[str]] = set()
    for piece in found:
        name = _name_words(piece.person.name if piece.person else None)
        label = _name_words(piece.label)
        said |= {name, name - label} if label < name else {name}
    return said - {frozenset()}


def _name_words(name: str | None) -> frozenset[str]:
    return frozenset(bare(word).casefold() for word in (name or "").split()) - {""}


def _pieces(text: str, kind: People, with_addresses: bool) -> list[str]:
    pieces: list[str] = []
    for cells in _cells(text):
        of_line = [
            piece for cell in cells for raw in cell for piece in _apart(raw, kind) if bare(piece)
        ]
        if with_addresses and len(cells) > 1 and any(map(mail_addresses, of_line)):
            of_line = _with_descriptions(of_line, kind)
        pieces += of_line
    return pieces


def _cells(text: str) -> Iterator[list[list[str]]]:
    """The lines of a text, each as its cells between tabs, each as what separators part in it.

    Separators within quotes part nothing; behind each `<address>` a separator is understood.
    """
    names: list[str] = []

    def hide(quote: re.Match[str]) -> str:
        names.append(quote[0])
        return f"\ue000{len(names) - 1}\ue001"

    def shown(piece: str) -> str:
        return _HIDDEN.sub(lambda place: names[int(place[1])], piece)

    plain = text.replace("\ue000", "").replace("\ue001", "")
    for line in _LINE_END.split(_BEHIND_BRACKET.sub(">,", _QUOTED_NAME.sub(hide, plain))):
        yield [list(map(shown, _SEPARATOR.split(cell))) for cell in line.split("\t")]


def _apart(text: str, kind: People) -> list[str]:
    """The words of a text where each is a key or an address; else the text as one piece."""
    words = [] if set("<>()") & set(text) else _words(text, kind)
    addresses = [only_address(word) for word in words]
    if not words or not all(
        address or piece_problem(word, kind) is None
        for word, address in zip(words, addresses, strict=True)
    ):
        return [text.strip()]
    if any(addresses) and not all(
        address or _is_surely_key(word) for word, address in zip(words, addresses, strict=True)
    ):
        return [text.strip()]
    return words


def _with_descriptions(pieces: list[str], kind: People) -> list[str]:
    """Join what describes the person of an address, a telephone number say, to the address."""
    joined: list[list[str]] = []
    address: list[str] | None = None
    waiting: list[str] = []
    for piece in pieces:
        if mail_addresses(piece):
            address = [piece, *waiting]
            waiting = []
            joined.append(address)
        elif _is_description(piece, kind):
            (waiting if address is None else address).append(piece)
        else:
            joined.append([piece])
    return ["\t".join(each) for each in joined]


def _is_description(piece: str, kind: People) -> bool:
    if _LIKE_A_TELEPHONE.fullmatch(piece.strip()):
        return True
    return piece_problem(piece, kind) is None and not _is_surely_key(piece)


def _is_surely_key(piece: str) -> bool:
    """Whether it cannot well be anything else; a mere number may be a telephone's."""
    return bare(piece).startswith(_SLUG_BEGINNINGS)


def _words(text: str, kind: People) -> list[str]:
    """The words of a text that may be several keys; none where it may be one number with spaces.

    A telephone number starts with 0, and an odd space stands between the thousands of a number.
    """
    if kind.by == "slug":
        return text.split()
    words = re.split(" +", text.strip())
    return [] if any(bare(word).startswith("0") for word in words) else words


def _key(piece: str, kind: People) -> str:
    key = bare(piece)
    return str(whole_number(key)) if kind.by == "id" else key
