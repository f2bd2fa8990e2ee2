"""The words about a work list, where they quote what somebody else wrote."""

from __future__ import annotations

import pytest

from atz_desktop.session.list_texts import (
    ListInput,
    added_notice,
    list_name,
    nothing_found_notice,
    unreadable_notice,
)

HEBREW = "שלום " * 40


@pytest.mark.parametrize(
    "text",
    [
        list_name(HEBREW),
        unreadable_notice(HEBREW, "It is damaged.").title,
        nothing_found_notice(ListInput((), junk=(HEBREW,))).text,
        added_notice(ListInput((), junk=(HEBREW,)), 1, ()).text,
    ],
    ids=["name", "file", "nothing found", "left out"],
)
def test_a_text_that_was_cut_keeps_its_direction_to_itself(text: str) -> None:
    assert text.count("\u2068") == text.count("\u2069") == 1
