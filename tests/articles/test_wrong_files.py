"""Files and texts that cannot be taken in: the refusal stands where it happened, nothing typed is lost, nothing is made."""

from __future__ import annotations

import io
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import Newsroom
from tests.intake.word_files import p, replaced, word_of_xml
from tests.visitor import Visitor
from webapp.articles.models import Article
from webapp.intake.bounds import TEXT_MAX_CHARS

GOOD = word_of_xml(p("标题") + p("正文。"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BOMB = replaced(GOOD, "word/document.xml", b"<a>" + b" " * 60_000_000 + b"</a>")


def number_of_articles(newsroom: Newsroom) -> int:
    with newsroom.step() as session:
        return session.scalar(select(func.count()).select_from(Article)) or 0


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("damaged.docx", GOOD[: len(GOOD) // 2], "请"),
        ("locked.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("old.doc", OLE, ".docx"),
        ("bomb.docx", BOMB, "没有导入"),
        ("deep.md", b">" * 5_000 + b" x", "嵌套太深"),
        ("links.md", b"[" * 50_000, "没有导入"),
        ("stars.md", b"*a_" * 40_000, "没有导入"),
        ("empty.txt", b"", "空的"),
        ("binary.txt", bytes(range(256)) * 40, "没有导入"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[1:] else "",
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field_and_makes_nothing(
    name: str, data: bytes, says: str, editor: Visitor, newsroom: Newsroom
):
    sent = {"column": "advice", "how": "file", "file": (io.BytesIO(data), name),
            "text": "另外写了一半的字"}  # fmt: skip
    answer = editor.post("/articles/new", data=sent, content_type="multipart/form-data")
    assert answer.status_code in {413, 415, 422}
    page = unescape(answer.text)
    refusal = page.split("data-drop-file")[1].split("field-error")[1].split("</p>")[0]
    assert says in refusal
    assert "没有" in refusal or "空的" in refusal
    assert "另外写了一半的字" in page
    assert 'name="column" value="advice" required checked' in page
    assert number_of_articles(newsroom) == 0


def test_a_text_that_is_too_long_stays_in_its_box(editor: Visitor, newsroom: Newsroom):
    text = "写" * (TEXT_MAX_CHARS + 1)
    answer = editor.post("/articles/new", data={"column": "advice", "how": "text", "text": text})
    assert answer.status_code == 413
    assert "请分成几篇再试" in answer.text
    assert text in answer.text
    assert number_of_articles(newsroom) == 0


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("body_markdown", ">" * 5_000 + " x"),
        ("body_markdown", "[" * 50_000),
        ("body_markdown", "*a_" * 40_000),
        ("body_text", "写" * (TEXT_MAX_CHARS + 1)),
        ("body_html", "<div>" * 60_000),
    ],
    ids=["quotes", "brackets", "stars", "text", "html"],
)
def test_over_rest_the_same_is_a_problem_with_a_sentence_and_the_article_stays(
    field: str, text: str, app: Flask, newsroom: Newsroom
):
    client, bearer = app.test_client(), {"Authorization": f"Bearer {newsroom.token('editor')}"}
    sent = {"column": "advice", "title": "题目", field: text}
    made = client.post("/api/v1/articles", json=sent, headers=bearer)
    assert made.status_code in (413, 422)
    assert made.mimetype == "application/problem+json"
    assert "没有" in made.get_data(as_text=True)
    assert number_of_articles(newsroom) == 0
    article_id = newsroom.draft()
    changed = client.patch(f"/api/v1/articles/{article_id}", json={field: text},
                           headers={**bearer, "If-Match": '"1"'})  # fmt: skip
    assert changed.status_code in (413, 422)
    assert newsroom.article(article_id).revision == 1
