"""The bulletin that the whole product starts from. Every finding below was looked at by eye; none is a false alarm."""

from __future__ import annotations

import re
from collections import Counter

from tests.checks.articles import COLUMNS, DAY, FIXTURES, LEXICON, codes, findings
from webapp.checks.rules import load_rules

RAW = (FIXTURES / "jiusan-bulletin.raw.txt").read_text(encoding="utf-8")
CLEAN = (FIXTURES / "jiusan-bulletin.clean.txt").read_text(encoding="utf-8")
TITLE = "陕西九三学社战“疫”进行时"
RULES = load_rules(LEXICON, COLUMNS, DAY)


def test_everything_wrong_in_the_scraped_bulletin_is_found_and_nothing_else():
    assert (
        Counter(codes(RAW, RULES, title=TITLE))
        == {
            "structure.web_leftover": 1,  # 密碼:
            "style.pinyin_note": 174,
            "style.traditional": 249,  # runs; 370 characters
            "variant.character": 6,  # 陜西
            "style.halfwidth_punctuation": 58,  # 51 commas, 2 semicolons, 2 exclamation marks, a colon, a pair of brackets
            "style.doubled_space": 2,
            "style.jiezhi": 1,
            "name.column": 1,
        }
    )


def test_only_two_things_are_wrong_in_the_cleaned_bulletin():
    body = CLEAN.replace(f"{TITLE}\n", "")
    told = [(f.code, f.excerpt, f.fix) for f in findings(body, RULES, title=TITLE)]
    assert told == [
        ("name.column", "同心同行 抗疫疫情", "同心同行 抗疫有我"),
        ("style.jiezhi", "截止目前", "截至目前"),
    ]


def test_the_title_standing_in_the_body_as_well_is_told():
    assert codes(CLEAN, RULES, title=TITLE)[0] == "structure.title_repeated"


def test_the_pinyin_findings_are_the_notes_and_their_fix_leaves_the_character():
    notes = [f.excerpt for f in findings(RAW, RULES) if f.code == "style.pinyin_note"]
    assert notes == re.findall(r"\([a-zà-ÿāēīōūǎěǐǒǔ]+\)", RAW)


def test_the_halfwidth_findings_are_those_marks_and_no_other():
    marks = Counter(
        f.excerpt for f in findings(RAW, RULES) if f.code == "style.halfwidth_punctuation"
    )
    assert marks == {",": 51, ";": 2, "!": 2, ":": 1, "(": 1, ")": 1}


def test_the_traditional_characters_are_all_told_and_no_simplified_one():
    runs = [f for f in findings(RAW, RULES) if f.code == "style.traditional"]
    assert sum(len(f.fix or "") for f in runs) == 370
    assert all("于" not in f.excerpt and "干" not in f.excerpt for f in runs)


def test_with_todays_rules_the_old_bulletin_reads_the_same():
    """The dated rules that ship say nothing against a text of 2022."""
    today = load_rules(LEXICON, COLUMNS, DAY.replace(year=2026))
    assert codes(CLEAN, today, title="标题") == codes(CLEAN, RULES, title="标题")
