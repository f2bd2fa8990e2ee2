"""Reviews for the user: what a save will change and send, what would be lost, and what a past save
did.
"""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.diff import ChangeType, Segment, elide, elide_text, word_diff
from atz_desktop.domain.edit import CalendarMail, Change, Edit, mail_warning
from atz_desktop.domain.fields import ACTIVITY, Field
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.kinds import People, Text
from atz_desktop.domain.mapping import form_text
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import ambiguous_time_note, format_span, quoted
from atz_desktop.domain.urls import DEFAULT_API_URL
from atz_desktop.domain.values import Attachment, LocalFile, Person, Span, instant
from atz_desktop.domain.verify import FieldResult, Verdict, verify

WORD_DIFF_MIN_LENGTH = 60
"""From this length on, texts are shown as a word diff."""


@dataclass(frozen=True)
class FieldDiff:
    """The difference of one field as text.

    Lists of people have `removed`, `added` and `unchanged`; long similar texts have `segments` of a
    word diff; times have `old_utc` and `new_utc`. `notes` are warnings before the save. `verdict`
    is the result of a past save.
    """

    name: str
    label: str
    old: str
    new: str
    old_utc: str | None = None
    new_utc: str | None = None
    was_empty: bool = False
    becomes_empty: bool = False
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    notes: tuple[str, ...] = ()
    verdict: Verdict | None = None

    @property
    def is_people_diff(self) -> bool:
        return bool(self.removed or self.added)

    def text(self) -> str:
        """As sentences, for screen readers and the clipboard."""
        return " ".join([f"{self.label}: {self._difference_text()}", *self.notes])

    def _difference_text(self) -> str:
        if self.is_people_diff:
            parts = [("Removes", self.removed), ("Adds", self.added)]
            said = [f"{verb} {', '.join(names)}." for verb, names in parts if names]
            return " ".join([*said, unchanged_count_text(len(self.unchanged))]).strip()
        if self.segments:
            verbs = {ChangeType.REMOVED: "Removes", ChangeType.ADDED: "Adds"}
            return " ".join(
                f"{verbs[s.type]} “{s.display_text}”." for s in self.segments if s.type in verbs
            )
        old = f"{self.old}, {self.old_utc}" if self.old_utc else self.old
        new = f"{self.new}, {self.new_utc}" if self.new_utc else self.new
        return f"From “{old}” to “{new}”."


def unchanged_count_text(count: int) -> str:
    """How many people of a list are unchanged."""
    return f"{count} {'stays' if count == 1 else 'stay'} in the list." if count else ""


@dataclass(frozen=True)
class UnparsedText:
    """Typed text that is not a valid value yet."""

    label: str
    text: str


@dataclass(frozen=True)
class Review:
    """Content of a review dialog. `request` is None if nothing will be sent."""

    activity_id: int
    title: str
    diffs: tuple[FieldDiff, ...]
    unparsed: tuple[UnparsedText, ...] = ()
    mail: CalendarMail | None = None
    request: RequestPreview | None = None

    def text(self) -> str:
        typed = [
            f"{each.label}: “{each.text}” is typed but not finished." for each in self.unparsed
        ]
        return "\n".join([*(line.text() for line in self.diffs), *typed])


def review_save(edit: Edit, now: datetime, *, numeric_flags: bool = False) -> Review:
    """What saving `edit` will change; `now` is zone-aware. Requires an edit without problems."""
    lines = tuple(
        replace(field_diff(c.field, c.old, c.new), notes=_notes(edit, c.field, c.old, c.new))
        for c in edit.changes()
    )
    request = preview_request(edit, numeric_flags=numeric_flags)
    return replace(_build_review(edit, lines), mail=mail_warning(edit, now), request=request)


def review_unsaved(edit: Edit, unparsed: Mapping[str, str]) -> Review:
    """Unsaved changes, including invalid ones, and unparsed text."""
    lines = tuple(field_diff(c.field, c.old, c.new) for c in edit.changes())
    half = tuple(
        UnparsedText(f.label, unparsed[f.name])
        for f in edit.record_type.fields
        if unparsed.get(f.name)
    )
    return replace(_build_review(edit, lines), unparsed=half)


def review_entry(entry: JournalEntry) -> Review:
    """What a past save changed, with the verdict of each field.

    Verdicts of a verified save are left out, except for files, which cannot be compared.
    """
    nothing: dict[str, Any] = {field.name: None for field in ACTIVITY.fields}
    edit = Edit(Activity(entry.activity_id, {**nothing, **entry.before}))
    edit = Edit(edit.base, entry.sent)
    found = entry.after or {}
    verification = verify(edit, edit.base.with_values(found))
    as_meant = entry.outcome is Outcome.VERIFIED
    verdicts = {
        v.field.name: v
        for v in verification.verdicts
        if v.field.name in found and not (as_meant and v.result is FieldResult.STORED)
    }
    lines = tuple(
        replace(field_diff(c.field, c.old, c.new), verdict=verdicts.get(c.field.name))
        for c in edit.changes()
    )
    return Review(entry.activity_id, entry.title, lines)


def field_diff(field: Field, old: Any, new: Any) -> FieldDiff:
    """The difference of one field, without notes."""
    line = FieldDiff(
        field.name,
        Change(field, old, new).label,
        elide_text(field.kind.format(old)),
        elide_text(field.kind.format(new)),
        was_empty=field.kind.is_empty(old),
        becomes_empty=field.kind.is_empty(new),
    )
    if isinstance(field.kind, People) and _are_lists(old, new):
        removed, added, stay = _people_diff(old, new)
        return replace(line, removed=removed, added=added, unchanged=stay)
    if isinstance(old, Span) or isinstance(new, Span):
        return replace(line, old_utc=_in_utc(old), new_utc=_in_utc(new))
    if isinstance(field.kind, Text) and isinstance(old, str) and isinstance(new, str):
        return replace(line, segments=_text_diff(old, new))
    return line


def _build_review(edit: Edit, lines: tuple[FieldDiff, ...]) -> Review:
    return Review(edit.base.id, edit.base.title, lines)


def _notes(edit: Edit, field: Field, old: Any, new: Any) -> tuple[str, ...]:
    notes = [ambiguous_time_note(new)] if isinstance(new, Span) else []
    if isinstance(new, LocalFile):
        notes.append("After saving, only the name of the file can be checked.")
    back = Edit(edit.base.with_values({field.name: new})).with_value(field.name, old)
    if isinstance(old, Attachment) and old.name:
        notes.append("The earlier file can't be brought back from here.")
    elif back.problems():
        notes.append(_irreversible_note(field, old))
    return tuple(note for note in notes if note)


def _irreversible_note(field: Field, old: Any) -> str:
    if field.kind.is_empty(old):
        return f"Once saved, {field.label} can't be emptied again from here."
    return f"Once saved, {quoted(field.kind.format(old))} can't be put back from here."


def _are_lists(*values: Any) -> bool:
    return all(value is None or isinstance(value, tuple) for value in values)


def _people_diff(old: Any, new: Any) -> tuple[tuple[str, ...], ...]:
    before = {person.key: person for person in old or ()}
    after = {person.key: person for person in new or ()}
    shown = Counter(person.display_name for person in {**before, **after}.values())

    def names(people: Iterable[Person]) -> tuple[str, ...]:
        return tuple(
            person.display_name
            if shown[person.display_name] == 1
            else f"{person.display_name} ({person.key})"
            for person in people
        )

    removed = names(person for key, person in before.items() if key not in after)
    added = names(person for key, person in after.items() if key not in before)
    return removed, added, names(person for key, person in after.items() if key in before)


def _text_diff(old: str, new: str) -> tuple[Segment, ...]:
    """A word diff if it reads better than both texts (long and similar, or only whitespace)."""
    if old == new:
        return ()
    segments = word_diff(old, new)
    if old.split() == new.split():
        return elide(segments)
    alike = sum(len(s.text) for s in segments if s.type is ChangeType.UNCHANGED)
    long = max(len(old), len(new))
    return elide(segments) if long >= WORD_DIFF_MIN_LENGTH and alike * 3 >= long else ()


def _in_utc(span: Any) -> str | None:
    if not isinstance(span, Span) or span.zone == "UTC" or span.start is None:
        return None
    start = instant(span.start, span.zone)
    end = instant(span.end, span.zone) if span.end is not None else None
    if start is None:
        return None
    span = Span(start.replace(tzinfo=None), end.replace(tzinfo=None) if end else None, "UTC")
    return f"in UTC: {format_span(span).removesuffix(' (UTC)')}"


@dataclass(frozen=True)
class RequestPreview:
    """Method, path and fields of one request (ATZ_API.md, PUT).

    multipart/form-data if one field is a file, else JSON.
    """

    method: str
    path: str
    fields: Mapping[str, Any]

    @property
    def file(self) -> tuple[str, LocalFile] | None:
        """Field name and file; None for a JSON request."""
        found = [(key, v) for key, v in self.fields.items() if isinstance(v, LocalFile)]
        return found[0] if found else None

    @property
    def text_parts(self) -> tuple[tuple[str, str], ...]:
        """The text parts of a multipart request, booleans as true and false."""
        return tuple(
            (key, form_text(value))
            for key, value in self.fields.items()
            if not isinstance(value, LocalFile)
        )

    def text(self) -> str:
        """Method, path, content type and body as text."""
        head = f"{self.method} {self.path}\n"
        if self.file is None:
            body = json.dumps(dict(self.fields), ensure_ascii=False, indent=2)
            return f"{head}Content-Type: application/json\n\n{body}"
        key, file = self.file
        lines = [f"{name}: {value}" for name, value in self.text_parts]
        lines.append(f"{key}: the file {file.path} ({file.size:,} bytes)")
        return f"{head}Content-Type: multipart/form-data\n\n" + "\n".join(lines)

    def curl(self, api_url: str = DEFAULT_API_URL) -> str:
        """A curl command for sh, bash or zsh; it reads the token from `$ATZ_API_TOKEN`."""
        url = api_url.rstrip("/") + self.path
        lines = [
            f"curl --request {self.method} {shlex.quote(url)}",
            '--header "Authorization: Bearer $ATZ_API_TOKEN"',
        ]
        if self.file is None:
            body = json.dumps(dict(self.fields), ensure_ascii=False)
            lines += [
                "--header 'Content-Type: application/json'",
                f"--data-raw {shlex.quote(body)}",
            ]
        else:
            key, file = self.file
            lines += [f"--form-string {shlex.quote(f'{n}={v}')}" for n, v in self.text_parts]
            lines.append(f"--form {shlex.quote(f'{key}=@{_curl_quoted_path(file.path)}')}")
        return " \\\n  ".join(lines)


def preview_request(edit: Edit, *, numeric_flags: bool = False) -> RequestPreview:
    """The request that saves this edit. Requires an edit without `problems`."""
    return RequestPreview(*edit.base.update_target, edit.body(numeric_flags=numeric_flags))


def _curl_quoted_path(path: Path) -> str:
    """A path quoted for curl's --form, where `;` and `,` are special."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
