from __future__ import annotations

from tests.checks.articles import codes, document, findings, heading
from webapp.document.model import paragraph


def test_a_skipped_heading_level_is_told_once_and_where():
    body = document(
        heading("一级", 2), heading("三级", 4), heading("又三级", 4), heading("二级", 3)
    )
    found = findings(body)
    assert [(f.code, f.block) for f in found] == [("structure.heading_skipped", 1)]


def test_headings_may_climb_back_any_number_of_levels():
    body = document(*(heading(f"第{n}", n) for n in (2, 3, 4, 2)))
    assert codes(body) == []


def test_an_empty_heading_is_told():
    assert codes(document(heading(""), paragraph("正文。"))) == ["structure.heading_empty"]


def test_a_paragraph_over_600_characters_is_told_and_one_of_600_is_not():
    sentence = "春雨润物细无声，"
    assert codes(sentence * 75) == []
    assert codes(sentence * 75 + "长。") == ["structure.paragraph_long"]


def test_a_paragraph_pasted_twice_is_told_at_its_second_place():
    body = (
        "这是一段不会重复出现的话，一共就这么长。\n别的。\n这是一段不会重复出现的话，一共就这么长。"
    )
    assert [(f.code, f.block) for f in findings(body)] == [("structure.paragraph_repeated", 2)]


def test_short_lines_may_repeat():
    assert codes("编辑：某某某\n正文。\n编辑：某某某") == []


def test_the_title_in_the_body_is_told_whatever_its_marks():
    assert codes("战“疫”进行时\n正文。", title="战疫进行时！") == ["structure.title_repeated"]
    assert codes("一。\n二。\n三。\n战疫进行时", title="战疫进行时") == []


def test_web_leftovers_are_whole_lines_near_the_ends():
    assert codes("打印本页\n正文在这里。\n上一篇：没有了") == [
        "structure.web_leftover",
        "structure.web_leftover",
    ]
    assert codes("请把打印本页的按钮放在右边。") == []
