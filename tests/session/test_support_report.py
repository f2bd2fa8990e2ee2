"""The report for support: a thousand planted secrets and names, and none is found in it."""

from __future__ import annotations

import ast
import json
import logging
import random
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import atz_desktop
from atz_desktop.api.errors import Cause, NotSent
from atz_desktop.app.log import AppLog
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.settings import Account, Settings
from atz_desktop.domain.values import Person
from atz_desktop.session.phase import Phase
from atz_desktop.session.support_report import Pseudonyms, SupportFacts, report_text
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts, Recent
from atz_desktop.store.errors import StoreError
from atz_desktop.store.journal import Journal, NewEntry
from atz_desktop.store.names import NameStore
from atz_desktop.store.support_data import LENGTH, pseudonym_key, read_statistics

PLANTED = 1_000
KEY = bytes(range(LENGTH))
PACKAGE = Path(atz_desktop.__file__).parent
OURS = logging.getLogger("atz_desktop.session.account")


class Plants:
    """Hands out secrets and names that nobody else uses, and remembers them all."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._random = random.Random(20261126)

    def name(self) -> str:
        first, last = (self._word().capitalize() for _ in range(2))
        return self._kept(f"{first} {last}", first, last)

    def secret(self) -> str:
        return self._kept("".join(self._random.choices(string.ascii_letters, k=24)))

    def number(self) -> int:
        number = self._random.randrange(10**9, 10**10)
        self._kept(str(number))
        return number

    def _word(self) -> str:
        return "".join(self._random.choices(string.ascii_lowercase, k=9))

    def _kept(self, text: str, *parts: str) -> str:
        self.all += [text, *parts]
        return text


def body(plants: Plants) -> dict[str, object]:
    """An activity with something planted in each place of it."""

    def people(count: int) -> list[dict[str, object]]:
        return [
            {
                "id": plants.number(),
                "slug": plants.secret(),
                "full_name": plants.name(),
                "email": f"{plants.secret()}@{plants.secret()}.example",
            }
            for _ in range(count)
        ]

    return {
        "id": plants.number(),
        "title": plants.name(),
        "activity_type": {"id": 2, "label": plants.name()},
        "related_to": plants.secret(),
        "related_record": {"slug": plants.secret(), "full_name": plants.name()},
        "related_to_type": plants.secret(),
        "collaborators": people(9),
        "start_date": "2026-11-26",
        "start_time": "10:00",
        "end_time": "11:00",
        "attendees": {"candidates": people(9), "contacts": people(9), "users": people(9)},
        "meeting_link": f"https://{plants.secret()}.example/{plants.secret()}",
        "location": plants.name(),
        "description": f"{plants.name()} {plants.secret()}",
        "attachment": {"file_name": plants.name(), "file_link": plants.secret()},
        plants.secret(): plants.secret(),
    }


def account(plants: Plants) -> Account:
    url = f"https://{plants.secret().lower()}.example"
    plants.all.append(url.removeprefix("https://"))
    name = plants.name()
    return Account(f"{url} {name}", name, url, plants.secret(), production=True)


def entry(plants: Plants, key: str) -> NewEntry:
    values = json.dumps({"title": plants.name(), plants.secret(): plants.name()})
    return NewEntry(
        account=key,
        activity_id=plants.number(),
        title=plants.name(),
        before=values,
        sent=values,
        request=json.dumps({plants.secret(): plants.name()}),
        reason=plants.name(),
        undoes=None,
        at="2026-11-26T10:00:00Z",
    )


def log(plants: Plants) -> None:
    OURS.info("connected, production: %s", plants.name())
    OURS.warning("loading %s with %s", plants.number(), plants.secret())
    OURS.info("%s: %s %s", NotSent.__name__, "PUT", f"/v1/candidate/{plants.secret()}")
    OURS.info("odd path %s", f"/v1/{plants.secret()}/x")
    OURS.info("%d of a text", plants.number())
    OURS.info("%s", NotSent("PUT", f"/v1/{plants.secret()}", cause=Cause.NO_NETWORK))
    logging.getLogger("keyring").error("no key for %s", plants.secret())
    try:
        raise LookupError(plants.secret())
    except LookupError:
        OURS.exception("it failed")


@pytest.fixture
def logbook(tmp_path: Path) -> Iterator[AppLog]:
    made = AppLog(tmp_path / "logs")
    yield made
    made.close()


async def fill(plants: Plants, database: Database, key: str) -> None:
    journal = Journal(database)
    for number in range(15):
        saved = await journal.begin(entry(plants, key))
        if number:
            after = json.dumps({"title": plants.name()})
            await journal.settle(saved, "VERIFIED", after, "{}", "2026-11-26T10:00:01Z")
    await Drafts(database).save(key, plants.number(), plants.name())
    await Recent(database).mark_loaded(key, plants.number(), plants.name(), "2026-11-26T10:00:00Z")
    names = [Name("user", plants.secret(), plants.name(), plants.secret()) for _ in range(250)]
    await NameStore(database).learn(key, names)


async def test_of_a_thousand_planted_secrets_and_names_none_is_in_the_report(
    tmp_path: Path, logbook: AppLog
) -> None:
    plants = Plants()
    mine = account(plants)
    database, _ = Database.open(tmp_path / plants.secret() / "atz.sqlite3")
    (database.path.parent / f"atz-{plants.secret()}.sqlite3").touch()
    await fill(plants, database, mine.key)
    log(plants)
    edit = Edit(Activity.from_response(body(plants)))
    edit = edit.with_value("title", plants.name())
    edit = edit.with_value("candidates", (Person(plants.secret(), plants.name()),))
    facts = SupportFacts(
        versions=("ATZ Desktop 1.0",),
        display={"platform": "offscreen"},
        settings=Settings(
            theme=plants.secret(),
            zone=f"Europe/{plants.name()}",
            api_url=f"https://{plants.secret()}.example",
            account=mine.key,
            window=plants.secret(),
            accounts=(mine, account(plants)),
            proxy=f"http://{plants.secret()}:{plants.secret()}@{plants.secret()}.example:8080",
            account_name=plants.name(),
            predefined=(account(plants),),
        ),
        data_folder="chosen by hand",
        account=mine,
        state=Phase.READY,
        edit=edit,
        problems=["title", plants.secret()],
        statistics=await read_statistics(database),
        saves=await Journal(database).entries(limit=20),
        steps=logbook.log_steps,
    )
    report = report_text(facts, Pseudonyms(KEY))
    database.close()
    assert len(plants.all) >= PLANTED
    found = [text for text in plants.all if text.lower() in report.lower()]
    assert not found, f"{len(found)} of {len(plants.all)}: {found[:5]}"
    for told in ("names: 250", "journal: 15", "VERIFIED: 14", "PENDING: 1", "set aside: 1"):
        assert told in report, told
    for told in ("changed: title, candidates", "sent: title", "NotSent: PUT /v1/candidate/…"):
        assert told in report, told
    assert "(LookupError)" in report


def report(title: str, key: bytes = KEY) -> str:
    edit = Edit(Activity.from_response({"id": 42, "title": title}))
    facts = SupportFacts(
        versions=(),
        display={},
        settings=Settings(),
        data_folder="the usual one",
        edit=edit,
        at=datetime(2026, 11, 26, tzinfo=UTC),
    )
    return report_text(facts, Pseudonyms(key))


def test_a_stand_in_is_the_same_in_every_report_and_another_for_another_name() -> None:
    assert report("Amara Nwosu") == report("Amara Nwosu")
    assert report("Amara Nwosu") != report("Amara Nwosa")


def test_nobody_without_the_key_can_try_names_out() -> None:
    assert report("Amara Nwosu") != report("Amara Nwosu", bytes(LENGTH))


def test_the_key_is_made_once_and_is_only_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "data" / "stand-ins.key"
    key = pseudonym_key(file)
    assert len(key) == LENGTH
    assert pseudonym_key(file) == key != pseudonym_key(tmp_path / "another.key")
    assert file.stat().st_mode & 0o077 in {0, 0o066}  # Windows has no such bits


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError):
        pseudonym_key(tmp_path / "data" / "stand-ins.key")


def test_an_empty_text_is_said_to_be_empty() -> None:
    assert Pseudonyms(KEY).of("title", "") == Pseudonyms(KEY).of("title", None) == "(empty)"


LOGGING = {"debug", "info", "warning", "error", "exception", "critical"}


def test_what_a_log_line_says_is_a_literal_of_the_source() -> None:
    """The report repeats it as it stands; an f-string would carry words of the user into it."""
    odd = []
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=logger, attr=name), args=[first, *_]):
                    is_log = "_log" in ast.dump(logger) or "getLogger" in ast.dump(logger)
                    literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
                    if name in LOGGING and is_log and not literal:
                        odd.append(f"{file}:{node.lineno}")
    assert not odd
