from __future__ import annotations

import asyncio

import pytest

from atz_desktop.session.jobs import Jobs


async def test_a_newer_read_of_the_same_name_replaces_the_older_one() -> None:
    done: list[str] = []
    release = asyncio.Event()

    async def read(what: str) -> None:
        await release.wait()
        done.append(what)

    jobs = Jobs()
    jobs.start("open", read("first"))
    jobs.start("open", read("second"))
    release.set()
    await jobs.wait("open")
    assert done == ["second"]


async def test_a_write_is_neither_cancelled_nor_replaced() -> None:
    done: list[str] = []
    release = asyncio.Event()

    async def write(what: str) -> None:
        await release.wait()
        done.append(what)

    jobs = Jobs()
    assert jobs.start("save", write("first"), finish=True)
    await asyncio.sleep(0)
    assert not jobs.start("save", write("second"), finish=True)
    assert not jobs.start("save", write("third"))
    jobs.cancel("save")
    assert jobs.running("save")
    release.set()
    await jobs.drain()
    assert done == ["first"]


async def test_draining_stops_the_reads_and_waits_for_the_writes() -> None:
    ended: list[str] = []

    async def read() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("read")

    async def write() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        ended.append("write")

    jobs = Jobs()
    jobs.start("open", read())
    jobs.start("save", write(), finish=True)
    await asyncio.sleep(0)
    await jobs.drain()
    assert sorted(ended) == ["read", "write"]


async def test_a_replaced_read_is_waited_for_too() -> None:
    ended: list[str] = []

    async def slow_to_stop() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            ended.append("old")

    async def new() -> None:
        ended.append("new")

    jobs = Jobs()
    jobs.start("open", slow_to_stop())
    await asyncio.sleep(0)
    jobs.start("open", new())
    await jobs.drain()
    assert "old" in ended


async def test_a_failure_that_nobody_handled_is_heard() -> None:
    heard: list[BaseException] = []

    async def fail() -> None:
        raise ZeroDivisionError

    jobs = Jobs(heard.append)
    jobs.start("open", fail())
    await jobs.wait("open")
    await asyncio.sleep(0)
    assert [type(error) for error in heard] == [ZeroDivisionError]


async def test_a_cancelled_read_is_no_failure() -> None:
    heard: list[BaseException] = []
    jobs = Jobs(heard.append)

    async def read() -> None:
        await asyncio.Event().wait()

    jobs.start("open", read())
    await asyncio.sleep(0)
    jobs.cancel("open")
    await jobs.drain()
    assert not heard
    assert not jobs.running("open")


async def test_the_crash_hook_hears_of_a_failure_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    heard: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: heard.append(kind))

    async def fail() -> None:
        raise LookupError

    jobs = Jobs()
    jobs.start("open", fail())
    await jobs.wait("open")
    await asyncio.sleep(0)
    assert heard == [LookupError]


async def test_who_has_no_time_stops_the_reads_and_leaves_the_writes() -> None:
    release, ended = asyncio.Event(), list[str]()

    async def work(name: str) -> None:
        try:
            await release.wait()
        finally:
            ended.append(name)

    jobs = Jobs()
    jobs.start("open", work("read"))
    jobs.start("save", work("write"), finish=True)
    await asyncio.sleep(0)
    assert not await jobs.drain(max_seconds=0.01)
    assert ended == ["read"]
    release.set()
    assert await jobs.drain(max_seconds=60)
    assert ended == ["read", "write"]
