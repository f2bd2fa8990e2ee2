"""The log: what happened, never what it was about; and it never disturbs."""

from __future__ import annotations

import logging
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from atz_desktop.api.redact import register_secret
from atz_desktop.app.log import BACKUP_COUNT, LOG, MAX_BYTES, MAX_STEPS, AppLog

TOKEN = "logbook-token-91c4"
NAME = "Amara Nwosu"
OURS = logging.getLogger("atz_desktop.session.record_session")


@pytest.fixture
def logbook(tmp_path: Path) -> Iterator[AppLog]:
    made = AppLog(tmp_path / "logs")
    yield made
    made.close()


def text(folder: Path) -> str:
    return (folder / "logs" / LOG).read_text(encoding="utf-8")


def test_our_own_lines_are_written_and_hold_no_token(logbook: AppLog, tmp_path: Path) -> None:
    register_secret(TOKEN)
    OURS.info("loading %s with Bearer %s", 42, TOKEN)
    assert "INFO atz_desktop.session.record_session: loading 42" in text(tmp_path)
    assert TOKEN not in text(tmp_path)


def test_of_a_librarys_line_only_the_place_is_kept(logbook: AppLog, tmp_path: Path) -> None:
    logging.getLogger("keyring.backend").error("Task of %s was destroyed", NAME)
    logging.getLogger("uvicorn").error(f"Callback of {NAME} failed")
    assert text(tmp_path).count("(at test_log:") == 2
    assert NAME not in text(tmp_path)


def test_of_an_exception_only_its_kind_and_place_are_kept(logbook: AppLog, tmp_path: Path) -> None:
    try:
        raise LookupError(NAME)
    except LookupError:
        OURS.exception("it failed")
    assert "LookupError" in text(tmp_path)
    assert "app/test_log.py:" in text(tmp_path)
    assert NAME not in text(tmp_path)


def test_the_log_rotates_and_only_a_few_old_ones_are_kept(logbook: AppLog, tmp_path: Path) -> None:
    for _ in range((BACKUP_COUNT + 2) * MAX_BYTES // 10_000):
        OURS.info("x" * 10_000)
    files = list((tmp_path / "logs").glob(f"{LOG}*"))
    assert len(files) == BACKUP_COUNT + 1
    assert all(file.stat().st_size <= MAX_BYTES for file in files)


def test_the_last_steps_are_kept_for_a_report(logbook: AppLog) -> None:
    for number in range(MAX_STEPS + 5):
        OURS.info("step %s", number)
    assert len(logbook.steps) == MAX_STEPS
    assert logbook.steps[-1].endswith(f"step {MAX_STEPS + 4}")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such mode")
def test_nobody_else_may_read_the_log(logbook: AppLog, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "logs" / LOG).stat().st_mode) == 0o600


def test_without_a_folder_to_write_into_the_last_steps_are_still_there(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be", encoding="utf-8")
    logbook = AppLog(tmp_path / "logs")
    try:
        OURS.info("a step")
        assert len(logbook.steps) == 1
    finally:
        logbook.close()


def test_a_closed_logbook_hears_nothing_more(logbook: AppLog, tmp_path: Path) -> None:
    logbook.close()
    OURS.info("after the end")
    assert "after the end" not in text(tmp_path)
