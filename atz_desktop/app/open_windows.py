"""The windows of the program: which are open, which of them has an activity, which close."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atz_desktop.app.windows import WindowController


class OpenWindows:
    """Those on the screen, the one in front last; and those that are hidden and not over yet."""

    def __init__(self) -> None:
        self._open: list[WindowController] = []
        self.closing: list[WindowController] = []
        """Hidden: a save in them is not over, or a draft not on the disk."""

    def __iter__(self) -> Iterator[WindowController]:
        return iter(tuple(self._open))

    def __len__(self) -> int:
        return len(self._open)

    @property
    def front(self) -> WindowController:
        """The window that the user worked in last."""
        return self._open[-1]

    def add(self, window: WindowController) -> None:
        self._open.append(window)

    def come_forward(self, window: WindowController) -> None:
        """This one is the window in front."""
        if window in self._open:
            self._open.remove(window)
            self._open.append(window)

    def with_activity(
        self, account_key: str, activity_id: int, but: WindowController | None = None
    ) -> WindowController | None:
        """The window that has this activity of this account."""
        found = (w for w in self._open if w is not but and w.has(account_key, activity_id))
        return next(found, None)

    def of_account(self, account_key: str) -> list[WindowController]:
        """The windows that work on this account, but for hidden ones."""
        return [w for w in self._open if w.connected and w.account_key == account_key]

    def begin_closing(self, window: WindowController) -> None:
        """It leaves the screen; `end_closing` when all of it is over."""
        self._open.remove(window)
        self.closing.append(window)

    def end_closing(self, window: WindowController) -> None:
        self.closing.remove(window)

    def closing_with(self, account_key: str, activity_id: int) -> WindowController | None:
        """The window that has this activity among the hidden ones."""
        return next((w for w in self.closing if w.has(account_key, activity_id)), None)

    async def wait_closed(self, account_key: str) -> None:
        """Wait until no hidden window writes under this account any more."""
        for each in [w for w in self.closing if w.account_key == account_key]:
            await each.closed.wait()
