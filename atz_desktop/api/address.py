"""Which addresses the token may be sent to: https anywhere, plain http only on this computer."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def base_address(text: str) -> str:
    """The API's base address, tidied: no slash and no `/v1` at its end.

    Raises ValueError, in words for a person, for an address that the token must not go to.
    """
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
    """Whether a host name means this computer."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
