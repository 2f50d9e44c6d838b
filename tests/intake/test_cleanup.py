from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.thorough import thorough
from webapp.intake.cleanup import STEPS, clean_text
from webapp.intake.steps.convert import to_simplified
from webapp.intake.steps.options import Options, Script

FIXTURES = Path(__file__).parent / "fixtures"
RAW = (FIXTURES / "jiusan-bulletin.raw.txt").read_text(encoding="utf-8")
GOLDEN = (FIXTURES / "jiusan-bulletin.clean.txt").read_text(encoding="utf-8")


def cleaned(text: str, **options: object) -> str:
    return clean_text(text, options=Options(**options)).text  # type: ignore[arg-type]


# The bulletin


def test_the_bulletin_becomes_the_text_that_was_checked_by_eye():
    assert clean_text(RAW).text == GOLDEN


def test_the_bulletin_holds_exactly_174_pinyin_notes_and_all_of_them_go():
    notes = re.findall(r"\([a-zā-ǜà-ÿ]+\)", RAW)
    changes = [c for c in clean_text(RAW).cleanups if c.kind == "pinyin"]
    assert len(notes) == len(changes) == 174
    assert [c.before for c in changes] == notes
    assert not re.search(r"[a-zA-Z\u00c0-\u024f]", GOLDEN)


def test_the_cleaned_bulletin_has_no_traditional_character_left():
    assert to_simplified(GOLDEN) == GOLDEN
    assert "陜" not in GOLDEN


def test_every_character_that_the_bulletin_changes_was_looked_at():
    changes = Counter(
        (old, new)
        for c in clean_text(RAW).cleanups
        if c.kind in {"traditional", "variant"}
        for old, new in zip(c.before, c.after, strict=True)
    )
    assert changes["陜", "陕"] == 6
    assert changes["復", "复"] == 1
    assert changes["眾", "众"] == 5
    assert changes["沖", "冲"] == 1
    assert changes["帳", "帐"] == 1
    assert not {"干", "后", "征", "于", "里", "系", "余"} & {old for old, _ in changes}
    for word in ("干部", "居众后", "征集", "处于", "帐篷", "冲锋", "复杂", "诤言", "磅礴", "筑牢"):
        assert word in GOLDEN


def test_the_bulletin_keeps_what_only_a_person_may_decide():
    assert "截止目前，共刊发抗疫宣传稿件18篇" in GOLDEN
    assert "“同心同行 抗疫疫情”专栏" in GOLDEN
    for figure in ("694人", "69.4046万元", "4.1882万元", "10人", "8人", "9份", "8份", "45岁"):
        assert figure in GOLDEN


def test_the_cleaned_bulletin_has_no_half_width_punctuation_but_decimal_points():
    assert re.findall(r"[!-/:-@\[-`{-~]", GOLDEN) == [".", "."]


def test_the_password_box_goes_and_is_told():
    (change,) = [c for c in clean_text(RAW).cleanups if c.kind == "furniture"]
    assert change.before == "密碼:\n\n"
    assert GOLDEN.startswith("同心抗疫 共克时艰\n\n陕西九三学社战“疫”进行时\n")


def test_a_change_says_where_it_is_in_words_and_in_numbers():
    result = clean_text(RAW)
    (change,) = [c for c in result.cleanups if c.before == "帳"]
    assert change.place == "第7段“…物（物品主要包括帐篷、防护服、医用…”"
    assert RAW[change.offset] == "帳"
    assert result.text[change.position] == "帐"


# Pinyin


@pytest.mark.parametrize(
    "note",
    [
        "重(zhòng)",
        "重(chóng)",
        "重（zhòng）",
        "女(nǚ)",
        "的(de)",
        "們(men)",
        "發(fā)",
        "時( shí )",
        "時(shi\u0301)",
        "廣(ɡuǎnɡ)",
    ],
)
def test_a_reading_of_the_character_before_it_is_removed_whatever_reading_it_is(note: str):
    assert cleaned(note, script=Script.KEEP) == note[0]


@pytest.mark.parametrize(
    "text",
    ["重（zhong）", "時（xué）", "西安（Xī'ān）", "函数f(x)", "同志（comrade）", "（shí）", "A(ā)"],
)
def test_what_is_no_reading_of_that_character_stays(text: str):
    assert cleaned(text, script=Script.KEEP) == text


# Script


def test_a_traditional_character_among_simplified_ones_is_converted():
    assert cleaned("疫情防控發展趋势") == "疫情防控发展趋势"


def test_a_wholly_traditional_text_is_somebodys_choice_and_stays():
    text = "國立歷史博物館舉辦書畫展覽，歡迎參觀。"
    assert cleaned(text) == text
    assert cleaned(text, script=Script.SIMPLIFIED) == "国立历史博物馆举办书画展览，欢迎参观。"


def test_a_traditional_passage_in_a_simplified_article_stays():
    text = "张先生书写了这件作品，释文如下：\n雲想衣裳花想容，春風拂檻露華濃。若非羣玉山頭見，會向瑤臺月下逢。"
    assert cleaned(text) == text


def test_a_traditional_heading_over_simplified_paragraphs_is_converted():
    text = "同心抗疫 共克時艱\n陕西九三学社战“疫”进行时，全省各级组织积极响应。"
    assert cleaned(text).startswith("同心抗疫 共克时艰\n")


def test_a_scrape_without_pinyin_notes_is_known_by_what_the_converter_left_behind():
    text = "疫情處于發展趨勢，關于機關干部參與防控的要求，責在人先，利居眾后。"
    assert cleaned(text) == "疫情处于发展趋势，关于机关干部参与防控的要求，责在人先，利居众后。"


def test_a_quoted_traditional_title_stays_when_told_so():
    text = "他读了《紅樓夢》,又说起這本書。"
    assert cleaned(text) == "他读了《红楼梦》，又说起这本书。"
    assert cleaned(text, keep_traditional_titles=True) == "他读了《紅樓夢》，又说起这本书。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("咸阳市乾縣的干部们", "咸阳市乾县的干部们"),
        ("乾陵在乾县，气候乾燥", "乾陵在乾县，气候干燥"),
        ("宫商角徵羽与徵求意见发布", "宫商角徵羽与征求意见发布"),
        ("皇后和後來的说法", "皇后和后来的说法"),
        ("公里与裏面的报告", "公里与里面的报告"),
        ("红菜薹与麴院风荷", "红菜薹与麴院风荷"),
        ("于右任关於书法的说法", "于右任关于书法的说法"),
        ("丑时和醜陋，余先生剩餘", "丑时和丑陋，余先生剩余"),
        ("头髮发展复杂，重複恢復", "头发发展复杂，重复恢复"),
        ("关系、係数与联繫", "关系、系数与联系"),
        ("谷雨与稻穀，面条与麵条，余数这", "谷雨与稻谷，面条与面条，余数这"),
        ("这些著作很著名，也很显著", "这些著作很著名，也很显著"),
    ],
)
def test_characters_of_several_meanings_are_converted_by_their_word(text: str, expected: str):
    assert cleaned(text, script=Script.SIMPLIFIED) == expected


def test_words_that_the_house_wants_kept_are_kept():
    assert cleaned("这是李甯昇同志", script=Script.SIMPLIFIED) == "这是李甯升同志"
    kept = cleaned("这是李甯昇同志", script=Script.SIMPLIFIED, keep_words=frozenset({"李甯昇"}))
    assert kept == "这是李甯昇同志"


# Variants


@pytest.mark.parametrize(
    ("text", "expected"),
    [("陜西省西安巿", "陕西省西安市"), ("⻄安⼈⺠", "西安人民"), ("強烈\uf9dd害", "強烈利害")],
)
def test_wrong_shapes_of_a_character_are_mended(text: str, expected: str):
    assert cleaned(text, script=Script.KEEP) == expected


# Punctuation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("抗疫,共克!", "抗疫，共克！"),
        ("捐款69.4046万元,已达694人,共计3,000元", "捐款69.4046万元，已达694人，共计3,000元"),
        ("时间:12:30,比分3:2", "时间：12:30，比分3:2"),
        ("网址:https://a.cn/x?y=1,2,谢谢!", "网址：https://a.cn/x?y=1,2，谢谢！"),
        ("邮箱:a.b@c.cn;电话", "邮箱：a.b@c.cn；电话"),
        ("九三学社(Jiusan Society)成立", "九三学社（Jiusan Society）成立"),
        ("物品(主要包括帐篷)已到", "物品（主要包括帐篷）已到"),
        ("函数f(x)的值", "函数f(x)的值"),
        ("公式(a+b)/2和中(b)文", "公式(a+b)/2和中（b）文"),
        ("（一)和(二）", "（一）和（二）"),
        ("(1)及时发出", "（1）及时发出"),
        ("1)及时发出", "1）及时发出"),
        ("《建议》(第9号),“健康码”;《报告》", "《建议》（第9号），“健康码”；《报告》"),
        ("Hello, world! (really?)", "Hello, world! (really?)"),
        ("COVID-19,我们", "COVID-19，我们"),
        ("抗疫, 共克", "抗疫，共克"),
        ("到此为止.", "到此为止。"),
        ("一.", "一."),
        ("C:\\文件", "C:\\文件"),
    ],
)
def test_punctuation_is_full_width_among_chinese_and_only_there(text: str, expected: str):
    assert cleaned(text) == expected


# Blanks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“同心同行 \u00a0抗疫疫情”", "“同心同行 抗疫疫情”"),
        ("\u3000\u3000时近岁末\n\u3000\u3000疫情", "时近岁末\n疫情"),
        ("王\u3000强", "王\u3000强"),
        ("张三\u3000\u3000李四", "张三\u3000李四"),
        ("同\u200b心\ufeff", "同心"),
        ("尾巴  \n下一行", "尾巴\n下一行"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
    ],
)
def test_blanks_are_tidied(text: str, expected: str):
    assert cleaned(text) == expected


# Furniture


@pytest.mark.parametrize(
    "line",
    [
        "密碼:",
        "密(mì)碼(mǎ):",
        "【打印本页】 【关闭窗口】",
        "上一篇：关于召开会议的通知",
        "字号：大 中 小",
        "浏览次数：1234",
    ],
)
def test_site_furniture_at_the_ends_goes(line: str):
    assert clean_text(f"{line}\n正文在此。\n{line}").text.strip() == "正文在此。"


def test_the_same_words_in_the_middle_of_an_article_stay():
    body = "\n".join(["正文一段。"] * 6)
    text = f"{body}\n密码：\n{body}"
    assert cleaned(text) == text


# Cost


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        pytest.param(")", marks=thorough),
        pytest.param("(中", marks=thorough),
        pytest.param("(ā", marks=thorough),
        "時(",
        pytest.param("，(", marks=thorough),
        pytest.param(":", marks=thorough),
        " ",
        pytest.param("\u3000x", marks=thorough),
        pytest.param("\n", marks=thorough),
        "《",
        "http://",
        pytest.param("@.", marks=thorough),
        "a@",
        pytest.param("時(shí)", marks=thorough),
        "x" + " " * 50_000,
        "x\t" * 9 + "\u3000" * 50_000 + "x",
        "http" * 9,
        pytest.param("a." * 40 + "@", marks=thorough),
    ],
)
def test_no_text_makes_the_steps_slow(unit: str):
    text = unit * (100_000 // len(unit))
    started = time.process_time()
    clean_text(text)
    assert time.process_time() - started < 5


def test_steps_can_be_chosen():
    only = [step for step in STEPS if step.kind == "pinyin"]
    assert clean_text("時(shí),", only).text == "時,"
