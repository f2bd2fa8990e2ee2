"""What the person chose reaches the file, also when the disk does not take it for a while."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from atz_desktop.app.settings import AppSettings
from atz_desktop.domain.settings import Settings
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.notices import Level, Notice
from atz_desktop.store.settings import load_settings
from atz_desktop.view.windows.main_window import MainWindow
from tests.waiting import until


class Bench:
    """A file, and the window in which is told about it."""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        self.file = folder / "data" / "settings.json"
        self.window = MainWindow()
        qtbot.addWidget(self.window)
        self.jobs = Jobs()
        self.settings = AppSettings(
            self.file, Settings(), self.jobs, self.window.messages, retry=0.01
        )

    def choose(self, theme: str) -> None:
        self.settings.choose(self.settings.current._replace(theme=theme))

    @property
    def told(self) -> str:
        """The title of what is said about the settings."""
        bar = self.window.messages.asides
        return bar.notice.title if bar and bar.notice else ""

    @property
    def kept(self) -> str:
        settings, problem = load_settings(self.file)
        assert problem is None
        return settings.theme


async def test_settings_that_could_not_be_kept_are_kept_later_and_the_words_go_away(
    tmp_path: Path, qtbot: QtBot
) -> None:
    bench = Bench(tmp_path, qtbot)
    in_the_way = bench.file.parent
    in_the_way.write_text("a file in the place of the folder")
    bench.choose("dark")
    await until(lambda: bench.told, "that nothing was kept is said")
    bench.choose("light")
    bench.choose("dark")
    in_the_way.unlink()
    await until(lambda: not bench.told, "nothing is said any more")
    await bench.jobs.drain()
    assert bench.kept == "dark"


async def test_what_is_said_of_the_settings_and_an_answer_stand_side_by_side(
    tmp_path: Path, qtbot: QtBot
) -> None:
    bench = Bench(tmp_path, qtbot)
    bar = bench.window.messages.answers
    bench.file.parent.write_text("a file in the place of the folder")
    bar.show_notice(Notice(Level.PROBLEM, "Not saved"))
    bench.choose("dark")
    await until(lambda: bench.told)
    assert bar.notice == Notice(Level.PROBLEM, "Not saved")
    bench.window.messages.show_notice(Notice(Level.GOOD, "Saved and checked"))
    assert bench.told
    bench.file.parent.unlink()
    await until(bench.file.is_file)
    await bench.jobs.drain()
    assert not bench.told
    assert bar.notice is not None
    assert bar.notice.title == "Saved and checked"
