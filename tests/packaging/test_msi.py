"""The MSI and the winget manifest, as far as they can be looked at without Windows."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from atz_desktop.store.machine import ACCOUNTS_FILE, NO_UPDATE_CHECK, as_in_file, chosen
from atz_desktop.store.machine import NAMES as MACHINE_NAMES

Step = Callable[[str], ModuleType]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(step: Step) -> Any:
    return step("project").Project("1.2.3", "c0ffee0123456789", 1_700_000_000)


@pytest.fixture
def built(tmp_path: Path) -> tuple[Path, Path]:
    """A payload of three files in two folders, and a launcher."""
    payload = tmp_path / "payload"
    (payload / "packages" / "a b").mkdir(parents=True)
    for name in ("python313.dll", "packages/one.pyc", "packages/a b/two.pyc"):
        (payload / name).write_text(name)
    launcher = tmp_path / "atz-desktop.exe"
    launcher.write_bytes(b"MZ")
    launcher.with_suffix(".ico").write_bytes(b"icon")
    return payload, launcher


@pytest.fixture
def msi(step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = step("msi")
    monkeypatch.setattr(module, "WORK", tmp_path / "work")
    return module


def files_of(source: Element) -> dict[str, str]:
    """Component → its folder, by the names of the files in it."""
    return {
        file.attrib["Source"]: component.attrib["Guid"]
        for component in source.iter("Component")
        for file in component.iter("File")
    }


def source_of(msi: ModuleType, project: Any, built: tuple[Path, Path], folder: Path) -> Element:
    tree = msi._lay_out(project, *built, folder)
    source = msi._source(project, tree)
    assert isinstance(source, Element)
    return source


def test_every_file_of_the_payload_travels_in_the_folder_of_its_version(
    msi: ModuleType, project: Any, built: tuple[Path, Path], tmp_path: Path
) -> None:
    source = source_of(msi, project, built, tmp_path / "tree")
    version = "tree/versions/1.2.3-c0ffee01"
    assert set(files_of(source)) == {
        *("tree/atz-desktop.exe", "tree/atz-desktop.ico", "tree/current.txt"),
        *(f"{version}/python313.dll", f"{version}/in-use.txt", f"{version}/packages/one.pyc"),
        f"{version}/packages/a b/two.pyc",
    }
    assert (tmp_path / "tree" / "current.txt").read_bytes() == b"1.2.3-c0ffee01\r\n"
    named = {each.attrib["Id"] for each in source.iter("Component")}
    assert {each.attrib["Id"] for each in source.iter("ComponentRef")} == named


def test_an_upgrade_shares_nothing_with_the_old_version_but_what_lies_in_the_same_place(
    msi: ModuleType, project: Any, built: tuple[Path, Path], tmp_path: Path
) -> None:
    """Windows takes two components of one GUID for the same: files of both would be mixed up."""
    old = files_of(source_of(msi, project, built, tmp_path / "old" / "tree"))
    later = project._replace(version="1.2.4", commit="decaf00123456789")
    new = files_of(source_of(msi, later, built, tmp_path / "new" / "tree"))
    shared = set(old.values()) & set(new.values())
    assert {file for file, guid in new.items() if guid in shared} == {
        *("tree/atz-desktop.exe", "tree/atz-desktop.ico", "tree/current.txt")
    }
    assert msi.product_code(project) != msi.product_code(later)
    assert msi.product_code(project) == msi.product_code(project)


def test_the_upgrade_code_is_what_it_always_was(msi: ModuleType) -> None:
    """With another one, each computer that has the program would have it twice after an upgrade."""
    assert msi.UPGRADE_CODE == "{5B2B8E0C-6C5D-4F0E-9B0B-7D3C1E7A4F21}"


def test_what_the_msi_writes_is_what_the_program_reads(msi: ModuleType) -> None:
    """All but a file of accounts that is there, of which test_machine.py tells."""
    written = {setting.value: "1" for setting in msi.SETTINGS if setting.name != "APIURL"}
    found = chosen(as_in_file({**written, "ApiUrl": "https://atz.example.com"}, {}), "x")
    assert found.values == {"api_url": "https://atz.example.com"}
    assert found.no_update_check
    assert found.problem == "In “x”: accounts_file: “1” cannot be read."


@pytest.mark.skipif(
    not (shutil.which("wixl") and shutil.which("msiinfo")), reason="wixl or msitools is missing"
)
def test_the_tables_hold_conditions_and_remembered_properties(
    msi: ModuleType, project: Any, built: tuple[Path, Path], tmp_path: Path
) -> None:
    file = msi.make_msi(project, *built, tmp_path / "made.msi")

    def table(name: str) -> str:
        command = ["msiinfo", "export", str(file), name]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    for setting in msi.SETTINGS:
        assert re.search(
            rf"^Set{setting.value}\t.*\t{setting.name}\t", table("Component"), re.MULTILINE
        )
        assert f"PREVIOUS{setting.name} AND NOT {setting.name}" in table("InstallExecuteSequence")
    assert re.search(r"\t513\t.*WIX_UPGRADE_DETECTED", table("Upgrade"))
    assert "ProductVersion\t1.2.3" in table("Property")


@pytest.mark.skipif(not shutil.which("wixl"), reason="wixl is missing")
def test_the_msi_is_signed_by_the_command_that_signs_the_others(
    msi: ModuleType,
    project: Any,
    built: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = tmp_path / "sign.sh"
    script.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/signed\n')
    monkeypatch.setenv("SIGN_CMD", f"sh {script}")
    file = msi.make_msi(project, *built, tmp_path / "made.msi")
    assert (tmp_path / "signed").read_text() == f"{file}\n"


def test_the_page_for_an_it_department_names_what_there_is(msi: ModuleType) -> None:
    page = (ROOT / "docs" / "FOR_IT.md").read_text(encoding="utf-8")
    names = [setting.name for setting in msi.SETTINGS]
    names += [setting.value for setting in msi.SETTINGS]
    names += [*MACHINE_NAMES, ACCOUNTS_FILE, NO_UPDATE_CHECK, msi.UPGRADE_CODE]
    assert not [name for name in names if f"`{name}" not in page]


def test_the_winget_manifest_names_version_and_hash_of_both_installers(
    step: Step, msi: ModuleType, project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOWNLOAD_URL", "https://example.com/atz/1.2.3/")
    setup, package = tmp_path / "a-Setup.exe", tmp_path / "a-x64.msi"
    setup.write_bytes(b"setup")
    package.write_bytes(b"msi")
    folder = step("winget").write_manifest(project, setup, package, tmp_path / "winget")
    names = sorted(file.name for file in folder.iterdir())
    assert names == [
        "ATZDesktop.ATZDesktop.installer.yaml",
        "ATZDesktop.ATZDesktop.locale.en-US.yaml",
        "ATZDesktop.ATZDesktop.yaml",
    ]
    for name in names:
        text = (folder / name).read_text(encoding="utf-8")
        assert "PackageIdentifier: ATZDesktop.ATZDesktop\nPackageVersion: 1.2.3\n" in text
        assert "ManifestVersion: 1.6.0\n" in text
    text = (folder / names[0]).read_text(encoding="utf-8")
    for file in (setup, package):
        assert hashlib.sha256(file.read_bytes()).hexdigest().upper() in text
        assert f"  InstallerUrl: https://example.com/atz/1.2.3/{file.name}\n" in text
    assert f"  ProductCode: '{msi.product_code(project)}'\n" in text
