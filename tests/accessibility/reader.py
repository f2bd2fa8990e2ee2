"""Does the main job as a screen reader does: through the accessibility tree alone.

Runs under the system's Python, which has the AT-SPI bindings (gir1.2-atspi-2.0), inside a session
bus of its own. Arguments: the command that starts the program. Prints what it did.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

PATIENCE = 40.0


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def walk(node: Any, depth: int = 0) -> Iterator[Any]:
    yield node
    if depth > 40:
        return
    try:
        count = node.get_child_count()
    except GLib.Error:
        return
    for index in range(count):
        try:
            child = node.get_child_at_index(index)
        except GLib.Error:
            continue
        if child is not None:
            yield from walk(child, depth + 1)


def until(find: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if found := find():
                return found
        except GLib.Error:
            pass
        time.sleep(0.1)
    raise SystemExit(f"not found in the accessibility tree: {what}\n{names()}")


def program() -> Any:
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        app = desktop.get_child_at_index(index)
        if app is not None and app.get_child_count():
            for child in walk(app, 38):
                if "ATZ Desktop" in (child.get_name() or ""):
                    return app
    return None


def named(name: str, *roles: str) -> Any:
    app = program()
    for node in walk(app) if app else ():
        if node.get_name() == name and (not roles or node.get_role_name() in roles):
            return node
    return None


def find(name: str, *roles: str) -> Any:
    return until(lambda: named(name, *roles), f"{name} ({', '.join(roles) or 'any role'})")


def names() -> str:
    app = program()
    rows = [(n.get_role_name(), n.get_name()) for n in walk(app)] if app else []
    return "\n".join(f"  {role}: {name}" for role, name in rows if name)


def text_of(node: Any) -> str:
    return str(Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node)))


def press(name: str, *roles: str) -> None:
    node = find(name, *roles)
    until(lambda: node.get_state_set().contains(Atspi.StateType.ENABLED), f"{name} switched on")
    action = node.get_action_iface()
    assert action is not None, f"{name} cannot be pressed"
    assert action.do_action(0), f"pressing {name} failed"
    say(f"pressed: {name}")


def dictate(name: str, text: str) -> None:
    node = find(name, "text", "entry")
    assert Atspi.EditableText.set_text_contents(node, text), f"{name} took no text"
    until(lambda: text_of(find(name, "text", "entry")) == text, f"{name} holds {text!r}")
    say(f"dictated into {name}: {text}")


def choose(name: str, label: str) -> None:
    press(name, "combo box")
    item = find(label, "list item")
    assert item.get_action_iface().do_action(0), f"{label} cannot be chosen"
    put_back = find(f"Put back {name}")
    until(lambda: put_back.get_state_set().contains(Atspi.StateType.SHOWING), f"{name} is changed")
    say(f"chose {label} for {name}")


def main() -> int:
    with subprocess.Popen(sys.argv[1:]) as process:
        try:
            job()
        finally:
            process.terminate()
    return process.returncode


def job() -> None:
    until(program, "the program")
    dictate("Activity ID", "42")
    press("Load")
    old = until(lambda: text_of(find("Title", "text", "entry")), "the title of activity 42")
    say(f"the title is: {old}")
    dictate("Title", "Dictated title")
    press("Mark as done", "check box")
    choose("Importance", "High")
    people = find("Candidates", "text", "entry")
    say(f"the box for candidates is there: {people.get_role_name()}")
    find("Put back Title")
    press("Save", "push button", "button")
    find("Saved and checked. 3 fields read back from ATZ and found as meant.")
    say("heard: Saved and checked")


if __name__ == "__main__":
    sys.exit(main())
