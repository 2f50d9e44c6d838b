"""A column and its campaign are made at the desk."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.cast import Newsroom
from tests.visitor import Visitor, signed_in
from webapp.columns.models import Column
from webapp.columns.service import create_column, find_column, list_columns
from webapp.kernel.audit import list_entries
from webapp.kernel.errors import Forbidden
from webapp.kernel.web import Context

GOOD = {
    "campaign_id": "1",
    "slug": "letters",
    "kind": "story",
    "name": "家书",
    "introduction": "一线寄回的信。",
    "theme": "frontline",
    "stages": "2",
    "target": "12",
    "credit_labels": "来源\n编辑",
    "account_id": "",
}
NEW_CAMPAIGN = {
    "campaign_id": "",
    "campaign_slug": "spring-2027",
    "campaign_name": "春天的约定",
    "campaign_introduction": "",
}


@pytest.fixture
def admin(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "admin")


def actions(newsroom: Newsroom) -> list[str]:
    with newsroom.step() as session:
        return [entry.action for entry in list_entries(session, limit=2)]


def test_a_column_is_made_behind_the_others_and_takes_articles(admin: Visitor, newsroom: Newsroom):
    assert admin.post("/columns/new", data=GOOD).status_code == 303
    assert actions(newsroom)[0] == "column.add"
    with newsroom.step() as session:
        column = list_columns(session)[-1]
        assert (column.slug, column.name, column.kind, column.stages, column.target) == (
            "letters", "家书", "story", 2, 12,
        )  # fmt: skip
        assert column.campaign.slug == "kangyi"
    newsroom.draft(column="letters")


def test_its_campaign_is_made_with_it_and_renamed(admin: Visitor, newsroom: Newsroom):
    assert admin.post("/columns/new", data={**GOOD, **NEW_CAMPAIGN}).status_code == 303
    assert actions(newsroom) == ["column.add", "campaign.add"]
    path = "/columns/campaigns/spring-2027/settings"
    empty = admin.post(path, data={"name": " ", "introduction": "写了一半"})
    assert empty.status_code == 422
    assert "专题要有名称" in empty.text
    assert "写了一半" in empty.text
    assert admin.post(path, data={"name": "春天里", "introduction": ""}).status_code == 303
    assert actions(newsroom)[0] == "campaign.change"
    page = unescape(admin.get("/columns").text)
    assert "专题“春天里”" in page
    assert "前线故事 · 春天里</p>" in page  # with two campaigns a card says which is its own


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"slug": "advice"}, "代号“advice”已经给了“我为抗疫建箴言”"),
        ({"slug": ""}, "代号用小写字母开头"),
        ({"slug": "a/b"}, "代号用小写字母开头"),
        ({"slug": "a" * 41}, "代号用小写字母开头"),
        ({"name": ""}, "专栏要有名称"),
        ({"name": "长" * 61}, "最长 60 字"),
        ({"kind": "video"}, "请选一类"),
        ({"campaign_id": "99"}, "请选一个现有的专题"),
        ({**NEW_CAMPAIGN, "campaign_slug": "kangyi"}, "代号“kangyi”已经给了"),
        ({**NEW_CAMPAIGN, "campaign_name": ""}, "专题要有名称"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_made(
    changed: dict[str, str], words: str, admin: Visitor, newsroom: Newsroom
):
    answer = admin.post("/columns/new", data={**GOOD, **changed})
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert words in page.partition('class="field-error"')[2]
    assert "一线寄回的信。" in page
    with newsroom.step() as session:
        assert len(list_columns(session)) == 3
        assert find_column(session, "letters") is None


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_of_two_who_take_one_slug_at_once_the_second_is_told(
    admin: Visitor, newsroom: Newsroom, context: Context
):
    """On SQLite the second does not even begin before the first is done."""
    values = {key: GOOD[key] for key in ("slug", "kind", "name", "theme")}
    with ThreadPoolExecutor(1) as pool, Session(context.db.engine) as first:
        first.add(
            Column(campaign_id=1, stages=1, position=9, created_at=newsroom.clock(), **values)
        )
        first.flush()
        second = pool.submit(admin.post, "/columns/new", data=GOOD)
        await_a_lock(context)
        first.commit()
        answer = second.result()
    assert answer.status_code == 409
    assert "有人抢先一步" in answer.text


def await_a_lock(context: Context) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with context.db.engine.connect() as connection:
        while not connection.scalar(waiting):
            connection.rollback()  # one transaction sees one moment
            time.sleep(0.01)


def test_only_administrators_make_columns(app: Flask, newsroom: Newsroom):
    editor = signed_in(app, "editor")
    assert "/columns/new" not in editor.get("/columns").text
    for path in ("/columns/new", "/columns/campaigns/kangyi/settings"):
        assert editor.post(path, data=GOOD).status_code == 403
    actor = newsroom.actor("editor")
    with pytest.raises(Forbidden), newsroom.step() as session:
        create_column(
            session, {"slug": "letters"}, campaign=None, actor=actor, now=newsroom.clock()
        )
