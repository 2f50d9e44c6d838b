from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from tests.cast import SYSTEM, Newsroom
from tests.clock import FakeClock
from tests.queries import counted
from tests.visitor import Visitor, signed_in
from webapp.articles.composition import Composed
from webapp.articles.queries import get_article
from webapp.articles.service import compose_head
from webapp.columns.service import get_column
from webapp.users.permissions import Role
from webapp.users.service import get_user, grant

GOOD = {
    "campaign_id": "1",
    "name": "抗疫一线",
    "introduction": "写一线的事。",
    "theme": "advice",
    "stages": "2",
    "target": "60",
    "credit_labels": "文\n图\n文",
    "account_id": "",
}


@pytest.fixture
def admin(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "admin")


def composed(newsroom: Newsroom, article_id: int) -> Composed:
    with newsroom.step() as session:
        return compose_head(session, get_article(session, article_id))


def page_of(visitor: Visitor, path: str = "/columns") -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def test_each_column_tells_its_chain_with_the_people(admin: Visitor, newsroom: Newsroom):
    with newsroom.step() as session:
        column = get_column(session, "advice")
        grant(session, get_user(session, "outsider"), Role.REVIEWER, stage=2,
              column_ids=(column.id,), actor=SYSTEM, now=newsroom.clock())  # fmt: skip
    page = re.sub(r"<[^>]+>", " ", page_of(admin))
    assert page.count("outsider") == 1
    assert page.count("reviewer1姓名") == 3
    assert "目标 40 篇" in page


def test_a_stage_without_anyone_is_told(admin: Visitor, newsroom: Newsroom):
    with newsroom.step() as session:
        for name in ("reviewer2", "allstages"):
            get_user(session, name).active = False
    assert page_of(admin).count("还没有人") == 3


def test_the_page_takes_the_same_number_of_statements_however_many_people(
    admin: Visitor, newsroom: Newsroom
):
    with counted(newsroom.context.db) as before:
        page_of(admin)
    with newsroom.step() as session:
        for name in ("editor", "publisher", "outsider"):
            grant(session, get_user(session, name), Role.REVIEWER, stage=1,
                  actor=SYSTEM, now=newsroom.clock())  # fmt: skip
    with counted(newsroom.context.db) as after:
        page_of(admin)
    assert len(after) == len(before)


def test_settings_are_changed_and_audited(admin: Visitor, newsroom: Newsroom):
    assert admin.post("/columns/frontline/settings", data=GOOD).status_code == 303
    with newsroom.step() as session:
        column = get_column(session, "frontline")
        assert (column.name, column.theme, column.stages, column.target) == (
            "抗疫一线", "advice", 2, 60,
        )  # fmt: skip
        assert column.credit_labels == ["文", "图"]
    assert "抗疫一线" in page_of(admin)


def test_a_column_departs_from_its_theme_and_what_was_approved_for_the_old_look_is_not_pushed(
    admin: Visitor, newsroom: Newsroom
):
    article_id = newsroom.approved()
    before = composed(newsroom, article_id)
    frontline = {**GOOD, "theme": "frontline", "name": "同心同行 抗疫有我", "stages": "3"}
    switches = {"first_line_indent": "yes", "justify": "no", "text_size": "18"}
    admin.post("/columns/frontline/settings", data={**frontline, **switches})
    after = composed(newsroom, article_id)
    assert "text-indent:2em" in after.html
    assert "font-size:18px" in after.html
    assert after.checksum != before.checksum
    page = page_of(admin, "/columns/frontline/settings")
    assert '<option value="18" selected>' in page
    assert page.count('<option value="yes" selected>') == 1
    wrong = admin.post("/columns/frontline/settings", data={**frontline, "text_size": "99"})
    assert "请从列出的几种字号里选一种" in unescape(wrong.text)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " ", "专栏要有名称"),
        ("theme", "../etc", "请选一个现有的版式"),
        ("campaign_id", "99", "请选一个现有的专题"),
        ("stages", "4", "审次要在 1 到 3 之间"),
        ("target", "-1", "目标要是 1 到"),
        ("target", "很多", "目标要是 1 到"),
        ("account_id", "99", "请选一个已接入的公众号"),
        ("credit_labels", "字" * 21, "每个最长 20 字"),
    ],
)
def test_a_wrong_setting_is_told_beside_its_field_and_the_rest_is_kept(
    field: str, value: str, words: str, admin: Visitor, newsroom: Newsroom
):
    answer = admin.post("/columns/frontline/settings", data={**GOOD, field: value})
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert words in page
    assert "写一线的事。" in page
    with newsroom.step() as session:
        assert get_column(session, "frontline").name == "同心同行 抗疫有我"


def test_the_template_of_a_column_stands_under_columns(admin: Visitor):
    page = page_of(admin, "/articles/template/frontline")
    assert re.findall(r'href="([^"]+)" aria-current="page"', page)[0] == "/columns"
    assert 'href="/articles" aria-current' not in page


def test_only_administrators_see_settings(app: Flask, newsroom: Newsroom):
    editor = signed_in(app, "editor")
    assert "/settings" not in page_of(editor)
    assert editor.get("/columns/frontline/settings").status_code == 403
    assert editor.post("/columns/frontline/settings", data=GOOD).status_code == 403


def test_the_accents_come_from_the_themes(admin: Visitor):
    answer = admin.get("/columns/looks.css")
    assert answer.mimetype == "text/css"
    assert re.search(r'\[data-look="frontline"\] \{ --accent: #[0-9a-f]{6}; \}', answer.text)
    again = admin.get("/columns/looks.css", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_column_counts_its_issues_anew_each_year_and_shows_this_years_first(
    app: Flask, admin: Visitor, newsroom: Newsroom, clock: FakeClock
):
    yearly = {**GOOD, "first_issue": "9", "issue_count": "yearly"}
    answer = admin.post(
        "/columns/frontline/settings", data={**yearly, "issue_format": "{year}年第{n}期"}
    )
    assert answer.status_code == 303
    with newsroom.step() as session:
        column = get_column(session, "frontline")
        assert (column.first_issue, column.first_issue_year) == (9, 2026)
        assert column.issue_label(3, 2027) == "2027年第3期"
    clock.advance(days=40)
    admin = signed_in(app, "admin")
    page = page_of(admin, "/columns/frontline/settings")
    assert re.search(r'name="first_issue"[^>]*value="1"', page)
    refused = admin.post(
        "/columns/frontline/settings",
        data={**GOOD, "first_issue": "9", "issue_format": "{year}年第{n}期"},
    )
    assert "一直往下编的期号不分年" in unescape(refused.text)
