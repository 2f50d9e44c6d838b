"""Several programs at the same moment: one of them is first, the others are told so, and nobody meets a crash."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.desk import Caller
from tests.cast import Newsroom, picture
from webapp.articles.queries import get_article
from webapp.review.mandates import name_leader
from webapp.review.queries import list_reviews
from webapp.review.urgent import submit_urgent
from webapp.users.service import get_user

Call = Callable[[Caller], TestResponse]


@pytest.fixture
def at_once(app: Flask, newsroom: Newsroom) -> Callable[..., list[TestResponse]]:
    """What each of these people's calls is answered, all sent at the same moment."""

    def send(people: Sequence[str], *calls: Call) -> list[TestResponse]:
        """One call for all of them, or one each."""
        callers = [Caller(app.test_client(), newsroom.token(name)) for name in people]
        start, answers = threading.Barrier(len(callers)), []

        def run(number: int) -> None:
            start.wait(30)
            answers.append(calls[number % len(calls)](callers[number]))

        threads = [threading.Thread(target=run, args=(i,)) for i in range(len(callers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(answers) == len(callers)
        return answers

    return send


AtOnce = Callable[..., list[TestResponse]]


def statuses(answers: list[TestResponse]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


@pytest.mark.parametrize("round_", range(3))
def test_the_same_request_sent_four_times_at_once_makes_one_article(
    at_once: AtOnce, newsroom: Newsroom, round_: int
):
    given = {"column": "advice", "title": "一条建议", "body_text": "正文。"}
    # One person: a key belongs to whoever sent it.
    answers = at_once(
        ["editor"] * 4,
        lambda c: c.post("/articles", json=given, headers={"Idempotency-Key": f"k-{round_}"}),
    )
    assert statuses(answers) == [201] * 4
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert {answer.headers["ETag"] for answer in answers} == {'"1"'}
    assert sorted(answer.headers.get("Idempotent-Replayed", "") for answer in answers) == [
        "", "true", "true", "true",
    ]  # fmt: skip


@pytest.mark.parametrize("round_", range(3))
def test_of_four_edits_of_one_revision_at_once_one_is_saved_and_three_are_told(
    at_once: AtOnce, newsroom: Newsroom, round_: int
):
    article_id = newsroom.draft()
    answers = at_once(
        ["editor", "editor2", "editor", "editor2"],
        lambda c: c.patch(
            f"/articles/{article_id}", json={"title": str(id(c))}, headers={"If-Match": '"1"'}
        ),
    )
    assert statuses(answers) == [200, 412, 412, 412]
    assert newsroom.article(article_id).revision == 2


def test_of_two_reviewers_of_one_stage_at_once_one_decides(at_once: AtOnce, newsroom: Newsroom):
    article_id = newsroom.submitted()
    verdict = {"decision": "approve", "checksum": newsroom.article(article_id).review_checksum}
    answers = at_once(
        ["reviewer1", "allstages"],
        lambda c: c.post(f"/articles/{article_id}/reviews", json=verdict),
    )
    # The one with every stage may also come second: then the next stage is theirs.
    assert statuses(answers) in ([201, 201], [201, 403], [201, 409])
    assert newsroom.article(article_id).status == "in_review"
    with newsroom.step() as session:
        stages = [r.stage for r in list_reviews(session, article_id)]
    assert len(stages) == len(set(stages)) == statuses(answers).count(201)


def test_of_four_countersignatures_at_once_each_stage_takes_one(
    at_once: AtOnce, newsroom: Newsroom
):
    with newsroom.step() as session:
        admin, leader = get_user(session, "admin").actor, get_user(session, "reviewer3")
        name_leader(session, newsroom.column(session), leader, actor=admin, now=newsroom.clock())
    article_id, editor = newsroom.draft(), newsroom.actor("editor")
    with newsroom.step() as session:
        article = get_article(session, article_id)
        submit_urgent(session, article, "明天就开会", actor=editor, now=newsroom.clock())
    newsroom.decide(article_id, "reviewer3")
    verdict = {"decision": "approve", "checksum": newsroom.article(article_id).review_checksum}
    answers = at_once(
        ["reviewer1", "reviewer1", "reviewer2", "reviewer2"],
        lambda c: c.post(f"/articles/{article_id}/countersigns", json=verdict),
    )
    assert statuses(answers).count(201) == 2
    with newsroom.step() as session:
        reviews = list_reviews(session, article_id)
        assert sorted((r.stage, r.signer) for r in reviews) == [
            (stage, f"reviewer{stage}姓名") for stage in (1, 2, 3)
        ]


def test_an_edition_pushed_four_times_at_once_is_queued_once(at_once: AtOnce, newsroom: Newsroom):
    edition_id = newsroom.edition(newsroom.approved())
    answers = at_once(["publisher"] * 4, lambda c: c.post(f"/editions/{edition_id}/push"))
    assert statuses(answers) == [202] * 4
    assert {answer.get_json()["status"] for answer in answers} == {"queued"}


def test_one_article_goes_into_one_of_two_editions_made_at_once(
    at_once: AtOnce, newsroom: Newsroom
):
    article_id = newsroom.approved()
    given = {"delivery": "manual", "articles": [article_id]}
    answers = at_once(["publisher"] * 2, lambda c: c.post("/editions", json=given))
    assert statuses(answers) in ([201, 409], [201, 422])


def test_the_same_picture_sent_four_times_at_once_is_one_asset(at_once: AtOnce):
    answers = at_once(
        ["editor", "editor2"] * 2,
        lambda c: c.post("/media", data={"file": (io.BytesIO(picture(colour="#123456")), "a.jpg")}),
    )
    assert set(statuses(answers)) <= {200, 201}
    assert len({answer.get_json()["id"] for answer in answers}) == 1


def test_an_article_saved_while_it_is_pushed_goes_out_as_approved_or_not_at_all(
    at_once: AtOnce, newsroom: Newsroom
):
    first, second = newsroom.approved(), newsroom.approved(content=newsroom.content("另一篇"))
    edition_id = newsroom.edition(first, second)

    answers = at_once(
        ["publisher", "editor"],
        lambda c: c.post(f"/editions/{edition_id}/push"),
        lambda c: c.patch(
            f"/articles/{second}", json={"title": "改了"}, headers={"If-Match": '"1"'}
        ),
    )
    assert statuses(answers) in ([202, 409], [200, 409])
    pushed = newsroom.find_edition(edition_id).status == "queued"
    assert newsroom.article(second).status == ("approved" if pushed else "draft")
