"""Who may answer findings once an article is submitted: whoever may decide the stage that it lies before."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import SYSTEM, Newsroom
from tests.visitor import signed_in
from webapp.articles.queries import get_article
from webapp.kernel.errors import Forbidden
from webapp.proofreading.queries import dispositions_by_fingerprint
from webapp.proofreading.service import problems_of
from webapp.proofreading.workflow import refuse_unless_may_answer
from webapp.review.mandates import Wanted, name_deputy, name_leader
from webapp.review.urgent import submit_urgent
from webapp.users.permissions import Role
from webapp.users.service import get_user, grant

FAULTY = "截止目前，已有18篇。"


def reply(app: Flask, room: Newsroom, article_id: int, by: str) -> int:
    with room.step() as session:
        found = problems_of(session, get_article(session, article_id), room.clock().date())
        mark = next(f.fingerprint for f in found if f.code == "style.jiezhi")
    path = f"/articles/{article_id}/findings/{mark}"
    return signed_in(app, by).post(path, json={"answer": "accepted"}).status_code


def answered_by(room: Newsroom, article_id: int) -> list[tuple[int, int | None]]:
    with room.step() as session:
        kept = dispositions_by_fingerprint(session, article_id)
        return [(one.stage, one.user_id) for group in kept.values() for one in group]


def send_urgent(room: Newsroom, leader: str) -> int:
    article_id = room.draft(room.content(text=FAULTY))
    editor, admin = room.actor("editor"), room.actor("admin")
    with room.step() as session:
        article, user = get_article(session, article_id), get_user(session, leader)
        name_leader(session, article.column, user, actor=admin, now=room.clock())
        submit_urgent(session, article, "明天就是动员会", actor=editor, now=room.clock())
    return article_id


def name_outsider(room: Newsroom) -> None:
    """A reviewer of another column, who reads this one, stands in for the first stage's."""
    admin, now = room.actor("admin"), room.clock()
    with room.step() as session:
        outsider, column = get_user(session, "outsider"), room.column(session)
        elsewhere = (room.column(session, "advice").id,)
        grant(session, outsider, Role.REVIEWER, actor=SYSTEM, now=now, column_ids=elsewhere)
        grant(session, outsider, Role.EDITOR, actor=SYSTEM, now=now, column_ids=(column.id,))
        first = get_user(session, "reviewer1")
        wanted = Wanted(stage=1, for_user=first, since=now, until=None, reason="出差")
        name_deputy(session, column, outsider, wanted, actor=admin, now=now)


@pytest.mark.parametrize(
    ("stage", "may_write", "may_decide", "may"),
    [(0, True, False, True), (0, False, True, False), (1, True, False, False), (3, False, True, True)],
)  # fmt: skip
def test_writers_answer_while_writing_and_deciders_later(
    stage: int, may_write: bool, may_decide: bool, may: bool
):
    if may:
        refuse_unless_may_answer(stage, may_write=may_write, may_decide=may_decide)
        return
    with pytest.raises(Forbidden, match="没有记下"):
        refuse_unless_may_answer(stage, may_write=may_write, may_decide=may_decide)


def test_a_deputy_answers_on_what_they_decide_and_not_before_they_are_named(
    app: Flask, newsroom: Newsroom
):
    article_id = newsroom.submitted(content=newsroom.content(text=FAULTY))
    assert reply(app, newsroom, article_id, "outsider") == 403
    name_outsider(newsroom)
    assert reply(app, newsroom, article_id, "outsider") == 200
    newsroom.decide(article_id, "reviewer1")
    assert reply(app, newsroom, article_id, "outsider") == 403  # named for the first stage only
    assert answered_by(newsroom, article_id) == [(1, newsroom.actor("outsider").id)]


def test_who_decided_another_stage_or_wrote_the_text_answers_nothing_more(
    app: Flask, newsroom: Newsroom
):
    article_id = newsroom.submitted(content=newsroom.content(text=FAULTY))
    with newsroom.step() as session:
        writer = get_user(session, "editor")
        grant(session, writer, Role.REVIEWER, actor=SYSTEM, now=newsroom.clock())
    assert reply(app, newsroom, article_id, "editor") == 403
    newsroom.decide(article_id, "reviewer1")
    assert reply(app, newsroom, article_id, "reviewer1") == 403
    assert reply(app, newsroom, article_id, "reviewer2") == 200


def test_of_an_urgent_article_the_leaders_answer_and_its_reviewers_do_not(
    app: Flask, newsroom: Newsroom
):
    article_id = send_urgent(newsroom, leader="allstages")
    for name in ("reviewer1", "reviewer3", "editor", "publisher", "admin"):
        assert reply(app, newsroom, article_id, name) == 403, name
    assert reply(app, newsroom, article_id, "allstages") == 200
    page = signed_in(app, "allstages").get(f"/articles/{article_id}/review").text
    assert 'value="ignored"' in page
