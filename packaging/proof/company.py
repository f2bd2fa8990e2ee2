"""A company's network, as Windows is told of it: a script that decides about the proxy (PAC)."""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from proof.checking import answer, check

SCRIPT = b'function FindProxyForURL(url, host) { return "PROXY proxy.example.com:3128; DIRECT"; }'
KEY = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"
DIRECT, BY_SCRIPT = 1, 4


@contextmanager
def proxy_script(env: Mapping[str, str]) -> Iterator[list[str]]:
    """Windows knows of such a script inside this block; what was asked for is listed."""
    asked: list[str] = []

    class Script(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-ns-proxy-autoconfig")
            self.send_header("Content-Length", str(len(SCRIPT)))
            self.end_headers()
            self.wfile.write(SCRIPT)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Script) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _set(env, f"http://127.0.0.1:{server.server_port}/proxy.pac")
        yield asked
        _set(env, "")
        server.shutdown()


def _set(env: Mapping[str, str], script: str) -> None:
    """What the page of Windows' settings writes: version, ways, proxy, its exceptions, script."""
    ways = DIRECT | (BY_SCRIPT if script else 0)
    value = struct.pack("<5I", 70, 1, ways, 0, 0)
    value += struct.pack("<I", len(script)) + script.encode() + bytes(32)
    add = ["wine", "reg", "add", KEY, "/v", "DefaultConnectionSettings", "/t", "REG_BINARY"]
    code, said = answer([*add, "/d", value.hex(), "/f"], env)
    check(code == 0, f"Windows is told {'of a proxy script' if script else 'of no proxy'}", said)
