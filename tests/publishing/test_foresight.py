"""What is told before anything is saved: used-up mass sends, the same hour, another edition, an objection, a changed text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.publishing.pressroom import Pressroom
from tests.publishing.test_calendar import at, move, refusal, undo_of
from tests.publishing.test_views import page_of, visitor_in
from tests.queries import counted
from tests.review.test_urgent import sign, urgent, with_leader
from tests.visitor import Visitor
from webapp.columns.models import Column
from webapp.editions.queries import get_edition
from webapp.editions.workflow import Delivery
from webapp.kernel.errors import Conflict
from webapp.publishing.foresight import foresee, plan_of
from webapp.publishing.planning import plan
from webapp.review.workflow import Decision
from webapp.wechat.service import change_kind, default_account

WEEK = "/editions/calendar?week=2026-11-26"
"""The clock stands at 10:00 of Tuesday, 24 November 2026."""


@pytest.fixture
def publisher(room: Pressroom) -> Visitor:
    return visitor_in(room, "publisher")


def mass(room: Pressroom, article: int, **later: float) -> int:
    moment = room.clock() + timedelta(**later) if later else None
    return room.edition(room.articles[article], delivery=Delivery.MASS, scheduled_at=moment)


def told(room: Pressroom, edition_id: int) -> list[str]:
    with room.newsroom.step() as session:
        edition = get_edition(session, edition_id)
        found = foresee(session, plan_of(edition, edition.scheduled_at), now=room.clock())
    return [concern.sentence for concern in found]


def become_service(room: Pressroom) -> None:
    admin = room.newsroom.actor("admin")
    with room.newsroom.step() as session:
        account = default_account(session)
        assert account is not None
        change_kind(session, account, "service", actor=admin, now=room.clock())


def composed(visitor: Visitor, ids: Sequence[int], **form: str) -> str:
    """What the composer tells while it is filled in, without tags."""
    asked = "&".join(f"{k}={v}" for k, v in form.items())
    page = page_of(visitor, f"/editions/new?articles={','.join(map(str, ids))}&{asked}")
    page = page[page.index('id="order-title"') :]
    return re.sub(r"<[^>]+>|\s", "", page)


# Mass sends


def test_a_day_has_one_mass_send_whether_planned_or_out(room: Pressroom, publisher: Visitor):
    room.push(mass(room, 0))
    mass(room, 1, days=1)
    wanted = [room.articles[2]]
    today = composed(publisher, wanted, delivery="mass", scheduled_at="2026-11-24T20:00")
    assert "11月24日的群发次数已用完（订阅号每天1次，已发1次）" in today
    tomorrow = composed(publisher, wanted, delivery="mass", scheduled_at="2026-11-25T20:00")
    assert "11月25日的群发次数已用完（订阅号每天1次，排着1次）" in tomorrow
    for form in (
        {"delivery": "mass", "scheduled_at": "2026-11-26T20:00"},
        {"delivery": "publish", "scheduled_at": "2026-11-25T20:00"},
    ):
        assert "已用完" not in composed(publisher, wanted, **form)


def test_what_was_sent_and_taken_back_is_used_up_all_the_same(room: Pressroom):
    edition_id = mass(room, 0)
    room.push(edition_id)
    room.withdraw(edition_id)
    room.finish(edition_id)
    room.confirm_withdrawn(edition_id)
    assert "已发 1 次" in "".join(told(room, mass(room, 1)))


def test_the_platform_s_day_begins_in_china(room: Pressroom):
    """16:00 UTC is midnight there."""
    mass(room, 0, hours=13, minutes=59)
    late = mass(room, 1, hours=14, minutes=1)
    assert "已用完" not in "".join(told(room, late))


def test_a_service_account_has_four_a_month(room: Pressroom):
    become_service(room)
    room.articles = [*room.articles, *room.approve(2)]
    for day in range(1, 5):
        assert "已用完" not in "".join(told(room, mass(room, day - 1, days=day)))
    with pytest.raises(Conflict, match="11月的群发次数已用完（服务号每月 4 次，排着 4 次）"):
        schedule(room, 4, days=5)
    schedule(room, 4, days=9)  # December


def schedule(room: Pressroom, article: int, **later: float) -> None:
    actor = room.newsroom.actor("publisher")
    with room.newsroom.step() as session:
        plan(session, [room.articles[article]], delivery=Delivery.MASS,
             account=default_account(session), scheduled_at=room.clock() + timedelta(**later),
             actor=actor, now=room.clock())  # fmt: skip


def test_a_used_up_day_is_refused_by_the_composer_and_offers_no_place_on_the_calendar(
    room: Pressroom, publisher: Visitor
):
    mass(room, 0, days=1)
    other = mass(room, 1, days=2)
    form = {"articles": str(room.articles[2]), "delivery": "mass"}
    answer = publisher.post("/editions/new", data={**form, "scheduled_at": "2026-11-25T20:00"})
    assert answer.status_code == 409
    assert "群发次数已用完" in refusal(answer)
    assert publisher.post("/editions/new", data={**form, "look": "1"}).status_code == 200
    page = page_of(publisher, f"{WEEK}&move={other}")
    places = set(re.findall(r'name="to" value="([^T]+)T', page))
    assert {"2026-11-24", "2026-11-26"} <= places
    assert "2026-11-25" not in places
    assert "群发用完" in page
    answer = move(publisher, other, to="2026-11-25T20", week="2026-11-23")
    assert answer.status_code == 409
    assert "群发次数已用完" in refusal(answer)
    assert at(room, other) == "11-26 10:00"


# The same hour


def test_another_edition_to_the_account_within_the_hour_is_told_and_the_same_minute_refused(
    room: Pressroom, publisher: Visitor
):
    first = room.edition(room.articles[0], scheduled_at=room.clock() + timedelta(days=1))
    wanted = [room.articles[1]]
    near = composed(publisher, wanted, scheduled_at="2026-11-25T10:40")
    assert f"“测试号”的第{first}号推送与它前后只差40分钟。" in near
    for far in ("2026-11-25T11:00", "2026-11-25T09:00"):
        assert "前后只差" not in composed(publisher, wanted, scheduled_at=far)
    second = room.edition(*wanted, scheduled_at=room.clock() + timedelta(days=2, minutes=30))
    move(publisher, second, to="2026-11-25", week="2026-11-23")
    assert f"第 {first} 号推送与它前后只差 30 分钟" in page_of(publisher, WEEK)
    answer = move(publisher, second, scheduled_at="2026-11-25T10:00", week="2026-11-23")
    assert answer.status_code == 409
    assert "也排在这一分钟" in refusal(answer)
    assert at(room, second) == "11-25 10:30"


def test_what_went_out_within_the_hour_is_told_and_what_failed_is_not(
    room: Pressroom, publisher: Visitor
):
    out, failed = room.edition(room.articles[0]), room.edition(room.articles[1])
    room.push(out)
    room.fault("draft/add", "errcode:45166")
    room.push(failed)
    page = composed(publisher, [room.articles[2]], scheduled_at="2026-11-24T10:30")
    assert f"第{out}号推送与它前后只差" in page
    assert f"第{failed}号推送与它" not in page


# The articles


def test_an_article_in_another_edition_is_told_before_one_saves(
    room: Pressroom, publisher: Visitor
):
    edition_id = room.edition(room.articles[0])
    page = composed(publisher, room.articles)
    assert page.count(f"已在第{edition_id}号推送里，不会再发一次。") == 1


def test_an_objection_that_nobody_answered_is_told_everywhere(room: Pressroom, publisher: Visitor):
    article_id = urgent(with_leader(room.newsroom))
    sign(room.newsroom, article_id, "reviewer1", Decision.OBJECT, "数字没有出处")
    assert "初审补签时提出异议，还没有答复：数字没有出处" in composed(publisher, [article_id])
    edition_id = room.edition(article_id, scheduled_at=room.clock() + timedelta(days=1))
    page = page_of(publisher, WEEK)
    assert "有 1 处要留意" in page
    assert "数字没有出处" in page[page.index('id="concerns"') :]
    assert "数字没有出处" in page_of(publisher, f"/editions/{edition_id}")


def test_an_article_that_would_not_look_as_it_was_approved_is_told(
    room: Pressroom, publisher: Visitor
):
    edition_id = room.edition(room.articles[0])
    words = "与审定的不再一样，发不出去；请重新送审。"
    assert words not in composed(publisher, room.articles[1:])
    with room.newsroom.step() as session:
        session.execute(update(Column).values(theme="advice"))
    assert composed(publisher, room.articles[1:]).count(words) == 2
    assert f"《一线来信之1》{words}" in page_of(publisher, f"/editions/{edition_id}")


def test_looking_ahead_takes_as_many_statements_for_one_as_for_several(
    room: Pressroom, publisher: Visitor
):
    room.edition(room.approve()[0], scheduled_at=room.clock() + timedelta(days=1))
    numbers = set()
    for some in (room.articles[:2], room.articles):
        with counted(room.newsroom.context.db) as statements:
            composed(publisher, some, delivery="mass", scheduled_at="2026-11-25T10:20")
        numbers.add(len(statements))
    assert len(numbers) == 1


def test_the_kind_of_an_account_is_changed_by_an_administrator_and_back(room: Pressroom):
    room.edition()
    admin = visitor_in(room, "admin")
    assert admin.post("/system/accounts/1/kind", data={"kind": "service"}).status_code == 303
    assert "已记为服务号" in page_of(admin, "/system/accounts/1")
    assert admin.post("/system/accounts/1/kind", data={"kind": "other"}).status_code == 422
    publisher = visitor_in(room, "publisher")
    assert publisher.post("/system/accounts/1/kind", data={"kind": "service"}).status_code == 403


def test_a_move_that_is_undone_meets_the_same_rules(room: Pressroom, publisher: Visitor):
    first = mass(room, 0, days=1)
    move(publisher, first, to="2026-11-27", week="2026-11-23")
    address, fields = undo_of(publisher)
    mass(room, 1, days=1)
    answer = publisher.post(address, data=fields)
    assert "群发次数已用完" in refusal(answer)
    assert at(room, first) == "11-27 10:00"
