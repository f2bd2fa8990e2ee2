"""Which URLs of the API and of a proxy are valid. Light imports: read before the first paint."""

from __future__ import annotations

DEFAULT_API_URL = "https://api.atzcrm.com"
"""ATZ_API.md: base address."""

SYSTEM_PROXY = ""
NO_PROXY = "none"
"""Two values of `Settings.proxy`; any other value is a proxy URL."""


def normalize_api_url(text: str) -> str:
    """Normalize the API's base URL: no slash and no `/v1` at its end.

    Raises ValueError with a user-readable message if the token must not be sent there.
    """
    from urllib.parse import urlsplit

    text = text.strip()
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("This is not a web address.") from None
    if parts.scheme not in ("https", "http") or not host or any(c.isspace() for c in text):
        raise ValueError("The address must look like https://api.example.com.")
    if "@" in parts.netloc:
        raise ValueError("The address must not hold a user name or a password.")
    if parts.query or parts.fragment:
        raise ValueError("The address must not hold a question mark or a number sign.")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(
            "Without encryption (http) only this computer itself can be reached. Use https."
        )
    path = parts.path.rstrip("/").removesuffix("/v1").rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def is_loopback(host: str) -> bool:
    import ipaddress

    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def api_url_problem(text: str) -> str | None:
    """Error text if this is no valid API URL; None if it is valid.

    https, or http to loopback only: every request carries the token.
    """
    from urllib.parse import urlsplit

    if any(letter.isspace() or not letter.isprintable() or letter == "\\" for letter in text):
        return "The address must not contain spaces, line breaks or “\\”."
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError:
        return "This is not a complete address. It looks like https://api.atzcrm.com."
    if not host or port == 0 or not _is_valid_host(host) or not _is_valid_netloc(parts.netloc):
        return "This is not a complete address. It looks like https://api.atzcrm.com."
    if parts.scheme not in {"https", "http"}:
        return "The address must begin with https://."
    if "@" in parts.netloc:
        return "The address must not contain a user name or password."
    if "?" in text or "#" in text:
        return "Leave out everything from “?” or “#” on."
    if parts.path.rstrip("/").endswith("/v1"):
        return "Leave out “/v1” at the end; the program adds it."
    if parts.scheme == "http" and not is_loopback(host):
        return (
            "The address must begin with https://, so that nobody on the way can read your token."
            " Plain http is possible only for this computer itself (127.0.0.1)."
        )
    return None


def proxy_problem(text: str) -> str | None:
    """Error text if this is no valid proxy setting; None if it is valid.

    No user name or password: they would be stored in plain text.
    """
    from urllib.parse import urlsplit

    if text in {SYSTEM_PROXY, NO_PROXY}:
        return None
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError:
        port = host = None
    if not host or not port or parts.scheme != "http" or parts.path.rstrip("/"):
        return "The address of a proxy looks like http://proxy.example.com:8080."
    if "@" in parts.netloc:
        return "A user name and password of the proxy can't be kept in the settings file."
    return None


def _is_valid_netloc(netloc: str) -> bool:
    """Whether it is only host and port: urlsplit drops the x of `[::1]x`."""
    import re

    pattern = r"(\[[^]]*\]|[^][:]*)(:\d*)?"
    return re.fullmatch(pattern, netloc.rpartition("@")[2]) is not None


def _is_valid_host(host: str) -> bool:
    """Whether it is a valid host name (IDNA) or IP address."""
    import ipaddress
    import re

    try:
        if ":" in host or not host.strip("0123456789."):
            ipaddress.ip_address(host)
            return "%" not in host
        ascii_name = host.encode("idna").decode("ascii")
        ascii_name.encode().decode("idna")  # a broken `xn--` shows only here
    except ValueError:
        return False
    return all(
        re.fullmatch(r"[\w-]{1,63}", label, re.ASCII)
        for label in ascii_name.removesuffix(".").split(".")
    )
