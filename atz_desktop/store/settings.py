"""What the person chose, in one small JSON file. Read before the first paint: light imports."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from atz_desktop.store.aside import set_aside
from atz_desktop.store.errors import sort_os_error
from atz_desktop.store.paths import make_private_folder

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_API_URL = "https://api.atzcrm.com"
THEMES = ("system", "light", "dark")


class Settings(NamedTuple):
    """The person's choices; `_replace` makes changed ones. A NamedTuple: dataclasses cost 6 ms.

    `zone` is an IANA name; `window` is opaque text, the geometry as the window wrote it.
    """

    theme: str = "system"
    zone: str = "UTC"
    api_url: str = DEFAULT_API_URL
    account: str = ""
    window: str = ""
    review_before_save: bool = False


def load_settings(path: Path) -> tuple[Settings, str | None]:
    """The settings, and a sentence for the person if something was wrong with the file.

    A missing file gives the usual settings. A damaged one is set aside. A value that makes no
    sense is replaced by the usual one, alone. Never raises for what the file holds or lacks.
    """
    try:
        stored, problem = _read(path)
    except OSError as error:
        return Settings(), f"{sort_os_error(error, path).words} The usual settings are used."
    known = {name: value for name, value in stored.items() if name in _MAKES_SENSE}
    bad = [name for name, value in known.items() if not _MAKES_SENSE[name](value)]
    if bad:
        problem = (
            f"In “{path}”, these settings made no sense, and their usual values are used:"
            f" {', '.join(bad)}."
        )
    return Settings(**{name: known[name] for name in known.keys() - bad}), problem


def save_settings(path: Path, settings: Settings) -> None:
    """Write the settings: wholly or not at all, whatever happens meanwhile. Raises `StoreError`.

    What a newer version stored under names that this one does not know is kept.
    """
    import json

    make_private_folder(path.parent)
    try:
        stored, _ = _read(path)
        _replace(path, json.dumps(stored | settings._asdict(), indent=2) + "\n")
    except OSError as error:
        raise sort_os_error(error, path) from error


def check_api_url(text: str) -> str | None:
    """What is wrong with an address of the API, in plain English; None if nothing is.

    https, or plain http to this computer itself, because the token travels with every request.
    """
    from urllib.parse import urlsplit

    if any(letter.isspace() or not letter.isprintable() or letter == "\\" for letter in text):
        return "The address must not contain spaces, line breaks or “\\”."
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError:
        return "This is not a complete address. It looks like https://api.atzcrm.com."
    if not host or port == 0:
        return "This is not a complete address. It looks like https://api.atzcrm.com."
    if parts.scheme not in {"https", "http"}:
        return "The address must begin with https://."
    if "@" in parts.netloc:
        return "The address must not contain a user name or password."
    if "?" in text or "#" in text:
        return "Leave out everything from “?” or “#” on."
    if parts.path.rstrip("/").endswith("/v1"):
        return "Leave out “/v1” at the end; the program adds it."
    if parts.scheme == "http" and not _is_loopback(host):
        return (
            "The address must begin with https://, so that nobody on the way can read your token."
            " Plain http is possible only for this computer itself (127.0.0.1)."
        )
    return None


def account_key(api_url: str, name: str) -> str:
    """The name under which journal, drafts, names and token of an account are kept."""
    return f"{api_url.rstrip('/')} {name}".rstrip()


def _read(path: Path) -> tuple[dict[str, Any], str | None]:
    """What the file holds, and what was wrong with the file as a whole. Raises OSError."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return {}, None
    import json  # 5 ms: not before there is something to read

    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        stored = None
    if isinstance(stored, dict):
        return stored, None
    return {}, _put_away(path)


def _put_away(path: Path) -> str:
    usual = "The file with your settings was damaged. The usual settings are used"
    try:
        aside = set_aside(path, "damaged")
    except OSError:
        return f"{usual}; the damaged file is “{path}”."
    return f"{usual}; the damaged file was kept as “{aside}”."


def _replace(path: Path, text: str) -> None:
    import os
    import tempfile

    # Readable for this user alone, and in the same folder, or the renaming would be no single step.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
    new = path.parent / name
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        new.unlink()
        raise


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_theme(value: object) -> bool:
    return value in THEMES


def _is_zone(value: object) -> bool:
    if value == "UTC" or not isinstance(value, str):
        return value == "UTC"
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # 10 ms: not for the usual zone

    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return False
    return True


def _is_api_url(value: object) -> bool:
    return isinstance(value, str) and check_api_url(value) is None


_MAKES_SENSE: dict[str, Callable[[object], bool]] = {
    "theme": _is_theme,
    "zone": _is_zone,
    "api_url": _is_api_url,
    "account": _is_text,
    "window": _is_text,
    "review_before_save": _is_flag,
}


def _is_loopback(host: str) -> bool:
    import ipaddress

    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
