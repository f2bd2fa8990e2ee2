"""Which proxy lies on the way to an address: what this computer names, as far as it can be used.

httpx would read the same environment, but it takes all of it or nothing: one entry that it does not
understand, of a proxy or of `no_proxy`, and no request is possible at all.
"""

from __future__ import annotations

import logging
import re
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from atz_desktop.api.errors import Cause, UnusableProxy

_log = logging.getLogger(__name__)

_SEPARATORS = re.compile(r"[,\s]+")
_PORTS = {"https": 443, "http": 80}


def environment_proxy(address: str) -> str:
    """The proxy that the environment names for an address, else the fixed settings of Windows and
    macOS; "" for none. Blocks, so it belongs on a worker thread.

    The entry of the address's own scheme goes before `all_proxy`. One that cannot be used is passed
    over for the next; raises UnusableProxy when one is named and none can be used.
    """
    parts = urlsplit(address)
    named = getproxies()
    if _is_exempt(address, named.get("no", "")) or proxy_bypass(parts.hostname or ""):
        return ""
    failure: UnusableProxy | None = None
    for key in (parts.scheme, "all"):
        if key not in named:
            continue
        try:
            return normalize_proxy_url(named[key])
        except UnusableProxy as unusable:
            _log.warning("%s_proxy is passed over: %s", key, unusable.cause.value)
            failure = failure or unusable
    if failure is not None:
        raise failure
    return ""


def normalize_proxy_url(proxy: str) -> str:
    """The proxy's address as httpx takes it: http or https, http where it does not say.

    Raises UnusableProxy: of SOCKS, which is not spoken here, and of what is no address.
    """
    proxy = proxy.strip()
    address = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(address)
        is_whole = parts.hostname and parts.port != 0 and not re.search(r"\s", address)
        httpx.URL(address)
    except (ValueError, httpx.InvalidURL):
        raise UnusableProxy(Cause.PROXY_SETTING) from None
    if parts.scheme.startswith("socks"):
        raise UnusableProxy(Cause.SOCKS)
    if parts.scheme not in ("http", "https") or not is_whole:
        raise UnusableProxy(Cause.PROXY_SETTING)
    return address


def _is_exempt(address: str, no_proxy: str) -> bool:
    """Whether an address is to be reached directly. Entries as curl takes them: a host and all
    below it, one port of it, an IP address, a block of them (`fe80::/10`), or `*`.
    """
    parts = urlsplit(address)
    host = _idna(parts.hostname or "")
    port = parts.port or _PORTS.get(parts.scheme)
    return any(
        entry == "*" or _matches(entry, host) or _matches(entry.removesuffix(f":{port}"), host)
        for entry in _SEPARATORS.split(no_proxy)
        if entry
    )


def _matches(entry: str, host: str) -> bool:
    entry = entry.rpartition("://")[2]
    try:
        return ip_address(host) in ip_network(entry.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        name = _idna(entry.lstrip("*").strip("."))
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _idna(host: str) -> str:
    """A host name as it travels (`xn--…`); one that cannot travel as it is."""
    host = host.rstrip(".").lower()
    try:
        return httpx.URL(scheme="https", host=host).raw_host.decode("ascii")
    except (ValueError, httpx.InvalidURL):
        return host
