from __future__ import annotations

import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from atz_desktop.store.errors import Busy
from atz_desktop.store.presence import Presence, alone, others


def test_a_program_is_seen_until_it_leaves(tmp_path: Path) -> None:
    one, other = Presence.announce(tmp_path), Presence.announce(tmp_path)
    assert one.is_running(one.name)
    assert one.is_running(other.name)
    assert others(tmp_path) == 2
    other.leave()
    assert not one.is_running(other.name)
    assert others(tmp_path) == 1
    one.leave()
    assert list(tmp_path.iterdir()) == []


def test_two_that_ask_after_a_dead_program_do_not_take_each_other_for_it(tmp_path: Path) -> None:
    presence = Presence.announce(tmp_path)
    dead = tmp_path / "dead.lock"
    dead.touch()
    asking = sqlite3.connect(dead, isolation_level=None)
    asking.execute("BEGIN")
    asking.execute("SELECT 1 FROM sqlite_schema").fetchall()
    assert not presence.is_running("dead")
    asking.close()
    presence.leave()


def test_only_one_at_a_time_is_alone(tmp_path: Path) -> None:
    with alone(tmp_path / "lock", 0), pytest.raises(Busy), alone(tmp_path / "lock", 0):
        raise AssertionError("two at a time")
    with alone(tmp_path / "lock", 0):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_no_other_user_may_touch_a_sign_of_life(tmp_path: Path) -> None:
    presence = Presence.announce(tmp_path)
    (lock,) = tmp_path.glob("*.lock")
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    presence.leave()
