"""The accounts that an IT department set for every person of a computer: all but the token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atz_desktop.domain.settings import COLOURS, Account, account_key
from atz_desktop.domain.urls import api_url_problem

NAMES = ("name", "api_url", "colour", "production")
"""What can be set of one. Only the name must be; an account is production unless it says not."""

NO_TOKEN = "A token for everybody is not used: each person enters their own."


def read_accounts(entries: object, api_url: str) -> tuple[tuple[Account, ...], list[str]]:
    """The accounts, and what is wrong in sentences that repeat no value: it may be a token.

    `api_url` is that of an entry that names none. What makes no sense is left out, alone.
    """
    if not isinstance(entries, list):
        return (), ["accounts: must be a list."]
    found, wrong = dict[str, Account](), list[str]()
    for number, entry in enumerate(entries, 1):
        account, words = _read(entry, api_url)
        called = f"“{account.name}”" if account else f"number {number}"
        if account and account.key in found:
            words = ["is there twice."]
        elif account:
            found[account.key] = account
        wrong += [f"Account {called}: {each}" for each in words]
    return tuple(found.values()), wrong


def _read(entry: object, api_url: str) -> tuple[Account | None, list[str]]:
    """One account, and what is wrong with it; None if nobody could be connected to it."""
    if not isinstance(entry, Mapping):
        return None, ["must be a JSON object."]
    name, url = entry.get("name"), entry.get("api_url", api_url)
    if not isinstance(name, str) or not name.strip():
        return None, ["has no name."]
    if not isinstance(url, str) or api_url_problem(url.strip()):
        words = (
            api_url_problem(url.strip()) if isinstance(url, str) else "The address must be text."
        )
        return None, [f"api_url: {words}"]
    name, url = " ".join(name.split()), url.strip().rstrip("/")
    looks, wrong = _looks(entry)
    return Account(account_key(url, name), name, url)._replace(**looks), wrong


def _looks(entry: Mapping[Any, Any]) -> tuple[dict[str, Any], list[str]]:
    """Colour and production, where they make sense, and what does not or is not understood."""
    looks, wrong = dict[str, Any](), list[str]()
    strange = sorted(str(name) for name in entry if name not in NAMES)
    if "token" in {name.lower() for name in strange}:
        wrong.append(NO_TOKEN)
    elif strange:
        wrong.append(f"not understood: {', '.join(strange)}.")
    if (colour := entry.get("colour", COLOURS[0])) in COLOURS:
        looks["colour"] = colour
    else:
        wrong.append(f"colour: must be one of {', '.join(COLOURS)}.")
    if isinstance(production := entry.get("production", True), bool):
        looks["production"] = production
    else:
        wrong.append("production: must be true or false.")
    return looks, wrong
