"""The words after an activity was opened, read again or saved, of a disk that does not take what is
to be kept, and of outcomes in the history.
"""

from __future__ import annotations

from typing import NamedTuple

from atz_desktop.domain.characters import pluralize, single_line
from atz_desktop.domain.edit import Change
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.merge import Merge
from atz_desktop.domain.verify import FieldResult, Verdict, Verification
from atz_desktop.session.notices import Level, Notice, NoticeAction, error_notice
from atz_desktop.session.opening import FileState, LoadResult
from atz_desktop.session.saving import SaveResult
from atz_desktop.store.errors import FileGone, StoreError


def visit_not_noted(error: StoreError) -> Notice:
    """The disk does not take the names of an activity, nor that it was seen."""
    text = f"{error.message} The names in this activity were not learned."
    title = "Not noted on this computer"
    return Notice(Level.WARNING, title, text, _next_step(error), aside=True)


def draft_not_saved(error: StoreError) -> Notice:
    """This computer's store cannot be written; it is tried again by itself."""
    text = (
        f"{error.message} You can go on, and it is tried again by itself; until then unsaved"
        " changes would not survive a crash."
    )
    title = "Unsaved changes can't be kept on this computer"
    return Notice(Level.WARNING, title, text, _next_step(error), persistent=True, aside=True)


def _next_step(error: StoreError) -> NoticeAction | None:
    return NoticeAction.NEW_FOLDER if isinstance(error, FileGone) else None


def folder_renewed(copied: bool, notice: str | None) -> Notice:
    """The data folder was made anew: what is in it, and what is not."""
    if copied:
        text = "Your unsaved changes, the history and the learned names were written into it."
        return Notice(Level.GOOD, "The data folder is there again", text)
    text = (
        "Your unsaved changes, and the saves of this run that are not confirmed yet, are in it."
        " The earlier history could not be copied."
    )
    return Notice(
        Level.WARNING, "The data folder was begun anew", " ".join(filter(None, (text, notice)))
    )


def folder_in_use() -> Notice:
    """Another start made the data folder anew before this program did."""
    title = "Another ATZ Desktop works in the data folder now"
    text = (
        "Both would write over each other's drafts. Save here what you typed, or copy it; then"
        " close this window and go on in the other."
    )
    return Notice(Level.PROBLEM, title, text, NoticeAction.NEW_FOLDER)


def folder_not_renewed(error: StoreError) -> Notice:
    """The data folder is still not there."""
    title = "The data folder could not be made anew"
    return Notice(Level.PROBLEM, title, error.message, NoticeAction.NEW_FOLDER)


def after_opening(opened: LoadResult) -> Notice | None:
    """What there is to know about an activity that was just opened."""
    if opened.draft_error is not None:
        text = "It could not be read whether there are earlier unsaved changes."
        text = f"{text} {opened.draft_error.message}"
        return Notice(Level.WARNING, "The draft is not shown", text, _next_step(opened.draft_error))
    if opened.store_problem:
        text = f"There are earlier unsaved changes of this activity. {opened.store_problem}"
        return Notice(Level.WARNING, "The draft is not shown", text)
    if opened.restored:
        return _restored(opened)
    if opened.settled:
        return after_reconciling(opened.settled)
    return None


_LOST = {
    FileState.GONE: "is no longer where it was",
    FileState.CHANGED: "was changed after you chose it",
}


def _restored(opened: LoadResult) -> Notice:
    parts = ["These changes had not been saved when you left."]
    if opened.remote_changes:
        parts.append(f"Changed in ATZ meanwhile, and taken over: {_labels(opened.remote_changes)}.")
    if opened.conflicts:
        names = ", ".join(conflict.field.label for conflict in opened.conflicts)
        parts.append(f"Also changed in ATZ: {names}. You will be asked when you save.")
    if opened.lost_file is not None:
        name, why = single_line(opened.lost_file.path.name), _LOST[opened.lost_file.state]
        parts.append(f"The file “{name}” {why}: choose it again.")
    level = Level.WARNING if opened.conflicts or opened.lost_file else Level.INFO
    return Notice(level, "Your unsaved changes are back", " ".join(parts))


def after_reconciling(entries: tuple[JournalEntry, ...], *, typed_since: bool = False) -> Notice:
    """What became of saves whose answer had been lost; `typed_since`: there is more to save now."""
    outcomes = {entry.outcome for entry in entries}
    which = ", ".join(f"{entry.activity_id} ({single_line(entry.title)})" for entry in entries)
    if outcomes == {Outcome.VERIFIED}:
        text = (
            f"It took a moment until ATZ showed it; now it holds what you meant: activity {which}."
        )
        if typed_since:  # nothing may be called saved beside what is not
            text = f"{text} What you typed since then is not saved yet."
            return Notice(Level.INFO, "Your earlier save is checked", text)
        return Notice(Level.GOOD, "Saved and checked", text, brief=True)
    if outcomes == {Outcome.NOT_SENT}:
        text = (
            f"ATZ holds the earlier values: activity {which}. The change did not arrive, or"
            " somebody put it back before it was looked up."
        )
        return Notice(Level.WARNING, "The change is not in ATZ", text, NoticeAction.HISTORY)
    text = f"ATZ holds something else than you saved: activity {which}. The history shows both."
    return Notice(Level.WARNING, "ATZ stored something else", text, NoticeAction.HISTORY)


def after_reload(merged: Merge) -> Notice | None:
    """What moved while the activity was read again."""
    if merged.conflicts:
        names = ", ".join(conflict.field.label for conflict in merged.conflicts)
        text = f"Your own changes stay. You will be asked when you save: {names}."
        return Notice(Level.WARNING, "Somebody changed the same fields in ATZ", text)
    if merged.remote_changes:
        return Notice(
            Level.INFO, "Changed in ATZ meanwhile", f"Taken over: {_labels(merged.remote_changes)}."
        )
    return None


def after_saving(saved: SaveResult) -> Notice | None:
    """What became of a save, in words that claim nothing that was not seen."""
    if saved.stopped:
        return Notice(Level.INFO, "Stopped", "Nothing was sent. What you typed stays.")
    if saved.outcome is None:
        return _nothing_sent(saved)
    if saved.outcome is Outcome.UNKNOWN:
        return _not_confirmed(saved)
    if saved.outcome is Outcome.VERIFIED:
        return Notice(Level.GOOD, "Saved and checked", _saved_text(saved), brief=True)
    if saved.outcome is Outcome.DIFFERENT and saved.verification is not None:
        return _different(saved.verification)
    if saved.error is None:
        return None
    # Behind a gateway, or while reads lag, a save that was refused may be in ATZ all the same.
    refused = saved.outcome is Outcome.REFUSED
    return error_notice(saved.error, "ATZ said no to the save" if refused else "Not saved")


def _not_confirmed(saved: SaveResult) -> Notice:
    seen = "ATZ could not be asked whether it arrived" if saved.fresh is None else ""
    seen = seen or "ATZ does not show it yet"
    if saved.without_journal:  # which tells what is to be looked up
        text = (
            f"The change went out, but {seen}. It is not in the history, so it is not looked up by"
            " itself: load the activity again in a minute and a half. What you typed stays."
        )
        return Notice(Level.WARNING, "Not confirmed yet", text, NoticeAction.RELOAD)
    text = (
        f"The change went out, but {seen}. For a minute and a half it is looked up again. "
        "What you typed stays, and you can go on working."
    )
    return Notice(Level.WARNING, "Not confirmed yet", text, NoticeAction.LOOK_AGAIN)


def _nothing_sent(saved: SaveResult) -> Notice | None:
    if saved.cancelled:
        return None
    text = "ATZ holds these values already."
    if saved.remote_changes:
        text += f" Changed by others meanwhile: {_labels(saved.remote_changes)}."
    return Notice(Level.INFO, "Nothing to save", text)


def _saved_text(saved: SaveResult) -> str:
    verdicts = saved.verification.verdicts if saved.verification else ()
    parts = [f"{pluralize(len(verdicts), 'field')} read back from ATZ and found as meant."]
    if any(verdict.result is FieldResult.NAME_STORED for verdict in verdicts):
        parts.append("Of the file, only the name can be checked.")
    if saved.error is not None:
        parts.append("The answer had been lost on the way, so it was looked up.")
    changed = saved.remote_changes + (
        saved.verification.other_changes if saved.verification else ()
    )
    if changed:
        parts.append(f"Changed by others meanwhile: {_labels(changed)}.")
    if saved.without_journal:
        parts.append("This save is not in the history.")
    return " ".join(parts)


def _different(verification: Verification) -> Notice:
    wrong = [verdict for verdict in verification.verdicts if not verdict.is_ok]
    names = ", ".join(verdict.field.label for verdict in wrong)
    if verification.times_changed:
        text = (
            f"ATZ stored other times than you meant. Most likely ATZ does not work in the time "
            f"zone that is chosen here. Please check: {names}."
        )
        return Notice(Level.WARNING, "Saved, but not as meant", text, NoticeAction.CHOOSE_ZONE)
    if {verdict.result for verdict in wrong} == {FieldResult.UNPROVEN}:
        text = f"{names}: ATZ shows the same name as before, so the file itself can't be checked."
        return Notice(Level.WARNING, "Sent, but not to be checked", text)
    if all(verdict.result is FieldResult.IGNORED for verdict in verification.verdicts):
        text = f"ATZ took the request but changed nothing: {names}."
        return Notice(Level.WARNING, "ATZ did not store the change", text)
    text = f"ATZ stored something else than you meant, or ignored it: {names}."
    return Notice(Level.WARNING, "Saved, but not as meant", text)


def verdict_text(verdict: Verdict) -> str:
    """One sent field's fate in words, for its row."""
    known = _VERDICT_TEXTS.get(verdict.result)
    if known is not None:
        return known
    shown = single_line(verdict.field.kind.format(verdict.actual))
    if verdict.result is FieldResult.ALTERED:
        return f"ATZ stored “{shown}” instead"
    return f"ATZ did not store it: it still holds “{shown}”"


_VERDICT_TEXTS = {
    FieldResult.STORED: "Checked",
    FieldResult.NAME_STORED: "The name was checked",
    FieldResult.UNPROVEN: (
        "A file of this name was there before, so it can't be told which one ATZ holds now"
    ),
}


def _labels(changes: tuple[Change, ...]) -> str:
    """Each field once, though it may have changed before the save and again after it."""
    return ", ".join(dict.fromkeys(change.field.label for change in changes))


class OutcomeText(NamedTuple):
    """An outcome for people: `label` in a list, `text` as a sentence."""

    label: str
    level: Level
    text: str


OUTCOMES: dict[Outcome | None, OutcomeText] = {
    Outcome.VERIFIED: OutcomeText(
        "Saved and checked",
        Level.GOOD,
        "Every field was read back from ATZ and found as meant.",
    ),
    Outcome.DIFFERENT: OutcomeText(
        "Stored differently",
        Level.WARNING,
        "When it was read back, ATZ held something else than was sent in at least one field.",
    ),
    Outcome.REFUSED: OutcomeText(
        "Refused",
        Level.PROBLEM,
        "ATZ said no to this save. Should any of it have come through all the same, the activity "
        "shows it when it is loaded.",
    ),
    Outcome.NOT_SENT: OutcomeText(
        "Without effect",
        Level.PROBLEM,
        "It did not reach ATZ, or was put back there before it was looked up: ATZ held the earlier "
        "values.",
    ),
    Outcome.UNKNOWN: OutcomeText(
        "Not confirmed yet",
        Level.WARNING,
        "It went out, but ATZ did not show it yet. It is looked up again by itself, and whenever "
        "this activity is loaded.",
    ),
    None: OutcomeText(
        "Not finished",
        Level.WARNING,
        "It is under way, or was cut short. It is looked up by itself, and whenever this activity "
        "is loaded.",
    ),
}


def outcome_word(outcome: Outcome | None) -> str:
    """The journal's word for an outcome; that of an entry without one is PENDING."""
    return outcome.value if outcome else "PENDING"
