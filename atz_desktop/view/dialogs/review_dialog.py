"""What saving will do, before it is done. Closing it without saving is a rehearsal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QFontDatabase,
    QGuiApplication,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from atz_desktop.domain.characters import pluralize
from atz_desktop.domain.diff import elide_text
from atz_desktop.domain.edit import CalendarMail, Edit
from atz_desktop.domain.review import RequestPreview, review_save
from atz_desktop.domain.urls import DEFAULT_API_URL
from atz_desktop.session.notices import Level
from atz_desktop.session.services import ReviewResult
from atz_desktop.view.widgets.dialog import BaseDialog, about_activity
from atz_desktop.view.widgets.labels import Callout, announce
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.review_text import ReviewText

WIDTH = 680
_MOST_REQUEST = 20_000
_LINES = 9


class ReviewDialog(BaseDialog):
    """Shows what `edit` will do; `at` is this moment. `answer` is None unless Save was pressed."""

    def __init__(  # noqa: PLR0913 - what is asked, and how it is to be shown
        self,
        edit: Edit,
        at: datetime,
        parent: QWidget | None = None,
        api_url: str = DEFAULT_API_URL,
        *,
        numeric_flags: bool = False,
        shown: Callable[[Edit], Edit] = lambda edit: edit,
        quiet: bool = False,
    ) -> None:
        """`shown` puts names to the slugs of what is only to be looked at; `quiet`: ATZ is asked to
        mail nobody, unless the user unticks that.
        """
        super().__init__("Review changes", WIDTH, parent)
        self.answer: ReviewResult | None = None
        self._given = edit
        self._edit = edit
        self._at = at
        self._numeric_flags = numeric_flags
        self._shown = shown
        review = review_save(shown(edit), at)
        self.sheet = ReviewText("What will be saved", self.inner_width)
        self._mail = _MailBox(review.mail) if review.mail else None
        self._reason = QLineEdit()
        self._request = _RequestBox(api_url)
        self._request.opened.connect(self.fit_height)
        self._save = QPushButton()
        self._save.clicked.connect(self._on_accept)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):  # from every field, texts included
            QShortcut(QKeySequence(keys), self, self._save.click)
        self._cancel = QPushButton("Cancel")
        self._cancel.clicked.connect(self.reject)
        self.add_heading("Review changes", about_activity(review.activity_id, review.title))
        self._build_layout()
        if self._mail:
            self._mail.suppress.toggled.connect(self._suppress)
        self._show()
        if self._mail and quiet:
            self._mail.suppress.setChecked(True)

    def _suppress(self, on: bool) -> None:
        """Suppressing the invite is one more changed field; taking it back is none."""
        self._edit = self._given.without_mail() if on else self._given
        self._show()

    def _show(self) -> None:
        shown = self._shown(self._edit)
        review = review_save(shown, self._at, numeric_flags=self._numeric_flags)
        self.sheet.set_review(review)
        if self._mail:
            self._mail.show_suppressed(review.mail is None)
        if review.request is not None:
            self._request.show_request(review.request)
        count = len(review.diffs)
        self._save.setText(f"Save {pluralize(count, 'change')}")
        self._save.setEnabled(count > 0)

    def _on_accept(self) -> None:
        self.answer = ReviewResult(self._edit, self._reason.text().strip() or None)
        self.accept()

    def _build_layout(self) -> None:
        self.page.addWidget(self.sheet, 1)
        if self._mail:
            self.page.addWidget(self._mail)
        label = QLabel("&Reason or ticket number")
        label.setBuddy(self._reason)
        self._reason.setAccessibleName("Reason or ticket number")
        self._reason.setPlaceholderText("Optional; kept in the history on this computer")
        self.page.addLayout(hbox(None, label, (self._reason, 1)))
        self.page.addWidget(self._request)
        # In the last row, which is there anyway: on a low screen each row counts.
        self.add_buttons((self._request.opener,), (self._cancel, self._save), self._save)
        self._request.opener.setAutoDefault(True)  # Enter on it opens, and does not save
        self.sheet.setFocus()


class _MailBox(Callout):
    """The warning that ATZ may mail people, and the offer to keep it from doing so."""

    def __init__(self, mail: CalendarMail) -> None:
        super().__init__(Level.WARNING, mail.text)
        self._warning = mail
        self.suppress = QCheckBox("Suppress the calendar invite")
        self.suppress.setToolTip("Sends “Do not send calendar invite” along, as one more change")
        self.suppress.setAccessibleDescription(mail.text)
        self.add(self.suppress)

    def show_suppressed(self, suppressed: bool) -> None:
        if suppressed:
            self.set_message(Level.GOOD, f"ATZ is asked not to mail {self._warning.recipients}.")
        else:
            self.set_message(Level.WARNING, self._warning.text)


class _RequestBox(QWidget):
    """The exact request, for those who open it; `opener` stands elsewhere in the dialog."""

    opened = Signal()

    def __init__(self, api_url: str) -> None:
        super().__init__()
        self._api_url = api_url
        self._request: RequestPreview | None = None
        self.opener = QPushButton()
        self.opener.setFlat(True)
        self.opener.clicked.connect(self._toggle)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setFixedHeight(self._text.fontMetrics().lineSpacing() * _LINES)
        self._text.setAccessibleName("The exact request")
        self._copy = QPushButton("Copy as curl")
        self._copy.setToolTip("A command for a shell; your token is not in it")
        self._copy.clicked.connect(self._copy_curl)
        vbox(self, self._text, (self._copy, 0, Qt.AlignmentFlag.AlignLeft))
        self._open(False)

    def show_request(self, request: RequestPreview) -> None:
        self._request = request
        self._text.setPlainText(elide_text(request.text(), _MOST_REQUEST))
        self._copy.setText("Copy as curl")

    def _toggle(self) -> None:
        self._open(self.isHidden())

    def _open(self, on: bool) -> None:
        words = "Hide the exact request" if on else "Show the exact request"
        self.opener.setText(f"▾ {words}" if on else f"▸ {words}")
        self.opener.setAccessibleName(words)
        self.setVisible(on)
        if on:
            self.opened.emit()

    def _copy_curl(self) -> None:
        if self._request is not None:
            QGuiApplication.clipboard().setText(self._request.curl(self._api_url))
            self._copy.setText("Copied")
            announce(self._copy, "Copied without the token")
