"""How a server is reached, and trusted: the proxy settings of the environment and the system, and
the certificates of the operating system, a company proxy's own among them.

httpx would read the same environment, but one invalid entry (a proxy or `no_proxy`) makes it fail
for every request. certifi would know no company's certificate.
"""

from __future__ import annotations

import logging
import re
import ssl
import sys
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from atz_desktop.api.errors import Cause, UnusableProxy

_log = logging.getLogger(__name__)

_SEPARATORS = re.compile(r"[,\s]+")
_PORTS = {"https": 443, "http": 80}


def environment_proxy(address: str) -> str:
    """The proxy for a URL from the environment, else from the fixed settings of Windows and macOS;
    "" for none. Blocks: call it on a worker thread.

    The entry of the URL's scheme is preferred to `all_proxy`; unusable ones are skipped. Raises
    UnusableProxy if there are only unusable ones.
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
    """Normalize a proxy URL for httpx: http or https, http by default.

    Raises UnusableProxy for SOCKS and invalid URLs.
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
    """Whether `no_proxy` covers the URL. Entries as in curl: a host with its subdomains, host:port,
    an IP address, a network (`fe80::/10`), or `*`.
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
    """A host name in IDNA form (`xn--…`); an invalid one unchanged."""
    host = host.rstrip(".").lower()
    try:
        return httpx.URL(scheme="https", host=host).raw_host.decode("ascii")
    except (ValueError, httpx.InvalidURL):
        return host


_SYSTEM_CHECKS = sys.platform in {"win32", "darwin"}
"""The system itself looks at the certificate of each server; nothing is read from a file."""

CertificatesVersion = tuple[str, int] | None
"""Of the file of certificates; None where there is none."""


def tls_context(address: str) -> ssl.SSLContext:
    """How the server of this URL is checked; the same context for all connections.

    May block for 50 ms: call it on a worker thread.
    """
    if not address.startswith("https:"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # not used, and it trusts nobody
    return _context(certificates_version())


def certificates_version() -> CertificatesVersion:
    """What changes when the file of certificates does: then there is another context."""
    file = None if _SYSTEM_CHECKS else ssl.get_default_verify_paths().cafile
    with suppress(OSError):
        return (file, Path(file).stat().st_mtime_ns) if file else None
    return None


@lru_cache(maxsize=1)
def _context(_version: CertificatesVersion) -> ssl.SSLContext:
    """truststore reads the file anew for each connection, which takes 45 ms.

    So it is asked only where OpenSSL finds no file, because SSL_CERT_FILE is stale, say.
    """
    if not _SYSTEM_CHECKS:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_default_verify_paths()
        if context.cert_store_stats()["x509"]:
            return context
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
