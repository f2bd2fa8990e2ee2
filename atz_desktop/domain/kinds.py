"""Field kinds: equality, validation, formatting and merging of values.

`equal` serves dirty marks, conflicts and verification alike. `check` returns an error text or None.
`matches_server` compares a sent value with the response, `merge` joins two people's changes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar
from unicodedata import normalize

from atz_desktop.domain.characters import is_blank, is_valid_unicode, length_problem
from atz_desktop.domain.identifiers import parse_int, slug_problem
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import entity_label, format_date, format_size, format_span, quoted
from atz_desktop.domain.urls import url_problem
from atz_desktop.domain.values import (
    DAY,
    Attachment,
    LocalFile,
    Option,
    Person,
    RecordRef,
    Span,
    Unparsed,
    is_nonexistent,
    is_representable,
)
from atz_desktop.domain.vocabulary import ENTITIES, OTHER_ENTITY, NameKind


@dataclass(frozen=True)
class Kind:
    """Default behaviour; subclasses override where they differ."""

    value_types: ClassVar[tuple[type, ...]] = (str,)
    """The classes of its values, besides None and `Unparsed`."""
    is_typed: ClassVar[bool] = True
    """Whether values may arrive key by key: typing without a pause is then one step of undo."""

    def accepts(self, value: Any) -> bool:
        """Whether the value has a type that this kind can hold."""
        return value is None or isinstance(value, (Unparsed, *self.value_types))

    def equal(self, one: Any, other: Any) -> bool:
        """Whether a user would consider the two values equal."""
        return bool(one == other)

    def is_empty(self, value: Any) -> bool:
        return value in (None, "", ())

    def check(self, value: Any) -> str | None:
        """Error text if ATZ would reject the value; otherwise None."""
        del value
        return None

    def transition_error(self, value: Any, base: Any) -> str | None:
        """Error text if the API cannot express this change (clearing `End`, say); else None."""
        del value, base
        return None

    def format(self, value: Any) -> str:
        """The value as text for the user."""
        if isinstance(value, Unparsed):
            return value.text
        return "empty" if self.is_empty(value) else self._format(value)

    def matches_server(self, meant: Any, answer: Any) -> bool:
        """Whether the response contains what was sent."""
        return self.equal(meant, answer)

    def is_comparable(self, meant: Any) -> bool:
        """False if the response cannot contain the value itself (of a file, only its name)."""
        del meant
        return True

    def merge(self, base: Any, theirs: Any, mine: Any) -> Any | None:
        """Three-way merge; None if the changes cannot be joined."""
        del base, theirs, mine
        return None

    def _format(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True)
class Text(Kind):
    """Plain text of at most `limit` characters (None: no limit is documented).

    With `multiline`, all line ends are equal, and so are spaces and no-break spaces: Qt's text
    edit returns them alike, so typing the old text again must be no change.
    """

    limit: int | None = None
    required: bool = False
    multiline: bool = False

    def equal(self, one: Any, other: Any) -> bool:
        return bool(one == other or self._normalized(one) == self._normalized(other))

    def check(self, value: Any) -> str | None:
        text = value or ""
        if self.required and is_blank(text):
            return "This can't be left empty."
        if not is_valid_unicode(text):
            return "There is half of a character in this text: please type it anew."
        return length_problem(text, self.limit)

    def _normalized(self, value: Any) -> Any:
        if self.multiline and isinstance(value, str):
            # A regular expression takes a millisecond for 20,000 letters, at each key.
            for end in _LINE_ENDS:
                value = value.replace(end, "\n")
            return value.replace("\u00a0", " ")
        return value or ""


@dataclass(frozen=True)
class Link(Text):
    """A web address, http or https, of at most `limit` characters."""

    def check(self, value: Any) -> str | None:
        if self.is_empty(value):
            return None
        return url_problem(value) or length_problem(value, self.limit)


@dataclass(frozen=True)
class Flag(Kind):
    """True, False, or None if the response did not contain it."""

    value_types = (bool,)
    is_typed = False

    def format(self, value: Any) -> str:
        return {True: "yes", False: "no", None: "not said"}.get(value, super().format(value))


@dataclass(frozen=True)
class Choice(Kind):
    """One of `options`; with `open_ended`, also any positive number (a custom type)."""

    value_types = (Option,)

    options: tuple[Option, ...] = ()
    open_ended: bool = False

    def equal(self, one: Any, other: Any) -> bool:
        if isinstance(one, Option) and isinstance(other, Option):
            return one.key == other.key
        return bool(one == other)

    def check(self, value: Any) -> str | None:
        if not isinstance(value, Option):
            return "Choose one of the list."
        if self.open_ended:
            if isinstance(value.key, int) and value.key > 0:
                return None
            return "A type is a whole number above 0."
        if value.key in {option.key for option in self.options}:
            return None
        return "Choose one of the list."

    def _format(self, value: Any) -> str:
        return str(value.display_name)


@dataclass(frozen=True)
class People(Kind):
    """A list of people, identified by slug or numeric user ID; order is ignored."""

    value_types = (tuple,)
    is_typed = False

    by: str = "slug"
    noun: NameKind = "candidate"

    def accepts(self, value: Any) -> bool:
        people = value if isinstance(value, tuple) else ()
        return super().accepts(value) and all(isinstance(each, Person) for each in people)

    def equal(self, one: Any, other: Any) -> bool:
        if isinstance(one, Unparsed) or isinstance(other, Unparsed):
            return bool(one == other)
        return _keys(one) == _keys(other)

    def check(self, value: Any) -> str | None:
        for person in value or ():
            problem = self.key_problem(person.key)
            if problem:
                return problem
        return None

    def key_problem(self, key: str) -> str | None:
        """Error text if `key` is invalid; its prefix is never checked (ATZ_API.md, slugs)."""
        if self.by == "slug":
            return slug_problem(key, None)
        if parse_int(key):
            return None
        return f"{quoted(key)} is no user ID: a user ID is a whole number above 0."

    def merge(self, base: Any, theirs: Any, mine: Any) -> Any | None:
        """Apply my additions and removals to their list."""
        if any(isinstance(each, Unparsed) for each in (base, theirs, mine)):
            return None
        removed = _keys(base) - _keys(mine)
        kept = tuple(person for person in theirs or () if person.key not in removed)
        there = _keys(base) | _keys(kept)
        return kept + tuple(person for person in mine or () if person.key not in there)

    def format(self, value: Any) -> str:
        return "nobody" if self.is_empty(value) else super().format(value)

    def _format(self, value: Any) -> str:
        return ", ".join(person.display_name for person in value)


@dataclass(frozen=True)
class When(Kind):
    """Start and end, a day apart at most.

    ATZ answers without an end date, so that a longer activity could not be told from a shorter one
    when it is read back (ATZ_API.md, "End before start on the clock").
    """

    value_types = (Span,)

    def equal(self, one: Any, other: Any) -> bool:
        if isinstance(one, Span) and isinstance(other, Span):
            return (one.start, one.end) == (other.start, other.end)
        return bool(one == other)

    def is_empty(self, value: Any) -> bool:
        return value is None or (isinstance(value, Span) and value.start is value.end is None)

    def check(self, value: Any) -> str | None:
        if not isinstance(value, Span) or value.start is None:
            return "Choose a start."
        for wall in (value.start, value.end):
            if wall is not None and not is_representable(wall):
                return f"Choose another year than {wall.year}."
            if wall is not None and is_nonexistent(wall, value.zone):
                return (
                    f"{wall:%H:%M} does not exist on {format_date(wall)} in {value.zone}: "
                    "the clocks go forward."
                )
        if value.end is None:
            return None
        if value.end <= value.start:
            return "The end must be after the start."
        if value.end - value.start > DAY:
            return (
                "The end must be 24 hours after the start at most: "
                "ATZ shows no end date, so a longer activity could not be checked."
            )
        return None

    def merge(self, base: Any, theirs: Any, mine: Any) -> Any | None:
        """Their start with my end or the reverse, if each changed only one of the two."""
        if not all(isinstance(each, Span) for each in (base, theirs, mine)):
            return None
        if mine.start == base.start and theirs.end == base.end:
            joined = replace(theirs, end=mine.end)
        elif mine.end == base.end and theirs.start == base.start:
            joined = replace(theirs, start=mine.start)
        else:
            return None
        return None if self.check(joined) else joined

    def transition_error(self, value: Any, base: Any) -> str | None:
        if isinstance(base, Span) and base.end is not None and value.end is None:
            return "ATZ is not known to let End be emptied."
        return None

    def _format(self, value: Any) -> str:
        return format_span(value)


@dataclass(frozen=True)
class Record(Kind):
    """The related record: an entity and the slug of one record of it."""

    value_types = (RecordRef,)

    limit: int = 50

    def equal(self, one: Any, other: Any) -> bool:
        if isinstance(one, RecordRef) and isinstance(other, RecordRef):
            return (one.entity, one.slug or None) == (other.entity, other.slug or None)
        return bool(one == other)

    def is_empty(self, value: Any) -> bool:
        return value is None or (
            isinstance(value, RecordRef) and value.entity is None and not value.slug
        )

    def check(self, value: Any) -> str | None:
        if not isinstance(value, RecordRef) or value.entity not in ENTITIES:
            return "Choose what kind of record this activity belongs to."
        if value.slug:
            return slug_problem(value.slug, self.limit)
        if value.entity == OTHER_ENTITY:
            return None
        return f"Choose the {ENTITIES[value.entity].kind}: type or paste its slug."

    def transition_error(self, value: Any, base: Any) -> str | None:
        if isinstance(base, RecordRef) and base.entity == value.entity:
            emptied = base.slug and not value.slug
            return "ATZ is not known to let Related record be emptied." if emptied else None
        return None

    def matches_server(self, meant: Any, answer: Any) -> bool:
        """Without a slug (allowed for Other only) only the entity was sent and is compared."""
        if isinstance(meant, RecordRef) and isinstance(answer, RecordRef) and not meant.slug:
            return meant.entity == answer.entity
        return self.equal(meant, answer)

    def _format(self, value: Any) -> str:
        kind = entity_label(value.entity)
        name = value.name or value.slug
        return f"{kind}: {name}" if name else kind


@dataclass(frozen=True)
class File(Kind):
    """The attachment: a file of this computer, or an address of at most `limit` characters."""

    value_types = (Attachment, LocalFile)

    limit: int = 350

    def equal(self, one: Any, other: Any) -> bool:
        if not (isinstance(one, Attachment) and isinstance(other, Attachment)):
            return bool(one == other)
        if not (one.link or other.link):
            return one.name == other.name
        if one.name and one.name == other.name:
            return _without_signature(one.link) == _without_signature(other.link)
        return one.link == other.link

    def is_empty(self, value: Any) -> bool:
        return value is None or value == Attachment()

    def check(self, value: Any) -> str | None:
        if isinstance(value, LocalFile):
            return (
                None if is_valid_unicode(value.name) else "Rename the file: its name can't be sent."
            )
        if not isinstance(value, Attachment) or not value.link:
            return "Choose a file, or type its web address."
        return url_problem(value.link) or length_problem(value.link, self.limit)

    def transition_error(self, value: Any, base: Any) -> str | None:
        """One with a name came from ATZ: sending its URL would not attach the file again."""
        if isinstance(value, Attachment) and value.name and not self.equal(value, base):
            return "The earlier file can't be brought back from here."
        return None

    def matches_server(self, meant: Any, answer: Any) -> bool:
        if isinstance(meant, LocalFile):
            held = answer.name if isinstance(answer, Attachment) else None
            return _nfc(held) == _nfc(meant.name)
        return self.equal(meant, answer)

    def is_comparable(self, meant: Any) -> bool:
        return not isinstance(meant, LocalFile)

    def format(self, value: Any) -> str:
        return "no attachment" if self.is_empty(value) else super().format(value)

    def _format(self, value: Any) -> str:
        if isinstance(value, LocalFile):
            return f"{value.name} ({format_size(value.size)})"
        return str(value.name or value.link)


_LINE_ENDS = ("\r\n", "\r", "\u2028", "\u2029")


_SIGNATURE = re.compile(r"[?&](?:[^&=]*signature|sig)=", re.IGNORECASE)


def _without_signature(link: str | None) -> str | None:
    """The URL without its query if that is a signature, which differs in every response."""
    return link.partition("?")[0] if link and _SIGNATURE.search(link) else link


def _nfc(name: str | None) -> str:
    """The file name in NFC: macOS uses NFD."""
    return normalize("NFC", name or "")


def _keys(people: tuple[Person, ...] | None) -> set[str]:
    return {person.key for person in people or ()}
