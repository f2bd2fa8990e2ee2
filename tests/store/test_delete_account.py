from __future__ import annotations

from atz_desktop.domain.local_records import Name
from atz_desktop.domain.work_list import NewRow
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts, Recent
from atz_desktop.store.migrations import ACCOUNT_TABLES
from atz_desktop.store.names import NameStore
from atz_desktop.store.runs import NewRun, NewRunRow, RunStore
from atz_desktop.store.work_lists import WorkListStore

ME, OTHER = "https://api.atzcrm.com Me", "https://api.atzcrm.com Other"


async def fill(database: Database, account: str) -> None:
    await Drafts(database).save(account, 42, f"draft of {account}")
    await Recent(database).mark_loaded(account, 42, "Interview", "2024-06-15T10:00:00Z")
    await NameStore(database).learn(account, [Name("user", "5", f"Amara of {account}", None)])
    lists, runs = WorkListStore(database), RunStore(database)
    number = await lists.create(account, "Monday")
    await lists.add(number, [NewRow(42)])
    run = await runs.begin(NewRun(account, "Hand over", number), [NewRunRow(42, "Call", account)])
    await runs.begin(NewRun(account, "Undo", number, undoes=run), [NewRunRow(42, "Call", account)])


async def test_only_the_account_that_is_meant_is_forgotten(database: Database) -> None:
    await fill(database, ME)
    await fill(database, OTHER)
    await database.delete_account(ME)
    assert await Drafts(database).get(ME, 42) is None
    assert not await Recent(database).list(ME)
    assert not await NameStore(database).by_keys(ME, "user", ["5"])
    assert not await WorkListStore(database).lists(ME)
    assert not await RunStore(database).runs(ME)
    assert len(await WorkListStore(database).lists(OTHER)) == 1
    assert len(await RunStore(database).runs(OTHER)) == 2
    assert await Drafts(database).get(OTHER, 42) is not None
    assert await Recent(database).list(OTHER)
    assert await NameStore(database).by_keys(OTHER, "user", ["5"])


async def test_every_table_that_holds_accounts_is_meant(database: Database) -> None:
    sql = (
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
        " WHERE m.type = 'table' AND c.name = 'account'"
    )
    found = await database.run(lambda c: {row[0] for row in c.execute(sql)})
    assert found == set(ACCOUNT_TABLES)
