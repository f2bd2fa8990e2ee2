"""Undoing `Content-Encoding` in small pieces, so that a few bytes cannot become a full memory.

httpx unpacks whatever one read brought at once, and each layer of several wholly: 661 bytes of a
gzip in a gzip took 605 MiB before any limit could be looked at.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ACCEPT_ENCODING = "gzip, deflate"
"""The header `Accept-Encoding` that belongs to this."""

CHUNK_SIZE = 64 * 1024
"""Bytes per step of one layer: well under a millisecond."""

MAX_LAYERS = 3

_BITS = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


class TooLargeError(Exception):
    """A layer exceeded its size limit."""


class Decompressor:
    """Streaming decoder for one `Content-Encoding`."""

    def __init__(self, encoding: str, largest: int) -> None:
        """Raises httpx.DecodingError for an encoding that was not asked for."""
        codings = [coding.strip().lower().removeprefix("x-") for coding in encoding.split(",")]
        codings = [coding for coding in codings if coding not in ("", "identity")]
        if len(codings) > MAX_LAYERS or not set(codings) <= _BITS.keys():
            raise httpx.DecodingError("not an encoding that was asked for")
        # Named in the order in which they were put on.
        self._layers = [_Layer(_BITS[coding], largest) for coding in reversed(codings)]

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes give: pieces of at most PIECE, some empty; without layers the bytes.

        Raises TooLargeError when any layer gives more than `largest` bytes altogether, and
        httpx.DecodingError for what is not packed as it should be.
        """
        return _feed_layers(self._layers, data)


class _Layer:
    """One coding with bounded output."""

    def __init__(self, bits: int, largest: int) -> None:
        self._bits = bits
        self._inflate = zlib.decompressobj(self._bits)
        self._left = largest
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        is_full = False  # zlib may hold more back than the input that it has not read
        while (data or is_full) and not self._inflate.eof:
            piece = self._decompress(data)
            data = self._inflate.unconsumed_tail
            is_full = len(piece) == CHUNK_SIZE
            self._left -= len(piece)
            if self._left < 0:
                raise TooLargeError
            yield piece

    def _decompress(self, data: bytes) -> bytes:
        try:
            piece = self._inflate.decompress(data, CHUNK_SIZE)
        except zlib.error as error:
            if self._begun or self._bits != zlib.MAX_WBITS:
                raise httpx.DecodingError(str(error)) from None
            # Some servers send "deflate" without the envelope that belongs to it.
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            self._begun = True
            return self._decompress(data)
        self._begun = True
        return piece


def _feed_layers(layers: Sequence[_Layer], data: bytes) -> Iterator[bytes]:
    if not layers:
        yield data
        return
    for piece in layers[0].feed(data):
        yield b""  # lets the caller yield to the event loop between layers too
        yield from _feed_layers(layers[1:], piece)
