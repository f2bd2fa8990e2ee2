"""Where a link really leads, and a question before one is opened that may not look like it."""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QPushButton, QWidget

from atz_desktop.domain.text import quoted
from atz_desktop.domain.urls import is_web_url
from atz_desktop.view.widgets.dialog import BaseDialog
from atz_desktop.view.widgets.labels import ElidingLabel, plain_tip

_ENCODED = QUrl.ComponentFormattingOption.FullyEncoded
_USUAL_PORTS = {"https": 443, "http": 80}


class LinkTarget(NamedTuple):
    """What the browser is given for an address. `host` is plain ASCII, as it is looked up;
    `cautions` are sentences about what could be taken for something else.
    """

    url: QUrl
    host: str
    cautions: tuple[str, ...]


def target_of(address: str) -> LinkTarget | None:
    """Where an address leads; None for what is no web address, and so is never opened."""
    url = QUrl(address)
    host = url.host(_ENCODED).lower()
    if not is_web_url(address) or not url.isValid() or not host:
        return None
    return LinkTarget(url, host, tuple(_cautions(address, url, host)))


def describe_opening(button: QWidget, target: LinkTarget | None) -> None:
    """Say on a button that opens a link where it leads, in its tip and to screen readers."""
    words = f"Open {target.host} in the browser" if target else "Opens a web address"
    button.setToolTip(plain_tip(words))
    button.setAccessibleDescription(words)  # else it is the tip, with its markup


def _cautions(address: str, url: QUrl, host: str) -> list[str]:
    written = (urlsplit(address).hostname or "").strip("[]")
    said = []
    if url.userInfo():
        name = quoted(url.userInfo(QUrl.ComponentFormattingOption.PrettyDecoded))
        said.append(f"{name} before the @ is only a user name, not the place it leads to.")
    if "xn--" in host:
        shown = quoted(written if not written.isascii() else _decoded(host))
        said.append(f"It is written {shown}, with letters that can look like others.")
    elif written != host and not _is_number(host):
        said.append(f"It is written in an unusual way: {quoted(written)}.")
    if _is_number(host):
        said.append("It is the number of a computer, not a name.")
    if url.port() not in (-1, _USUAL_PORTS[url.scheme()]):
        said.append(f"It leads to port {url.port()}, which web pages rarely use.")
    return said


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _decoded(host: str) -> str:
    try:
        return host.encode().decode("idna")
    except UnicodeError:
        return host


class LinkDialog(BaseDialog):
    """Asks whether to open a link; accepted if so. Enter and Escape do not."""

    def __init__(self, target: LinkTarget, address: str, parent: QWidget | None) -> None:
        super().__init__("Open this link?", 520, parent)
        self.add_heading("This link leads to")
        host = ElidingLabel(role="heading", lines=5)
        host.setAccessibleName(f"This link leads to {target.host}")
        host.set_text(target.host)
        self.page.addWidget(host)
        for caution in target.cautions:
            self.add_text(caution)
        whole = ElidingLabel("muted", lines=3)
        whole.set_text(address)
        self.page.addWidget(whole)
        self.page.addStretch(1)
        open_it, leave = QPushButton("Open it"), QPushButton("Don't open")
        open_it.clicked.connect(self.accept)
        leave.clicked.connect(self.reject)
        self.add_buttons((open_it,), (leave,), leave)
        leave.setFocus()
