"""What each fault that takes the answer away or replaces it does to a request."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate

from atz_desktop.sandbox.exchange import Delays, Exchange
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.request_log import Response

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=utf-8"}

LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Welcome</body></html>"
PROXY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"

MESSAGES = {
    "400": b'{"message": "The given data was invalid."}',
    "401": b'{"message": "Unauthorized"}',
    "403": b'{"message": "This action is not allowed."}',
    "404": b'{"message": "Activity not found"}',
    "409": b'{"message": "The activity was changed by somebody else."}',
    "413": b'{"message": "The request is too large."}',
    "422": b'{"message": "The given data was invalid."}',
    "429": b'{"message": "Too Many Attempts."}',
    "500": b'{"message": "Server Error"}',
    "503": b'{"message": "Service Unavailable"}',
    "504": b'{"message": "Gateway Timeout"}',
}

REPLACEMENTS = {
    "202": Response(202),
    "empty": Response(200, JSON),
    "html": Response(200, HTML, LOGIN_PAGE),
    "bad_json": Response(200, JSON, b'{"id": 42, "title": "Cut o'),
    "wrong_shape": Response(200, JSON, b'{"id": "forty-two", "title": ["x"], "attendees": 7}'),
    "502": Response(502, HTML, PROXY_PAGE),
}


def replacement(fault: Fault) -> Response:
    """The answer that a fault gives in place of the true one."""
    headers = dict(fault.headers)
    if fault.name == "answer":
        return Response(fault.status, headers, fault.body or b"")
    if fault.name == "redirect":
        return Response(307, {**headers, "location": fault.location})
    if fault.retry_after is not None:
        headers["retry-after"] = retry_after(fault.retry_after, as_date=fault.as_date)
    preset = REPLACEMENTS.get(fault.name) or Response(int(fault.name), JSON, MESSAGES[fault.name])
    body = preset.body if fault.body is None else fault.body
    return Response(preset.status, {**preset.headers, **headers}, body)


def retry_after(seconds: float, *, as_date: bool) -> str:
    """The value of `Retry-After`, rounded up: whole seconds, or the date when they have passed."""
    whole = math.ceil(seconds)
    return formatdate(math.ceil(time.time()) + whole, usegmt=True) if as_date else str(whole)


async def drop_response(
    fault: Fault, exchange: Exchange, waits: Delays, carry_out: Callable[[], Awaitable[object]]
) -> None:
    """Give no answer: `timeout`, `late` or `reset`."""
    connection = exchange.connection
    if fault.name == "reset":
        await connection.reset()
        return
    with waits.held(connection if fault.name == "timeout" else None) as released:
        await released
        if fault.name == "late" and not waits.stopping:
            await carry_out()
        await connection.close()


async def corrupt_response(
    fault: Fault, exchange: Exchange, waits: Delays, answer: Response
) -> None:
    """Give the true answer badly: `truncated` or `dripping`."""
    if fault.name == "truncated":
        await exchange.answer_half(answer)
        return
    await exchange.answer_slowly(answer, lambda: waits.pause(fault.seconds, exchange.connection))
