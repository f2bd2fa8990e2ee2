from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from atz_desktop.domain.settings import Account, Settings, account_key
from atz_desktop.store.errors import StoreError
from atz_desktop.store.settings import load_settings, save_settings

if TYPE_CHECKING:
    from tests.store.conftest import StartProgram

CHANGED = Settings(
    theme="dark",
    zone="Europe/Berlin",
    api_url="http://127.0.0.1:8080",
    account="https://api.atzcrm.com Agency",
    window="AdnQywADAAA=",
    review_before_save=True,
    accounts=(
        Account("https://api.atzcrm.com Agency", "Agency", colour="red"),
        Account("http://127.0.0.1:8080 test", "test", "http://127.0.0.1:8080", production=False),
    ),
    proxy="http://proxy.example.com:8080",
    forgotten=("https://api.atzcrm.com Old",),
)
GOOD_ACCOUNT = CHANGED.accounts[0]._asdict()


def test_settings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    file = tmp_path / "data" / "settings.json"
    assert load_settings(file) == (Settings(), None)
    save_settings(file, CHANGED)
    assert load_settings(file) == (CHANGED, None)
    assert [found.name for found in file.parent.iterdir()] == ["settings.json"]


def test_what_a_newer_version_stored_is_still_there_after_a_save(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"tabs": {"width": 2}, "theme": "light"}))
    settings, problem = load_settings(file)
    assert (settings.theme, problem) == ("light", None)
    save_settings(file, settings._replace(theme="dark"))
    stored = json.loads(file.read_text())
    assert (stored["tabs"], stored["theme"]) == ({"width": 2}, "dark")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("theme", ["dark"]),
        ("zone", "Mars/Phobos"),
        ("zone", "../../etc/passwd"),
        ("zone", "Europe"),
        ("zone", ""),
        ("zone", 1),
        ("api_url", "http://api.atzcrm.com"),
        ("api_url", None),
        ("account", 5),
        ("window", [1, 2]),
        ("window", "\ud800"),
        ("account", "\udfff"),
        ("proxy", "http://\ud800:8080"),
        ("forgotten", ["\ud800"]),
        ("accounts", [{**GOOD_ACCOUNT, "name": "\ud83d"}]),
        ("review_before_save", "yes"),
        ("proxy", 8080),
        ("proxy", "socks5://proxy:1080"),
        ("forgotten", "all"),
        ("forgotten", [1]),
        ("accounts", {}),
        ("accounts", [None]),
        ("accounts", [{"key": "k", "name": "n"}]),
        ("accounts", [{**GOOD_ACCOUNT, "api_url": "http://api.atzcrm.com"}]),
        ("accounts", [{**GOOD_ACCOUNT, "colour": "pink"}]),
        ("accounts", [{**GOOD_ACCOUNT, "api_url": "https://somewhere.else.example"}]),
        ("accounts", [{**GOOD_ACCOUNT, "key": "https://api.atzcrm.com.example Agency"}]),
        ("accounts", [{**GOOD_ACCOUNT, "token": "one"}]),
    ],
)
def test_a_bad_value_falls_back_alone_and_is_named(
    tmp_path: Path, name: str, value: object
) -> None:
    file = tmp_path / "settings.json"
    save_settings(file, CHANGED)
    file.write_text(json.dumps({**json.loads(file.read_text()), name: value}))
    settings, problem = load_settings(file)
    assert settings == CHANGED._replace(**{name: Settings._field_defaults[name]})
    assert problem
    assert name in problem


ONE, TWO = (Account(account_key("https://api.atzcrm.com", name), name) for name in ("1", "2"))


def test_what_could_not_be_understood_stays_in_the_file_until_it_is_chosen_anew(
    tmp_path: Path,
) -> None:
    file = tmp_path / "settings.json"
    newer = [{**ONE._asdict(), "region": "eu"}]
    file.write_text(json.dumps({"accounts": newer, "theme": "sepia"}))
    settings, problem = load_settings(file)
    assert problem
    save_settings(file, settings._replace(window="AdnQ"))
    assert json.loads(file.read_text()) == {"accounts": newer, "theme": "sepia", "window": "AdnQ"}
    save_settings(file, settings.with_account(TWO))
    assert load_settings(file)[0].accounts == (TWO,)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[1]", b"null", b"[" * 100_000])
def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(content)
    settings, problem = load_settings(file)
    (aside,) = tmp_path.iterdir()
    assert settings == Settings()
    assert aside.read_bytes() == content
    assert problem
    assert str(aside) in problem
    assert load_settings(file) == (Settings(), None)


def test_two_damaged_files_of_the_same_second_are_both_kept(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    for content in ("first", "second", "third"):
        file.write_text(content)
        load_settings(file)
    assert {kept.read_text() for kept in tmp_path.iterdir()} == {"first", "second", "third"}


def test_a_file_that_cannot_be_read_is_said_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.symlink_to(file)  # a link that leads to itself: root, too, can read no such file
    settings, problem = load_settings(file)
    assert settings == Settings()
    assert problem
    assert str(file) in problem
    with pytest.raises(StoreError):
        save_settings(file, CHANGED)
    assert [found.name for found in tmp_path.iterdir()] == ["settings.json"]


FULL_DISK = """
import resource, sys
from pathlib import Path
from atz_desktop.store.errors import DiskFull
from atz_desktop.store.settings import save_settings
from atz_desktop.domain.settings import Settings
resource.setrlimit(resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
try:
    save_settings(Path(sys.argv[1]), Settings(theme="dark"))
except DiskFull as error:
    print(error.message)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit the size of a file")
def test_a_full_disk_leaves_the_earlier_settings_whole(
    tmp_path: Path, start_program: StartProgram
) -> None:
    file = tmp_path / "settings.json"
    save_settings(file, CHANGED)
    assert "Free some space" in start_program(FULL_DISK, file).line()
    assert load_settings(file) == (CHANGED, None)
    assert [found.name for found in tmp_path.iterdir()] == ["settings.json"]


def test_accounts_of_the_same_name_on_two_servers_are_told_apart() -> None:
    assert account_key("https://a.example/", "Me") == account_key("https://a.example", "Me")
    assert account_key("https://a.example", "Me") != account_key("https://b.example", "Me")


READING = """
import sys
from pathlib import Path
before = set(sys.modules)
from atz_desktop.store.paths import Paths, data_folder
from atz_desktop.store.settings import load_settings
load_settings(Paths(data_folder(sys.argv[1], {})).settings)
print(*(set(sys.modules) - before))
"""


def test_reading_the_settings_imports_nothing_heavy(
    tmp_path: Path, start_program: StartProgram
) -> None:
    save_settings(tmp_path / "settings.json", Settings())
    imported = set(start_program(READING, tmp_path).line().split())
    heavy = {"sqlite3", "asyncio", "dataclasses", "zoneinfo", "platformdirs", "keyring", "logging"}
    assert "json" in imported
    assert not heavy & imported


def test_the_account_of_the_last_time_is_the_current_one() -> None:
    one, two = Account("1", "One"), Account("2", "Two")
    assert Settings().current_account() is None
    both = Settings().with_account(one).with_account(two)
    assert both.accounts == (one, two)
    assert both.current_account() == two
    assert both._replace(account="1").current_account() == one
    assert both.without_account("2").current_account() == one
    assert both.with_account(one._replace(name="Uno")).accounts[0].name == "Uno"


def test_what_was_set_for_the_computer_holds_until_the_person_chooses(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    usual = Settings(api_url="https://atz.company.example")
    settings, _ = load_settings(file, usual)
    assert settings == usual
    save_settings(file, settings._replace(theme="dark"), usual)
    moved = Settings(api_url="https://new.company.example")
    again, _ = load_settings(file, moved)
    assert (again.api_url, again.theme) == ("https://new.company.example", "dark")
    own = again._replace(api_url="https://own.example")
    save_settings(file, own, moved)
    assert load_settings(file, usual)[0].api_url == "https://own.example"


BERLIN, LONDON = Account("b", "Berlin"), Account("l", "London", colour="red")
SET_HERE = Settings(predefined=(BERLIN, LONDON), account_name="Office")


def test_accounts_set_for_the_computer_are_known_but_none_is_entered_unasked() -> None:
    assert SET_HERE.all_accounts() == (BERLIN, LONDON)
    assert SET_HERE.current_account() is None
    assert SET_HERE.with_account(LONDON).current_account() == LONDON


def test_an_account_set_for_the_computer_is_not_frozen_into_the_persons_file(
    tmp_path: Path,
) -> None:
    file = tmp_path / "settings.json"
    entered = SET_HERE.with_account(LONDON)._replace(theme="dark")
    save_settings(file, entered, SET_HERE)
    assert json.loads(file.read_text()) == {"theme": "dark", "account": "l"}
    changed = Settings(predefined=(LONDON._replace(colour="green"),))
    again, problem = load_settings(file, changed)
    assert problem is None
    assert again.current_account() == LONDON._replace(colour="green")
    assert again.account_name == "My account"


def test_what_the_person_changed_of_it_is_theirs_and_keeps_its_place() -> None:
    mine = BERLIN._replace(name="Home", colour="grey")
    settings = SET_HERE.with_account(Account("x", "X")).with_account(mine)
    assert settings.all_accounts() == (mine, LONDON, Account("x", "X"))
    assert settings.accounts == (Account("x", "X"), mine)
    assert settings.with_account(BERLIN).accounts == (Account("x", "X"),)


def test_it_stays_away_once_forgotten_until_the_person_adds_it_again(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    settings = SET_HERE.with_account(BERLIN).without_account("b").without_account("b")
    save_settings(file, settings, SET_HERE)
    again, _ = load_settings(file, SET_HERE)
    assert again.all_accounts() == (LONDON,)
    assert again.forgotten == ("b",)
    assert again.current_account() is None
    back = again.with_account(BERLIN)
    assert (back.current_account(), back.forgotten) == (BERLIN, ())
    save_settings(file, back, SET_HERE)
    assert load_settings(file, SET_HERE)[0].all_accounts() == (BERLIN, LONDON)


def test_forgetting_an_account_of_ones_own_leaves_no_trace_of_it() -> None:
    settings = SET_HERE.with_account(Account("x", "X")).without_account("x")
    assert settings == SET_HERE


def test_going_back_to_the_usual_value_stays_a_choice_of_the_person(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    usual = Settings(api_url="https://usual.example.com")
    save_settings(file, usual._replace(api_url="https://mine.example.com"), usual)
    save_settings(file, usual, usual)
    assert json.loads(file.read_text()) == {"api_url": "https://usual.example.com"}
