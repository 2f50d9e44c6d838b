"""How WeChat counts."""

from __future__ import annotations

import pytest

from webapp.rendering.limits import TITLE_MAX_UNITS, title_units


@pytest.mark.parametrize(
    ("title", "units"),
    [
        ("", 0),
        ("abc 123", 7),
        ("同心抗疫 共克时艰", 17),
        ("“疫”，", 8),
        ("全Ａ角", 6),
        ("𠮷", 2),
    ],
)
def test_a_chinese_character_counts_two_and_an_ascii_one_counts_one(title: str, units: int):
    assert title_units(title) == units


def test_thirty_two_chinese_characters_fill_a_title():
    assert title_units("疫" * 32) == TITLE_MAX_UNITS
