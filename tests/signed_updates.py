"""A publisher for the tests: a key of their own, and the file that tells the newest version."""

from __future__ import annotations

import base64
import json

from nacl.signing import SigningKey

KEY = SigningKey(bytes(range(32)))
PUBLIC_KEY = base64.b64encode(bytes(KEY.verify_key)).decode()
RELEASE = {
    "product": "atz-desktop",
    "version": "9.1.0",
    "released": "2026-11-20",
    "notes": "Finds activities faster.\nMends a fault at <b>month ends</b>.",
    "link": "https://atz-desktop.example.com/download",
}


def signed(key: SigningKey = KEY, **changed: str | None) -> bytes:
    """The file as the publisher would put it on the web; None leaves a key out."""
    release = {name: each for name, each in (RELEASE | changed).items() if each is not None}
    text = json.dumps(release)
    signature = base64.b64encode(key.sign(text.encode()).signature).decode()
    return json.dumps({"release": text, "signature": signature}).encode()
