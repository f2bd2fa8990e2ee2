from __future__ import annotations

import asyncio
import threading

import pytest

from atz_desktop.app.event_loop import DaemonExecutor


async def test_a_call_runs_on_a_daemon_and_its_result_or_error_comes_back() -> None:
    loop, threads = asyncio.get_running_loop(), DaemonExecutor()
    thread = await loop.run_in_executor(threads, threading.current_thread)
    assert thread is not threading.main_thread()
    assert thread.daemon
    with pytest.raises(ZeroDivisionError):
        await loop.run_in_executor(threads, divmod, 1, 0)
