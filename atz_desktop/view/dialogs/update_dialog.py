"""Help → Look for updates: what was found, and where a newer version is to be had."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QWidget

from atz_desktop import __version__
from atz_desktop.session.update_check import UpdateResult, UpdateState
from atz_desktop.view.widgets.dialog import BaseDialog, ReadOnlyText

_HEADINGS = {
    UpdateState.NOT_SET_UP: "This build does not look for updates",
    UpdateState.FORBIDDEN: "Looking for updates is switched off on this computer",
    UpdateState.NEWEST: "You have the newest version",
    UpdateState.FAILED: "It could not be found out whether there is a newer version",
}
_TEXTS = {
    UpdateState.NOT_SET_UP: (
        "Whoever published it named no address to look at, so nothing was asked. Ask where you got "
        "ATZ Desktop from for a newer version."
    ),
    UpdateState.FORBIDDEN: (
        "Whoever looks after this computer did that, so nothing was asked. They bring newer "
        "versions of ATZ Desktop."
    ),
    UpdateState.NEWEST: f"Version {__version__} is the newest that was published.",
}
_INSTALL = (
    "Nothing is installed by itself. If somebody else looks after this computer, tell them; else "
    "get the new version from the web page. Drafts, history and settings stay."
)


class UpdateDialog(BaseDialog):
    """Shows one result. Notes and address are the publisher's, shown as plain text."""

    def __init__(self, result: UpdateResult, parent: QWidget | None) -> None:
        super().__init__("Look for updates", 560, parent)
        close = QPushButton("Close")
        close.clicked.connect(self.reject)
        release = result.release
        if result.state is UpdateState.NEWER and release is not None:
            self._link = release.link
            self.add_heading(f"Version {release.version} of ATZ Desktop is there")
            since = f", published {release.released}" if release.released else ""
            self.add_text(f"You have {__version__}. What is new{since}:")
            self.page.addWidget(ReadOnlyText(release.notes, "What is new", 180), 1)
            self.add_text(_INSTALL)
            page = QPushButton("Open the web page")
            page.setToolTip(release.link)
            page.clicked.connect(self._open_page)
            self.add_buttons((), (page, close), close)
            return
        self.add_heading(_HEADINGS[result.state])
        self.add_text(result.text or _TEXTS.get(result.state, ""))
        self.add_buttons((), (close,), close)

    def _open_page(self) -> None:
        QDesktopServices.openUrl(QUrl(self._link))
