"""The file that was chosen is the file that is sent, or none: after a restart as well."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from atz_desktop.domain.values import LocalFile
from atz_desktop.sandbox.server import Sandbox
from tests.faults.desk import QUICK, Desk, Person

ID = 42
CHOSEN = b"%PDF of Ana"


def write_anew(path: Path) -> None:
    path.write_bytes(b"%PDF of Bob")
    os.utime(path, ns=(1, 1))


def write_longer(path: Path) -> None:
    path.write_bytes(b"%PDF of somebody else")


def put_another_in_its_place(path: Path) -> None:
    """Of the same size and time."""
    seen, other = path.stat(), path.with_name("other")
    other.write_bytes(b"%PDF of Bob")
    os.utime(other, ns=(seen.st_mtime_ns, seen.st_mtime_ns))
    other.replace(path)


def take_away(path: Path) -> None:
    path.unlink()


CHANGES = [write_anew, write_longer, put_another_in_its_place]


async def opened(sandbox: Sandbox, folder: Path) -> Desk:
    desk = Desk(sandbox, folder / "atz.sqlite3", Person(), QUICK)
    await desk.open(ID)
    return desk


async def choose(desk: Desk, folder: Path) -> Path:
    file = folder / "cv.pdf"
    file.write_bytes(CHOSEN)
    desk.session.model.set_value("attachment", LocalFile.from_stat(file, file.stat()))
    desk.session.model.set_value("title", "With a file")
    await desk.on_disk()
    return file


def written(sandbox: Sandbox) -> list[bytes]:
    return [each.body for each in sandbox.requests if each.method == "PUT" and each.complete]


@pytest.mark.parametrize("change", [*CHANGES, take_away])
async def test_after_a_restart_a_file_that_is_another_is_said_and_not_sent(
    change: Callable[[Path], None], sandbox: Sandbox, tmp_path: Path
) -> None:
    desk = await opened(sandbox, tmp_path)
    file = await choose(desk, tmp_path)
    await desk.crash()
    change(file)
    desk = await opened(sandbox, tmp_path)
    assert desk.session.edit
    assert dict(desk.session.edit.pending) == {"title": "With a file"}
    assert "“cv.pdf”" in desk.notices[-1].text
    assert "choose it again" in desk.notices[-1].text
    await desk.save()
    assert list(map(json.loads, written(sandbox))) == [{"title": "With a file"}]
    await desk.crash()


async def test_after_a_restart_the_very_file_is_sent(sandbox: Sandbox, tmp_path: Path) -> None:
    desk = await opened(sandbox, tmp_path)
    await choose(desk, tmp_path)
    await desk.crash()
    desk = await opened(sandbox, tmp_path)
    await desk.save()
    (body,) = written(sandbox)
    assert CHOSEN in body
    assert desk.notices[-1].title == "Saved and checked"
    await desk.crash()


@pytest.mark.parametrize("change", [*CHANGES, take_away])
async def test_without_a_restart_a_file_that_is_another_is_said_and_not_sent(
    change: Callable[[Path], None], sandbox: Sandbox, tmp_path: Path
) -> None:
    desk = await opened(sandbox, tmp_path)
    change(await choose(desk, tmp_path))
    await desk.save()
    assert not written(sandbox)
    assert "“cv.pdf”" in desk.notices[-1].text
    assert "Choose it again" in desk.notices[-1].text
    assert sandbox.account.get(ID)["title"] != "With a file"
    await desk.crash()
