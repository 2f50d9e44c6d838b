"""A column is archived, never deleted: it takes nothing new, keeps what it has, and comes back."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import SYSTEM, Newsroom
from tests.queries import counted
from tests.visitor import Visitor, signed_in
from webapp.articles.queries import get_article
from webapp.articles.service import advance
from webapp.articles.workflow import Action
from webapp.columns.service import archive, get_column
from webapp.kernel.errors import Conflict
from webapp.kernel.web import Context
from webapp.notices.models import Notice
from webapp.notices.watching import tell_silence
from webapp.reports.queries import By, Span, count_published

NAME = "我为抗疫建箴言"


@pytest.fixture
def admin(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "admin")


def put_away(admin: Visitor, slug: str = "advice") -> None:
    assert admin.post(f"/columns/{slug}/archive").status_code == 303


def page_of(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def test_an_archived_column_leaves_the_lists_and_comes_back(
    app: Flask, admin: Visitor, newsroom: Newsroom
):
    editor, publisher = signed_in(app, "editor"), signed_in(app, "publisher")
    lists = (
        (editor, "/"),
        (editor, "/articles"),
        (editor, "/articles/new"),
        (publisher, "/editions/new"),
    )
    assert all(NAME in page_of(visitor, path) for visitor, path in lists)
    put_away(admin)
    assert not any(NAME in page_of(visitor, path) for visitor, path in lists[1:])
    assert f'chip-name">{NAME}' not in page_of(editor, "/")
    cards, _, archived = page_of(editor, "/columns").partition("已归档")
    assert NAME not in cards
    assert NAME in archived
    assert NAME in page_of(editor, "/articles?column=advice")
    assert admin.post("/columns/advice/bring-back").status_code == 303
    assert all(NAME in page_of(visitor, path) for visitor, path in lists)


def test_it_takes_no_new_article_in_whatever_way_it_comes(
    app: Flask, admin: Visitor, newsroom: Newsroom
):
    put_away(admin)
    editor = signed_in(app, "editor")
    ways = (
        {"how": "blank"},
        {"how": "pictures"},
        {"how": "template"},
        {"how": "text", "text": "一段话。"},
    )
    for way in ways:
        answer = editor.post("/articles/new", data={"column": "advice", **way})
        assert answer.status_code in (409, 422)
        assert f"“{NAME}”" in unescape(answer.text)
    with pytest.raises(Conflict, match="已经归档，不收新稿"):
        newsroom.draft(column="advice")


def test_rest_lists_it_still_and_refuses_a_new_article_in_a_sentence(
    app: Flask, admin: Visitor, newsroom: Newsroom
):
    put_away(admin)
    client, token = app.test_client(), {"Authorization": f"Bearer {newsroom.token('editor')}"}
    columns = client.get("/api/v1/columns", headers=token).get_json()["items"]
    assert [(c["slug"], c["archived"]) for c in columns] == [
        ("frontline", False), ("advice", True), ("calligraphy", False),
    ]  # fmt: skip
    sent = {"column": "advice", "title": "一条建议", "body_text": "正文。"}
    answer = client.post("/api/v1/articles", json=sent, headers=token)
    assert answer.status_code == 409
    assert "已经归档" in answer.get_json()["title"]


def test_what_it_has_goes_on_is_counted_and_keeps_no_one_awake(
    context: Context, admin: Visitor, newsroom: Newsroom
):
    article_id = newsroom.submitted(column="advice")
    put_away(admin)
    for stage in (1, 2, 3):
        newsroom.decide(article_id, f"reviewer{stage}")
    with newsroom.step() as session:
        advance(session, get_article(session, article_id), Action.PUBLISH, actor=SYSTEM,
                now=newsroom.clock())  # fmt: skip
        tell_silence(session, settings=context.settings, now=newsroom.clock() + timedelta(days=20))
        assert not any(NAME in text for text in session.scalars(select(Notice.text)))
        assert get_column(session, "advice").published_count == 1
        counts = count_published(session, By.COLUMN, Span(as_of=newsroom.clock().date()),
                                 context.settings.zone)  # fmt: skip
        assert "advice" in [row.key for row in counts.rows]


def test_where_people_are_named_for_all_columns_it_says_that_it_is_archived(
    admin: Visitor, newsroom: Newsroom
):
    put_away(admin)
    person = newsroom.actor("editor").id
    for path in ("/review/deputies", f"/system/people/{person}"):
        page = page_of(admin, path)
        assert f">{NAME}（已归档）</option>" in page, path
        assert ">抗疫文苑</option>" in page, path


def test_twice_is_told(admin: Visitor, newsroom: Newsroom):
    put_away(admin)
    again = admin.post("/columns/advice/archive")
    assert again.status_code == 409
    assert f"“{NAME}”已经归档了，没有改动。" in unescape(again.text)
    assert admin.post("/columns/frontline/bring-back").status_code == 409


def test_only_administrators_may(app: Flask, newsroom: Newsroom):
    editor = signed_in(app, "editor")
    assert editor.post("/columns/advice/archive").status_code == 403
    with pytest.raises(Exception, match="没有做这件事的权限"):
        act_as_editor(newsroom)


def act_as_editor(newsroom: Newsroom) -> None:
    actor = newsroom.actor("editor")
    with newsroom.step() as session:
        archive(session, get_column(session, "advice"), actor=actor, now=newsroom.clock())


def test_the_page_takes_as_many_statements_with_archived_columns_as_without(
    admin: Visitor, newsroom: Newsroom
):
    with counted(newsroom.context.db) as before:
        page_of(admin, "/columns")
    for slug in ("advice", "calligraphy"):
        put_away(admin, slug)
    page_of(admin, "/columns")
    with counted(newsroom.context.db) as after:
        page_of(admin, "/columns")
    assert len(after) == len(before)
