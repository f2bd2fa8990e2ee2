"""What the program is made of: names, versions and licences, for About and for an error report."""

from __future__ import annotations

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
    """A part of the program. `distribution` is called as the package calls itself.

    `texts` are the files of its licence in `resources/licences` if its makers ship none with it.
    """

    name: str
    distribution: str
    licence: str
    texts: tuple[str, ...] = ()


def _inside_qt(name: str, licence: str) -> Component:
    return Component(f"{name} (inside Qt)", "", licence, (f"inside-qt/{name.lower()}.txt",))


_QT = ("Qt.txt", "LGPL-3.txt", "GPL-3.txt")
"""How Qt may be replaced, and the licence that grants it."""

COMPONENTS = (
    Component("ATZ Desktop", SELF, "MIT", ("atz-desktop.txt",)),
    Component("Qt for Python (PySide6, Qt)", "PySide6_Essentials", "LGPL 3", _QT),
    Component("Shiboken", "shiboken6", "LGPL 3", _QT),
    _inside_qt("double-conversion", "BSD 3-Clause"),
    _inside_qt("FreeType", "FreeType License"),
    _inside_qt("HarfBuzz", "MIT"),
    _inside_qt("ICU", "Unicode"),
    _inside_qt("libjpeg-turbo", "IJG, BSD 3-Clause"),
    _inside_qt("libpng", "libpng"),
    _inside_qt("md4c", "MIT"),
    _inside_qt("PCRE2", "BSD 3-Clause"),
    _inside_qt("Wayland", "MIT"),
    _inside_qt("zlib", "zlib"),
    Component("Python", PYTHON, "PSF 2.0"),
    Component("PyInstaller's start of a program", "pyinstaller", "GPL 2 with exception"),
    Component("qasync", "qasync", "BSD 2-Clause"),
    Component("HTTPX", "httpx", "BSD 3-Clause"),
    Component("HTTP Core", "httpcore", "BSD 3-Clause"),
    Component("h11", "h11", "MIT"),
    Component("AnyIO", "anyio", "MIT"),
    Component("IDNA", "idna", "BSD 3-Clause"),
    Component("certifi", "certifi", "MPL 2.0"),
    Component("Pydantic", "pydantic", "MIT"),
    Component("pydantic-core", "pydantic_core", "MIT"),
    Component("annotated-types", "annotated-types", "MIT"),
    Component("typing-extensions", "typing_extensions", "PSF 2.0"),
    Component("typing-inspection", "typing-inspection", "MIT"),
    Component("truststore", "truststore", "MIT"),
    Component("PyNaCl (with libsodium)", "PyNaCl", "Apache 2.0"),
    Component("keyring", "keyring", "MIT"),
    Component("SecretStorage", "SecretStorage", "BSD 3-Clause"),
    Component("Jeepney", "jeepney", "MIT"),
    Component("cryptography", "cryptography", "Apache 2.0 or BSD 3-Clause"),
    Component("cffi", "cffi", "MIT-0"),
    Component("pycparser", "pycparser", "BSD 3-Clause"),
    Component("pywin32-ctypes", "pywin32-ctypes", "BSD 3-Clause"),
    Component("jaraco.classes", "jaraco.classes", "MIT"),
    Component("jaraco.context", "jaraco.context", "MIT"),
    Component("jaraco.functools", "jaraco.functools", "MIT"),
    Component("More Itertools", "more-itertools", "MIT"),
    Component("importlib-metadata", "importlib_metadata", "Apache 2.0"),
    Component("zipp", "zipp", "MIT"),
    Component("backports.tarfile", "backports.tarfile", "MIT"),
    Component("platformdirs", "platformdirs", "MIT"),
    Component("tzdata", "tzdata", "Apache 2.0"),
    Component("tzlocal", "tzlocal", "MIT"),
    Component("Starlette", "starlette", "BSD 3-Clause"),
    Component("Uvicorn", "uvicorn", "BSD 3-Clause"),
    Component("Click", "click", "BSD 3-Clause"),
    Component("python-multipart", "python-multipart", "Apache 2.0"),
)


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
    for component in COMPONENTS:
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
