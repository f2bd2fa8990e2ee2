"""Loads what PySide6 writes its TypeErrors and `__doc__` with when one is asked for.

Importing PySide6 compiles and runs its package `shibokensupport`, and 34 modules of the standard
library with it: half of the time until the first paint, and 5 MB. What stands here is private to
libshiboken: that `bootstrap` (embedded in the library) takes the package from a folder `files.dir`
beside shiboken6, which functions it takes from it, and that it looks up `mapping` by name. So
nothing is done for a version that this was not tried with, nor when ATZ_EAGER_SIGNATURES is set.
Until then `PySide6.support.signature` cannot be imported, which nothing here does.
"""

from __future__ import annotations

import builtins
import importlib.util
import os
import sys
import threading
from contextlib import suppress
from functools import partial
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from atz_desktop.resources import resource

if TYPE_CHECKING:
    from collections.abc import Sequence

TRIED = {"6.11.3"}
"""Versions of PySide6."""
EAGER = ("ATZ_EAGER_SIGNATURES", "SBK_EMBED")
"""Variables that switch this off; with the second one shiboken6 deletes or writes `files.dir`."""

_PACKAGES = ("shibokensupport", "shibokensupport.signature")
_LOADER = "shibokensupport.signature.loader"
_MAPPING = "shibokensupport.signature.mapping"
_UNPACKERS = ("base64", "tempfile", "textwrap", "traceback", "zipfile")
"""What the package is unpacked with, and what goes wrong then is told with: 10 ms to import."""
_FUNCTIONS = (
    "pyside_type_init",
    "create_signature",
    "seterror_argument",
    "make_helptext",
    "feature_import",
    "feature_imported",
)
_import = builtins.__import__
_loading = threading.RLock()
_loaded: list[ModuleType] = []
_mapping = ModuleType(_MAPPING)
"""The library keeps its address: it must live as long as the process."""


def defer_signatures() -> bool:
    """To be called before PySide6 is imported; whether it is done. If not, nothing is changed."""
    if any(os.environ.get(name) for name in EAGER) or "shiboken6" in sys.modules:
        return False
    spec = importlib.util.find_spec("shiboken6")
    if spec is None or spec.loader is None or not _is_tried(spec):
        return False
    with suppress(Exception):  # whatever it is, PySide6 is then imported as usual
        folder = resource("shiboken6/files.dir/README.txt").parent
        _import_shiboken(spec, str(folder.with_name("__init__.py")))
        return True
    sys.modules.pop("shiboken6", None)
    return False


def restore_import() -> None:
    """To be called after PySide6 is imported, which puts a function of its own in the place of the
    import statement, for its feature switches and starred imports. Nothing here uses these. Without
    it every later import is cheaper, and logging.config, which copies it, asks for no text of it:
    50 ms.
    """
    builtins.__import__ = _import


def _is_tried(spec: ModuleSpec) -> bool:
    """The version is a constant in the code; imported, the module would have loaded it all."""
    read = getattr(spec.loader, "get_code", None)
    code = read(spec.name) if read else None
    return code is not None and not TRIED.isdisjoint(code.co_consts)


def _import_shiboken(spec: ModuleSpec, place: str) -> None:
    """Import it as if it lay at `place`, beside which `files.dir` is looked for."""
    module = importlib.util.module_from_spec(spec)
    its_own, module.__file__ = module.__file__, place
    sys.modules[spec.name] = module
    sys.meta_path.insert(0, _Stand)
    later = {name: _Later(name) for name in _UNPACKERS if name not in sys.modules}
    sys.modules.update(later)
    try:
        assert spec.loader is not None
        spec.loader.exec_module(module)
    finally:
        for each in later.values():
            each.give_way()
        sys.meta_path.remove(_Stand)
        module.__file__ = its_own


class _Later(ModuleType):
    """A module that is imported when something of it is used."""

    def __getattr__(self, name: str) -> Any:
        self.give_way()
        return getattr(importlib.import_module(self.__name__), name)

    def give_way(self) -> None:
        """Let the next import be the real one."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


class _Stand:
    """Finds and loads what stands in the place of the package until that is needed."""

    @staticmethod
    def find_spec(
        name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in (*_PACKAGES, _LOADER):
            return None
        return ModuleSpec(name, _Stand, is_package=name != _LOADER)  # type: ignore[arg-type]

    @staticmethod
    def create_module(_spec: ModuleSpec) -> None:
        """As usual."""

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        if module.__name__ == _LOADER:
            for name in _FUNCTIONS:
                setattr(module, name, partial(_call, name))
            module.finish_import = lambda imported: None  # type: ignore[attr-defined]
            module.post_init = lambda: None  # type: ignore[attr-defined]
            _mapping.update_mapping = _update_mapping  # type: ignore[attr-defined]
            sys.modules[_MAPPING] = _mapping


def _call(name: str, *arguments: Any) -> Any:
    return getattr(_package(), name)(*arguments)


def _update_mapping() -> None:
    """The library evaluates names of types in the dictionary of `mapping`."""
    _package()
    mapping = sys.modules[_MAPPING]
    mapping.update_mapping()
    vars(_mapping).update(vars(mapping) | {"update_mapping": _update_mapping})


def _package() -> ModuleType:
    """The loader of the package itself, out of the library."""
    with _loading:
        if not _loaded:
            bootstrap = sys.modules["signature_bootstrap"]
            _, finder = bootstrap.prepare_zipfile()
            for name in (*_PACKAGES, _LOADER, _MAPPING):
                sys.modules.pop(name, None)
            sys.meta_path.insert(0, finder)
            try:
                _loaded.append(importlib.import_module(_LOADER))
            finally:
                sys.meta_path.remove(finder)
    return _loaded[0]
