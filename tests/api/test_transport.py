from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from atz_desktop.api.client import AtzClient
from atz_desktop.api.errors import (
    AtzError,
    Cause,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    ServerError,
    Unauthorized,
    UploadCancelled,
)
from atz_desktop.api.multipart import Upload
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.api.requests import DelayReason, PendingDelay
from tests.api.fakes import ACTIVITY, TOKEN, FakeTime, InstantTime, chosen, client_of

GOOD = httpx.Response(200, json=ACTIVITY)
SECOND = "another-secret-77d1"
Step = httpx.Response | Exception


class Script:
    """A server that does one thing after the other and remembers what it was asked."""

    def __init__(self, *steps: Step) -> None:
        self._steps = itertools.chain(steps, itertools.repeat(steps[-1]))
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        step = next(self._steps)
        if isinstance(step, Exception):
            raise step
        return httpx.Response(step.status_code, headers=step.headers, content=step.content)


def tokens(*values: str | None) -> Callable[[], str | None]:
    left = itertools.chain(values, itertools.repeat(values[-1]))
    return lambda: next(left)


@pytest.mark.parametrize(
    "lost",
    [
        httpx.ReadTimeout(""),
        httpx.ReadError(""),
        httpx.WriteError(""),
        httpx.WriteTimeout(""),
        httpx.RemoteProtocolError("Server disconnected without sending a response."),
    ],
)
async def test_a_save_whose_answer_was_lost_is_sent_once(lost: Exception) -> None:
    server = Script(lost, GOOD)
    with pytest.raises(OutcomeUnknown) as caught:
        await client_of(server).update_activity(42, {"title": "x"})
    assert caught.value.may_have_been_applied
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_save_answered_by_a_fault_is_sent_once(status: int) -> None:
    server = Script(httpx.Response(status, html="<h1>Bad gateway</h1>"), GOOD)
    with pytest.raises(ServerError):
        await client_of(server).update_activity(42, {"title": "x"})
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "unsent", [httpx.ConnectError(""), httpx.ConnectTimeout(""), httpx.PoolTimeout("")]
)
async def test_a_save_that_was_never_sent_is_sent_again(unsent: Exception) -> None:
    server = Script(unsent, GOOD)
    assert await client_of(server).update_activity(42, {"title": "x"}) == ACTIVITY
    assert [request.content for request in server.asked] == [b'{"title": "x"}'] * 2


@pytest.mark.parametrize("lost", [httpx.ReadError(""), httpx.ReadTimeout("")])
async def test_a_load_whose_answer_was_lost_is_repeated(lost: Exception) -> None:
    server = Script(lost, httpx.Response(503), GOOD)
    if isinstance(lost, httpx.ReadTimeout):
        server = Script(lost, GOOD)
    assert await client_of(server).get_activity(42) == ACTIVITY


async def test_a_load_is_not_repeated_for_ever() -> None:
    server = Script(httpx.Response(500))
    with pytest.raises(ServerError):
        await client_of(server).get_activity(42)
    assert len(server.asked) == 3


@pytest.mark.parametrize("method", ["get", "put"])
async def test_after_too_many_requests_the_next_comes_when_the_server_wished(method: str) -> None:
    time, waits = InstantTime(), list[PendingDelay]()
    server = Script(httpx.Response(429, headers={"Retry-After": "7"}), GOOD)
    client = client_of(server, time=time, on_wait=waits.append)
    if method == "get":
        await client.get_activity(42)
    else:
        await client.update_activity(42, {"title": "x"})
    assert len(server.asked) == 2
    assert 1_007.0 < time.now < 1_009.0
    [wait] = waits
    assert (wait.reason, wait.attempts, wait.background, wait.finished) == (
        DelayReason.TOO_MANY_REQUESTS,
        1,
        False,
        True,
    )
    assert isinstance(wait.error, RateLimited)


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_fault_with_a_wish_is_waited_for_in_sight_and_holds_nobody_else(
    status: int,
) -> None:
    time, waits = InstantTime(), list[PendingDelay]()
    server = Script(httpx.Response(status, headers={"Retry-After": "8"}), GOOD)
    client = client_of(server, time=time, on_wait=waits.append)
    await client.get_activity(42)
    assert len(server.asked) == 2
    assert 1_008.0 < time.now < 1_010.0
    [wait] = waits
    assert (wait.reason, wait.attempts, wait.finished) == (DelayReason.RETRY_AFTER, 1, True)
    assert 8.0 < wait.seconds < 10.0
    assert client.rate_limiter.available() == 58


async def test_a_fault_that_names_a_day_is_told_and_not_waited_for() -> None:
    time = InstantTime()
    server = Script(httpx.Response(503, headers={"Retry-After": "86400"}))
    with pytest.raises(ServerError) as caught:
        await client_of(server, time=time).get_activity(42)
    assert caught.value.retry_after == 86_400.0
    assert time.slept == []


async def test_a_429_without_a_wish_holds_everybody_for_the_window() -> None:
    time, waiting, asked_at = FakeTime(), asyncio.Event(), list[float]()
    script = Script(httpx.Response(429), GOOD)

    def server(request: httpx.Request) -> httpx.Response:
        asked_at.append(time.now)
        return script(request)

    client = client_of(server, time=time, on_wait=lambda wait: waiting.set())
    first = asyncio.ensure_future(client.get_activity(42))
    await waiting.wait()
    second = client.get_activity(42)
    await time.run(asyncio.gather(first, second))
    assert [at >= 1_060.0 for at in asked_at] == [False, True, True]


async def test_a_wait_of_an_hour_is_told_and_not_waited_for() -> None:
    time = InstantTime()
    server = Script(httpx.Response(429, headers={"Retry-After": "3600"}))
    with pytest.raises(RateLimited) as caught:
        await client_of(server, time=time).get_activity(42)
    assert caught.value.retry_after == 3600.0
    assert time.slept == []


async def test_the_sixty_first_request_waits_and_the_person_sees_it() -> None:
    time, waits = InstantTime(), list[PendingDelay]()
    client = client_of(Script(GOOD), time=time, on_wait=waits.append)
    for _ in range(61):
        await client.get_activity(42)
    [wait] = waits
    assert wait.reason is DelayReason.RATE_LIMIT
    assert 60.0 < wait.seconds < 61.0
    assert time.now > 1_060.0


async def test_stopping_a_pause_gives_the_request_up_with_the_error_that_caused_it() -> None:
    time = FakeTime()
    server = Script(httpx.Response(503), GOOD)
    client = client_of(server, time=time, on_wait=PendingDelay.stop)
    with pytest.raises(ServerError):
        await client.get_activity(42)
    assert len(server.asked) == 1


async def test_stopping_the_wait_for_a_turn_sends_nothing() -> None:
    time = FakeTime()
    server = Script(GOOD)
    client = client_of(server, time=time, on_wait=PendingDelay.stop)
    client.rate_limiter.pause(30.0)
    with pytest.raises(NotSent) as caught:
        await client.update_activity(42, {"title": "x"})
    assert caught.value.cause is Cause.CANCELLED
    assert server.asked == []
    time.now += 30.0
    assert client.rate_limiter.available() == 60


HURRIED = [
    pytest.param(httpx.Response(429, headers={"Retry-After": "60"}), RateLimited, id="429"),
    pytest.param(httpx.Response(503, headers={"Retry-After": "8"}), ServerError, id="503"),
    pytest.param(httpx.ConnectError("no network"), NotSent, id="not sent"),
]


@pytest.mark.parametrize("begun", [True, False], ids=["in the pause", "before it"])
@pytest.mark.parametrize(("answer", "kind"), HURRIED)
async def test_in_a_hurry_no_pause_is_made_and_nothing_is_sent_again(
    answer: httpx.Response | Exception, kind: type[AtzError], begun: bool
) -> None:
    paused = asyncio.Event()
    server = Script(answer, GOOD)
    client = client_of(server, time=FakeTime(), on_wait=lambda wait: paused.set())
    if not begun:
        client.cancel_delays()
    asking = asyncio.ensure_future(client.get_activity(42))
    await paused.wait()
    client.cancel_delays()
    with pytest.raises(kind):
        await asking
    assert len(server.asked) == 1


async def test_in_a_hurry_no_turn_is_waited_for_and_a_free_one_is_taken() -> None:
    server = Script(GOOD, GOOD)
    client = client_of(server, time=FakeTime())
    client.cancel_delays()
    assert await client.get_activity(42) == ACTIVITY
    client.rate_limiter.pause(30.0)
    with pytest.raises(NotSent) as caught:
        await client.update_activity(42, {"title": "x"})
    assert caught.value.cause is Cause.CANCELLED
    assert len(server.asked) == 1


async def test_a_pause_that_is_over_can_be_stopped_without_harm() -> None:
    waits = list[PendingDelay]()
    client = client_of(Script(httpx.Response(503), GOOD), on_wait=waits.append)
    assert await client.get_activity(42) == ACTIVITY
    waits[0].stop()
    assert not waits[0].stopped


async def test_an_upload_stopped_during_a_pause_is_not_sent_again(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF")
    upload = Upload()
    server = Script(httpx.Response(429), GOOD)
    client = client_of(server, time=FakeTime(), on_wait=lambda wait: _stop(upload))
    with pytest.raises(UploadCancelled) as caught:
        await client.update_activity(42, {"attachment": chosen(tmp_path / "cv.pdf")}, upload)
    assert not caught.value.may_have_been_applied
    assert len(server.asked) == 1


def _stop(upload: Upload) -> None:
    assert upload.stop()


class Counting(httpx.AsyncBaseTransport):
    """Counts what would become a connection, before any of it is sent."""

    def __init__(self) -> None:
        self.requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        return GOOD


async def test_an_upload_stopped_while_it_waits_for_its_turn_connects_to_nobody(
    tmp_path: Path,
) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF")
    upload, time, counting = Upload(), FakeTime(), Counting()
    client = AtzClient(
        "https://api.atzcrm.com",
        TOKEN,
        transport=counting,
        rate_limiter=RateLimiter(clock=time.clock, sleep=time.sleep),
        on_wait=lambda wait: _stop(upload),
    )
    client.rate_limiter.pause(30.0)
    with pytest.raises(UploadCancelled):
        await client.update_activity(42, {"attachment": chosen(tmp_path / "cv.pdf")}, upload)
    assert counting.requests == 0


async def test_an_upload_stopped_while_it_waits_asks_nothing_more_and_takes_no_turn(
    tmp_path: Path,
) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF")
    upload, time, asked = Upload(), FakeTime(), list[int]()
    client = client_of(Script(GOOD), time=time, on_wait=lambda wait: _stop(upload))
    client.rate_limiter.pause(30.0)

    async def precondition() -> None:
        asked.append(1)

    with pytest.raises(UploadCancelled):
        await client.update_activity(
            42, {"attachment": chosen(tmp_path / "cv.pdf")}, upload, precondition
        )
    assert asked == []
    time.now += 30.0
    assert client.rate_limiter.available() == 60


async def test_an_upload_that_was_stopped_before_it_began_waits_for_no_turn(
    tmp_path: Path,
) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF")
    upload, waits = Upload(), list[PendingDelay]()
    client = client_of(Script(GOOD), time=FakeTime(), on_wait=waits.append)
    client.rate_limiter.pause(30.0)
    _stop(upload)
    with pytest.raises(UploadCancelled):
        await client.update_activity(42, {"attachment": chosen(tmp_path / "cv.pdf")}, upload)
    assert waits == []


async def test_an_upload_stopped_while_its_precondition_is_asked_connects_to_nobody(
    tmp_path: Path,
) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF")
    upload, counting = Upload(), Counting()
    client = AtzClient("https://api.atzcrm.com", TOKEN, transport=counting)

    async def precondition() -> None:
        _stop(upload)

    with pytest.raises(UploadCancelled) as caught:
        await client.update_activity(
            42, {"attachment": chosen(tmp_path / "cv.pdf")}, upload, precondition
        )
    assert not caught.value.started
    assert counting.requests == 0


class StoppedAsItIsSent(httpx.AsyncBaseTransport):
    """The person stops it in the very moment in which the request gets its connection."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        _stop(self._upload)
        traced = {"request": SimpleNamespace(method=b"PUT")}
        await request.extensions["trace"]("http11.send_request_headers.started", traced)
        assert isinstance(request.stream, httpx.AsyncByteStream)
        async for _ in request.stream:
            pass
        return GOOD


async def test_an_upload_stopped_in_the_moment_in_which_it_is_sent_ends(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF")
    upload = Upload()
    client = AtzClient("https://api.atzcrm.com", TOKEN, transport=StoppedAsItIsSent(upload))
    with pytest.raises(UploadCancelled):
        await asyncio.wait_for(
            client.update_activity(42, {"attachment": chosen(tmp_path / "cv.pdf")}, upload), 5
        )


async def test_an_upload_stopped_beforehand_is_not_begun(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF")
    upload = Upload()
    assert upload.stop()
    server = Script(GOOD)
    with pytest.raises(UploadCancelled) as caught:
        await client_of(server).update_activity(
            42, {"attachment": chosen(tmp_path / "cv.pdf")}, upload
        )
    assert not caught.value.started
    assert server.asked == []


async def test_a_file_is_sent_whole_again_when_the_first_try_reached_nobody(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF-1.7")
    server = Script(httpx.ConnectError(""), httpx.Response(429), GOOD)
    await client_of(server).update_activity(42, {"attachment": chosen(tmp_path / "cv.pdf")})
    assert len(server.asked) == 3
    assert b"%PDF-1.7" in server.asked[-1].content


async def test_a_token_given_meanwhile_is_used_for_the_next_try() -> None:
    server = Script(httpx.Response(503), GOOD)
    await client_of(server, token=tokens("first-token", "second-token")).get_activity(42)
    sent = [request.headers["authorization"] for request in server.asked]
    assert sent == ["Bearer first-token", "Bearer second-token"]


@pytest.mark.parametrize("token", [None, "", "  ", "two words", "tökén", "a\r\nX-Evil: 1"])
async def test_without_a_token_that_can_be_sent_nothing_is_sent(token: str | None) -> None:
    server = Script(GOOD)
    with pytest.raises(Unauthorized) as caught:
        await client_of(server, token=tokens(token)).get_activity(42)
    assert caught.value.status is None
    assert server.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["https://elsewhere.example/v1/activity/42", "/v1/activity/7"])
async def test_a_redirect_is_not_followed(status: int, where: str) -> None:
    server = Script(httpx.Response(status, headers={"Location": where}))
    client = client_of(server)
    for ask in (client.get_activity(42), client.update_activity(42, {"title": "x"})):
        with pytest.raises(AtzError, match=str(status)):
            await ask
    assert {str(request.url) for request in server.asked} == {
        "https://api.atzcrm.com/v1/activity/42"
    }


async def test_cookies_are_not_kept() -> None:
    server = Script(
        httpx.Response(200, json=ACTIVITY, headers={"Set-Cookie": "session=1; Path=/"}), GOOD
    )
    client = client_of(server)
    await client.get_activity(42)
    await client.get_activity(42)
    assert "cookie" not in server.asked[1].headers


@pytest.mark.parametrize(
    "step",
    [
        httpx.Response(401, json={"message": f"unknown token {SECOND}"}),
        httpx.Response(500, text=f"Authorization: Bearer {SECOND}"),
        httpx.Response(200, text=f"debug: {SECOND}"),
        httpx.ReadError(f"with Bearer {SECOND}"),
        httpx.ConnectError(f"with Bearer {SECOND}"),
    ],
)
async def test_the_token_stands_in_no_part_of_an_error(step: Step) -> None:
    # Handed in by a function, so that the client sees it no sooner than the server does.
    client = client_of(Script(step), token=lambda: SECOND)
    with pytest.raises(AtzError) as caught:
        await client.update_activity(42, {"title": "x"})
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    assert SECOND not in f"{error} {error!r} {error.args} {vars(error)}"


async def test_a_token_that_takes_the_place_of_another_stands_in_no_error_either() -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(422, json={"message": f"no: {request.headers['authorization'][7:]}"})

    client = client_of(
        echo, token=tokens("third-secret-4e1a", "third-secret-4e1a", "fourth-secret")
    )
    for _ in range(3):  # the second time with the same one, then with another
        with pytest.raises(AtzError) as caught:
            await client.get_activity(42)
        assert "secret" not in f"{caught.value} {vars(caught.value)}"


async def test_words_that_were_searched_for_stand_in_no_error_and_no_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(ServerError) as caught:
        await client_of(Script(httpx.Response(500))).list_activities({"search": "Jane"})
    assert "Jane" not in f"{caught.value} {vars(caught.value)}"
    assert "Jane" not in caplog.text


@pytest.mark.parametrize(
    ("proxy", "why"),
    [
        ("gopher://proxy:1", Cause.PROXY_SETTING),
        ("http://[", Cause.PROXY_SETTING),
        ("socks5://127.0.0.1:1", Cause.SOCKS),
    ],
)
async def test_a_proxy_that_cannot_be_used_is_said(proxy: str, why: Cause) -> None:
    client = AtzClient("https://api.atzcrm.com", TOKEN, proxy=proxy)
    with pytest.raises(NotSent) as caught:
        await client.get_activity(42)
    assert caught.value.cause is why


# A refused token


class Door:
    """A server that takes one token alone, and somebody who gives tokens when asked."""

    def __init__(self, *tokens: str | None) -> None:
        self.token = "old-token"
        self.asked: list[str] = []
        self.seen: list[tuple[str, str, bytes]] = []
        self.ended: list[AtzError | None] = []
        self._tokens = list(tokens)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        given = request.headers["Authorization"].removeprefix("Bearer ")
        self.seen.append((request.method, given, request.content))
        if given == "good-token":
            return httpx.Response(200, json=ACTIVITY)
        return httpx.Response(401, json={"message": "Unauthorized"})

    async def renew(self, refused: str) -> bool:
        self.asked.append(refused)
        new = self._tokens.pop(0)
        self.token = new or self.token
        return new is not None

    def client(self) -> AtzClient:
        time = InstantTime()
        return AtzClient(
            "https://api.atzcrm.com",
            lambda: self.token,
            transport=httpx.MockTransport(self),
            rate_limiter=RateLimiter(clock=time.clock, sleep=time.sleep),
            renew_token=self.renew,
            on_end=self.ended.append,
            sleep=time.sleep,
        )


async def test_a_save_with_a_refused_token_goes_on_with_the_new_one() -> None:
    door = Door("good-token")
    client = door.client()
    await client.update_activity(42, {"title": "x"})
    await client.close()
    assert [(method, token) for method, token, _ in door.seen] == [
        ("PUT", "old-token"),
        ("PUT", "good-token"),
    ]
    assert door.seen[0][2] == door.seen[1][2]
    assert door.asked == ["old-token"]
    assert door.ended == [None]


async def test_a_new_token_that_is_refused_too_is_asked_for_again() -> None:
    door = Door("wrong-token", "good-token")
    client = door.client()
    assert await client.get_activity(42) == ACTIVITY
    await client.close()
    assert door.asked == ["old-token", "wrong-token"]


async def test_who_gives_no_new_token_hears_of_the_refusal() -> None:
    door = Door(None)
    client = door.client()
    with pytest.raises(Unauthorized):
        await client.update_activity(42, {"title": "x"})
    await client.close()
    assert len(door.seen) == 1
    assert isinstance(door.ended[0], Unauthorized)


async def test_nobody_is_asked_for_a_token_by_background_work() -> None:
    door = Door("good-token")
    client = door.client()
    with pytest.raises(Unauthorized):
        await client.get_activity(42, background=True)
    await client.close()
    assert not door.asked


async def test_a_file_is_sent_whole_again_with_the_new_token(tmp_path: Path) -> None:
    door = Door("good-token")
    client = door.client()
    path = tmp_path / "cv.txt"
    path.write_bytes(b"the whole of it")
    await client.update_activity(42, {"attachment": chosen(path)})
    await client.close()
    assert [b"the whole of it" in content for _, _, content in door.seen] == [True, True]
