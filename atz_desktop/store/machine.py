"""What an IT department set for every person of this computer: address, proxy, accounts.

Windows: values below HKEY_LOCAL_MACHINE\\SOFTWARE\\ATZ Desktop. Linux and macOS: one JSON file.
Read before the first paint, so light imports. Never the token: that belongs to one person.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from atz_desktop.domain.settings import COLOURS, Account, Settings, account_key
from atz_desktop.domain.urls import DEFAULT_API_URL, api_url_problem, proxy_problem

REGISTRY_KEY = r"SOFTWARE\ATZ Desktop"
FILES = {
    "darwin": Path("/Library/Application Support/ATZ Desktop/settings.json"),
    "linux": Path("/etc/atz-desktop/settings.json"),
}
NAMES = ("api_url", "proxy", "account_name")
"""Texts that can be set for the whole machine. The last is offered as the name of a new account."""
ACCOUNTS = "accounts"
ACCOUNTS_FILE = "accounts_file"
"""Path of a JSON file with more accounts: how an MSI property can set them."""
ACCOUNT_NAMES = ("name", "api_url", "colour", "production")
"""What can be set of one. Only the name must be; an account is production unless it says not."""
NO_TOKEN = "A token for everybody is not used: each person enters their own."
NO_UPDATE_CHECK = "no_update_check"
MORE_IS_NO_SETTING = 64 * 1024
"""Bytes of a file."""


class MachineSettings(NamedTuple):
    """What was set, by name, and a sentence for the user if something of it makes no sense.

    Whether a value is possible (an address, say) is for `usual_settings` to judge; an account is
    judged already.
    """

    values: Mapping[str, str]
    problem: str | None = None
    accounts: tuple[Account, ...] = ()
    no_update_check: bool = False


def read_machine_settings(file: Path | None = None) -> MachineSettings:
    """What is set on this computer; nothing is the usual case. Never raises.

    `file` is read instead of where this system keeps it (for tests, and to try a file out).
    """
    if file is None and sys.platform == "win32":
        import winreg

        found = read_registry(winreg.HKEY_LOCAL_MACHINE)
        return chosen(found, f"HKEY_LOCAL_MACHINE\\{REGISTRY_KEY}")
    place = file or FILES.get(sys.platform, FILES["linux"])
    try:
        content = place.read_bytes()[:MORE_IS_NO_SETTING]
    except FileNotFoundError:
        return MachineSettings({})
    except OSError:
        return MachineSettings({}, f"The settings for this computer in “{place}” cannot be read.")
    return parsed(content, str(place))


def usual_settings(machine: MachineSettings) -> tuple[Settings, str | None]:
    """What lies under the user's own choices, and a sentence if a value makes no sense.

    A bad value is left out, alone. Pure; load_settings puts the user's choices on top.
    """
    api_url, proxy, name = (machine.values.get(name) for name in NAMES)
    allowed = not machine.no_update_check
    usual = Settings(predefined=machine.accounts, updates_allowed=allowed)
    wrong = list[str]()
    if api_url is not None and (words := api_url_problem(api_url)):
        wrong.append(f"api_url: {words}")
    elif api_url is not None:
        usual = usual._replace(api_url=api_url)
    if proxy is not None and (words := proxy_problem(proxy)):
        wrong.append(f"proxy: {words}")
    elif proxy is not None:
        usual = usual._replace(proxy=proxy)
    if name is not None:
        usual = usual._replace(account_name=" ".join(name.split()))
    told = [machine.problem] if machine.problem else []
    if wrong:
        told.append(f"Settings for this computer that are not used: {' '.join(wrong)}")
    return usual, " ".join(told) or None


def read_registry(hive: int, key: str = REGISTRY_KEY) -> dict[str, Any]:
    """What is set below that key of Windows' registry, as the JSON file would hold it.

    Empty where there is no such key.
    """
    values, _ = _listed(hive, key)
    place = f"{key}\\{ACCOUNTS}"
    _, names = _listed(hive, place)
    return as_in_file(values, {name: _listed(hive, f"{place}\\{name}")[0] for name in names})


def as_in_file(
    values: Mapping[str, Any], accounts: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Under our names: `ApiUrl` is `api_url`, an account is called as its key, 0 means false."""
    found = _ours(values, (*NAMES, ACCOUNTS_FILE, NO_UPDATE_CHECK), flag=NO_UPDATE_CHECK)
    if accounts:
        found[ACCOUNTS] = [
            {**_ours(each, ACCOUNT_NAMES, flag="production"), "name": name}
            for name, each in accounts.items()
        ]
    return found


def _listed(hive: int, path: str) -> tuple[dict[str, Any], list[str]]:
    """The values of a key of the registry, and the names of the keys below it."""
    values, below = dict[str, Any](), list[str]()
    if sys.platform == "win32":
        import winreg

        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        with suppress(OSError), winreg.OpenKey(hive, path, 0, access) as key:
            keys, count, _ = winreg.QueryInfoKey(key)
            values = {
                name: value for name, value, _ in (winreg.EnumValue(key, n) for n in range(count))
            }
            below = [winreg.EnumKey(key, n) for n in range(keys)]
    return values, below


def _ours(values: Mapping[str, Any], names: tuple[str, ...], *, flag: str) -> dict[str, Any]:
    """`flag` names what is a number in the registry; an installer may write it as a text."""
    named = {name.replace("_", ""): name for name in names}
    ours = {named.get(name.lower(), name): value for name, value in values.items()}
    if ours.get(flag) in (0, 1, "0", "1"):
        ours[flag] = bool(int(ours[flag]))
    return ours


def parsed(content: bytes, place: str) -> MachineSettings:
    """The settings that a JSON file holds: an object of texts, and a list of accounts."""
    import json  # 5 ms: not before there is something to read

    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return MachineSettings({}, f"“{place}” holds no settings: it must be a JSON object.")
    return chosen(found, place)


def chosen(found: Mapping[str, Any], place: str) -> MachineSettings:
    """Of what was found, what has a known name; the rest is named, a token never repeated.

    An empty text, as a policy that was taken back may leave it, is as good as none.
    """
    texts = {
        name: value.strip()
        for name, value in found.items()
        if name in NAMES and isinstance(value, str)
    }
    values = {name: value for name, value in texts.items() if value}
    listed, unread = _with_accounts_file(found)
    accounts, wrong = _read_accounts(listed, values.get("api_url", DEFAULT_API_URL))
    wrong[:0] = unread
    no_update_check = found.get(NO_UPDATE_CHECK) or False
    if not isinstance(no_update_check, bool):
        # Whoever set it wanted it: looking nowhere is the safe reading.
        no_update_check = True
        wrong.append(f"{NO_UPDATE_CHECK}: must be true or false; taken as true.")
    known = {ACCOUNTS, ACCOUNTS_FILE, NO_UPDATE_CHECK}
    wrong[:0] = _not_understood(found.keys() - texts.keys() - known)
    problem = f"In “{place}”: {' '.join(wrong)}" if wrong else None
    return MachineSettings(values, problem, accounts, no_update_check)


def _with_accounts_file(found: Mapping[str, Any]) -> tuple[object, list[str]]:
    """The list of accounts, with those of `accounts_file` behind them, and what is wrong."""
    listed, named = found.get(ACCOUNTS, []), found.get(ACCOUNTS_FILE) or ""
    if not named or not isinstance(listed, list):
        return listed, []
    import json

    try:
        content = json.loads(Path(str(named)).read_bytes()[:MORE_IS_NO_SETTING])
    except (OSError, ValueError, RecursionError):
        return listed, [f"{ACCOUNTS_FILE}: “{named}” cannot be read."]
    more = content.get(ACCOUNTS) if isinstance(content, dict) else content
    if not isinstance(more, list):
        return listed, [f"{ACCOUNTS_FILE}: “{named}” holds no list of accounts."]
    return [*listed, *more], []


def _read_accounts(entries: object, api_url: str) -> tuple[tuple[Account, ...], list[str]]:
    """The accounts, and what is wrong in sentences that repeat no value: it may be a token.

    `api_url` is that of an entry that names none. What makes no sense is left out, alone.
    """
    if not isinstance(entries, list):
        return (), ["accounts: must be a list."]
    found, wrong = dict[str, Account](), list[str]()
    for number, entry in enumerate(entries, 1):
        account, words = _read_account(entry, api_url)
        called = f"“{account.name}”" if account else f"number {number}"
        if account and account.key in found:
            words = ["is there twice."]
        elif account:
            found[account.key] = account
        wrong += [f"Account {called}: {each}" for each in words]
    return tuple(found.values()), wrong


def _read_account(entry: object, api_url: str) -> tuple[Account | None, list[str]]:
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
    looks = dict[str, Any]()
    wrong = _not_understood(entry.keys() - set(ACCOUNT_NAMES))
    if (colour := entry.get("colour", COLOURS[0])) in COLOURS:
        looks["colour"] = colour
    else:
        wrong.append(f"colour: must be one of {', '.join(COLOURS)}.")
    if isinstance(production := entry.get("production", True), bool):
        looks["production"] = production
    else:
        wrong.append("production: must be true or false.")
    return looks, wrong


def _not_understood(names: Iterable[object]) -> list[str]:
    strange = sorted(map(str, names))
    if "token" in {name.lower() for name in strange}:
        return [NO_TOKEN]
    return [f"not understood: {', '.join(strange)}."] if strange else []
