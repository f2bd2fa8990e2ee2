"""What the Windows payload leaves out of Python itself."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

Step = Callable[[str], ModuleType]


def test_pythons_modules_are_stored_whole_and_without_those_of_developers(
    step: Step, tmp_path: Path
) -> None:
    archive = tmp_path / "python313.zip"
    kept = {"asyncio/__init__.pyc": b"a" * 1000, "typing.pyc": b"t", "pdbx.pyc": b"other"}
    gone = {"unittest/case.pyc": b"", "pdb.pyc": b"", "pydoc_data/topics.pyc": b""}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in {**kept, **gone}.items():
            packed.writestr(name, content)
    step("windows").store_library(archive)
    with zipfile.ZipFile(archive) as stored:
        assert {name: stored.read(name) for name in stored.namelist()} == kept
        assert {entry.compress_type for entry in stored.infolist()} == {zipfile.ZIP_STORED}
