"""The calendar: a month and a week of it, and planned editions that are moved there."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.cast import SYSTEM
from tests.publishing.pressroom import Pressroom
from tests.publishing.test_views import page_of, visitor_in
from tests.queries import counted
from tests.visitor import Visitor
from webapp.editions.workflow import Delivery
from webapp.kernel.audit import list_entries
from webapp.users.permissions import Role
from webapp.users.service import get_user, grant

WEEK = "/editions/calendar?week=2026-11-26"
"""The clock stands at 10:00 of Tuesday, 24 November 2026."""


@pytest.fixture
def publisher(room: Pressroom) -> Visitor:
    return visitor_in(room, "publisher")


def hours_of(page: str) -> dict[str, str]:
    """`2026-11-26T13` → what stands there, without tags."""
    found = re.findall(r'data-place="(\S+)">(.*?)\n    </div>', page, re.DOTALL)
    return {key: re.sub(r"<[^>]+>|\s", "", inside) for key, inside in found}


def at(room: Pressroom, edition_id: int) -> str:
    """Its hour as the institution writes it."""
    moment = room.find(edition_id).scheduled_at
    assert moment is not None
    zone = room.newsroom.context.settings.zone
    return moment.astimezone(zone).strftime("%m-%d %H:%M")


def move(
    visitor: Visitor, edition_id: int, seen: datetime | None = None, **form: str
) -> TestResponse:
    """As the calendar sends it; `seen` is where the edition stood there."""
    told = {"seen": seen.isoformat()} if seen else {}
    return visitor.post(f"/editions/{edition_id}/move", data={**told, **form})


def refusal(answer: TestResponse) -> str:
    found = re.search(r'role="alert"><p>(.*?)</p>', unescape(answer.text))
    assert found, answer.text
    return found.group(1)


def undo_of(visitor: Visitor) -> tuple[str, dict[str, str]]:
    """Address and fields of 撤销 on the next page."""
    page = page_of(visitor, WEEK)
    toast = page[page.index('<div class="toast">') :].split("</form>")[0]
    address = re.search(r'action="([^"]+)"', toast)
    assert address
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', toast))
    return address.group(1), fields


# The week


def test_the_week_shows_each_hour_with_what_is_planned_and_what_went_out(
    room: Pressroom, publisher: Visitor
):
    room.edition(room.articles[0], scheduled_at=room.clock() + timedelta(days=2, hours=3))
    out = room.edition(room.articles[1], scheduled_at=room.clock() + timedelta(days=1))
    room.push(out)
    page = page_of(publisher, WEEK)
    assert "2026年11月23日至29日" in page
    assert "13:00一线来信之1，已排期" in hours_of(page)["2026-11-26T13"]
    assert "10:00" in (now := hours_of(page)["2026-11-24T10"])
    assert "一线来信之2，已刊发" in now
    assert "原定11月25日10:00" in now
    planned, actual = (page.split(f'id="edition-{i}"')[0].rsplit("<li", 1)[1] for i in (1, out))
    assert "mark-planned" in planned
    assert "mark-actual" in actual


def test_month_and_week_lead_to_each_other_and_on(publisher: Visitor):
    month = page_of(publisher, "/editions/calendar?month=2026-11")
    assert 'href="/editions/calendar?week=2026-11-23"' in month  # today's
    week = page_of(publisher, "/editions/calendar?week=2026-12-31")
    for address in ("week=2026-12-21", "week=2027-01-04", "week=2026-11-23", "month=2026-12"):
        assert f'href="/editions/calendar?{address}"' in week
    assert "2026年12月28日至1月3日" in week


@pytest.mark.parametrize("week", ["2026-11", "2026-13-01", "soon", "3999-01-01"])
def test_a_week_that_is_none_is_told(week: str, publisher: Visitor):
    page_of(publisher, f"/editions/calendar?week={week}", 422)


@pytest.mark.parametrize("view", ["week=2026-11-26", "month=2026-11"])
def test_the_calendar_takes_a_fixed_number_of_statements(
    view: str, room: Pressroom, publisher: Visitor
):
    numbers = set()
    for hours, article_id in enumerate(room.articles, start=30):
        room.edition(article_id, scheduled_at=room.clock() + timedelta(hours=hours))
        with counted(room.newsroom.context.db) as statements:
            page_of(publisher, f"/editions/calendar?{view}")
        numbers.add(len(statements))
    assert len(numbers) == 1


def test_of_other_columns_one_is_told_that_there_is_an_edition_but_not_which_article(
    room: Pressroom,
):
    edition_id = room.edition(room.articles[0], scheduled_at=room.clock() + timedelta(days=2))
    with room.newsroom.step() as session:
        column = room.newsroom.column(session, "advice")
        grant(session, get_user(session, "outsider"), Role.EDITOR, column_ids=(column.id,),
              actor=SYSTEM, now=room.clock())  # fmt: skip
    reader = visitor_in(room, "outsider")
    for path in (WEEK, "/editions/calendar?month=2026-11", "/editions"):
        page = page_of(reader, path)
        assert f"第 {edition_id} 号推送" in page, path
        assert "（别的专栏）" in page, path
        assert "一线来信" not in page, path
        assert f'href="/editions/{edition_id}"' not in page, path
    token = {"Authorization": f"Bearer {room.newsroom.token('outsider')}"}
    told = reader.client.get("/api/v1/editions", headers=token).get_json()["items"][0]
    assert (told["id"], told["articles"][0]["title"]) == (edition_id, "")


# Moving


def planned(room: Pressroom, **more: Any) -> tuple[int, datetime]:
    """For 13:20 of Thursday, the 26th."""
    moment = room.clock() + timedelta(days=2, hours=3, minutes=20)
    return room.edition(scheduled_at=moment, **more), moment


def test_put_on_another_day_it_keeps_its_time_and_in_another_hour_its_minutes(
    room: Pressroom, publisher: Visitor
):
    edition_id, seen = planned(room)
    answer = move(publisher, edition_id, seen, to="2026-11-28", month="2026-11")
    assert answer.status_code == 303
    assert answer.location == f"/editions/calendar?month=2026-11#edition-{edition_id}"
    assert at(room, edition_id) == "11-28 13:20"
    move(publisher, edition_id, to="2026-11-27T08", week="2026-11-23")
    assert at(room, edition_id) == "11-27 08:20"


def test_a_move_is_undone_and_both_stand_in_the_audit_trail(room: Pressroom, publisher: Visitor):
    edition_id, seen = planned(room)
    move(publisher, edition_id, seen, to="2026-11-27T08", week="2026-11-23")
    address, fields = undo_of(publisher)
    assert publisher.post(address, data=fields).status_code == 303
    assert at(room, edition_id) == "11-26 13:20"
    with room.newsroom.step() as session:
        moves = [e for e in list_entries(session, limit=9) if e.action == "edition.reschedule"]
    assert [e.details["after"] for e in reversed(moves)] == [
        "2026-11-27T00:20:00+00:00",
        seen.isoformat(),
    ]


def test_without_a_script_it_is_taken_up_and_put_down(room: Pressroom, publisher: Visitor):
    edition_id, seen = planned(room)
    page = page_of(publisher, WEEK)
    assert f'href="/editions/calendar?week=2026-11-23&move={edition_id}"' in page
    page = page_of(publisher, f"{WEEK}&move={edition_id}")
    assert "把《一线来信之1》移到哪里？" in page
    keys = re.findall(r'form="moving" name="to" value="(\S+?)"', page)
    assert keys[:2] == ["undated", "2026-11-24T10"]  # nothing that is past
    assert keys[-1] == "2026-11-29T23"
    assert f'name="seen" value="{seen.isoformat()}"' in page
    answer = move(publisher, edition_id, seen, scheduled_at="2026-12-08T07:45", week="2026-11-23")
    assert answer.location == f"/editions/calendar?week=2026-12-07#edition-{edition_id}"
    assert at(room, edition_id) == "12-08 07:45"


def undated(page: str) -> str:
    return re.sub(r"<[^>]+>|\s", "", page.split('<aside class="undated', 1)[1].split("</aside>")[0])


def test_what_has_no_time_waits_beside_the_calendar_is_put_on_it_and_taken_off(
    room: Pressroom, publisher: Visitor
):
    edition_id = room.edition(room.articles[0])
    assert "等人来推一线来信之1" in undated(page_of(publisher, WEEK))
    taken_up = page_of(publisher, f"{WEEK}&move={edition_id}")
    assert 'name="to" value="2026-11-28T08"' in taken_up
    answer = publisher.post(f"/editions/{edition_id}/move", data={"seen": "", "to": "2026-11-28"})
    assert answer.status_code == 303
    assert at(room, edition_id) == "11-28 09:00"
    assert "一线来信之1" not in undated(page_of(publisher, WEEK))
    assert 'name="to" value="undated"' in page_of(publisher, f"{WEEK}&move={edition_id}")
    move(publisher, edition_id, to="undated", week="2026-11-23")
    assert room.find(edition_id).scheduled_at is None
    address, fields = undo_of(publisher)
    publisher.post(address, data=fields)
    assert at(room, edition_id) == "11-28 09:00"


def test_put_on_today_it_goes_out_at_the_next_full_hour_and_back_where_it_was(
    room: Pressroom, publisher: Visitor
):
    edition_id = room.edition(room.articles[0])
    move(publisher, edition_id, to="2026-11-24", week="2026-11-23")
    assert at(room, edition_id) == "11-24 11:00"
    address, fields = undo_of(publisher)
    assert publisher.post(address, data=fields).status_code == 303
    assert room.find(edition_id).scheduled_at is None


def test_a_move_into_the_past_is_refused_in_a_sentence(room: Pressroom, publisher: Visitor):
    edition_id, seen = planned(room)
    answer = move(publisher, edition_id, seen, to="2026-11-24T09", week="2026-11-23")
    assert answer.status_code == 422
    assert "定时要在现在之后" in refusal(answer)
    assert at(room, edition_id) == "11-26 13:20"


@pytest.mark.parametrize("to", ["tomorrow", "2026-11-31", "2026-11-27T24", "9999-12-31", ""])
def test_a_place_that_is_none_is_refused(to: str, room: Pressroom, publisher: Visitor):
    edition_id, seen = planned(room)
    assert move(publisher, edition_id, seen, to=to).status_code == 422
    assert at(room, edition_id) == "11-26 13:20"


def test_whoever_comes_second_is_told_where_it_was_moved(room: Pressroom, publisher: Visitor):
    edition_id, seen = planned(room)
    move(publisher, edition_id, seen, to="2026-11-27")
    answer = move(publisher, edition_id, seen, to="2026-11-28")
    assert answer.status_code == 412
    assert "已由别人改到了 2026年11月27日 13:20" in refusal(answer)
    assert at(room, edition_id) == "11-27 13:20"


def test_what_has_begun_stays_where_it_is(room: Pressroom, publisher: Visitor):
    edition_id, seen = planned(room)
    room.queue(edition_id)
    answer = move(publisher, edition_id, seen, to="2026-11-28")
    assert answer.status_code == 409
    assert "“等待推送”，不再等时间，不能改期" in refusal(answer)
    room.finish(edition_id)
    assert move(publisher, edition_id, seen, to="2026-11-28").status_code == 409
    assert "data-moves" not in page_of(publisher, WEEK)


def test_who_may_only_read_finds_nothing_to_move(room: Pressroom):
    edition_id, seen = planned(room, delivery=Delivery.MANUAL)
    for name in ("editor", "auditor"):
        visitor = visitor_in(room, name)
        page = page_of(visitor, f"{WEEK}&move={edition_id}")
        assert "data-moves" not in page
        assert 'name="to"' not in page
        assert move(visitor, edition_id, seen, to="2026-11-28").status_code == 403
    assert at(room, edition_id) == "11-26 13:20"
