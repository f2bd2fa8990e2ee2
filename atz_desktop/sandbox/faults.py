"""Everything that can go wrong between the program and ATZ, as data that is switched on and off.

What a fault does to a connection stands in fault_responses.py. Nothing is imported here that a
menu, built before the first paint, would have to wait for.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

Course = Literal[
    "slow", "colleague", "refused", "ignored", "altered", "false_refused", "delayed", "lagging"
]
Lost = Literal["timeout", "late", "reset"]
Mangled = Literal["truncated", "dripping"]
Wrong = Literal[
    "wrong_activity",
    "old_record",
    "answer",
    "empty",
    "html",
    "bad_json",
    "wrong_shape",
    "redirect",
]
Status = Literal[
    "202", "400", "401", "403", "404", "409", "413", "422", "429", "500", "502", "503", "504"
]
FaultName = Course | Lost | Mangled | Wrong | Status

COURSE: frozenset[FaultName] = frozenset(get_args(Course))
"""These change the course of a request and leave its answer alone: any number strike at once."""

APPLIED: frozenset[FaultName] = frozenset(
    {"truncated", "dripping", "wrong_activity", "empty", "html", "bad_json", "wrong_shape"}
)
"""These strike after the request was carried out, unless it is said otherwise."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, and for which requests.

    Which: `method` (None: any) and a prefix of the `path`; the first `skip` requests that fit pass
    untouched, the next `times` are struck (None: all, until it is switched off).

    - `slow`: the request is taken up after `seconds`, even if the client has left by then.
    - `colleague`: a colleague sets `values` (see Account.colleague_edits; none: a new location
      each time) in the activity of the path, just before the request is taken up.
    - `refused`: the server stops listening and closes idle connections: at once, or with a `skip`
      just before the last request that passes is answered. Nobody can count refused connections,
      so it lasts until it is switched off.
    - `ignored`: 200, but the fields named in `fields` (none: all) stay as they were.
    - `altered`: 200, but of what was sent the server replaces `values` (in the form of PUT; none:
      it cuts the title to ten characters).
    - `false_refused`: a JSON `false` in a PUT is answered with 422 that names the flag, and nothing
      is changed; `true`, 0, 1, `"0"`, `"1"` and the parts of a form are taken.
    - `delayed`: the change of a PUT is made only `seconds` after it was taken up, whatever else
      strikes it and whether or not somebody waits; what is answered meanwhile is not delayed.
    - `lagging`: a GET of an activity or of the list shows what was `seconds` ago (at most KEPT of
      timeline.py); with `lags`, each in its turn, as the replicas of a database do.
    - `timeout`: no answer; held open until the client leaves or Faults.release.
    - `late`: no answer, and carried out only at Faults.release, though the client may have left.
    - `reset`: the connection is reset (RST).
    - `truncated`: half of the answer, then the end of the connection.
    - `dripping`: one byte of the answer's body every `seconds`.
    - `old_record`: the activity as it was before the request was carried out.
    - `wrong_activity`: the activity `activity_id` (None: the next one) in place of the right one.
    - `answer`: `status`, `headers` and `body` as handed in.
    - `empty`, `html`, `bad_json`, `wrong_shape`: 200, and not what the documents say.
    - `redirect`: 307 to `location`.
    - `202` … `504`: that status, 502 as a proxy's HTML page; with the `body` handed in, if any;
      429 with a `Retry-After` of `retry_after` seconds, if any, written as number or `as_date`.

    `applied`: whether the request is carried out before the fault strikes (None: as in APPLIED).
    So `Fault("reset", "PUT", applied=True)` loses the answer but not the change, and together with
    `Fault("delayed", "PUT")` the change comes after the answer was lost. With
    `Fault("ignored", "PUT", fields=("title",))`, `Fault("422", "PUT", applied=True)` refuses a
    change that was made in part.
    `delayed` and `lagging` count by the clock of the sandbox, whose seconds may be short.
    """

    name: FaultName
    method: str | None = None
    path: str = "/"
    times: int | None = None
    skip: int = 0
    applied: bool | None = None
    seconds: float = 3.0
    lags: tuple[float, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    activity_id: int | None = None
    location: str = ""
    retry_after: float | None = None
    as_date: bool = False
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def __post_init__(self) -> None:
        if self.name == "refused" and self.times is not None:
            raise ValueError("refused connections cannot be counted: switch the fault off instead")
        if self.name == "redirect" and not self.location:
            raise ValueError("a redirect needs a location")

    @property
    def is_applied(self) -> bool:
        """Whether the request is carried out before the fault strikes."""
        if self.name in ("truncated", "dripping", "wrong_activity", "old_record"):
            return True
        return self.name in APPLIED if self.applied is None else self.applied

    def fits(self, method: str, path: str) -> bool:
        """Whether this request is one of those meant."""
        return self.method in (None, method) and path.startswith(self.path)


@dataclass(frozen=True)
class MenuEntry:
    """One fault as a person may switch it on: until it is switched off again."""

    label: str
    fault: Fault


ONE_ACTIVITY = "/v1/activity/"

MENU = (
    MenuEntry("Slow answers", Fault("slow", seconds=3.0)),
    MenuEntry("Too many requests", Fault("429", path=ONE_ACTIVITY, retry_after=20)),
    MenuEntry("Server error", Fault("500", path=ONE_ACTIVITY)),
    MenuEntry(
        "Answer lost after the change", Fault("reset", "PUT", path=ONE_ACTIVITY, applied=True)
    ),
    MenuEntry("Change arrives late", Fault("delayed", "PUT", path=ONE_ACTIVITY, seconds=10.0)),
    MenuEntry(
        "Reads lag behind writes (10 s)", Fault("lagging", "GET", path="/v1/activity", seconds=10.0)
    ),
    MenuEntry("A colleague edits in between", Fault("colleague", "GET", path=ONE_ACTIVITY)),
    MenuEntry("Refuses false", Fault("false_refused", "PUT", path=ONE_ACTIVITY)),
    MenuEntry("Garbage instead of an answer", Fault("html", path=ONE_ACTIVITY)),
)
"""What the Sandbox menu offers."""


class ActiveFault:
    """One fault that was switched on, and how often it struck so far."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.skip = fault.skip
        self.left = fault.times
        self._struck = 0
        self._changed = threading.Condition()

    @property
    def count(self) -> int:
        """How many requests it struck."""
        return self._struck

    def record(self) -> int:
        """Count one more, after whatever is to be carried out was carried out; the new count."""
        with self._changed:
            self._struck += 1
            self._changed.notify_all()
            return self._struck

    def wait(self, times: int = 1, timeout: float = 10.0) -> bool:
        """Block until it struck so often; False if that took more than `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._struck >= times, timeout)


class ListenerControl(Protocol):
    """The running server, as far as faults need it from another thread."""

    def set_refusing(self, refusing: bool) -> None:
        """Stop listening, or listen again."""

    def release(self) -> None:
        """End the connections that are held open."""


class Faults:
    """The switchboard. May be used from any thread but the server's own."""

    def __init__(self) -> None:
        self._switches: list[ActiveFault] = []
        self._lock = threading.Lock()
        self._gate: ListenerControl | None = None

    def attach(self, gate: ListenerControl | None) -> None:
        """The server that runs from now on; None: there is none."""
        self._gate = gate
        self._update_listener()

    def on(self, fault: Fault) -> ActiveFault:
        """Switch a fault on; when this returns it is in force. Of several, the first strikes."""
        switch = ActiveFault(fault)
        with self._lock:
            self._switches.append(switch)
        self._update_listener()
        return switch

    def off(self, fault: Fault | None = None) -> None:
        """Switch off this fault, or all; what is held open stays so until `release`."""
        with self._lock:
            kept = [each for each in self._switches if fault not in (None, each.fault)]
            self._switches = kept
        self._update_listener()

    @property
    def refusing(self) -> bool:
        """Whether connections are to be refused now."""
        with self._lock:
            return any(each.fault.name == "refused" and not each.skip for each in self._switches)

    def release(self) -> None:
        """End every connection that `timeout` or `late` holds open; return when it is done."""
        if self._gate:
            self._gate.release()

    def _update_listener(self) -> None:
        if self._gate:
            self._gate.set_refusing(self.refusing)

    def match(self, method: str, path: str) -> list[ActiveFault]:
        """What strikes this request: any number of COURSE, and at most one other, at the end."""
        with self._lock:
            struck: list[ActiveFault] = []
            last: list[ActiveFault] = []
            for switch in [each for each in self._switches if each.fault.fits(method, path)]:
                on_course = switch.fault.name in COURSE
                if (on_course or not last) and self._use(switch):
                    (struck if on_course else last).append(switch)
            return struck + last

    def _use(self, switch: ActiveFault) -> bool:
        if switch.skip:
            switch.skip -= 1
            return switch.fault.name == "refused" and not switch.skip
        if switch.left is not None:
            switch.left -= 1
            if not switch.left:
                self._switches.remove(switch)
        return switch.fault.name != "refused"
