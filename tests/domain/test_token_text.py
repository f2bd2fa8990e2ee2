from __future__ import annotations

import pytest

from atz_desktop.domain.token_text import is_valid_token, parse_token


@pytest.mark.parametrize("token", ["tok_1", "abc==", "a)b(", "(a", "x'", "Bearer", "bearer_1"])
def test_a_token_is_left_as_it_is(token: str) -> None:
    assert parse_token(token) == parse_token(f"Bearer {token}") == token
    assert is_valid_token(token)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "“”"])
def test_nothing_is_no_token(text: str) -> None:
    assert not is_valid_token(parse_token(text))
