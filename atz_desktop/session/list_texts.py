"""What is said of a work list: what came into it, what did not, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.characters import single_line
from atz_desktop.domain.edit import Problem
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import quoted, short_day
from atz_desktop.domain.work_list import NewRow, RowState, WorkListCounts
from atz_desktop.session.notices import Level, Notice
from atz_desktop.store.errors import StoreError

_MOST_NAMED: Final = 200
"""IDs or texts that are listed; of more, the number is told."""
_LONGEST_NAME: Final = 60
"""Characters."""


@dataclass(frozen=True)
class ListInput:
    """What was given for a list: its rows, IDs that came more than once, and what holds no ID.

    `name` is what a new list is called.
    """

    rows: tuple[NewRow, ...]
    doubles: tuple[int, ...] = ()
    junk: tuple[str, ...] = ()
    name: str = ""


def list_name(wanted: str = "") -> str:
    """The name of a new list: what it is made of, or when it was made."""
    name, now = single_line(wanted.strip()[:_LONGEST_NAME]), datetime.now(UTC).astimezone()
    return name or f"{short_day(now)}, {now:%H:%M}"


def added_notice(found: ListInput, added: int, doubles: Iterable[int]) -> Notice:
    """What came into the list, with all that did not."""
    twice = tuple(dict.fromkeys((*doubles, *found.doubles)))
    said = []
    if twice:
        said.append(f"In the list once, though given more often: {_listed(map(str, twice))}.")
    if found.junk:
        said.append(f"Without an ID, and left out: {_listed(map(quoted, found.junk))}.")
    text = " ".join(said)
    what = "1 activity was" if added == 1 else f"{added:,} activities were"
    title = f"{what} added to the work list"
    return Notice(Level.WARNING if text else Level.INFO, title, text, persistent=bool(text))


def nothing_found_notice(found: ListInput) -> Notice:
    """Nothing of it is an activity."""
    text = "An ID stands alone in its line or cell, or as #42, “activity 42” or an address."
    if found.junk:
        text += f" Left out: {_listed(map(quoted, found.junk))}."
    return Notice(Level.WARNING, "No activity IDs were found", text)


def unreadable_notice(name: str, why: str) -> Notice:
    """A file gives nothing for the list."""
    return Notice(Level.PROBLEM, f"{quoted(name)} was not added", why)


def own_values_notice(problems: Iterable[Problem], activity: Activity) -> Notice:
    """The table has values for an activity that can't be taken over."""
    labels = {field.name: field.label for field in activity.record_type.fields}
    text = " ".join(f"{labels.get(each.name, each.name)}: {each.text}" for each in problems)
    return Notice(Level.WARNING, "Not every value of the table could be taken over", text)


def end_notice(counts: WorkListCounts) -> Notice:
    """There is nothing more to be done further down."""
    good = counts.left == 0 and not any(counts.by_state.get(state) for state in _TROUBLES)
    title = "The work list is done" if counts.left == 0 else "This was the last of the work list"
    return Notice(Level.GOOD if good else Level.INFO, title, counts.text)


def not_kept_notice(error: StoreError) -> Notice:
    """The disk does not allow it."""
    return Notice(Level.PROBLEM, "The work list could not be kept", error.message)


_TROUBLES = (RowState.DIFFERENT, RowState.REFUSED, RowState.CONFLICT, RowState.NOT_CONFIRMED)


def _listed(words: Iterable[str]) -> str:
    found = list(words)
    more = len(found) - _MOST_NAMED
    return ", ".join(found[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
