"""The settings file (JSON). Read before the first paint: light imports only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

from atz_desktop.domain.characters import is_valid_unicode
from atz_desktop.domain.settings import COLOURS, THEMES, Account, Settings, is_zone
from atz_desktop.domain.urls import api_url_problem, proxy_problem
from atz_desktop.store.atomic import write_atomically
from atz_desktop.store.errors import map_os_error
from atz_desktop.store.paths import make_private_folder, quarantine

if TYPE_CHECKING:
    from pathlib import Path

_LISTS = frozenset({"forgotten", "stale_tokens", "numeric_flags", "zone_known", "list_columns"})
"""Settings that are lists of texts."""
_MAX_SIZE = 4 * 1024 * 1024
"""Bytes; what is larger is no file of settings."""


def load_settings(path: Path, defaults: Settings | None = None) -> tuple[Settings, str | None]:
    """The settings, and a sentence for the user if something was wrong with the file.

    `defaults` apply where the user chose nothing: what was set for the whole computer (machine.py),
    else the built-in defaults. A missing file gives the defaults. A damaged one is quarantined.
    Invalid values are replaced by their defaults, one by one. Never raises for the content.
    """
    defaults = defaults or Settings()
    try:
        stored, problem = _read(path)
    except OSError as error:
        return defaults, f"{map_os_error(error, path).message} The usual settings are used."
    known = {name: value for name, value in stored.items() if name in _VALIDATORS}
    bad = [name for name, value in known.items() if not _VALIDATORS[name](value)]
    if bad:
        problem = (
            f"In “{path}”, these settings made no sense, and their usual values are used:"
            f" {', '.join(bad)}."
        )
    good = {name: known[name] for name in known.keys() - bad}
    if "accounts" in good:
        good["accounts"] = tuple(Account(**each) for each in good["accounts"])
    for name in _LISTS & good.keys():
        good[name] = tuple(good[name])
    return defaults._replace(**good), problem


def save_settings(path: Path, settings: Settings, defaults: Settings | None = None) -> None:
    """Write the settings: wholly or not at all, whatever happens meanwhile. Raises `StoreError`.

    What equals `defaults` and was never chosen is left out, so that a later change of the settings
    of the whole computer reaches this user. What a newer version stored, under names or as values
    that this one does not know, is kept until it is chosen anew.
    """
    import json

    make_private_folder(path.parent)
    try:
        stored, _ = _read(path)
    except OSError as error:
        raise map_os_error(error, path) from error
    chosen = _explicit_values(_as_json(settings), _as_json(defaults or Settings()), stored)
    write_atomically(path, json.dumps(stored | chosen, indent=2) + "\n", private=True)


def _explicit_values(
    user: Mapping[str, Any], defaults: Mapping[str, Any], stored: Mapping[str, Any]
) -> dict[str, Any]:
    """The values to write: explicit choices, not defaults.

    Otherwise the first start would freeze the machine's address for ever. A value that the file
    holds, if it makes sense, is a choice, even where it is the usual one now.
    """

    def is_chosen(name: str) -> bool:
        return name in stored and _VALIDATORS[name](stored[name])

    return {
        name: value
        for name, value in user.items()
        if value != defaults.get(name) or is_chosen(name)
    }


def _as_json(settings: Settings) -> dict[str, Any]:
    """What may stand in the user's file, by name."""
    plain = settings._asdict() | {
        "accounts": [each._asdict() for each in settings.accounts],
        **{name: list(getattr(settings, name)) for name in _LISTS},
    }
    return {name: plain[name] for name in _VALIDATORS}


def _read(path: Path) -> tuple[dict[str, Any], str | None]:
    """What the file holds, and what was wrong with the file as a whole. Raises OSError."""
    if path.exists() and not path.is_file():
        return {}, _quarantine(path)  # to open a pipe would be to wait for ever
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_SIZE + 1)
    except FileNotFoundError:
        return {}, None
    import json  # 5 ms: not before there is something to read

    try:
        stored = json.loads(text) if len(text) <= _MAX_SIZE else None
    except (ValueError, RecursionError):
        stored = None
    if isinstance(stored, dict):
        return stored, None
    return {}, _quarantine(path)


def _quarantine(path: Path) -> str:
    usual = "The file with your settings was damaged. The usual settings are used"
    try:
        aside = quarantine(path, "damaged")
    except OSError:
        return f"{usual}; the damaged file is “{path}”."
    return f"{usual}; the damaged file was kept as “{aside}”."


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and is_valid_unicode(value)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_theme(value: object) -> bool:
    return value in THEMES


def _is_api_url(value: object) -> bool:
    return _is_text(value) and api_url_problem(value) is None


def _is_proxy(value: object) -> bool:
    return _is_text(value) and proxy_problem(value) is None


def _is_text_list(value: object) -> bool:
    return isinstance(value, list) and all(_is_text(each) for each in value)


def _is_account_list(value: object) -> bool:
    return isinstance(value, list) and all(_is_account(each) for each in value)


def _is_account(value: object) -> bool:
    if not isinstance(value, dict) or set(value) != set(Account._fields):
        return False
    return (
        _is_text(value["key"])
        and _is_text(value["name"])
        and _is_api_url(value["api_url"])
        # The token that is kept under the key was given for this address and goes to no other,
        # whoever changed the file.
        and value["key"].partition(" ")[0] == value["api_url"].rstrip("/")
        and value["colour"] in COLOURS
        and _is_flag(value["production"])
    )


_VALIDATORS: dict[str, Callable[[object], bool]] = {
    "theme": _is_theme,
    "zone": is_zone,
    "api_url": _is_api_url,
    "account": _is_text,
    "window": _is_text,
    "review_before_save": _is_flag,
    "accounts": _is_account_list,
    "proxy": _is_proxy,
    "forgotten": _is_text_list,
    "stale_tokens": _is_text_list,
    "numeric_flags": _is_text_list,
    "zone_known": _is_text_list,
    "work_list_shown": _is_flag,
    "list_columns": _is_text_list,
    "notify": _is_flag,
    "look_for_updates": _is_flag,
    "looked_for_updates": _is_text,
}
"""What the user's file may hold, by name."""
