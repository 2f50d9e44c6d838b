"""What an edge is given: a transaction, what waits for its commit, and one answer to a request that is sent again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.api.desk import Caller, said
from tests.cast import Newsroom
from tests.clock import FakeClock
from webapp.articles.models import Article
from webapp.columns.models import Campaign
from webapp.kernel.web import (
    EXTENSION,
    IDEMPOTENCY_KEY_MAX_CHARACTERS,
    IDEMPOTENCY_MEMORY,
    Context,
    RememberedRequest,
    after_commit,
    read,
    transaction,
)


@pytest.fixture
def edge(context: Context) -> Iterator[None]:
    """As inside a request."""
    app = Flask("edge")
    app.extensions[EXTENSION] = context
    with app.test_request_context():
        yield
        context.db.session.remove()


def add(session: Session, slug: str, context: Context) -> None:
    session.add(Campaign(slug=slug, name=slug, introduction="", created_at=context.clock()))


def test_what_waits_for_the_commit_sees_it_done(edge: None, context: Context):
    seen: list[int | None] = []

    def look() -> None:
        with Session(context.db.engine) as other:
            seen.append(other.scalar(select(func.count()).select_from(Campaign)))

    with transaction() as session:
        add(session, "one", context)
        after_commit(look)
        session.flush()
        assert seen == []
    assert seen == [1]


def test_what_waits_for_a_commit_that_never_comes_is_not_done(edge: None, context: Context):
    done: list[str] = []
    with suppress(ZeroDivisionError), transaction():
        after_commit(lambda: done.append("first"))
        raise ZeroDivisionError
    with transaction():
        after_commit(lambda: done.append("second"))
    assert done == ["second"]


def test_what_waits_is_done_once_and_in_order(edge: None, context: Context):
    done: list[str] = []
    with transaction():
        after_commit(lambda: done.append("first"))
        after_commit(lambda: done.append("second"))
    with transaction():
        pass
    assert done == ["first", "second"]


def test_what_is_done_after_the_commit_may_write_again(edge: None, context: Context):
    def write_more() -> None:
        with transaction() as session:
            add(session, "two", context)

    with transaction() as session:
        add(session, "one", context)
        after_commit(write_more)
    assert list(read().scalars(select(Campaign.slug).order_by(Campaign.id))) == ["one", "two"]


GIVEN = {"column": "advice", "title": "一条建议", "body_text": "正文。"}


@pytest.fixture
def editor(client, newsroom: Newsroom) -> Caller:
    return Caller(client, newsroom.token("editor"))


def post(caller: Caller, key: str, **fields: str):
    return caller.post("/articles", json={**GIVEN, **fields}, headers={"Idempotency-Key": key})


def count(newsroom: Newsroom, model: type = Article) -> int | None:
    with newsroom.step() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_a_request_sent_again_gets_the_first_answer_to_the_letter(
    editor: Caller, newsroom: Newsroom
):
    first, again = post(editor, "k"), post(editor, "k")
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    for header in ("ETag", "Location"):
        assert again.headers[header] == first.headers[header]
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (
        None,
        "true",
    )
    assert count(newsroom) == 1


def test_a_request_that_failed_is_tried_again(editor: Caller, newsroom: Newsroom):
    """A refusal is not remembered: what was wrong may have been put right."""
    assert post(editor, "k", column="nowhere").status_code == 404
    assert count(newsroom, RememberedRequest) == 0
    assert post(editor, "k").status_code == 201


def test_a_key_used_for_another_request_is_refused(editor: Caller, newsroom: Newsroom):
    post(editor, "k")
    problem = said(post(editor, "k", title="另一条"))
    assert (problem["status"], problem["code"]) == (409, "idempotency_key_reused")
    assert count(newsroom) == 1


def test_a_key_belongs_to_whoever_sent_it(client, editor: Caller, newsroom: Newsroom):
    post(editor, "k")
    other = post(Caller(client, newsroom.token("editor2")), "k")
    assert other.status_code == 201
    assert count(newsroom) == 2


def test_a_key_is_forgotten_after_a_week(editor: Caller, newsroom: Newsroom, clock: FakeClock):
    post(editor, "k")
    clock.moment += IDEMPOTENCY_MEMORY - timedelta(seconds=1)
    assert post(editor, "k").headers["Idempotent-Replayed"] == "true"
    clock.advance(seconds=2)
    post(editor, "other")
    assert count(newsroom, RememberedRequest) == 1
    assert "Idempotent-Replayed" not in post(editor, "k").headers


@pytest.mark.parametrize("key", ["x" * (IDEMPOTENCY_KEY_MAX_CHARACTERS + 1)])
def test_a_key_that_is_too_long_is_refused(editor: Caller, newsroom: Newsroom, key: str):
    problem = said(post(editor, key))
    assert problem["errors"][0]["field"] == "Idempotency-Key"
    assert count(newsroom) == 0


@pytest.mark.parametrize("key", ["鑰匙".encode().decode("latin-1"), "a b", "' OR 1=1 --", "\x7f"])
def test_any_key_will_do(editor: Caller, newsroom: Newsroom, key: str):
    assert [post(editor, key).status_code for _ in range(2)] == [201, 201]
    assert count(newsroom) == 1


def test_every_act_of_the_api_can_be_asked_for_again_with_its_key(
    client, editor: Caller, newsroom: Newsroom
):
    article_id = newsroom.draft()
    headers = {"Idempotency-Key": "k"}
    for _ in range(2):
        answer = editor.post(f"/articles/{article_id}/submit", headers=headers)
        assert answer.status_code == 200
    checksum = answer.get_json()["review_checksum"]
    reviewer = Caller(client, newsroom.token("reviewer1"))
    for _ in range(2):
        answer = reviewer.post(
            f"/articles/{article_id}/reviews",
            headers=headers,
            json={"decision": "approve", "checksum": checksum},
        )
        assert (answer.status_code, answer.get_json()["article_stage"]) == (201, 2)
