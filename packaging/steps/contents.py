"""Which parts of Qt travel along: those that the window uses, named here; all others stay out.

A part that is missing is found by the self-test of the installed program (selftest_parts.py).
ICU stays although it is 39 MB on Linux: without it sorting and the names of time zones break.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

MODULES = ("QtCore", "QtDBus", "QtGui", "QtNetwork", "QtSvg", "QtWidgets")
"""Qt's modules that Python imports. QtDBus: loaded by nothing of ours, wanted by QtGui on Linux.
QtNetwork hands a later start over to the program that runs, and asks Windows and macOS for their
proxy."""

LIBRARIES = ("Core", "DBus", "Gui", "Network", "Svg", "Widgets", "XcbQpa", "WaylandClient")

PLUGINS = {
    "iconengines": ("qsvgicon",),
    "imageformats": ("qgif", "qico", "qjpeg", "qsvg"),
    # macOS draws through cocoa, Windows through windows; offscreen is for the self-test.
    "platforms": ("qcocoa", "qoffscreen", "qwayland", "qwindows", "qxcb"),
    # File dialogs and light or dark of the Linux desktop. Not gtk3: it would bring all of GTK.
    "platformthemes": ("qxdgdesktopportal",),
    "platforminputcontexts": (
        "composeplatforminputcontextplugin",
        "ibusplatforminputcontextplugin",
    ),
    "wayland-decoration-client": ("adwaita", "bradient"),
    "wayland-shell-integration": ("xdg-shell",),
}
"""Folder below `plugins/` → names, without `lib` before and the ending behind."""

OWN = re.compile(r"lib(?:python3|icu|Qt6|pyside6|shiboken6)")
"""Libraries that are the program's own wherever it runs."""
BUNDLED = re.compile(
    OWN.pattern + r"|lib(?:ssl|crypto|sqlite3|ffi|uuid|bz2|lzma"
    # Every desktop has X; some lack these small parts of it, without which Qt opens no window.
    r"|xcb-|xkbcommon-x11)"
)
"""Libraries of Linux that travel along although the system may have them. All others (C++, glib,
fontconfig, …) must be the system's own, or its drivers and settings would not fit them."""

_EXTENSION = re.compile(r"\.(?:cpython-\w+|abi3)[\w-]*\.so$")
"""A compiled module of Python, which may lie in no package."""
_PLUGIN = re.compile(r"(?:^|/)plugins/([^/]+)/(?:lib)?([^/]+?)(?:\.(?:so|dll|dylib))?$")
_LIBRARY = re.compile(r"(?:^|/)(?:lib)?Qt6?([A-Za-z0-9]+)(?:\.framework.*|\.so[.\d]*|\.dll)$")
_MODULE = re.compile(r"(?:^|/)PySide6/(Qt\w+)\.(?:abi3\.so|pyd)$")
_NEVER = re.compile(
    r"(?:^|/)PySide6/(?:Qt/|)(?:doc|examples|glue|include|lib/cmake|libexec|metatypes|qml"
    r"|resources|scripts|support|translations|typesystems)/"
    r"|(?:^|/)(?:lib)?pyside6qml|(?:^|/)opengl32sw\.dll$|(?:^|/)qt\.conf\.in$"
    # Microsoft's libraries for C++ AMP, Windows Runtime and OpenMP, to which nothing here links.
    r"|(?:^|/)(?:concrt|vcamp|vccorlib|vcomp)140\.dll$"
    r"|\.(?:pyi|lib|exe|c|h|hpp|cpp)$|(?:^|/)py\.typed$"
)
_TOOLS = re.compile(r"(?:^|/)PySide6/(?:assistant|designer|l\w+|qml\w+|balsam\w*|svgtoqml|qsb)$")


def belongs(path: str) -> bool:
    """Whether a file of PySide6 or shiboken6 (path with `/`, from anywhere above) travels along."""
    if "PySide6/" not in path and "shiboken6/" not in path:
        return True
    if _NEVER.search(path) or _TOOLS.search(path):
        return False
    if plugin := _PLUGIN.search(path):
        return plugin[2] in PLUGINS.get(plugin[1], ())
    if module := _MODULE.search(path):
        return module[1] in MODULES
    if library := _LIBRARY.search(path):
        return library[1] in LIBRARIES
    return "plugins" not in PurePosixPath(path).parts


def travels(name: str) -> bool:
    """Whether a shared library of the Linux build machine goes into the folder of the program."""
    if "/" in name or ".so" not in name or _EXTENSION.search(name):
        return True
    return BUNDLED.match(name) is not None


def prune(site_packages: Path) -> int:
    """Remove the parts of Qt that stay out; the bytes that this saved."""
    saved = 0
    for top in ("PySide6", "shiboken6"):
        for file in sorted((site_packages / top).rglob("*"), reverse=True):
            if file.is_dir() and not file.is_symlink():
                if not any(file.iterdir()):
                    file.rmdir()
            elif not belongs(file.relative_to(site_packages).as_posix()):
                saved += file.lstat().st_size
                file.unlink()
    return saved
