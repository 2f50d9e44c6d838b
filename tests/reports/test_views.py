from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html import unescape

import pytest
from flask import Flask

from tests.cast import SYSTEM, Newsroom
from tests.clock import FakeClock
from tests.queries import counted
from tests.visitor import Visitor, signed_in
from webapp.editions.queries import get_edition
from webapp.editions.workflow import Delivery
from webapp.publishing.service import advance, queue, record_published
from webapp.publishing.workflow import Action


@pytest.fixture
def auditor(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "auditor")


def publish(newsroom: Newsroom, *article_ids: int) -> None:
    """By hand, as a publisher does who has no API."""
    edition_id = newsroom.edition(*article_ids, delivery=Delivery.MANUAL)
    publisher, now = newsroom.actor("publisher"), newsroom.clock()
    urls = [f"https://mp.weixin.qq.com/s/{i}" for i in article_ids]
    with newsroom.step() as session:
        edition = get_edition(session, edition_id)
        advance(session, queue(session, edition, actor=publisher, now=now), Action.DRAFT,
                actor=SYSTEM, now=now)  # fmt: skip
        session.flush()
        record_published(session, edition, urls, actor=publisher, now=now)


@pytest.fixture
def year(newsroom: Newsroom, clock: FakeClock) -> None:
    """Three in November, by 李四; one of advice in December, by nobody named."""
    for title in ("头一篇", "第二篇", "第三篇"):
        publish(newsroom, newsroom.approved(content=newsroom.content(title=title)))
    clock.advance(days=14)
    advice = newsroom.content(title="一条建议", author="", source="雁塔区基层委")
    publish(newsroom, newsroom.approved(content=advice, column="advice"))


def page_of(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def table_of(page: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows)
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


@pytest.mark.usefixtures("year")
def test_the_sentence_comes_first_and_can_be_copied(auditor: Visitor):
    page = page_of(auditor, "/reports")
    sentence = "截至2026年12月8日，共刊发稿件4篇，其中“同心同行 抗疫有我”3篇、“我为抗疫建箴言”1篇。"
    assert sentence in page
    assert page.index(sentence) < page.index('class="bars"') < page.index("<table")
    assert 'data-copies="#sentence"' in page


@pytest.mark.usefixtures("year")
def test_the_table_holds_the_same_numbers_as_the_chart(auditor: Visitor):
    page = page_of(auditor, "/reports")
    drawn = re.findall(r'class="bars-number"[^>]*>(\d+)<', page)
    assert drawn == ["3", "1", "0"]
    assert [row[1] for row in table_of(page)[1:-1]] == drawn
    assert table_of(page)[-1][:2] == ["合计", "4"]


@pytest.mark.usefixtures("year")
def test_it_counts_by_what_is_asked(auditor: Visitor):
    def rows(by: str) -> list[list[str]]:
        return [row[:2] for row in table_of(page_of(auditor, f"/reports?by={by}"))[1:-1]]

    assert rows("month") == [["2026-11", "3"], ["2026-12", "1"]]
    assert rows("author") == [["李四", "3"], ["（未署名）", "1"]]
    assert rows("channel") == [["公众号", "4"]]


@pytest.mark.usefixtures("year")
def test_every_figure_opens_as_many_articles(auditor: Visitor):
    for by in ("column", "month", "author", "unit", "channel"):
        page = page_of(auditor, f"/reports?by={by}&as_of=2026-12-31")
        figures = re.findall(r'<a href="(/reports/articles[^"]*)"[^>]*>(\d+)</a>', page)
        assert len(figures) >= 2, by
        for address, number in figures:
            assert page_of(auditor, address).count('class="counted-line"') == int(number), address


@pytest.mark.usefixtures("year")
def test_a_span_bounds_the_count_and_what_it_opens(auditor: Visitor):
    page = page_of(auditor, "/reports?from=2026-12-01&as_of=2026-12-31")
    assert "共刊发稿件1篇" in page
    assert "一条建议" in page_of(auditor, "/reports/articles?from=2026-12-01&as_of=2026-12-31")
    early = page_of(auditor, "/reports/articles?as_of=2026-11-30")
    assert "一条建议" not in early
    assert "头一篇" in early


@pytest.mark.parametrize("query", ["from=2026-12-02&as_of=2026-12-01", "as_of=昨天", "by=心情"])
def test_a_wrong_question_is_told_and_the_page_still_stands(query: str, auditor: Visitor):
    answer = auditor.get(f"/reports?{query}")
    assert answer.status_code == 422
    assert "这段时间没有刊发过稿件" in unescape(answer.text)
    assert 'class="field-error"' in answer.text


@pytest.mark.usefixtures("year")
def test_the_files_hold_the_same(auditor: Visitor):
    told = json.loads(auditor.get("/reports/counts.json").data)
    assert (told["total"], [row["count"] for row in told["rows"]]) == (4, [3, 1, 0])
    answer = auditor.get("/reports/counts.csv?by=author")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows == [["作者", "篇数"], ["李四", "3"], ["（未署名）", "1"], ["合计", "4"]]
    answer = auditor.get("/reports/counts.xlsx")
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert zipfile.is_zipfile(io.BytesIO(answer.data))
    assert auditor.get("/reports/counts.exe").status_code == 404


@pytest.mark.usefixtures("year")
def test_the_page_takes_a_fixed_number_of_statements(auditor: Visitor, newsroom: Newsroom):
    numbers = set()
    for title in ("又一篇", "再一篇"):
        with counted(newsroom.context.db) as statements:
            page_of(auditor, "/reports?by=author")
            page_of(auditor, "/reports/articles")
        numbers.add(len(statements))
        publish(newsroom, newsroom.approved(content=newsroom.content(title=title, author=title)))
    assert len(numbers) == 1


def test_nobody_without_the_right_reads_the_count(app: Flask, newsroom: Newsroom):
    outsider = signed_in(app, "outsider")
    for path in ("/reports", "/reports/articles", "/reports/counts.csv"):
        assert outsider.get(path).status_code == 403
