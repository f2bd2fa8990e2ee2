"""A key store that refuses, in the whole program: no token that was replaced is ever used again."""

from __future__ import annotations

from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from atz_desktop.domain.settings import Settings
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.store.settings import load_settings
from tests.waiting import until
from tests.walks.test_connecting import TOKEN, Start, account, dialog, said, servers, sign_in, start

__all__ = ["servers", "start"]

OLD = "walk-token-of-before"


class Stubborn(KeyringBackend):
    """Gives what it holds, and takes and loses nothing."""

    priority = 1
    held: str | None = OLD

    def get_password(self, service: str, username: str) -> str | None:
        return self.held

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError

    def delete_password(self, service: str, username: str) -> None:
        raise OSError


@pytest.fixture
def stubborn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{__name__}.Stubborn")


@pytest.mark.usefixtures("stubborn")
async def test_an_old_token_that_the_key_store_keeps_is_not_read_at_the_next_start(
    start: Start, servers: list[Sandbox], tmp_path: Path
) -> None:
    server, mine = servers[0], account(servers[0], "Agency")
    walk = await start(Settings(accounts=(mine,), account=mine.key))
    await until(lambda: walk.program.front.connected, "the old token is read")
    walk.program.front.session.open(42)
    await until(lambda: dialog(walk), "a new token is asked for")
    await sign_in(walk)
    await until(lambda: walk.program.front.session.activity, "the load goes on")
    walk.program.quit()
    await until(lambda: not walk.window.isVisible(), "the program has ended")
    settings, problem = load_settings(tmp_path / "settings.json")
    assert problem is None
    assert TOKEN not in (tmp_path / "settings.json").read_text("utf-8")

    sent = len(server.requests)
    walk = await start(settings)
    await until(lambda: dialog(walk), "the token is asked for")
    assert "an earlier one, which is not used" in said(walk)
    assert len(server.requests) == sent
