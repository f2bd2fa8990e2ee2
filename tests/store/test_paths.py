from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from atz_desktop.store.errors import Unreachable
from atz_desktop.store.paths import Paths, data_folder, make_private_file, make_private_folder


def test_the_command_line_beats_the_environment_and_that_the_system(tmp_path: Path) -> None:
    env = {"ATZ_DESKTOP_HOME": str(tmp_path / "variable")}
    assert data_folder(str(tmp_path / "option"), env) == tmp_path / "option"
    assert data_folder(None, env) == tmp_path / "variable"
    assert data_folder("", {"ATZ_DESKTOP_HOME": ""}).name in {"atz-desktop", "ATZ Desktop"}


def test_a_relative_data_folder_stays_where_it_was_when_the_program_changes_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert data_folder("here", {}) == tmp_path / "here"


def test_every_file_is_below_the_data_folder(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "data")
    for path in (paths.database, paths.settings, paths.logs):
        assert path.is_relative_to(paths.root)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows folders inherit the user's own rights")
def test_the_data_folder_is_closed_whichever_folder_in_it_is_made_first(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "new" / "data")
    make_private_folder(paths.logs)
    for folder in (paths.root.parent, paths.root, paths.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_folder_that_was_there_is_not_closed_to_its_other_users(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    make_private_folder(shared)
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755
    make_private_file(shared / "file")
    assert stat.S_IMODE((shared / "file").stat().st_mode) == 0o600


def test_a_file_in_the_place_of_the_data_folder_is_said_in_our_words(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    with pytest.raises(Unreachable) as caught:
        make_private_folder(Paths(tmp_path / "data").root)
    assert str(tmp_path / "data") in caught.value.message
