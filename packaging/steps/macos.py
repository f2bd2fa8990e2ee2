"""macOS: the frozen program as an .app in a .dmg, signed if it can be. Runs on a Mac only.

CODESIGN_IDENTITY names the certificate ("Developer ID Application: …"); without it the program is
signed "ad hoc", which Apple silicon needs to start anything, and Gatekeeper asks once.
NOTARY_PROFILE names what `notarytool store-credentials` kept; without it nothing is notarised.
"""

from __future__ import annotations

import os
import platform
import plistlib
import shutil
import sys
from pathlib import Path

from steps.components import frozen_components, write_licences, write_sbom
from steps.environment import site_packages
from steps.frozen import freeze
from steps.pictures import icns
from steps.project import (
    BUILD,
    DIST,
    NAME,
    PACKAGING,
    SLUG,
    Project,
    StepError,
    fresh_folder,
    megabytes,
    run,
    say,
    set_times,
)

SOURCES = PACKAGING / "macos"


def build(project: Project) -> list[Path]:
    """The disk image, in dist/. Raises StepError on anything but a Mac."""
    if sys.platform != "darwin":
        raise StepError("an installer for macOS can only be built on a Mac (Apple's tools)")
    identity = os.environ.get("CODESIGN_IDENTITY") or "-"
    bundle = make_bundle(project)
    _sign(bundle, identity)
    DIST.mkdir(exist_ok=True)
    image = DIST / f"{SLUG}-{project.version}-macos-{platform.machine()}.dmg"
    _pack(bundle, image)
    if identity != "-":
        run(["codesign", "--sign", identity, "--timestamp", image])
    if profile := os.environ.get("NOTARY_PROFILE"):
        run(["xcrun", "notarytool", "submit", "--wait", "--keychain-profile", profile, image])
        run(["xcrun", "stapler", "staple", image])
    return [image]


def make_bundle(project: Project) -> Path:
    """The .app, from the folder that PyInstaller's BUNDLE makes, with licences and SBOM inside."""
    icon = BUILD / f"{SLUG}.icns"
    icon.parent.mkdir(parents=True, exist_ok=True)
    icon.write_bytes(icns())
    about = (SOURCES / "Info.plist").read_text(encoding="utf-8")
    told = BUILD / "Info.plist"
    told.write_text(about.replace("@VERSION@", project.version), encoding="utf-8")
    plistlib.loads(told.read_bytes())
    freeze(project, ATZ_ICNS=str(icon), ATZ_INFO_PLIST=str(told))
    bundle = BUILD / "frozen" / f"{NAME}.app"
    packages = site_packages(BUILD / "environment" / "bin" / "python")
    inside = frozen_components(packages)
    contents = bundle / "Contents"
    # Where the program looks: PyInstaller puts a link there to what lies in Resources.
    write_licences(contents / "Frameworks" / "resources" / "licences", inside)
    write_sbom(contents / "Resources" / "sbom.cdx.json", project, inside, bundle)
    set_times(bundle, project.epoch)
    say(f"bundle: {megabytes(bundle)}")
    return bundle


def _sign(bundle: Path, identity: str) -> None:
    """Sign everything inside and then the whole, and look that it holds."""
    hardened = ["--options", "runtime", "--entitlements", SOURCES / "entitlements.plist"]
    timed = "--timestamp=none" if identity == "-" else "--timestamp"
    command = ["codesign", "--force", "--deep", "--sign", identity, timed, *hardened, bundle]
    run([str(word) for word in command])
    run(["codesign", "--verify", "--deep", "--strict", bundle])


def _pack(bundle: Path, image: Path) -> None:
    """The image that a person opens: the program beside a link to the folder of programs."""
    folder = fresh_folder(BUILD / "image")
    shutil.copytree(bundle, folder / bundle.name, symlinks=True)
    (folder / "Applications").symlink_to("/Applications")
    image.unlink(missing_ok=True)
    made = ["hdiutil", "create", "-volname", NAME, "-srcfolder", folder]
    run([str(word) for word in (*made, "-fs", "HFS+", "-format", "ULFO", "-ov", image)])
