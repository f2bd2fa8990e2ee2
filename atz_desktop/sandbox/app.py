"""The API of ATZ itself, as far as ATZ_API.md tells: a Starlette application."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from atz_desktop.sandbox.account import Account, RejectedError
from atz_desktop.sandbox.fault_responses import retry_after
from atz_desktop.sandbox.listing import page_envelope, select, validate_query
from atz_desktop.sandbox.rate_limit import RateLimit
from atz_desktop.sandbox.request_body import BadBodyError
from atz_desktop.sandbox.validation import Problems, Record

KINDS = ("candidate", "job", "organization", "contact", "deal")
DOCUMENTED_LISTS = ("candidate", "deal")
DOCUMENTED_RECORDS = ("job", "deal")

RetryAfter = Literal["seconds", "date"] | None
"""How a 429 says when to come back, or that it does not."""


def error_body(problems: Problems, status: int = 400) -> JSONResponse:
    """A message for each field, and the first of them above all."""
    first, *others = [message for messages in problems.values() for message in messages]
    more = f" (and {len(others)} more)" if others else ""
    return JSONResponse({"message": first + more, "errors": problems}, status)


class Api:
    """Everything under `/v1`, for the account in the state of the request (see Front)."""

    def __init__(self, pace: RateLimit, retry: RetryAfter) -> None:
        self._pace = pace
        self._retry = retry
        self._routes = Starlette(
            routes=[
                Route("/v1/activity", self._activities, methods=["GET"]),
                Route("/v1/activity/{id}", self._activity, methods=["GET", "PUT"]),
                Route("/v1/{kind}", self._records, methods=["GET"]),
                Route("/v1/{kind}/{slug}", self._record, methods=["GET"]),
            ],
            exception_handlers={HTTPException: _as_json},
        )
        self._routes.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in who has the token and keeps the pace."""
        answer = self._reject(Request(scope)) or self._types(Request(scope))
        await (answer or self._routes)(scope, receive, send)

    def _reject(self, request: Request) -> Response | None:
        if request.state.account is None:
            return JSONResponse({"message": "Unauthorized"}, 401)
        wait = self._pace.check(request.headers["authorization"])
        if not wait:
            return None
        when = retry_after(wait, as_date=self._retry == "date")
        headers = {"Retry-After": when} if self._retry else None
        return JSONResponse({"message": "Too Many Attempts."}, 429, headers)

    def _types(self, request: Request) -> Response | None:
        """ "Get Activity Types", where this account has put it."""
        account = _account(request)
        if request.url.path != account.habits.types_path:
            return None
        types = account.book.types
        return self._listed(request, [{"id": each, "label": types[each]} for each in types])

    async def _activity(self, request: Request) -> Response:
        text = request.path_params["id"]
        if not re.fullmatch(r"0*[1-9][0-9]{0,17}", text, re.ASCII):
            return JSONResponse({"message": "Invalid activity ID"}, 400)
        do = self._update if request.method == "PUT" else self._get
        try:
            return JSONResponse(do(int(text), request))
        except KeyError:
            return JSONResponse({"message": "Activity not found"}, 404)
        except RejectedError as refused:
            return error_body(refused.problems, refused.status)
        except BadBodyError as bad:
            return JSONResponse({"message": bad.message}, bad.status)

    def _get(self, activity_id: int, request: Request) -> Record:
        return _account(request).get(activity_id, ago=request.state.ago)

    def _update(self, activity_id: int, request: Request) -> Record:
        body, account = request.state.body, _account(request)
        account.get(activity_id)
        form = body.form()
        for amend in request.state.amendments:
            form = amend(form)
        after = request.state.after
        return account.update(activity_id, form, as_text=body.is_form, after=after)

    async def _activities(self, request: Request) -> Response:
        query = dict(request.query_params)
        if problems := validate_query(query):
            return error_body(problems)
        account = _account(request)
        found = select(account.activities(ago=request.state.ago), query, account.habits)
        return JSONResponse(page_envelope(found, query, _address(request)))

    async def _records(self, request: Request) -> Response:
        return self._listed(request, list(_shelf(request, DOCUMENTED_LISTS).values()))

    async def _record(self, request: Request) -> Response:
        shelf = _shelf(request, DOCUMENTED_RECORDS)
        record = shelf.get(request.path_params["slug"])
        if record is None:
            raise HTTPException(404, "Record not found")
        return JSONResponse(record)

    def _listed(self, request: Request, records: list[Record]) -> Response:
        query = dict(request.query_params)
        if problems := validate_query(query):
            return error_body(problems)
        page = page_envelope(records, query, _address(request))
        forms: dict[str, Callable[[], object]] = {
            "page": lambda: page,
            "data": lambda: {"data": page["data"]},
            "bare": lambda: page["data"],
        }
        return JSONResponse(forms[_account(request).habits.lists]())


def _account(request: Request) -> Account:
    account: Account = request.state.account
    return account


def _shelf(request: Request, documented: tuple[str, ...]) -> dict[str, Record]:
    kind, account = request.path_params["kind"], _account(request)
    if kind in documented or (kind in KINDS and account.habits.undocumented_paths):
        return account.book.records.get(kind, {})
    raise HTTPException(404, "Not found")


def _address(request: Request) -> str:
    return str(request.url.replace(query=""))


async def _as_json(request: Request, error: Exception) -> Response:
    """404 and 405 in the form of every other error."""
    if not isinstance(error, HTTPException):
        raise error
    return JSONResponse({"message": error.detail}, error.status_code, error.headers)
