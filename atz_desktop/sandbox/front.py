"""What stands between the socket and the API: it writes down each request and strikes faults."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import get_args
from urllib.parse import parse_qsl

from atz_desktop.sandbox.account import Account
from atz_desktop.sandbox.body import Body
from atz_desktop.sandbox.exchange import (
    Answer,
    Application,
    Exchange,
    Message,
    Receive,
    Send,
    Waits,
)
from atz_desktop.sandbox.faults import COURSE, Fault, Faults, Lost, Mangled, Switch
from atz_desktop.sandbox.received import Received, RequestLog
from atz_desktop.sandbox.rules import Record
from atz_desktop.sandbox.strikes import JSON, lose, mangle, stand_in


class Front:
    """An ASGI application around the one of the API.

    The API finds the Body in the state of its scope, and in `amendments` what is to be done to the
    form of a PUT before it is carried out.
    """

    def __init__(
        self,
        api: Application,
        account: Account,
        faults: Faults,
        log: RequestLog,
        waits: Waits,
    ) -> None:
        self._api = api
        self._account = account
        self._faults = faults
        self._log = log
        self._waits = waits

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Take one request from its first byte to the last one of its answer."""
        exchange = Exchange(scope, receive, send)
        if not await self._read(exchange):
            return
        last: Switch | None = None
        for switch in self._faults.take(exchange.method, exchange.path):
            if switch.fault.name in COURSE:
                await self._steer(switch, exchange)
            else:
                last = switch
        if self._waits.stopping:
            await exchange.connection.close()
        elif last is None:
            await exchange.answer(await self._carry_out(exchange))
        else:
            await self._strike(last, exchange)

    async def _read(self, exchange: Exchange) -> bool:
        """Read the body, write the request down; whether all of it came."""
        body = Body(exchange.headers.get("content-type", ""))
        more, complete = True, True
        while more:
            message = await exchange.receive()
            body.feed(message.get("body", b""))
            complete = message["type"] != "http.disconnect"
            more = complete and message.get("more_body", False)
        headers = {key: exchange.headers[key] for key in exchange.headers if key != "authorization"}
        self._log.append(
            Received(
                exchange.method,
                exchange.path,
                dict(parse_qsl(exchange.scope["query_string"].decode(), keep_blank_values=True)),
                headers,
                body.trace.kept,
                body.trace.size,
                body.trace.sha256,
                body.uploads,
                complete,
            )
        )
        exchange.scope["state"] |= {"body": body, "amendments": []}
        return complete

    async def _steer(self, switch: Switch, exchange: Exchange) -> None:
        """Strike with a fault that changes the course of a request, before it is carried out."""
        fault = switch.fault
        if fault.name == "colleague":
            self._colleague_edits(fault, exchange.path, switch.struck + 1)
        elif fault.name == "refused":
            exchange.connection.stop_listening()
            exchange.closes = True
        elif fault.name != "slow":
            exchange.scope["state"]["amendments"].append(_amendment(fault))
        switch.strike()
        if fault.name == "slow":
            await self._waits.pause(fault.seconds)

    def _colleague_edits(self, fault: Fault, path: str, count: int) -> None:
        activity_id = _activity_id(path)
        if activity_id in self._account.ids():
            values = fault.values or {"location": f"Room {count}, says a colleague"}
            self._account.colleague_edits(activity_id, **values)

    async def _strike(self, switch: Switch, exchange: Exchange) -> None:
        """Take the answer away, or give another one."""
        fault = switch.fault
        true = Answer(500)
        if fault.is_applied:
            true = await self._carry_out(exchange)
        switch.strike()
        if fault.name in get_args(Lost):
            await lose(fault, exchange, self._waits, lambda: self._carry_out(exchange))
        elif fault.name in get_args(Mangled):
            await mangle(fault, exchange, self._waits, true)
        elif fault.name == "wrong_activity":
            await exchange.answer(self._other(fault, exchange.path, true))
        else:
            await exchange.answer(stand_in(fault))

    def _other(self, fault: Fault, path: str, true: Answer) -> Answer:
        ids = [each for each in self._account.ids() if each != _activity_id(path)]
        if true.status != 200 or not ids:
            return true
        after = [each for each in ids if each > _activity_id(path)]
        activity = self._account.get(fault.activity_id or (after or ids)[0])
        return Answer(200, JSON, json.dumps(activity, ensure_ascii=False).encode())

    async def _carry_out(self, exchange: Exchange) -> Answer:
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
        return Answer(start["status"], headers, bytes(body))


def _activity_id(path: str) -> int:
    """The ID in the path of one activity; 0 for every other path."""
    found = re.fullmatch(r"/v1/activity/([0-9]{1,18})", path, re.ASCII)
    return int(found[1]) if found else 0


def _amendment(fault: Fault) -> Callable[[Record], Record]:
    """What the server does to the form of a PUT before it carries it out."""

    def ignore(form: Record) -> Record:
        return {key: form[key] for key in form if fault.fields and key not in fault.fields}

    def alter(form: Record) -> Record:
        changed = dict(fault.values)
        if not changed and isinstance(form.get("title"), str):
            changed = {"title": form["title"][:10]}
        return {key: changed.get(key, form[key]) for key in form}

    return ignore if fault.name == "ignored" else alter
