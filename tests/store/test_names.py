from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atz_desktop.domain.local_records import Name, SeenName
from atz_desktop.domain.vocabulary import NameKind
from atz_desktop.store.database import Database
from atz_desktop.store.names import NameStore

if TYPE_CHECKING:
    from tests.store.conftest import OpenDatabase

ME = "https://api.atzcrm.com Me"


class Clock:
    """Seconds since 1970, moved by the test."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory(database: Database, clock: Clock) -> NameStore:
    return NameStore(database, clock)


def person(key: str, name: str | None, email: str | None = None) -> Name:
    return Name("candidate", key, name, email)


async def learn_in_turn(directory: NameStore, clock: Clock, *names: Name) -> None:
    """Each is seen a second after the one before."""
    for name in names:
        clock.now += 1
        await directory.learn(ME, [name])


async def found(directory: NameStore, text: str, limit: int = 20) -> list[str | None]:
    return [name.name for name in await directory.search(ME, "candidate", text, limit)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Zoë Müller", "zoe"),
        ("Zoë Müller", "MULL"),
        ("Zoë Müller", "mu zo"),
        ("Zoe\u0308 Mu\u0308ller", "zoë müll"),
        ("Zoe Muller", "Zoë Müller"),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("Łukasz Ørsted", "łu ør"),
        ("Straße", "STRASSE"),
        ("Strasse", "straße"),
        ("  Zoë ", "zoe"),
        ("Anna-Maria O'Brien", "maria"),
        ("Anna-Maria O'Brien", "anna-m"),
        ("Anna-Maria O'Brien", "o'b"),
        ("Иван Петров", "петр"),
        ("王小明", "王"),
        ("مُحَمَّد علي", "محمد"),
        ("Tom 🎉 Party", "🎉 par"),
        ("x" * 300, "x" * 299),
    ],
)
async def test_a_name_is_found_by_the_start_of_any_word_without_case_and_accents(
    directory: NameStore, name: str, text: str
) -> None:
    await directory.learn(ME, [person("c_1", name), person("c_2", "Somebody Else")])
    assert await found(directory, text) == [name.strip()]


@pytest.mark.parametrize(
    "text", ["oe", "uller", "zoe miller", "zoe x", "-", '"', "*", "🎉", "\0", "candidate", "words"]
)
async def test_what_begins_no_word_finds_nothing(directory: NameStore, text: str) -> None:
    await directory.learn(ME, [person("c_1", "Zoë Müller")])
    assert await found(directory, text) == []


@given(text=st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_nothing_that_people_type_is_taken_for_an_operator(
    directory: NameStore, text: str
) -> None:
    await directory.search(ME, ["user", "candidate"], text)
    await directory.learn(ME, [person("c_1", f"Zoë {text}"), person(text, text, text)])
    assert "c_1" in [name.key for name in await directory.search(ME, "candidate", 'zoe "')]


@pytest.mark.parametrize(
    "text",
    ['"', "zoe*", "zoe -x", "(zoe", "zoe)", "zoe AND", "NOT zoe", "a:b", "^zoe", "{zoe}", "+"],
)
async def test_signs_of_the_search_language_are_plain_signs(
    directory: NameStore, text: str
) -> None:
    await directory.learn(ME, [person("c_1", f"{text} Zoë x"), person("c_2", "Nobody")])
    assert await found(directory, text + " zoe") == [f"{text} Zoë x"]


async def test_the_best_come_first_and_then_the_most_recent(
    directory: NameStore, clock: Clock
) -> None:
    await learn_in_turn(
        directory,
        clock,
        person("1", "Li Wei"),
        person("2", "Linda Old"),
        person("3", "Linda New"),
        person("4", "Bruce Li"),
    )
    assert await found(directory, "li") == ["Li Wei", "Linda New", "Linda Old", "Bruce Li"]
    assert await found(directory, "li", limit=2) == ["Li Wei", "Linda New"]
    clock.now += 1
    await directory.learn(ME, [person("2", "Linda Old")])
    assert await found(directory, "lin") == ["Linda Old", "Linda New"]
    assert await found(directory, "") == ["Linda Old", "Bruce Li", "Linda New", "Li Wei"]


async def test_people_are_found_by_their_address_slug_and_number(directory: NameStore) -> None:
    anna = person("candidate_0a1b", "Anna", "a.berg@firm.example")
    user = Name("user", "17", "Ben", None)
    await directory.learn(ME, [anna, user])
    for text in ("a.berg@fi", "berg", "firm", "candidate_0a1b", "candidate_0"):
        assert await directory.search(ME, "candidate", text) == [anna]
    assert await directory.search(ME, ["candidate", "user"], "17") == [user]


async def test_a_number_that_is_typed_beats_names_that_hold_it(
    directory: NameStore, clock: Clock
) -> None:
    by_number = Name("user", "17", "Ben", None)
    by_name = Name("user", "3", "17 Apples", None)
    await learn_in_turn(directory, clock, by_number, by_name)
    assert await directory.search(ME, "user", "17") == [by_number, by_name]


async def test_kinds_and_accounts_are_apart(directory: NameStore) -> None:
    candidate, contact = person("x_1", "Same Name"), Name("contact", "x_1", "Same Name", None)
    await directory.learn(ME, [candidate, contact])
    await directory.learn("other", [person("x_2", "Same Name")])
    assert await directory.search(ME, "candidate", "same") == [candidate]
    assert await directory.search(ME, "contact", "same") == [contact]
    assert set(await directory.search(ME, ["contact", "candidate"], "same")) == {candidate, contact}
    assert await directory.search(ME, [], "same") == []


async def test_a_later_sight_fills_in_and_never_erases(directory: NameStore, clock: Clock) -> None:
    await learn_in_turn(
        directory,
        clock,
        person("c_1", None, "zoe@a.example"),
        person("c_1", "Zoë", None),
        person("c_1", None, " "),
        person("c_1", " ", None),
    )
    known = person("c_1", "Zoë", "zoe@a.example")
    assert await directory.by_keys(ME, "candidate", ["c_1", "c_2"]) == {"c_1": known}
    assert await directory.search(ME, "candidate", "zoë") == [known]


async def test_a_new_name_replaces_the_old_one_in_the_search_as_well(
    directory: NameStore, clock: Clock
) -> None:
    await learn_in_turn(directory, clock, person("c_1", "Zoë Müller"), person("c_1", "Zoë Schmidt"))
    assert await found(directory, "müller") == []
    assert await found(directory, "schmidt") == ["Zoë Schmidt"]


async def test_old_activities_fill_gaps_and_push_nobody_down(
    directory: NameStore, clock: Clock
) -> None:
    await directory.learn(ME, [person("c_1", "Anna Now"), person("c_2", None)])
    old = "2020-01-01T00:00:00Z"
    names = [person("c_1", "Anna Then", "a@x.example"), person("c_2", "Anna Gap")]
    names.append(person("c_3", "Anna Old"))
    await directory.learn_page(ME, [SeenName(name, old) for name in names])
    assert await found(directory, "anna") == ["Anna Gap", "Anna Now", "Anna Old"]
    assert (await directory.by_keys(ME, "candidate", ["c_1"]))["c_1"].email == "a@x.example"


async def test_what_is_seen_now_is_the_newest_though_the_clock_was_set_back(
    directory: NameStore, clock: Clock
) -> None:
    await learn_in_turn(directory, clock, person("c_1", "Zoë Müller"), person("c_2", "Zoë Two"))
    clock.now -= 365 * 24 * 3600
    await learn_in_turn(directory, clock, person("c_1", "Zoë Schmidt"))
    assert await found(directory, "zoë") == ["Zoë Schmidt", "Zoë Two"]
    await learn_in_turn(directory, clock, person("c_2", "Zoë Two"))
    assert await found(directory, "zoë") == ["Zoë Two", "Zoë Schmidt"]


async def test_one_activity_may_name_the_same_person_many_times(
    directory: NameStore, open_database: OpenDatabase, clock: Clock
) -> None:
    again = [person("c_1", "Anna"), person("c_1", None), person("c_2", "Ben"), person("", "Nobody")]
    await directory.learn(ME, again)
    await directory.learn(ME, again)
    await NameStore(open_database(), clock).learn(ME, [person("c_3", "Cem")])
    assert await found(directory, "") == ["Cem", "Ben", "Anna"]


async def test_half_a_surrogate_pair_from_the_server_is_no_obstacle(directory: NameStore) -> None:
    await directory.learn(ME, [person("c\ud83d", "Zoë \ud83d", "\ud83d@x.example")])
    assert await found(directory, "zoë \ud83d") == ["Zoë \\ud83d"]


async def test_types_are_listed_by_name(directory: NameStore) -> None:
    types: list[Name] = [
        Name("type", "7", "Écoute", None),
        Name("type", "9", "call", None),
        Name("type", "8", "Visit", None),
    ]
    await directory.learn(ME, types)
    assert [name.key for name in await directory.activity_types(ME)] == ["9", "7", "8"]
    assert await directory.activity_types("other") == []


async def test_a_search_does_not_collect_and_sort_all_matches(
    directory: NameStore, database: Database
) -> None:
    """What keeps it within one frame: work that grows with the answer, not with the directory."""
    kind: NameKind = "candidate"

    async def steps(names: int) -> int:
        clock_second = f"2024-06-15T10:00:{names % 60:02}Z"
        people = [person(f"c_{names}_{n}", f"Anna {n}") for n in range(names)]
        await directory.learn_page(ME, [SeenName(each, clock_second) for each in people])
        counted = [0]

        def count() -> int:
            counted[0] += 1
            return 0

        def watch(connection: sqlite3.Connection, each: int) -> None:
            connection.set_progress_handler(count, each)

        await database.run(lambda connection: watch(connection, 10))
        assert len(await directory.search(ME, kind, "a")) == 20
        await database.run(lambda connection: watch(connection, 0))
        return counted[0]

    few, many = await steps(100), await steps(2000)
    assert many < few * 1.5


async def test_an_address_finds_everybody_who_has_it_and_case_does_not_count(
    directory: NameStore,
) -> None:
    ana, ann = person("candidate_1", "Ana", "Ana@Mail.example"), person("candidate_2", "Ann")
    twin = person("candidate_3", "Ana's twin", "ana@mail.example")
    await directory.learn(ME, [ana, ann, twin, ana._replace(kind="contact")])
    found = await directory.by_emails(ME, "candidate", ["ANA@mail.example", "x@y.example"])
    assert {key: {name.key for name in names} for key, names in found.items()} == {
        "ana@mail.example": {"candidate_1", "candidate_3"},
        "x@y.example": set(),
    }
    assert await directory.by_emails("other", "candidate", ["ana@mail.example"]) == {
        "ana@mail.example": []
    }


@pytest.mark.parametrize("typed", ["Łukasz Müller", "lukasz  MULLER ", "ŁUKASZ\u00a0MU\u0308LLER"])
async def test_a_whole_name_finds_everybody_of_that_name_and_nobody_else(
    directory: NameStore, typed: str
) -> None:
    lukasz, twin = person("c_1", "Łukasz Müller"), person("c_2", "lukasz   muller")
    others = [
        person("c_3", "Łukasz Müller Jr", "lukasz@mail.example"),
        person("c_4", "Müller Łukasz"),
        person("c_5", None, "lukasz muller"),
        person("c_6", "Łukasz", "muller@mail.example"),
        lukasz._replace(kind="contact"),
    ]
    await directory.learn(ME, [lukasz, twin, *others])
    found = await directory.by_exact_names(ME, ["candidate"], [typed, "Müller", "!", ""])
    assert {name: {each.key for each in names} for name, names in found.items()} == {
        typed: {"c_1", "c_2"},
        "Müller": set(),
        "!": set(),
        "": set(),
    }
    both = await directory.by_exact_names(ME, ["candidate", "contact"], [typed])
    assert len(both[typed]) == 3


@pytest.mark.parametrize("typed", ["Pat O'Shea", "Pat O’Shea", "pat o‘shea"])
async def test_a_whole_name_is_found_with_every_apostrophe(
    directory: NameStore, typed: str
) -> None:
    await directory.learn(ME, [person("c_1", "Pat O'Shea"), person("c_2", "Pat O’Shea")])
    found = await directory.by_exact_names(ME, ["candidate"], [typed])
    assert {each.key for each in found[typed]} == {"c_1", "c_2"}


async def test_a_page_of_names_and_how_far_it_came_are_kept_together(
    directory: NameStore,
) -> None:
    early, late = "2020-01-01T00:00:00Z", "2024-01-01T00:00:00Z"
    sights = [SeenName(person("c_1", "Ana Lima"), late), SeenName(person("c_2", "Ana Kiel"), early)]
    await directory.learn_page(ME, sights, ("fetch", "page 2"))
    assert await directory.get_note(ME, "fetch") == "page 2"
    assert await found(directory, "ana") == ["Ana Lima", "Ana Kiel"]
    assert await directory.get_note("other", "fetch") is None
    await directory.set_note(ME, "fetch", "page 3")
    assert await directory.get_note(ME, "fetch") == "page 3"
    broken = [SeenName(person("c_3", "Bo"), late), SeenName(person("c_4", "Cy"), "2020-13-01")]
    with pytest.raises(ValueError, match="month"):
        await directory.learn_page(ME, broken, ("fetch", "page 4"))
    assert await found(directory, "bo") == []


async def test_where_somebody_was_seen_last_is_kept_with_the_name(
    directory: NameStore, clock: Clock
) -> None:
    ana = person("c_1", "Ana")
    first, second = (
        ana._replace(seen_title=title, seen_date=day)
        for title, day in (("First interview", "2026-04-10"), ("Second interview", "2026-04-20"))
    )
    await learn_in_turn(directory, clock, first, second, ana)
    assert await directory.search(ME, "candidate", "ana") == [second]
    await directory.learn_page(ME, [SeenName(first, "2020-01-01T00:00:00+00:00")])
    assert await directory.search(ME, "candidate", "ana") == [second]
