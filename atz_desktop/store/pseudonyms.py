"""The local secret for pseudonyms in support reports."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from atz_desktop.store.errors import map_errors
from atz_desktop.store.paths import make_private_folder

LENGTH = 32
"""Bytes."""


def pseudonym_key(file: Path) -> bytes:
    """The key in this file, created if missing: the same names get the same pseudonyms in every
    report of this computer. Raises `StoreError`.
    """
    with map_errors(file):
        make_private_folder(file.parent)
        try:
            descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            key = file.read_bytes()
        else:
            key = secrets.token_bytes(LENGTH)
            with os.fdopen(descriptor, "wb") as made:
                made.write(key)
    return key if len(key) == LENGTH else secrets.token_bytes(LENGTH)
