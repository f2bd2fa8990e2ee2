"""What else may befall a save: a disk that takes nothing, a new token, another file."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from atz_desktop.domain.merge import Resolution
from atz_desktop.domain.values import LocalFile
from atz_desktop.sandbox.faults import Fault
from atz_desktop.session.services import RETRY_DELAYS
from tests.faults.full_disk import full_disk, locked
from tests.faults.ground import NEW_TOKENS, TOKEN_OF_ANOTHER_ACCOUNT
from tests.faults.mishaps import AT
from tests.faults.sending import Course
from tests.faults.world import World

DISK_TROUBLES = ("locked",) if sys.platform == "win32" else ("locked", "full")


class Troubles(World):
    """A world in which these happen as well."""

    def save_on_bad_disk(
        self, trouble: str, goes_on: bool, pick: Resolution | None, course: Course
    ) -> None:
        """Nothing can be kept, and it is asked whether to save all the same; others may be at it
        while the question is open. Afterwards the disk is free again, and what waited is written.
        """
        self.person.goes_without_journal = goes_on
        self.do(self.desk.database.run(_give_up_at_once))
        with _disk_trouble(trouble, self.desk.database.path):
            self.save((), pick, course)
        self.person.goes_without_journal = False
        self.pass_time(RETRY_DELAYS[1])

    def save_with_new_token(
        self, at: str, *, other: bool, pick: Resolution | None, course: Course
    ) -> None:
        """The token is refused in the middle of a save, and a new one is typed: of this account, or
        by mistake of an`other`, where the same number is another activity. Then nothing is sent.
        """
        before = self.person.token
        unused = [each for each in NEW_TOKENS if each != before]
        self.person.next_token = TOKEN_OF_ANOTHER_ACCOUNT if other else unused[0]
        self.save((Fault("401", at, AT, times=1),), pick, course)
        self.person.next_token = None
        while self.person.types_token:  # for a look in the background, which the save outran
            self.do(asyncio.sleep(1))
        if other:
            self.person.token = before

    def save_a_file(self, *, replaced: bool) -> None:
        """A file is chosen and saved; `replaced`: it is another one when it is to be sent."""
        shown, session = self.now_shown, self.desk.session
        # Where the form may stand on an old version, it is asked about the file of a newer one.
        if session.state.dirty or self._lag or self._stale or self._open[shown]:
            return
        path = Path(self._folder) / f"cv {next(self._numbers)}.pdf"
        path.write_bytes(b"%PDF of Ann")
        session.model.set_value("attachment", LocalFile.from_stat(path, path.stat()))
        before = self._attachment(shown)
        if replaced:
            other = path.with_suffix(".new")
            other.write_bytes(b"%PDF of Bob")
            other.replace(path)
        self.do(self._until_sent(session.save))
        assert not self._open[shown]
        after = self._attachment(shown)
        assert after == before if replaced else after.name == path.name, "not the chosen file"
        session.model.revert("attachment")
        self.look_at_journal()
        self.close_and_open()

    def _attachment(self, activity_id: int) -> Any:
        return self.held(activity_id).value("attachment")


def _disk_trouble(trouble: str, file: Path) -> AbstractContextManager[None]:
    return full_disk() if trouble == "full" else locked(file)


def _give_up_at_once(connection: sqlite3.Connection) -> None:
    """… on a locked file, instead of after five seconds."""
    connection.execute("PRAGMA busy_timeout = 1").close()
