"""What an IT department sets for every person of a computer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from atz_desktop.store.machine import (
    NAMES,
    MachineSettings,
    chosen,
    own_choices,
    parsed,
    read_machine_settings,
    usual_settings,
)
from atz_desktop.store.settings import Settings

ADDRESS = "https://atz.example.com"


def written(folder: Path, content: object) -> Path:
    file = folder / "settings.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_a_computer_without_settings_of_its_own_is_the_usual_case(tmp_path: Path) -> None:
    assert read_machine_settings(tmp_path / "nothing.json") == ({}, None)


def test_address_proxy_and_name_are_read(tmp_path: Path) -> None:
    content = {"api_url": f" {ADDRESS} ", "proxy": "http://proxy:8080", "account_name": "Berlin"}
    found = read_machine_settings(written(tmp_path, content))
    assert found.values == {name: content[name].strip() for name in NAMES}
    assert found.problem is None


def test_a_token_for_everybody_is_refused_and_never_repeated(tmp_path: Path) -> None:
    found = read_machine_settings(written(tmp_path, {"token": "s3cret", "account_name": "Berlin"}))
    assert found.values == {"account_name": "Berlin"}
    assert found.problem is not None
    assert "token" in found.problem
    assert "s3cret" not in repr(found)


def test_what_is_not_understood_is_named_and_the_rest_is_used(tmp_path: Path) -> None:
    content = {"api_url": ADDRESS, "acount": "Berlin", "proxy": 8080}
    found = read_machine_settings(written(tmp_path, content))
    assert found.values == {"api_url": ADDRESS}
    assert found.problem is not None
    assert "acount, proxy" in found.problem


def test_a_damaged_file_is_named_and_changes_nothing() -> None:
    for content in (b"{", b"[1]", b"\xff\xfe", b"null", b'"text"', b"[" * 100_000):
        found = parsed(content, "the file")
        assert found.values == {}
        assert found.problem is not None
        assert "the file" in found.problem


def test_a_folder_in_the_place_of_the_file_is_said(tmp_path: Path) -> None:
    found = read_machine_settings(tmp_path)
    assert found.values == {}
    assert found.problem is not None


def test_an_empty_text_counts_as_not_set() -> None:
    assert chosen({"api_url": "  "}, "x").values == {}


def test_what_is_set_for_the_machine_becomes_the_usual_value() -> None:
    machine = MachineSettings({"api_url": ADDRESS, "proxy": "http://proxy.example.com:8080"})
    usual, problem = usual_settings(machine)
    assert usual == Settings(api_url=ADDRESS, proxy="http://proxy.example.com:8080")
    assert problem is None


def test_an_address_that_the_token_must_not_go_to_is_left_out_alone() -> None:
    machine = MachineSettings({"api_url": "http://atz.example.com", "proxy": "http://p:8080"})
    usual, problem = usual_settings(machine)
    assert usual == Settings(proxy="http://p:8080")
    assert problem is not None
    assert "api_url" in problem


def test_the_password_of_a_proxy_is_not_taken_from_the_machine() -> None:
    usual, problem = usual_settings(MachineSettings({"proxy": "http://anna:s3cret@p:8080"}))
    assert usual == Settings()
    assert problem is not None
    assert "s3cret" not in problem


def test_the_value_of_the_machine_is_not_frozen_into_the_settings_of_the_person() -> None:
    usual = Settings(api_url=ADDRESS)
    kept = own_choices(usual._replace(theme="dark")._asdict(), usual._asdict(), {})
    assert kept == {"theme": "dark"}


def test_going_back_to_the_usual_value_stays_a_choice_of_the_person() -> None:
    usual = Settings(api_url=ADDRESS)
    kept = own_choices(usual._asdict(), usual._asdict(), {"api_url": "https://mine.example.com"})
    assert kept == {"api_url": ADDRESS}


def test_reading_them_costs_no_heavy_import_before_the_first_paint() -> None:
    script = (
        "import sys; from atz_desktop.store.machine import read_machine_settings as read;"
        "before = set(sys.modules); read(); print(*(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
