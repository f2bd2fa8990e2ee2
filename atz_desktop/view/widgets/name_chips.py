"""Names of the directory as suggestions, told from their namesakes by what stands below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atz_desktop.view.widgets.chip import Chip

if TYPE_CHECKING:
    from atz_desktop.domain.local_records import Name


def name_chip(name: Name) -> Chip:
    """A name to choose: e-mail address and slug or ID below it."""
    tip = (name.email, name.key) if name.name else (name.key,)
    return Chip(name.key, name.name or name.email or name.key, " · ".join(filter(None, tip)))
