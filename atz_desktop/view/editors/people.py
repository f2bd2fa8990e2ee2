"""A list of people: a chip for each, told apart by slug or by user ID."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from atz_desktop.domain.fields import Field
from atz_desktop.domain.kinds import People
from atz_desktop.domain.people_items import KEY_LABELS
from atz_desktop.domain.text import quoted
from atz_desktop.domain.values import Person, Unparsed
from atz_desktop.domain.vocabulary import ENTITY_OF_KIND
from atz_desktop.session.known_names import PEOPLE_KINDS
from atz_desktop.view.editors.base import EditorAction, FieldEditor
from atz_desktop.view.widgets.chip_fold import spoken_names
from atz_desktop.view.widgets.chip_input import AmbiguousText, Chip, ChipInput, ChipParseResult
from atz_desktop.view.widgets.chip_paint import Mark
from atz_desktop.view.widgets.completer import name_chips
from atz_desktop.view.widgets.layouts import HeightForWidthBox

if TYPE_CHECKING:
    from atz_desktop.domain.local_records import Name
    from atz_desktop.domain.parse_people import ParsedPeople
    from atz_desktop.session.lookups import Lookups

_COUNTED_EVERY = 100
"""Milliseconds between two numbers of a list that is being read."""
_LONG = 2_000
"""Characters from which a text is read on a thread: a line of 40 takes a tenth of a millisecond."""
_MOST_NAMED = 5
_NOUNS = tuple(ENTITY_OF_KIND)


class PeopleEditor(FieldEditor):
    """Chips with names, offered while they are typed.

    A slug or ID that nobody knows yet is taken, marked as unverified, and looked up. What may be a
    name as well is asked about.
    """

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(field, lookups, parent)
        assert isinstance(field.kind, People)
        self._kind = field.kind
        self._who = PEOPLE_KINDS[field.name]
        self._value: Any = ()
        self._base: Any = ()
        self._listed: frozenset[str] = frozenset()
        self._revision = self._names_shown = -1
        self._made: dict[str, tuple[Person, Chip]] = {}
        self._named_here: tuple[Any, Any, int, dict[str, tuple[Person, ...]]] = ((), (), -1, {})
        self._spoken: tuple[tuple[Chip, ...], str] = ((), "")
        self._has_unknown = False
        self._doubtful_keys: tuple[str, ...] = ()
        self._said_keys: frozenset[str] = frozenset()
        """What the user said are slugs or IDs, although they may be names or telephone numbers."""
        self._doubted: frozenset[str] = frozenset()
        """What was left of a list, or comes from a draft: no number in it was typed alone."""
        self._reading = ""
        self._read: ParsedPeople | None = None
        self._line = 0  # counted on the thread that reads
        self._counting = QTimer(self, interval=_COUNTED_EVERY)
        self._counting.timeout.connect(self._tell_line)
        self._chips = _PeopleInput(self._parse, self._cancel_parse)
        self._chips.edited.connect(self._changed)
        self._chips.text_changed.connect(self._text_changed)
        self._chips.problem_changed.connect(self.status_changed)
        self._chips.set_completer_source(self._suggest)
        self._chips.set_key_name(KEY_LABELS[self._kind.by])
        self.add_part(field.label, HeightForWidthBox(self._chips), self._chips)

    def show_value(self, value: Any, base: Any) -> None:
        as_shown = value is self._value and base is self._base
        if as_shown and self._names_shown == self.lookups.revision:
            return  # only the text in the box is another one
        if base is not self._base:
            self._listed = frozenset(person.key for person in _people(base))
            self._forget_nameless()
        self._value, self._base = value, base
        self._chips.set_placeholder(
            value.text if isinstance(value, Unparsed) else self._invitation()
        )
        self._show_chips()
        self.update_hint()
        unnamed = (person.key for person in _people(value) if not person.name)
        self.lookups.verify_keys(self._who, [key for key in unnamed if key not in self._listed])

    def show_unparsed(self, text: str) -> None:
        with self.updating:
            if text and text != self._chips.pending_text():
                self._chips.show_text(text)
                self._doubted = _items(text)
            elif not text and self._chips.pending_text():
                self._chips.clear_text()

    def show_names(self) -> None:
        if self._names_shown != self.lookups.revision:
            self._show_chips()
        if self._has_unknown and not self.is_busy:
            self._parse_again(self._chips.box_text())  # whom nobody knew may be known now

    def _show_chips(self) -> None:
        self._names_shown = self.lookups.revision
        self._chips.show_chips(self._marked_chips())

    def _marked_chips(self) -> Iterator[Chip]:
        """Who ATZ holds, in its order, and then who is new. Who was taken out keeps the place."""
        kept = {person.key for person in _people(self._value)}
        for person in _people(self._base):
            chip = self._chip(person)
            yield chip if person.key in kept else chip._replace(mark=Mark.REMOVED)
        for person in _people(self._value):
            if person.key not in self._listed:
                yield self._chip(person)._replace(mark=Mark.ADDED)

    def change_text(self) -> str:
        marks = [chip.mark for chip in self._chips.listed()]
        counts = ((marks.count(Mark.ADDED), "added"), (marks.count(Mark.REMOVED), "removed"))
        words = ", ".join(f"{count:,} {done}" for count, done in counts if count)
        return f"{words}." if words else ""

    def spoken_text(self) -> str:
        marked = self._chips.listed()
        if marked is not self._spoken[0]:
            self._spoken = marked, self._spoken_marks(marked)
        return self._spoken[1]

    def _spoken_marks(self, marked: tuple[Chip, ...]) -> str:
        groups = (
            ("Added", [chip for chip in marked if chip.mark is Mark.ADDED]),
            ("Removed", [chip for chip in marked if chip.mark is Mark.REMOVED]),
            ("Not verified", [chip for chip in self._chips.chips() if chip.unverified]),
        )
        return " ".join(f"{words}: {spoken_names(chips)}." for words, chips in groups if chips)

    def commit(self) -> None:
        self._chips.commit_text()

    @property
    def input_error(self) -> str:
        return self._chips.problem() or ""

    @property
    def touched(self) -> bool:
        return bool(self.input_error) or super().touched

    @property
    def action(self) -> EditorAction | None:
        label = self.field.label
        if self._reading:
            return EditorAction("Stop", "close", f"Stop reading {label}", self._cancel_parse)
        if not self._has_unknown or not self.input_error:
            return None
        keys = self._doubtful_keys
        if not keys:
            return self.fetch_names_action()
        what = KEY_LABELS[self._kind.by]
        named = f"Use {quoted(keys[0])} as the {what}"
        words = named if len(keys) == 1 else f"Use {len(keys)} {what}s"
        spoken = f"Use {', '.join(map(quoted, keys[:_MOST_NAMED]))} as {what}s of {label}"
        return EditorAction(words, "check", spoken, partial(self._take_as_keys, keys))

    def _take_as_keys(self, keys: tuple[str, ...]) -> None:
        self._said_keys |= set(keys)
        self._parse_again(self._chips.box_text().rstrip(", "))

    def reset(self) -> None:
        self._said_keys = self._doubted = frozenset()

    def set_read_only(self, read_only: bool) -> None:
        self._chips.set_read_only(read_only)

    def hint(self) -> tuple[str, str]:
        new = (each.key for each in _people(self._value) if each.key not in self._listed)
        return next(filter(None, map(self._other_kind, new)), ""), "warning"

    def _parse(self, text: str) -> ChipParseResult:
        from atz_desktop.domain.parse_people import parse_people

        owners = partial(self.lookups.people_with_email, self.field.name)
        namesakes = partial(self._namesakes, self._names_here())
        in_list = (person.key for person in (*_people(self._base), *_people(self._value)))
        is_key = partial(self._is_key, self._said_keys.union(in_list))
        read = partial(
            parse_people,
            text,
            self._kind,
            owners,
            namesakes,
            on_line=self._count_line,
            is_key=is_key,
            doubted=self._doubted,
        )
        if self._read is not None:
            found, self._read = self._read, None
        elif len(text) > _LONG and self._parse_in_thread(text, read):
            lines = len(text.splitlines())
            return ChipParseResult((), text, f"Reading a list of {lines:,} lines… Esc stops.")
        else:
            found = read()
        self._has_unknown, self._doubtful_keys = found.has_unknown, found.doubtful_keys
        self._doubted = _items(found.unparsed)
        if self._kind.by == "id" and found.doubtful_keys:
            self.lookups.verify_keys(self._who, found.doubtful_keys)
        ask = partial(self._resolve, found) if found.pending_emails or found.pending_names else None
        several = (
            AmbiguousText(each.text, self._choices(each.people), each.problem)
            for each in found.ambiguous
        )
        return ChipParseResult(
            tuple(map(self._chip, found.people)),
            found.unparsed,
            found.problem,
            tuple(several),
            ask,
        )

    def _choices(self, people: tuple[Person, ...]) -> tuple[Chip, ...]:
        return name_chips(self.lookups.names_of(self.field.name, people))

    def _resolve(self, found: ParsedPeople) -> None:
        again = partial(self._parse_again, found.unparsed)
        self.lookups.resolve_people(self.field.name, found, again)

    def _is_key(self, certain: frozenset[str], key: str) -> bool:
        """Whether it is settled that this is a slug or ID; called on a thread, too."""
        return key in certain or self.lookups.knows(self._who, key)

    def _namesakes(
        self, here: Mapping[str, tuple[Person, ...]], name: str
    ) -> tuple[Person, ...] | None:
        """Who is called so, of the directory and of the list; called on a thread, too."""
        known = self.lookups.people_named(self.field.name, name)
        if known is None:
            return None
        return tuple({person.key: person for person in (*known, *here.get(name, ()))}.values())

    def _names_here(self) -> Mapping[str, tuple[Person, ...]]:
        """Who is in the list, or was, by name; made once for what is known of names and of it."""
        from atz_desktop.domain.parse_people import normalize_name

        known_for = (self._value, self._base, self.lookups.revision)
        if self._named_here[:3] != known_for:
            here: defaultdict[str, tuple[Person, ...]] = defaultdict(tuple)
            both = (*_people(self._base), *_people(self._value))
            for person in map(self._with_name, {each.key: each for each in both}.values()):
                if person.name:
                    here[normalize_name(person.name)] += (person,)
            self._named_here = (*known_for, here)
        return self._named_here[3]

    def _parse_in_thread(self, text: str, read: Callable[[], ParsedPeople]) -> bool:
        """Read a long text on a thread, and leave it in the box meanwhile; whether that is so."""
        if self._reading != text:
            self._line = 0
            self._counting.start()
            answer = partial(self._accept_parsed, text)
            self._reading = (
                text if self.lookups.parse_in_thread(self.field.name, read, answer) else ""
            )
        return bool(self._reading)

    def _accept_parsed(self, text: str, found: ParsedPeople | None) -> None:
        """A long text was read: take over what was found, if it still stands in the box."""
        if self._reading == text:
            self._reading = ""
            if self._chips.box_text() == text:
                self._read = found
                self._chips.commit_text()
                self._read = None
            self.status_changed.emit()

    def _cancel_parse(self) -> bool:
        """Leave a long text in the box as it is; whether it was being read."""
        reading, self._reading = self._reading, ""
        self._counting.stop()
        if reading:
            self.lookups.cancel_parse(self.field.name)
            self._chips.reject("Stopped: nothing was taken over. Enter reads the list again.")
        return bool(reading)

    def _count_line(self, number: int) -> None:
        self._line = number + 1

    def _tell_line(self) -> None:
        """Say how far the reading is; the last lines may have been read already."""
        if not self._reading:
            self._counting.stop()
        elif self._line:
            total = len(self._reading.splitlines())
            said = f"{min(self._line, total):,} of {total:,} lines"
            self._chips.reject(f"Reading a list: {said}… Esc stops.")

    def _parse_again(self, text: str) -> None:
        """It is known now who has an e-mail address or name: take over what waited for that.

        Unless it is another text by now, or is being typed (then nothing was wrong with it yet).
        """
        if self._chips.box_text().rstrip(", ") == text and self._chips.problem():
            self._chips.commit_text()

    def _suggest(self, text: str) -> None:
        self.lookups.suggest(self.field.name, (self._who,), text, self._show_suggestions)

    def _show_suggestions(self, text: str, names: tuple[Name, ...]) -> None:
        self._chips.show_suggestions(text, name_chips(names))

    def _changed(self, chips: tuple[Chip, ...]) -> None:
        known = {person.key: person for person in (*_people(self._base), *_people(self._value))}
        listed = (self._with_name(known.get(chip.key, Person(chip.key))) for chip in chips)
        self.edited.emit(tuple(listed))

    def _text_changed(self) -> None:
        if self._reading and self._chips.box_text() != self._reading:
            self._reading = ""
            self.lookups.cancel_parse(self.field.name)
        if not self.updating:
            self.unparsed_changed.emit(self._chips.pending_text())

    def _with_name(self, person: Person) -> Person:
        """The person with the best name that is known."""
        return person if person.name else self.lookups.person(self.field.name, person.key)

    def _chip(self, person: Person) -> Chip:
        """The person as a chip; made once, for there may be thousands."""
        if self._revision != self.lookups.revision:
            self._revision = self.lookups.revision
            self._forget_nameless()
        made = self._made.get(person.key)
        if made is None or (made[0].name, made[0].email) != (person.name, person.email):
            made = self._made[person.key] = person, self._make_chip(person)
        return made[1]

    def _forget_nameless(self) -> None:
        """Another base, or what is learned of names, makes other chips only of who has none."""
        self._made = {key: made for key, made in self._made.items() if made[0].name}

    def _make_chip(self, person: Person) -> Chip:
        named = self._with_name(person)
        tip = [person.key, named.email, self._other_kind(person.key)]
        return Chip(
            key=person.key,
            text=named.display_name,
            tip="\n".join(filter(None, tip)),
            unverified=person.key not in self._listed
            and not person.name
            and not self._seen(person),
        )

    def _seen(self, person: Person) -> bool:
        return self.lookups.knows(self._who, person.key)

    def _other_kind(self, key: str) -> str:
        """A warning for a slug that begins like one of another kind; its shape is no proof."""
        noun, found, _rest = key.partition("_")
        if self._kind.by == "slug" and found and noun in _NOUNS and noun != self._kind.noun:
            return f"{key} looks like the slug of another kind ({noun}). Is it a {self._kind.noun}?"
        return ""

    def _invitation(self) -> str:
        """What stands in the empty box; short beside chips, where more would take another line."""
        add = f"Add a {self._kind.noun}"
        if _people(self._value) or _people(self._base):
            return add
        return f"{add}: name, e-mail or {KEY_LABELS[self._kind.by]}"


class _PeopleInput(ChipInput):
    """`stop` ends the reading of a long text and says whether there was any."""

    def __init__(self, take: Callable[[str], ChipParseResult], stop: Callable[[], bool]) -> None:
        super().__init__(take)
        self._stop = stop

    def box_key(self, event: QKeyEvent) -> bool:
        return (event.key() == Qt.Key.Key_Escape and self._stop()) or super().box_key(event)


def _items(text: str) -> frozenset[str]:
    return frozenset(text.replace(",", " ").split())


def _people(value: Any) -> tuple[Person, ...]:
    return value if isinstance(value, tuple) else ()
