"""Plain text and the count that people know from Word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.document.strategies import documents
from tests.thorough import examples
from webapp.document.model import Document, asset_ids, from_plain_paragraphs, node, paragraph, text
from webapp.document.text import count_characters, count_text, is_empty, plain_text, text_of


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("", 0),
        ("   \n\t", 0),
        ("中文", 2),
        ("中文，标点。", 6),
        ("“引号”……——", 8),
        ("hello world", 2),
        ("don't stop", 2),
        ("使用WeChat发布", 5),
        ("694人，69.4046万元", 6),
        ("2021年12月", 4),
        ("A4 纸", 2),
        ("全角ＡＢ", 4),
        ("時(shí)間", 3),
        ("𠮷野家", 3),
        ("中　文", 2),
    ],
)
def test_characters_are_counted_as_word_counts_them(written: str, count: int):
    assert count_text(written) == count


def test_captions_cells_and_listings_count_and_reading_time_is_rounded_up():
    body = Document.of(
        [
            paragraph("一" * 399),
            node("figure", text("图注"), asset="a"),
            node("codeBlock", text("x = 1")),
        ]
    )
    count = count_characters(body)
    assert (count.characters, count.minutes) == (404, 2)
    assert count_characters(from_plain_paragraphs([])).minutes == 0


def test_blocks_stand_on_lines_of_their_own_and_breaks_too():
    body = Document.of(
        [
            node("heading", text("题")),
            paragraph("甲", node("hardBreak"), "乙"),
            node("bulletList", node("listItem", paragraph("丙"), paragraph("丁"))),
            node("figure", asset="a"),
            node("figure", text("图注"), asset="a"),
        ]
    )
    assert plain_text(body) == "题\n甲\n乙\n丙\n丁\n图注"


@settings(max_examples=examples(50), deadline=None)
@given(documents())
def test_plain_text_has_every_letter_in_order(document: Document):
    letters = "".join(map(text_of, document.content)).replace("\n", "")
    assert plain_text(document).replace("\n", "") == letters


@settings(max_examples=examples(50), deadline=None)
@given(documents())
def test_a_document_is_empty_only_without_letters_and_pictures(document: Document):
    ruled = "horizontalRule" in str(document.to_json())
    empty = all(map(is_empty, document.content))
    assert empty == (not plain_text(document).strip() and not asset_ids(document) and not ruled)
