from __future__ import annotations

import pytest

from tests.checks.articles import codes, told

RIGHT = [
    "他说：“这叫‘同心’。”",
    "他说：“这叫‘GDP’。”",
    "It’s the students’ day，就是学生的节日，大家都放假一天。",
    '屏幕5.5"，身高5\'10"，这些都是英制的写法。',
    "1）甲；2）乙；一）丙；a) one b) two。",
    "（见《九三学社章程》〔2017〕第3条【附件】）",
]


@pytest.mark.parametrize("sentence", RIGHT)
def test_right_pairs_are_left_alone(sentence):
    assert codes(sentence) == []


def test_straight_quotes_among_chinese_open_and_close():
    assert told('战"疫"进行时', "style.straight_quote") == [('"', "“"), ('"', "”")]
    assert told("叫'同心'的栏目", "style.straight_quote") == [("'", "‘"), ("'", "’")]


def test_a_half_mended_pair_still_closes():
    assert told('战“疫"进行时', "style.straight_quote") == [('"', "”")]
    assert codes('战“疫"进行时') == ["style.straight_quote"]


def test_corner_quotes_become_the_mainlands():
    assert told("「同心」", "style.corner_quote") == [("「", "“"), ("」", "”")]


@pytest.mark.parametrize(
    ("sentence", "excerpt"),
    [("战“疫进行时", "“"), ("战疫”进行时", "”"), ("“战‘疫”进行时", "‘")],
)
def test_a_quote_without_partner_is_told(sentence, excerpt):
    assert told(sentence, "style.unpaired_quote") == [(excerpt, None)]


def test_double_quotes_in_double_quotes_are_told():
    assert told("“他说“好”。”", "style.nested_quote") == [("“", None)]


def test_a_quotation_of_several_paragraphs_closes_once():
    assert codes("“第一段。\n“第二段。\n“第三段。”") == []
    assert codes("“第一段。\n第二段。") == ["style.unpaired_quote"]


@pytest.mark.parametrize(
    ("sentence", "excerpt"),
    [("（口罩到了", "（"), ("口罩）到了", "）"), ("《建议到了", "《"), ("（见《建议）", "《")],
)
def test_a_bracket_without_partner_is_told(sentence, excerpt):
    assert told(sentence, "style.unpaired_bracket") == [(excerpt, None)]
