"""Words that renderers add of their own."""

from __future__ import annotations

import pytest

from tests.rendering.samples import picture, theme
from webapp.document.model import Document, node, text
from webapp.rendering.captions import (
    artwork_line,
    chinese_number,
    heading_numbers,
    ordered_credits,
    picture_lines,
)
from webapp.rendering.model import Artwork, Credit, Picture


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五"), (99, "九十九"), (100, "100")],
)  # fmt: skip
def test_numbers_are_said_in_chinese_up_to_ninety_nine(number: int, words: str):
    assert chinese_number(number) == words


def test_the_line_of_an_artwork_leaves_out_what_is_not_known():
    assert artwork_line(Artwork(title="松风", year="2022年")) == "《松风》\u30002022年"
    assert artwork_line(Artwork(title="《松风》", artist=" 张三 ")) == "《松风》\u3000张三"


def test_a_plain_picture_has_no_lines():
    assert list(picture_lines(picture("a"))) == []
    assert list(picture_lines(Picture(asset="a", url="", width=1, height=1, credit="丁"))) == [
        "图：丁"
    ]


def test_only_chapters_with_words_are_numbered():
    blocks = [
        node("heading", text("起")),
        node("heading"),
        node("heading", text("小"), level=3),
        node("heading", text("承")),
    ]
    body = Document.of(blocks)
    assert heading_numbers(body, "chinese") == {0: "一、", 3: "二、"}
    assert heading_numbers(body, "arabic") == {0: "1. ", 3: "2. "}
    assert heading_numbers(body, "none") == {}


def test_credits_for_the_head_stand_apart():
    layout = theme().credits.__class__(
        size=13, align="left", head=("来源",), order=("编辑", "来源", "审核")
    )
    lines = tuple(Credit(label=label, names="甲") for label in ("审核", "来源", "编辑", "制图"))
    head, foot = ordered_credits(lines, layout)
    assert [line.label for line in head] == ["来源"]
    assert [line.label for line in foot] == ["编辑", "审核", "制图"]
