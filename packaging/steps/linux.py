"""Linux: the folder of the program, its licences and SBOM, as .tar.xz and as .deb."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from steps.components import Component, frozen_components, write_licences, write_sbom
from steps.contents import OWN
from steps.debian import pack_deb
from steps.environment import site_packages
from steps.frozen import freeze
from steps.pictures import HICOLOR, SVG, write_png
from steps.project import BUILD, DIST, PACKAGING, SLUG, Project, fresh_folder, run, set_times, tool


def build(project: Project) -> list[Path]:
    """Both packages, in dist/."""
    program = freeze(project)
    _strip(program)
    packages = site_packages(BUILD / "environment" / "bin" / "python")
    inside = frozen_components(packages)
    share = _share(project)
    DIST.mkdir(exist_ok=True)
    deb = pack_deb(project, _lean(project, program, inside), share, DIST)
    _describe(project, program, [*inside, *_system_libraries(program)])
    return [deb, _pack_tar(project, program, share)]


def _lean(project: Project, program: Path, inside: list[Component]) -> Path:
    """The program without the libraries that Debian's packages bring: those get their updates."""
    lean = BUILD / "lean"
    shutil.rmtree(lean, ignore_errors=True)
    shutil.copytree(program, lean, symlinks=True)
    for file in (lean / "_internal").glob("lib*.so*"):
        if not OWN.match(file.name):
            file.unlink()
    _describe(project, lean, inside)
    return lean


def _describe(project: Project, tree: Path, inside: list[Component]) -> None:
    place = Path("_internal", "resources", "licences")
    write_licences(tree / place, inside)
    (tree / "licences").symlink_to(place)
    write_sbom(tree / "sbom.cdx.json", project, inside, tree)


def _strip(program: Path) -> None:
    """Take the debugging symbols out of Python itself; everything else comes without any."""
    internal = program / "_internal"
    own = [*internal.glob("libpython3*"), *internal.glob("python3*/lib-dynload/*.so")]
    run([tool("strip", "binutils"), "--strip-unneeded", *own])


def _system_libraries(program: Path) -> Iterator[Component]:
    """The Debian packages that libraries of the build machine came from, where it is Debian."""
    found = [file.name for file in (program / "_internal").glob("lib*.so*")]
    names = [name for name in found if not OWN.match(name)]
    asked = ["dpkg-query", "--search", *(f"*/{name}" for name in names)]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return
    shipped = {line.partition(": ")[0].split(",")[0] for line in answer.splitlines()}
    for package in sorted(shipped):
        version = run(["dpkg-query", "--show", "--showformat=${Version}", package])
        name = package.partition(":")[0]
        text = Path("/usr/share/doc") / name / "copyright"
        texts = (text,) if text.is_file() else ()
        yield Component(name, version, f"pkg:deb/debian/{name}@{version}", "see copyright", texts)


def _share(project: Project) -> Path:
    """The folder `share` of a desktop: the entry in its menu, the icons, the description."""
    from datetime import UTC, datetime

    share = fresh_folder(BUILD / "share")
    (share / "applications").mkdir()
    shutil.copy(PACKAGING / "linux" / "atz-desktop.desktop", share / "applications")
    icons = share / "icons" / "hicolor"
    for side in HICOLOR:
        write_png(icons / f"{side}x{side}" / "apps" / f"{SLUG}.png", side)
    (icons / "scalable" / "apps").mkdir(parents=True)
    shutil.copy(SVG, icons / "scalable" / "apps" / f"{SLUG}.svg")
    date = datetime.fromtimestamp(project.epoch, UTC).date().isoformat()
    text = (PACKAGING / "linux" / "metainfo.xml").read_text(encoding="utf-8")
    text = text.replace("@VERSION@", project.version).replace("@DATE@", date)
    (share / "metainfo").mkdir()
    (share / "metainfo" / "app.atz_desktop.ATZDesktop.metainfo.xml").write_text(text, "utf-8")
    return share


def tarball_name(project: Project) -> str:
    """What the .tar.xz is called before its ending, and the folder in it."""
    return f"{SLUG}-{project.version}-linux-{platform.machine()}"


def _pack_tar(project: Project, program: Path, share: Path) -> Path:
    """The folder that runs from wherever it is unpacked: sorted, of nobody, at one time."""
    name = tarball_name(project)
    top = fresh_folder(BUILD / "tar") / name
    shutil.copytree(program, top, symlinks=True)
    shutil.copytree(share, top / "share")
    set_times(top, project.epoch)
    plain = BUILD / f"{name}.tar"
    owner = ("--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu")
    run(["tar", "--create", *owner, "--file", plain, "--directory", top.parent, name])
    packed = DIST / f"{name}.tar.xz"
    with packed.open("wb") as file:
        xz: list[str | Path] = [
            tool("xz", "xz-utils"),
            "-6",
            "--threads=2",
            "--block-size=48MiB",
            "--stdout",
        ]
        subprocess.run([*xz, plain], stdout=file, check=True)
    plain.unlink()
    os.utime(packed, (project.epoch, project.epoch))
    return packed
