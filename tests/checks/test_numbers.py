from __future__ import annotations

import pytest

from tests.checks.articles import codes, told

RIGHT = [
    "捐款69.4046万元，其中4.1882万元用于采购。",
    "社员694人、45岁以下10人，共8份。",
    "总计1,234,567元，占99.5%。",
    "2021年，100人参加；第12，13号。",
    "9亿～16亿元，15%～30%，13万元～17万元。",
    "2020—2021年，2021年12月31日，二〇二一年，一九四九年。",
    "重5千克，长3千米，功率200千瓦，历时21年6个月。",
    "2024年2月29日，2月29日。",
    "约100人参加，10个左右的小组。",
    "3至5天，100—150名，400-500字。",
    "国办发〔2018〕123号，2020-12-31，029-87654321。",
    "占百分之五十。",
]


@pytest.mark.parametrize("sentence", RIGHT)
def test_right_numbers_are_left_alone(sentence):
    assert codes(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "code", "excerpt", "fix"),
    [
        ("社员６９４人", "number.fullwidth", "６９４", "694"),
        ("捐款６９．４万元", "number.fullwidth", "６９．４", "69.4"),
        ("ＡＢ座", "number.fullwidth", "ＡＢ", "AB"),
        ("占99.5％", "number.percent", "％", "%"),
        ("占百分之90", "number.percent", "百分之90", "90%"),
        ("共1，234人", "number.separator", "1，234", "1,234"),
        ("捐款13-17万元", "number.range", "13-17万", "13万～17万"),
        ("占15～30%", "number.range", "15～30%", "15%～30%"),
        ("2020-2021年", "number.year_range", "2020-2021", "2020—2021"),
        ("2020~2021学年", "number.year_range", "2020~2021", "2020—2021"),
        ("21年12月召开", "number.short_year", "21年", None),
        ("二零二一年", "number.year_zero", "二零二一", "二〇二一"),
        ("二○二一年", "number.year_zero", "二○二一", "二〇二一"),
        ("捐款3千余元", "number.mixed_numeral", "3千", None),
        ("共5百人", "number.mixed_numeral", "5百", None),
        ("2021年2月29日", "number.impossible_date", "2021年2月29日", None),
        ("11月31日", "number.impossible_date", "11月31日", None),
        ("约100人左右", "number.approximation", "约100人左右", "约100人"),
    ],
)
def test_a_wrong_number_is_told_with_its_place_and_fix(sentence, code, excerpt, fix):
    assert told(sentence, code) == [(excerpt, fix)]
    assert codes(sentence) == [code]
