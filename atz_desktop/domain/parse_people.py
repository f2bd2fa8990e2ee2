"""Parse typed or pasted lists of people: keys, e-mail addresses, names. It never guesses."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from typing import NamedTuple

from atz_desktop.domain.characters import fold, strip_wrapping
from atz_desktop.domain.kinds import People
from atz_desktop.domain.people_items import (
    KEY_LABELS,
    EmailAddress,
    expand_mailto,
    find_email_addresses,
    is_certain_key,
    is_doubtful_key,
    is_long_as_a_phone_number,
    is_name,
    is_phone_like,
    is_plain_name,
    key_text_problem,
    normalize_key,
    sole_email_address,
    split_cells,
    split_keys,
)
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import quoted
from atz_desktop.domain.values import Person

EmailLookup = Callable[[str], tuple[Person, ...] | None]
"""People with an e-mail address; None if not looked up yet."""
NameLookup = Callable[[str], tuple[Person, ...] | None]
"""People with exactly this name (see `normalize_name`); None if not looked up yet."""


def normalize_name(name: str) -> str:
    """A name for comparison: trimmed, single spaces, folded as the directory does."""
    return fold(" ".join(strip_wrapping(name).split()))


class AmbiguousPerson(NamedTuple):
    """A name or address as written, of which several people are known."""

    text: str
    people: tuple[Person, ...]
    problem: str


@dataclass(frozen=True)
class ParsedPeople:
    """People found in a text; `unparsed` is the remaining text and `problem` its error text.

    `pending_emails` and `pending_names` (normalized) are in that text and still have to be looked
    up; `has_unknown` says that nobody is known by one of its names. `doubtful_keys` are those of
    its names that may be slugs, if the problem is about one of them.
    """

    people: tuple[Person, ...]
    unparsed: str = ""
    problem: str | None = None
    pending_emails: tuple[str, ...] = ()
    pending_names: tuple[str, ...] = ()
    ambiguous: tuple[AmbiguousPerson, ...] = ()
    has_unknown: bool = False
    doubtful_keys: tuple[str, ...] = ()


def parse_people(  # noqa: PLR0913 - a text, what is known, and who hears how far it is
    text: str,
    kind: People,
    by_email: EmailLookup | None = None,
    by_name: NameLookup | None = None,
    *,
    on_line: Callable[[int], None] = lambda number: None,
    is_key: Callable[[str], bool] = lambda key: False,
    doubted: Container[str] = (),
) -> ParsedPeople:
    """Split a list (commas, semicolons, tabs, lines, or spaces between keys) into people.

    Accepts keys and, with `by_email`, also `Name <key>` and e-mail addresses (with or without a
    name) that exactly one person has. A word that may be a name (`Anna`, `Mueller2`) is a slug, and
    a long number in a line with a name or address (`Ana Lima, 5551234`) or in `doubted` an ID, only
    if `is_key` says so: what was typed must not become an attendee by accident. A name beside its
    owner's address (`Doe, John <john@…>`, the cells of a spreadsheet) is dropped, and so is a phone
    number in a cell beside an address. With `by_name`, a full name that exactly one person has is
    that person; names are resolved after addresses, for they may be part of an owner's name.
    Linear time; `on_line` is called with the number of each line (from 0) before it is read.
    """
    read: list[_Piece] = []
    for number, line in enumerate(
        _lines(expand_mailto(text) if by_email else text, kind, by_email is not None)
    ):
        on_line(number)
        is_beside = any(key_text_problem(each, kind) for each in line.pieces)
        doubts = _Doubts(kind, is_key, doubted, is_beside)
        pieces = [_parse_piece(written, kind, by_email, doubts) for written in line.pieces]
        read += _remove_descriptions(pieces) if line.of_cells else pieces
    said = _redundant_names(read)
    pieces = [each for each in read if each.person or _name_words(each.text) not in said]
    if by_name and not any(each.pending_email for each in pieces):
        pieces = _resolve_names(pieces, kind, by_name)
    rest = [each for each in pieces if not each.person and not each.choices]
    several = {each.text.strip(): each for each in pieces if each.choices}
    return ParsedPeople(
        tuple({each.person.key: each.person for each in pieces if each.person}.values()),
        ", ".join(each.text for each in rest),
        next((each.problem for each in rest), None),
        tuple(dict.fromkeys(each.pending_email for each in rest if each.pending_email)),
        tuple(dict.fromkeys(each.pending_name for each in rest if each.pending_name)),
        tuple(AmbiguousPerson(text, p.choices, p.problem or "") for text, p in several.items()),
        any(each.is_unknown for each in rest),
        _doubtful_keys(rest),
    )


def _doubtful_keys(rest: list[_Piece]) -> tuple[str, ...]:
    if not rest or not rest[0].doubtful_key:
        return ()
    return tuple(dict.fromkeys(each.doubtful_key for each in rest if each.doubtful_key))


@dataclass(frozen=True)
class _Piece:
    """One item as written, with the result. `label` is the name written in it."""

    text: str
    person: Person | None = None
    label: str = ""
    problem: str | None = None
    pending_email: str = ""
    pending_name: str = ""
    choices: tuple[Person, ...] = ()
    is_unknown: bool = False
    is_standalone: bool = True
    """False for a name that may belong to the address beside it."""
    doubtful_key: str = ""
    """A key that may as well be a name or a telephone number, and is nobody's as far as known."""


class _Doubts(NamedTuple):
    """Tells what may be a key by accident; `is_beside` somebody: in a line with other than keys."""

    kind: People
    is_key: Callable[[str], bool]
    doubted: Container[str]
    is_beside: bool

    def of(self, key: str, label: str) -> str | None:
        """Why it may be no key, as a sentence; None if it is one. `label` is the name beside it."""
        if self.is_key(key):
            return None
        if is_doubtful_key(key, self.kind):
            return f"No {self.kind.noun} called {quoted(key)} is known here. Is it a slug?"
        may_be_phone = self.kind.by == "id" and not label and is_long_as_a_phone_number(key)
        if may_be_phone and (self.is_beside or key in self.doubted):
            unknown = f"No {self.kind.noun} with the ID {quoted(key)} is known here."
            return f"{unknown} Is it one, or a telephone number?"
        return None


def _parse_piece(text: str, kind: People, by_email: EmailLookup | None, doubts: _Doubts) -> _Piece:
    written = text.partition("\t")[0]  # the cells after it describe the same person
    label, inner = _split_label(written) if by_email else ("", written)
    wrong = key_text_problem(inner, kind)
    if wrong is None:
        key = normalize_key(inner, kind)
        if doubt := doubts.of(key, label):
            return _Piece(text, None, label, doubt, is_unknown=True, doubtful_key=key)
        return _Piece(text, Person(key), label)
    # The address in angle brackets counts, whatever the name before it looks like.
    found = (find_email_addresses(inner) or find_email_addresses(written)) if by_email else ()
    if len({each.address.lower() for each in found}) > 1:
        several = f"{quoted(text.strip())} holds several addresses"
        return _Piece(text, problem=f"{several}: put a comma between them.")
    if by_email is None or not found:
        return _Piece(text, problem=key_text_problem(text, kind) or wrong)
    email = found[0].address
    name = label or strip_wrapping(_remove_addresses(written, found))
    if not label and key_text_problem(name, kind) is None:
        doubt = (
            f"{quoted(name)} beside an address may be a {KEY_LABELS[kind.by]} or a telephone number"
        )
        return _Piece(text, problem=f"{doubt}: put a comma between them, or take it out.")
    return _resolve_email(text, name, email, by_email(email), kind)


def _resolve_email(
    text: str, label: str, email: str, known: tuple[Person, ...] | None, kind: People
) -> _Piece:
    if known is None:
        return _Piece(
            text, problem=f"Looking up who has the address {quoted(email)}…", pending_email=email
        )
    if len(known) == 1:
        return _Piece(text, known[0], label)
    many = f"{quoted(email)} is the address of more than one {kind.noun}: choose one."
    none = f"No {kind.noun} with the address {quoted(email)} is known here."
    return _Piece(
        text, problem=many if known else none, choices=known, is_unknown=not known, label=label
    )


def _resolve_names(pieces: list[_Piece], kind: People, by_name: NameLookup) -> list[_Piece]:
    """Resolve full names that exactly one person has."""
    behind = [*pieces, _Piece("")][1:]
    return [
        _resolve_name(piece, kind, by_name)
        # `Doe, John <john@…>`, where nobody is known to have the address.
        if piece.is_standalone and not (find_email_addresses(after.text) and not after.person)
        else piece
        for piece, after in zip(pieces, behind, strict=True)
    ]


def _resolve_name(piece: _Piece, kind: People, by_name: NameLookup) -> _Piece:
    written, *beside = piece.text.split("\t")
    name = normalize_name(written)
    if piece.person or set("<>") & set(written) or not is_name(name):
        return piece
    known, quote = by_name(name), quoted(written.strip())
    if known is None:
        asked = replace(piece, pending_name=name, is_unknown=False, doubtful_key="")
        return replace(asked, problem=f"Looking up who is called {quote}…")
    keyed = [person for person in known if person.key in map(strip_wrapping, beside)]
    if len(keyed or known) == 1:
        return replace(piece, person=(keyed or known)[0])
    if beside and kind.by == "id":
        doubt = f"{quoted(beside[0])} beside a name may be a user ID or a telephone number"
        return replace(piece, problem=f"{doubt}: put a comma between them, or take it out.")
    if known:
        several = f"Several people called {quote} are known: choose one."
        return replace(piece, problem=several, choices=known)
    if piece.doubtful_key:
        return piece
    instead = f"fetch names, or paste the e-mail address or {KEY_LABELS[kind.by]}"
    return replace(
        piece, problem=f"Nobody called {quote} is known here: {instead}.", is_unknown=True
    )


def _remove_addresses(text: str, found: tuple[EmailAddress, ...]) -> str:
    """Remove the addresses from the text."""
    ends = (0, *(each.end for each in found))
    starts = (*(each.start for each in found), len(text))
    return " ".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def _split_label(text: str) -> tuple[str, str]:
    """Split `Name <key>` into name and key; any other text has no name."""
    name, bracket, inner = text.strip().partition("<")
    if not (strip_wrapping(name) and bracket and inner.endswith(">")) or set("<>") & set(
        name + inner[:-1]
    ):
        return "", text
    return strip_wrapping(name), inner[:-1]


def _redundant_names(pieces: list[_Piece]) -> set[frozenset[str]]:
    """Names of the people found, and the parts of them missing in their labels.

    Beside a whole name, a part of it is somebody else: another Anna.
    """
    said: set[frozenset[str]] = set()
    for piece in pieces:
        name = _name_words(piece.person.name if piece.person else None)
        label = _name_words(piece.label)
        said |= {name, name - label} if label < name else {name}
    return said - {frozenset()}


def _name_words(name: str | None) -> frozenset[str]:
    return frozenset(strip_wrapping(word).casefold() for word in (name or "").split()) - {""}


@dataclass(frozen=True)
class _Line:
    """The items of one line; `of_cells`: spreadsheet cells beside an address."""

    pieces: list[str]
    of_cells: bool


def _lines(text: str, kind: People, with_addresses: bool) -> Iterator[_Line]:
    for cells in split_cells(text):
        pieces = [
            piece
            for cell in cells
            for raw in cell
            for piece in _split_words(raw, kind)
            if strip_wrapping(piece)
        ]
        of_cells = with_addresses and len(cells) > 1
        beside = of_cells and any(map(find_email_addresses, pieces))
        yield _Line(_attach_descriptions(pieces, kind) if of_cells else pieces, beside)


def _remove_descriptions(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces of a line of cells without what is a part of an owner's name: `Ana⇥Lima⇥ana@…`."""
    owners = [_name_words(each.person.name) for each in pieces if each.person]
    return [
        each if each.person else replace(each, is_standalone=False)
        for each in pieces
        if each.person or not any(_name_words(each.text) <= name for name in owners)
    ]


def _split_words(text: str, kind: People) -> list[str]:
    """The words of a text where each is a key or an address; else the text as one piece."""
    words = [] if set("<>()") & set(text) else split_keys(text, kind)
    addresses = [sole_email_address(word) for word in words]
    if not words or not all(
        address or key_text_problem(word, kind) is None
        for word, address in zip(words, addresses, strict=True)
    ):
        return [text.strip()]
    if any(addresses) and not all(
        address or is_certain_key(word) for word, address in zip(words, addresses, strict=True)
    ):
        return [text.strip()]
    return words


def _attach_descriptions(pieces: list[str], kind: People) -> list[str]:
    """Attach descriptions (phone numbers, say) to the address beside them, else to the name."""
    by_address = any(map(find_email_addresses, pieces))
    is_somebody = find_email_addresses if by_address else is_plain_name
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
        elif _is_description(piece, kind) if by_address else is_phone_like(piece):
            (waiting if somebody is None else somebody).append(piece)
        else:
            joined.append([piece])
    return ["\t".join(each) for each in joined]


def _is_description(piece: str, kind: People) -> bool:
    if is_phone_like(piece):
        return True
    return key_text_problem(piece, kind) is None and not is_certain_key(piece)
