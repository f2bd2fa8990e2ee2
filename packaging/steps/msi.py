"""The MSI beside Setup.exe: per machine, from the same payload, for tools that roll out software.

Debian's wixl makes the database from a WiX source that is written here; what wixl does not know
(conditions, remembered properties, upgrades of the same version) is put into the tables by
msibuild.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, ElementTree, SubElement

from steps.project import BUILD, NAME, SLUG, SUMMARY, Project, fresh_folder, run, tool

WORK = BUILD / "windows" / "msi"
UPGRADE_CODE = "{5B2B8E0C-6C5D-4F0E-9B0B-7D3C1E7A4F21}"
"""The product, in all its versions. Never to be changed: Windows knows by it what to replace."""
_NAMESPACE = uuid.UUID(UPGRADE_CODE)
MAKER = "The authors of ATZ Desktop"
POLICIES = r"SOFTWARE\ATZ Desktop"
REMEMBERED = r"SOFTWARE\ATZ Desktop\Setup"
"""What the properties were at the last installation; an upgrade without them takes these."""
LEFT_BEHIND = (
    "Uninstalling keeps what people made: drafts, history and settings are in"
    r" %LOCALAPPDATA%\ATZ Desktop of each of them, tokens in the Credential Manager."
)
_WIX = "http://schemas.microsoft.com/wix/2006/wi"


class Setting(NamedTuple):
    """A property of the MSI, and the value below `POLICIES` that it sets (store/machine.py)."""

    name: str
    value: str

    @property
    def previous(self) -> str:
        """The property that holds the value of the last installation."""
        return f"PREVIOUS{self.name}"

    @property
    def component(self) -> str:
        return f"Set{self.value}"


SETTINGS = (
    Setting("APIURL", "ApiUrl"),
    Setting("ACCOUNTSFILE", "AccountsFile"),
    Setting("NOUPDATECHECK", "NoUpdateCheck"),
)


def make_msi(project: Project, payload: Path, launcher: Path, output: Path) -> Path:
    """The MSI; signed by SIGN_CMD if that says how."""
    folder = fresh_folder(WORK)
    tree = _lay_out(project, payload, launcher, folder / "tree")
    source = folder / f"{SLUG}.wxs"
    ElementTree(_source(project, tree)).write(source, encoding="utf-8", xml_declaration=True)
    output.unlink(missing_ok=True)
    run([tool("wixl", "wixl"), "--arch", "x64", "--output", output, source.name], cwd=folder)
    queries = [word for query in _queries(project) for word in ("-q", query)]
    run([tool("msibuild", "msitools"), output, *queries])
    if sign := os.environ.get("SIGN_CMD"):
        run(["sh", "-c", f'{sign} "$1"', "sign", output])
    return output


def product_code(project: Project) -> str:
    """Another one for each build, as Windows wants it of a MajorUpgrade."""
    return _guid(f"product {project.version} {project.commit}")


def _lay_out(project: Project, payload: Path, launcher: Path, tree: Path) -> Path:
    """The installed folder: launcher, current.txt, and the payload as the one version."""
    folder = f"{project.version}-{project.commit[:8]}"
    shutil.copytree(payload, tree / "versions" / folder, copy_function=os.link)
    # Held open by a running program (launcher.c); nobody but an administrator could make it here.
    (tree / "versions" / folder / "in-use.txt").write_bytes(b"")
    (tree / "current.txt").write_text(f"{folder}\r\n", encoding="ascii")
    shutil.copy(launcher, tree)
    shutil.copy(launcher.with_suffix(".ico"), tree)
    return tree


def _source(project: Project, tree: Path) -> Element:
    wix = Element("Wix", xmlns=_WIX)
    product = SubElement(
        wix,
        "Product",
        Id=product_code(project),
        Name=NAME,
        Language="1033",
        Version=_three_numbers(project),
        Manufacturer=MAKER,
        UpgradeCode=UPGRADE_CODE,
    )
    about = {"Description": SUMMARY, "Comments": "x64"}
    SubElement(
        product,
        "Package",
        InstallerVersion="500",
        Compressed="yes",
        InstallScope="perMachine",
        **about,
    )
    later = "A newer version of ATZ Desktop is installed already. Uninstall it first."
    SubElement(product, "MajorUpgrade", DowngradeErrorMessage=later)
    SubElement(product, "Media", Id="1", Cabinet="atz.cab", EmbedCab="yes")
    SubElement(product, "Icon", Id="atz.ico", SourceFile=f"{tree.name}/{SLUG}.ico")
    for name, value in _properties().items():
        SubElement(product, "Property", Id=name, Value=value)
    for setting in SETTINGS:
        _find_previous(SubElement(product, "Property", Id=setting.previous), setting)
    feature = Element("Feature", Id="Main", Level="1")
    _directories(product, tree, feature)
    product.append(feature)
    return wix


def _properties() -> dict[str, str]:
    return {
        # Nothing is restarted and no window closed: a running program goes on, the next start is
        # of the new version.
        "REBOOT": "ReallySuppress",
        "MSIRESTARTMANAGERCONTROL": "Disable",
        "ARPPRODUCTICON": "atz.ico",
        "ARPCOMMENTS": LEFT_BEHIND,
        "ARPNOMODIFY": "1",
    }


def _find_previous(found: Element, setting: Setting) -> None:
    SubElement(
        found,
        "RegistrySearch",
        Id=f"Find{setting.value}",
        Root="HKLM",
        Key=REMEMBERED,
        Name=setting.value,
        Type="raw",
        Win64="yes",
    )


def _directories(product: Element, tree: Path, feature: Element) -> None:
    target = SubElement(product, "Directory", Id="TARGETDIR", Name="SourceDir")
    programs = SubElement(target, "Directory", Id="ProgramFiles64Folder")
    installed = SubElement(programs, "Directory", Id="INSTALLDIR", Name=NAME)
    _fill(installed, tree, tree, feature)
    for setting in SETTINGS:
        component = _component(installed, setting.component, f"setting {setting.name}", feature)
        for key in (POLICIES, REMEMBERED):
            _registry(component, key, setting.value, f"[{setting.name}]", key == POLICIES)
    menu = SubElement(target, "Directory", Id="ProgramMenuFolder")
    component = _component(menu, "StartMenu", "start menu", feature)
    program = f"[INSTALLDIR]{SLUG}.exe"
    SubElement(
        component,
        "Shortcut",
        Id="Shortcut",
        Name=NAME,
        Description=SUMMARY,
        Target=program,
        Icon="atz.ico",
        WorkingDirectory="INSTALLDIR",
    )
    # `start atz-desktop` finds it; and a shortcut's component needs a key in the registry.
    paths = rf"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\{SLUG}.exe"
    _registry(component, paths, "", program, is_key=True)


def _fill(parent: Element, folder: Path, tree: Path, feature: Element) -> None:
    """One component for each folder: all of it comes and goes together."""
    place = folder.relative_to(tree).as_posix()
    files = sorted(each for each in folder.iterdir() if each.is_file())
    if files:
        component = _component(parent, _id("c", place), f"folder {place}", feature)
        for number, file in enumerate(files):
            path = file.relative_to(tree).as_posix()
            named = {"Id": _id("f", path), "Name": file.name, "Source": f"{tree.name}/{path}"}
            SubElement(component, "File", **named, **({} if number else {"KeyPath": "yes"}))
    for below in sorted(each for each in folder.iterdir() if each.is_dir()):
        path = below.relative_to(tree).as_posix()
        _fill(
            SubElement(parent, "Directory", Id=_id("d", path), Name=below.name),
            below,
            tree,
            feature,
        )


def _component(parent: Element, name: str, about: str, feature: Element) -> Element:
    SubElement(feature, "ComponentRef", Id=name)
    return SubElement(parent, "Component", Id=name, Guid=_guid(about), Win64="yes")


def _registry(component: Element, key: str, name: str, value: str, is_key: bool) -> None:
    named = {"Name": name} if name else {}
    by_key = {"KeyPath": "yes"} if is_key else {}
    where = {"Root": "HKLM", "Key": key, "Type": "string", "Value": value}
    SubElement(component, "RegistryValue", **where, **named, **by_key)


def _queries(project: Project) -> Iterator[str]:
    """What wixl cannot say, as changes of its tables."""
    found = "WIX_UPGRADE_DETECTED"
    # 512: the version itself counts too, as another build of it may be installed.
    yield f"DELETE FROM `Upgrade` WHERE `ActionProperty` = '{found}'"
    yield (
        "INSERT INTO `Upgrade` (`UpgradeCode`, `VersionMax`, `Attributes`, `ActionProperty`)"
        f" VALUES ('{UPGRADE_CODE}', '{_three_numbers(project)}', 513, '{found}')"
    )
    # After InstallInitialize: when the new version cannot be installed, the old one comes back.
    yield (
        "UPDATE `InstallExecuteSequence` SET `Sequence` = 1501"
        " WHERE `Action` = 'RemoveExistingProducts'"
    )
    secure = ["WIX_DOWNGRADE_DETECTED", found]
    for place, setting in enumerate(SETTINGS, 61):
        use = f"Use{setting.previous}"
        yield (
            f"UPDATE `Component` SET `Condition` = '{setting.name}'"
            f" WHERE `Component` = '{setting.component}'"
        )
        # 51: a property is set from a formatted text. Without a new value, the last one holds.
        yield (
            "INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`)"
            f" VALUES ('{use}', 51, '{setting.name}', '[{setting.previous}]')"
        )
        for sequence in ("InstallExecuteSequence", "InstallUISequence"):
            yield (
                f"INSERT INTO `{sequence}` (`Action`, `Condition`, `Sequence`) VALUES"
                f" ('{use}', '{setting.previous} AND NOT {setting.name}', {place})"
            )
        secure += [setting.name, setting.previous]
    yield (
        f"UPDATE `Property` SET `Value` = '{';'.join(secure)}'"
        " WHERE `Property` = 'SecureCustomProperties'"
    )


def _three_numbers(project: Project) -> str:
    """A version as Windows Installer compares it."""
    return ".".join(map(str, project.four_numbers[:3]))


def _id(kind: str, path: str) -> str:
    return kind + hashlib.sha256(path.encode()).hexdigest()[:20]


def _guid(name: str) -> str:
    return "{" + str(uuid.uuid5(_NAMESPACE, name)).upper() + "}"
