"""Numbers of issues (期号): by themselves, each once, seen in what is approved, never eaten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.cast import SYSTEM, Newsroom
from tests.clock import FakeClock
from tests.queries import counted
from tests.visitor import signed_in
from webapp.articles.composition import theme_of
from webapp.articles.content import content_of
from webapp.articles.models import Article, Revision
from webapp.articles.numbering import IssueTaken, gaps, next_number
from webapp.articles.queries import get_article, head_revision, writers_of
from webapp.articles.service import advance, autosave, compose_head, recall, revise, submit
from webapp.articles.workflow import Action, State
from webapp.columns.service import change_column
from webapp.kernel.errors import ChecksumMismatch, Conflict
from webapp.rendering import website
from webapp.review.workflow import Decision

NEW_YEAR = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
"""The first moment of 2027 in Shanghai."""


@pytest.fixture
def numbered(newsroom: Newsroom) -> Newsroom:
    """The frontline column has had twelve issues elsewhere."""
    settings(newsroom, first_issue=13)
    return newsroom


def settings(newsroom: Newsroom, **values: object) -> None:
    with newsroom.step() as session:
        change_column(session, newsroom.column(session), values, actor=SYSTEM, now=newsroom.clock())


def submit_it(newsroom: Newsroom, article_id: int) -> int | None:
    actor = newsroom.actor("editor2")
    with newsroom.step() as session:
        article = get_article(session, article_id)
        submit(session, article, actor=actor, now=newsroom.clock())
        return article.issue


def rewrite(newsroom: Newsroom, article_id: int, **fields: Any) -> Revision:
    actor = newsroom.actor("editor")
    with newsroom.step() as session:
        article = get_article(session, article_id)
        content = replace(content_of(head_revision(session, article)), **fields)
        return revise(session, article, content, base_revision=article.revision, actor=actor,
                      now=newsroom.clock())  # fmt: skip


def take(newsroom: Newsroom, article_id: int, action: Action) -> None:
    with newsroom.step() as session:
        advance(session, get_article(session, article_id), action, actor=SYSTEM,
                now=newsroom.clock())  # fmt: skip


def html_of(newsroom: Newsroom, article_id: int) -> str:
    with newsroom.step() as session:
        return compose_head(session, get_article(session, article_id)).html


def test_a_column_that_does_not_number_its_issues_gives_none(newsroom: Newsroom):
    article_id = newsroom.submitted()
    assert newsroom.article(article_id).issue is None
    assert "期" not in html_of(newsroom, article_id)


def test_the_number_stands_in_the_first_draft_already_and_is_its_own_once_it_is_submitted(
    numbered: Newsroom,
):
    first, second = numbered.draft(), numbered.draft()
    assert [numbered.article(i).issue for i in (first, second)] == [13, 13]
    assert submit_it(numbered, second) == 13
    assert submit_it(numbered, first) == 14
    assert "第14期" in html_of(numbered, first)
    writer = numbered.actor("editor").id
    with numbered.step() as session:
        article = get_article(session, first)
        head = head_revision(session, article)
        assert (head.number, head.name, head.edited_by) == (2, "编为第14期", None)
        assert head.checksum == article.review_checksum
        assert writers_of(session, article) == {writer}


def test_what_is_returned_gives_its_number_back_and_goes_on_with_another(numbered: Newsroom):
    returned = numbered.submitted()
    numbered.submitted()
    numbered.decide(returned, "reviewer1", Decision.RETURN, comment="再改")
    assert submit_it(numbered, numbered.draft()) == 13
    assert submit_it(numbered, returned) == 15


def test_what_is_returned_and_comes_back_at_once_has_the_number_it_had(numbered: Newsroom):
    article_id = numbered.submitted()
    numbered.decide(article_id, "reviewer1", Decision.RETURN, comment="再改")
    rewrite(numbered, article_id, digest="改过的摘要。")
    assert submit_it(numbered, article_id) == 13


def test_what_readers_have_seen_keeps_its_number_and_only_a_person_gives_it_away(
    numbered: Newsroom,
):
    seen = numbered.approved()
    take(numbered, seen, Action.PUBLISH)
    take(numbered, seen, Action.WITHDRAW)
    assert submit_it(numbered, numbered.draft()) == 14
    by_hand = numbered.draft(content=numbered.content(issue=13))
    assert submit_it(numbered, by_hand) == 13
    rewrite(numbered, seen, digest="改过的摘要。")
    assert submit_it(numbered, seen) == 15


def test_a_number_that_somebody_bears_is_refused_in_a_sentence_and_the_article_stays(
    numbered: Newsroom,
):
    numbered.submitted()
    article_id = numbered.draft(content=numbered.content(title="另一篇", issue=20))
    rewrite(numbered, article_id, issue=13)
    with pytest.raises(IssueTaken, match="第13期已是《社区里的白大褂》（审核中）的"):
        submit_it(numbered, article_id)
    assert numbered.article(article_id).status == State.DRAFT
    rewrite(numbered, article_id, issue=None)
    assert submit_it(numbered, article_id) == 14


def test_the_database_itself_refuses_the_same_number_twice(numbered: Newsroom):
    first, second = numbered.submitted(), numbered.submitted()
    with pytest.raises(Conflict, match="抢先"), numbered.step() as session:
        session.execute(update(Article).where(Article.id == second).values(issue=13))
    assert [numbered.article(i).issue for i in (first, second)] == [13, 14]


def test_other_columns_count_for_themselves(numbered: Newsroom):
    numbered.submitted()
    with numbered.step() as session:
        assert next_number(session, numbered.column(session), 0, other_than=0) == 14
        assert next_number(session, numbered.column(session, "advice"), 0, other_than=0) is None


def test_every_renderer_shows_it_above_the_text_and_the_title_stays(numbered: Newsroom):
    settings(numbered, issue_format="抗疫有我 · 第{n}期")
    article_id = numbered.submitted()
    picture_message = numbered.submitted(content=numbered.content(form="newspic", pictures=1))
    with numbered.step() as session:
        composed = compose_head(session, get_article(session, article_id))
        page = website.render(composed.piece, theme_of(numbered.column(session)))
        newspic = compose_head(session, get_article(session, picture_message)).newspic
    for text in (composed.html, page):
        assert text.index("抗疫有我 · 第13期") < text.index("第一段")
    assert newspic is not None
    assert newspic.text.startswith("抗疫有我 · 第14期\n\n第一段")
    assert numbered.article(article_id).title == "社区里的白大褂"


def test_another_way_of_writing_it_is_another_text_than_the_one_approved(numbered: Newsroom):
    article_id = numbered.submitted()
    settings(numbered, issue_format="总第{n}期")
    with pytest.raises(ChecksumMismatch):
        numbered.decide(article_id, "reviewer1")


def test_numbering_that_is_switched_on_and_off_reaches_drafts_when_they_are_submitted(
    newsroom: Newsroom,
):
    before = newsroom.draft()
    settings(newsroom, first_issue=1)
    assert submit_it(newsroom, before) == 1
    draft = newsroom.draft()
    settings(newsroom, first_issue=None)
    assert submit_it(newsroom, draft) is None
    assert newsroom.article(before).issue == 1


def test_what_is_being_written_goes_on_after_the_number_was_settled(app: Flask, numbered: Newsroom):
    article_id, editor = numbered.draft(), numbered.actor("editor")
    numbered.submitted()
    with numbered.step() as session:
        article = get_article(session, article_id)
        content = replace(content_of(head_revision(session, article)), digest="还没存的摘要。")
        autosave(session, article, content, base_revision=1, actor=editor,
                 now=numbered.clock())  # fmt: skip
    assert submit_it(numbered, article_id) == 14
    with numbered.step() as session:
        article = get_article(session, article_id)
        recall(session, article, actor=editor, now=numbered.clock())
    page = signed_in(app, "editor").get(f"/articles/{article_id}/edit")
    assert "还没存的摘要。" in unescape(page.text)


def test_whoever_writes_is_told_where_the_number_comes_from(app: Flask, numbered: Newsroom):
    numbered.submitted()
    article_id = numbered.draft()
    with numbered.step() as session:
        content = content_of(head_revision(session, get_article(session, article_id))).to_json()
    editor = signed_in(app, "editor")

    def told(issue: int | None) -> dict[str, object]:
        answer = editor.post(f"/articles/{article_id}/preview", json={**content, "issue": issue})
        assert answer.json is not None
        assert f"第{answer.json['issue']['number']}期" in answer.json["html"]
        found: dict[str, object] = answer.json["issue"]
        return found

    assert told(None)["number"] == 14
    assert "接着编是第14期" in str(told(14)["told"])
    assert told(13)["is_taken"]
    assert "第13期已是《社区里的白大褂》（审核中）的" in str(told(13)["told"])
    assert told(30) == {"number": 30, "told": "", "is_taken": False}
    refused = editor.post(f"/articles/{article_id}/preview", json={**content, "issue": 0})
    assert refused.status_code == 422


def test_a_clash_leads_back_to_the_field(app: Flask, numbered: Newsroom):
    numbered.submitted()
    article_id = numbered.draft(content=numbered.content(issue=13))
    editor = signed_in(app, "editor")
    answer = editor.post(f"/articles/{article_id}/submit")
    assert answer.headers["Location"] == f"/articles/{article_id}/edit#issue"
    assert "第13期已是" in unescape(editor.get(f"/articles/{article_id}").text)


def test_the_numbers_are_listed_with_what_is_free_in_as_many_statements_for_three_as_for_one(
    app: Flask, numbered: Newsroom
):
    first = numbered.submitted()
    editor = signed_in(app, "editor")
    path = "/articles/issues?column=frontline"
    with counted(numbered.context.db) as before:
        assert "第13期" in editor.get(path).text
    numbered.submitted()
    numbered.submitted()
    take(numbered, first, Action.RECALL)
    with counted(numbered.context.db) as after:
        page = unescape(editor.get(path).text)
    assert len(after) <= len(before)
    assert "空着的：13。" in page
    assert "下一篇送审的是第13期。" in page


def test_gaps_are_those_between_the_first_and_the_highest():
    assert gaps([17, 15, 14], 13) == [13, 16]
    assert gaps([], 13) == []


@pytest.fixture
def yearly(newsroom: Newsroom) -> Newsroom:
    """The frontline column has had eight issues this year elsewhere."""
    settings(newsroom, first_issue=9, first_issue_year=2026, issue_format="{year}年第{n}期")
    return newsroom


def test_each_year_counts_anew_from_one(yearly: Newsroom, clock: FakeClock):
    assert yearly.article(yearly.submitted()).issue_label == "2026年第9期"
    clock.moment = NEW_YEAR
    first, second = yearly.submitted(), yearly.submitted()
    assert yearly.article(first).issue_label == "2027年第1期"
    assert "2027年第2期" in html_of(yearly, second)


def test_the_year_is_that_of_the_institutions_day_of_submission(yearly: Newsroom, clock: FakeClock):
    clock.moment = NEW_YEAR - timedelta(seconds=1)
    in_the_old_year, draft = yearly.submitted(), yearly.draft()
    assert yearly.article(draft).issue_label == "2026年第10期"
    clock.moment = NEW_YEAR
    assert submit_it(yearly, draft) == 1
    with yearly.step() as session:
        head = head_revision(session, get_article(session, draft))
        assert (head.name, head.edited_by) == ("编为2027年第1期", None)
    assert yearly.article(in_the_old_year).issue_label == "2026年第9期"
    for stage in (1, 2, 3):
        yearly.decide(in_the_old_year, f"reviewer{stage}")


def test_what_is_returned_after_new_year_gives_the_old_years_number_back(
    yearly: Newsroom, clock: FakeClock
):
    article_id = yearly.submitted()
    clock.moment = NEW_YEAR
    yearly.decide(article_id, "reviewer1", Decision.RETURN, comment="再改")
    assert submit_it(yearly, article_id) == 1
    late = yearly.draft(content=yearly.content(issue_year=2026))
    assert submit_it(yearly, late) == 9
    assert yearly.article(late).issue_year == 2026


def test_a_year_that_a_person_chose_stays_though_the_number_follows_by_itself(yearly: Newsroom):
    ahead = yearly.draft(content=yearly.content(issue_year=2027))
    other = yearly.submitted(content=yearly.content(issue_year=2027))
    assert yearly.article(other).issue_label == "2027年第1期"
    assert submit_it(yearly, ahead) == 2
    rewritten = yearly.draft(content=yearly.content(issue_year=2027))
    rewrite(yearly, rewritten, digest="改过的摘要。")
    assert yearly.article(rewritten).issue_label == "2027年第3期"
    rewrite(yearly, rewritten, issue_year=2026)
    assert yearly.article(rewritten).issue_label == "2026年第9期"


def test_the_same_number_of_two_years_is_no_clash_and_of_one_year_is(yearly: Newsroom):
    yearly.submitted(content=yearly.content(issue=9, issue_year=2027))
    yearly.submitted(content=yearly.content(issue=9, issue_year=2026))
    third = yearly.draft(content=yearly.content(issue=9, issue_year=2026, title="第三篇"))
    rewrite(yearly, third, issue=9, issue_year=2027)
    with pytest.raises(IssueTaken, match="2027年第9期已是"):
        submit_it(yearly, third)


def test_a_column_that_begins_to_count_by_years_leaves_its_old_numbers_as_they_are(
    numbered: Newsroom,
):
    old, draft = numbered.submitted(), numbered.draft()
    settings(numbered, first_issue=1, first_issue_year=2026, issue_format="{year}年第{n}期")
    assert numbered.article(old).issue_label == "第13期"
    assert submit_it(numbered, draft) == 1
    assert numbered.article(draft).issue_label == "2026年第1期"
    settings(numbered, first_issue=14, first_issue_year=0, issue_format="第{n}期")
    assert submit_it(numbered, numbered.draft()) == 14


def test_whoever_writes_across_new_year_is_told_of_the_new_years_number(
    app: Flask, yearly: Newsroom, clock: FakeClock
):
    article_id = yearly.draft()
    with yearly.step() as session:
        content = content_of(head_revision(session, get_article(session, article_id))).to_json()
    clock.moment = NEW_YEAR
    answer = signed_in(app, "editor").post(f"/articles/{article_id}/preview", json=content)
    assert answer.json is not None
    assert answer.json["issue"]["told"].startswith("按2027年编，接着编是2027年第1期；")
    assert "2027年第1期" in answer.json["html"]


def test_the_free_numbers_are_those_of_this_year(app: Flask, yearly: Newsroom, clock: FakeClock):
    yearly.submitted(content=yearly.content(issue=12))
    clock.moment = NEW_YEAR
    yearly.submitted(content=yearly.content(issue=3))
    page = unescape(signed_in(app, "editor").get("/articles/issues?column=frontline").text)
    assert "空着的：1、2。" in page
    assert "下一篇送审的是2027年第1期。" in page
    assert page.index("2027年第3期") < page.index("2026年第12期")
