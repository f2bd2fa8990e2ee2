"""The people and records of the made-up account; everybody in here is invented."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files

from atz_desktop.sandbox.apply_update import Directory
from atz_desktop.sandbox.validation import Record

SHOWN_BY_ATZ = {
    ("candidate", 1): "candidate_2f0ea5cd69a6cd6c7163",
    ("candidate", 2): "candidate_abc123",
    ("contact", 1): "contact_d86c343cf49040381fc7",
    ("user", 1): "user_abc",
}
"""Slugs of ATZ's own examples: they must mean somebody here."""


def slug_of(kind: str, number: int) -> str:
    """The slug of the record with this number, counted from 1: the kind and 20 hex digits."""
    digits = hashlib.sha256(f"{kind} {number}".encode()).hexdigest()[:20]
    return SHOWN_BY_ATZ.get((kind, number), f"{kind}_{digits}")


def _user(number: int, name: str) -> Record:
    email = "john@example.com" if number == 1 else f"user{number}@agency.example"
    return {"id": number, "slug": slug_of("user", number), "full_name": name, "email": email}


def _person(kind: str, number: int, name: str) -> Record:
    email = f"{kind}{number}@mail.example"
    return {"id": number, "slug": slug_of(kind, number), "full_name": name, "email": email}


def _thing(kind: str, number: int, name: str) -> Record:
    called = "position_name" if kind == "job" else "name"
    return {"id": number, "slug": slug_of(kind, number), called: name}


def made_up_book() -> Directory:
    """Twelve users, some sixty candidates, forty contacts, and what they work on."""
    names = json.loads(files(__package__).joinpath("people.json").read_text(encoding="utf-8"))
    types = {each["id"]: each["label"] for each in names.pop("types")}
    users = names.pop("user")
    shelves: dict[str, dict[int | str, Record]] = {
        "user": {number: _user(number, name) for number, name in enumerate(users, 1)}
    }
    for kind, called in names.items():
        make = _person if kind in ("candidate", "contact") else _thing
        records = [make(kind, number, name) for number, name in enumerate(called, 1)]
        shelves[kind] = {record["slug"]: record for record in records}
    return Directory(types, shelves)
