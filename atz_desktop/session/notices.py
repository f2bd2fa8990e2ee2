"""What is said to the user: a level, a title, a text, and a next step where there is one.

`error_notice` turns every known error into plain words. `str(error)` is never shown.
"""

from __future__ import annotations

import logging
from enum import Enum

from atz_desktop.api.errors import (
    AtzError,
    CaptivePortal,
    Cause,
    Conflict,
    FileUnreadable,
    Forbidden,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    ServerError,
    TooLarge,
    Unauthorized,
    UploadCancelled,
)
from atz_desktop.domain.characters import single_line
from atz_desktop.domain.quick_dataclass import dataclass

_log = logging.getLogger(__name__)


class Level(Enum):
    """How a notice is drawn and announced."""

    INFO = "info"
    GOOD = "good"
    WARNING = "warning"
    PROBLEM = "problem"


class NoticeAction(Enum):
    """What the user can do next, offered as a button on the notice."""

    TRY_AGAIN = "Try again"
    SIGN_IN = "Enter a new token…"
    SETTINGS = "Open settings…"
    CHOOSE_ZONE = "Choose the time zone…"
    COMPARE_TIME = "Compare the time…"
    RELOAD = "Load again"
    LOOK_AGAIN = "Look again"
    HISTORY = "Show history"
    WHATS_NEW = "What is new…"
    NEW_FOLDER = "Make the folder anew"
    RUNS = "Show the run"


@dataclass(frozen=True)
class Notice:
    """One message above the form. All of it is plain text.

    One that stays `persistent` comes back when what was said after it is gone. One `aside` comes
    by itself: it stands beside the answer to what the user did last, and takes no answer's place.
    `brief`: a save went well, which is said beside Save until something newer is to be said.
    """

    level: Level
    title: str
    text: str = ""
    action: NoticeAction | None = None
    persistent: bool = False
    aside: bool = False
    brief: bool = False


def files_notice(words: str, about: str = "this computer's files") -> Notice:
    """What was set aside at the start, or cannot be kept: it must not pass unseen.

    `about` differs for all that may be said in one run: a later notice of the same title takes the
    earlier one's place.
    """
    return Notice(Level.WARNING, f"About {about}", words, persistent=True)


_NOT_SENT = {
    Cause.NO_NETWORK: "This computer has no network at the moment.",
    Cause.NAME_NOT_FOUND: "The address of ATZ was not found. Is this computer online?",
    Cause.CONNECTION_REFUSED: "Nobody answers at the address of ATZ.",
    Cause.CERTIFICATE: (
        "The server could not prove that it is ATZ: its certificate is not trusted on this "
        "computer. Your IT department can tell whether a company proxy is the reason."
    ),
    Cause.TLS: "No secure connection to ATZ could be made.",
    Cause.PROXY: "The proxy of your network did not let the request through.",
    Cause.PROXY_SETTING: (
        "The proxy that is set for this computer can't be used: its address makes no sense. "
        "Another one, or none, can be chosen in the settings."
    ),
    Cause.SOCKS: (
        "Only a SOCKS proxy is set on this computer, and this program can't use that kind. "
        "An http proxy, or none, can be chosen in the settings."
    ),
    Cause.TIMED_OUT: "ATZ could not be reached in time.",
    Cause.POOL_TIMEOUT: "Too much is under way at once. Please try again in a moment.",
    Cause.CLOSED: "The connection was closed.",
    Cause.CANCELLED: "You stopped the wait, so ATZ was not asked.",
    Cause.INVALID_REQUEST: "It holds a character that cannot be sent. Type the text anew.",
    Cause.OUTDATED: "The activity was being changed in ATZ at that moment. Nothing was sent.",
}

_OTHER_RECORD = (
    "Under this number ATZ now shows something else than what you see here. Most likely the token "
    "that was entered belongs to another ATZ account. Nothing was sent, and what you "
    "typed stays. Enter a token of the account that this activity is from."
)

_CUT = {
    Cause.TIMED_OUT: "ATZ did not answer in time.",
    Cause.DISCONNECTED: "The connection was cut before ATZ answered.",
    Cause.NOT_HTTP: "What came back could not be read.",
}

_SIGN_IN_PAGE = (
    "Your network wants you to sign in first, as in a hotel or on a train: open any page in your "
    "web browser, sign in there, and try again."
)

_WEB_PAGE = (
    "A web page came in place of ATZ's answer. Most likely it is the sign-in page of your network: "
    "open any page in your web browser, sign in there, and try again. If you can browse already, "
    "check the API address of the account."
)

_BAD_ANSWER = (
    "The answer could not be understood. A wrong API address of the account can be the reason."
)


def error_notice(error: AtzError, failed: str) -> Notice:
    """The words for an error; `failed` says what did not happen ("Activity 42 was not loaded")."""
    why = getattr(error, "cause", None)
    cause = why.name if isinstance(why, Cause) else error.status
    _log.info("%s: %s %s, %s", type(error).__name__, error.method, error.path, cause)
    text, step = _error_text(error)
    return Notice(Level.PROBLEM, failed, text, step)


def _error_text(error: AtzError) -> tuple[str, NoticeAction | None]:
    if isinstance(error, Rejected):
        return _rejected_text(error)
    if isinstance(error, UploadCancelled):
        return _upload_text(error), None
    if isinstance(error, RateLimited):
        wait = _in_about(error.retry_after or 60.0)
        text = f"ATZ takes 60 requests a minute, and there were more. Try again {wait}."
        return text, NoticeAction.TRY_AGAIN
    if isinstance(error, NotSent) and error.cause is Cause.DIFFERENT_RECORD:
        return _OTHER_RECORD, NoticeAction.SIGN_IN
    if isinstance(error, NotSent):
        setting = error.cause in {Cause.PROXY_SETTING, Cause.SOCKS}
        step = NoticeAction.SETTINGS if setting else NoticeAction.TRY_AGAIN
        return _NOT_SENT.get(error.cause, "ATZ could not be reached."), step
    if isinstance(error, OutcomeUnknown):
        return _CUT.get(error.cause, "No usable answer came back."), NoticeAction.TRY_AGAIN
    if isinstance(error, ServerError):
        text = "ATZ has a fault of its own at the moment. It is not about what you typed."
        when = (
            ""
            if error.retry_after is None
            else f" It asks to try again {_in_about(error.retry_after)}."
        )
        return text + when, NoticeAction.TRY_AGAIN
    if isinstance(error, CaptivePortal):
        return _SIGN_IN_PAGE if error.is_certain else _WEB_PAGE, NoticeAction.TRY_AGAIN
    return _BAD_ANSWER, NoticeAction.TRY_AGAIN


def _in_about(seconds: float) -> str:
    if seconds < 100:
        return (
            "in a minute" if round(seconds) == 60 else f"in about {max(2, round(seconds))} seconds"
        )
    if seconds < 100 * 60:
        return f"in about {round(seconds / 60)} minutes"
    hours = round(seconds / 3600)
    return f"in about {hours} hours" if hours < 48 else "in some days"


def _rejected_text(error: Rejected) -> tuple[str, NoticeAction | None]:
    if isinstance(error, Unauthorized) and error.status is None:
        return "This account has no token that could be sent, so nothing was.", NoticeAction.SIGN_IN
    if isinstance(error, Unauthorized):
        text = "ATZ does not accept the token: it is wrong, or it is no longer valid."
        return text, NoticeAction.SIGN_IN
    if isinstance(error, Forbidden):
        text = "Your token is valid, but ATZ does not let it do this. An administrator can help."
        return text, None
    if isinstance(error, NotFound) and not error.path.rpartition("/")[2].isdigit():
        # No activity was asked for: a list, as when a token is tried.
        return "ATZ is not at this address. Check the API address of the account.", None
    if isinstance(error, NotFound):
        return "ATZ has no activity with this ID, or it was deleted. Check the number.", None
    if isinstance(error, TooLarge):
        text = "The file is larger than ATZ takes. Choose a smaller one, or give a web address."
        return text, None
    if isinstance(error, Conflict):
        text = "The activity is being changed elsewhere. Load it again and look."
        return _with_server_message(text, error), NoticeAction.RELOAD
    return _with_server_message("ATZ refused it.", error), None


def _with_server_message(text: str, error: Rejected) -> str:
    return f"{text} It says: “{single_line(error.message)}”" if error.message else text


def _upload_text(error: UploadCancelled) -> str:
    if isinstance(error, FileUnreadable):
        text = {
            Cause.FILE_MISSING: "is no longer where it was. Choose it again.",
            Cause.FILE_CHANGED: "was changed after you chose it. Choose it again.",
        }.get(error.cause, "could not be read. Is it open elsewhere, or on a drive that is gone?")
        return f"The file “{single_line(error.file_name)}” {text}"
    return "You stopped it before the file was sent. Nothing was changed in ATZ."
