"""The .deb: the program below /usr/lib, what a desktop reads below /usr/share, Depends computed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from steps.project import (
    BUILD,
    PACKAGING,
    ROOT,
    SLUG,
    SUMMARY,
    Project,
    fresh_folder,
    run,
    set_times,
    size_of,
    tool,
)

DEVELOPERS = "The authors of ATZ Desktop <noreply@example.invalid>"
# Not linked, so dpkg-shlibdeps cannot see it: without authorities no https connection is made.
ALSO_NEEDED = "ca-certificates"


def pack_deb(project: Project, program: Path, share: Path, where: Path) -> Path:
    """Write the package into `where`; its path."""
    root = fresh_folder(BUILD / "deb")
    library = root / "usr" / "lib" / SLUG
    shutil.copytree(program, library, symlinks=True)
    shutil.copytree(share, root / "usr" / "share")
    (root / "usr" / "bin").mkdir()
    (root / "usr" / "bin" / SLUG).symlink_to(f"../lib/{SLUG}/{SLUG}")
    documents = root / "usr" / "share" / "doc" / SLUG
    documents.mkdir(parents=True)
    (documents / "copyright").symlink_to(f"../../../lib/{SLUG}/licences/README.txt")
    shutil.copy(ROOT / "CHANGELOG.md", documents)
    control = root / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(_control(project, root, library), "utf-8")
    shutil.copy(PACKAGING / "linux" / "postrm", control / "postrm")
    for path in (*root.rglob("*"), root):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    (control / "postrm").chmod(0o755)
    set_times(root, project.epoch)
    deb = where / f"{SLUG}_{project.version}_{architecture()}.deb"
    pack: list[str | Path] = ["--root-owner-group", "-Zxz", "-z9", "--build", root, deb]
    run([tool("dpkg-deb", "dpkg"), *pack], env={"SOURCE_DATE_EPOCH": str(project.epoch)})
    return deb


def architecture() -> str:
    """What Debian calls this machine's processor: amd64, arm64."""
    return run(["dpkg", "--print-architecture"]).strip()


def _control(project: Project, root: Path, library: Path) -> str:
    installed = size_of(root) // 1024
    return f"""Package: {SLUG}
Version: {project.version}
Architecture: {architecture()}
Maintainer: {DEVELOPERS}
Installed-Size: {installed}
Depends: {ALSO_NEEDED}, {_depends(library)}
Recommends: fonts-noto-color-emoji, hicolor-icon-theme
Suggests: gnome-keyring | kwalletmanager
Section: misc
Priority: optional
Description: {SUMMARY}
 Load a meeting, task, email or interview of ATZ CRM by its ID, change what is
 wrong in a form, and save: only the changed fields are sent, and "saved" is
 said only after the activity was read back and compared.
"""


def _depends(library: Path) -> str:
    """What the binaries of the program link to and do not bring along, as Debian's packages."""
    work = fresh_folder(BUILD / "shlibdeps")
    (work / "debian").mkdir()
    (work / "debian" / "control").write_text(
        "Source: atz-desktop\n\nPackage: atz-desktop\nArchitecture: any\n"
    )
    binaries = [file for file in sorted(library.rglob("*")) if _is_elf(file)]
    private = sorted({f"-l{file.parent}" for file in binaries})
    ask = [tool("dpkg-shlibdeps", "dpkg-dev"), "-O", "--ignore-missing-info", "--warnings=0"]
    said = run([*ask, *private, *binaries], cwd=work)
    lines = [line for line in said.splitlines() if line.startswith("shlibs:Depends=")]
    return lines[-1].removeprefix("shlibs:Depends=")


def _is_elf(file: Path) -> bool:
    if file.is_symlink() or not file.is_file():
        return False
    with file.open("rb") as content:
        return content.read(4) == b"\x7fELF"
