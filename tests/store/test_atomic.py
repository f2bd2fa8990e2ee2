"""One careful way to write a file: whole or not at all, and nothing else is touched."""

from __future__ import annotations

import os
import socket
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from atz_desktop.domain.settings import Settings
from atz_desktop.store.atomic import AtomicFile, write_atomically
from atz_desktop.store.errors import InvalidFileName, NotAFile, ReadOnly, StoreError, Unreachable
from atz_desktop.store.settings import load_settings, save_settings
from tests.faults.full_disk import full_disk

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="links, modes and pipes of POSIX")


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that is there already."""
    found = tmp_path / "a.csv"
    found.write_text("the earlier one")
    return found


@pytest.mark.parametrize("ending", [".part", ".new", ".tmp", "~"])
def test_no_other_file_beside_it_is_touched(file: Path, ending: str) -> None:
    beside = file.with_name(file.name + ending)
    beside.write_text("somebody's")
    write_atomically(file, "new")
    assert (file.read_text(), beside.read_text()) == ("new", "somebody's")
    assert names(file.parent) == sorted([file.name, beside.name])


@on_posix
def test_a_link_beside_it_leads_nobody_astray(file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("somebody's")
    for ending in (".part", ".new"):
        file.with_name(file.name + ending).symlink_to(elsewhere)
    write_atomically(file, "new")
    assert elsewhere.read_text() == "somebody's"


@on_posix
@pytest.mark.parametrize("steps", [1, 2])
def test_a_link_is_followed_and_stays_a_link(file: Path, tmp_path: Path, steps: int) -> None:
    folder = tmp_path / "far"
    folder.mkdir()
    target = folder / "target.csv"
    file.rename(target)
    target.chmod(0o640)
    link = target
    for step in range(steps):
        link = tmp_path / f"link{step}"
        link.symlink_to(os.path.relpath(folder, tmp_path) + "/target.csv" if step == 0 else "link0")
    write_atomically(link, "new")
    assert link.is_symlink()
    assert (target.read_text(), mode(target)) == ("new", 0o640)
    assert names(folder) == ["target.csv"]


@on_posix
def test_a_link_that_leads_to_nothing_yet_makes_what_it_leads_to(tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to("later.csv")
    write_atomically(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "later.csv").read_text() == "new"


@on_posix
@pytest.mark.parametrize("before", [0o600, 0o640, 0o664, 0o666])
def test_permissions_are_kept(file: Path, before: int) -> None:
    file.chmod(before)
    write_atomically(file, "new")
    assert mode(file) == before


@on_posix
def test_a_new_file_is_as_the_person_wants_new_files(tmp_path: Path) -> None:
    usual = os.umask(0o027)
    try:
        write_atomically(tmp_path / "new.csv", "x")
    finally:
        os.umask(usual)
    assert mode(tmp_path / "new.csv") == 0o640


@on_posix
def test_nobody_else_can_read_a_private_file_before_or_after_it_is_whole(file: Path) -> None:
    file.chmod(0o600)
    writing = AtomicFile(file)
    [unfinished] = [each for each in file.parent.iterdir() if each != file]
    assert mode(unfinished) == 0o600
    writing.discard()
    file.chmod(0o644)
    write_atomically(file, "new", private=True)
    assert mode(file) == 0o600


def _pipe(place: Path) -> None:
    os.mkfifo(place)


def _socket(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(place))


def _circle(place: Path) -> None:
    place.symlink_to(place.name)


def _device(place: Path) -> None:
    place.symlink_to("/dev/null")


@on_posix
@pytest.mark.parametrize("make", [Path.mkdir, _pipe, _socket, _circle, _device])
def test_what_is_no_ordinary_file_is_refused_and_stays(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    place = tmp_path / "a.csv"
    make(place)
    before = place.lstat().st_mode
    with pytest.raises(NotAFile) as caught:
        write_atomically(place, "new")
    assert "not an ordinary file" in caught.value.message
    assert place.lstat().st_mode == before
    assert names(tmp_path) == ["a.csv"]


@on_posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write all")
def test_a_write_protected_file_is_refused(file: Path) -> None:
    file.chmod(0o444)
    with pytest.raises(ReadOnly):
        write_atomically(file, "new")
    assert file.read_text() == "the earlier one"


@on_posix
@pytest.mark.parametrize("length", [250, 251, 254, 255])
def test_the_longest_names_are_taken(tmp_path: Path, length: int) -> None:
    file = tmp_path / ("ü" * ((length - 4) // 2) + "x" * (length % 2) + ".csv")
    for text in ("first", "second"):
        write_atomically(file, text)
        assert file.read_text() == text
    assert len(names(tmp_path)) == 1


@on_posix
@pytest.mark.parametrize("length", [256, 5_000])
def test_a_name_that_is_too_long_is_not_called_a_disk_that_is_away(
    tmp_path: Path, length: int
) -> None:
    with pytest.raises(InvalidFileName) as caught:
        write_atomically(tmp_path / ("x" * length), "new")
    assert "name" in caught.value.message
    assert "disk" not in caught.value.message
    assert names(tmp_path) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        write_atomically(tmp_path / "gone" / "a.csv", "new")


@on_posix
def test_a_full_disk_leaves_the_earlier_file_and_nothing_else(file: Path) -> None:
    with full_disk(), pytest.raises(StoreError):
        write_atomically(file, "x" * 100_000)
    assert file.read_text() == "the earlier one"
    assert names(file.parent) == [file.name]


def test_what_is_not_committed_was_never_there(file: Path) -> None:
    writing = AtomicFile(file)
    writing.stream.write("half")
    writing.discard()
    writing.discard()
    assert file.read_text() == "the earlier one"
    assert names(file.parent) == [file.name]


def test_two_writers_at_once_leave_the_whole_of_one(file: Path) -> None:
    texts = [letter * 50_000 for letter in "ab"]

    def write(text: str) -> None:
        for _ in range(10):
            write_atomically(file, text)

    writers = [threading.Thread(target=write, args=(text,)) for text in texts]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert file.read_text() in texts
    assert names(file.parent) == [file.name]


@on_posix
def test_settings_that_lie_elsewhere_stay_there(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = tmp_path / "settings.json"
    save_settings(elsewhere / "mine.json", Settings())
    file.symlink_to("elsewhere/mine.json")
    save_settings(file, Settings(theme="dark"))
    assert file.is_symlink()
    assert load_settings(elsewhere / "mine.json")[0].theme == "dark"
    assert mode(elsewhere / "mine.json") == 0o600
