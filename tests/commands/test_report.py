"""Counts by command, in every form."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from tests.cast import Newsroom
from tests.clock import FakeClock
from tests.commands.office import Office
from tests.ledger import Ledger


def furnished(office: Office) -> None:
    """Two stories and an advice in March, one story in April (of the institution's calendar)."""
    context = office.open()
    clock = FakeClock()
    ledger = Ledger(Newsroom(context, clock).open(), clock)
    ledger.publish("2020-03-05T04:00+00:00", unit="西安市委")
    ledger.publish("2020-03-10T00:00+00:00", column="advice", author="")
    ledger.publish("2020-03-31T15:59:59+00:00", author="=1+1", unit="宝鸡市委")
    ledger.publish("2020-03-31T16:00+00:00", unit="西安市委")
    context.db.dispose()


SENTENCE = "截至2020年4月1日，共刊发稿件4篇，其中“同心同行 抗疫有我”3篇、“我为抗疫建箴言”1篇。"


def test_the_table_ends_with_the_sentence(office: Office):
    furnished(office)
    lines = office.say("report", "counts", "--as-of", "2020-04-01").done().splitlines()
    assert [line.split(maxsplit=1) for line in lines[:4]] == [
        ["3", "同心同行 抗疫有我"], ["1", "我为抗疫建箴言"], ["0", "抗疫文苑"], ["4", "合计"],
    ]  # fmt: skip
    assert lines[-1] == SENTENCE


def test_as_of_a_day_counts_what_was_out_by_the_end_of_it(office: Office):
    furnished(office)
    counted = json.loads(
        office.say("report", "counts", "--as-of", "2020-03-31", "--format", "json").done()
    )
    assert counted["total"] == 3
    assert counted["sentence"].startswith("截至2020年3月31日，共刊发稿件3篇")


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("column", [["frontline", 3], ["advice", 1], ["calligraphy", 0]]),
        ("month", [["2020-03", 3], ["2020-04", 1]]),
        ("author", [["李四", 2], ["", 1], ["=1+1", 1]]),
        ("unit", [["西安市委", 2], ["", 1], ["宝鸡市委", 1]]),
        ("channel", [["wechat", 4]]),
    ],
)
def test_counted_by_each_key(office: Office, by: str, expected: list[list[object]]):
    furnished(office)
    counted = json.loads(office.say("report", "counts", "--by", by, "--format", "json").done())
    assert [[row["key"], row["count"]] for row in counted["rows"]] == expected
    assert counted["total"] == 4


def test_csv_opens_in_a_spreadsheet_with_its_chinese_and_without_running_anything(office: Office):
    furnished(office)
    said = office.run("report", "counts", "--by", "author", "--format", "csv")
    assert said.code == 0
    assert said.out.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(said.out.decode("utf-8-sig"))))
    assert rows == [
        ["作者", "篇数"],
        ["李四", "2"],
        ["（未署名）", "1"],
        ["'=1+1", "1"],
        ["合计", "4"],
    ]


def test_xlsx_is_a_workbook(office: Office):
    furnished(office)
    said = office.say("report", "counts", "--by", "author", "--format", "xlsx")
    assert said.code == 0
    with zipfile.ZipFile(io.BytesIO(said.out)) as book:
        assert book.testzip() is None
        strings = book.read("xl/sharedStrings.xml").decode()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    for text in ("作者", "李四", "=1+1", "（未署名）", "合计", "共刊发稿件4篇"):
        assert text in strings
    assert "<f>" not in sheet


def test_with_nothing_published_the_sentence_says_nought(office: Office):
    said = office.say("report", "counts", "--as-of", "2020-04-01").done()
    assert said.endswith("截至2020年4月1日，共刊发稿件0篇。\n")


@pytest.mark.postgres
def test_counts_on_postgresql(grown: Office):
    furnished(grown)
    said = grown.say("report", "counts", "--by", "month", "--as-of", "2020-04-01").done()
    assert [line.split() for line in said.splitlines()[:3]] == [
        ["3", "2020-03"], ["1", "2020-04"], ["4", "合计"],
    ]  # fmt: skip
    assert said.endswith(SENTENCE + "\n")
