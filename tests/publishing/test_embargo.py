"""不早于: nothing takes an article out before its time, in whatever way; it is told before; it hangs on no approval."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.publishing.pressroom import Pressroom
from tests.publishing.test_calendar import at, move, refusal
from tests.publishing.test_foresight import composed
from tests.publishing.test_views import page_of, visitor_in
from tests.visitor import Visitor
from webapp.articles.embargo import set_embargo
from webapp.articles.queries import get_article
from webapp.editions.queries import get_edition
from webapp.editions.workflow import Delivery
from webapp.kernel.audit import list_entries
from webapp.kernel.errors import Conflict, Forbidden, Invalid
from webapp.publishing.service import Embargoed

SENTENCE = "定了“不早于”，2026年11月25日 10:00 以前不能发"


@pytest.fixture
def publisher(room: Pressroom) -> Visitor:
    return visitor_in(room, "publisher")


def embargo(room: Pressroom, until: datetime | None, *, article: int = 0, by: str = "editor"):
    actor = room.newsroom.actor(by)
    with room.newsroom.step() as session:
        article_ = get_article(session, room.articles[article])
        set_embargo(session, article_, until, actor=actor, now=room.clock())


@pytest.fixture
def tomorrow(room: Pressroom) -> datetime:
    """Until when the first article waits."""
    until = room.clock() + timedelta(days=1)
    embargo(room, until)
    return until


@pytest.mark.parametrize("delivery", list(Delivery))
def test_no_push_by_hand_goes_out_before_its_time_and_every_one_does_then(
    delivery: Delivery, room: Pressroom, tomorrow: datetime
):
    edition_id = room.edition(delivery=delivery)
    with pytest.raises(Embargoed, match=SENTENCE):
        room.queue(edition_id)
    assert room.find(edition_id).status == "planned"
    assert not room.calls()
    room.clock.moment = tomorrow
    assert room.push(edition_id).status in ("published", "drafted")


def test_a_schedule_before_its_time_is_told_in_the_composer_and_refused(
    room: Pressroom, publisher: Visitor, tomorrow: datetime
):
    wanted = [room.articles[0]]
    early = {"delivery": "publish", "scheduled_at": "2026-11-25T09:59"}
    assert SENTENCE.replace(" ", "") in composed(publisher, wanted, **early)
    assert f"{SENTENCE}，到时才推得出去".replace(" ", "") in composed(publisher, wanted)
    late = early | {"scheduled_at": "2026-11-25T10:00"}
    assert SENTENCE.replace(" ", "") not in composed(publisher, wanted, **late)
    answer = publisher.post("/editions/new", data={"articles": wanted, **early})
    assert answer.status_code == 409
    assert SENTENCE in refusal(answer)
    assert publisher.post("/editions/new", data={"articles": wanted, **late}).status_code == 303


def test_an_edition_cannot_be_moved_before_its_time(
    room: Pressroom, publisher: Visitor, tomorrow: datetime
):
    edition_id = room.edition(scheduled_at=tomorrow + timedelta(hours=1))
    answer = move(publisher, edition_id, scheduled_at="2026-11-24T20:00")
    assert answer.status_code == 409
    assert SENTENCE in refusal(answer)
    assert at(room, edition_id) == "11-25 11:00"


def test_what_was_scheduled_before_is_told_on_the_calendar_and_does_not_go_out(
    room: Pressroom, publisher: Visitor
):
    edition_id = room.edition(scheduled_at=room.clock() + timedelta(hours=2))
    until = room.clock() + timedelta(days=1)
    embargo(room, until)
    assert SENTENCE in page_of(publisher, "/editions/calendar")
    page = page_of(publisher, f"/editions/{edition_id}")
    assert SENTENCE in page
    assert 'data-opens="push"' not in page
    assert "到点发不出去" in page_of(publisher, f"/articles/{room.articles[0]}")
    room.clock.advance(hours=2)
    room.sweep()
    found = room.find(edition_id)
    assert (found.status, found.error_code) == ("failed", "push.embargo")
    with pytest.raises(Embargoed):
        room.queue(edition_id)
    assert not room.calls()
    room.clock.moment = until
    assert room.push(edition_id).status == "published"


def test_the_package_for_hands_is_not_handed_out_before(
    room: Pressroom, publisher: Visitor, tomorrow: datetime
):
    edition_id = room.edition(delivery=Delivery.MANUAL)
    copied = f"/editions/{edition_id}/articles/1/html"
    assert publisher.get(copied).status_code == 409
    room.clock.moment = tomorrow
    assert visitor_in(room, "publisher").get(copied).status_code == 200


def test_it_voids_no_approval_and_is_written_in_the_trail(room: Pressroom, tomorrow: datetime):
    article = room.newsroom.article(room.articles[0])
    assert article.status == "approved"
    embargo(room, None)
    with room.newsroom.step() as session:
        lifted, made = [e for e in list_entries(session, limit=5) if e.action == "article.embargo"]
    assert made.details == {"before": None, "after": tomorrow.isoformat()}
    assert lifted.details == {"before": tomorrow.isoformat(), "after": None}
    assert room.push(room.edition()).status == "published"


def test_editors_and_publishers_set_it_and_nobody_else(room: Pressroom):
    until = room.clock() + timedelta(days=1)
    embargo(room, until, by="publisher")
    for name in ("reviewer1", "auditor", "admin"):
        with pytest.raises(Forbidden):
            embargo(room, None, by=name)
    page = page_of(visitor_in(room, "reviewer1"), f"/articles/{room.articles[0]}")
    assert "这以前推不出去" in page
    assert "/embargo" not in page


def test_a_time_that_is_past_and_an_article_that_is_out_are_refused(room: Pressroom):
    with pytest.raises(Invalid, match="要在现在之后"):
        embargo(room, room.clock())
    edition_id = room.edition()
    room.queue(edition_id)
    with pytest.raises(Conflict, match="正在推送"):
        embargo(room, room.clock() + timedelta(days=1))
    room.finish(edition_id)
    with pytest.raises(Conflict, match="已经刊发"):
        embargo(room, room.clock() + timedelta(days=1))


def test_it_is_set_seen_and_undone_at_the_desk(room: Pressroom):
    editor, article_id = visitor_in(room, "editor"), room.articles[0]
    answer = editor.post(
        f"/articles/{article_id}/embargo", data={"embargo_until": "2026-11-25T10:00"}
    )
    assert answer.location.endswith(f"/articles/{article_id}#embargo")
    page = page_of(editor, f"/articles/{article_id}")
    assert 'min="20' in page  # the browser says at the field that a time is past
    assert f"{SENTENCE}。" in page
    assert "定下不早于2026年11月25日 10:00" in page
    assert "不早于 11月25日 10:00" in page_of(editor, "/articles")
    assert "不早于" in composed(visitor_in(room, "publisher"), [article_id])
    editor.post(f"/articles/{article_id}/embargo", data={"embargo_until": ""})
    assert room.newsroom.article(article_id).embargo_until is None
    editor.post(f"/articles/{article_id}/embargo", data={"embargo_until": "随便"})
    assert "时间要写成" in page_of(editor, f"/articles/{article_id}")


def test_over_rest_it_is_set_lifted_and_told_with_article_and_edition(room: Pressroom):
    token = room.newsroom.token("publisher")
    api = visitor_in(room, "publisher").client
    headers = {"Authorization": f"Bearer {token}"}
    path, until = f"/api/v1/articles/{room.articles[0]}", "2026-11-25T02:00:00+00:00"
    answer = api.post(f"{path}/embargo", json={"embargo_until": until}, headers=headers)
    assert answer.get_json()["embargo_until"] == until
    edition_id = room.edition()
    shown = api.get(f"/api/v1/editions/{edition_id}", headers=headers).get_json()
    assert shown["embargo_until"] == until
    refused = api.post(f"/api/v1/editions/{edition_id}/push", headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "push.embargo")
    lifted = api.post(f"{path}/embargo", json={"embargo_until": None}, headers=headers)
    assert lifted.get_json()["embargo_until"] is None
    assert api.post(f"{path}/embargo", json={}, headers=headers).status_code == 422
    with room.newsroom.step() as session:
        assert get_edition(session, edition_id).status == "planned"
