"""The order of the columns: kept, the same wherever they are listed, taken back with one click."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from tests.cast import SYSTEM, Newsroom
from tests.visitor import Visitor, signed_in
from webapp.columns.service import archive, arrange, bring_back, get_column, list_columns
from webapp.kernel.audit import list_entries
from webapp.kernel.errors import Forbidden, Stale

BEFORE = ["frontline", "advice", "calligraphy"]


@pytest.fixture
def admin(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "admin")


def order_of(newsroom: Newsroom) -> list[str]:
    with newsroom.step() as session:
        return [column.slug for column in list_columns(session)]


def test_an_order_is_kept_and_followed_wherever_columns_are_listed(
    app: Flask, admin: Visitor, newsroom: Newsroom
):
    wanted = ["calligraphy", "frontline", "advice"]
    assert admin.post("/columns/order", data={"order": ",".join(wanted)}).status_code == 303
    assert order_of(newsroom) == wanted
    names = ["抗疫文苑", "同心同行 抗疫有我", "我为抗疫建箴言"]
    editor = signed_in(app, "editor")
    for path, one in (
        ("/columns", r'<h2 id="column-\d+"><a [^>]+>([^<]+)'),
        ("/articles/new", r'class="pick-name">([^<]+)'),
        ("/articles", r'href="[^"]*column=\w+[^"]*"[^>]*>([^<]+)'),
        ("/", r'columns-today-name">.*?chip-name">([^<]+)'),
    ):
        found = re.findall(one, unescape(editor.get(path).text))
        assert [name for name in found if name in names][:3] == names, path
    answer = editor.client.get("/api/v1/columns",
                               headers={"Authorization": f"Bearer {newsroom.token('editor')}"})  # fmt: skip
    assert [c["slug"] for c in answer.get_json()["items"]] == wanted


def test_the_buttons_of_the_cards_name_the_order_they_make_and_it_is_taken_back(
    admin: Visitor, newsroom: Newsroom
):
    page = unescape(admin.get("/columns").text)
    orders = re.findall(r'name="order" value="([^"]+)" aria-label="([^"]+)"', page)
    assert orders[0] == ("advice,frontline,calligraphy", "把“同心同行 抗疫有我”往后移")
    assert len(orders) == 4
    admin.post("/columns/order", data={"order": orders[0][0]})
    assert order_of(newsroom) == ["advice", "frontline", "calligraphy"]
    assert "frontline,advice,calligraphy" in admin.get("/columns").text
    admin.post("/columns/order", data={"order": ",".join(BEFORE)})
    assert order_of(newsroom) == BEFORE


@pytest.mark.parametrize(
    "sent", ["", "frontline", "frontline,advice,nowhere", "frontline,frontline,advice"]
)
def test_an_order_of_other_columns_than_there_are_changes_nothing(
    sent: str, admin: Visitor, newsroom: Newsroom
):
    answer = admin.post("/columns/order", data={"order": sent})
    assert answer.status_code in (409, 412)
    assert "次序没有改动" in unescape(answer.text)
    assert order_of(newsroom) == BEFORE


def test_archived_columns_stay_where_they_are_and_come_back_there(newsroom: Newsroom):
    with newsroom.step() as session:
        archive(session, get_column(session, "advice"), actor=SYSTEM, now=newsroom.clock())
        arrange(session, ["calligraphy", "frontline"], actor=SYSTEM, now=newsroom.clock())
        with pytest.raises(Stale):
            arrange(session, BEFORE, actor=SYSTEM, now=newsroom.clock())
        bring_back(session, get_column(session, "advice"), actor=SYSTEM, now=newsroom.clock())
    assert order_of(newsroom) == ["calligraphy", "advice", "frontline"]


def test_the_trail_names_the_column_that_went_farthest_and_nothing_where_nothing_moved(
    newsroom: Newsroom,
):
    with newsroom.step() as session:
        arrange(session, ["advice", "calligraphy", "frontline"], actor=SYSTEM, now=newsroom.clock())
        arrange(session, ["advice", "calligraphy", "frontline"], actor=SYSTEM, now=newsroom.clock())
        entries = [e for e in list_entries(session, limit=20) if e.action == "column.arrange"]
        assert [e.subject_id for e in entries] == [str(get_column(session, "frontline").id)]


def test_only_administrators_arrange_them(app: Flask, newsroom: Newsroom):
    editor = signed_in(app, "editor")
    assert 'name="order"' not in editor.get("/columns").text
    assert editor.post("/columns/order", data={"order": ",".join(BEFORE)}).status_code == 403
    actor = newsroom.actor("editor")
    with pytest.raises(Forbidden), newsroom.step() as session:
        arrange(session, BEFORE, actor=actor, now=newsroom.clock())
