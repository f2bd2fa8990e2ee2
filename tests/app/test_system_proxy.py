"""What the system says of the way to ATZ: the environment, Qt, and a portal on a real bus."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from atz_desktop.app.system_proxy import first_usable, portal_proxies, qt_proxies, system_proxy

ADDRESS = "https://api.example.com"


@pytest.fixture(autouse=True)
def no_proxy_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("ways", "chosen"),
    [
        ([], None),
        (["direct://"], ""),
        (["http://proxy:8080", "direct://"], "http://proxy:8080"),
        (["socks5://proxy:1080", "http://proxy:8080"], "http://proxy:8080"),
        (["socks5://proxy:1080", "direct://"], ""),
        (["socks5://proxy:1080"], "socks5://proxy:1080"),
    ],
)
def test_the_first_way_that_can_be_gone_is_chosen(ways: list[str], chosen: str | None) -> None:
    assert first_usable(ways) == chosen


@pytest.mark.skipif(sys.platform != "linux", reason="Qt asks the system, not the environment")
def test_qt_tells_a_proxy_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("PySide6.QtNetwork", exc_type=ImportError)
    assert qt_proxies(ADDRESS) == ["direct://"]
    monkeypatch.setenv("https_proxy", "http://proxy.example.com:3128")
    assert qt_proxies(ADDRESS) == ["http://proxy.example.com:3128"]


# The portal of a Linux desktop

BUS = shutil.which("dbus-daemon")
with_a_bus = pytest.mark.skipif(
    sys.platform != "linux" or BUS is None, reason="there is no dbus-daemon (Debian: dbus)"
)


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A session bus of our own, with nothing on it."""
    assert BUS is not None
    command = [BUS, "--session", "--nofork", "--print-address", f"--address=unix:dir={tmp_path}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address
        daemon.terminate()


class Portal:
    """Answers one question after the other; `ways` None: with an error."""

    def __init__(self, address: str, ways: list[str] | None) -> None:
        from jeepney import DBus
        from jeepney.io.blocking import open_dbus_connection

        self.asked: list[tuple[str, str]] = []
        self._ways = ways
        self._bus = open_dbus_connection(address)
        self._bus.send_and_get_reply(DBus().RequestName("org.freedesktop.portal.Desktop"))
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()

    def _answer(self) -> None:
        from jeepney import HeaderFields, MessageType, new_error, new_method_return

        while True:
            message = self._bus.receive()
            fields = message.header.fields
            if message.header.message_type is not MessageType.method_call:
                continue
            if fields[HeaderFields.member] == "End":
                self._bus.send(new_method_return(message))
                return
            self.asked.append((fields[HeaderFields.interface], message.body[0]))
            self._bus.send(
                new_error(message, "org.freedesktop.portal.Error.Failed")
                if self._ways is None
                else new_method_return(message, "as", (self._ways,))
            )

    def end(self, address: str) -> None:
        from jeepney import DBusAddress, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        portal = DBusAddress("/", "org.freedesktop.portal.Desktop", "test.End")
        with open_dbus_connection(address) as bus:
            bus.send_and_get_reply(new_method_call(portal, "End"))
        self._thread.join()
        self._bus.close()


MakePortal = Callable[[list[str] | None], Portal]


@pytest.fixture
def portal(bus: str) -> Iterator[MakePortal]:
    with ExitStack() as open_ones:

        def made(ways: list[str] | None) -> Portal:
            one = Portal(bus, ways)
            open_ones.callback(one.end, bus)
            return one

        yield made


@with_a_bus
def test_the_desktop_says_which_proxy(portal: MakePortal) -> None:
    there = portal(["http://proxy.example.com:3128", "direct://"])
    assert system_proxy(ADDRESS) == "http://proxy.example.com:3128"
    assert there.asked == [("org.freedesktop.portal.ProxyResolver", ADDRESS)]


@with_a_bus
def test_what_the_environment_says_goes_before_the_desktop(
    portal: MakePortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = portal(["http://proxy.example.com:3128"])
    monkeypatch.setenv("https_proxy", "http://mine:1")
    assert system_proxy(ADDRESS) is None
    assert not there.asked


@with_a_bus
def test_a_portal_that_fails_says_nothing(portal: MakePortal) -> None:
    portal(None)
    assert portal_proxies(ADDRESS) == []


@with_a_bus
@pytest.mark.usefixtures("bus")
def test_a_desktop_without_a_portal_says_nothing() -> None:
    assert system_proxy(ADDRESS) is None


def test_without_a_bus_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jeepney", reason="only Linux has it")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    assert portal_proxies(ADDRESS) == []
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    assert portal_proxies(ADDRESS) == []
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "tcp:host=localhost,port=1")
    assert portal_proxies(ADDRESS) == []
