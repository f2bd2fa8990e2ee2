"""How this computer reaches an address: its proxy, also where a script of the company decides it.

httpx reads the environment and the fixed settings of Windows and macOS by itself, but no such
script (PAC, WPAD) and no settings of a Linux desktop. Those are asked for here: Qt asks Windows and
macOS, and on Linux the desktop's portal answers for GNOME, KDE and others.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

if TYPE_CHECKING:
    from PySide6.QtNetwork import QNetworkProxy

_log = logging.getLogger(__name__)

PORTAL_SECONDS = 5.0
"""How long the desktop may take: a script has to be fetched, over a network that may be away."""


def system_proxy(address: str) -> str | None:
    """The proxy on the way to this address: its own address; "" for none at all.

    None: the environment says it, or nobody does; httpx then finds out by itself. Blocks while a
    script is fetched and run, so it belongs on a worker thread.
    """
    if getproxies_environment().keys() & {urlsplit(address).scheme, "all"}:
        return None
    return first_usable(portal_proxies(address) if sys.platform == "linux" else qt_proxies(address))


def first_usable(urls: Sequence[str]) -> str | None:
    """Of the proxies that a system names, best first, the first one that httpx can use.

    If there is none it is the best one, so that the user hears of it; None for no way at all.
    """
    for url in urls:
        scheme = urlsplit(url).scheme
        if scheme == "direct":
            return ""
        if scheme in {"http", "https"}:
            return url
    return urls[0] if urls else None


def qt_proxies(address: str) -> list[str]:
    """What Windows or macOS says, by settings or script; on Linux Qt knows the environment only."""
    from PySide6.QtCore import QUrl
    from PySide6.QtNetwork import QNetworkProxyFactory, QNetworkProxyQuery

    found = QNetworkProxyFactory.systemProxyForQuery(QNetworkProxyQuery(QUrl(address)))
    return [_proxy_url(proxy) for proxy in found]


def _proxy_url(proxy: QNetworkProxy) -> str:
    """Qt's proxy as the address of one. It never holds a password that the system keeps."""
    from PySide6.QtNetwork import QNetworkProxy

    kinds = QNetworkProxy.ProxyType
    if proxy.type() == kinds.NoProxy:
        return "direct://"
    scheme = "socks5" if proxy.type() == kinds.Socks5Proxy else "http"
    host = f"[{proxy.hostName()}]" if ":" in proxy.hostName() else proxy.hostName()
    return f"{scheme}://{host}:{proxy.port()}"


def portal_proxies(address: str) -> list[str]:
    """What the desktop says (interface org.freedesktop.portal.ProxyResolver); [] without one."""
    from jeepney import DBusAddress, MessageType, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    resolver = DBusAddress(
        "/org/freedesktop/portal/desktop",
        bus_name="org.freedesktop.portal.Desktop",
        interface="org.freedesktop.portal.ProxyResolver",
    )
    asking = new_method_call(resolver, "Lookup", "s", (address,))
    try:
        # KeyError, RuntimeError: there is no session bus, or none that can be reached from here.
        with open_dbus_connection() as bus:
            reply = bus.send_and_get_reply(asking, timeout=PORTAL_SECONDS)
    except (OSError, KeyError, RuntimeError, ValueError) as nobody:
        _log.info("no portal to ask for a proxy: %s", type(nobody).__name__)
        return []
    if reply.header.message_type is not MessageType.method_return:
        return []
    return [str(url) for url in reply.body[0]]
