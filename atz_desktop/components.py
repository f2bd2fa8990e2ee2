"""What the program is made of: names, versions and licences, for About and for an error report."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from typing import NamedTuple

from atz_desktop import __version__


class Component(NamedTuple):
    """Somebody else's work that travels with the program."""

    name: str
    distribution: str
    licence: str


COMPONENTS = (
    Component("Qt for Python (PySide6, Qt)", "PySide6-Essentials", "LGPL 3"),
    Component("Shiboken", "shiboken6", "LGPL 3"),
    Component("qasync", "qasync", "BSD 2-Clause"),
    Component("HTTPX", "httpx", "BSD 3-Clause"),
    Component("HTTP Core", "httpcore", "BSD 3-Clause"),
    Component("h11", "h11", "MIT"),
    Component("AnyIO", "anyio", "MIT"),
    Component("IDNA", "idna", "BSD 3-Clause"),
    Component("certifi", "certifi", "MPL 2.0"),
    Component("Pydantic", "pydantic", "MIT"),
    Component("pydantic-core", "pydantic-core", "MIT"),
    Component("truststore", "truststore", "MIT"),
    Component("keyring", "keyring", "MIT"),
    Component("platformdirs", "platformdirs", "MIT"),
    Component("tzdata", "tzdata", "Apache 2.0"),
    Component("tzlocal", "tzlocal", "MIT"),
    Component("Starlette", "starlette", "BSD 3-Clause"),
    Component("Uvicorn", "uvicorn", "BSD 3-Clause"),
    Component("python-multipart", "python-multipart", "Apache 2.0"),
)


def version_of(distribution: str) -> str:
    """The version that is installed; "" where the program was packed without that record."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def versions() -> tuple[str, ...]:
    """One line for each thing that may matter to who reads an error report."""
    packages = ("PySide6-Essentials", "qasync", "httpx", "pydantic", "keyring", "truststore")
    frozen = ", packed" if getattr(sys, "frozen", False) else ""
    return (
        f"ATZ Desktop {__version__}{frozen}",
        f"{platform.python_implementation()} {platform.python_version()} on {platform.platform()}",
        ", ".join(f"{name} {version_of(name) or '?'}" for name in packages),
    )


def licence_text(distribution: str) -> str:
    """The licence as its makers ship it; "" where it does not come with the package."""
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        return ""
    wanted = ("licen", "copying", "notice")
    texts = [
        path.read_text(encoding="utf-8")
        for path in files
        if ".dist-info" in path.parts[0] and path.name.lower().startswith(wanted)
    ]
    return "\n\n".join(texts)
