"""What an IT department sets for every person of a computer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from atz_desktop.domain.settings import Account, Settings
from atz_desktop.domain.urls import DEFAULT_API_URL
from atz_desktop.store.machine import (
    NAMES,
    MachineSettings,
    as_in_file,
    chosen,
    parsed,
    read_machine_settings,
    read_registry,
    usual_settings,
)

ADDRESS = "https://atz.example.com"


def written(folder: Path, content: object) -> Path:
    file = folder / "settings.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_a_computer_without_settings_of_its_own_is_the_usual_case(tmp_path: Path) -> None:
    assert read_machine_settings(tmp_path / "nothing.json") == MachineSettings({})


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
    assert chosen({"api_url": "  ", "proxy": "", "account_name": ""}, "x").problem is None


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


def test_every_problem_is_told_not_only_the_last() -> None:
    found = chosen({"token": "s3cret", "api_url": "http://atz.example.com"}, "the file")
    _, problem = usual_settings(found)
    assert problem is not None
    assert "each person enters their own" in problem
    assert "api_url: The address must begin with https://" in problem


def test_the_name_offered_for_an_account_is_handed_on_in_one_line() -> None:
    assert Settings().account_name == "My account"
    usual, problem = usual_settings(MachineSettings({"account_name": "Berlin\n office"}))
    assert (usual.account_name, problem) == ("Berlin office", None)


def test_accounts_are_read_and_lack_only_the_token(tmp_path: Path) -> None:
    entries = [
        {"name": " Berlin ", "api_url": f"{ADDRESS}/ ", "colour": "red", "production": False},
        {"name": "London"},
    ]
    found = read_machine_settings(written(tmp_path, {"accounts": entries}))
    assert found.problem is None
    assert found.accounts == (
        Account(f"{ADDRESS} Berlin", "Berlin", ADDRESS, "red", production=False),
        Account(f"{DEFAULT_API_URL} London", "London", DEFAULT_API_URL, "blue", production=True),
    )
    usual, problem = usual_settings(found)
    assert usual == Settings(predefined=found.accounts)
    assert problem is None


def test_an_account_without_an_address_has_that_of_the_computer() -> None:
    (account,) = chosen({"api_url": ADDRESS, "accounts": [{"name": "Berlin"}]}, "x").accounts
    assert account.api_url == ADDRESS


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("Berlin", "number 1: must be a JSON object"),
        ({"api_url": ADDRESS}, "number 1: has no name"),
        ({"name": " "}, "number 1: has no name"),
        ({"name": 7}, "number 1: has no name"),
        ({"name": "A", "api_url": 7}, "number 1: api_url: The address must be text"),
        ({"name": "A", "api_url": "http://far.example"}, "must begin with https://"),
        ({"name": "A", "api_url": "https://anna:s3cret@atz.example"}, "user name or password"),
    ],
)
def test_an_account_that_nobody_could_connect_is_left_out_alone(entry: object, words: str) -> None:
    found = chosen({"accounts": [entry, {"name": "Berlin"}]}, "the file")
    assert [account.name for account in found.accounts] == ["Berlin"]
    assert found.problem is not None
    assert found.problem.startswith("In “the file”: Account ")
    assert words in found.problem
    assert "s3cret" not in found.problem


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"colour": "pink"}, "“Berlin”: colour: must be one of blue, green"),
        ({"colour": ["red"]}, "“Berlin”: colour: must be one of"),
        ({"production": "no"}, "“Berlin”: production: must be true or false"),
        ({"color": "red"}, "“Berlin”: not understood: color."),
        ({"Token": "s3cret"}, "“Berlin”: A token for everybody is not used"),
    ],
)
def test_what_makes_no_sense_of_an_account_is_told_and_the_account_is_used(
    value: dict[str, object], words: str
) -> None:
    found = chosen({"accounts": [{"name": "Berlin", **value}]}, "the file")
    assert found.accounts == (Account(f"{DEFAULT_API_URL} Berlin", "Berlin"),)
    assert found.problem is not None
    assert words in found.problem
    assert "s3cret" not in repr(found)


def test_an_account_that_is_there_twice_counts_once() -> None:
    found = chosen({"accounts": [{"name": "Berlin"}, {"name": "Berlin", "colour": "red"}]}, "x")
    assert [account.colour for account in found.accounts] == ["blue"]
    assert found.problem is not None
    assert "“Berlin”: is there twice" in found.problem


def test_accounts_that_are_no_list_are_told() -> None:
    found = chosen({"accounts": {"Berlin": ADDRESS}, "proxy": "http://p:8080"}, "x")
    assert (found.accounts, found.values) == ((), {"proxy": "http://p:8080"})
    assert found.problem is not None
    assert "accounts: must be a list" in found.problem


def test_the_registry_says_the_same_as_the_file() -> None:
    values = {"ApiUrl": ADDRESS, "Proxy": "http://p:8080", "ACCOUNTNAME": "Berlin", "Odd": 1}
    accounts = {"Berlin": {"ApiUrl": ADDRESS, "Colour": "red", "Production": 0}, "London": {}}
    assert as_in_file(values, accounts) == {
        "api_url": ADDRESS,
        "proxy": "http://p:8080",
        "account_name": "Berlin",
        "Odd": 1,
        "accounts": [
            {"name": "Berlin", "api_url": ADDRESS, "colour": "red", "production": False},
            {"name": "London"},
        ],
    }
    assert as_in_file({}, {}) == {}


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows has a registry")
def test_the_registry_is_read_with_its_accounts() -> None:
    key, current_user = r"Software\ATZ Desktop, a test", 0x80000001
    texts = ("/v", "ApiUrl", "/d", ADDRESS)
    flag = ("/v", "Production", "/t", "REG_DWORD", "/d", "0")
    try:
        subprocess.run(["reg", "add", rf"HKCU\{key}", *texts, "/f"], check=True)
        subprocess.run(["reg", "add", rf"HKCU\{key}\Accounts\Berlin", *flag, "/f"], check=True)
        assert read_registry(current_user, key) == {
            "api_url": ADDRESS,
            "accounts": [{"name": "Berlin", "production": False}],
        }
    finally:
        subprocess.run(["reg", "delete", rf"HKCU\{key}", "/f"], check=True)
    assert read_registry(current_user, key) == {}


def test_reading_them_costs_no_heavy_import_before_the_first_paint() -> None:
    script = (
        "import sys; from atz_desktop.store.machine import read_machine_settings as read;"
        "before = set(sys.modules); read(); print(*(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


# Updates, and a file of accounts


def test_looking_for_updates_is_allowed_unless_it_is_forbidden(tmp_path: Path) -> None:
    for content, allowed in (
        ({}, True),
        ({"no_update_check": False}, True),
        ({"no_update_check": True}, False),
    ):
        found = read_machine_settings(written(tmp_path, content))
        assert usual_settings(found) == (Settings(updates_allowed=allowed), None)


def test_a_prohibition_in_odd_words_holds_and_is_told(tmp_path: Path) -> None:
    found = read_machine_settings(written(tmp_path, {"no_update_check": "ja"}))
    usual, problem = usual_settings(found)
    assert not usual.updates_allowed
    assert "no_update_check" in str(problem)


@pytest.mark.parametrize(("value", "allowed"), [(1, False), ("1", False), (0, True), ("0", True)])
def test_the_registry_may_hold_the_prohibition_as_a_number_or_a_text(
    value: object, allowed: bool
) -> None:
    found = chosen(as_in_file({"NoUpdateCheck": value}, {}), "the registry")
    assert found.problem is None
    assert usual_settings(found)[0].updates_allowed is allowed


def test_accounts_can_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    file.write_text('{"accounts": [{"name": "Hamburg"}]}', encoding="utf-8")
    values = {"AccountsFile": str(file), "ApiUrl": ADDRESS}
    found = chosen(as_in_file(values, {"Berlin": {}}), "the registry")
    assert [each.name for each in found.accounts] == ["Berlin", "Hamburg"]
    assert {each.api_url for each in found.accounts} == {ADDRESS}
    assert found.problem is None
    file.write_text('[{"name": "Hamburg"}]', encoding="utf-8")
    assert chosen(as_in_file(values, {}), "the registry").accounts[0].name == "Hamburg"


@pytest.mark.parametrize("content", [None, "{", '"text"', '{"accounts": 5}'])
def test_a_file_of_accounts_that_is_missing_or_makes_no_sense_is_told(
    tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "accounts.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    found = chosen({"accounts_file": str(file), "accounts": [{"name": "Berlin"}]}, "x")
    assert [each.name for each in found.accounts] == ["Berlin"]
    assert "accounts.json" in str(found.problem)


def test_an_empty_property_of_the_installer_counts_as_not_set() -> None:
    found = chosen(as_in_file({"AccountsFile": "", "NoUpdateCheck": "", "ApiUrl": ""}, {}), "x")
    assert found == MachineSettings({})
