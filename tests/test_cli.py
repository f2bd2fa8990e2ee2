from __future__ import annotations

import subprocess
import sys

import pytest

from atz_desktop.cli import parse_options


@pytest.mark.parametrize("given", ["tok_1", " tok_1\n", "Bearer tok_1", "“tok_1”", "\ufefftok_1"])
def test_a_token_of_the_environment_is_understood_as_one_that_is_pasted(given: str) -> None:
    assert parse_options([], {"ATZ_API_TOKEN": given}).token == "tok_1"


@pytest.mark.parametrize("given", ["", "  ", "\u200b"])
def test_an_empty_token_of_the_environment_is_none(given: str) -> None:
    assert parse_options([], {"ATZ_API_TOKEN": given}).token is None


def test_who_wants_the_practice_wants_the_sandbox() -> None:
    assert parse_options(["--practice"], {}).sandbox
    assert not parse_options([], {}).sandbox


def test_a_command_line_is_read_without_asking_how_wide_the_terminal_is() -> None:
    """To ask imports shutil, and with it all that compresses: the first paint would wait for it."""
    read = "import sys; from atz_desktop.cli import parse_options; parse_options(['42'], {})"
    asked = f"{read}; sys.exit('shutil' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_the_help_fits_into_a_terminal_of_the_usual_width(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parse_options(["--help"], {})
    widths = [len(line) for line in capsys.readouterr().out.splitlines()]
    assert 70 < max(widths) <= 80
