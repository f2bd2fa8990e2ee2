from __future__ import annotations

import pytest

from atz_desktop.domain.urls import normalize_api_url


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://api.atzcrm.com", "https://api.atzcrm.com"),
        (" https://api.atzcrm.com/ ", "https://api.atzcrm.com"),
        ("https://api.atzcrm.com/v1/", "https://api.atzcrm.com"),
        ("https://gateway.example.com/atz/v1", "https://gateway.example.com/atz"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_an_address_is_tidied(given: str, base: str) -> None:
    assert normalize_api_url(given) == base


@pytest.mark.parametrize(
    "given",
    [
        "",
        "api.atzcrm.com",
        "ftp://api.atzcrm.com",
        "https://",
        "https://api.atzcrm.com:port",
        "https://[::1",
        "http://api.atzcrm.com",
        "http://127.0.0.1.example.com",
        "https://user:password@api.atzcrm.com",
        "https://api.atzcrm.com?token=1",
        "https://api.atzcrm.com/a b",
    ],
)
def test_the_token_goes_to_no_other_address(given: str) -> None:
    with pytest.raises(ValueError, match=r"address|Without encryption"):
        normalize_api_url(given)
