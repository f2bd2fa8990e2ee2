"""Which URLs are valid: of the API, of a proxy, and of the web in a field.

Light imports: read before the first paint.
"""

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

    address = text.strip().rstrip("/").removesuffix("/v1").rstrip("/")
    if problem := api_url_problem(address):
        raise ValueError(problem)
    return urlsplit(address).geturl()  # the scheme in lower case


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


def is_web_url(text: str) -> bool:
    """Whether text is a complete http or https URL, safe to open in a browser."""
    from urllib.parse import urlsplit

    if any(c.isspace() or not c.isprintable() for c in text):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def add_https(text: str) -> str | None:
    """Add https:// to text such as `zoom.us/j/1`; None if that gives no URL with a domain."""
    from urllib.parse import urlsplit

    address = f"https://{text.removeprefix('//')}"
    host = urlsplit(address).hostname if is_web_url(address) else None
    has_domain = bool(host) and "." in str(host).strip(".")
    return address if has_domain and "://" not in text and "@" not in text else None


def url_problem(text: str) -> str | None:
    if is_web_url(text):
        return None
    return "This is no web address: it must start with https:// or http://."


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
