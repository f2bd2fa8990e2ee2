"""The certificates by which a server is trusted: those of the operating system, a company proxy's
own among them. certifi would know none of those.
"""

from __future__ import annotations

import ssl
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

_SYSTEM_CHECKS = sys.platform in {"win32", "darwin"}
"""The system itself looks at the certificate of each server; nothing is read from a file."""

Version = tuple[str, int] | None
"""Of the file of certificates; None where there is none."""


def tls_context(address: str) -> ssl.SSLContext:
    """How the server of this URL is checked; the same context for all connections.

    May block for 50 ms: call it on a worker thread.
    """
    if not address.startswith("https:"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # not used, and it trusts nobody
    return _context(certificates_version())


def certificates_version() -> Version:
    """What changes when the file of certificates does: then there is another context."""
    file = None if _SYSTEM_CHECKS else ssl.get_default_verify_paths().cafile
    with suppress(OSError):
        return (file, Path(file).stat().st_mtime_ns) if file else None
    return None


@lru_cache(maxsize=1)
def _context(_version: Version) -> ssl.SSLContext:
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
