from __future__ import annotations

from datetime import date

import pytest

from tests.checks.articles import codes, document, figure, findings, told
from webapp.checks.personal_data import ID_CHECK, ID_WEIGHTS, is_bank_card, is_id_number


def id_number(stem):
    """An invented number with its right check digit."""
    total = sum(w * int(d) for w, d in zip(ID_WEIGHTS, stem, strict=True))
    return stem + ID_CHECK[total % 11]


ID = id_number("61010219900101123")
CARD = "6222021234567890128"


def test_the_standards_own_example_is_an_id_number():
    assert is_id_number("11010519491231002X", date(2022, 1, 10))


@pytest.mark.parametrize("written", [ID, f"{ID[:6]} {ID[6:14]} {ID[14:]}", "11010519491231002x"])
def test_an_id_number_blocks_and_its_fix_masks_it(written):
    (found,) = findings(f"身份证号：{written}。")
    assert (found.code, found.severity, found.excerpt) == ("privacy.id_number", "must", written)
    assert found.fix == written[:6] + "********" + written[-4:]


@pytest.mark.parametrize(
    "number",
    [
        ID[:-1] + ("0" if ID[-1] != "0" else "1"),
        id_number("61010219900231123"),
        id_number("61010220990101123"),
        id_number("99010219900101123"),
        "610102********1234",
        "9" + ID,
    ],
    ids=["check digit", "no such day", "not born yet", "no such province", "masked", "longer"],
)
def test_what_only_looks_like_an_id_number_passes(number):
    assert "privacy.id_number" not in codes(f"编号{number}。")


@pytest.mark.parametrize(
    "written", ["13812345678", "138-1234-5678", "138 1234 5678", "+86 13812345678"]
)
def test_a_mobile_number_is_told_and_its_fix_masks_it(written):
    assert told(f"电话：{written}。", "privacy.mobile") == [(written, "138****5678")]


@pytest.mark.parametrize(
    "sentence",
    ["电话：138****5678。", "电话：029-87654321。", "订单2013812345678901。", "12812345678"],
)
def test_what_is_no_mobile_number_passes(sentence):
    assert codes(sentence) == []


def test_full_width_digits_hide_nothing():
    assert "privacy.mobile" in codes("电话：１３８１２３４５６７８。")


def test_a_bank_card_is_known_by_its_check_digit():
    assert is_bank_card("4111 1111 1111 1111")
    assert not is_bank_card("4111 1111 1111 1112")
    assert codes("账号4111111111111111。") == ["privacy.bank_card"]
    assert codes("流水号4111111111111112。") == []


def test_alt_texts_and_the_author_line_are_searched_too():
    (found,) = [
        f for f in findings(document(figure("a", alt="电话13812345678"))) if f.field == "alt"
    ]
    assert (found.code, found.block, found.asset) == ("privacy.mobile", 0, "a")
    assert codes("正文。", author="13812345678") == ["privacy.mobile"]
