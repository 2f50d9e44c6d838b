"""A picture message: its limits, and everything of the body that it cannot show."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.articles import document, figure, findings, heading
from webapp.checks.model import Finding
from webapp.document.model import Document, Node, mark, node, paragraph, text


def told(*blocks: Node, plain: str = "说明。", **fields: Any) -> list[Finding]:
    given: dict[str, Any] = {"form": "newspic", "has_cover": False, "plain": plain, **fields}
    found = findings(document(*blocks), **given)
    return [f for f in found if f.code.startswith(("newspic.", "limit."))]


def codes(*blocks: Node, **fields: Any) -> list[str]:
    return [f.code for f in told(*blocks, **fields)]


@pytest.mark.parametrize(("count", "is_told"), [(0, True), (1, False), (20, False), (21, True)])
def test_it_takes_one_to_twenty_pictures(count: int, is_told: bool):
    found = told(paragraph("一组书画。"), *(figure(f"a{n}") for n in range(count)))
    assert [f.code for f in found] == ["limit.picture_count"] * is_told
    assert all(f.severity == "must" and f"有 {count} 张" in f.message for f in found)


@pytest.mark.parametrize(
    ("characters", "code"),
    [
        (0, "limit.newspic_text_empty"),
        (1_000, None),
        (1_001, "newspic.text_long"),
        (19_999, "newspic.text_long"),
        (20_000, "limit.newspic_text"),
    ],
)
def test_its_text_must_be_there_and_not_be_too_long(characters: int, code: str | None):
    assert codes(figure("a"), plain="字" * characters) == ([code] if code else [])


def test_a_title_that_the_console_would_not_take_is_told_before_the_platforms_own_limit():
    assert codes(figure("a"), title="题" * 20) == []
    assert codes(figure("a"), title="题" * 21) == ["newspic.title_long"]
    assert codes(figure("a"), title="题" * 33) == ["limit.title", "newspic.title_long"]


def test_fields_that_it_does_not_show_are_named():
    found = told(figure("a"), digest="摘要。", source_url="https://example.com/")
    assert [(f.code, f.field) for f in found] == [
        ("newspic.unshown", "digest"),
        ("newspic.unshown", "source_url"),
    ]


def test_what_of_the_body_it_cannot_show_is_told_where_it_stands():
    cell = node("tableCell", paragraph("一"))
    link = mark("link", href="https://example.com/")
    found = told(
        heading("小标题"),
        figure("a", "说明"),
        paragraph(text("看这里", link)),
        node("table", node("tableRow", cell)),
        node("gallery", figure("b"), figure("a"), layout="pair"),
    )
    assert [(f.code, f.block) for f in found] == [
        ("newspic.style", None),
        ("newspic.link", 2),
        ("newspic.table", 3),
        ("newspic.layout", 4),
        ("newspic.order", 4),
        ("newspic.repeated", 5),
    ]
    assert {f.severity for f in found} == {"should"}


def test_plain_paragraphs_before_and_after_the_pictures_are_no_matter():
    assert codes(paragraph("开头。"), figure("a"), figure("b"), paragraph("结尾。")) == []


def test_an_article_is_not_asked_for_what_a_picture_message_needs():
    body = Document.of([paragraph("开头。"), figure("a"), paragraph("中间。"), figure("a")])
    assert not [f for f in findings(body) if "newspic" in f.code or "picture_count" in f.code]
