from __future__ import annotations

import pytest

from tests.checks.articles import codes, told

WRONG = [
    ("截止目前，共刊发稿件18篇。", "截止目前", "截至目前"),
    ("截止到目前，已有694人参加。", "截止到目前", "截至目前"),
    ("截止今年，已连续举办五届。", "截止今年", "截至今年"),
    ("截止发稿时，道路已恢复通行。", "截止发稿", "截至发稿"),
    ("截止12月31日，共收到建议9份。", "截止12月31日", "截至12月31日"),
    ("截止2021年底，累计捐款69万元。", "截止2021年", "截至2021年"),
    ("截止昨天，新增病例8例。", "截止昨天", "截至昨天"),
    ("截止当前，仍有三人下沉一线。", "截止当前", "截至当前"),
]
RIGHT = [
    "截至目前，共刊发稿件18篇。",
    "截至2021年12月31日，共征集9份。",
    "截止日期为12月31日。",
    "报名截止时间：1月10日。",
    "报名截止12月31日。",
    "征稿截止到2022年1月31日，逾期不候。",
    "投票截止今天下午5点。",
    "申报工作于1月31日截止。",
    "来稿请于截止日前寄出。",
    "本次活动截止2022年3月1日。",
]


@pytest.mark.parametrize(("sentence", "excerpt", "fix"), WRONG)
def test_counting_up_to_a_time_is_jiezhi_with_zhi(sentence, excerpt, fix):
    assert told(sentence, "style.jiezhi") == [(excerpt, fix)]


@pytest.mark.parametrize("sentence", RIGHT)
def test_a_deadline_and_a_right_count_are_left_alone(sentence):
    assert codes(sentence) == []


@pytest.mark.parametrize("sentence", ["截至日期为1月31日。", "报名于1月31日截至。"])
def test_an_ending_is_no_count(sentence):
    assert told(sentence, "style.jiezhi") == [("截至", "截止")]
