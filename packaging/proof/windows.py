"""Setup.exe under Wine: install, self-test, upgrade of a running program, repair, uninstall. Then
the MSI (msi.py).

Wine 8 lacks two small libraries of Windows, which packaging/windows/wine/ stands in for. They go
into the Wine prefix of this proof, never into the payload. Wine also offers this system's fonts.
Of emoji that are made of pixels it gives no metrics, and Qt then reads memory that nobody wrote
(QWindowsFontEngine), which ends the program now and then. Windows has no such font, so the proof
hides them. Not tried: real Windows, SmartScreen.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from steps.project import (
    BUILD,
    DIST,
    NAME,
    PACKAGING,
    SLUG,
    Project,
    StepError,
    fresh_folder,
    run,
    say,
    tool,
)
from steps.windows import make_setup

from proof.checking import (
    SHOTS,
    answer,
    check,
    check_size,
    files_below,
    photograph,
    running,
    screen,
    wait_for,
)
from proof.company import proxy_script
from proof.msi import prove_msi

WORK = BUILD / "prove-windows"
PREFIX = WORK / "prefix"
USER = PREFIX / "drive_c" / "users"
STAND_INS = ("icuuc", "bcryptprimitives")
RUN_ONCE = r"HKCU\Software\Microsoft\Windows\CurrentVersion\RunOnce"
TYPED = "+typed-before-the-upgrade"
FONTS = """<?xml version="1.0"?>
<fontconfig><dir>{0}</dir><cachedir>{0}/cache</cachedir></fontconfig>
"""


def prove(project: Project) -> dict[str, float]:
    """Raises StepError with the first thing that is not as it must be; figures for the bench."""
    setup = DIST / f"{SLUG}-{project.version}-Setup.exe"
    newer = _newer(project)
    size = check_size(setup)
    fresh_folder(WORK)
    with screen() as display, _wine(display) as env:
        before = files_below(USER)
        took = _install(setup, env)
        check((_menu() / f"{NAME}.lnk").is_file(), "there is a shortcut in the Start menu")
        check(_registered(env, project.version), "Windows lists the program with its version")
        _self_test(env)
        _upgrade_while_running(project, newer, env, display)
        _repair(newer, env)
        _uninstall(env, before)
        prove_msi(project, env, PREFIX / "drive_c")
    return {"setup_mb": size, "setup_install_s": round(took, 1)}


def _newer(project: Project) -> Path:
    """A Setup of a later version with the same content, packed in little time."""
    os.environ["QUICK"] = "1"
    try:
        later = project._replace(version=f"{project.version}.1", commit="later" + project.commit)
        built = BUILD / "windows"
        launcher = built / "launcher" / f"{SLUG}.exe"
        return make_setup(later, built / "payload", launcher, BUILD / "newer-Setup.exe")
    finally:
        del os.environ["QUICK"]


@contextlib.contextmanager
def _wine(display: str) -> Iterator[dict[str, str]]:
    """A new Wine prefix as Windows 10; the environment to run programs in."""
    env = {
        "WINEPREFIX": str(PREFIX),
        "WINEDEBUG": "-all",
        # no offer to install .NET or a browser, and no debugger that holds a crashed program
        "WINEDLLOVERRIDES": "mscoree=;mshtml=;winedbg.exe=",
        "DISPLAY": display,
        "FONTCONFIG_FILE": str(_fonts()),
    }
    run([tool("wine", "wine"), "wineboot", "--init"], env=env)
    gcc = tool("x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64")
    system = PREFIX / "drive_c" / "windows" / "system32"
    for name in STAND_INS:
        source = PACKAGING / "windows" / "wine" / f"{name}.c"
        run([gcc, "-shared", "-O", "-s", "-o", system / f"{name}.dll", source, "-ladvapi32"])
    source = PACKAGING / "windows" / "wine" / "credential.c"
    run([gcc, "-municode", "-O", "-s", "-o", WORK / "credential.exe", source, "-ladvapi32"])
    run(["wine", "winecfg", "-v", "win10"], env=env)
    try:
        yield env
    finally:
        subprocess.run(["wineserver", "--kill"], env={**os.environ, **env}, check=False)


def _fonts() -> Path:
    """A configuration of fontconfig with the TrueType fonts of this system but the emoji."""
    folder = fresh_folder(WORK / "fonts")
    for font in Path("/usr/share/fonts").rglob("*.ttf"):
        if "emoji" not in font.name.lower():
            (folder / font.name).symlink_to(font)
    file = WORK / "fonts.conf"
    file.write_text(FONTS.format(folder), encoding="utf-8")
    return file


def _home() -> Path:
    return next(USER.glob("*/AppData/Local/Programs")).parent / "Programs" / NAME


def _data() -> Path:
    return _home().parent.parent / NAME


def _menu() -> Path:
    return next(USER.glob("*/AppData/Roaming/Microsoft/Windows/Start Menu/Programs"))


def _current() -> str:
    return (_home() / "current.txt").read_text().strip()


def _install(setup: Path, env: dict[str, str]) -> float:
    started = time.monotonic()
    code, said = answer(["wine", str(setup), "/S"], env)
    took = time.monotonic() - started
    check(code == 0, f"a silent installation ends with 0 after {took:.0f} s {said.strip()}")
    return took


def _registered(env: dict[str, str], version: str) -> bool:
    key = rf"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\{NAME}"
    _, said = answer(["wine", "reg", "query", key, "/v", "DisplayVersion"], env)
    return version in said.split()


def _self_test(env: dict[str, str]) -> None:
    shots = fresh_folder(SHOTS / "windows")
    command = ["wine", str(_home() / f"{SLUG}.exe"), "--self-test", f"Z:{shots}"]
    with proxy_script(env) as asked:
        code, said = answer(command, env)
    say("\n" + said.strip())
    check(code == 0, "the installed program passes its self-test")
    check("key store keeps a token" in said, "… with the Credential Manager")
    check("platform windows" in said, "… in a window of Windows")
    found = bool(asked) and "the system names a proxy on the way to ATZ" in said
    check(found, "… and finds the proxy that a company's script names")


@contextlib.contextmanager
def _started(env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = ["wine", str(_home() / f"{SLUG}.exe"), "--sandbox", "42"]
    with running(command, env) as process:
        wait_for(lambda: _window(env) != "", "a window of the program")
        time.sleep(5)  # the activity is loaded behind it, which nothing outside can see
        yield process


def _window(env: dict[str, str]) -> str:
    _, said = answer(["xdotool", "search", "--onlyvisible", "--name", NAME], env)
    return said.split()[0] if said.split() else ""


def _type(env: dict[str, str]) -> None:
    """Go to the title by the keyboard and type: it is the first field behind "Activity ID"."""
    focus = ["xdotool", "windowfocus", _window(env), "key", "ctrl+l"]
    for tabs in (1, 2, 3, 4) * 3:  # again while nothing is loaded yet
        keys = [word for _ in range(tabs) for word in ("key", "Tab")]
        answer([*focus, *keys, "key", "End", "type", "--delay", "40", TYPED], env)
        with contextlib.suppress(StepError):
            wait_for(_is_kept, "", 3)
            break
    check(_is_kept(), "what was typed is in the file of drafts")


def _is_kept() -> bool:
    return TYPED in _drafts()


def _drafts() -> str:
    file = _data() / "atz.sqlite3"
    if not file.exists():
        return ""
    copy = fresh_folder(WORK / "copy")
    for part in _data().glob("atz.sqlite3*"):
        shutil.copy(part, copy)
    with contextlib.closing(sqlite3.connect(copy / "atz.sqlite3")) as connection:
        try:
            return str(connection.execute("SELECT * FROM drafts").fetchall())
        except sqlite3.DatabaseError:  # copied while the program was making it
            return ""


def _close(env: dict[str, str], process: subprocess.Popen[bytes]) -> None:
    answer(["wine", "taskkill", "/F", "/IM", f"{SLUG}.exe"], env)
    process.wait(30)


def _upgrade_while_running(
    project: Project, newer: Path, env: dict[str, str], display: str
) -> None:
    old = _current()
    with _started(env) as process:
        say(f"a picture of the installed program: {photograph(display, 'windows-running.png')}")
        _type(env)
        _install(newer, env)
        check(process.poll() is None, "the program that was running still runs")
        check((_home() / "versions" / old).is_dir(), "… from its own folder, which is kept")
        check(_uninstall_code(env) == 2, "uninstalling a running program refuses with 2")
        check((_home() / "versions" / old / "python313.dll").is_file(), "… and removes nothing")
        _, said = answer(["wine", "reg", "query", RUN_ONCE], env)
        check(old in said, "the old version goes at the next sign-in, if not before")
        _close(env, process)
    check(_current() != old, f"the next start is of the new version ({_current()})")
    check(_registered(env, f"{project.version}.1"), "Windows lists the new version")
    check(_is_kept(), "the draft is still there")
    with _started(env) as process:
        picture = photograph(display, "windows-after-upgrade.png")
        say(f"a picture after the upgrade, with the draft: {picture}")
        _close(env, process)


def _repair(setup: Path, env: dict[str, str]) -> None:
    lost = _home() / "versions" / _current() / "python313.dll"
    lost.unlink()
    _install(setup, env)
    check(lost.is_file(), "a file that was lost is back after running Setup again")
    left = [folder.name for folder in (_home() / "versions").iterdir()]
    check(left == [_current()], f"older versions that nobody uses are removed: {left}")


def _credential(env: dict[str, str], does: str, name: str) -> bool:
    code, _ = answer(["wine", str(WORK / "credential.exe"), does, name], env)
    return code == 0


def _uninstall_code(env: dict[str, str]) -> int:
    """Uninstall and wait for it: `_?=` keeps it from working on in a copy of itself.

    A batch file, because that argument must come last and without quotes although it has spaces.
    """
    windows = "C:\\" + str(_home().relative_to(PREFIX / "drive_c")).replace("/", "\\")
    batch = PREFIX / "drive_c" / "uninstall.bat"
    batch.write_text(f'@"{windows}\\uninstall.exe" /S _?={windows}\r\n@exit /b %ERRORLEVEL%\r\n')
    code, _ = answer(["wine", "cmd", "/c", r"C:\uninstall.bat"], env)
    batch.unlink()
    return code


def _uninstall(env: dict[str, str], before: set[str]) -> None:
    home, data = _home(), _data()
    ours_and_theirs = (NAME, f"https://api.example.com@{NAME}", "Somebody else's")
    for name in ours_and_theirs:
        check(_credential(env, "keep", name), f"the Credential Manager holds {name}")
    uninstall = ["wine", str(home / "uninstall.exe"), "/S"]
    code, _ = answer(uninstall, env)
    wait_for(lambda: not home.exists(), "a silent uninstallation removes its folder")
    check(code == 0, "a silent uninstallation removes its folder")
    added = {path for path in files_below(USER) - before if "/Temp" not in path}
    ours = {path for path in added if not path.startswith(str(data))} - {str(home.parent)}
    check(not ours, f"nothing is left but the data: {sorted(ours)}")
    check(not _registered(env, ""), "Windows lists the program no more")
    _, said = answer(["wine", "reg", "query", RUN_ONCE], env)
    check(NAME not in said, "nothing is left to do at the next sign-in")
    check(_is_kept(), "the data is kept: the draft is there")
    left = [name for name in ours_and_theirs if _credential(env, "has", name)]
    check(left == [*ours_and_theirs], "… and the sign-in")
    _install(BUILD / "newer-Setup.exe", env)
    answer([*uninstall, "/DELETEDATA"], env)
    wait_for(lambda: not home.exists(), "the folder is gone again")
    check(not data.exists(), "with /DELETEDATA the data is gone too")
    left = [name for name in ours_and_theirs if _credential(env, "has", name)]
    check(left == [ours_and_theirs[-1]], "… and the sign-in, and nobody else's")
