"""The made-up account: one server for all windows, started when it is first entered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from atz_desktop.domain.settings import Account
from atz_desktop.session.account_session import Credentials
from atz_desktop.session.notices import Notice, files_notice
from atz_desktop.store.errors import StoreError
from atz_desktop.store.paths import make_private_folder, quarantine_notice
from atz_desktop.view.windows.account_button import SANDBOX

if TYPE_CHECKING:
    from atz_desktop.sandbox.server import Sandbox


class SandboxHost:
    """Keeps what is changed in the account in a file below `root`; `tell` shows what is said."""

    def __init__(self, root: Path, tell: Callable[[Notice], None]) -> None:
        self.server: Sandbox | None = None
        self._file = root / "sandbox" / "account.json"
        self._tell = tell
        self._starting = asyncio.Lock()

    async def account(self) -> Credentials:
        """The made-up account and its token; its server runs from now on."""
        from atz_desktop.sandbox.server import Sandbox

        async with self._starting:
            if self.server is None:
                started = await asyncio.to_thread(_started, Sandbox, self._file)
                self.server = started.sandbox
                if started.told:
                    self._tell(files_notice(started.told, "the sandbox's file"))
        url = self.server.url
        account = Account(SANDBOX, "Sandbox", url, colour="purple", production=False)
        return Credentials(account, self.server.token)

    async def stop(self) -> None:
        """End the server, if it was ever started."""
        if self.server is not None:
            await asyncio.to_thread(self.server.stop)


class _StartedSandbox(NamedTuple):
    """The made-up account, and a sentence if it could not be read or cannot be kept."""

    sandbox: Sandbox
    told: str


def _started(kind: type[Sandbox], file: Path) -> _StartedSandbox:
    told = ""
    try:
        make_private_folder(file.parent)
        sandbox = kind(file=file)
        if sandbox.account.kept_aside:
            told = quarantine_notice(file, sandbox.account.kept_aside)
    except (OSError, StoreError):
        sandbox = kind()
        told = f"What you change in the sandbox is forgotten at the end: “{file}” can't be written."
    sandbox.start()
    return _StartedSandbox(sandbox, told)
