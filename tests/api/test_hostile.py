"""What no honest program sends, on both databases: a problem comes back, never a crash."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.api.desk import Caller, said
from tests.cast import Newsroom
from tests.thorough import few

As = Callable[[str], Caller]
ODD = (
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff x",
    "\x1b[31m",
    "\u202e",
    "\ufeff",
    "😀" * 50,
    "'; DROP TABLE article; --",
)


BODIES: dict[str, bytes] = {
    "deep": b'{"column": ' + b"[" * 100_000,
    "deep and whole": b"[" * 100_000 + b"]" * 100_000,
    "deep inside": b'{"column": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a long number": b'{"column": ' + b"9" * 10_000 + b"}",
    "no numbers": b'{"column": NaN, "articles": [Infinity, -Infinity]}',
    "large numbers": b'{"column": "advice", "delivery": "manual", "articles": [99999999999999999999999]}',
    "another encoding": '{"column": "advice"}'.encode("utf-16"),
    "a key twice": b'{"column": "advice", "column": 3}',
    "an odd key": json.dumps({"column": "advice", "\\ud800": 1, "\\x00": 2}).encode(),
    "a word": b'"word"',
    "nothing": b"null",
}
WRITING = (
    "/articles",
    "/articles/1/reviews",
    "/editions",
    "/editions/1/schedule",
    "/editions/1/withdraw",
    "/editions/1/links",
)


@pytest.fixture
def furnished(newsroom: Newsroom) -> Newsroom:
    """Article 1 under review, article 2 approved and in edition 1."""
    newsroom.submitted()
    newsroom.edition(newsroom.approved(content=newsroom.content("审定的")))
    return newsroom


def person_for(path: str) -> str:
    if path.endswith("reviews"):
        return "reviewer1"
    return "publisher" if "edition" in path else "editor"


def test_a_hostile_body_is_a_problem(as_: As, furnished: Newsroom):
    for name, body in BODIES.items():
        for path in WRITING:
            problem = said(as_(person_for(path)).post(path, data=body))
            assert problem["status"] in (404, 409, 422), (name, path)


def strings(odd: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Calls that carry the odd text in every field that takes one."""
    article: dict[str, Any] = {"column": "advice", "title": "题目", "body_text": "正文。"}
    fields = ("column", "title", "author", "digest", "source", "source_url", "cover_id", "body_html", "body_markdown",
              "body_text")  # fmt: skip
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("editor", "/articles", {**article, field: odd}) for field in fields[:7]
    ]
    calls += [
        ("editor", "/articles", {"column": "advice", "title": "题目", field: odd})
        for field in fields[7:]
    ]
    calls.append(("editor", "/articles", {**article, "credits": [[odd, odd]]}))
    calls.append(
        (
            "reviewer1",
            "/articles/1/reviews",
            {"decision": "return", "comment": odd, "checksum": odd},
        )
    )
    calls.append(("publisher", "/editions/1/withdraw", {"reason": odd}))
    calls += [
        ("publisher", "/editions/1/schedule", {"scheduled_at": None, key: odd})
        for key in ("scheduled_at", "seen")
    ]
    calls.append(("publisher", "/editions/1/links", {"urls": [odd]}))
    edition: dict[str, Any] = {"delivery": "manual", "articles": [2]}
    calls += [
        ("publisher", "/editions", {**edition, key: odd})
        for key in ("account", "delivery", "scheduled_at")
    ]
    return calls


@pytest.mark.parametrize("odd", few(ODD, 6), ids=lambda odd: ascii(odd)[:20])
def test_an_odd_text_in_any_field_is_taken_or_refused(as_: As, furnished: Newsroom, odd: str):
    for name, path, body in strings(odd):
        answer = as_(name).post(path, data=json.dumps(body))
        assert answer.status_code in (201, 202, 404, 409, 422), (path, body, answer.text)
    assert as_("editor").get("/articles").status_code == 200


WORDS = (
    "\x00",
    "\x00大褂",
    "%",
    "_",
    "\\",
    "'",
    '"',
    "*",
    "a*",
    "NEAR(",
    "AND",
    "-",
    "(",
    ":",
    "&",
    "|",
    "!",
)


def test_an_odd_text_in_an_address_is_looked_for_or_refused(as_: As, furnished: Newsroom):
    editor, publisher = as_("editor"), as_("publisher")
    for odd in map(quote, WORDS):
        for key in ("q", "column", "status", "form", "from", "to", "cursor", "limit"):
            answer = editor.get(f"/articles?{key}={odd}")
            assert answer.status_code in (200, 404, 422), (key, odd, answer.text)
        for path in (f"/media/{odd}", f"/editions?status={odd}", f"/reports/counts?by={odd}",
                     f"/reports/counts?as_of={odd}", f"/media?cursor={odd}"):  # fmt: skip
            assert publisher.get(path).status_code in (200, 404, 422), path


DAYS = ("0001-01-01", "9999-12-31", "1969-12-31", "2262-04-12", "2026-W48-2", "20261124", "2026-11-24T10:00",
        "２０２６-11-24")  # fmt: skip


def test_a_day_at_the_end_of_time_is_counted_or_refused(as_: As, furnished: Newsroom):
    caller = as_("editor")
    for day in map(quote, DAYS):
        for path in (
            "/reports/counts?as_of=",
            "/reports/counts?from=",
            "/articles?from=",
            "/articles?to=",
        ):
            answer = caller.get(path + day)
            assert answer.status_code in (200, 422), (path, day, answer.text)


MOMENTS: tuple[object, ...] = ("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "2026-11-25", "2026-11-25T10:00", "2026-11-25T10:00Z",
           "2026-02-30T10:00:00Z", "soon", 5, [], {}, True)  # fmt: skip


def test_a_schedule_at_the_end_of_time_is_taken_or_refused(as_: As, newsroom: Newsroom):
    publisher, article_id = as_("publisher"), newsroom.approved()
    for when in MOMENTS:
        given = {"delivery": "manual", "articles": [article_id], "scheduled_at": when}
        answer = publisher.post("/editions", json=given)
        assert answer.status_code in (201, 422), (when, answer.text)
        if answer.status_code == 201:
            edition_id = answer.get_json()["id"]
            gone = publisher.post(
                f"/editions/{edition_id}/withdraw", json={"reason": "再试一个时间"}
            )
            assert gone.status_code == 202, gone.text


def test_a_number_that_no_row_can_have_is_not_there(as_: As, furnished: Newsroom):
    publisher = as_("publisher")
    for number in ("0", str(2**31), str(2**63 - 1), str(2**63), "9" * 40, "-1", "１", "1.0"):
        for path in (f"/articles/{number}", f"/editions/{number}", f"/articles/{number}/checks"):
            assert said(publisher.get(path))["status"] == 404, path


def test_an_odd_token_is_refused(client: FlaskClient, newsroom: Newsroom):
    for token in ("", "x", "é", "\x00", "a" * 10_000, "Bearer Bearer"):
        headers = {"Authorization": f"Bearer {token}"}
        assert said(client.get("/api/v1/articles", headers=headers))["status"] == 401
