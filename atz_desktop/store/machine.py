"""What an IT department set for every person of this computer: address, proxy, account name.

Windows: texts below HKEY_LOCAL_MACHINE\\SOFTWARE\\ATZ Desktop. Linux and macOS: one JSON file.
Read before the first paint, so light imports. Never the token: that belongs to one person.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from atz_desktop.store.addresses import check_api_url, check_proxy
from atz_desktop.store.settings import Settings

REGISTRY_KEY = r"SOFTWARE\ATZ Desktop"
FILES = {
    "darwin": Path("/Library/Application Support/ATZ Desktop/settings.json"),
    "linux": Path("/etc/atz-desktop/settings.json"),
}
NAMES = ("api_url", "proxy", "account_name")
"""What can be set for the whole machine. The last is offered as the name of a new account."""
MORE_IS_NO_SETTING = 64 * 1024


class MachineSettings(NamedTuple):
    """What was set, by name, and a sentence for the person if something of it makes no sense.

    Whether a value is possible (an address, say) is for `usual_settings` to judge.
    """

    values: Mapping[str, str]
    problem: str | None = None


def read_machine_settings(file: Path | None = None) -> MachineSettings:
    """What is set on this computer; nothing is the usual case. Never raises.

    `file` is read instead of where this system keeps it (for tests, and to try a file out).
    """
    if file is None and sys.platform == "win32":
        return chosen(_registry(), f"HKEY_LOCAL_MACHINE\\{REGISTRY_KEY}")
    place = file or FILES.get(sys.platform, FILES["linux"])
    try:
        content = place.read_bytes()[:MORE_IS_NO_SETTING]
    except FileNotFoundError:
        return MachineSettings({})
    except OSError:
        return MachineSettings({}, f"The settings for this computer in “{place}” cannot be read.")
    return parsed(content, str(place))


def parsed(content: bytes, place: str) -> MachineSettings:
    """The settings that a JSON file holds: an object of texts."""
    import json  # 5 ms: not before there is something to read

    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return MachineSettings({}, f"“{place}” holds no settings: it must be a JSON object.")
    return chosen(found, place)


def chosen(found: Mapping[str, Any], place: str) -> MachineSettings:
    """Of what was found, the texts with a known name; the rest is named, a token never repeated."""
    values = {
        name: value.strip()
        for name, value in found.items()
        if name in NAMES and isinstance(value, str) and value.strip()
    }
    strange = sorted(str(name) for name in found.keys() - values.keys())
    if "token" in {name.lower() for name in strange}:
        words = "A token for everybody is not used: each person enters their own."
        return MachineSettings(values, f"In “{place}”: {words}")
    if strange:
        return MachineSettings(values, f"In “{place}”, not understood: {', '.join(strange)}.")
    return MachineSettings(values)


def usual_settings(machine: MachineSettings) -> tuple[Settings, str | None]:
    """What lies under the person's own choices, and a sentence if a value makes no sense.

    A bad value is left out, alone. Pure; load_settings puts the person's choices on top.
    """
    api_url, proxy = (machine.values.get(name) for name in ("api_url", "proxy"))
    usual, wrong = Settings(), list[str]()
    if api_url is not None and (words := check_api_url(api_url)):
        wrong.append(f"api_url: {words}")
    elif api_url is not None:
        usual = usual._replace(api_url=api_url)
    if proxy is not None and (words := check_proxy(proxy)):
        wrong.append(f"proxy: {words}")
    elif proxy is not None:
        usual = usual._replace(proxy=proxy)
    if wrong:
        return usual, f"Settings for this computer that are not used: {' '.join(wrong)}"
    return usual, machine.problem


def own_choices(
    person: Mapping[str, Any], usual: Mapping[str, Any], kept_before: Mapping[str, Any]
) -> dict[str, Any]:
    """What to keep in the person's file: their own choices, not what merely was the usual value.

    Otherwise the first start would freeze the machine's address for ever. A value that the file
    held before is a choice, even where it is the usual one now.
    """
    return {
        name: value
        for name, value in person.items()
        if name in kept_before or value != usual.get(name)
    }


def _registry() -> dict[str, Any]:
    """The values below the key, under our names (`ApiUrl` is `api_url`); empty if there is none."""
    if sys.platform != "win32":
        return {}
    import winreg

    named = {name.replace("_", ""): name for name in NAMES}
    access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
    found: dict[str, Any] = {}
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, REGISTRY_KEY, 0, access) as key:
            for number in range(winreg.QueryInfoKey(key)[1]):
                name, value, _ = winreg.EnumValue(key, number)
                found[named.get(name.lower(), name)] = value
    except OSError:
        return found
    return found
