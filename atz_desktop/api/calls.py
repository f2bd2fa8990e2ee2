"""From what a caller wants to the exact bytes of a request."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from atz_desktop.api.errors import NotSent, Why
from atz_desktop.api.messages import Call
from atz_desktop.api.multipart import FileLike, Form, Upload

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE_LENGTH = 25
"""Items of a page; ATZ_API.md: GET /v1/activity, default and maximum."""

TYPES_PATH = "/v1/activity-type"
"""Where "Get Activity Types" is tried. ATZ_API.md: it exists, its path is not public."""

_ENTITY = re.compile(r"[a-z][a-z_]*")


def path(entity: str, key: str | None = None) -> str:
    """`/v1/{entity}` or `/v1/{entity}/{key}`, where the key may be any text that is not empty.

    Raises ValueError for an entity that is no plain word and for an empty key, which would ask
    for the whole list instead.
    """
    if not _ENTITY.fullmatch(entity):
        raise ValueError(f"{entity!r} is no entity of the API")
    if key is None:
        return f"/v1/{entity}"
    if not key:
        raise ValueError("an empty key would ask for the whole list")
    # Dots too: a key of dots would climb to another path.
    return f"/v1/{entity}/" + quote(key, safe="", errors="replace").replace(".", "%2E")


def read(path: str, query: Mapping[str, object] | None = None, *, background: bool = False) -> Call:
    """A GET. None in the query is left out, booleans are written true and false."""
    given = {key: _text(value) for key, value in (query or {}).items() if value is not None}
    return Call("GET", path, urlencode(given, errors="replace"), background=background)


def update(path: str, fields: Mapping[str, object], upload: Upload | None = None) -> Call:
    """A PUT of exactly these fields: JSON, or a form when one of them is a file (ATZ_API.md: PUT).

    Raises ValueError for no fields and for values that the API does not know; NotSent for a text
    that no form can carry.
    """
    if not fields:
        raise ValueError("a PUT without fields must never be sent")
    files = {key: value for key, value in fields.items() if isinstance(value, FileLike)}
    plain = {key: value for key, value in fields.items() if key not in files}
    for key, value in plain.items():
        if not isinstance(value, (str, int)):
            raise ValueError(f"{key} cannot be a {type(value).__name__}")
    if not files:
        return Call("PUT", path, json=_json(plain))
    if len(files) > 1:
        raise ValueError("only one file fits into a request")
    texts = {key: _text(value) for key, value in plain.items()}
    if not all(_fits_utf8(text) for text in texts.values()):
        raise NotSent("PUT", path, why=Why.UNSENDABLE)
    [(field, file)] = files.items()
    return Call("PUT", path, form=Form(texts, field, file, upload or Upload()))


def _json(fields: Mapping[str, object]) -> bytes:
    try:
        return json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair, as some texts of a CRM hold it, can only be written as an escape.
        return json.dumps(fields).encode()


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fits_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
