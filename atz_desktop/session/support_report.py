"""The report for support: one text made of what is on a list of allowed facts, and of nothing else.

Numbers, dates, words of this program's own, and the names of fields stand in it as they are. Every
name, title, address and ID is replaced by a pseudonym that is the same in each report of this
computer, so that two reports can be compared and nobody can be recognised.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from atz_desktop.api import errors as api_errors
from atz_desktop.api.errors import Cause
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import Outcome
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.settings import COLOURS, THEMES
from atz_desktop.domain.urls import DEFAULT_API_URL, NO_PROXY, SYSTEM_PROXY
from atz_desktop.domain.vocabulary import ENTITIES
from atz_desktop.session.log_step import LogStep
from atz_desktop.session.phase import Phase
from atz_desktop.store import errors as store_errors

if TYPE_CHECKING:
    from atz_desktop.domain.edit import Edit
    from atz_desktop.domain.settings import Account, Settings
    from atz_desktop.store.journal import JournalRow
    from atz_desktop.store.support_data import Statistics

MAX_SAVES = 20
"""The newest saves that are listed."""

_WORDS = frozenset(
    {
        *(phase.value for phase in Phase),
        *(outcome.value for outcome in Outcome),
        *(why.name for why in Cause),
        *(name for name in vars(api_errors) if name[0].isupper()),
        *(name for name in vars(store_errors) if name[0].isupper()),
        *("GET", "PUT", "PENDING", "nothing sent"),
    }
)
"""Texts in the arguments of a log line that are words of this program."""
_PATHS = frozenset({"activity", "activity-type", *(entity.kind for entity in ENTITIES.values())})


@dataclass(frozen=True)
class SupportFacts:
    """What the report is made from. `versions` and `display` are texts without names."""

    versions: Sequence[str]
    display: Mapping[str, str]
    settings: Settings
    data_folder: str
    """Which one, in words; never its path."""
    account: Account | None = None
    state: Phase = Phase.EMPTY
    edit: Edit | None = None
    problems: Sequence[str] = ()
    """Names of fields."""
    statistics: Statistics | None = None
    saves: Sequence[JournalRow] = ()
    steps: Sequence[LogStep] = ()
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Pseudonyms:
    """Keyed hashes: without the key nobody can try names out."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, kind: str, text: object) -> str:
        """The pseudonym of a text, such as `title-3f9a01bc`; "(empty)" for none."""
        if text is None or text == "":
            return "(empty)"
        content = f"{kind}\0{text}".encode("utf-8", "backslashreplace")
        return f"{kind}-{hmac.new(self._key, content, hashlib.sha256).hexdigest()[:8]}"


def report_text(facts: SupportFacts, pseudonyms: Pseudonyms) -> str:
    """The whole report, plain text."""
    sections = (
        ("ATZ Desktop: report for support", [f"made {_time(facts.at)}", *facts.versions]),
        ("Screen", [f"{name}: {value}" for name, value in facts.display.items()]),
        ("Settings", [*_settings(facts.settings, pseudonyms), f"data folder: {facts.data_folder}"]),
        ("Now", list(_now(facts, pseudonyms))),
        ("Kept on this computer", list(_statistics_lines(facts.statistics))),
        (
            f"The newest saves (at most {MAX_SAVES})",
            [_save(row, pseudonyms) for row in facts.saves],
        ),
        ("What was done, newest last", [_log_line(step, pseudonyms) for step in facts.steps]),
    )
    return "\n\n".join(f"{title}\n" + _lines(lines) for title, lines in sections) + "\n"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(f"  {line}" for line in lines) or "  (nothing)"


def _settings(settings: Settings, pseudonyms: Pseudonyms) -> Iterator[str]:
    proxies = {SYSTEM_PROXY: "as the system says", NO_PROXY: "none"}
    yield f"look: {_one_of(settings.theme, THEMES)}"
    yield f"zone is UTC: {_yes_no(settings.zone == 'UTC')}"
    yield f"review before each save: {_yes_no(settings.review_before_save)}"
    yield f"proxy: {proxies.get(settings.proxy, 'its own address')}"
    looks = settings.look_for_updates and settings.updates_allowed
    yield f"weekly look for updates: {_yes_no(looks)}"
    yield f"accounts set for the computer: {len(settings.predefined)}"
    for account in settings.all_accounts():
        yield _account(account, pseudonyms)


def _account(account: Account, pseudonyms: Pseudonyms) -> str:
    host = urlsplit(account.api_url).hostname or ""
    usual = account.api_url == DEFAULT_API_URL
    parts = (
        pseudonyms.of("account", account.key),
        "production" if account.production else "not production",
        _one_of(account.colour, COLOURS),
        "the usual address" if usual else pseudonyms.of("host", host),
    )
    return ", ".join(parts)


def _now(facts: SupportFacts, pseudonyms: Pseudonyms) -> Iterator[str]:
    key = facts.account.key if facts.account else ""
    yield f"connected: {pseudonyms.of('account', key) if key else 'no'}"
    yield f"the form is {facts.state.value}"
    if facts.edit is not None:
        base = facts.edit.base
        yield f"{pseudonyms.of('activity', base.id)}, {pseudonyms.of('title', base.value('title'))}"
        yield f"changed: {_fields(facts.edit.pending)}"
        yield f"problems: {_fields(facts.problems)}"


def _statistics_lines(figures: Statistics | None) -> Iterator[str]:
    if figures is None:
        return
    yield f"tables of version {figures.tables_version}, SQLite {figures.sqlite_version}"
    yield f"on the disk: {_yes_no(figures.on_disk)}"
    for counts in (figures.rows, figures.outcomes, figures.files):
        if counts:
            yield ", ".join(f"{name}: {count:,}" for name, count in counts.items())
    yield f"safety copies: {figures.backups}, files that were set aside: {figures.set_aside}"


def _save(row: JournalRow, pseudonyms: Pseudonyms) -> str:
    try:
        sent = set(json.loads(row.sent))
    except (ValueError, TypeError):
        sent = set()
    parts = (
        _stored_time(row.at),
        pseudonyms.of("account", row.account),
        pseudonyms.of("activity", row.activity_id),
        pseudonyms.of("title", row.title),
        _one_of(row.outcome, {"PENDING", *Outcome.__members__}),
        f"sent: {_fields(sent)}",
        *(["an undo"] if row.undoes is not None else []),
    )
    return ", ".join(parts)


def _log_line(step: LogStep, pseudonyms: Pseudonyms) -> str:
    said = [_value(value, pseudonyms) for value in step.values]
    try:
        words = step.template % tuple(said) if said else step.template
    except (TypeError, ValueError):
        words = step.template
    return f"{_time(step.at)} {step.level} {words}" + (f" ({step.error})" if step.error else "")


def _value(value: object, pseudonyms: Pseudonyms) -> str:
    if value is None or isinstance(value, bool):
        return str(value)
    text = str(value)
    if isinstance(value, str) and value in _WORDS:
        return value
    parts = text.split("/")
    if text.startswith("/v1/") and parts[2] in _PATHS:
        return f"/v1/{parts[2]}" + ("/…" if parts[3:] else "")
    return pseudonyms.of("text", text)


def _fields(names: Iterable[str]) -> str:
    wanted = set(names)
    return ", ".join(name for name in ACTIVITY.by_name if name in wanted) or "none"


def _one_of(word: str, words: Iterable[str]) -> str:
    return word if word in set(words) else "(unknown)"


def _stored_time(text: str) -> str:
    try:
        return _time(datetime.fromisoformat(text))
    except ValueError:
        return "(no time)"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def _yes_no(true: bool) -> str:
    return "yes" if true else "no"
