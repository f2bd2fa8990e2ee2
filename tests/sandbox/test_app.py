"""The API over real sockets: who is let in, what is answered, in which form."""

from __future__ import annotations

import json
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from atz_desktop.sandbox.people import slug_of
from atz_desktop.sandbox.server import Sandbox
from tests.sandbox.asking import ONE, ask, get, put, put_parts

EXAMPLES = Path(__file__).parent.parent / "examples"


def example(name: str) -> Any:
    return json.loads((EXAMPLES / name).read_text(encoding="utf-8"))


def test_get_answers_the_bare_object(sandbox: Sandbox) -> None:
    reply = get(sandbox)
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.json() == sandbox.account.get(42)


def test_the_answer_that_atz_shows_goes_through_unchanged(sandbox: Sandbox) -> None:
    sandbox.account.set(example("put_activity_response.json"))
    reply = get(sandbox)
    assert list(reply.json().items()) == list(example("put_activity_response.json").items())


def test_the_request_that_atz_shows_is_taken_as_it_is(sandbox: Sandbox) -> None:
    sent = example("put_activity_request.json")
    reply = put(sandbox, sent)
    assert reply.status == 200
    after = reply.json()
    assert after == get(sandbox).json()
    assert after["activity_type"] == {"id": 3, "label": "Task"}
    assert (after["related_to_type"], after["related_to"]) == ("candidate", sent["related_to"])
    assert (after["start_date"], after["start_time"], after["end_time"]) == (
        "2026-04-25",
        "10:00",
        "11:00",
    )
    assert [each["slug"] for each in after["attendees"]["contacts"]] == [
        sent["contacts_as_attendees"]
    ]
    assert [each["id"] for each in after["attendees"]["users"]] == [1]
    assert after["attachment"]["file_link"] == sent["attachment"]
    same = ("title", "importance", "location", "description", "meeting_link", "mark_as_done")
    assert {name: after[name] for name in same} == {name: sent[name] for name in same}


def test_a_form_does_what_the_same_json_does(sandbox: Sandbox) -> None:
    form = {
        "title": "Gespräch 🎉\r\nzwei",
        "activity_type_id": 17,
        "mark_as_done": True,
        "collaborators": "1,2",
        "users_as_attendees": "",
        "start_datetime": "2026-05-01T08:00:00Z",
        "end_datetime": "2026-05-01T09:00:00Z",
        "attachment": "https://example.com/a.pdf",
    }
    parts = {
        key: str(value).lower() if value is True else str(value) for key, value in form.items()
    }
    by_json = put(sandbox, form, "/v1/activity/43").json()
    by_parts = put_parts(sandbox, parts, path="/v1/activity/43").json()
    moving = ("updated_at",)
    assert {k: v for k, v in by_parts.items() if k not in moving} == {
        k: v for k, v in by_json.items() if k not in moving
    }


def test_a_refusal_names_each_field_and_changes_nothing(sandbox: Sandbox) -> None:
    before = sandbox.account.get(42)
    reply = put(sandbox, {"title": "x" * 101, "importance": "urgent", "location": "ok"})
    assert reply.status == 400
    assert set(reply.errors) == {"title", "importance"}
    assert reply.json()["message"].startswith(reply.errors["title"][0])
    assert sandbox.account.get(42) == before


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("GET", "/v1/activity/4711", 404, "Activity not found"),
        ("PUT", "/v1/activity/4711", 404, "Activity not found"),
        ("GET", "/v1/activity/abc", 400, "Invalid activity ID"),
        ("PUT", "/v1/activity/0", 400, "Invalid activity ID"),
        ("GET", "/v1/activity/-1", 400, "Invalid activity ID"),
        ("DELETE", ONE, 405, "Method Not Allowed"),
        ("POST", "/v1/activity", 405, "Method Not Allowed"),
        ("GET", "/v1/activity/", 404, "Not Found"),
        ("GET", "/v2/activity/42", 404, "Not Found"),
        ("GET", "/v1/user", 404, "Not found"),
    ],
)
def test_errors_are_json_with_a_message(
    sandbox: Sandbox, method: str, path: str, status: int, message: str
) -> None:
    reply = ask(sandbox, method, path, b"{}", {"Content-Type": "application/json"})
    assert (reply.status, reply.json()["message"]) == (status, message)


def test_an_activity_that_is_not_there_is_404_whatever_was_sent(sandbox: Sandbox) -> None:
    assert put(sandbox, {"title": "x" * 101}, "/v1/activity/4711").status == 404
    assert put(sandbox, ["no", "object"], "/v1/activity/4711").status == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", "sandbox-token", "Basic eDp5"])
def test_without_the_right_token_every_path_is_401(sandbox: Sandbox, given: str) -> None:
    for path in (ONE, "/v1/activity", "/nothing"):
        reply = ask(sandbox, "GET", path, headers={"Authorization": given})
        assert (reply.status, reply.json()) == (401, {"message": "Unauthorized"})


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"title": NaN}', "application/json"),
        (b'{"title": "a", "title": "b"}', "application/json"),
        (b'{"title": "\xff"}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"{}", "text/plain"),
        (b"title=a", "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data"),
        (b"no parts", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\na',
            "multipart/form-data; boundary=x",
        ),
        (
            b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_body_that_cannot_be_read_is_400(sandbox: Sandbox, body: bytes, kind: str) -> None:
    before = sandbox.account.get(42)
    reply = ask(sandbox, "PUT", ONE, body, {"Content-Type": kind})
    assert reply.status == 400
    assert reply.json()["message"]
    assert sandbox.account.get(42) == before


def test_the_61st_request_in_a_minute_is_turned_away_until_the_window_has_passed() -> None:
    now = [1000.0]
    with Sandbox(clock=lambda: now[0]) as sandbox:
        assert {get(sandbox).status for _ in range(60)} == {200}
        reply = get(sandbox)
        assert (reply.status, "retry-after" in reply.headers) == (429, False)
        now[0] += 59.5
        assert get(sandbox).status == 429
        now[0] += 0.5
        assert get(sandbox).status == 200
        sandbox.pace.limit = None
        assert {get(sandbox).status for _ in range(70)} == {200}


def test_a_429_may_say_when_to_come_back_in_seconds_or_as_a_date() -> None:
    with Sandbox(pace_limit=1, retry_after="seconds", clock=lambda: 0.0) as sandbox:
        get(sandbox)
        assert get(sandbox).headers["retry-after"] == "60"
    with Sandbox(pace_limit=1, retry_after="date", clock=lambda: 0.0) as sandbox:
        get(sandbox)
        assert parsedate_to_datetime(get(sandbox).headers["retry-after"]).tzinfo


def test_what_the_documents_leave_open_can_be_switched_off(sandbox: Sandbox) -> None:
    job, candidate = slug_of("job", 1), slug_of("candidate", 6)
    paths = ["contact", "job", "organization", f"candidate/{candidate}", "candidate", "deal"]
    assert [get(sandbox, f"/v1/{path}").status for path in paths] == [200] * 6
    account = sandbox.account
    account.habits = replace(account.habits, undocumented_paths=False)
    assert [get(sandbox, f"/v1/{path}").status for path in paths] == [404] * 4 + [200] * 2
    assert get(sandbox, f"/v1/job/{job}").json()["position_name"].startswith("Senior Backend")


def test_lists_of_records_come_in_each_of_the_three_forms(sandbox: Sandbox) -> None:
    page = get(sandbox, "/v1/candidate?page=3&limit=25").json()
    assert (page["total"], page["from"], page["to"], page["next_page_url"]) == (59, 51, 59, None)
    account = sandbox.account
    account.habits = replace(account.habits, lists="data")
    assert get(sandbox, "/v1/candidate?page=3").json() == {"data": page["data"]}
    account.habits = replace(account.habits, lists="bare")
    assert get(sandbox, "/v1/candidate?page=3").json() == page["data"]


def test_the_types_of_the_account_answer_only_where_it_has_put_them(sandbox: Sandbox) -> None:
    assert get(sandbox, "/v1/activity-types").status == 404
    account = sandbox.account
    account.habits = replace(account.habits, types_path="/v1/activity-types")
    types = get(sandbox, "/v1/activity-types").json()["data"]
    assert {"id": 17, "label": "Reference check"} in types
