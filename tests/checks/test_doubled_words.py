from __future__ import annotations

import pytest

from tests.checks.articles import codes, told

RIGHT = [
    "人人参与，天天检测，常常巡查，刚刚结束，处处留心，渐渐好转，团团围住，家家户户。",
    "我们再研究研究，也请大家讨论讨论、商量商量。",
    "一个一个地问，一步一步地走，一户一户地查。",
    "的的确确，是是非非，和和气气，不甚了了，一了了之。",
    "哈哈哈哈，加油加油，非常非常感谢。",
    "中共中央中央军委的命令；研究研究生的培养办法。",
    "走着走着就到了，说啊说啊说不完。",
    "等等，一九一九年，三三两两，高高兴兴，认认真真，干干净净。",
    "雪白雪白的墙，漆黑漆黑的夜。",
    "在在皆是；成就就业梦想；参与与会代表的讨论；把把脉。",
    "各级各类、各行各业、全省全国、人山人海、自觉自愿。",
]


@pytest.mark.parametrize("sentence", RIGHT)
def test_what_is_doubled_on_purpose_stays(sentence):
    assert codes(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "excerpt", "fix"),
    [
        ("社员的的责任", "的的", "的"),
        ("取得了了成绩", "了了", "了"),
        ("疫情疫情防控", "疫情疫情", "疫情"),
        ("进一步进一步凝聚", "进一步进一步", "进一步"),
        ("九三学社九三学社陕西省委", "九三学社九三学社", "九三学社"),
        ("抗疫抗疫抗疫一线", "抗疫抗疫抗疫", "抗疫"),
        ("在在西安市", "在在", "在"),
        ("社员和和医生", "和和", "和"),
    ],
)
def test_a_word_typed_twice_is_told(sentence, excerpt, fix):
    assert told(sentence, "style.doubled_word") == [(excerpt, fix)]
