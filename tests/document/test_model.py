"""What a body may be, and that it never changes once made."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.document.strategies import documents
from tests.thorough import examples
from webapp.document import schema
from webapp.document.model import (
    EMPTY,
    Document,
    InvalidDocument,
    Node,
    asset_ids,
    from_plain_paragraphs,
    mark,
    node,
    paragraph,
    text,
    walk,
)
from webapp.document.schema import SCHEMA
from webapp.kernel.richtext import UNPRINTABLE

SCHEMA_FILE = Path(schema.__file__).with_name("schema.json")


def doc(*blocks: Any) -> dict[str, Any]:
    return {"type": "doc", "content": list(blocks)}


def para(*inline: Any, **more: Any) -> dict[str, Any]:
    return {"type": "paragraph", "content": list(inline), **more}


def words(value: str, *marks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": value, **({"marks": list(marks)} if marks else {})}


def nested(depth: int) -> dict[str, Any]:
    inner = para()
    for _ in range(depth):
        inner = {"type": "blockquote", "content": [inner]}
    return doc(inner)


REFUSED: list[tuple[str, Any, str]] = [
    ("nothing", None, ""),
    ("a list", [], ""),
    ("another top", {"type": "paragraph"}, ""),
    ("no blocks", {"type": "doc"}, ""),
    ("text at the top", doc(words("x")), ""),
    ("an unknown node", doc({"type": "video"}), "content[0]"),
    ("an unknown field", doc(para(hidden=1)), "content[0]"),
    ("an unknown attribute", doc(para(attrs={"id": "x"})), "content[0].attrs"),
    ("a wrong value", doc(para(attrs={"align": "start"})), "content[0].attrs.align"),
    ("true for one", doc({"type": "orderedList", "attrs": {"start": True}, "content": []}), "content[0].attrs.start"),
    ("a level below", doc({"type": "heading", "attrs": {"level": 1}}), "content[0].attrs.level"),
    ("a float", doc({"type": "heading", "attrs": {"level": 2.5}}), "content[0].attrs.level"),
    ("a float for a whole", doc({"type": "heading", "attrs": {"level": 2.0}}), "content[0].attrs.level"),
    ("a start beyond", doc({"type": "orderedList", "attrs": {"start": 10_000}, "content": []}), "content[0].attrs.start"),
    ("a number as text", doc({"type": "figure", "attrs": {"asset": 1}}), "content[0].attrs.asset"),
    ("an endless description", doc({"type": "figure", "attrs": {"asset": "a", "alt": "长" * 501}}), "content[0].attrs.alt"),
    ("attributes in a list", doc({"type": "paragraph", "attrs": [1]}), "content[0]"),
    ("content that is text", doc({"type": "paragraph", "content": "x"}), "content[0]"),
    ("text on a block", doc({"type": "paragraph", "text": "x"}), "content[0]"),
    ("content in a rule", doc({"type": "horizontalRule", "content": [para()]}), "content[0]"),
    ("content in a text", doc(para({"type": "text", "text": "x", "content": [words("y")]})), "content[0].content[0]"),
    ("marks that are no list", doc(para({"type": "text", "text": "x", "marks": "bold"})), "content[0].content[0]"),
    ("a figure without asset", doc({"type": "figure"}), "content[0].attrs.asset"),
    ("an address as asset", doc({"type": "figure", "attrs": {"asset": "http://x/"}}), "content[0].attrs.asset"),
    ("an item without list", doc({"type": "listItem", "content": [para()]}), ""),
    ("an empty list", doc({"type": "bulletList"}), "content[0]"),
    ("a list in place of a first paragraph", doc({"type": "bulletList", "content": [{"type": "listItem", "content": [{"type": "horizontalRule"}]}]}), "content[0].content[0]"),
    ("a quotation in a cell", doc({"type": "table", "content": [{"type": "tableRow", "content": [{"type": "tableCell", "content": [{"type": "blockquote", "content": [para()]}]}]}]}), "content[0].content[0].content[0]"),
    ("empty text", doc(para(words(""))), "content[0].content[0]"),
    ("a control character", doc(para(words("a\x02b"))), "content[0].content[0]"),
    ("a lone surrogate", doc(para(words("\ud83d"))), "content[0].content[0]"),
    ("a script link", doc(para(words("x", {"type": "link", "attrs": {"href": "javascript:alert(1)"}}))), "content[0].content[0].marks[0].attrs.href"),
    ("a line end after a link", doc(para(words("x", {"type": "link", "attrs": {"href": "https://a.cn/\n"}}))), "content[0].content[0].marks[0].attrs.href"),
    ("a relative link", doc(para(words("x", {"type": "link", "attrs": {"href": "/x"}}))), "content[0].content[0].marks[0].attrs.href"),
    ("an unknown mark", doc(para(words("x", {"type": "blink"}))), "content[0].content[0].marks[0]"),
    ("a mark twice", doc(para(words("x", {"type": "bold"}, {"type": "bold"}))), "content[0].content[0].marks[1]"),
    ("code that is bold", doc(para(words("x", {"type": "bold"}, {"type": "code"}))), "content[0].content[0].marks[1]"),
    ("bold that is code", doc(para(words("x", {"type": "code"}, {"type": "bold"}))), "content[0].content[0]"),
    ("up and down", doc(para(words("x", {"type": "superscript"}, {"type": "subscript"}))), "content[0].content[0].marks[1]"),
    ("marks in a listing", doc({"type": "codeBlock", "content": [words("x", {"type": "bold"})]}), "content[0]"),
    ("marks on a block", doc(para(marks=[{"type": "bold"}])), "content[0]"),
    ("thirteen levels", nested(12), "content[0]" + ".content[0]" * 12),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "path"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_the_schema_does_not_know_is_refused_with_its_place(raw: Any, path: str):
    with pytest.raises(InvalidDocument) as caught:
        Document.parse(raw)
    assert caught.value.fields[0].field == path
    assert "正文" in caught.value.message
    assert "不受影响" in caught.value.message


def test_twelve_levels_are_allowed():
    assert Document.parse(nested(11))


def test_a_hundred_thousand_levels_are_refused_before_they_are_read():
    with pytest.raises(InvalidDocument, match="12 层"):
        Document.parse(nested(100_000))


def test_too_many_nodes_are_refused():
    with pytest.raises(InvalidDocument, match="请分成几篇"):
        Document.parse(doc(*[{"type": "horizontalRule"}] * (SCHEMA.max_nodes + 1)))


def test_the_message_names_the_paragraph_as_people_count():
    with pytest.raises(InvalidDocument, match="正文第 2 段"):
        Document.parse(doc(para(), para(attrs={"align": "start"})))


def test_the_editors_full_attributes_and_our_short_ones_are_the_same_document():
    full = doc(
        {"type": "heading", "attrs": {"level": 2, "align": None}, "content": [words("一")]},
        {"type": "figure", "attrs": {"asset": "a1", "alt": "", "width": 100}},
        para({"type": "hardBreak", "marks": [{"type": "bold"}]}, attrs={"align": None}),
    )
    short = doc(
        {"type": "heading", "content": [words("一")]},
        {"type": "figure", "attrs": {"asset": "a1"}},
        para({"type": "hardBreak"}),
    )
    assert Document.parse(full) == Document.parse(short)
    assert Document.parse(full).to_json() == short


def test_marks_stand_in_the_schemas_order_and_equal_neighbours_are_one():
    bold, link = {"type": "bold"}, {"type": "link", "attrs": {"href": "https://example.org/"}}
    split = doc(para(words("一", bold, link), words("二", link, bold), words("三")))
    joined = doc(para(words("一二", link, bold), words("三")))
    assert Document.parse(split) == Document.parse(joined)


def test_canonical_bytes_are_sorted_utf8_without_blanks():
    body = Document.of([node("figure", text("文"), asset="b", alt="图")])
    assert body.canonical().decode() == (
        '{"content":[{"attrs":{"alt":"图","asset":"b"},'
        '"content":[{"text":"文","type":"text"}],"type":"figure"}],"type":"doc"}'
    )


def test_text_is_never_altered_not_even_by_normal_forms():
    decomposed, ligature = "e\u0301", "ﬁ\u3000\u00a0\u200b"
    body = from_plain_paragraphs([decomposed, ligature])
    assert [block.content[0].text for block in body.content] == [decomposed, ligature]


def test_a_document_cannot_be_changed():
    body = from_plain_paragraphs(["一"])
    with pytest.raises(dataclasses.FrozenInstanceError):
        body.content = ()  # type: ignore[misc]
    with pytest.raises(TypeError):
        body.content[0].attrs["align"] = "left"  # type: ignore[index]


def test_a_body_without_blocks_is_the_empty_document():
    assert Document.of([]) == EMPTY
    assert Document.parse(EMPTY.to_json()) == EMPTY
    assert from_plain_paragraphs([]) == EMPTY


def figures() -> Document:
    gallery = node("gallery", node("figure", asset="b"), node("figure", asset="a"))
    return Document.of([node("figure", asset="a"), node("blockquote", gallery), paragraph("末")])


def test_assets_come_in_reading_order_each_once():
    assert asset_ids(figures()) == ("a", "b")


def test_assets_can_be_exchanged_and_the_others_stay():
    exchanged = figures().replace_assets({"a": "x1"})
    assert asset_ids(exchanged) == ("x1", "b")
    assert asset_ids(figures()) == ("a", "b")


@settings(max_examples=examples(60), deadline=None)
@given(documents())
def test_exchanging_no_asset_changes_nothing(document: Document):
    assert document.replace_assets({}) == document


def test_walking_is_reading_order():
    types = [n.type for n in walk(figures())]
    assert types == ["figure", "blockquote", "gallery", "figure", "figure", "paragraph", "text"]


def test_the_gate_strips_exactly_what_the_schema_forbids():
    every = [chr(c) for c in range(0x110000)]
    forbidden = {c for c in every if SCHEMA.text_forbidden.match(c)}
    # A carriage return is a line break to the gate, and no character of a text.
    assert forbidden == {c for c in every if UNPRINTABLE.match(c)}


def test_the_schemas_patterns_mean_the_same_in_javascript():
    raw = json.loads((SCHEMA_FILE).read_text("utf-8"))
    for pattern in [raw["text_forbidden"], *raw["patterns"].values()]:
        assert not re.search(r"\(\?[^:]|\\[a-tv-zA-Z]", pattern)


def test_a_mark_may_hold_a_link_with_chinese_in_it():
    href = "https://九三.cn/专栏?页=1#末"
    body = Document.of([paragraph(text("x", mark("link", href=href)))])
    assert body.content[0].content[0].marks[0].attrs["href"] == href


def _deep(levels: int) -> Node:
    return node("blockquote", _deep(levels - 1)) if levels else paragraph()


@pytest.mark.parametrize(
    "block",
    [
        node("figure"),
        node("heading", level=9),
        node("bulletList"),
        node("listItem", paragraph()),
        node("horizontalRule", paragraph()),
        node("codeBlock", node("hardBreak")),
        node("codeBlock", text("x", mark("bold"))),
        paragraph(text("")),
        paragraph(text("a\x02b")),
        paragraph(text("x", mark("link", href="javascript:alert(1)"))),
        paragraph(text("x", mark("bold"), mark("code"))),
        paragraph(paragraph()),
        paragraph()._replace(marks=(mark("bold"),)),
        _deep(12),
        node("blockquote", *[paragraph()] * SCHEMA.max_nodes),
    ],
)
def test_blocks_of_ours_are_held_to_the_schema_too(block: Node):
    with pytest.raises(InvalidDocument):
        Document.of([block])


def test_blocks_of_ours_are_set_right_like_any_others():
    link, bold = mark("link", href="https://a.cn/"), mark("bold")
    marked_break = node("hardBreak")._replace(marks=(bold,))
    body = Document.of([paragraph(text("一", bold, link), text("二", link, bold), marked_break)])
    assert body.content == (paragraph(text("一二", link, bold), node("hardBreak")),)


@settings(max_examples=examples(50), deadline=None)
@given(documents())
def test_what_was_read_is_sound_as_it_stands(body: Document):
    again = Document.of(body.content)
    assert again == body
    assert again.content is body.content
