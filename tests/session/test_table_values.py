"""The values of a whole table: names in it are those that this computer learned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from atz_desktop.domain.cell_values import CellFormat
from atz_desktop.domain.column_mapping import guess, map_rows
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.table import Cell, Table
from atz_desktop.domain.values import Person, RecordRef
from atz_desktop.domain.vocabulary import TYPES
from atz_desktop.session.services import Services
from atz_desktop.session.tables import read_table_values
from atz_desktop.store.database import Database
from atz_desktop.store.errors import StoreError
from atz_desktop.store.names import NameStore

ANA = Name("user", "7", "Ana Lima", "ana@example.com")
FORM = CellFormat(TYPES, "UTC", date(2026, 3, 4), day_first=True)


async def test_names_and_addresses_are_looked_up_for_all_rows(services: Services) -> None:
    job = Name("job", "job_12", "Baker, Bonn")
    await services.names.learn("test", [ANA, job, Name("candidate", "candidate_1", "Ana Lima")])
    rows: list[dict[str, Cell]] = [
        {"users": "Ana Lima", "record": "Baker, Bonn"},
        {"users": "ANA@example.com, Ana Lima; 8", "candidates": "ana lima"},
        {"users": "Eve Fox", "record": "Nobody's"},
    ]
    first, second, third = await read_table_values(rows, FORM, services)
    ana = Person("7", "Ana Lima", "ana@example.com")
    assert first.values == {"users": (ana,), "record": RecordRef(2, "job_12", "Baker, Bonn")}
    assert second.values["users"] == (ana, Person("8"))
    assert second.values["candidates"] == (Person("candidate_1", "Ana Lima"),)
    assert not first.problems
    assert not second.problems
    assert "Nobody called “Eve Fox” is known here" in third.problems["users"]
    assert "No record called “Nobody's” is known here" in third.problems["record"]


async def test_somebody_of_another_account_is_not_known(services: Services) -> None:
    await services.names.learn("other", [ANA])
    (found,) = await read_table_values([{"users": "ana@example.com"}], FORM, services)
    assert "No user with the address" in found.problems["users"]


class GoneNames(NameStore):
    """The directory on a disk that is gone."""

    async def by_emails(self, *_: object) -> dict[str, list[Name]]:
        raise StoreError(Path("atz.sqlite3"), "gone")

    async def by_exact_names(self, *_: object) -> dict[str, list[Name]]:
        raise StoreError(Path("atz.sqlite3"), "gone")


async def test_without_a_database_nobody_is_known_and_all_else_is_read(
    services: Services, database: Database
) -> None:
    without = replace(services, names=GoneNames(database))
    (found,) = await read_table_values([{"users": "Ana Lima", "done": "yes"}], FORM, without)
    assert found.values == {"done": True}
    assert "Nobody called “Ana Lima” is known here" in found.problems["users"]


async def test_a_thousand_rows_with_names_are_mapped_and_read(services: Services) -> None:
    people = [Name("user", str(n), f"User {n}", f"u{n}@example.com") for n in range(1, 201)]
    await services.names.learn("test", people)
    table = Table(
        ("Activity ID", "Title", "Start", "Users", "Candidate"),
        tuple(
            (n, f"Title {n}", "2024-06-16 10:00", f"u{n % 200 + 1}@example.com", f"Name {n}")
            for n in range(1, 1_001)
        ),
    )
    rows = map_rows(table, guess(table))
    values = await read_table_values([row.cells for row in rows], FORM, services)
    assert [row.activity_id for row in rows] == list(range(1, 1_001))
    assert {row.note for row in rows} == {f"Name {n}" for n in range(1, 1_001)}
    assert not any(each.problems for each in values)
    assert [each.values["users"][0].key for each in values[:3]] == ["2", "3", "4"]
