"""The winget manifest of a version: where its installers are to be had, with their hashes.

Windows' package manager reads three YAML files for each version (schema 1.6). DOWNLOAD_URL in the
environment is the address of the folder in which the publisher puts the files of dist/.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from steps.msi import MAKER, UPGRADE_CODE, product_code
from steps.project import NAME, SUMMARY, Project, fresh_folder

IDENTIFIER = "ATZDesktop.ATZDesktop"
SCHEMA = "1.6.0"
NOWHERE = "https://download.example.com/atz-desktop"
"""Stands in the manifest until DOWNLOAD_URL says where the files are."""
OLDEST_WINDOWS = "10.0.17763.0"
"""Windows 10 1809: what Qt 6 needs."""


def write_manifest(project: Project, setup: Path, msi: Path, folder: Path) -> Path:
    """The three files, in `folder`, which is emptied first."""
    fresh_folder(folder)
    base = (os.environ.get("DOWNLOAD_URL") or NOWHERE).rstrip("/")
    common = {"PackageIdentifier": IDENTIFIER, "PackageVersion": project.version}
    documents: dict[str, list[str]] = {
        "": _lines({**common, "DefaultLocale": "en-US", **_kind("version")}),
        ".installer": [
            *_lines({**common, "MinimumOSVersion": OLDEST_WINDOWS, "UpgradeBehavior": "install"}),
            "Platform:",
            "- Windows.Desktop",
            "Installers:",
            *_installer(setup, base, {"InstallerType": "nullsoft", "Scope": "user"}),
            *_installer(
                msi,
                base,
                {
                    "InstallerType": "msi",
                    "Scope": "machine",
                    "ProductCode": f"'{product_code(project)}'",
                },
            ),
            "  AppsAndFeaturesEntries:",
            f"  - UpgradeCode: '{UPGRADE_CODE}'",
            *_lines(_kind("installer")),
        ],
        ".locale.en-US": _lines(
            {
                **common,
                "PackageLocale": "en-US",
                "Publisher": MAKER,
                "PackageName": NAME,
                "License": "MIT",
                "ShortDescription": SUMMARY,
                **_kind("defaultLocale"),
            }
        ),
    }
    for end, lines in documents.items():
        text = "\n".join([*lines, ""])
        (folder / f"{IDENTIFIER}{end}.yaml").write_text(text, encoding="utf-8", newline="\n")
    return folder


def _installer(file: Path, base: str, more: Mapping[str, str]) -> list[str]:
    digest = hashlib.sha256(file.read_bytes()).hexdigest().upper()
    about = {
        "Architecture": "x64",
        **more,
        "InstallerUrl": f"{base}/{file.name}",
        "InstallerSha256": digest,
    }
    first, *rest = _lines(about)
    return [f"- {first}", *(f"  {line}" for line in rest)]


def _kind(name: str) -> dict[str, str]:
    return {"ManifestType": name, "ManifestVersion": SCHEMA}


def _lines(values: Mapping[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in values.items()]
