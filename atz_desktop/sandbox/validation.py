"""What `PUT /v1/activity/:id` takes: the form and the limit of each field, one by one.

Written from ATZ_API.md ("PUT /v1/activity/:id"). What a value does to an activity is in
apply_update.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from atz_desktop.sandbox.request_log import Upload

Record = dict[str, Any]
"""One JSON object: an activity, a person, a job …"""

Problems = dict[str, list[str]]
"""Field → what is wrong with it, in the words of the answer."""

ENTITIES = {1: "candidate", 2: "job", 3: "organization", 4: "contact", 5: "deal", 10: "other"}
"""`related_to_entity` → `related_to_type`. ATZ shows only `candidate`; the rest is expected."""

IMPORTANCES = ("low", "normal", "high", "critical")


@dataclass(frozen=True)
class ServerOptions:
    """How an account behaves where the documents leave it open; the program must bear each way.

    `zone`: the zone of `start_date`, `start_time` and `end_time`, and of a stamp without offset.
    `unknown`: a slug, user or type that the account does not have is refused, stored, or left out.
    `clearing`: `""` as `title`, `related_to` or `attachment` is refused, done, or passed over.
    `collaborators`: the list that is sent replaces the old one or is added to it.
    `lists`: record lists come as a page, as `{"data": […]}` or as a bare array.
    `short_items`: the items of `GET /v1/activity` lack the long fields.
    `undocumented_paths`: whether the lists and records marked "?" answer, or are 404.
    `types_path`: where "Get Activity Types" answers; its path is not public.
    """

    zone: str = "UTC"
    unknown: Literal["reject", "accept", "drop"] = "reject"
    clearing: Literal["reject", "accept", "ignore"] = "reject"
    collaborators: Literal["replace", "add"] = "replace"
    lists: Literal["page", "data", "bare"] = "page"
    short_items: bool = False
    undocumented_paths: bool = True
    types_path: str | None = None


class WrongValueError(ValueError):
    """A value that the API does not take; its text goes into the answer."""


def read_form(form: Mapping[str, object], *, as_text: bool) -> tuple[Record, Problems]:
    """The values of a PUT that the documents know, checked one by one, and what is wrong.

    `as_text` is for `multipart/form-data`, where a number or a boolean is written as text.
    Fields that the documents do not name are passed over. Lists come back as lists of slugs or
    numbers, times as `datetime` (naive when sent without an offset).
    """
    values: Record = {}
    problems: Problems = {}
    for name, check in CHECKS.items():
        if name not in form:
            continue
        try:
            values[name] = check(_from_text(name, form[name]) if as_text else form[name])
        except WrongValueError as wrong:
            problems[name] = [f"The {name.replace('_', ' ')} {wrong}"]
    return values, problems


def _from_text(name: str, value: object) -> object:
    if name in FLAGS and value in ("true", "false"):
        return value == "true"
    if name in NUMBERS and isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value):
        return int(value)
    return value


def _text(limit: int | None = None) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str):
            raise WrongValueError("must be a string.")
        if any("\ud800" <= sign <= "\udfff" for sign in value):
            raise WrongValueError("must be valid Unicode text.")
        if limit is not None and len(value) > limit:
            raise WrongValueError(f"may not be greater than {limit} characters.")
        return value

    return check


def _address(limit: int) -> Callable[[object], str]:
    """A URL, or `""`: whether that clears the field is decided where it is written."""
    text = _text(limit)

    def check(value: object) -> str:
        url = text(value)
        if url and not is_url(url):
            raise WrongValueError("must be a valid URL.")
        return url

    return check


def is_url(text: str) -> bool:
    """Whether this is an absolute address with a host."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\x00-\x1f\x7f]+", text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _attachment(value: object) -> str | Upload:
    return value if isinstance(value, Upload) else _address(350)(value)


def _positive(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise WrongValueError("must be a positive integer.")
    return value


def _entity(value: object) -> int:
    if _positive(value) not in ENTITIES:
        raise WrongValueError("must be one of 1, 2, 3, 4, 5, 10.")
    return _positive(value)


def _importance(value: object) -> str:
    if not isinstance(value, str) or value not in IMPORTANCES:
        raise WrongValueError(f"must be one of {', '.join(IMPORTANCES)}.")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongValueError("must be true or false.")
    return value


def _slugs(value: object) -> list[str]:
    """`"a,b"`; `""` is the empty list. A name that stands there twice counts once."""
    text = _text()(value)
    items = text.split(",") if text else []
    if any(not item or re.search(r"\s", item) for item in items):
        raise WrongValueError("must be a comma-separated list without blanks.")
    return list(dict.fromkeys(items))


def _numbers(value: object) -> list[int]:
    items = _slugs(value)
    if any(not re.fullmatch(r"[1-9][0-9]{0,17}", item) for item in items):
        raise WrongValueError("must be a comma-separated list of user IDs.")
    return [int(item) for item in items]


def _stamp(value: object) -> datetime:
    text = _text()(value)
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?"
    if not re.fullmatch(form, text, re.ASCII):
        raise WrongValueError("must be an ISO 8601 date and time.")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise WrongValueError("is not a valid date and time.") from None


FLAGS = ("do_not_send_calendar_invite", "mark_as_done")
NUMBERS = ("activity_type_id", "related_to_entity")

CHECKS: dict[str, Callable[[object], object]] = {
    "title": _text(100),
    "activity_type_id": _positive,
    "start_datetime": _stamp,
    "end_datetime": _stamp,
    "related_to_entity": _entity,
    "related_to": _text(50),
    "collaborators": _numbers,
    "candidates_as_attendees": _slugs,
    "contacts_as_attendees": _slugs,
    "users_as_attendees": _numbers,
    "meeting_link": _address(100),
    "importance": _importance,
    "location": _text(50),
    "description": _text(),
    "do_not_send_calendar_invite": _flag,
    "mark_as_done": _flag,
    "attachment": _attachment,
}
"""Every field of the PUT table of ATZ_API.md, with the check of its own form."""
