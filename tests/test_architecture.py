"""The shape of the program: imports go down only, and what has brought other programs down stands
nowhere, or only where it is looked after.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest
from pytest_archon import archrule

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "atz_desktop"

TOP = ("app", "launch", "__main__", "selftest")
NETWORK = ("httpx", "httpcore", "truststore")
ABOVE_SESSION = ("view", "sandbox", *TOP)

# The window paints first; all of these wait until it has.
HEAVY = {
    "asyncio",
    "atz_desktop.view.editors",
    "dataclasses",
    "httpx",
    "json",
    "keyring",
    "pydantic",
    "qasync",
    "sqlite3",
    "starlette",
    "uvicorn",
    "zoneinfo",
}
BEFORE_FIRST_PAINT = (
    "atz_desktop.__main__",
    "atz_desktop.store.machine",
    "atz_desktop.view.appearance",
    "atz_desktop.view.windows.main_window",
)


# Imports


class Direction(NamedTuple):
    """One rule about imports: these modules, but for some, import none of those."""

    says: str
    of: tuple[str, ...]
    never: tuple[str, ...]
    but: tuple[str, ...] = ()


def ours(*names: str) -> tuple[str, ...]:
    return tuple(f"atz_desktop.{name}" for name in names)


DIRECTIONS = (
    Direction(
        "api knows the domain and the network, and nothing else",
        of=ours("api"),
        never=(
            *ours("store", "session", *ABOVE_SESSION),
            "PySide6",
            "qasync",
            "sqlite3",
            "keyring",
        ),
    ),
    Direction(
        "store knows the domain and the disk, and nothing else",
        of=ours("store"),
        never=(*ours("api", "session", *ABOVE_SESSION), "PySide6", "qasync", "pydantic", *NETWORK),
    ),
    Direction(
        "session knows signals and no widgets",
        of=ours("session"),
        never=(*ours(*ABOVE_SESSION), "PySide6.QtWidgets", "PySide6.QtGui", "PySide6.QtNetwork"),
    ),
    Direction(
        "view knows the session and the values of the domain: no server, no files, nothing above",
        of=ours("view"),
        never=ours("api", "store", "sandbox", *TOP),
    ),
    Direction(
        "sandbox is a second opinion, so it imports nothing else of ours",
        of=ours("sandbox"),
        never=(
            *ours("domain", "api", "store", "session", "view", "resources", *TOP),
            *("PySide6", "qasync", "pydantic", "sqlite3", "keyring", *NETWORK),
        ),
    ),
    Direction(
        "the network is spoken to in api only",
        of=("atz_desktop",),
        never=(*NETWORK, "pydantic"),
        but=ours("api"),
    ),
    Direction(
        "the database and the key store are opened in store only",
        of=("atz_desktop",),
        never=("sqlite3", "keyring"),
        but=ours("store"),
    ),
    Direction(
        "the made-up server is built in sandbox only",
        of=("atz_desktop",),
        never=("starlette", "uvicorn", "python_multipart"),
        but=ours("sandbox"),
    ),
    Direction(
        "the loops of Qt and asyncio are joined at the top only",
        of=("atz_desktop",),
        never=("qasync",),
        but=ours(*TOP),
    ),
)


def below(names: tuple[str, ...]) -> list[str]:
    """Patterns for these modules and all that is inside them."""
    return [pattern for name in names for pattern in (name, f"{name}.*")]


@pytest.mark.parametrize("rule", DIRECTIONS, ids=lambda rule: rule.says)
def test_imports_go_down_only(rule: Direction) -> None:
    modules = archrule(rule.says).match(*below(rule.of)).exclude(*below(rule.but))
    modules.should_not_import(*below(rule.never)).check("atz_desktop", only_direct_imports=True)


def test_the_domain_stands_on_the_standard_library_alone() -> None:
    allowed = sorted((sys.stdlib_module_names - {"asyncio", "sqlite3"}) | {"atz_desktop.domain"})
    names = "|".join(re.escape(name) for name in allowed)
    rule = archrule("domain: standard library only", use_regex=True).match(
        r"^atz_desktop\.domain\b"
    )
    rule.should_not_import(rf"^(?!(?:{names})(?:\.|$))").check(
        "atz_desktop", only_direct_imports=True
    )


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    """Measured: a bare window paints after 120 ms; httpx adds 70 to 100, keyring 60 to 110, the
    editors of the form and what they stand on 25.
    """
    wanted = [name for name in BEFORE_FIRST_PAINT if importlib.util.find_spec(name)]
    script = f"import sys, {', '.join(wanted)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    loaded = set(done.stdout.decode().split())
    assert loaded.issuperset(wanted)
    assert HEAVY.isdisjoint(loaded), f"imported too early: {sorted(HEAVY & loaded)}"


def imported(source: str) -> set[str]:
    """The modules that a module names in its imports, those for types and late ones included."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return found


def in_order(graph: dict[str, set[str]]) -> list[str]:
    """The modules, each behind those that it needs. Raises CycleError."""
    return list(TopologicalSorter(graph).static_order())


def test_modules_need_each_other_one_way_only() -> None:
    """Types included: a reader begins at the top, and need not have read all to read one."""
    files = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts): file
        for file in PACKAGE.rglob("*.py")
        if file.name != "__init__.py"
    }
    graph = {
        name: imported(file.read_text(encoding="utf-8")) & files.keys() - {name}
        for name, file in files.items()
    }
    order = in_order(graph)
    wanted = ("shared", "connected", "accounts", "window", "program")
    places = [order.index(f"atz_desktop.app.{name}") for name in wanted]
    assert places == sorted(places)


def test_a_circle_by_types_alone_would_be_seen() -> None:
    late = "def f(): from app import b"
    types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import app.a"
    with pytest.raises(CycleError):
        in_order({"app.a": imported(late) - {"app"}, "app.b": imported(types) - {"typing"}})


# What stands nowhere, or in one place only


def words(node: ast.AST) -> set[str]:
    """The names that a node uses: a variable, an attribute, an import or a keyword argument."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return {name}
        case ast.alias(name=name):
            return {name.rpartition(".")[2]}
        case ast.keyword(arg=str(name)):
            return {name}
    return set()


def uses(*forbidden: str) -> Callable[[ast.AST], bool]:
    return lambda node: not words(node).isdisjoint(forbidden)


def runs_a_nested_loop(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and bool(words(node.func) & {"exec", "exec_"})


def catches_everything(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and words(node.func) == {"suppress"}:
        caught: list[ast.expr] = node.args
    elif isinstance(node, ast.ExceptHandler):
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type or ast.Name("")]
    else:
        return False
    return any(words(one) & {"", "Exception", "BaseException"} for one in caught)


def limits_a_length(node: ast.AST) -> bool:
    return "setMaxLength" in words(node) or (
        isinstance(node, ast.keyword) and node.arg == "maxLength"
    )


def narrows_a_signal(node: ast.AST) -> bool:
    """Signal types are C++ types: Signal(int) turned 2**40 into 0, Signal(dict) lost int keys."""
    if not isinstance(node, ast.Call) or words(node.func) != {"Signal"}:
        return False
    return bool(node.keywords) or any(words(arg) != {"object"} for arg in node.args)


class Ban(NamedTuple):
    """Something that is written nowhere in the program, but for the files named."""

    says: str
    finds: Callable[[ast.AST], bool]
    marks: tuple[str, ...]  # one of them stands in every text that has it: others are not parsed
    examples: tuple[str, ...]
    only_in: tuple[str, ...] = ()


PYSIDE = ("lazy_signatures.py", "quick_enums.py")
"""What does without something private of PySide6 and Python: whatever fails, the ordinary way is
gone."""

BANS = (
    Ban(
        "a task has one owner",
        uses("create_task", "ensure_future", "TaskGroup"),
        ("create_task", "ensure_future", "TaskGroup"),
        (
            "asyncio.create_task(work())",
            "loop.create_task(work())",
            "from asyncio import ensure_future as soon",
            "asyncio.TaskGroup()",
        ),
        only_in=("session/jobs.py",),
    ),
    Ban(
        "no nested event loop: it stops every task",
        runs_a_nested_loop,
        ("exec",),
        ("dialog.exec()", "menu.exec_(position)", "QDialog.exec(dialog)"),
        only_in=("domain/quick_dataclass.py",),  # Python's own, which compiles a text
    ),
    Ban(
        "no decorator makes a task that nobody can await",
        uses("asyncSlot", "asyncClose"),
        ("asyncSlot", "asyncClose"),
        ("from qasync import asyncSlot", "@qasync.asyncClose\ndef close(): pass"),
    ),
    Ban(
        "only the crash hook, the task supervisor, the self-test and the import of PySide6 catch"
        " everything",
        catches_everything,
        ("except:", "Exception"),
        (
            "try: pass\nexcept: pass",
            "try: pass\nexcept Exception as error: pass",
            "try: pass\nexcept (OSError, BaseException): pass",
            "contextlib.suppress(Exception)",
        ),
        only_in=("app/program.py", "session/jobs.py", "selftest.py", *PYSIDE),
    ),
    Ban(
        "a length is checked, never enforced: it would cut a longer loaded text",
        limits_a_length,
        ("setMaxLength", "maxLength"),
        ("line.setMaxLength(100)", "QLineEdit(maxLength=100)"),
        # They lift the limit that Qt has.
        only_in=("view/widgets/exact_text.py", "view/widgets/chip_line.py"),
    ),
    Ban(
        "a signal carries nothing or objects",
        narrows_a_signal,
        ("Signal(",),
        (
            "changed = Signal(int)",
            "changed = QtCore.Signal(dict)",
            "changed = Signal(object, str)",
            "changed = Signal(arguments=['a'])",
        ),
    ),
)
FINE = """
dialog.open()
execute(); executor.submit(work)
asyncio.wait({task})
changed = Signal(); told = Signal(object); both = Signal(object, object)
line.maxLength()
suppress(OSError)
try: pass
except (OSError, ValueError): pass
"""


# Privates and crumbs

NAMED_TUPLE = {"_replace", "_asdict", "_fields", "_make", "_field_defaults"}


def foreign_privates(source: str) -> Iterator[int]:
    """Lines that use a private name that the module does not define itself."""
    tree = ast.parse(source)
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                continue
            case ast.Attribute(attr=name) | ast.alias(name=name) if (
                name.startswith("_") and not name.startswith("__") and name not in NAMED_TUPLE | own
            ):
                yield getattr(node, "lineno", 0)


def test_no_module_of_the_session_uses_a_private_of_another() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in sorted((PACKAGE / "session").rglob("*.py"))
        for line in foreign_privates(file.read_text(encoding="utf-8"))
    ]
    assert not found


def test_a_foreign_private_would_be_seen() -> None:
    seen = foreign_privates("session._drafts.flush()\nfrom x import _y\nself.z._q")
    assert sorted(seen) == [1, 2, 3]
    assert not list(foreign_privates("self._drafts.flush()\nedit._replace(a=1)\nfrom x import y"))


SHORT = {
    "domain/clock.py": "one clock for all, which must be replaceable in one place",
    "session/log_step.py": "known to every log, which needs nothing else of the report for support",
    "resources.py": "where the files are that travel with the program, frozen or not",
    "sandbox/origin_check.py": "who may ask the made-up server: a rule that stands on its own",
    "api/__init__.py": "must run before httpx is imported",
    "view/editors/__init__.py": "the table of editors by kind",
    "view/widgets/updating.py": "used by editors, dialogs and windows alike",
}
"""Modules below 25 lines, and why each is one."""


def test_a_module_below_25_lines_has_a_reason() -> None:
    short = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if len(lines := file.read_text(encoding="utf-8").splitlines()) < 25
        and not (file.name == "__init__.py" and len(lines) < 5)
    }
    assert short == SHORT.keys(), f"merge, or give a reason: {sorted(short ^ SHORT.keys())}"


def lines_with(ban: Ban, source: str) -> Iterator[int]:
    if not any(mark in source for mark in ban.marks):
        return
    for node in ast.walk(ast.parse(source)):
        if ban.finds(node):
            yield getattr(node, "lineno", 0)


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.says)
def test_banned_things_stand_nowhere_else(ban: Ban) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in sorted(PACKAGE.rglob("*.py"))
        if file.relative_to(PACKAGE).as_posix() not in ban.only_in
        for line in lines_with(ban, file.read_text(encoding="utf-8"))
    ]
    assert not found, f"{ban.says}; see {', '.join(found)}"


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.says)
def test_each_ban_sees_what_it_bans_and_nothing_else(ban: Ban) -> None:
    blind_to = [example for example in ban.examples if not list(lines_with(ban, example))]
    assert not blind_to
    assert not list(lines_with(ban, FINE))


# The checkout speaks of itself alone

REGISTRIES = (
    rb"(?:pypi|pythonhosted|npmjs|deb\.debian)[.](?:org|com)|(?:snapshot|security)[.]debian[.]org"
    rb"|(?:index|registry)[-_]url\b|find[-_]links"
)
MADE_HERE = {
    *(".git", ".venv", "__pycache__", "build", "dist"),
    *(".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
}
MACHINE_PATHS = rb"(?<![\w/.:~$}-])(?:/(?:work|root)/[\w.-]|/tmp/[\w.-]+/)"


def tracked_files() -> list[Path]:
    """What git knows; where there is no git (an unpacked archive), all that is not made here."""
    ask = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    try:
        listed = subprocess.run(ask, cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    except (OSError, subprocess.CalledProcessError):
        every = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return [ROOT / path for path in every if MADE_HERE.isdisjoint(path.parts)]
    return [ROOT / name.decode() for name in listed if name and (ROOT / name.decode()).is_file()]


def places(pattern: bytes, files: list[Path]) -> list[str]:
    found = []
    for file in files:
        content = file.read_bytes()
        for match in re.finditer(pattern, content):
            line = content.count(b"\n", 0, match.start()) + 1
            found.append(f"{file}:{line}")
    return found


@pytest.mark.parametrize("pattern", [REGISTRIES, MACHINE_PATHS], ids=["registry", "machine"])
def test_no_file_names_a_registry_or_a_path_of_a_machine(pattern: bytes) -> None:
    files = tracked_files()
    assert ROOT / "pyproject.toml" in files
    assert not places(pattern, files)


def test_a_registry_or_a_path_of_a_machine_would_be_found(tmp_path: Path) -> None:
    sample = tmp_path / "sample.txt"
    host, folder = "pypi" + ".org", "/root"
    sample.write_text(f"fine\nhttps://{host}/simple\nsee {folder}/notes\n/v1/work/3\n")
    assert places(REGISTRIES, [sample]) == [f"{sample}:2"]
    assert places(MACHINE_PATHS, [sample]) == [f"{sample}:3"]


RUNS_EVENTS = {"mouseMove", "processEvents", "qWait", "waitExposed", "waitActive"}
"""Calls that run Qt's events before they return."""


def calls_in_coroutines(source: str) -> Iterator[int]:
    """The lines on which a coroutine runs Qt's events."""
    if not any(name in source for name in RUNS_EVENTS):
        return
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.AsyncFunctionDef):
            for node in ast.walk(function):
                called = node.func if isinstance(node, ast.Call) else None
                if isinstance(called, ast.Attribute) and called.attr in RUNS_EVENTS:
                    yield called.lineno


def test_no_coroutine_runs_the_events_of_qt() -> None:
    """A step of another task that comes due in there cannot be made, and is lost for ever."""
    assert list(
        calls_in_coroutines("async def f():\n    QTest.mouseMove(x)\ndef g(): app.qWait(1)")
    )
    files = (*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"))
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in sorted(files)
        for line in calls_in_coroutines(file.read_text(encoding="utf-8"))
    ]
    assert not found
