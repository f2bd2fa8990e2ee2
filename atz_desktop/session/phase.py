"""What is under way in a window, and what asking for a save would do."""

from __future__ import annotations

from enum import Enum


class Phase(Enum):
    """What is under way."""

    EMPTY = "empty"
    OPENING = "opening"
    READY = "ready"
    SAVING = "saving"


class SaveState(Enum):
    """What asking for a save would do."""

    OFF = "off"
    """Nothing: there is nothing to save, or something else is under way."""
    INVALID = "invalid"
    """Go to the first problem."""
    UNPARSED = "unparsed"
    """Commit the text that is no value yet, then save."""
    READY = "ready"
    """Send the changes."""
