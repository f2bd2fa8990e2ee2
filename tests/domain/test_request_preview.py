"""The request as shown: what the client sends, and a curl command that a shell takes as meant."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atz_desktop.api.requests import put
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.review import RequestPreview, preview_request
from atz_desktop.domain.values import LocalFile, Option, Person
from tests.domain.strategies import RESPONSE, edits

SH = shutil.which("sh") or "sh"


def _edit(**values: Any) -> Edit:
    edit = Edit(Activity.from_response(RESPONSE))
    for name, value in values.items():
        edit = edit.with_value(name, value)
    return edit


def _run(command: str, folder: Path) -> list[str]:
    """The arguments that a shell hands to curl, by a curl that only writes them down."""
    stand_in = folder / "curl"
    stand_in.write_text('#!/bin/sh\nfor each in "$@"; do printf "%s\\0" "$each"; done\n')
    stand_in.chmod(0o755)
    path = os.pathsep.join([str(folder), os.environ["PATH"]])
    environment = {"PATH": path, "ATZ_API_TOKEN": "of the shell", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [SH, "-c", command], env=environment, capture_output=True, check=True, cwd=folder
    )
    assert not done.stderr
    return done.stdout.decode().split("\0")[:-1]


def test_it_names_method_and_path_and_shows_the_body_in_lines() -> None:
    request = preview_request(_edit(title="New “title”", importance=Option("high")))
    assert request.text() == (
        "PUT /v1/activity/42\nContent-Type: application/json\n\n"
        '{\n  "title": "New “title”",\n  "importance": "high"\n}'
    )


def test_with_a_file_it_shows_the_parts_and_the_file_by_its_path() -> None:
    file = LocalFile(Path("/tmp/CV Ana.pdf"), 31_457_280)
    text = preview_request(
        _edit(done=True, users=(Person("1"), Person("2")), attachment=file)
    ).text()
    assert text.startswith("PUT /v1/activity/42\nContent-Type: multipart/form-data\n\n")
    assert "mark_as_done: true\nusers_as_attendees: 1,2\n" in text
    assert text.endswith(f"attachment: the file {file.path} (31,457,280 bytes)")


@given(edits(files=False))
def test_the_shown_body_is_the_one_that_the_client_sends(edit: Edit) -> None:
    request = preview_request(edit)
    if request.fields:
        call = put(request.path, edit.body())
        assert call.json is not None
        assert json.loads(call.json) == json.loads(request.text().partition("\n\n")[2])


def test_the_shown_parts_are_the_ones_that_the_client_sends() -> None:
    edit = _edit(done=True, location="", attachment=LocalFile(Path("a.pdf"), 1))
    call = put("/v1/activity/42", edit.body())
    assert call.form is not None
    assert dict(preview_request(edit).text_parts) == call.form.texts
    assert preview_request(edit).file == (call.form.file_field, call.form.file)


_NASTY = (
    "it's 5 o'clock",
    '"quoted" `id` $(id) $HOME \\ \\n !! %s',
    "two\nlines\r\nand\ttabs",
    "-rf; & | > < * ? ~ # {a,b} [x]",
    "@/etc/passwd",
    "漢字 עברית 👩‍💻 e\u0301",
    "",
)


@pytest.mark.skipif(os.name == "nt", reason="the command is for sh, which Windows has not")
class TestCurl:
    """The command that a person copies, run by a real shell."""

    @pytest.mark.parametrize("text", _NASTY)
    def test_a_shell_hands_over_the_very_body(self, text: str, tmp_path: Path) -> None:
        command = preview_request(_edit(description=text + " ", title="x")).curl()
        arguments = _run(command, tmp_path)
        assert json.loads(arguments[arguments.index("--data-raw") + 1]) == {
            "title": "x",
            "description": text + " ",
        }
        assert arguments[:3] == ["--request", "PUT", "https://api.atzcrm.com/v1/activity/42"]
        assert not list(tmp_path.glob("[!c]*"))

    @given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40))
    @settings(max_examples=25)
    def test_any_text_part_arrives_as_it_is(self, text: str) -> None:
        import tempfile

        file = LocalFile(Path("cv.pdf"), 1)
        request = RequestPreview("PUT", "/v1/activity/1", {"title": text, "attachment": file})
        with tempfile.TemporaryDirectory() as folder:
            arguments = _run(request.curl(), Path(folder))
        assert arguments[arguments.index("--form-string") + 1] == f"title={text}"

    def test_a_file_with_a_mean_name_stays_one_file(self, tmp_path: Path) -> None:
        file = LocalFile(Path('/x/a;type=b, "c" d\\e\'.pdf'), 1)
        arguments = _run(preview_request(_edit(attachment=file)).curl(), tmp_path)
        assert arguments[-2:] == ["--form", 'attachment=@"/x/a;type=b, \\"c\\" d\\\\e\'.pdf"']

    def test_the_token_is_the_shells_own(self, tmp_path: Path) -> None:
        command = preview_request(_edit(title="x")).curl()
        assert "$ATZ_API_TOKEN" in command
        assert "Authorization: Bearer of the shell" in _run(command, tmp_path)

    def test_another_address_is_used_as_it_is_set(self, tmp_path: Path) -> None:
        command = preview_request(_edit(title="x")).curl("http://127.0.0.1:8000/")
        assert "http://127.0.0.1:8000/v1/activity/42" in _run(command, tmp_path)
