"""The MSI: its tables, and under Wine: install with properties, self-test, repair, upgrade, refuse
an older version, uninstall. Not seen here: Windows itself, a program that runs meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from steps.msi import LEFT_BEHIND, SETTINGS, UPGRADE_CODE, make_msi, product_code
from steps.project import BUILD, DIST, NAME, SLUG, Project, fresh_folder, run, say, tool

from proof.checking import SHOTS, answer, check

REPAIR = ("REINSTALL=ALL", "REINSTALLMODE=amus")
"""What `msiexec /fa` means: Wine 8 fails at that."""
GIVEN = {"APIURL": "https://atz.example.com", "NOUPDATECHECK": "1"}
POLICIES = r"HKLM\SOFTWARE\ATZ Desktop"
LISTED = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"


def prove_msi(project: Project, env: Mapping[str, str], drive: Path) -> None:
    """Raises StepError with the first thing that is not as it must be. `drive` is Wine's C:."""
    msi = DIST / f"{SLUG}-{project.version}-x64.msi"
    _check_tables(msi, project)
    newer = _newer(project)
    home = drive / "Program Files" / NAME
    data = next((drive / "users").glob("*/AppData/Local")) / NAME / "settings.json"
    data.parent.mkdir(exist_ok=True)
    data.write_text("{}")
    given = [f"{name}={value}" for name, value in GIVEN.items()]
    check(_msiexec(env, "/i", msi, *given) == 0, "the MSI is installed without a window")
    check((home / f"{SLUG}.exe").is_file(), "… in Program Files")
    check(_value(env, POLICIES, "ApiUrl") == GIVEN["APIURL"], "APIURL is set for the computer")
    check(_value(env, POLICIES, "NoUpdateCheck") == "1", "NOUPDATECHECK too")
    check(_value(env, POLICIES, "AccountsFile") == "", "… and what was not given is not")
    shots = fresh_folder(SHOTS / "windows-msi")
    code, said = answer(["wine", str(home / f"{SLUG}.exe"), "--self-test", f"Z:{shots}"], env)
    check(code == 0, "the program that the MSI installed passes its self-test", said)
    lost = home / "versions" / _current(home) / "python313.dll"
    lost.unlink()
    check(_msiexec(env, "/i", msi, *REPAIR) == 0, "a repair ends with 0")
    check(lost.is_file(), "… and brings a lost file back")
    _upgrade(env, msi, newer, home)
    check(_msiexec(env, "/x", newer) == 0, "it is uninstalled without a window")
    check(not home.exists(), "nothing is left in Program Files")
    check(_value(env, POLICIES, "ApiUrl") == "", "nor of what the MSI set for the computer")
    check(data.is_file(), "what people made is kept")
    data.unlink()


def _newer(project: Project) -> Path:
    """An MSI of the next version with the same content."""
    first, second, third, _ = project.four_numbers
    version = f"{first}.{second}.{third + 1}"
    later = project._replace(version=version, commit="later" + project.commit)
    built = BUILD / "windows"
    launcher = built / "launcher" / f"{SLUG}.exe"
    return make_msi(later, built / "payload", launcher, BUILD / "newer.msi")


def _check_tables(msi: Path, project: Project) -> None:
    properties = _rows(msi, "Property")
    wanted = {
        "ALLUSERS": "1",
        "UpgradeCode": UPGRADE_CODE,
        "ProductCode": product_code(project),
        "REBOOT": "ReallySuppress",
        "ARPCOMMENTS": LEFT_BEHIND,
    }
    for name, value in wanted.items():
        check(properties[name][1] == value, f"the MSI's {name} is {value[:40]}")
    secure = properties["SecureCustomProperties"][1].split(";")
    check(all(each.name in secure for each in SETTINGS), "its properties pass the elevation")
    components = _rows(msi, "Component")
    conditions = {each.name: components[each.component][4] for each in SETTINGS}
    check(all(name == value for name, value in conditions.items()), "each sets its own value only")
    (found,) = (row for row in _all_rows(msi, "Upgrade") if row[6] == "WIX_UPGRADE_DETECTED")
    check(int(found[4]) & 512 == 512, "it replaces another build of its own version too")
    order = {name: int(row[2]) for name, row in _rows(msi, "InstallExecuteSequence").items()}
    inside = order["InstallInitialize"] < order["RemoveExistingProducts"] < order["InstallFiles"]
    check(inside, "an upgrade that fails brings the old version back")
    check("x64" in run([tool("msiinfo", "msitools"), "suminfo", msi]), "it is for 64 bit")


def _upgrade(env: Mapping[str, str], msi: Path, newer: Path, home: Path) -> None:
    before = _current(home)
    check(_msiexec(env, "/i", newer) == 0, "a newer MSI is installed over it")
    check(_current(home) != before, f"the next start is of the new version ({_current(home)})")
    left = [folder.name for folder in (home / "versions").iterdir()]
    check(left == [_current(home)], f"the old version is gone: {left}")
    kept = _value(env, POLICIES, "ApiUrl") == GIVEN["APIURL"]
    check(kept, "what the properties set holds without being given again")
    _, said = answer(["wine", "reg", "query", LISTED, "/s", "/reg:64"], env)
    check(said.count(f"REG_SZ    {NAME}") == 1, "Windows lists the program once", said)
    check(_msiexec(env, "/i", msi) != 0, "an older MSI refuses to replace it")
    check((home / "versions" / _current(home) / "python313.dll").is_file(), "… and changes nothing")


def _msiexec(env: Mapping[str, str], action: str, msi: Path, *properties: str) -> int:
    code, said = answer(["wine", "msiexec", action, f"Z:{msi}", "/qn", *properties], env)
    if code:
        say(f"msiexec {action} {msi.name} ended with {code} {said.strip()}")
    return code


def _current(home: Path) -> str:
    return (home / "current.txt").read_text().strip()


def _value(env: Mapping[str, str], key: str, name: str) -> str:
    """A text of the 64-bit registry; "" where there is none."""
    code, said = answer(["wine", "reg", "query", key, "/v", name, "/reg:64"], env)
    return said.rpartition("REG_SZ")[2].strip() if code == 0 else ""


def _rows(msi: Path, table: str) -> dict[str, list[str]]:
    return {row[0]: row for row in _all_rows(msi, table)}


def _all_rows(msi: Path, table: str) -> list[list[str]]:
    exported = run([tool("msiinfo", "msitools"), "export", msi, table])
    return [line.split("\t") for line in exported.replace("\r", "").splitlines()[3:]]
