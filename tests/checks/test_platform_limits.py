from __future__ import annotations

import pytest

from tests.checks.articles import codes, document, figure, findings
from webapp.checks.platform_limits import units


def test_chinese_counts_two_and_latin_one():
    assert units("抗疫2022") == 8


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": ""}, "limit.title_empty"),
        ({"title": "  "}, "limit.title_empty"),
        ({"title": "标" * 33}, "limit.title"),
        ({"title": "标" * 32 + "a"}, "limit.title"),
        ({"author": "作" * 9}, "limit.author"),
        ({"digest": "摘" * 121}, "limit.digest"),
        ({"html": "<p>" + "x" * 20_000}, "limit.content_characters"),
        ({"has_cover": False}, "limit.cover"),
        ({"source_url": "ftp://example.org/"}, "limit.source_url"),
        ({"source_url": "example.org"}, "limit.source_url"),
        ({"source_url": "http://["}, "limit.source_url"),
        ({"source_url": "https://example.org/" + "a" * 1024}, "limit.source_url"),
    ],
)
def test_a_field_over_its_limit_is_told(fields, code):
    assert codes("正文。", **fields) == [code]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "标" * 32},
        {"author": "九三学社陕西省委"},
        {"digest": "摘" * 120},
        {"html": "x" * 19_999},
        {"source_url": "https://example.org/a?b=c"},
        {"source_url": ""},
    ],
)
def test_a_field_at_its_limit_is_fine(fields):
    assert codes("正文。", **fields) == []


def test_content_over_a_megabyte_must_be_cut_and_is_also_long():
    found = findings("正文。", html="文" * 400_000)
    assert [(f.code, f.severity) for f in found] == [
        ("limit.content_bytes", "must"),
        ("limit.content_characters", "should"),
    ]


def test_an_empty_body_is_told_and_a_body_of_pictures_is_not_empty():
    assert "limit.body_empty" in codes("\n \n")
    assert "limit.body_empty" not in codes(document(figure("a")))


def test_a_picture_message_needs_pictures_and_no_cover():
    body = document(*(figure(f"a{n}") for n in range(21)))
    assert "limit.picture_count" in codes(body, form="newspic", has_cover=False)
    assert "limit.picture_count" in codes("没有图。", form="newspic", has_cover=False)
    few = codes(document(figure("a")), form="newspic", has_cover=False)
    assert not {"limit.picture_count", "limit.cover"} & set(few)
