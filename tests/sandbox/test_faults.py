"""The switchboard: which request is struck by what, and how often."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from atz_desktop.sandbox.faults import (
    MENU,
    Course,
    Fault,
    FaultName,
    Faults,
    Lost,
    Mangled,
    Status,
    Wrong,
)

NAMES: list[FaultName] = [
    name for group in (Course, Lost, Mangled, Wrong, Status) for name in get_args(group)
]


def struck(faults: Faults, method: str = "GET", path: str = "/v1/activity/42") -> list[FaultName]:
    return [switch.fault.name for switch in faults.match(method, path)]


def test_a_fault_strikes_the_next_requests_and_then_no_more() -> None:
    faults = Faults()
    faults.on(Fault("500", skip=1, times=2))
    assert [struck(faults) for _ in range(4)] == [[], ["500"], ["500"], []]


def test_a_fault_without_a_number_strikes_until_it_is_switched_off() -> None:
    faults = Faults()
    fault = Fault("500")
    faults.on(fault)
    faults.on(Fault("slow"))
    assert [struck(faults) for _ in range(3)] == [["slow", "500"]] * 3
    faults.off(fault)
    assert struck(faults) == ["slow"]
    faults.off()
    assert struck(faults) == []


def test_a_fault_strikes_only_its_method_and_path_and_counts_only_these() -> None:
    faults = Faults()
    faults.on(Fault("500", "PUT", "/v1/activity/42", times=1, skip=1))
    assert struck(faults, "GET") == []
    assert struck(faults, "PUT", "/v1/activity/7") == []
    assert struck(faults, "PUT") == []
    assert struck(faults, "PUT") == ["500"]


def test_of_two_faults_that_end_a_request_the_second_waits_for_its_turn() -> None:
    faults = Faults()
    for name in ("500", "reset"):
        faults.on(Fault(name, times=1))
    assert [struck(faults) for _ in range(3)] == [["500"], ["reset"], []]


def test_refused_is_due_with_the_last_request_that_passes() -> None:
    faults = Faults()
    faults.on(Fault("refused", "PUT", skip=2))
    assert not faults.refusing
    assert [struck(faults, "PUT") for _ in range(2)] == [[], ["refused"]]
    assert faults.refusing
    faults.off()
    assert not faults.refusing


def test_what_makes_no_sense_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="counted"):
        Fault("refused", times=1)
    with pytest.raises(ValueError, match="location"):
        Fault("redirect")


def test_every_fault_can_be_made_by_its_name_alone() -> None:
    for name in NAMES:
        fault = Fault(name, location="https://elsewhere.example/")
        assert fault.fits("GET", "/v1/activity/1"), name


def test_the_menu_speaks_plain_english_and_lasts_until_switched_off() -> None:
    assert len(MENU) == 9
    for entry in MENU:
        assert entry.label[0].isupper()
        assert not re.search(r"[0-9]{3}", entry.label), "a status code"
        assert entry.fault.times is None
