"""What strikes a save, and what of it is never answered, by name."""

from __future__ import annotations

from dataclasses import replace

from atz_desktop.sandbox.faults import Fault

AT = "/v1/activity/"


def _soon(seconds: float) -> Fault:
    """The change of a PUT comes so much later."""
    return Fault("delayed", "PUT", AT, seconds=seconds)


_BLIND = Fault("500", "GET", AT, skip=1)
_SOME = Fault("ignored", "PUT", AT, fields=("title", "done", "mark_as_done", "collaborators"))
_LAGGING = Fault("lagging", "GET", AT, seconds=10)
MISHAPS: dict[str, tuple[Fault, ...]] = {
    "none": (),
    "refused": (Fault("refused", "GET", AT, skip=1),),
    "time-out before": (Fault("timeout", "PUT", AT),),
    "time-out after": (Fault("timeout", "PUT", AT, applied=True),),
    "late": (_soon(40), Fault("timeout", "PUT", AT)),
    "reset before": (Fault("reset", "PUT", AT),),
    "reset after": (Fault("reset", "PUT", AT, applied=True),),
    "502 before": (Fault("502", "PUT", AT),),
    "500 after": (Fault("500", "PUT", AT, applied=True),),
    "empty after": (Fault("empty", "PUT", AT),),
    "garbage before": (Fault("bad_json", "PUT", AT, applied=False),),
    "wrong activity": (Fault("wrong_activity", "PUT", AT),),
    "401": (Fault("401", "PUT", AT),),
    "422": (Fault("422", "PUT", AT),),
    "429": (Fault("429", "PUT", AT, times=1),),
    "ignored": (Fault("ignored", "PUT", AT),),
    "partly ignored": (Fault("ignored", "PUT", AT, fields=("title", "location")),),
    "altered": (Fault("altered", "PUT", AT),),
    "HTML at first": (Fault("html", "GET", AT, times=1),),
    "no read-back": (_BLIND,),
    "reset after, no read-back": (Fault("reset", "PUT", AT, applied=True), _BLIND),
    "reset before, no read-back": (Fault("reset", "PUT", AT), _BLIND),
    "late, no read-back": (_soon(40), Fault("timeout", "PUT", AT), _BLIND),
    "403 after": (Fault("403", "PUT", AT, applied=True),),
    "409 after": (Fault("409", "PUT", AT, applied=True),),
    "422 after some of it": (_SOME, Fault("422", "PUT", AT, applied=True)),
    "202 before": (Fault("202", "PUT", AT),),
    "202 after": (Fault("202", "PUT", AT, applied=True),),
    "the old record": (Fault("old_record", "PUT", AT),),
    "200, late": (_soon(4),),
    "200, very late": (_soon(45),),
    "the old record, late": (_soon(20), Fault("old_record", "PUT", AT)),
    "202, late": (_soon(2), Fault("202", "PUT", AT)),
    "reset, late": (_soon(2), Fault("reset", "PUT", AT)),
    "500, late": (_soon(8), Fault("500", "PUT", AT)),
    "502, late": (_soon(25), Fault("502", "PUT", AT)),
    "503, late": (_soon(2), Fault("503", "PUT", AT)),
    "504, late": (_soon(50), Fault("504", "PUT", AT)),
    "422 after, no read-back": (Fault("422", "PUT", AT, applied=True), _BLIND),
    "reads lag": (_LAGGING,),
    "reads lag on one replica": (replace(_LAGGING, lags=(0.0, 20.0)),),
    "reset after, reads lag": (Fault("reset", "PUT", AT, applied=True), _LAGGING),
    "502 after, reads lag on two replicas": (
        Fault("502", "PUT", AT, applied=True),
        replace(_LAGGING, lags=(25.0, 0.0, 4.0)),
    ),
}
"""What strikes one save."""

HELD: dict[str, tuple[Fault, ...]] = {
    "the read before": (Fault("timeout", "GET", AT),),
    "the PUT, before the write": (Fault("timeout", "PUT", AT),),
    "the PUT, after the write": (Fault("timeout", "PUT", AT, applied=True),),
    "the PUT, written late": (_soon(20), Fault("timeout", "PUT", AT)),
    "the read-back": (Fault("timeout", "GET", AT, skip=1),),
}
"""Which request of a save is never answered before the program is gone."""

LAGS: tuple[tuple[float, ...], ...] = ((), (), (3.0,), (30.0,), (0.0, 30.0), (0.0, 12.0, 3.0))
"""Seconds by which reads lag behind, on each replica in its turn."""
