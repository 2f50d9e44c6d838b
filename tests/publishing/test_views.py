from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from tests.apps import app_of
from tests.cast import SYSTEM
from tests.publishing.pressroom import Pressroom
from tests.queries import counted
from tests.visitor import Visitor, signed_in
from webapp.articles.queries import get_article
from webapp.editions.workflow import Delivery
from webapp.media.models import Asset
from webapp.media.service import Labels, describe
from webapp.users.permissions import Role
from webapp.users.service import get_user, grant

LINK = "https://mp.weixin.qq.com/s/tongxin"


def visitor_in(room: Pressroom, name: str) -> Visitor:
    return signed_in(app_of(room.newsroom.context), name)


@pytest.fixture
def publisher(room: Pressroom) -> Visitor:
    return visitor_in(room, "publisher")


def page_of(visitor: Visitor, path: str, status: int = 200) -> str:
    answer = visitor.get(path)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def new_edition(visitor: Visitor, *ids: int, **form: str) -> int:
    data = {"articles": [str(i) for i in ids], "delivery": "publish", **form}
    answer = visitor.post("/editions/new", data=data)
    assert answer.status_code == 303, unescape(answer.text)
    return int(answer.location.rsplit("/", 1)[1])


# Board, list, calendar


def lanes_of(page: str) -> dict[str, str]:
    board = page[page.index('class="board"') : page.index('id="all-title"')]
    parts = re.split(r'<h2 class="lane-title">', board)[1:]
    return {part.split("<", 1)[0]: part for part in parts}


def test_the_board_tells_planned_under_way_in_trouble_and_out(room: Pressroom, publisher: Visitor):
    planned, trouble, out = (room.edition(i) for i in room.articles)
    room.push(out)
    room.fault("draft/add", "errcode:45166")
    room.push(trouble)
    lanes = lanes_of(page_of(publisher, "/editions"))
    assert f"/editions/{planned}" in lanes["已排期"]
    assert f"/editions/{trouble}" in lanes["要处理"]
    assert "微信错误码 45166" in lanes["要处理"]
    assert f"/editions/{out}" in lanes["已发出"]
    assert "现在没有在推的" in lanes["进行中"]


def test_a_withdrawal_that_waits_for_a_hand_stands_in_trouble(room: Pressroom, publisher: Visitor):
    edition_id = room.edition(delivery=Delivery.MASS)
    room.push(edition_id)
    room.withdraw(edition_id)
    room.finish(edition_id)
    assert f"/editions/{edition_id}" in lanes_of(page_of(publisher, "/editions"))["要处理"]


def test_the_list_takes_a_fixed_number_of_statements(room: Pressroom, publisher: Visitor):
    numbers = set()
    for article_id in room.articles:
        room.edition(article_id, delivery=Delivery.MANUAL)
        with counted(room.newsroom.context.db) as statements:
            page_of(publisher, "/editions")
        numbers.add(len(statements))
    assert len(numbers) == 1


def test_the_list_is_narrowed_by_state(room: Pressroom, publisher: Visitor):
    room.edition(room.articles[0])
    rows = page_of(publisher, "/editions?status=published").split('id="all-title"')[1]
    assert "没有“已刊发”的推送" in rows
    assert 'class="row"' in page_of(publisher, "/editions?status=planned")


def test_the_calendar_shows_plans_and_what_came_of_them(room: Pressroom, publisher: Visitor):
    room.edition(room.articles[0], scheduled_at=room.clock() + timedelta(days=2, hours=3))
    out = room.edition(room.articles[1], scheduled_at=room.clock() + timedelta(days=5))
    room.push(out)
    page = page_of(publisher, "/editions/calendar?month=2026-11")
    cells = dict(re.findall(r'month-day number">(\d+)<(.*?)</td>', page, re.DOTALL))
    text = {day: re.sub(r"<[^>]+>", "", cell) for day, cell in cells.items()}
    assert "13:00" in text["26"]
    assert "已刊发" in text["24"]
    assert "一线来信" not in text["29"]
    assert page_of(publisher, "/editions/calendar?month=2027-13", 422)


# The composer


def test_the_composer_offers_what_is_approved_and_in_no_edition(
    room: Pressroom, publisher: Visitor
):
    room.edition(room.articles[0])
    page = page_of(publisher, "/editions/new")
    assert f'id="add-{room.articles[0]}"' not in page
    assert f'id="add-{room.articles[1]}"' in page
    assert f'id="add-{room.newsroom.draft()}"' not in page_of(publisher, "/editions/new")


def chosen_on(page: str) -> list[int]:
    return [int(i) for i in re.findall(r'class="chosen-line"[^>]* data-id="(\d+)"', page)]


def test_the_order_stands_in_the_address_and_the_headline_first(
    room: Pressroom, publisher: Visitor
):
    first, second, third = room.articles
    page = page_of(publisher, f"/editions/new?articles={second},{first}")
    assert chosen_on(page) == [second, first]
    assert f"articles={second},{first},{third}" in page.replace("%2C", ",")
    down = re.search(rf'href="([^"]+)" id="down-{second}"', page)
    assert down
    page = page_of(publisher, unescape(down.group(1)))
    assert chosen_on(page) == [first, second]
    preview = page[page.index('class="chat"') :]
    assert "/cover?" in preview.split("chat-second")[0]
    assert "/square?" in preview.split("chat-second")[1]


def test_the_search_looks_into_titles(room: Pressroom, publisher: Visitor):
    page = page_of(publisher, "/editions/new?q=来信之2")
    assert f'id="add-{room.articles[1]}"' in page
    assert f'id="add-{room.articles[0]}"' not in page


def test_an_edition_is_made_in_the_order_that_was_chosen(room: Pressroom, publisher: Visitor):
    edition_id = new_edition(publisher, room.articles[2], room.articles[0])
    places = [place.article_id for place in room.find(edition_id).articles]
    assert places == [room.articles[2], room.articles[0]]


def test_the_schedule_is_in_the_institution_s_time(room: Pressroom, publisher: Visitor):
    edition_id = new_edition(publisher, room.articles[0], scheduled_at="2026-11-26T18:30")
    moment = room.find(edition_id).scheduled_at
    assert moment is not None
    assert moment.isoformat() == "2026-11-26T10:30:00+00:00"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"scheduled_at": "2020-01-01T10:00"}, "定时要在现在之后"),
        ({"scheduled_at": "明天"}, "时间要写成"),
        ({"delivery": "电报"}, "只能是"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_keeps_what_was_chosen(
    form: dict[str, str], words: str, room: Pressroom, publisher: Visitor
):
    first, second, _ = room.articles
    data = {"articles": [str(second), str(first)], "delivery": "mass", **form}
    answer = publisher.post("/editions/new", data=data)
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert words in page
    assert chosen_on(page) == [second, first]


def test_nothing_chosen_and_an_article_taken_meanwhile_are_told(
    room: Pressroom, publisher: Visitor
):
    answer = publisher.post("/editions/new", data={"delivery": "publish"})
    assert "一次推送要有 1 到 8 篇稿件" in unescape(answer.text)
    room.edition(room.articles[0])
    data = {"articles": [str(room.articles[0])], "delivery": "publish"}
    answer = publisher.post("/editions/new", data=data)
    assert answer.status_code == 422
    assert "不会再发一次" in unescape(answer.text)


def test_only_a_publisher_may_compose(room: Pressroom):
    editor = visitor_in(room, "editor")
    assert editor.get("/editions/new").status_code == 403
    assert editor.post("/editions/new", data={}).status_code == 403


# One edition


def test_the_dialog_names_the_account_the_articles_and_who_will_see_it(
    room: Pressroom, publisher: Visitor
):
    page = page_of(publisher, f"/editions/{room.edition(delivery=Delivery.MASS)}")
    dialog = page[page.index('id="push"') :].split("</dialog>")[0]
    assert "群发给“测试号”的全部粉丝？" in dialog
    assert "一线来信之1" in dialog
    assert "看过的人收不回" in dialog


def test_a_second_click_does_not_push_twice(room: Pressroom, publisher: Visitor):
    edition_id = room.edition()
    for _ in range(2):
        assert publisher.post(f"/editions/{edition_id}/push").status_code == 303
    room.finish(edition_id)
    assert publisher.post(f"/editions/{edition_id}/push").status_code == 303
    room.sweep()
    assert room.calls()["freepublish/submit"] == 1
    assert room.out(edition_id) == 1


def test_the_page_asks_by_itself_while_it_moves_and_stops_at_rest(
    room: Pressroom, publisher: Visitor
):
    edition_id = room.edition()
    publisher.post(f"/editions/{edition_id}/push")
    page = page_of(publisher, f"/editions/{edition_id}")
    assert 'hx-trigger="every 1s"' in page
    live = re.search(r'hx-get="([^"]+)"', page)
    assert live
    assert publisher.get(live.group(1)).status_code == 204
    changed = publisher.get(f"/editions/{edition_id}/live?seen=earlier")
    assert changed.status_code == 200
    assert "等待推送" in unescape(changed.text)
    room.finish(edition_id)
    assert publisher.get(live.group(1)).headers["HX-Refresh"] == "true"
    page = page_of(publisher, f"/editions/{edition_id}")
    assert "hx-trigger" not in page
    assert page.index("上传封面") < page.index("写入草稿箱") < page.index("提交发布")


def test_what_changed_after_the_approval_is_not_pushed(room: Pressroom, publisher: Visitor):
    edition_id, editor = room.edition(), room.newsroom.actor("editor")
    with room.newsroom.step() as session:
        cover = session.get_one(Asset, get_article(session, room.articles[0]).cover_asset)
        describe(session, cover, Labels(), focal=(0, 0), actor=editor, now=room.clock())
    answer = publisher.post(f"/editions/{edition_id}/push")
    assert answer.status_code == 409
    assert "什么也没有发出" in answer.text
    assert room.find(edition_id).status == "planned"


def test_a_failed_push_says_why_and_can_be_tried_again(room: Pressroom, publisher: Visitor):
    edition_id = room.edition()
    room.fault("draft/add", "errcode:45166")
    room.push(edition_id)
    page = page_of(publisher, f"/editions/{edition_id}")
    assert "再推一次" in page
    assert "微信错误码 45166" in page
    publisher.post(f"/editions/{edition_id}/push")
    assert room.finish(edition_id).status == "published"
    assert "公众号文章" in page_of(publisher, f"/editions/{edition_id}")


def test_a_withdrawal_needs_its_reason_and_keeps_the_dialog_open(
    room: Pressroom, publisher: Visitor
):
    edition_id = room.edition()
    answer = publisher.post(f"/editions/{edition_id}/withdraw", data={"reason": " "})
    assert answer.status_code == 422
    assert "data-open-at-once" in answer.text
    assert "撤回要写明理由" in answer.text
    answer = publisher.post(f"/editions/{edition_id}/withdraw", data={"reason": "重复了"})
    assert answer.status_code == 303
    assert "已撤回。理由：重复了" in page_of(publisher, f"/editions/{edition_id}")


def test_a_mass_send_is_taken_down_by_hand_and_confirmed(room: Pressroom, publisher: Visitor):
    edition_id = room.edition(delivery=Delivery.MASS)
    room.push(edition_id)
    publisher.post(f"/editions/{edition_id}/withdraw", data={"reason": "标题有误"})
    room.finish(edition_id)
    page = page_of(publisher, f"/editions/{edition_id}")
    assert "已在后台删除" in page
    assert publisher.post(f"/editions/{edition_id}/withdrawn").status_code == 303
    assert room.find(edition_id).status == "withdrawn"


# By hand


def test_a_manual_delivery_is_a_package_to_copy(room: Pressroom, publisher: Visitor):
    edition_id = room.edition(*room.articles[:2], delivery=Delivery.MANUAL)
    room.push(edition_id)
    page = page_of(publisher, f"/editions/{edition_id}")
    assert "待人工发布" in page
    assert page.count('class="qr"') == 2
    assert page.count("data-copies-html") == 2
    told = publisher.get(f"/editions/{edition_id}/articles/1/html").get_json()
    assert told["html"].startswith("<section")
    assert "第一段，写的是一线的事。" in told["text"]
    for picture in told["pictures"]:
        assert f'"{picture}"' in told["html"]
        assert "image/" in (publisher.get(picture).mimetype or "")
    assert publisher.get(f"/editions/{edition_id}/articles/3/html").status_code == 404


def test_the_code_leads_to_the_phone_page(room: Pressroom, publisher: Visitor):
    edition_id = room.edition(delivery=Delivery.MANUAL)
    room.push(edition_id)
    page = page_of(publisher, f"/editions/{edition_id}")
    svg = page[page.index('class="qr"') - 200 : page.index('class="qr"') + 200]
    assert "viewBox" in svg
    assert publisher.get(f"/articles/{room.articles[0]}/phone?revision=1").status_code == 200


def test_links_are_recorded_one_an_article_and_wrong_ones_told_beside_their_field(
    room: Pressroom, publisher: Visitor
):
    edition_id = room.edition(*room.articles[:2], delivery=Delivery.MANUAL)
    room.push(edition_id)
    wrong = {"urls": [f"{LINK}1", "https://example.com/2"]}
    answer = publisher.post(f"/editions/{edition_id}/links", data=wrong)
    assert answer.status_code == 422
    assert 'id="url-error-2"' in answer.text
    assert 'id="url-error-1"' not in answer.text
    assert f"{LINK}1" in answer.text
    right = {"urls": [f"{LINK}1", f"{LINK}2"]}
    assert publisher.post(f"/editions/{edition_id}/links", data=right).status_code == 303
    assert [p.url for p in room.find(edition_id).articles] == right["urls"]
    assert room.find(edition_id).status == "published"


def test_a_plan_is_moved_and_its_hour_taken_away(room: Pressroom, publisher: Visitor):
    edition_id = room.edition()
    path = f"/editions/{edition_id}/schedule"
    assert publisher.post(path, data={"scheduled_at": "2026-12-01T09:00"}).status_code == 303
    assert "12月1日 09:00" in page_of(publisher, f"/editions/{edition_id}")
    answer = publisher.post(path, data={"scheduled_at": "2026-01-01T09:00"})
    assert answer.status_code == 422
    assert "定时要在现在之后" in answer.text
    assert publisher.post(path, data={"scheduled_at": "x"}).status_code == 422
    assert publisher.post(path, data={"scheduled_at": ""}).status_code == 303
    assert room.find(edition_id).scheduled_at is None


def test_who_may_only_read_sees_no_button_that_would_be_refused(room: Pressroom):
    edition_id = room.edition()
    for name in ("editor", "auditor"):
        visitor = visitor_in(room, name)
        page = page_of(visitor, f"/editions/{edition_id}")
        assert 'data-opens="push"' not in page
        assert 'data-opens="withdraw"' not in page
        for act in ("push", "withdraw", "withdrawn", "links", "schedule"):
            assert visitor.post(f"/editions/{edition_id}/{act}").status_code == 403


def test_over_rest_the_steps_and_the_error_of_an_edition_are_told_to_whom_its_page_shows_them(
    room: Pressroom,
):
    room.sandbox.settings(profile="personal")
    edition_id = room.edition()
    room.push(edition_id)
    with room.newsroom.step() as session:
        column = room.newsroom.column(session, "advice")
        grant(session, get_user(session, "outsider"), Role.PUBLISHER, column_ids=(column.id,),
              actor=SYSTEM, now=room.clock())  # fmt: skip
    api = visitor_in(room, "publisher").client

    def told(name: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {room.newsroom.token(name)}"}
        found: dict[str, Any] = api.get(
            f"/api/v1/editions/{edition_id}", headers=headers
        ).get_json()
        return found

    whole, part = told("publisher"), told("outsider")
    assert whole["steps"]
    assert whole["error"]["message"]
    assert part["steps"] == []
    assert part["error"] == {"code": whole["error"]["code"], "message": ""}
    assert part["articles"][0]["title"] == ""
    assert part["status"] == whole["status"]
