"""The Linux packages: in a clean minimal Debian, and unpacked in a folder with an odd name."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from steps.debian import architecture
from steps.linux import tarball_name
from steps.project import BUILD, DIST, SLUG, Project, StepError, fresh_folder, run, say, tool

from proof.checking import (
    SHOTS,
    answer,
    check,
    check_size,
    files_below,
    running,
    screen,
    wait_for,
)

WORK = BUILD / "prove-linux"
ROOT_FOLDER = WORK / "root"
SUITE = "bookworm"
PERSON = "1000:1000"
HOME = Path("srv/anna")


def prove(project: Project) -> dict[str, float]:
    """Raises StepError with the first thing that is not as it must be; figures for the bench."""
    deb = DIST / f"{SLUG}_{project.version}_{architecture()}.deb"
    size = check_size(deb)
    fresh_folder(WORK)
    _validate()
    with screen() as display:
        _relocated(project, display)
        _replaced_while_running(project)
        _in_clean_debian(project, deb, display)
    return {"deb_mb": size}


def _validate() -> None:
    share = BUILD / "share"
    run([tool("desktop-file-validate", "desktop-file-utils"), *share.glob("applications/*")])
    run([tool("appstreamcli", "appstream"), "validate", "--no-net", *share.glob("metainfo/*")])
    say("ok: the menu entry and the AppStream description are valid")


def tarball(project: Project) -> Path:
    """Where the .tar.xz of this version lies once it is built on this machine."""
    return DIST / f"{tarball_name(project)}.tar.xz"


def unpacked(project: Project) -> Path:
    """The .tar.xz, unpacked into a folder with an odd name; the program."""
    folder = fresh_folder(WORK / "Ünpacked – here")
    run(["tar", "--extract", "--file", tarball(project), "--directory", folder])
    (program,) = folder.glob(f"*/{SLUG}")
    return program


def _relocated(project: Project, display: str) -> None:
    shots = fresh_folder(SHOTS / "linux-tar")
    env = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    code, said = answer([str(unpacked(project)), "--self-test", str(shots)], env)
    check(code == 0, "the .tar.xz passes the self-test from wherever it lies", said)


def _replaced_while_running(project: Project) -> None:
    """An upgrade replaces the executable, which the modules are read from, under a running one."""
    program = unpacked(project)
    command = [str(program), "--self-test", str(fresh_folder(WORK / "shots"))]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        other = program.with_name("other")
        other.write_bytes(b"another version" * 1_000_000)
        other.replace(program)
        said = process.stdout.read()
    check(process.returncode == 0, "a running program does not mind being replaced", said)


def _in_clean_debian(project: Project, deb: Path, display: str) -> None:
    _clean_debian()
    shutil.copy(deb, ROOT_FOLDER / "srv" / "first.deb")
    _repack(deb, f"{project.version}+1", ROOT_FOLDER / "srv" / "second.deb")
    _inside("apt-get", "-qq", "update")
    _inside(*INSTALL, "/srv/first.deb")
    say("ok: the .deb installs into a clean Debian")
    listed = _inside("dpkg-query", "--listfiles", SLUG).split()
    check(f"/usr/share/applications/{SLUG}.desktop" in listed, "its menu entry is there")
    said = _as_person(display, SLUG, "--self-test", "/srv/anna/shots")
    say("\n" + said)
    check("The self-test passed." in said, "the installed program passes its self-test under X")
    check("certs" in said or "ca-" in said, "it finds the system's certificate authorities")
    shutil.copytree(ROOT_FOLDER / HOME / "shots", SHOTS / "linux", dirs_exist_ok=True)
    _upgrade_while_running(display)
    data = _data_files()
    _inside("apt-get", "-qq", "purge", "--yes", SLUG)
    left = [name for name in listed if "atz" in name and (ROOT_FOLDER / name[1:]).exists()]
    check(not left, f"purging leaves nothing of the program: {left}")
    check(_data_files() == data, "… and everything of the person")


INSTALL = ("apt-get", "-qq", "install", "--yes", "--no-install-recommends")


def _upgrade_while_running(display: str) -> None:
    command = _person_command(display, SLUG, "--sandbox", "42")
    with running(command, {}) as process:
        wait_for(lambda: "atz.sqlite3" in _data_files(), "the program keeps its data")
        _inside(*INSTALL, "/srv/second.deb")
        version = _inside("dpkg-query", "--show", "--showformat=${Version}", SLUG)
        check(version.endswith("+1"), f"the .deb upgrades to {version}")
        check(process.poll() is None, "the program that was running still runs")
    check("atz.sqlite3" in _data_files(), "the data is kept")
    said = _as_person(display, SLUG, "--version")
    check(SLUG in said or "ATZ" in said, f"the upgraded program starts: {said.strip()}")


def _data_files() -> set[str]:
    below = ROOT_FOLDER / HOME / ".local"
    return {Path(name).name for name in files_below(below)} - {"atz.sqlite3-wal", "atz.sqlite3-shm"}


def _clean_debian() -> None:
    """A new minimal Debian; its packages are fetched once and kept in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / f"{SLUG}-build"
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / f"{SUITE}-minbase.tar"
    if not kept.exists():
        say("fetching a clean Debian (once)")
        made = fresh_folder(WORK / "made")
        options: list[str | Path] = ["--variant=minbase", SUITE, made, _mirror()]
        run([tool("debootstrap", "debootstrap"), *options])
        run(["tar", "--create", "--file", kept.with_suffix(".new"), "--directory", made, "."])
        kept.with_suffix(".new").replace(kept)
    ROOT_FOLDER.mkdir()
    run(["tar", "--extract", "--file", kept, "--directory", ROOT_FOLDER])
    shutil.rmtree(ROOT_FOLDER / "etc" / "apt")
    for settings in ("etc/apt", "usr/share/keyrings"):  # the same mirror as this machine's
        shutil.copytree(f"/{settings}", ROOT_FOLDER / settings, dirs_exist_ok=True, symlinks=True)
    for file in ("etc/resolv.conf", "etc/hosts"):
        shutil.copyfile(f"/{file}", ROOT_FOLDER / file)
    (ROOT_FOLDER / HOME).mkdir()
    os.chown(ROOT_FOLDER / HOME, 1000, 1000)


def _mirror() -> str:
    """The mirror that this machine's apt uses."""
    ask = ["apt-get", "indextargets", "--format", "$(REPO_URI)", f"Codename: {SUITE}"]
    found = run(ask).split()
    if not found:
        raise StepError(f"this machine's apt knows no mirror of Debian {SUITE}")
    return found[0]


def _repack(deb: Path, version: str, target: Path) -> None:
    """The same package as a later version, packed in little time."""
    content = WORK / "later"
    run(["dpkg-deb", "--raw-extract", deb, content])
    control = content / "DEBIAN" / "control"
    lines = control.read_text().splitlines()
    changed = [f"Version: {version}" if line.startswith("Version:") else line for line in lines]
    control.write_text("\n".join(changed) + "\n")
    run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", content, target])


def _chroot(*command: str) -> list[str]:
    """A command inside of the clean Debian, with /proc, in a mount namespace of its own."""
    mount = f'mount --bind /proc "{ROOT_FOLDER}/proc" && exec chroot "$@"'
    return ["unshare", "--mount", "sh", "-c", mount, "chroot", *command]


def _inside(*command: str) -> str:
    env = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    return run(_chroot(str(ROOT_FOLDER), *command), env=env)


def _person_command(display: str, *command: str) -> list[str]:
    env = ["env", "-i", "PATH=/usr/bin:/bin", f"HOME=/{HOME}", f"DISPLAY={display}", "LANG=C.UTF-8"]
    return _chroot(f"--userspec={PERSON}", str(ROOT_FOLDER), *env, *command)


def _as_person(display: str, *command: str) -> str:
    done = subprocess.run(
        _person_command(display, *command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode != 0:
        raise StepError(f"{' '.join(command)} failed with {done.returncode}:\n{done.stdout}")
    return done.stdout
