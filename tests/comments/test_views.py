from __future__ import annotations

from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Newsroom, body_of
from tests.queries import counted
from tests.visitor import Visitor, signed_in
from webapp.articles.content import content_of
from webapp.articles.queries import get_article, head_revision
from webapp.articles.service import autosave, compose_head, revise
from webapp.comments.queries import list_comments
from webapp.comments.workflow import Person, find_mentions
from webapp.users.permissions import Role
from webapp.users.service import get_user, grant, revoke

TEXT = "收治病人四十七名，其中重症三名。"


def api(app: Flask, newsroom: Newsroom, name: str) -> Any:
    client: FlaskClient = app.test_client()
    headers = {"Authorization": f"Bearer {newsroom.token(name)}"}

    def call(method: str, path: str, **json: Any) -> Any:
        sent: Any = {"json": json} if method != "GET" else {}
        return client.open(f"/api/v1{path}", method=method, headers=headers, **sent)

    return call


def page_of(visitor: Visitor, path: str, **parts: Any) -> str:
    answer = visitor.get(path, **parts)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def edit(newsroom: Newsroom, article_id: int, *text: str) -> None:
    actor = newsroom.actor("editor")
    with newsroom.step() as session:
        article = get_article(session, article_id)
        content = replace(content_of(head_revision(session, article)), body=body_of(*text))
        revise(session, article, content, base_revision=article.revision, actor=actor,
               now=newsroom.clock())  # fmt: skip


def checksum_of(newsroom: Newsroom, article_id: int) -> str:
    with newsroom.step() as session:
        return compose_head(session, get_article(session, article_id)).checksum


@pytest.fixture
def article_id(newsroom: Newsroom) -> int:
    return newsroom.draft(newsroom.content(text=TEXT))


def test_a_comment_is_made_answered_settled_and_opened_again(
    app: Flask, newsroom: Newsroom, article_id: int
):
    editor, reviewer = api(app, newsroom, "editor"), api(app, newsroom, "reviewer1")
    base, before = f"/articles/{article_id}/comments", checksum_of(newsroom, article_id)
    made = reviewer("POST", base, quote="四十七名", text="与简报不符？@editor姓名")
    assert made.status_code == 201, made.text
    told = made.json
    assert (told["block"], told["start"], told["end"], told["changed"]) == (0, 4, 8, False)
    said = told["remarks"][0]
    assert (said["by"], said["mentions"]) == ("reviewer1姓名", [newsroom.actor("editor").id])
    one = f"{base}/{told['id']}"
    assert len(editor("POST", f"{one}/replies", text="已核对，是四十九。").json["remarks"]) == 2
    assert editor("POST", f"{one}/resolve").json["resolved_by"] == "editor姓名"
    assert editor("POST", f"{one}/resolve").status_code == 200
    assert editor("GET", f"{base}?state=open").json["items"] == []
    assert editor("POST", f"{one}/reopen").json["state"] == "open"
    assert [c["id"] for c in editor("GET", base).json["items"]] == [told["id"]]
    assert checksum_of(newsroom, article_id) == before
    assert newsroom.article(article_id).status == "draft"


def test_words_that_an_edit_took_away_are_kept_and_said_to_be_changed(
    app: Flask, newsroom: Newsroom, article_id: int
):
    editor, base = api(app, newsroom, "editor"), f"/articles/{article_id}/comments"
    editor("POST", base, quote="重症三名", text="出处？")
    edit(newsroom, article_id, "新的开头。", TEXT)
    (told,) = editor("GET", base).json["items"]
    assert (told["block"], told["start"], told["changed"]) == (1, 11, False)
    edit(newsroom, article_id, "新的开头。", "收治病人四十七名，都已好转。")
    (told,) = editor("GET", base).json["items"]
    assert (told["block"], told["start"], told["changed"]) == (1, None, True)
    page = page_of(signed_in(app, "editor"), f"/articles/{article_id}/comments")
    assert "原文已改动" in page
    assert "重症三名" in page
    edit(newsroom, article_id, "全文重写。")
    assert editor("GET", base).json["items"][0]["block"] is None


def test_what_is_only_in_the_autosave_can_be_commented_by_the_writer(
    app: Flask, newsroom: Newsroom, article_id: int
):
    actor, content = newsroom.actor("editor"), newsroom.content(text="只在自动保存里的话。")
    with newsroom.step() as session:
        autosave(session, get_article(session, article_id),
                 content, base_revision=1, actor=actor,
                 now=newsroom.clock())  # fmt: skip
    base = f"/articles/{article_id}/comments"
    refused = api(app, newsroom, "reviewer1")("POST", base, quote="自动保存", text="看不见")
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "quote")
    assert api(app, newsroom, "editor")("POST", base, quote="自动保存", text="看得见").status_code == 201  # fmt: skip
    part = page_of(signed_in(app, "editor"), base, headers={"HX-Request": "true"})
    assert 'data-start="2"' in part
    assert "<html" not in part


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"text": "没有地方"}, "quote"),
        ({"text": " ", "quote": "重症"}, "text"),
        ({"text": "x" * 2001, "quote": "重症"}, "text"),
        ({"text": "好", "quote": "x" * 501}, "quote"),
        ({"text": "好", "block": 9}, "quote"),
        ({"text": "好", "block": -1}, "block"),
        ({"text": "好", "block": True}, "block"),
        ({"text": 3, "quote": "重症"}, "text"),
    ],
)
def test_what_is_no_comment_is_refused(
    sent: dict[str, Any], field: str, app: Flask, newsroom: Newsroom, article_id: int
):
    refused = api(app, newsroom, "editor")("POST", f"/articles/{article_id}/comments", **sent)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)


def test_editors_of_the_column_reviewers_and_publishers_comment_and_others_do_not(
    app: Flask, newsroom: Newsroom, article_id: int
):
    base = f"/articles/{article_id}/comments"
    answers = {
        name: api(app, newsroom, name)("POST", base, block=0, text="好").status_code
        for name in ("editor", "reviewer2", "publisher", "admin", "auditor", "outsider")
    }
    assert answers == {"editor": 201, "reviewer2": 201, "publisher": 201,
                       "admin": 403, "auditor": 403, "outsider": 403}  # fmt: skip
    assert "添批注" not in page_of(signed_in(app, "auditor"), base)


def narrow(newsroom: Newsroom, name: str, slug: str) -> None:
    actor, now = newsroom.actor("admin"), newsroom.clock()
    with newsroom.step() as session:
        user = get_user(session, name)
        revoke(session, user, user.grants[0].id, actor=actor, now=now)
        column_id = newsroom.column(session, slug).id
        grant(session, user, Role.EDITOR, column_ids=[column_id], actor=actor, now=now)


def test_only_those_who_can_see_the_article_are_offered_and_called(
    app: Flask, newsroom: Newsroom, article_id: int
):
    narrow(newsroom, "editor2", "advice")
    base = f"/articles/{article_id}/comments"
    text = "@editor2姓名 @outsider @auditor姓名 请看"
    made = api(app, newsroom, "editor")("POST", base, quote="重症", text=text)
    assert made.json["remarks"][0]["mentions"] == [newsroom.actor("auditor").id]
    offered: Any = signed_in(app, "editor").get(f"{base}/people").json
    assert {"name": "auditor姓名", "username": "auditor"} in offered
    assert "editor2" not in {one["username"] for one in offered}
    assert api(app, newsroom, "editor2")("GET", base).status_code == 403


def test_the_longest_name_is_the_one_that_is_called():
    people = [Person(id=1, username="zhang", display_name="张三"),
              Person(id=2, username="zsf", display_name="张三丰"),
              Person(id=3, username="zhang2", display_name="张三")]  # fmt: skip
    assert find_mentions("@张三丰看看", people) == (2,)
    assert find_mentions("@张三，@zhang2 与 @无此人", people) == (1, 3)


def test_a_comment_of_another_article_is_not_reached_through_this_one(
    app: Flask, newsroom: Newsroom, article_id: int
):
    editor = api(app, newsroom, "editor")
    made = editor("POST", f"/articles/{article_id}/comments", block=0, text="好").json["id"]
    other = f"/articles/{newsroom.draft()}/comments/{made}"
    assert editor("POST", f"{other}/resolve").status_code == 404
    assert editor("POST", f"{other}/replies", text="好").status_code == 404


def test_a_reviewer_comments_by_naming_a_paragraph_and_settles_with_a_way_back(
    app: Flask, newsroom: Newsroom
):
    article_id = newsroom.submitted(content=newsroom.content(text=TEXT))
    reviewer, review = signed_in(app, "reviewer1"), f"/articles/{article_id}/review"
    base = f"/articles/{article_id}/comments"
    assert "1 · 收治病人" in page_of(reviewer, review)
    refused = reviewer.post(base, data={"block": "0", "text": " ", "at": "review"})
    assert refused.status_code == 422
    assert "批注还没有写" in refused.text
    made = reviewer.post(base, data={"block": "0", "text": "请核对数字", "at": "review"})
    with newsroom.step() as session:
        comment_id = list_comments(session, article_id).items[0].id
    assert made.location == f"{review}#comment-{comment_id}"
    page = page_of(reviewer, review)
    for words in ("请核对数字", "批注 1 条", "整段"):
        assert words in page
    assert "还有 1 条批注没有办结" in page_of(reviewer, f"/articles/{article_id}")
    assert "批注“收治病人" in page_of(reviewer, f"/articles/{article_id}")
    assert "批注 1" in page_of(reviewer, "/articles")
    assert "批注 1" in page_of(reviewer, "/")
    assert reviewer.post(f"{base}/{comment_id}/resolve", data={"at": "review"}).status_code == 303
    page = page_of(reviewer, review)
    assert f'action="{base}/{comment_id}/reopen"' in page
    assert "已办结 1 条" in page
    assert reviewer.post(f"{base}/{comment_id}/reopen", data={"at": "review"}).status_code == 303
    assert "批注 1 条" in page_of(reviewer, review)


def test_submitting_with_open_comments_is_done_and_says_how_many_are_open(
    app: Flask, newsroom: Newsroom, article_id: int
):
    editor = signed_in(app, "editor")
    editor.post(f"/articles/{article_id}/comments", data={"block": "0", "text": "待查"})
    sent = editor.post(f"/articles/{article_id}/submit")
    assert newsroom.article(article_id).status == "in_review"
    assert "还有 1 条批注没有办结。送审不受影响" in page_of(editor, sent.location)


def test_a_list_of_comments_takes_a_fixed_number_of_statements(
    app: Flask, newsroom: Newsroom, article_id: int
):
    editor, visitor = api(app, newsroom, "editor"), signed_in(app, "editor")
    base, numbers = f"/articles/{article_id}/comments", set()
    for count in (1, 4):
        for _ in range(count):
            made = editor("POST", base, quote="重症", text="@reviewer1姓名 看").json["id"]
            editor("POST", f"{base}/{made}/replies", text="好")
        with counted(newsroom.context.db) as statements:
            page_of(visitor, base)
        numbers.add(len(statements))
    assert len(numbers) == 1
    first = editor("GET", f"{base}?limit=3").json
    rest = editor("GET", f"{base}?limit=3&cursor={first['next_cursor']}").json
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 2, None)
