from __future__ import annotations

import pytest

from atz_desktop.domain.urls import api_url_problem, normalize_api_url, proxy_problem


@pytest.mark.parametrize(
    "url",
    [
        "https://api.atzcrm.com",
        "https://api.atzcrm.com/",
        "HTTPS://gateway.example:8443/atz",
        "https://münchen.example",
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "http://127.9.9.9",
        "http://[::1]:8000",
        "https://10.0.0.1",
        "https://my_host.example.",
        "https://xn--mnchen-3ya.example",
    ],
)
def test_an_address_that_keeps_the_token_safe_is_accepted(url: str) -> None:
    assert api_url_problem(url) is None


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("", "not a complete address"),
        ("api.atzcrm.com", "not a complete address"),
        ("https://", "not a complete address"),
        ("https://[::1", "not a complete address"),
        ("https://host:99999", "not a complete address"),
        ("https://host:0", "not a complete address"),
        ("https://[::1]x", "not a complete address"),
        ("https://256.1.1.1", "not a complete address"),
        ("https://a..b", "not a complete address"),
        ("https://xn--", "not a complete address"),
        ("https://<host>", "not a complete address"),
        ("https://a b", "spaces"),
        ("https://a\nb", "spaces"),
        ("https://api.atzcrm.com\\@evil.example", "spaces"),
        ("ftp://api.atzcrm.com", "https://"),
        ("http://api.atzcrm.com", "https://"),
        ("http://10.0.0.1", "https://"),
        ("http://localhost.evil.example", "https://"),
        ("http://127.0.0.1.evil.example", "https://"),
        ("https://me:secret@api.atzcrm.com", "user name"),
        ("https://@api.atzcrm.com", "user name"),
        ("https://api.atzcrm.com?", "“?”"),
        ("https://api.atzcrm.com/#part", "“?”"),
        ("https://api.atzcrm.com/v1/", "/v1"),
    ],
)
def test_an_address_that_is_wrong_or_unsafe_is_explained(url: str, word: str) -> None:
    problem = api_url_problem(url)
    assert problem
    assert word in problem


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://api.atzcrm.com", "https://api.atzcrm.com"),
        (" https://api.atzcrm.com/ ", "https://api.atzcrm.com"),
        ("https://api.atzcrm.com/v1/", "https://api.atzcrm.com"),
        ("https://gateway.example.com/atz/v1", "https://gateway.example.com/atz"),
        ("HTTPS://api.atzcrm.com", "https://api.atzcrm.com"),
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
        "https://xn--",
        "https://xn--a",
        "https://<host>",
        "https://256.1.1.1",
    ],
)
def test_the_token_goes_to_no_other_address(given: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        normalize_api_url(given)
    assert str(caught.value) == api_url_problem(given)


@pytest.mark.parametrize("good", ["", "none", "http://proxy:8080", "http://10.0.0.1:3128/"])
def test_a_proxy_is_the_systems_none_or_an_address(good: str) -> None:
    assert proxy_problem(good) is None


@pytest.mark.parametrize(
    "bad",
    [
        "proxy",
        "proxy:8080",
        "http://proxy",
        "https://proxy:1",
        "http://:8080",
        "http://[",
        "http://",
    ],
)
def test_a_proxy_that_cannot_be_used_is_told(bad: str) -> None:
    assert "looks like" in (proxy_problem(bad) or "")


def test_a_password_of_a_proxy_is_not_kept_in_a_file() -> None:
    assert "password" in (proxy_problem("http://me:secret@proxy:8080") or "")
