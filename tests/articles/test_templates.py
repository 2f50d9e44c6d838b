"""What a new article of a column starts from."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

import pytest
from flask import Flask

from tests.cast import Newsroom, body_of
from tests.queries import counted
from tests.visitor import Visitor, signed_in
from webapp.articles.content import content_of
from webapp.articles.queries import get_article, head_revision
from webapp.document.text import plain_text
from webapp.kernel.audit import list_entries

PATH = "/articles/template/frontline"


def form_of(text: str = "按语", **fields: str) -> dict[str, str]:
    body: Any = body_of(text).to_json()
    return {"body": json.dumps(body), "source": "", "credits": "", **fields}


@pytest.fixture
def admin(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "admin")


def test_a_new_article_starts_from_the_template_of_its_column(
    app: Flask, admin: Visitor, newsroom: Newsroom
):
    form = form_of("一、事迹", source="省委会", credits="监制：王五\n审核: 赵六")
    assert admin.post(PATH, data=form).status_code == 303
    editor = signed_in(app, "editor")
    assert "从模板开始" in editor.get("/articles/new").text
    answer = editor.post("/articles/new", data={"column": "frontline", "how": "template"})
    article_id = int(answer.headers["Location"].split("/")[2])
    with newsroom.step() as session:
        content = content_of(head_revision(session, get_article(session, article_id)))
        assert "column.template" in [entry.action for entry in list_entries(session, limit=5)]
    assert plain_text(content.body) == "一、事迹"
    assert content.source == "省委会"
    assert content.credits == (("监制", "王五"), ("审核", "赵六"))
    assert (content.title, content.author) == ("", "")


def test_without_one_the_page_offers_none_and_says_so_when_asked(app: Flask, newsroom: Newsroom):
    editor = signed_in(app, "editor")
    assert "从模板开始" not in editor.get("/articles/new").text
    answer = editor.post("/articles/new", data={"column": "frontline", "how": "template"})
    assert answer.status_code == 422
    assert "“同心同行 抗疫有我”还没有模板" in unescape(answer.text)


def test_an_empty_template_is_none(app: Flask, admin: Visitor, newsroom: Newsroom):
    admin.post(PATH, data=form_of("一、事迹"))
    admin.post(
        PATH, data={**form_of(), "body": '{"type": "doc", "content": [{"type": "paragraph"}]}'}
    )
    assert "从模板开始" not in signed_in(app, "editor").get("/articles/new").text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("body", "", "没有收到正文"),
        ("body", '{"type": "doc", "content": [{"type": "script"}]}', "没有改动"),
        ("source", "长" * 256, "最多能存 255 个"),
        ("credits", "\n".join("编辑：某" for _ in range(21)), "最多 20 行"),
    ],
)
def test_a_wrong_template_is_refused_and_what_was_typed_stays(
    field: str, value: str, words: str, admin: Visitor, newsroom: Newsroom
):
    answer = admin.post(PATH, data={**form_of("按语在此", source="省委会"), field: value})
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    with newsroom.step() as session:
        assert newsroom.column(session).template is None


def test_a_picture_that_is_not_there_is_refused(admin: Visitor):
    body: Any = body_of("按语", assets=["0" * 24]).to_json()
    answer = admin.post(PATH, data={**form_of(), "body": json.dumps(body)})
    assert answer.status_code == 422
    assert "图片不在素材库里" in unescape(answer.text)


def test_only_administrators_write_templates(app: Flask, newsroom: Newsroom):
    editor = signed_in(app, "editor")
    assert editor.get(PATH).status_code == 403
    assert editor.post(PATH, data=form_of("一")).status_code == 403


def test_the_new_article_page_takes_as_many_statements_with_templates_as_without(
    app: Flask, admin: Visitor, newsroom: Newsroom
):
    editor = signed_in(app, "editor")
    with counted(newsroom.context.db) as before:
        editor.get("/articles/new")
    for slug in ("frontline", "advice", "calligraphy"):
        admin.post(f"/articles/template/{slug}", data=form_of("一、事迹"))
    with counted(newsroom.context.db) as after:
        editor.get("/articles/new")
    assert len(after) == len(before)
