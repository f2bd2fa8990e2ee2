from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atz_desktop import __version__
from atz_desktop.api import client as client_module
from atz_desktop.api.client import AtzClient
from atz_desktop.api.errors import (
    AtzError,
    CaptivePortal,
    Cause,
    InvalidResponse,
    NotSent,
    Rejected,
)
from tests.api.fakes import ACTIVITY, TOKEN, client_of
from tests.lengths import examples

EXAMPLES = Path(__file__).parents[1] / "examples"


def example(name: str) -> dict[str, object]:
    value = json.loads((EXAMPLES / name).read_bytes())
    assert isinstance(value, dict)
    return value


def always(response: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: response


async def test_loading_asks_for_one_activity_with_the_token_and_hands_on_what_came() -> None:
    asked: list[httpx.Request] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=ACTIVITY | {"unknown": [None, 1.5]})

    assert await client_of(server).get_activity(42) == ACTIVITY | {"unknown": [None, 1.5]}
    [request] = asked
    assert (request.method, str(request.url)) == ("GET", "https://api.atzcrm.com/v1/activity/42")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["user-agent"] == f"ATZ-Desktop/{__version__}"
    assert request.headers["accept"] == "application/json"
    assert request.content == b""


async def test_saving_puts_exactly_the_given_fields_as_json() -> None:
    asked: list[httpx.Request] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=ACTIVITY)

    assert await client_of(server).update_activity(42, {"title": "Ünïcode", "mark_as_done": False})
    [request] = asked
    assert (request.method, request.url.path) == ("PUT", "/v1/activity/42")
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == {"title": "Ünïcode", "mark_as_done": False}


async def test_the_examples_of_the_documents_go_through_unchanged_in_both_directions() -> None:
    bodies: list[object] = []

    def server(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(200, content=(EXAMPLES / "put_activity_response.json").read_bytes())

    fields = example("put_activity_request.json")
    answer = await client_of(server).update_activity(42, fields)
    assert bodies == [example("put_activity_request.json")]
    assert answer == example("put_activity_response.json")


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_another_activity_in_the_answer_is_no_proof_of_a_save(status: int) -> None:
    client = client_of(always(httpx.Response(status, json={"id": 43})))
    with pytest.raises(InvalidResponse) as caught:
        await client.update_activity(42, {"title": "x"})
    assert caught.value.may_have_been_applied
    assert caught.value.status == status


@pytest.mark.parametrize("body", [b"", b"OK", b"<html></html>", b"[]", b"null", b'{"id": "42"}'])
async def test_an_answer_that_is_no_activity_leaves_a_save_open(body: bytes) -> None:
    client = client_of(always(httpx.Response(200, content=body)))
    with pytest.raises((InvalidResponse, CaptivePortal)) as caught:
        await client.update_activity(42, {"title": "x"})
    assert caught.value.may_have_been_applied
    assert caught.value.body_excerpt == body.decode()


async def test_a_save_without_fields_sends_nothing() -> None:
    def server(request: httpx.Request) -> httpx.Response:
        pytest.fail("a request was sent")

    with pytest.raises(ValueError, match="without fields"):
        await client_of(server).update_activity(42, {})


async def test_a_refusal_is_told_per_field() -> None:
    body = {"message": "Invalid", "errors": {"title": ["at most 100 characters"]}}
    client = client_of(always(httpx.Response(422, json=body)))
    with pytest.raises(Rejected) as caught:
        await client.update_activity(42, {"title": "x"})
    assert caught.value.message == "Invalid"
    assert caught.value.fields == {"title": ("at most 100 characters",)}


async def test_the_list_is_asked_for_with_its_filters() -> None:
    asked: list[httpx.Request] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"data": [ACTIVITY], "current_page": 1, "last_page": 1})

    page = await client_of(server).list_activities({"search": "a b&c", "page": 1, "type": None})
    assert page.items == (ACTIVITY,)
    assert page.more is False
    assert dict(asked[0].url.params) == {"search": "a b&c", "page": "1"}


async def test_records_are_listed_and_looked_up_by_entity() -> None:
    asked: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        if request.url.path == "/v1/candidate":
            return httpx.Response(200, json=[{"slug": "candidate_1"}])
        return httpx.Response(200, json={"data": {"slug": "job_1"}})

    client = client_of(server)
    assert (await client.list_records("candidate", 3)).items == ({"slug": "candidate_1"},)
    assert await client.get_record("job", "job_1") == {"slug": "job_1"}
    assert asked == ["/v1/candidate?page=3&limit=25", "/v1/job/job_1"]


@pytest.mark.parametrize("status", [200, 201, 299])
async def test_a_success_is_no_error(status: int) -> None:
    client = client_of(lambda request: httpx.Response(status, json=ACTIVITY))
    assert await client.get_activity(42) == ACTIVITY


async def test_a_record_is_read_bare_too_and_anything_else_is_none() -> None:
    bare = {"slug": "a", "data": "x"}
    answers = iter([{"slug": "a"}, bare, []])
    client = client_of(lambda request: httpx.Response(200, json=next(answers)))
    assert await client.get_record("job", "a") == {"slug": "a"}
    assert await client.get_record("job", "a") == bare
    with pytest.raises(InvalidResponse):
        await client.get_record("job", "a")


async def test_a_check_is_one_cheap_request() -> None:
    asked: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        return httpx.Response(200, json={"data": []})

    await client_of(server).check()
    assert asked == ["/v1/activity?page=1&limit=1"]


async def test_a_check_fails_at_an_address_where_something_else_answers() -> None:
    with pytest.raises(CaptivePortal):
        await client_of(always(httpx.Response(200, html="<h1>Welcome</h1>"))).check()


async def test_a_path_in_the_address_comes_before_that_of_the_api() -> None:
    asked: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json=ACTIVITY)

    transport = httpx.MockTransport(server)
    client = AtzClient("https://gateway.example/atz/v1/", TOKEN, transport=transport)
    await client.get_activity(42)
    assert asked == ["https://gateway.example/atz/v1/activity/42"]


def test_the_token_cannot_be_sent_in_clear_to_another_computer() -> None:
    with pytest.raises(ValueError, match="nobody on the way can read your token"):
        AtzClient("http://api.atzcrm.com", TOKEN)


async def test_a_closed_client_says_so_and_sends_nothing() -> None:
    client = client_of(always(httpx.Response(200, json=ACTIVITY)))
    await client.get_activity(42)
    await client.close()
    with pytest.raises(NotSent) as caught:
        await client.get_activity(42)
    assert caught.value.cause is Cause.CLOSED


async def test_many_first_requests_at_once_share_one_connection_pool() -> None:
    client = client_of(lambda request: httpx.Response(200, json=ACTIVITY))
    answers = await asyncio.gather(*(client.get_activity(42) for _ in range(5)))
    assert answers == [ACTIVITY] * 5
    assert client.rate_limiter.available() == 55


async def test_a_large_answer_is_decoded_away_from_the_windows_thread() -> None:
    threads: list[threading.Thread] = []

    body = json.dumps(ACTIVITY | {"description": "x" * (client_module.INLINE_PARSE_LIMIT + 1)})
    client = client_of(always(httpx.Response(200, text=body)))
    await client.get_activity(42)  # loads what every request needs
    loads = json.loads

    def noticing(*args: object, **kwargs: object) -> object:
        threads.append(threading.current_thread())
        return loads(*args, **kwargs)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json, "loads", noticing)
        answer = await client.get_activity(42)
    assert len(str(answer["description"])) > client_module.INLINE_PARSE_LIMIT
    assert threads != [threading.main_thread()]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
NEARLY_AN_ACTIVITY = st.dictionaries(
    st.sampled_from(["id", "title", "attendees", "data", "message", "errors", "total"]), JSON
)
BODY = (
    st.binary(max_size=200)
    | (JSON | NEARLY_AN_ACTIVITY).map(lambda value: json.dumps(value).encode())
    | JSON.map(lambda value: json.dumps({"id": 42, "data": value, "errors": value}).encode())
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["content-type", "content-encoding", "location", "retry-after", "date", "set-cookie"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)
    | st.sampled_from(["gzip", "deflate", "text/html; charset=nonsense", "http://[", "//x:y@z"]),
)


class Raw(httpx.AsyncByteStream):
    """A body that is unpacked by the client, as from a socket."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


def test_no_answer_whatever_raises_anything_but_a_known_error() -> None:
    answers: list[tuple[int, dict[str, str], bytes]] = []

    def server(request: httpx.Request) -> httpx.Response:
        status, headers, body = answers[-1]
        pairs = [(name.encode(), text.encode("latin-1")) for name, text in headers.items()]
        return httpx.Response(status, headers=pairs, stream=Raw(body))

    client = client_of(server)

    async def ask_everything() -> None:
        for ask in (
            client.get_activity(42),
            client.update_activity(42, {"title": "x"}),
            client.list_activities({}),
            client.get_record("job", "job_1"),
        ):
            try:
                await ask
            except AtzError as error:
                said = f"{error} {error!r} {vars(error)}"
                assert TOKEN not in said

    with asyncio.Runner() as runner:

        @settings(
            max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.too_slow]
        )
        @given(
            status=st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 422, 429, 500])
            | st.integers(100, 999),
            headers=HEADERS,
            body=BODY,
        )
        def holds(status: int, headers: dict[str, str], body: bytes) -> None:
            answers.append((status, headers, body))
            runner.run(ask_everything())

        holds()
        runner.run(client.close())
