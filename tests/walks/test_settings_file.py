"""What the person chose reaches the file, also when the disk does not take it for a while."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from atz_desktop.app.settings import SettingsWriter
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.notices import Level, Notice
from atz_desktop.store.settings import Settings, load_settings
from atz_desktop.view.widgets.notice_bar import NoticeBar
from tests.walks.conftest import until


class Bench:
    """A file, and the bar on which is told about it."""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        self.file = folder / "data" / "settings.json"
        self.bar = NoticeBar()
        qtbot.addWidget(self.bar)
        self.chosen = Settings()
        self.jobs = Jobs()
        self.keeper = SettingsWriter(
            self.file,
            lambda: self.chosen,
            self.jobs,
            self.bar,
            read=Settings(),
            usual=None,
            retry=0.01,
        )

    def choose(self, theme: str) -> None:
        self.chosen = self.chosen._replace(theme=theme)
        self.keeper.keep()

    @property
    def kept(self) -> str:
        settings, problem = load_settings(self.file)
        assert problem is None
        return settings.theme


async def test_settings_that_could_not_be_kept_are_kept_later_and_the_words_go_away(
    tmp_path: Path, qtbot: QtBot
) -> None:
    bench = Bench(tmp_path, qtbot)
    bar = bench.bar
    in_the_way = bench.file.parent
    in_the_way.write_text("a file in the place of the folder")
    bench.choose("dark")
    await until(lambda: bar.notice is not None, "that nothing was kept is said")
    bench.choose("light")
    bench.choose("dark")
    in_the_way.unlink()
    await until(lambda: bar.notice is None, "nothing is said any more")
    await bench.jobs.wait("keep settings")
    assert bench.kept == "dark"


async def test_what_is_said_since_stays_when_the_settings_are_kept(
    tmp_path: Path, qtbot: QtBot
) -> None:
    bench = Bench(tmp_path, qtbot)
    bar = bench.bar
    bench.file.parent.write_text("a file in the place of the folder")
    bench.choose("dark")
    await until(lambda: bar.notice is not None)
    bar.show_notice(Notice(Level.GOOD, "Saved and checked"))
    bench.file.parent.unlink()
    await until(bench.file.is_file)
    await bench.jobs.wait("keep settings")
    assert bar.notice is not None
    assert bar.notice.title == "Saved and checked"
