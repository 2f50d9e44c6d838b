from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.checks.articles import codes, findings, told, with_names
from webapp.checks.tables import Office, Organisation, Person

# The terms of office are those that Xinhua reported.
SUN = Person(
    name="孙春兰",
    wrong=("孙春蓝",),
    offices=(
        Office(
            spellings=("国务院副总理", "副总理"), starts=date(2018, 3, 19), ends=date(2023, 3, 12)
        ),
    ),
)
LI = Person(
    name="李强",
    offices=(
        Office(spellings=("上海市委书记",), starts=date(2017, 10, 29), ends=date(2022, 10, 28)),
        Office(spellings=("国务院总理", "总理"), starts=date(2023, 3, 11)),
    ),
)
HEALTH = Organisation(
    name="国家卫生和计划生育委员会", ends=date(2018, 3, 17), successor="国家卫生健康委员会"
)
SOCIETY = Organisation(
    name="九三学社陕西省委员会", short=("九三学社陕西省委",), wrong=("九三学社陕西省党委",)
)
RULES = with_names(people=[SUN, LI], organisations=[HEALTH, SOCIETY])


@pytest.mark.parametrize(
    "sentence",
    [
        "孙春兰副总理在西安调研。",
        "国务院副总理孙春兰在西安调研。",
        "时任上海市委书记李强来陕。",
        "孙春兰在西安调研。",
        "上海市委书记李强来陕。",
        "九三学社陕西省委员会部署工作。",
        "原国家卫生和计划生育委员会发文。",
    ],
)
def test_right_names_and_titles_are_left_alone(sentence):
    assert codes(sentence, RULES) == []


@pytest.mark.parametrize(
    ("sentence", "day", "excerpt", "words"),
    [
        ("孙春兰副总理调研。", date(2024, 1, 1), "副总理", "任期到 2023-03-12 为止"),
        ("国务院总理李强调研。", date(2022, 1, 10), "国务院总理", "到 2023-03-11 才任"),
        ("孙春兰总理调研。", date(2022, 1, 10), "总理", "没有“总理”这一职务"),
        ("上海市委书记李强调研。", date(2024, 1, 1), "上海市委书记", "现任职务是“国务院总理”"),
    ],
)
def test_a_title_out_of_its_time_is_told(sentence, day, excerpt, words):
    (found,) = findings(sentence, replace(RULES, as_of=day))
    assert (found.code, found.excerpt, found.fix) == ("name.title", excerpt, None)
    assert words in found.message


def test_a_former_holder_is_left_alone_when_the_text_says_so():
    later = replace(RULES, as_of=date(2024, 1, 1))
    assert codes("时任国务院副总理孙春兰在西安调研。", later) == []


def test_a_listed_misspelling_must_be_mended():
    (found,) = findings("孙春蓝副总理调研。", RULES)
    assert (found.code, found.severity, found.fix) == ("name.person", "must", "孙春兰")


def test_an_organisation_has_its_right_name():
    assert told("九三学社陕西省党委部署工作。", "name.organisation", RULES) == [
        ("九三学社陕西省党委", "九三学社陕西省委员会")
    ]


def test_an_organisation_is_called_by_its_name_of_the_day():
    sentence = "国家卫生和计划生育委员会发文。"
    assert codes(sentence, RULES) == ["name.organisation"]
    assert codes(sentence, replace(RULES, as_of=date(2018, 3, 17))) == []


def test_a_wrong_spelling_inside_the_right_name_is_no_fault():
    fund = Organisation(name="九三王选关怀基金会", wrong=("王选关怀基金",))
    rules = with_names(organisations=[fund])
    assert codes("向九三王选关怀基金会捐款。", rules) == []
    assert codes("向王选关怀基金捐款。", rules) == ["name.organisation"]
