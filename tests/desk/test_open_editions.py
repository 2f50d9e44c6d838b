from __future__ import annotations

from datetime import timedelta

from tests.cast import Newsroom
from webapp.desk.queries import READY_MAX, list_open_editions
from webapp.editions.models import Edition


def test_trouble_comes_first_however_many_drafts_were_left_at_the_platform(newsroom: Newsroom):
    now = newsroom.clock()
    states = ["drafted"] * (READY_MAX + 5) + ["planned", "failed"]
    with newsroom.step() as session:
        session.add_all(
            Edition(delivery="draft", status=status, created_at=now, articles=[])
            for status in states
        )
    with newsroom.step() as session:
        shown = [e.status for e in list_open_editions(session, now + timedelta(days=1))]
    assert shown[:3] == ["failed", "planned", "drafted"]
    assert len(shown) == READY_MAX


def test_what_is_planned_for_a_later_day_is_not_shown_today(newsroom: Newsroom):
    now = newsroom.clock()
    with newsroom.step() as session:
        session.add(
            Edition(
                delivery="draft",
                status="planned",
                created_at=now,
                scheduled_at=now + timedelta(days=3),
                articles=[],
            )
        )
    with newsroom.step() as session:
        assert list_open_editions(session, now + timedelta(days=1)) == []
