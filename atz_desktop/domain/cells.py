"""Split a typed or pasted list into lines, tab-separated cells and items."""

from __future__ import annotations

import re
from collections.abc import Iterator

from atz_desktop.domain.characters import LINE_ENDS, SEPARATORS

_SEPARATOR = re.compile(f"[{SEPARATORS}]+")
_LINE_END = re.compile(f"[{LINE_ENDS}]+")
_BEHIND_BRACKET = re.compile(r">(?=\s*[^\s,;>])")
_QUOTED_NAME = re.compile(r'"[^"\r\n\t<>]*+"(?=[^\S\r\n\t]*<)')
"""A name in quotes before an address: `"Doe, John" <john@…>`."""
_HIDDEN = re.compile("\ue000([0-9]+)\ue001")


def split_cells(text: str) -> Iterator[list[list[str]]]:
    """Split text into lines, lines into cells (tabs), cells into items (separators).

    Separators inside quotes are ignored; each `<address>` ends an item.
    """
    names: list[str] = []

    def hide(quote: re.Match[str]) -> str:
        names.append(quote[0])
        return f"\ue000{len(names) - 1}\ue001"

    def shown(piece: str) -> str:
        return _HIDDEN.sub(lambda place: names[int(place[1])], piece)

    plain = text.replace("\ue000", "").replace("\ue001", "")
    for line in _LINE_END.split(_BEHIND_BRACKET.sub(">,", _QUOTED_NAME.sub(hide, plain))):
        yield [list(map(shown, _SEPARATOR.split(cell))) for cell in line.split("\t")]
