"""Windows: embeddable CPython, Windows' wheels, our own launcher; Setup.exe and MSI around them.

Built on Linux (mingw-w64, makensis, wixl, osslsigncode), or on Windows with the same tools.
Windows itself is needed nowhere; what compiles Python's files is told in `_compiler`.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

from steps.components import Component, python_packages, write_licences, write_sbom
from steps.contents import prune
from steps.environment import embedded_python, windows_packages
from steps.msi import make_msi
from steps.pictures import ico
from steps.project import (
    BUILD,
    DIST,
    PACKAGING,
    ROOT,
    SLUG,
    Project,
    StepError,
    fresh_folder,
    megabytes,
    run,
    say,
    set_times,
    size_of,
    tool,
)
from steps.winget import write_manifest

PYTHON = "3.13"
PYTHON_FULL = "3.13.2"
PYTHON_NOTE = (
    "February 2025: no newer embeddable build that carries the signature of the Python Software"
    " Foundation was to be had in November 2026; see packaging/README.md"
)
APP_ID = "ATZDesktop.ATZDesktop"
"""AppUserModelID: what the task bar groups windows and shortcuts by."""
SOURCES = PACKAGING / "windows"
WORK = BUILD / "windows"

SIGNERS = ("Python Software Foundation", "Microsoft Corporation")
"""Microsoft's is for vcruntime140*.dll, which CPython passes on."""
UNUSED_MODULES = ("_pyrepl", "doctest", "pdb", "pydoc_data", "unittest")
"""Of Python's own modules: what developers use (frozen.spec leaves them out on Linux and macOS)."""
UNUSED = ("python.exe", "pythonw.exe", "python.cat", "winsound.pyd")
# platform.py does without it; under Wine it brings the process down.
UNUSED_BUT_FATAL_UNDER_WINE = ("_wmi.pyd",)
SEARCHED = "python313.zip\n.\npackages\napp\n"
"""Where Python looks for modules (python313._pth), whatever is set on the computer."""


def build(project: Project) -> list[Path]:
    """Setup.exe and the MSI, in dist/; the winget manifest in a folder there."""
    fresh_folder(WORK)
    payload = make_payload(project)
    launcher = make_launcher(project)
    DIST.mkdir(exist_ok=True)
    names = f"{SLUG}-{project.version}"
    setup = make_setup(project, payload, launcher, DIST / f"{names}-Setup.exe")
    msi = make_msi(project, payload, launcher, DIST / f"{names}-x64.msi")
    manifest = write_manifest(project, setup, msi, DIST / "winget")
    say(f"the winget manifest is in {manifest.relative_to(ROOT)}")
    return [setup, msi]


def make_payload(project: Project) -> Path:
    """The folder of one version: Python, packages, the program; compiled, pruned, described."""
    payload = fresh_folder(WORK / "payload")
    _unpack_python(payload)
    packages = windows_packages(payload / "packages", PYTHON)
    _remove_unused(packages)
    inside = [*python_packages(packages), _python(payload), _openssl(payload)]
    saved = prune(packages)
    say(f"left out {saved / 1e6:.0f} MB of Qt that the program does not use")
    shutil.rmtree(packages / "bin")
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "atz_desktop", payload / "app" / "atz_desktop", ignore=without)
    shutil.copytree(ROOT / "resources", payload / "app" / "resources")
    write_licences(payload / "app" / "resources" / "licences", inside)
    (payload / "python313._pth").write_text(SEARCHED, encoding="ascii")
    _compile(payload)
    write_sbom(payload / "sbom.cdx.json", project, inside, payload)
    set_times(payload, project.epoch)
    say(f"payload: {megabytes(payload)}")
    return payload


def _unpack_python(payload: Path) -> None:
    """The embeddable Python; the files that are run carry the signatures they must."""
    archive = embedded_python()
    whole = fresh_folder(WORK / "python")
    with tarfile.open(archive) as outer:
        member = next(name for name in outer.getnames() if name.endswith("/data.zip"))
        held = outer.extractfile(member)
        assert held is not None
        with zipfile.ZipFile(held) as inner:
            inner.extractall(WORK / "archive")
    for file in sorted((WORK / "archive" / "cp313").iterdir()):
        shutil.copy(file, whole)
        if file.suffix in {".exe", ".dll", ".pyd"}:
            check_signature(file)
    say(f"Python {PYTHON_FULL}: every binary is signed as expected and unchanged")
    for file in whole.iterdir():
        if file.name not in (*UNUSED, *UNUSED_BUT_FATAL_UNDER_WINE):
            shutil.copy(file, payload)
    store_library(payload / "python313.zip")


def store_library(archive: Path) -> None:
    """Python's own modules without compression, which Setup.exe does better itself (by 1.3 MB), and
    without those that nobody uses at run time.
    """
    with zipfile.ZipFile(archive) as packed:
        wanted = (entry for entry in packed.infolist() if _is_used(entry.filename))
        held = [(entry, packed.read(entry)) for entry in wanted]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as stored:
        for entry, content in held:
            entry.compress_type = zipfile.ZIP_STORED
            stored.writestr(entry, content)


def _is_used(module: str) -> bool:
    return module.partition("/")[0].removesuffix(".pyc") not in UNUSED_MODULES


def _remove_unused(packages: Path) -> None:
    """PyNaCl is compiled already: of cffi it needs `_cffi_backend`, and of pycparser nothing.
    pydantic.v1 is for programs that were written for its first version.
    """
    for unused in ("cffi", "pycparser", "pydantic/v1", *_named(packages, "pycparser-*")):
        shutil.rmtree(packages / unused)


def _named(folder: Path, pattern: str) -> list[str]:
    return [each.name for each in folder.glob(pattern)]


def check_signature(file: Path) -> None:
    """The Authenticode digest fits the file, and the signer is one that we expect.

    Raises StepError if not. Whether the signer's certificate leads to a root is not asked: the
    roots that Windows trusts are not those of Linux. The pinned hash of the archive stands behind.
    """
    command = [tool("osslsigncode", "osslsigncode"), "verify", "-in", str(file)]
    said = _run_whatever_comes(command)
    lines = [line.strip() for line in said.splitlines()]
    digests = {
        line.rpartition(":")[2].strip()
        for line in lines
        if line.startswith(("Current message digest", "Calculated message digest"))
    }
    signer = next((line for line in lines if line.startswith("Subject:")), "")
    if len(digests) != 1 or not any(f"O={name}" in signer for name in SIGNERS):
        raise StepError(f"{file.name} is not signed as expected:\n{said}")


def _run_whatever_comes(command: list[str]) -> str:
    """What a program printed, whatever its exit code."""
    import subprocess

    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    return done.stdout + done.stderr


def _python(payload: Path) -> Component:
    purl = f"pkg:generic/python@{PYTHON_FULL}?arch=x86_64&os=windows"
    texts = (payload / "LICENSE.txt",)
    return Component("CPython", PYTHON_FULL, purl, "PSF-2.0", texts, PYTHON_NOTE)


def _openssl(payload: Path) -> Component:
    """The OpenSSL that came with Python, by the version that its library says."""
    found = re.search(rb"OpenSSL (\d+\.\d+\.\d+)", (payload / "libcrypto-3.dll").read_bytes())
    if found is None:
        raise StepError("libcrypto-3.dll does not say its version")
    version = found[1].decode()
    say(f"OpenSSL {version}")
    note = f"came with CPython {PYTHON_FULL}; used for TLS as a client, and for hashes"
    return Component("OpenSSL", version, f"pkg:generic/openssl@{version}", "Apache-2.0", (), note)


def _compile(payload: Path) -> None:
    """Compile every module beside its source, and ship what was compiled: quicker and smaller."""
    compiler = _compiler()
    if not compiler:
        say("neither Python 3.13 nor Wine is here: nothing is compiled, the first start is slower")
        return
    options = ["-q", "-f", "-b", "--invalidation-mode", "unchecked-hash", "-s"]
    environ = {"PYTHONHASHSEED": "0", "WINEDEBUG": "-all", "WINEPREFIX": str(WORK / "wine")}
    for part in ("packages", "app"):
        folder = payload / part
        # Wine shows all of Linux as drive Z.
        seen = f"Z:{folder}" if Path(compiler[0]).name == "wine" else str(folder)
        run([*compiler, "-m", "compileall", *options, seen, seen], env=environ)
        for source in folder.rglob("*.py"):
            if source.with_suffix(".pyc").is_file():
                source.unlink()


def _compiler() -> list[str]:
    """A Python whose compiled files the embedded one reads: any 3.13, else itself under Wine.

    Empty where there is neither.
    """
    embedded = WORK / "python" / "python.exe"
    if sys.version_info[:2] == (3, 13):
        return [sys.executable]
    if os.name == "nt":
        return [str(embedded)]
    wine = shutil.which("wine")
    return [wine, str(embedded)] if wine else []


def make_launcher(project: Project) -> Path:
    """atz-desktop.exe with icon, version and manifest, by mingw-w64; signed by SIGN_CMD."""
    folder = fresh_folder(WORK / "launcher")
    (folder / f"{SLUG}.ico").write_bytes(ico())
    for name in ("launcher.c", "launcher.rc", "launcher.manifest"):
        shutil.copy(SOURCES / name, folder)
    numbers = ",".join(map(str, project.four_numbers))
    (folder / "version.h").write_text(
        f'#define FOUR_NUMBERS {numbers}\n#define VERSION_TEXT "{project.version}"\n'
    )
    prefix = "x86_64-w64-mingw32-"
    version = ["-include", "version.h"]
    windres = [tool(f"{prefix}windres", "binutils-mingw-w64-x86-64"), "--codepage=65001"]
    preprocess = ["--preprocessor", f"{prefix}gcc"]
    for word in ("-E", "-xc", "-DRC_INVOKED", *version):
        preprocess += ["--preprocessor-arg", word]
    run([*windres, *preprocess, "launcher.rc", "launcher.o"], cwd=folder)
    strict = ["-Os", "-s", "-Wall", "-Wextra", "-Werror", "-municode", "-mwindows"]
    same_bytes = ["-Wl,--no-insert-timestamp", "-ffile-prefix-map=.=launcher"]
    libraries = ["-lshell32", "-lole32", "-ladvapi32"]
    gcc = [tool(f"{prefix}gcc", "gcc-mingw-w64-x86-64"), *strict, *same_bytes]
    run(
        [
            *gcc,
            f'-DAPP_ID=L"{APP_ID}"',
            "launcher.c",
            "launcher.o",
            *libraries,
            "-o",
            f"{SLUG}.exe",
        ],
        cwd=folder,
    )
    launcher = folder / f"{SLUG}.exe"
    if sign := os.environ.get("SIGN_CMD"):
        run(["sh", "-c", f'{sign} "$1"', "sign", launcher])
    os.utime(launcher, (project.epoch, project.epoch))
    return launcher


def make_setup(project: Project, payload: Path, launcher: Path, output: Path) -> Path:
    """Setup.exe by makensis; it signs itself and the uninstaller if SIGN_CMD says how.

    QUICK=1 in the environment packs it badly in little time: for trying things.
    """
    told = {
        "OUTPUT": output,
        "PAYLOAD": payload,
        "LAUNCHER": launcher,
        "ICON": launcher.with_suffix(".ico"),
        "APP_ID": APP_ID,
        "VERSION": project.version,
        "FOUR_NUMBERS": ".".join(map(str, project.four_numbers)),
        "VERSION_ID": f"{project.version}-{project.commit[:8]}",
        "KILOBYTES": size_of(payload) // 1024,
    }
    told |= {name: os.environ[name] for name in ("SIGN_CMD", "QUICK") if os.environ.get(name)}
    defined = [f"-D{name}={value}" for name, value in told.items()]
    script = SOURCES / "installer.nsi"
    output.unlink(missing_ok=True)
    makensis = [tool("makensis", "nsis"), "-V2", "-WX"]
    run([*makensis, *defined, script], env={"SOURCE_DATE_EPOCH": str(project.epoch)})
    return output
