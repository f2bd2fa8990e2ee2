"""Writing into widgets without taking what they tell for an edit by the user.

QSignalBlocker would silence the widget for everybody; often others must still hear it.
"""

from __future__ import annotations


class Updating:
    """`with updating: …` while the program writes; true meanwhile. It may be nested."""

    def __init__(self) -> None:
        self._depth = 0

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(self, *_error: object) -> None:
        self._depth -= 1

    def __bool__(self) -> bool:
        return self._depth > 0
