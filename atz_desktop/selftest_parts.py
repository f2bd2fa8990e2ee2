"""What installing breaks first, looked for by the self-test in the installed program.

Each check tries one part for real and answers with a line in plain words, or raises PartMissing.
The program speaks English only, so there is no catalogue of translations to look for.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication

TRIES_KEY_STORE = 5.0
"""Seconds that the key store has for its answer: a locked one waits for a person."""


class PartMissing(Exception):  # noqa: N818 - what happened, in the words of the report
    """A part of the program is not there or does not work; the message says which."""


def check_parts(app: QGuiApplication, folder: Path, say: Callable[[str], None]) -> None:
    """Try every part, with files below `folder`; `say` gets a line for each.

    Raises PartMissing, or whatever a broken part raises by itself.
    """
    say(f"ok: Qt draws through its platform {app.platformName()}")
    for check in CHECKS:
        say(f"ok: {check(folder)}")


def resources(_: Path) -> str:
    """The files of `resources/`, each of which draws something."""
    from atz_desktop.resources import resource
    from atz_desktop.view.icons import app_icon, icon

    mark = resource("app.svg")
    names = sorted(file.stem for file in (mark.parent / "icons").glob("*.svg"))
    _must(bool(names), "there are icons")
    pictures = {"app": app_icon(), **{name: icon(name) for name in names}}
    blank = [name for name, drawn in pictures.items() if _is_blank(drawn.pixmap(32, 32).toImage())]
    _must(not blank, f"every icon draws something; blank: {', '.join(blank)}")
    return f"the program's own files are there and {len(pictures)} icons draw something"


def licences(_: Path) -> str:
    """What About shows: the version of each part and the whole text of its licence."""
    from atz_desktop.app.components import components_here, licence_text

    parts = dict(components_here())
    known = {part.distribution for part in parts}
    _must("httpx" in known, "the program knows the versions of its parts")
    without = [part.name for part in parts if not licence_text(part)]
    _must(not without, f"every licence can be read; not there: {', '.join(without)}")
    return f"the licences of {len(parts)} parts can be read"


def styles(_: Path) -> str:
    """Qt's styles, which are loaded by name at run time."""
    from PySide6.QtWidgets import QStyleFactory

    found = QStyleFactory.keys()
    _must("Fusion" in found, f"Qt has its style Fusion; it has {', '.join(found)}")
    return f"Qt knows the styles {', '.join(found)}"


def image_formats(folder: Path) -> str:
    """Pictures in the formats that the program reads, read from real files."""
    from PySide6.QtGui import QColor, QImage

    from atz_desktop.resources import resource

    files = {"svg": resource("app.svg")}
    picture = QImage(16, 16, QImage.Format.Format_ARGB32)
    picture.fill(QColor("#1a52bd"))
    for kind in ("png", "ico", "jpeg"):
        files[kind] = folder / f"picture.{kind}"
        _must(picture.save(str(files[kind])), f"Qt writes {kind}")
    unread = [kind for kind, file in files.items() if _is_blank(QImage(str(file)))]
    _must(not unread, f"Qt reads every format; not read: {', '.join(unread)}")
    return f"Qt reads pictures as {', '.join(files)}"


def time_zones(_: Path) -> str:
    """Daylight-saving rules, from the data that the program brings along."""
    from datetime import datetime, timedelta
    from importlib.resources import files
    from zoneinfo import ZoneInfo

    from atz_desktop.view.widgets.zone_box import zone_names

    names = zone_names()
    with files("tzdata.zoneinfo.Europe").joinpath("Berlin").open("rb") as rules:
        berlin = ZoneInfo.from_file(rules)
    offsets = [datetime(2026, month, 1, tzinfo=berlin).utcoffset() for month in (1, 7)]
    right = [timedelta(hours=1), timedelta(hours=2)]
    _must(offsets == right, f"Berlin is 1 and 2 hours from UTC, not {offsets}")
    for name in names:
        ZoneInfo(name)
    return f"{len(names)} time zones are known, with their daylight-saving rules"


def database(folder: Path) -> str:
    """SQLite with its full-text search: a name is kept and found by the start of a word."""
    return asyncio.run(_database(folder))


async def _database(folder: Path) -> str:
    from atz_desktop.domain.local_records import Name
    from atz_desktop.store.database import Database
    from atz_desktop.store.names import NameStore

    store, problem = Database.open(folder / "parts.sqlite3")
    try:
        _must(problem is None, f"a new database opens without a word; it said: {problem}")
        directory = NameStore(store)
        await directory.learn("self-test", [Name("candidate", "candidate_1", "Zoë Ørsted")])
        found = await directory.search("self-test", "candidate", "zoe")
        _must([name.key for name in found] == ["candidate_1"], "the full-text search finds a name")
    finally:
        store.close()
    return "SQLite keeps names and finds them again (FTS5)"


def key_store(_: Path) -> str:
    """The key store of the system: keeps, gives back and forgets, or is plainly not there."""
    return asyncio.run(_key_store())


async def _key_store() -> str:
    from atz_desktop.store.tokens import TokenLocation, TokenStore

    account, token = "self-test", "not a token"
    store = TokenStore(timeout=TRIES_KEY_STORE)
    kept = await store.save(account, token)
    if kept.place is TokenLocation.MEMORY:
        return f"no key store to try: {kept.why}"
    try:
        _must(await TokenStore().read(account) == token, "the key store gives the token back")
    finally:
        left = await store.delete(account)
    _must(left is None, f"the key store forgets a token: {left}")
    return "the key store keeps a token, gives it back and forgets it"


def connections(_: Path) -> str:
    """TLS: the client for https can be made, and a server that speaks none is refused."""
    return asyncio.run(_connections())


async def _connections() -> str:
    import ssl

    from atz_desktop.api.client import AtzClient
    from atz_desktop.api.errors import AtzError
    from atz_desktop.sandbox.server import Sandbox

    with Sandbox() as sandbox:
        plain = sandbox.url.replace("http:", "https:")
        client = AtzClient(plain, "not a token", sleep=_at_once)
        try:
            await client.check()
        except AtzError:
            refused = True
        else:
            refused = False
        finally:
            await client.close()
        _must(refused and not sandbox.requests, "https to a server without TLS is refused")
    where = ssl.get_default_verify_paths()
    return f"{ssl.OPENSSL_VERSION} is there; authorities of the system: {_authorities(where)}"


def _authorities(where: object) -> str:
    import sys

    if sys.platform in {"win32", "darwin"}:
        return "its own store"
    places = [getattr(where, name, None) for name in ("cafile", "capath")]
    filled = [place for place in places if place and _holds_something(Path(place))]
    return ", ".join(filled) or "where the program finds them, or none"


def _holds_something(place: Path) -> bool:
    return place.is_file() or (place.is_dir() and any(place.iterdir()))


def proxy(_: Path) -> str:
    """The system can be asked how it reaches the network."""
    from atz_desktop.app.system_proxy import system_proxy
    from atz_desktop.domain.urls import DEFAULT_API_URL

    answer = system_proxy(DEFAULT_API_URL)
    return {
        None: "the system names no proxy of its own",
        "": "the system reaches ATZ directly",
    }.get(answer, "the system names a proxy on the way to ATZ")


def upload(folder: Path) -> str:
    """A file sent to the sandbox as multipart/form-data arrives byte for byte."""
    return asyncio.run(_upload(folder))


async def _upload(folder: Path) -> str:
    from atz_desktop.api.client import AtzClient
    from atz_desktop.domain.values import LocalFile
    from atz_desktop.sandbox.server import Sandbox

    content = bytes(range(256)) * 1200
    file = folder / "Lebenslauf – Zoë.pdf"
    file.write_bytes(content)
    with Sandbox() as sandbox:
        client = AtzClient(sandbox.url, sandbox.token)
        try:
            await client.update_activity(42, {"attachment": LocalFile(file, len(content))})
        finally:
            await client.close()
        received = [part for request in sandbox.requests for part in request.uploads]
    wanted = [(file.name, hashlib.sha256(content).hexdigest())]
    arrived = [(part.file_name, part.sha256) for part in received]
    _must(arrived == wanted, f"the file arrives as it is; the sandbox received {arrived}")
    return f"a file of {len(content) // 1024} KiB reaches the sandbox byte for byte"


_SAMPLE_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
_SAMPLE_RELEASE = (
    '{"product":"atz-desktop","version":"0.0.1","released":"2026-11-26","notes":"",'
    '"link":"https://example.com"}'
)
_SAMPLE_SIGNATURE = (
    "pHohzPy9EkSEkePBmEmfVDUSStKV+P1VHK/zvjiT4zxjSmIbML+lyPZZFDsHV0V30DsWqGUMAk7y/OPW6v+wCw=="
)
"""A release signed with a key that belongs to nobody."""


def signature(_: Path) -> str:
    """The library that checks what a publisher signed."""
    import json

    from atz_desktop.api.updates import UntrustedReleaseError, read_release

    def content(release: str) -> bytes:
        return json.dumps({"release": release, "signature": _SAMPLE_SIGNATURE}).encode()

    _must(read_release(content(_SAMPLE_RELEASE), _SAMPLE_KEY).version == "0.0.1", "it is read")
    try:
        read_release(content(_SAMPLE_RELEASE.replace("0.0.1", "9.9.9")), _SAMPLE_KEY)
    except UntrustedReleaseError:
        return "signatures are checked, and a forged one is refused"
    raise PartMissing("a forged signature was believed")


def workbooks(folder: Path) -> str:
    """The library that reads Excel's files, and what it takes from Python."""
    from datetime import datetime

    from openpyxl import Workbook

    from atz_desktop.session.tables import read_workbook

    book = Workbook()
    book.active.append(["ID", "Start"])
    book.active.append([42, datetime(2024, 6, 16, 10)])  # noqa: DTZ001 - a cell has no zone
    book.save(folder / "table.xlsx")
    table = read_workbook((folder / "table.xlsx").read_bytes()).table
    _must(table.rows == ((42, datetime(2024, 6, 16, 10)),), "its cells are read")  # noqa: DTZ001
    return "a workbook of Excel can be read"


CHECKS: tuple[Callable[[Path], str], ...] = (
    resources,
    licences,
    styles,
    image_formats,
    time_zones,
    database,
    key_store,
    connections,
    proxy,
    upload,
    signature,
    workbooks,
)


async def _at_once(_: float) -> None:
    return None


def _is_blank(image: object) -> bool:
    """Whether a picture is missing or shows nothing at all."""
    from PySide6.QtGui import QImage

    assert isinstance(image, QImage)
    points = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return image.isNull() or not any(image.pixelColor(x, y).alpha() for x, y in points)


def _must(true: bool, what: str) -> None:
    if not true:
        raise PartMissing(f"not true: {what}")
