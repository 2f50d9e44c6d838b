from __future__ import annotations

import pytest

from webapp.intake.labels import Label, LabelKind, read_label
from webapp.intake.word.numbering import spell


@pytest.mark.parametrize(
    ("format_", "numbers", "spelt"),
    [
        ("decimal", (1, 12), "1 12"),
        ("decimalZero", (1, 12), "01 12"),
        (
            "chineseCounting",
            (1, 10, 11, 20, 101, 110, 1010),
            "一 十 十一 二十 一百零一 一百一十 一千零一十",
        ),
        ("chineseCountingThousand", (0, 10_000), "0 10000"),
        ("chineseLegalSimplified", (1, 10, 15, 20, 105), "壹 壹拾 壹拾伍 贰拾 壹佰零伍"),
        ("ideographDigital", (10, 205), "一〇 二〇五"),
        ("ideographTraditional", (1, 10, 11), "甲 癸 甲"),
        ("ideographZodiac", (1, 12), "子 亥"),
        ("upperRoman", (1, 4, 9, 1999, 4000), "I IV IX MCMXCIX 4000"),
        ("lowerRoman", (3, 8), "iii viii"),
        ("upperLetter", (1, 26, 27, 53, 0), "A Z AA AAA 0"),
        ("lowerLetter", (2, 28), "b bb"),
        ("decimalEnclosedCircleChinese", (1, 20, 21), "① ⑳ 21"),
        ("decimalEnclosedParen", (2,), "⑵"),
        ("decimalFullWidth", (10,), "１０"),
        ("none", (5,), ""),
        ("some future format", (7,), "7"),
    ],
)
def test_counts_are_spelt_as_word_spells_them(format_: str, numbers: tuple[int, ...], spelt: str):
    assert " ".join(spell(number, format_) for number in numbers) == spelt


@pytest.mark.parametrize(
    ("printed", "font", "label"),
    [
        ("1.", "", Label(LabelKind.NUMBER, 1)),
        ("12、\u00a0\u00a0", "", Label(LabelKind.NUMBER, 12)),
        ("3", "", Label(LabelKind.NUMBER, 3)),
        ("●", "", Label(LabelKind.BULLET)),
        ("", "", Label(LabelKind.BULLET)),
        ("l", "font-family:Wingdings", Label(LabelKind.BULLET)),
        ("l", "", Label(LabelKind.TEXT, text="l ")),
        ("一、", "", Label(LabelKind.TEXT, text="一、")),
        ("（二）\n", "", Label(LabelKind.TEXT, text="（二）")),
        ("1)", "", Label(LabelKind.TEXT, text="1) ")),
        ("1.2", "", Label(LabelKind.TEXT, text="1.2 ")),
        ("第三条", "", Label(LabelKind.TEXT, text="第三条")),
    ],
)
def test_a_label_is_a_list_a_bullet_or_part_of_the_wording(printed: str, font: str, label: Label):
    assert read_label(printed, font=font) == label
