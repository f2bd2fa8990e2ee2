"""Which parts of Qt go into an installer, on each system."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Step = Callable[[str], ModuleType]

STAYS = (
    "PySide6/__init__.py",
    "PySide6/QtWidgets.abi3.so",
    "PySide6/QtWidgets.pyd",
    "PySide6/libpyside6.abi3.so.6.11",
    "PySide6/pyside6.abi3.dll",
    "PySide6/msvcp140.dll",
    "PySide6/Qt6Core.dll",
    "PySide6/QtNetwork.pyd",
    "PySide6/Qt6Network.dll",
    "PySide6/Qt/lib/libQt6XcbQpa.so.6",
    "PySide6/Qt/lib/libicudata.so.73",
    "PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore",
    "PySide6/Qt/plugins/platforms/libqxcb.so",
    "PySide6/Qt/plugins/platforms/libqcocoa.dylib",
    "PySide6/plugins/platforms/qwindows.dll",
    "PySide6/plugins/imageformats/qsvg.dll",
    "shiboken6/Shiboken.abi3.so",
    "httpx/_client.py",
    "somebody/plugins/theirs.dll",
)
GOES = (
    "PySide6/QtQuick.abi3.so",
    "PySide6/QtNetworkAuth.pyd",
    "PySide6/QtCore.pyi",
    "PySide6/Qt6Quick.dll",
    "PySide6/opengl32sw.dll",
    "PySide6/vcamp140.dll",
    "shiboken6/vccorlib140.dll",
    "PySide6/designer.exe",
    "PySide6/designer",
    "PySide6/Qt/lib/libQt6Qml.so.6",
    "PySide6/Qt/lib/QtQml.framework/Versions/A/QtQml",
    "PySide6/Qt/plugins/platforms/libqeglfs.so",
    "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
    "PySide6/plugins/sqldrivers/qsqlite.dll",
    "PySide6/plugins/styles/qmodernwindowsstyle.dll",
    "PySide6/Qt/plugins/styles/libqmacstyle.dylib",
    "PySide6/Qt/qml/QtQuick/qmldir",
    "PySide6/translations/qtbase_de.qm",
    "PySide6/include/pyside.h",
)


@pytest.mark.parametrize("path", STAYS)
def test_what_the_window_uses_travels_along(step: Step, path: str) -> None:
    assert step("contents").belongs(path)


@pytest.mark.parametrize("path", GOES)
def test_what_the_window_does_not_use_stays_out(step: Step, path: str) -> None:
    assert not step("contents").belongs(path)


def test_pruning_removes_files_links_and_empty_folders_and_says_how_much(
    step: Step, tmp_path: Path
) -> None:
    for path in (*STAYS, *GOES):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"x" * 10)
    (tmp_path / "shiboken6" / "libQt6Qml.so").symlink_to("elsewhere.so")
    saved = step("contents").prune(tmp_path)
    left = {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*") if file.is_file()}
    assert left == set(STAYS)
    assert saved == 10 * len(GOES) + len("elsewhere.so")
    assert not (tmp_path / "PySide6" / "Qt" / "qml").exists()
    assert not (tmp_path / "shiboken6" / "libQt6Qml.so").is_symlink()


def test_drivers_and_settings_of_the_linux_desktop_are_never_brought_along(step: Step) -> None:
    travels = step("contents").travels
    assert travels("libssl.so.3")
    assert travels("libxcb-cursor.so.0")
    assert travels("PySide6/QtCore.abi3.so")
    assert travels("_cffi_backend.cpython-311-x86_64-linux-gnu.so")
    assert travels("_module.abi3.so")
    for own in ("libstdc++.so.6", "libglib-2.0.so.0", "libfontconfig.so.1", "libxkbcommon.so.0"):
        assert not travels(own)
