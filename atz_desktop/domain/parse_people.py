"""People out of typed or pasted lists of keys, mail addresses and names. It never guesses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from atz_desktop.domain.cells import cells_of
from atz_desktop.domain.characters import bare
from atz_desktop.domain.kinds import People
from atz_desktop.domain.mail_addresses import (
    MailAddress,
    mail_addresses,
    only_address,
    without_mailto,
)
from atz_desktop.domain.people_keys import (
    KEYS,
    is_name,
    is_no_key_but_name,
    is_number,
    is_surely_key,
    key_of,
    piece_problem,
    words_of,
)
from atz_desktop.domain.text import quoted
from atz_desktop.domain.values import Person

EmailLookup = Callable[[str], tuple[Person, ...] | None]
"""Who has an e-mail address; None: that is not known yet, and can be asked for."""
NameLookup = Callable[[str], tuple[Person, ...] | None]
"""Who has exactly this name (see `folded_name`); None: not known yet, and can be asked for."""


def folded_name(name: str) -> str:
    """A name as names are compared: without what stands around it, and in small letters."""
    return " ".join(bare(name).split()).casefold()


@dataclass(frozen=True)
class ParsedPeople:
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
    text: str, kind: People, owners: EmailLookup | None = None, namesakes: NameLookup | None = None
) -> ParsedPeople:
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
    return ParsedPeople(
        tuple({each.person.key: each.person for each in pieces if each.person}.values()),
        ", ".join(each.text for each in rest),
        next((each.problem for each in rest), None),
        tuple(dict.fromkeys(each.asked for each in rest if each.asked)),
        tuple(dict.fromkeys(each.asked_name for each in rest if each.asked_name)),
    )


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


def _read(text: str, kind: People, owners: EmailLookup | None) -> _Piece:
    written = text.partition("\t")[0]  # behind it stand cells that describe the same person
    label, inner = _unwrapped(written) if owners else ("", written)
    wrong = piece_problem(inner, kind)
    if wrong is None:
        return _Piece(text, Person(key_of(inner, kind)), label)
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
        doubt = f"{quoted(name)} beside an address may be a {KEYS[kind.by]} or a telephone number"
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


def _with_names(pieces: list[_Piece], kind: People, namesakes: NameLookup) -> list[_Piece]:
    """The pieces; a whole name that one person has, and that stands for itself, is that person."""
    behind = [*pieces[1:], _Piece("")]
    return [
        _named(piece, kind, namesakes)
        # `Doe, John <john@…>`, where nobody is known to have the address.
        if piece.alone and not (mail_addresses(after.text) and not after.person)
        else piece
        for piece, after in zip(pieces, behind, strict=True)
    ]


def _named(piece: _Piece, kind: People, namesakes: NameLookup) -> _Piece:
    written, *beside = piece.text.split("\t")
    name = folded_name(written)
    if piece.person or set("<>") & set(written) or not is_name(name):
        return piece
    known, quote = namesakes(name), quoted(written.strip())
    if known is None:
        return replace(piece, problem=f"Looking up who is called {quote}…", asked_name=name)
    keyed = [person for person in known if person.key in map(bare, beside)]
    if len(keyed or known) == 1:
        return replace(piece, person=(keyed or known)[0])
    if beside and kind.by == "id":
        doubt = f"{quoted(beside[0])} beside a name may be a user ID or a telephone number"
        return replace(piece, problem=f"{doubt}: put a comma between them, or take it out.")
    if known:
        choose = "type the name alone and choose one from the list"
        return replace(piece, problem=f"Several people called {quote} are known: {choose}.")
    none = f"Nobody called exactly {quote} is known here: type a part of the name and choose the"
    or_paste = f"{kind.noun} from the list, or paste the e-mail address or {KEYS[kind.by]}"
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
    for cells in cells_of(text):
        pieces = [
            piece for cell in cells for raw in cell for piece in _apart(raw, kind) if bare(piece)
        ]
        of_cells = with_addresses and len(cells) > 1
        beside = of_cells and any(map(mail_addresses, pieces))
        yield _Line(_with_descriptions(pieces, kind) if of_cells else pieces, beside)


def _without_descriptions(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces of a line of cells without what is a part of an owner's name: `Ana⇥Lima⇥ana@…`."""
    owners = [_name_words(each.person.name) for each in pieces if each.person]
    return [
        each if each.person else replace(each, alone=False)
        for each in pieces
        if each.person or not any(_name_words(each.text) <= name for name in owners)
    ]


def _apart(text: str, kind: People) -> list[str]:
    """The words of a text where each is a key or an address; else the text as one piece."""
    words = [] if set("<>()") & set(text) else words_of(text, kind)
    addresses = [only_address(word) for word in words]
    if not words or not all(
        address or piece_problem(word, kind) is None
        for word, address in zip(words, addresses, strict=True)
    ):
        return [text.strip()]
    if any(addresses) and not all(
        address or is_surely_key(word) for word, address in zip(words, addresses, strict=True)
    ):
        return [text.strip()]
    return words


def _with_descriptions(pieces: list[str], kind: People) -> list[str]:
    """Join what describes somebody, a telephone number say, to the address, else to the name."""
    by_address = any(map(mail_addresses, pieces))
    is_somebody = mail_addresses if by_address else is_no_key_but_name
    if not any(map(is_somebody, pieces)):
        return pieces
    joined: list[list[str]] = []
    somebody: list[str] | None = None
    waiting: list[str] = []
    for piece in pieces:
        if is_somebody(piece):
            somebody = [piece, *waiting]
            waiting = []
            joined.append(somebody)
        elif _is_description(piece, kind) if by_address else is_number(piece):
            (waiting if somebody is None else somebody).append(piece)
        else:
            joined.append([piece])
    return ["\t".join(each) for each in joined]


def _is_description(piece: str, kind: People) -> bool:
    if is_number(piece):
        return True
    return piece_problem(piece, kind) is None and not is_surely_key(piece)
