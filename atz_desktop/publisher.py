"""Where the publisher of this build says which version is the newest.

Both texts are set by whoever publishes the program, see "Updates" in packaging/README.md. While
one of them is empty the program looks nowhere, and Help → Look for updates says so.
"""

from __future__ import annotations

from typing import NamedTuple


class Publisher(NamedTuple):
    """`update_address` is the https address of the signed file that `packaging/updates.py sign`
    writes; `update_key` the Ed25519 public key for it, Base64, as `packaging/updates.py key` says.
    """

    update_address: str = ""
    update_key: str = ""

    @property
    def is_set(self) -> bool:
        """Whether there is somewhere to look."""
        return bool(self.update_address and self.update_key)


PUBLISHER = Publisher()
