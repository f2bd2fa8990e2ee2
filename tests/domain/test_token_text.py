from __future__ import annotations

import pytest

from atz_desktop.domain.token_text import can_be_token, token_text


@pytest.mark.parametrize("token", ["tok_1", "abc==", "a)b(", "(a", "x'", "Bearer", "bearer_1"])
def test_a_token_is_left_as_it_is(token: str) -> None:
    assert token_text(token) == token_text(f"Bearer {token}") == token
    assert can_be_token(token)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "“”"])
def test_nothing_is_no_token(text: str) -> None:
    assert not can_be_token(token_text(text))
