from __future__ import annotations

import pytest

from tests.cast import SYSTEM, Newsroom
from webapp.articles.queries import get_article
from webapp.articles.service import recall, revise, submit
from webapp.kernel.errors import ChecksumMismatch, Conflict, Forbidden, Invalid
from webapp.media.models import Asset
from webapp.review.queries import SealState, list_reviews, seals_of
from webapp.review.workflow import Decision
from webapp.users.permissions import Role
from webapp.users.service import get_user, grant


def test_three_stages_by_three_people_approve_an_article(newsroom: Newsroom):
    article_id = newsroom.approved()
    article = newsroom.article(article_id)
    assert (article.status, article.stage) == ("approved", 0)
    with newsroom.step() as session:
        reviews = list_reviews(session, article_id)
        assert [(r.stage, r.reviewer and r.reviewer.username, r.decision) for r in reviews] == [
            (1, "reviewer1", "approve"),
            (2, "reviewer2", "approve"),
            (3, "reviewer3", "approve"),
        ]
        assert {r.checksum for r in reviews} == {article.review_checksum}


def test_a_return_carries_its_reason_to_the_author_and_makes_a_draft_again(newsroom: Newsroom):
    article_id = newsroom.submitted()
    newsroom.decide(article_id, "reviewer1", Decision.RETURN, "第二段的数字请核实")
    article = newsroom.article(article_id)
    assert (article.status, article.return_reason) == ("draft", "第二段的数字请核实")


def test_a_return_without_a_reason_is_refused(newsroom: Newsroom):
    article_id = newsroom.submitted()
    with pytest.raises(Invalid, match="理由"):
        newsroom.decide(article_id, "reviewer1", Decision.RETURN, "  ")
    assert newsroom.article(article_id).status == "in_review"


def test_nobody_reviews_an_article_they_wrote_on(newsroom: Newsroom):
    with newsroom.step() as session:
        grant(
            session,
            get_user(session, "editor"),
            Role.REVIEWER,
            actor=SYSTEM,
            now=newsroom.clock(),
        )
    article_id = newsroom.submitted()
    with pytest.raises(Forbidden, match="自己"):
        newsroom.decide(article_id, "editor")


def test_nobody_decides_two_stages_of_one_article_not_even_in_another_round(newsroom: Newsroom):
    article_id = newsroom.submitted()
    newsroom.decide(article_id, "allstages")
    with pytest.raises(Forbidden, match="一个人只能审其中一个审次"):
        newsroom.decide(article_id, "allstages")
    newsroom.decide(article_id, "reviewer2", Decision.RETURN, "再改改")
    resubmit(newsroom, article_id)
    newsroom.decide(article_id, "allstages")
    with pytest.raises(Forbidden):
        newsroom.decide(article_id, "allstages")


def resubmit(newsroom: Newsroom, article_id: int) -> None:
    actor = newsroom.actor("editor")
    with newsroom.step() as session:
        submit(session, get_article(session, article_id), actor=actor, now=newsroom.clock())


def test_a_stage_that_is_another_s_is_refused(newsroom: Newsroom):
    article_id = newsroom.submitted()
    with pytest.raises(Forbidden):
        newsroom.decide(article_id, "reviewer2")


def test_a_verdict_on_another_text_is_refused(newsroom: Newsroom):
    article_id = newsroom.submitted()
    with pytest.raises(ChecksumMismatch):
        newsroom.decide(article_id, "reviewer1", checksum="0" * 64)


def test_an_edit_after_approval_takes_it_back_and_breaks_the_seals(newsroom: Newsroom):
    article_id = newsroom.approved()
    actor = newsroom.actor("editor")
    changed = newsroom.content("改过的标题")
    with newsroom.step() as session:
        article = get_article(session, article_id)
        revise(
            session,
            article,
            changed,
            base_revision=article.revision,
            actor=actor,
            now=newsroom.clock(),
        )
    article = newsroom.article(article_id)
    assert article.status == "draft"
    with newsroom.step() as session:
        seals = seals_of(article, list_reviews(session, article_id))
    assert [seal.state for seal in seals] == [SealState.BROKEN] * 3


def test_a_caption_changed_underneath_stops_the_review(newsroom: Newsroom):
    article_id = newsroom.submitted(content=newsroom.content(pictures=1))
    with newsroom.step() as session:
        for asset in session.query(Asset).all():
            asset.credit = "摄影 别人"
    with pytest.raises(ChecksumMismatch, match="重新送审"):
        newsroom.decide(article_id, "reviewer1")


def test_what_was_recalled_cannot_be_decided(newsroom: Newsroom):
    article_id = newsroom.submitted()
    actor = newsroom.actor("editor")
    with newsroom.step() as session:
        recall(session, get_article(session, article_id), actor=actor, now=newsroom.clock())
    with pytest.raises(Conflict):
        newsroom.decide(article_id, "reviewer1")
