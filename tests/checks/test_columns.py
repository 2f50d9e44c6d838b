from __future__ import annotations

from dataclasses import replace

import pytest

from tests.checks.articles import RULES, codes, findings, told


@pytest.mark.parametrize(
    "sentence",
    [
        "“同心同行 抗疫有我”、“我为抗疫建箴言”和“抗疫文苑”等专栏",
        "以“陕西抗疫捐款”名义向“九三王选关怀基金会”捐款",
        "弘扬“抗疫文化”，做好“健康码”工作",
        "“同心同行，共克时艰”是我们的口号",
        "“三秦父老”在专栏里",
        "《抗疫文苑》专栏，《抗疫文献》一书",
    ],
)
def test_right_names_and_other_quotations_are_left_alone(sentence):
    assert codes(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "excerpt", "fix"),
    [
        ("“同心同行 抗疫疫情”专栏", "同心同行 抗疫疫情", "同心同行 抗疫有我"),
        ("“同心同行 抗役有我”里刊发", "同心同行 抗役有我", "同心同行 抗疫有我"),
        ("“同心同行抗疫有我”专栏", "同心同行抗疫有我", "同心同行 抗疫有我"),
        ("“我为抗疫进箴言”专栏", "我为抗疫进箴言", "我为抗疫建箴言"),
        ("“抗疫文院”专栏", "抗疫文院", "抗疫文苑"),
        ("《抗疫文园》栏目", "抗疫文园", "抗疫文苑"),
    ],
)
def test_a_miswritten_column_is_told_with_the_right_name(sentence, excerpt, fix):
    assert told(sentence, "name.column") == [(excerpt, fix)]


def test_a_campaign_is_a_name_too():
    rules = replace(RULES, campaigns=("同心抗疫 共克时艰",))
    assert told("“同心抗疫 共渡时艰”专题", "name.column", rules) == [
        ("同心抗疫 共渡时艰", "同心抗疫 共克时艰")
    ]


def test_an_unknown_column_named_in_two_ways_is_told_at_the_second():
    body = "“三秦先锋风采录”专栏开办。\n“三秦先锋风彩录”专栏已刊发8篇。"
    (found,) = findings(body)
    assert (found.code, found.block, found.excerpt) == (
        "name.column_two_ways",
        1,
        "三秦先锋风彩录",
    )


def test_the_traditional_spelling_is_the_script_checks_affair():
    assert "name.column" not in codes("我们在“我爲抗疫建箴言”专栏刊发，大家来看。")
