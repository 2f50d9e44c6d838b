from __future__ import annotations

import pytest

from tests.checks.articles import codes, document, told
from webapp.document.model import mark, node, paragraph, text

RIGHT = [
    "截至12月31日，共收到1,000份，完成率为99.5%。",
    "会议于10:30开始，比分3:2。",
    "他说：“好！”然后……走了。",
    "网址是 https://example.org/a,b?c=d;e 请看。",
    "邮箱 a.b@example.org 可用。",
    "iPhone 13 (Pro) is here, and it works.",
    "“同心同行 抗疫有我”、“我为抗疫建箴言”和“抗疫文苑”",
    "北京—西安高铁；2020—2021年；鲁迅——原名周树人——的文章。",
    "第一节省略…………第二节",
    "（一）总则；1.目的：a）甲；b）乙。",
    "他用的是 C++，版本 3.11.7。",
    "什么？！真的？",
    "李　明　王小明",
]


@pytest.mark.parametrize("sentence", RIGHT)
def test_right_marks_are_left_alone(sentence):
    assert codes(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "code", "excerpt", "fix"),
    [
        ("抗疫,共克时艰", "style.halfwidth_punctuation", ",", "，"),
        ("抗疫, 共克时艰", "style.halfwidth_punctuation", ", ", "，"),
        ("时间:上午", "style.halfwidth_punctuation", ":", "："),
        ("物资(口罩）到了", "style.halfwidth_punctuation", "(", "（"),
        ("完成了.", "style.halfwidth_punctuation", ".", "。"),
        ("抗疫，，共克时艰", "style.doubled_punctuation", "，，", "，"),
        ("完成。。", "style.doubled_punctuation", "。。", "。"),
        ("抗疫，。共克", "style.doubled_punctuation", "，。", None),
        ("等等...", "style.ellipsis", "...", "……"),
        ("等等。。。", "style.ellipsis", "。。。", "……"),
        ("等等…", "style.ellipsis", "…", "……"),
        ("鲁迅--原名周树人", "style.dash", "--", "——"),
        ("鲁迅———周树人", "style.dash", "———", "——"),
        ("抗疫 ，共克", "style.space_at_mark", " ", ""),
        ("“ 抗疫”", "style.space_at_mark", " ", ""),
        ("抗疫  共克", "style.doubled_space", "  ", " "),
        ("　　段首空两格", "style.fake_indent", "　　", ""),
        ("抗\u200b疫", "style.invisible_character", "\u200b", ""),
        ("陜西", "variant.character", "陜", "陕"),
        ("⼀起", "variant.character", "⼀", "一"),
        ("我们的學校在这里，大家来看", "style.traditional", "學", "学"),
        ("时(shí)间", "style.pinyin_note", "(shí)", ""),
    ],
)
def test_a_wrong_mark_is_told_with_its_place_and_fix(sentence, code, excerpt, fix):
    assert told(sentence, code) == [(excerpt, fix)]
    assert codes(sentence) == [code]


def test_code_and_addresses_are_no_prose():
    code = paragraph("运行", text("a,b;c(d)...", mark("code")), "即可。")
    block = node("codeBlock", text("打印(“你好,世界”)..."))
    assert codes(document(code, block)) == []


def test_names_in_the_standard_table_are_no_traditional_characters():
    assert codes("毕昇发明了活字，大家都知道这件事。") == []


def test_a_passage_wholly_in_traditional_script_is_a_transcription_and_stays():
    assert codes("展出的作品有释文。\n風雨送春歸，飛雪迎春到，懸崖百丈冰") == []


def test_rules_see_through_invisible_characters_and_notes():
    assert told("截止\u200b目前，共刊发18篇。", "style.jiezhi") == [("截止\u200b目前", "截至目前")]
    assert told("截止目(mù)前，共刊发18篇。", "style.jiezhi") == [("截止目(mù)前", "截至目前")]
