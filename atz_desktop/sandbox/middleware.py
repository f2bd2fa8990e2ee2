"""What stands between the socket and the API: it writes down each request and strikes faults."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import get_args
from urllib.parse import parse_qsl

from atz_desktop.sandbox.account import Account, RejectedError
from atz_desktop.sandbox.exchange import (
    Application,
    Delays,
    Exchange,
    Message,
    Receive,
    Send,
)
from atz_desktop.sandbox.fault_responses import JSON, corrupt_response, drop_response, replacement
from atz_desktop.sandbox.faults import COURSE, ActiveFault, Fault, Faults, Lost, Mangled
from atz_desktop.sandbox.origin_check import is_foreign
from atz_desktop.sandbox.request_body import RequestBody
from atz_desktop.sandbox.request_log import ReceivedRequest, RequestLog, Response
from atz_desktop.sandbox.validation import FLAGS, Record

FOREIGN = Response(421, JSON, b'{"message": "Misdirected Request"}')


class FaultMiddleware:
    """An ASGI application around the one of the API.

    The API finds in the state of its scope the `account` that the token opens (None: none does),
    the `body`, in `amendments` what is to be done to the form of a PUT before it is carried out, in
    `after` the seconds until it is, and in `ago` the age of what a GET shows.
    """

    def __init__(
        self,
        api: Application,
        accounts: Mapping[str, Account],
        faults: Faults,
        log: RequestLog,
        waits: Delays,
    ) -> None:
        self._api = api
        self._accounts = accounts
        self._faults = faults
        self._log = log
        self._waits = waits

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Take one request from its first byte to the last one of its answer."""
        exchange = Exchange(scope, receive, send)
        if is_foreign(exchange):
            exchange.closes = True
            await exchange.answer(FOREIGN)
            return
        if not await self._read(exchange):
            return
        last: ActiveFault | None = None
        for switch in self._faults.match(exchange.method, exchange.path):
            if switch.fault.name in COURSE:
                await self._alter(switch, exchange)
            else:
                last = switch
        if self._waits.stopping:
            await exchange.connection.close()
        elif last is None:
            await self._answer(exchange, await self._forward(exchange))
        else:
            await self._inject(last, exchange)

    async def _read(self, exchange: Exchange) -> bool:
        """Read the body, write the request down; whether all of it came.

        Nothing is kept of a body that came without a token.
        """
        account = self._account_for(exchange.headers.get("authorization", ""))
        body = RequestBody(exchange.scope, exchange.receive, keep=account is not None)
        complete = await body.read()
        headers = {key: exchange.headers[key] for key in exchange.headers if key != "authorization"}
        exchange.received = ReceivedRequest(
            exchange.method,
            exchange.path,
            dict(parse_qsl(exchange.scope["query_string"].decode(), keep_blank_values=True)),
            headers,
            body.trace.kept,
            body.trace.size,
            body.uploads,
            complete,
            self._log.now(),
        )
        self._log.append(exchange.received)
        exchange.scope["state"] |= {
            "account": account,
            "body": body,
            "amendments": [],
            "after": 0.0,
            "ago": 0.0,
        }
        return complete

    def _account_for(self, authorization: str) -> Account | None:
        """The account that this token opens."""
        scheme, _, token = authorization.partition(" ")
        return self._accounts.get(token) if scheme == "Bearer" else None

    async def _alter(self, switch: ActiveFault, exchange: Exchange) -> None:
        """Strike with a fault that changes the course of a request, before it is carried out."""
        fault = switch.fault
        if fault.name == "colleague":
            _edit_as_colleague(fault, exchange, switch.count + 1)
        elif fault.name == "delayed":
            exchange.scope["state"]["after"] = fault.seconds
        elif fault.name == "lagging":
            lags = fault.lags or (fault.seconds,)
            exchange.scope["state"]["ago"] = lags[switch.count % len(lags)]
        elif fault.name == "refused":
            exchange.connection.stop_listening()
            exchange.closes = True
        elif fault.name != "slow":
            exchange.scope["state"]["amendments"].append(_amendment(fault))
        switch.record()
        if fault.name == "slow":
            await self._waits.pause(fault.seconds)

    async def _inject(self, switch: ActiveFault, exchange: Exchange) -> None:
        """Take the answer away, or give another one."""
        fault = switch.fault
        true, old = Response(500), _current_activity(exchange)
        if fault.is_applied or exchange.scope["state"]["after"]:
            true = await self._forward(exchange)
        switch.record()
        if fault.name in get_args(Lost):
            await drop_response(fault, exchange, self._waits, lambda: self._forward(exchange))
        elif fault.name in get_args(Mangled):
            await corrupt_response(fault, exchange, self._waits, true)
        elif fault.name == "wrong_activity":
            await self._answer(exchange, _other(fault, exchange, true))
        elif fault.name == "old_record":
            await self._answer(exchange, _as_answer(old) if old and true.status == 200 else true)
        else:
            await self._answer(exchange, replacement(fault))

    async def _answer(self, exchange: Exchange, answer: Response) -> None:
        """Send it, and write down what one activity was said to be."""
        if exchange.received and _activity_id(exchange.path):
            exchange.received.answer = answer
            exchange.received.answered = self._log.now()
        await exchange.answer(answer)

    async def _forward(self, exchange: Exchange) -> Response:
        """Let the API do what was asked, and keep its answer back."""
        start: Message = {}
        body = bytearray()

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            start.update(message if message["type"] == "http.response.start" else {})
            body.extend(message.get("body", b""))

        await self._api(exchange.scope, receive, send)
        headers = {
            name.decode("latin-1"): text.decode("latin-1") for name, text in start["headers"]
        }
        return Response(start["status"], headers, bytes(body))


def _activity_id(path: str) -> int:
    """The ID in the path of one activity; 0 for every other path."""
    found = re.fullmatch(r"/v1/activity/([0-9]{1,18})", path, re.ASCII)
    return int(found[1]) if found else 0


def _account(exchange: Exchange) -> Account:
    """The account that the request is about; one with nothing in it for a wrong token."""
    return exchange.scope["state"]["account"] or Account()


def _current_activity(exchange: Exchange) -> Record | None:
    """The activity of the path, as it is now."""
    account, activity_id = _account(exchange), _activity_id(exchange.path)
    return account.get(activity_id) if activity_id in account.ids() else None


def _edit_as_colleague(fault: Fault, exchange: Exchange, count: int) -> None:
    if _current_activity(exchange):
        values = fault.values or {"location": f"Room {count}, says a colleague"}
        _account(exchange).edit_as_colleague(_activity_id(exchange.path), **values)


def _other(fault: Fault, exchange: Exchange, true: Response) -> Response:
    account, mine = _account(exchange), _activity_id(exchange.path)
    ids = [each for each in account.ids() if each != mine]
    if true.status != 200 or not ids:
        return true
    after = [each for each in ids if each > mine]
    return _as_answer(account.get(fault.activity_id or (after or ids)[0]))


def _as_answer(activity: Record) -> Response:
    return Response(200, JSON, json.dumps(activity, ensure_ascii=False).encode())


def _amendment(fault: Fault) -> Callable[[Record], Record]:
    """What the server does to the form of a PUT before it carries it out."""

    def ignore(form: Record) -> Record:
        return {key: form[key] for key in form if fault.fields and key not in fault.fields}

    def alter(form: Record) -> Record:
        changed = dict(fault.values)
        if not changed and isinstance(form.get("title"), str):
            changed = {"title": form["title"][:10]}
        return {key: changed.get(key, form[key]) for key in form}

    def refuse_false(form: Record) -> Record:
        if wrong := [name for name in FLAGS if form.get(name) is False]:
            words = "The {} field must be true or false."
            raise RejectedError(
                {name: [words.format(name.replace("_", " "))] for name in wrong}, 422
            )
        flags = {name: form[name] for name in FLAGS if form.get(name) in (0, 1, "0", "1")}
        return {**form, **{name: str(flags[name]) in ("1", "True") for name in flags}}

    return {"ignored": ignore, "altered": alter, "false_refused": refuse_false}[fault.name]
