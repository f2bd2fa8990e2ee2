"""People out of typed or pasted lists of keys, mail addresses and names. It never guesses."""

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
Namesakes = Callable[[str], tuple[Person, ...] | None]
"""Who has exactly this name (see `folded_name`); None: not known yet, and can be asked for."""


def folded_name(name: str) -> str:
    """A name as names are compared: without what stands around it, and in small letters."""
    return " ".join(bare(name).split()).casefold()


@dataclass(frozen=True)
class Pasted:
    """People found in a text; `rest` is what was not understood and `problem` says why.

    `asked` are e-mail addresses in the rest whose owners are not known yet; `asked_names` are
    names in it, folded, of which it is not known yet who has them.
    """

    people: tuple[Person, ...]
    rest: str = ""
    problem: str | None = None
    asked: tuple[str, ...] = ()
    asked_names: tuple[str, ...] = ()


def people(
    text: str, kind: People, owners: Owners | None = None, namesakes: Namesakes | None = None
) -> Pasted:
    """Split a list (commas, semicolons, tabs, lines, or spaces between keys) into people.

    Understood are keys and, with `owners`, also `Name <key>` and e-mail addresses, alone or with a
    name, that exactly one person has. A plain word is no slug: a name that somebody typed must
    never become an attendee by accident. A name beside the address of the very person whose name
    it is (`Doe, John <john@…>`, the cells of a spreadsheet) is understood, and a telephone number
    in a cell beside an address is nobody. With `namesakes`, a whole name that exactly one person
    has is that person; names wait until it is known whose the addresses are, for they may be a
    part of an owner's name. Takes time in proportion to the length of the text.
    """
    read: list[_Piece] = []
    for line in _lines(without_mailto(text) if owners else text, kind, owners is not None):
        pieces = [_read(written, kind, owners) for written in line.pieces]
        read += _without_descriptions(pieces) if line.of_cells else pieces
    said = _said_names(read)
    pieces = [each for each in read if each.person or _name_words(each.text) not in said]
    if namesakes and not any(each.asked for each in pieces):
        pieces = _with_names(pieces, kind, namesakes)
    rest = [each for each in pieces if not each.person]
    return Pasted(
        tuple({each.person.key: each.person for each in pieces if each.person}.values()),
        ", ".join(each.text for each in rest),
        next((each.problem for each in rest), None),
        tuple(dict.fromkeys(each.asked for each in rest if each.asked)),
        tuple(dict.fromkeys(each.asked_name for each in rest if each.asked_name)),
    )


def piece_problem(piece: str, kind: People) -> str | None:
    """Why one piece of text is no slug or ID, as a sentence; None when it is one."""
    key = bare(piece)
    if kind.by == "slug" and _LIKE_A_SLUG.fullmatch(key):
        return slug_problem(key)
    if kind.by == "id" and not kind.key_problem(key):
        return None
    if _is_name(key):
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


def _is_name(piece: str) -> bool:
    return any(map(str.isalpha, piece)) and not set("@/") & set(piece)


@dataclass(frozen=True)
class _Piece:
    """One piece as it was written, with what was made of it. `label` is the name written in it."""

    text: str
    person: Person | None = None
    label: str = ""
    problem: str | None = None
    asked: str = ""
    asked_name: str = ""
    alone: bool = True
    """False for a name that may belong to the address beside it."""


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


def _with_names(pieces: list[_Piece], kind: People, namesakes: Namesakes) -> list[_Piece]:
    """The pieces; a whole name that one person has, and that stands for itself, is that person."""
    behind = [*pieces[1:], _Piece("")]
    return [
        _named(piece, kind, namesakes)
        # `Doe, John <john@…>`, where nobody is known to have the address.
        if piece.alone and not (mail_addresses(after.text) and not after.person)
        else piece
        for piece, after in zip(pieces, behind, strict=True)
    ]


def _named(piece: _Piece, kind: People, namesakes: Namesakes) -> _Piece:
    name = folded_name(piece.text)
    if piece.person or set("<>\t") & set(piece.text) or not _is_name(name):
        return piece
    known, called = namesakes(name), f"called {quoted(piece.text.strip())}"
    if known is None:
        return replace(piece, problem=f"Looking up who is {called}…", asked_name=name)
    if len(known) == 1:
        return replace(piece, person=known[0])
    if known:
        choose = "type the name alone and choose one from the list"
        return replace(piece, problem=f"Several people {called} are known: {choose}.")
    none = f"Nobody {called} is known here: type a part of the name and choose the {kind.noun}"
    or_paste = f"from the list, or paste the e-mail address or {_KEYS[kind.by]}"
    return replace(piece, problem=f"{none} {or_paste}.")


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


def _said_names(pieces: list[_Piece]) -> set[frozenset[str]]:
    """The names of the people who were found, and what their labels leave out of them.

    Beside a whole name, a part of it is somebody else: another Anna.
    """
    said: set[frozenset[str]] = set()
    for piece in pieces:
        name = _name_words(piece.person.name if piece.person else None)
        label = _name_words(piece.label)
        said |= {name, name - label} if label < name else {name}
    return said - {frozenset()}


def _name_words(name: str | None) -> frozenset[str]:
    return frozenset(bare(word).casefold() for word in (name or "").split()) - {""}


@dataclass(frozen=True)
class _Line:
    """What stands in one line; `of_cells`: in the cells of a spreadsheet, beside an address."""

    pieces: list[str]
    of_cells: bool


def _lines(text: str, kind: People, with_addresses: bool) -> Iterator[_Line]:
    for cells in _cells(text):
        pieces = [
            piece for cell in cells for raw in cell for piece in _apart(raw, kind) if bare(piece)
        ]
        of_cells = with_addresses and len(cells) > 1 and any(map(mail_addresses, pieces))
        yield _Line(_with_descriptions(pieces, kind) if of_cells else pieces, of_cells)


def _without_descriptions(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces of a line of cells without what is a part of an owner's name: `Ana⇥Lima⇥ana@…`."""
    owners = [_name_words(each.person.name) for each in pieces if each.person]
    return [
        each if each.person else replace(each, alone=False)
        for each in pieces
        if each.person or not any(_name_words(each.text) <= name for name in owners)
    ]


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
