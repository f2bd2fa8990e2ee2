"""How each state of a row is drawn: a sign and a colour beside its word, never a colour alone."""

from __future__ import annotations

from typing import Final, NamedTuple

from atz_desktop.domain.work_list import RowState


class RowLook(NamedTuple):
    """Names of an icon ("" for a hollow ring) and of a colour of theme.Colours."""

    icon: str
    colour: str


ROW_LOOKS: Final = {
    RowState.TO_DO: RowLook("", "muted"),
    RowState.CHANGED: RowLook("pencil", "changed"),
    RowState.CHECKED: RowLook("verified", "verified"),
    RowState.DIFFERENT: RowLook("warning", "warning"),
    RowState.REFUSED: RowLook("problem", "problem"),
    RowState.CONFLICT: RowLook("people", "problem"),
    RowState.NOT_CONFIRMED: RowLook("clock", "warning"),
    RowState.GONE: RowLook("close", "problem"),
    RowState.SKIPPED: RowLook("skip", "muted"),
    RowState.PARKED: RowLook("pause", "muted"),
}
