from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path

import pytest
from python_multipart import parse_form
from python_multipart.multipart import Field
from python_multipart.multipart import File as Part

from atz_desktop.api.errors import Cause, FileUnreadable, UploadCancelled
from atz_desktop.api.multipart import CHUNK_SIZE, MultipartBody, MultipartForm, Upload, media_type
from atz_desktop.domain.values import LocalFile
from tests.api.fakes import Renamed, chosen


def body_of(
    file: LocalFile, texts: dict[str, str] | None = None, upload: Upload | None = None
) -> MultipartBody:
    return MultipartBody(
        MultipartForm(texts or {}, "attachment", file, upload or Upload()), "PUT", "/v1/activity/42"
    )


async def bytes_of(body: MultipartBody) -> bytes:
    try:
        await body.open()
        return b"".join([chunk async for chunk in body])
    finally:
        body.close()


def parsed(body: MultipartBody, content: bytes) -> tuple[dict[str, str], str, bytes]:
    """What a parser that is not ours makes of it: the fields, the file's name, its bytes."""
    fields: dict[str, str] = {}
    files: list[tuple[str, bytes]] = []

    def on_field(field: Field) -> None:
        assert field.field_name is not None
        fields[field.field_name.decode()] = (field.value or b"").decode()

    def on_file(part: Part) -> None:
        part.file_object.seek(0)
        files.append(((part.file_name or b"").decode(), part.file_object.read()))
        part.close()

    headers = {
        "Content-Type": body.content_type.encode(),
        "Content-Length": str(len(content)).encode(),
    }
    parse_form(headers, BytesIO(content), on_field, on_file)
    [(name, data)] = files
    return fields, name, data


def file_in(folder: Path, content: bytes, name: str = "cv.pdf") -> LocalFile:
    path = folder / name
    path.write_bytes(content)
    return chosen(path)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("report.csv.gz", "application/gzip"),
        ("Report.CSV.GZ", "application/gzip"),
        ("backup.tgz", "application/gzip"),
        ("backup.tar.gz", "application/gzip"),
        ("report.csv.bz2", "application/x-bzip2"),
        ("report.csv.xz", "application/x-xz"),
        ("report.br", "application/octet-stream"),
        ("REPORT.PDF", "application/pdf"),
        ("data:,x.pdf", "application/pdf"),
        ("nothing", "application/octet-stream"),
    ],
)
def test_a_file_has_the_type_of_its_bytes(name: str, kind: str) -> None:
    assert media_type(name) == kind


@pytest.mark.parametrize("size", [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE])
async def test_another_parser_finds_every_field_and_the_very_bytes(
    tmp_path: Path, size: int
) -> None:
    content = os.urandom(size)
    texts = {"title": "Ünïcode 🎉", "description": "two\r\nlines\n--", "users_as_attendees": ""}
    body = body_of(file_in(tmp_path, content), texts)
    sent = await bytes_of(body)
    assert parsed(body, sent) == (texts, "cv.pdf", content)
    assert len(sent) == body.length


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Lebenslauf Müller.pdf", "Lebenslauf Müller.pdf"),
        ("履歴書 🎉.pdf", "履歴書 🎉.pdf"),
        ("a; b='c'.pdf", "a; b='c'.pdf"),
        ('say "hi".pdf', "say %22hi%22.pdf"),
        ("back\\slash\\", "back%5Cslash%5C"),
        ("new\r\nX-Evil: line.pdf", "new%0D%0AX-Evil: line.pdf"),
        ("undecodable \udcff.pdf", "undecodable ?.pdf"),
    ],
)
async def test_no_file_name_breaks_out_of_its_header(tmp_path: Path, name: str, shown: str) -> None:
    file = Renamed(file_in(tmp_path, b"%PDF").path, 4, other_name=name)
    body = body_of(file)
    sent = await bytes_of(body)
    assert parsed(body, sent) == ({}, shown, b"%PDF")
    assert len(sent) == body.length


async def test_the_kind_of_file_is_told_from_its_name(tmp_path: Path) -> None:
    assert b"Content-Type: application/pdf\r\n" in await bytes_of(body_of(file_in(tmp_path, b"x")))
    strange = file_in(tmp_path, b"x", "strange.zzz")
    assert b"Content-Type: application/octet-stream\r\n" in await bytes_of(body_of(strange))


async def test_the_file_is_read_away_from_the_windows_thread(tmp_path: Path) -> None:
    readers: set[int] = set()

    class Noticing(MultipartBody):
        def _read(self, count: int, is_last: bool) -> bytes:
            readers.add(threading.get_ident())
            return super()._read(count, is_last)

    form = MultipartForm({}, "attachment", file_in(tmp_path, b"x" * 3 * CHUNK_SIZE), Upload())
    await bytes_of(Noticing(form, "PUT", "/"))
    assert readers
    assert threading.get_ident() not in readers


async def test_progress_is_told_from_nothing_to_everything(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    size = 2 * CHUNK_SIZE + 5
    upload = Upload(lambda sent, total: told.append((sent, total)))
    await bytes_of(body_of(file_in(tmp_path, b"x" * size), upload=upload))
    assert told == [(0, size), (CHUNK_SIZE, size), (2 * CHUNK_SIZE, size), (size, size)]


@pytest.mark.parametrize("chunks", [1, 2, 3])
async def test_a_stop_holds_the_rest_back_until_the_last_chunk(tmp_path: Path, chunks: int) -> None:
    upload = Upload()
    body = body_of(file_in(tmp_path, b"x" * 3 * CHUNK_SIZE), upload=upload)
    await body.open()
    taken = 0
    with pytest.raises(UploadCancelled) as caught:  # noqa: PT012  the stop comes from inside
        async for chunk in body:
            taken += len(chunk)
            chunks -= 1
            if chunks == 0:
                assert upload.stop()
    body.close()
    assert caught.value.started
    assert taken < body.length


async def test_a_stop_comes_too_late_for_the_last_chunk(tmp_path: Path) -> None:
    upload = Upload()
    body = body_of(file_in(tmp_path, b"x" * 10), upload=upload)
    await body.open()
    sent = b""
    async for chunk in body:
        sent += chunk
        if sent.count(b"x" * 10):
            assert not upload.stop()
    body.close()
    assert len(sent) == body.length
    assert not upload.stopped


async def refusal(body: MultipartBody) -> FileUnreadable:
    with pytest.raises(FileUnreadable) as caught:
        await bytes_of(body)
    assert not caught.value.may_have_been_applied
    assert caught.value.file_name == "cv.pdf"
    return caught.value


async def test_a_file_that_vanished_is_not_sent(tmp_path: Path) -> None:
    file = file_in(tmp_path, b"%PDF")
    file.path.unlink()
    error = await refusal(body_of(file))
    assert (error.cause, error.started) == (Cause.FILE_MISSING, False)


@pytest.mark.parametrize("content", [b"%PD", b"%PDF-", b""])
async def test_a_file_that_has_another_size_than_when_it_was_chosen_is_not_sent(
    tmp_path: Path, content: bytes
) -> None:
    file = file_in(tmp_path, b"%PDF")
    file.path.write_bytes(content)
    error = await refusal(body_of(file))
    assert (error.cause, error.started) == (Cause.FILE_CHANGED, False)


def write_anew(path: Path) -> None:
    """As most editors save."""
    seen = path.stat()
    path.write_bytes(b"%DOC")
    os.utime(path, ns=(seen.st_mtime_ns, seen.st_mtime_ns + 2_000_000_000))


def put_another_in_its_place(path: Path) -> None:
    """Of the same size and time, as an unpacked archive or a copy that keeps the times has it."""
    seen, other = path.stat(), path.with_name("other")
    other.write_bytes(b"%DOC")
    os.utime(other, ns=(seen.st_mtime_ns, seen.st_mtime_ns))
    other.replace(path)


def lead_elsewhere(path: Path) -> None:
    """A link with the same name, to a file of the same size and time."""
    seen, other = path.stat(), path.with_name("other")
    path.rename(path.with_name("chosen"))
    other.write_bytes(b"%DOC")
    os.utime(other, ns=(seen.st_mtime_ns, seen.st_mtime_ns))
    path.symlink_to(other)


@pytest.mark.parametrize("change", [write_anew, put_another_in_its_place, lead_elsewhere])
async def test_a_file_in_whose_place_another_of_the_same_size_stands_is_not_sent(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    if change is lead_elsewhere and sys.platform == "win32":
        pytest.skip("a link needs a permission there")
    file = file_in(tmp_path, b"%PDF")
    change(file.path)
    error = await refusal(body_of(file))
    assert (error.cause, error.started) == (Cause.FILE_CHANGED, False)


async def test_a_file_that_is_replaced_while_it_is_sent_goes_out_as_it_was_chosen(
    tmp_path: Path,
) -> None:
    content = os.urandom(3 * CHUNK_SIZE)
    body = body_of(file_in(tmp_path, content))
    await body.open()
    sent = b""
    async for chunk in body:
        sent += chunk
        if sys.platform != "win32":  # which replaces no file that is open
            put_another_in_its_place(tmp_path / "cv.pdf")
    body.close()
    assert parsed(body, sent)[2] == content


async def test_a_file_on_a_slow_share_is_closed_although_nobody_waited_for_it(
    tmp_path: Path,
) -> None:
    opening, going_on = threading.Event(), threading.Event()

    class Slow(MultipartBody):
        def _open(self) -> None:
            opening.set()
            going_on.wait()
            super()._open()

    form = MultipartForm({}, "attachment", file_in(tmp_path, b"%PDF"), Upload())
    body = Slow(form, "PUT", "/v1/activity/42")
    job = asyncio.ensure_future(body.open())
    await asyncio.to_thread(opening.wait)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    body.close()
    # A file that stays open is told by the interpreter, and fails this test.
    going_on.set()


async def test_a_folder_is_not_sent(tmp_path: Path) -> None:
    folder = tmp_path / "cv.pdf"
    folder.mkdir()
    error = await refusal(body_of(LocalFile(folder, 0)))
    assert error.cause is Cause.FILE_UNREADABLE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
async def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "cv.pdf"
    os.mkfifo(pipe)
    error = await refusal(body_of(LocalFile(pipe, 0)))
    assert error.cause is Cause.FILE_UNREADABLE


async def test_a_path_that_no_system_knows_is_said_to_be_unreadable(tmp_path: Path) -> None:
    error = await refusal(body_of(LocalFile(Path("nul\0byte/cv.pdf"), 4)))
    assert error.cause is Cause.FILE_UNREADABLE


def shrink(path: Path) -> None:
    os.truncate(path, CHUNK_SIZE)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def rewrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"other")


@pytest.mark.parametrize(
    ("change", "later"),
    [
        # Some file systems note the time so coarsely that it does not tell; sizes do …
        (shrink, 0),
        (grow, 0),
        # … and where the size stays, the time is all there is.
        (rewrite, 2_000_000_000),
    ],
)
async def test_a_file_that_changes_while_it_is_sent_is_not_completed(
    tmp_path: Path, change: Callable[[Path], None], later: int
) -> None:
    file = file_in(tmp_path, b"x" * 3 * CHUNK_SIZE)
    stamp = file.path.stat().st_mtime_ns
    body = body_of(file)
    sent = 0
    await body.open()
    with pytest.raises(FileUnreadable) as caught:  # noqa: PT012  it changes half-way
        async for chunk in body:
            sent += len(chunk)
            if sent > CHUNK_SIZE:
                change(file.path)
                os.utime(file.path, ns=(stamp, stamp + later))
    body.close()
    assert (caught.value.cause, caught.value.started) == (Cause.FILE_CHANGED, True)
    assert sent < body.length


def test_every_body_has_a_boundary_of_its_own(tmp_path: Path) -> None:
    file = file_in(tmp_path, b"x")
    kinds: Iterable[str] = {body_of(file).content_type for _ in range(20)}
    assert len(set(kinds)) == 20
