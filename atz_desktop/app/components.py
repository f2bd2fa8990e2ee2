"""What the program is made of: names, versions and licences, for About and for an error report."""

from __future__ import annotations

import json
import platform
import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from atz_desktop import __version__
from atz_desktop.resources import resource

SELF, PYTHON = "atz-desktop", "CPython"
"""Two parts that were not installed as packages."""


class Component(NamedTuple):
    """A row of `resources/licences/components.json`: a part of the program on some system.

    `distribution` is called as the package calls itself; "" for what is inside Qt. `texts` are the
    files of its licence in `resources/licences` if its makers ship none with it.
    """

    name: str
    licence: str
    distribution: str = ""
    texts: tuple[str, ...] = ()


def components() -> list[Component]:
    """The parts of the program on all systems, in the order in which About shows them."""
    rows = json.loads(resource("licences/components.json").read_text(encoding="utf-8"))
    return [Component(**{**row, "texts": tuple(row.get("texts", ()))}) for row in rows]


def version_of(distribution: str) -> str:
    """The version that is here; "" where it is not, as a part that only another system needs."""
    if distribution in (SELF, PYTHON):
        return __version__ if distribution == SELF else platform.python_version()
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def components_here() -> Iterator[tuple[Component, str]]:
    """The parts of the program as it runs here, each with its version if it has one of its own."""
    for component in components():
        version = version_of(component.distribution) if component.distribution else ""
        if version or not component.distribution:
            yield component, version


def versions() -> tuple[str, ...]:
    """One line for each thing that may matter to who reads an error report."""
    packages = ("PySide6_Essentials", "qasync", "httpx", "pydantic", "keyring", "truststore")
    frozen = ", packed" if getattr(sys, "frozen", False) else ""
    return (
        f"ATZ Desktop {__version__}{frozen}",
        f"{platform.python_implementation()} {platform.python_version()} on {platform.platform()}",
        ", ".join(f"{name} {version_of(name) or '?'}" for name in packages),
    )


def licence_text(component: Component) -> str:
    """The whole licence; "" where its makers ship none with the package."""
    files = (
        [resource(f"licences/{name}") for name in component.texts]
        or _packed(component.distribution)
        or _installed(component.distribution)
    )
    texts = [file.read_text(encoding="utf-8", errors="replace").strip() for file in files]
    return "\n\n\n".join(texts)


def _packed(distribution: str) -> list[Path]:
    """What an installer brings: there a folder named after each part lies beside our own texts."""
    folder = resource("licences/README.txt").parent / distribution
    return sorted(file for file in folder.glob("*") if file.is_file())


def _installed(distribution: str) -> list[Path]:
    """What came with the installed package, or with Python itself."""
    if distribution == PYTHON:
        places = (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix))
        return [place / "LICENSE.txt" for place in places if (place / "LICENSE.txt").is_file()][:1]
    wanted = ("licen", "copying", "notice")
    return [
        Path(str(path.locate()))
        for path in metadata.files(distribution) or []
        if ".dist-info" in path.parts[0] and path.name.lower().startswith(wanted)
    ]
