from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import Newsroom, body_of
from tests.queries import counted
from tests.visitor import Visitor, signed_in
from webapp.articles.content import content_of
from webapp.articles.queries import get_article, head_revision
from webapp.articles.service import revise, submit
from webapp.media.models import Asset
from webapp.media.service import Labels, describe
from webapp.review.workflow import Decision

_CHECKSUM = re.compile(r'name="checksum" value="([0-9a-f]{64})"')


def page_of(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def shown_checksum(page: str) -> str:
    found = _CHECKSUM.search(page)
    assert found, "the page has no decision bar"
    return found.group(1)


def say(visitor: Visitor, article_id: int, decision: str, comment: str = "") -> TestResponse:
    """Decide on what the page shows."""
    path = f"/articles/{article_id}/review"
    form = {"decision": decision, "comment": comment}
    return visitor.post(path, data=form | {"checksum": shown_checksum(page_of(visitor, path))})


def edit(newsroom: Newsroom, article_id: int, text: str, *, again: bool = True) -> None:
    actor = newsroom.actor("editor")
    with newsroom.step() as session:
        article = get_article(session, article_id)
        content = replace(content_of(head_revision(session, article)), body=body_of(text))
        revise(session, article, content, base_revision=article.revision, actor=actor,
               now=newsroom.clock())  # fmt: skip
        if again:
            submit(session, article, actor=actor, now=newsroom.clock())


@pytest.fixture
def reviewer1(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "reviewer1")


def test_each_stage_in_turn_and_the_last_one_approves(app: Flask, newsroom: Newsroom):
    article_id = newsroom.submitted()
    for name in ("reviewer1", "reviewer2", "reviewer3"):
        assert say(signed_in(app, name), article_id, "approve", "同意。").status_code == 303
    assert newsroom.article(article_id).status == "approved"


def test_the_seal_that_one_will_set_stands_beside_the_buttons(
    reviewer1: Visitor, newsroom: Newsroom
):
    page = page_of(reviewer1, f"/articles/{newsroom.submitted()}/review")
    assert "您将盖的章：初审 reviewer1姓名 2026.11.24" in page


def test_a_return_without_a_reason_says_so_beside_the_box(reviewer1: Visitor, newsroom: Newsroom):
    article_id = newsroom.submitted()
    answer = say(reviewer1, article_id, "return", "  ")
    assert answer.status_code == 422
    assert 'id="comment-error" data-comment-error>退回要写明理由' in answer.text
    assert newsroom.article(article_id).status == "in_review"


def test_a_return_makes_it_a_draft_with_its_reason(reviewer1: Visitor, newsroom: Newsroom):
    article_id = newsroom.submitted()
    assert say(reviewer1, article_id, "return", "数字请再核对。").status_code == 303
    page = page_of(reviewer1, f"/articles/{article_id}/review")
    assert "退回理由" in page
    assert "数字请再核对。" in page


def test_a_page_from_before_an_edit_is_refused_and_the_comment_is_kept(
    reviewer1: Visitor, newsroom: Newsroom
):
    article_id = newsroom.submitted()
    path = f"/articles/{article_id}/review"
    old = shown_checksum(page_of(reviewer1, path))
    edit(newsroom, article_id, "编辑又改了一遍。")
    form = {"decision": "approve", "comment": "我写了很久的意见", "checksum": old}
    answer = reviewer1.post(path, data=form)
    assert answer.status_code == 409
    assert "您看到的不是现在送审的这一版" in answer.text
    assert "我写了很久的意见</textarea>" in answer.text
    assert shown_checksum(answer.text) != old
    assert newsroom.article(article_id).stage == 1


def test_a_comment_is_kept_even_when_there_is_nothing_left_to_decide(
    reviewer1: Visitor, newsroom: Newsroom
):
    article_id = newsroom.submitted()
    path = f"/articles/{article_id}/review"
    old = shown_checksum(page_of(reviewer1, path))
    edit(newsroom, article_id, "编辑收回去改了。", again=False)
    form = {"decision": "approve", "comment": "我写了很久的意见", "checksum": old}
    answer = reviewer1.post(path, data=form)
    assert answer.status_code == 409
    assert "我写了很久的意见</textarea>" in answer.text
    assert "还没有送审" in answer.text


def test_what_changed_since_the_last_verdict_is_shown(reviewer1: Visitor, newsroom: Newsroom):
    article_id = newsroom.submitted(content=newsroom.content(text="收治病人四十七名。"))
    page = page_of(reviewer1, f"/articles/{article_id}/review")
    assert "第一次送审，没有可对照的上一版" in page
    newsroom.decide(article_id, "reviewer1", Decision.RETURN, "数字请核对。")
    edit(newsroom, article_id, "收治病人四十九名。")
    page = page_of(reviewer1, f"/articles/{article_id}/review")
    assert "与上次审的第 1 版相比" in page
    assert "<del>七</del>" in page
    assert "<ins>九</ins>" in page
    assert "数字请核对。" in page


def test_those_who_may_not_decide_are_told_why_and_who_may(app: Flask, newsroom: Newsroom):
    article_id = newsroom.submitted()
    path = f"/articles/{article_id}/review"
    for name in ("editor", "reviewer2", "publisher", "auditor"):
        page = page_of(signed_in(app, name), path)
        assert "现在等初审：" in page, name
        assert 'name="decision"' not in page, name
    newsroom.decide(article_id, "allstages")
    page = page_of(signed_in(app, "allstages"), path)
    assert "一个人只能审其中一个审次" in page
    assert 'name="decision"' not in page


def test_a_verdict_of_someone_without_the_stage_is_refused(app: Flask, newsroom: Newsroom):
    article_id = newsroom.submitted()
    with newsroom.step() as session:
        checksum = get_article(session, article_id).review_checksum
    form = {"decision": "approve", "comment": "", "checksum": checksum}
    path = f"/articles/{article_id}/review"
    assert signed_in(app, "reviewer2").post(path, data=form).status_code == 403
    assert signed_in(app, "editor").post(path, data=form).status_code == 403
    assert newsroom.article(article_id).stage == 1


def test_a_caption_changed_underneath_stops_the_verdict(reviewer1: Visitor, newsroom: Newsroom):
    article_id = newsroom.submitted()
    cover, editor = newsroom.article(article_id).cover_asset, newsroom.actor("editor")
    with newsroom.step() as session:
        describe(session, session.get_one(Asset, cover), Labels(credit="另一个人"),
                 focal=(0.1, 0.1), actor=editor, now=newsroom.clock())  # fmt: skip
    page = page_of(reviewer1, f"/articles/{article_id}/review")
    assert "请编辑收回后重新送审" in page
    assert 'name="decision"' not in page


def test_the_phone_shows_the_very_html_with_our_pictures(reviewer1: Visitor, newsroom: Newsroom):
    article_id = newsroom.submitted(content=newsroom.content(pictures=1))
    answer = reviewer1.get(f"/articles/{article_id}/phone")
    assert 'src="/media/' in answer.text
    assert 'style="' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "script-src" in policy


def test_the_phone_can_be_pinned_to_a_revision(reviewer1: Visitor, newsroom: Newsroom):
    article_id = newsroom.submitted(content=newsroom.content(text="头一版的话。"))
    edit(newsroom, article_id, "第二版的话。")
    assert "头一版的话。" in page_of(reviewer1, f"/articles/{article_id}/phone?revision=1")
    assert "第二版的话。" in page_of(reviewer1, f"/articles/{article_id}/phone")
    assert reviewer1.get(f"/articles/{article_id}/phone?revision=9").status_code == 404


def test_the_sheet_tells_every_verdict_with_person_time_and_checksum(
    app: Flask, newsroom: Newsroom
):
    article_id = newsroom.submitted(content=newsroom.content(title="审签单上的稿"))
    newsroom.decide(article_id, "reviewer1", Decision.RETURN, "请补来源。")
    edit(newsroom, article_id, "补了来源。")
    for stage in (1, 2, 3):
        newsroom.decide(article_id, f"reviewer{stage}", comment=f"第{stage}审同意")
    page = page_of(signed_in(app, "auditor"), f"/articles/{article_id}/sheet")
    for words in (
        "审签单上的稿",
        "请补来源。",
        "第1审同意",
        "第3审同意",
        "reviewer3姓名",
        "2026.11.24 10:00",
    ):
        assert words in page
    assert (newsroom.article(article_id).review_checksum or "-") in page


def test_where_a_picture_is_used_is_told_with_the_seals_that_hang_on_it(
    reviewer1: Visitor, newsroom: Newsroom
):
    asset = newsroom.asset("#123456")
    used = newsroom.content(title="用了它的稿")
    newsroom.draft(replace(used, body=body_of("有图。", assets=[asset])))
    newsroom.draft(newsroom.content(title="没用它的稿"))
    page = page_of(reviewer1, f"/media/{asset}/uses")
    assert "用了它的稿" in page
    assert "没用它的稿" not in page
    assert "初审：还没到" in page
    assert "还没有稿件用到" in page_of(reviewer1, f"/media/{newsroom.asset('#654321')}/uses")


def test_a_column_s_newest_articles_take_a_fixed_number_of_statements(
    reviewer1: Visitor, newsroom: Newsroom
):
    numbers = set()
    for _ in range(3):
        newsroom.submitted()
        with counted(newsroom.context.db) as statements:
            page_of(reviewer1, "/columns/frontline/recent")
        numbers.add(len(statements))
    assert len(numbers) == 1


def test_the_review_page_takes_a_fixed_number_of_statements(app: Flask, newsroom: Newsroom):
    visitor, numbers = signed_in(app, "auditor"), set()
    for stages in (1, 2):
        article_id = newsroom.submitted(content=newsroom.content(pictures=stages))
        for stage in range(1, stages + 1):
            newsroom.decide(article_id, f"reviewer{stage}")
        with counted(newsroom.context.db) as statements:
            page_of(visitor, f"/articles/{article_id}/review")
        numbers.add(len(statements))
    assert len(numbers) == 1
