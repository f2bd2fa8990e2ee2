"""What is inside an installer, as a list: for its SBOM (CycloneDX) and for its licences."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import sysconfig
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, NamedTuple

from steps.project import NAME, SLUG, Project

NATIVE = (".so", ".dll", ".pyd", ".exe", ".dylib")
OF_A_LICENCE = ("licen", "copying", "notice", "authors", "copyright")
NOT_SHIPPED = (
    *("altgraph", "macholib", "packaging", "pip", "pyinstaller-hooks-contrib", "setuptools"),
)
"""What builds the program and is not inside of it. (PyInstaller's start of a program is inside.)"""


class Component(NamedTuple):
    """One part: a Python package, a library, or Python itself. `texts` are its licence files;
    `note` is what whoever reads the SBOM should know of it.
    """

    name: str
    version: str
    purl: str
    licence: str
    texts: tuple[Path, ...] = ()
    note: str = ""


def python_packages(folder: Path, but: Sequence[str] = ()) -> list[Component]:
    """The Python packages installed in `folder`, by name, without those named in `but`."""
    found = [_package(one) for one in distributions(path=[str(folder)])]
    return sorted(one for one in found if one.name.lower() not in but)


def frozen_components(site_packages: Path) -> list[Component]:
    """What PyInstaller puts into the program from its environment, and this very Python."""
    version = platform.python_version()
    beside = Path(sysconfig.get_path("stdlib"))
    texts = [beside / "LICENSE.txt", *Path("/usr/share/doc").glob("python3.*/copyright")]
    found = tuple(text for text in texts if text.is_file())[:1]
    python = Component("CPython", version, f"pkg:generic/python@{version}", "PSF-2.0", found)
    return [*python_packages(site_packages, NOT_SHIPPED), python]


def _package(one: Distribution) -> Component:
    about, files = one.metadata, one.files or []
    said = [*(about.get_all("License-Expression") or []), *(about.get_all("License") or [])]
    licence = _first_line(said[0]) if said else ""
    if not licence:
        every = about.get_all("Classifier") or []
        named = [text for text in every if text.startswith("License ::")]
        licence = ", ".join(text.rpartition(":: ")[2] for text in named) or "see its licence text"
    texts = tuple(
        Path(str(one.locate_file(file)))
        for file in files
        if ".dist-info" in file.parts[0] and any(word in file.name.lower() for word in OF_A_LICENCE)
    )
    name, version = about["Name"], one.version
    return Component(name, version, f"pkg:pypi/{name.lower()}@{version}", licence, texts)


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else ""


def write_licences(folder: Path, components: Iterable[Component]) -> None:
    """Put the texts of every part beside our own, in a folder of its name: Help → About reads them.

    `folder` is `licences` in the program's resources, which hold our own already.
    """
    for component in components:
        for text in component.texts:
            place = folder / component.name / text.name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(text, place)


def write_sbom(file: Path, project: Project, components: Iterable[Component], tree: Path) -> None:
    """What is inside as CycloneDX 1.6: the parts, and each binary of `tree` with its SHA-256.

    The serial number and the time come from the commit, so that a second build writes the same.
    """
    when = datetime.fromtimestamp(project.epoch, UTC).isoformat().replace("+00:00", "Z")
    serial = uuid.uuid5(uuid.NAMESPACE_URL, f"{SLUG} {project.commit} {file.name}")
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": when,
            "component": {
                "type": "application",
                "bom-ref": SLUG,
                "name": NAME,
                "version": project.version,
                "licenses": [{"license": {"id": "MIT"}}],
                "properties": [{"name": "commit", "value": project.commit}],
            },
        },
        "components": [*map(_library, components), *_files(tree)],
    }
    file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _library(component: Component) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": component.purl,
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
        "licenses": [{"license": {"name": component.licence}}],
        **({"description": component.note} if component.note else {}),
    }


def _files(tree: Path) -> list[dict[str, Any]]:
    binaries = sorted(
        file
        for file in tree.rglob("*")
        if file.is_file() and not file.is_symlink() and any(end in file.name for end in NATIVE)
    )
    return [
        {
            "type": "file",
            "bom-ref": f"file:{file.relative_to(tree).as_posix()}",
            "name": file.relative_to(tree).as_posix(),
            "hashes": [
                {"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}
            ],
        }
        for file in binaries
    ]
