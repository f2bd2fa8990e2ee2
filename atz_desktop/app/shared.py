"""What the windows of one process share, from before the first of them to after the last."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from atz_desktop.app.notifications import Notifications
from atz_desktop.app.sandbox import SandboxHost
from atz_desktop.app.settings import AppSettings, StaleTokens, ZoneQuestion, boolean_format
from atz_desktop.app.system_proxy import system_proxy
from atz_desktop.publisher import PUBLISHER
from atz_desktop.session.account_session import AccountSessions, NetworkOptions
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.update_check import UpdateCheck
from atz_desktop.store.database import Database
from atz_desktop.store.errors import StoreError
from atz_desktop.store.tokens import TokenStore

if TYPE_CHECKING:
    from atz_desktop.app.log import AppLog
    from atz_desktop.app.settings import Notices
    from atz_desktop.domain.settings import Settings
    from atz_desktop.publisher import Publisher
    from atz_desktop.store.paths import Paths


class Shared:
    """The parts that know nothing of windows; messages of theirs go to `notices`."""

    def __init__(  # noqa: PLR0913 - what launch.py had to read before the first paint
        self,
        paths: Paths,
        settings: Settings,
        notices: Notices,
        *,
        defaults: Settings | None = None,
        publisher: Publisher = PUBLISHER,
        log: AppLog | None = None,
    ) -> None:
        """`defaults` is what was set for the whole computer; it is not kept as a user's choice."""
        self.paths = paths
        self.log = log
        self.jobs = Jobs()
        self.database: Database | None = None
        """None until `open_store`."""
        self.settings = AppSettings(paths.settings, settings, self.jobs, notices, defaults=defaults)
        self.sandbox = SandboxHost(paths.root, notices.show_notice)
        self.network = NetworkOptions(
            settings.proxy, system_proxy, boolean_format=partial(boolean_format, self.settings)
        )
        self.accounts = AccountSessions(self.jobs, self.network)
        self.tokens = TokenStore(stale=StaleTokens(self.settings))
        self.updates = UpdateCheck(
            publisher,
            settings=lambda: self.settings.current,
            keep=self.settings.update,
            proxy=lambda: self.network.client_proxy,
        )
        self.zones = ZoneQuestion(self.settings)
        self.notifications = Notifications(self.settings)

    async def open_store(self) -> str:
        """Open the database, or one in memory; what is to be said of it, "" for nothing."""
        try:
            self.database, notice = await asyncio.to_thread(Database.open, self.paths.database)
        except StoreError as error:
            self.database = Database.in_memory(error)
            return f"{error.message} Drafts and history are not kept in this run."
        return notice or ""

    async def close(self) -> None:
        """No window needs anything any more."""
        await self.sandbox.stop()
        if self.database is not None:
            await asyncio.to_thread(self.database.close)
