"""The publisher's side of Help → Look for updates: a key, and the signed file for the web.

    updates.py key PRIVATE          make a private key in the file PRIVATE; prints the public key
    updates.py public PRIVATE       print the public key of one that is there
    updates.py sign PRIVATE --link https://… [--out dist/latest.json]
                                    sign this checkout's version, with its section of CHANGELOG.md

Whoever has the private key can tell every user that a new version is out, and lead them to a web
page: keep it off the network and out of the repository. See "Updates" in packaging/README.md.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.signing import SigningKey
from steps.project import DIST, ROOT, StepError, read_project, say

sys.path.insert(0, str(ROOT))

from atz_desktop.api.updates import MAX_SIZE, PRODUCT, UntrustedReleaseError, read_release
from atz_desktop.publisher import PUBLISHER


def make_key(file: Path) -> str:
    """Make a key, readable for this user alone. Never replaces one. The public key, Base64."""
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise StepError(f"{file} is there already: a lost key cannot be had back") from None
    with os.fdopen(descriptor, "wb") as made:
        made.write(base64.b64encode(bytes(SigningKey.generate())) + b"\n")
    return public_key(file)


def public_key(file: Path) -> str:
    """What stands in `update_key` of atz_desktop/publisher.py."""
    return base64.b64encode(bytes(_read_key(file).verify_key)).decode()


def sign(file: Path, version: str, notes: str, link: str, released: str) -> bytes:
    """The file for the web, checked as the program checks it. Raises StepError."""
    release = {
        "product": PRODUCT,
        "version": version,
        "released": released,
        "notes": notes,
        "link": link,
    }
    text = json.dumps(release, ensure_ascii=False)
    signature = base64.b64encode(_read_key(file).sign(text.encode()).signature).decode()
    content = json.dumps({"release": text, "signature": signature}).encode() + b"\n"
    mine = public_key(file)
    if PUBLISHER.update_key not in ("", mine):
        raise StepError("this is not the key that the program knows (atz_desktop/publisher.py)")
    try:
        read_release(content, mine)
    except UntrustedReleaseError as error:
        raise StepError(f"the program would not believe this file: {error}") from None
    if len(content) > MAX_SIZE:
        raise StepError(f"the file is larger than the {MAX_SIZE} bytes that the program reads")
    return content


def notes_of(changelog: str, version: str) -> str:
    """The section of a version, as plain text; that of Unreleased where it has none yet."""
    sections = {
        head.strip().strip("[]"): body.strip()
        for head, body in re.findall(
            r"^## ([^\n-]+)[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL
        )
    }
    notes = sections.get(version) or sections.get("Unreleased") or ""
    return re.sub(r"^### ", "", notes, flags=re.MULTILINE)


def _read_key(file: Path) -> SigningKey:
    try:
        return SigningKey(base64.b64decode(file.read_bytes().strip(), validate=True))
    except (OSError, ValueError, CryptoError) as error:
        raise StepError(f"{file} holds no key: {type(error).__name__}") from None


def main(arguments: list[str]) -> int:
    """Do what the command line says; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("key", "public", "sign"))
    parser.add_argument("private", type=Path)
    parser.add_argument("--link")
    parser.add_argument("--out", type=Path, default=DIST / "latest.json")
    given = parser.parse_args(arguments)
    try:
        if given.command == "key":
            say(f"update_key for atz_desktop/publisher.py: {make_key(given.private)}")
        elif given.command == "public":
            say(public_key(given.private))
        elif not given.link:
            raise StepError("sign needs --link: the web page where the new version is to be had")
        else:
            version = read_project().version
            notes = notes_of((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version)
            today = datetime.now(UTC).date().isoformat()
            given.out.parent.mkdir(parents=True, exist_ok=True)
            given.out.write_bytes(sign(given.private, version, notes, given.link, today))
            say(f"{given.out} tells of version {version}; put it at update_address")
    except StepError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
