"""Who may speak to the sandbox at all: programs of this computer, and no page in a browser.

Every page can make the browser send requests to loopback, and a page whose name is pointed to
127.0.0.1 only after it was loaded could read the answers too (DNS rebinding). The browser then says
in `Host` or `Origin` for whom it asks. That the port is a secret is nothing to count on.
"""

from __future__ import annotations

from atz_desktop.sandbox.exchange import Exchange

NAMES = ("127.0.0.1", "localhost")


def is_foreign(exchange: Exchange) -> bool:
    """Whether a request was meant for another host, or comes from a page."""
    port = exchange.scope["server"][1]
    own = {f"{name}:{port}" for name in NAMES}
    origins = {f"http://{host}" for host in own}
    host = exchange.headers.get("host", "").lower()
    return host not in own or exchange.headers.get("origin", "http://" + host) not in origins
