"""Exactly those concerned are told, in the act's own transaction; the bell counts, and a notice leads to its place."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask

from tests.cast import SYSTEM, Newsroom
from tests.queries import counted
from tests.review.test_urgent import sign, urgent, with_leader
from tests.visitor import Visitor, signed_in
from webapp.articles.queries import get_article
from webapp.articles.service import advance, submit
from webapp.articles.workflow import Action
from webapp.comments.queries import list_comments
from webapp.comments.service import Spot, add, reply
from webapp.editions.models import Edition
from webapp.kernel.audit import Subject, list_entries, record
from webapp.kernel.errors import Conflict
from webapp.notices.listening import timing_of
from webapp.notices.models import Notice
from webapp.notices.queries import count_unread
from webapp.notices.service import News, tell
from webapp.notices.watching import tell_owed, tell_silence
from webapp.notices.workflow import Kind
from webapp.review.workflow import Decision
from webapp.users.models import User


@pytest.fixture(autouse=True)
def _listening(app: Flask) -> None:
    """The roof listens."""


def told(newsroom: Newsroom, kind: Kind) -> set[str]:
    with newsroom.step() as session:
        query = session.query(User.username).join(Notice, Notice.user_id == User.id)
        return {name for (name,) in query.filter(Notice.kind == kind)}


def texts(newsroom: Newsroom, name: str) -> list[str]:
    user_id = newsroom.actor(name).id
    with newsroom.step() as session:
        return [n.text for n in session.query(Notice).filter(Notice.user_id == user_id)]


def page_of(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def test_each_stage_tells_those_who_decide_the_next_and_the_last_writers_and_publishers(
    newsroom: Newsroom,
):
    article_id = newsroom.submitted()
    assert told(newsroom, Kind.SUBMITTED) == {"reviewer1", "allstages"}
    newsroom.decide(article_id, "allstages")
    assert told(newsroom, Kind.PASSED) == {"reviewer2"}
    newsroom.decide(article_id, "reviewer2")
    newsroom.decide(article_id, "reviewer3")
    assert told(newsroom, Kind.PASSED) == {"reviewer2", "reviewer3"}
    assert told(newsroom, Kind.APPROVED) == {"editor", "publisher"}


def test_who_wrote_in_it_is_not_asked_to_decide_it(newsroom: Newsroom):
    article_id, actor = newsroom.draft(), newsroom.actor("editor")
    writer_id = newsroom.actor("allstages").id
    with newsroom.step() as session:
        get_article(session, article_id).created_by = writer_id
    with newsroom.step() as session:
        submit(session, get_article(session, article_id), actor=actor, now=newsroom.clock())
    assert told(newsroom, Kind.SUBMITTED) == {"reviewer1"}


def test_a_return_tells_the_writers_the_reason_and_the_timeline_says_who_was_told(
    app: Flask, newsroom: Newsroom
):
    article_id = newsroom.submitted()
    newsroom.decide(article_id, "reviewer1", Decision.RETURN, "数字请核对。")
    assert told(newsroom, Kind.RETURNED) == {"editor"}
    editor = signed_in(app, "editor")
    page = page_of(editor, "/notices")
    assert "被初审退回" in page
    assert "数字请核对。" in page
    story = page_of(editor, f"/articles/{article_id}")
    assert "已告知：editor姓名" in story
    assert "已告知：reviewer1姓名、allstages姓名" in story


def test_what_was_refused_tells_nobody(newsroom: Newsroom):
    article_id, actor = newsroom.submitted(), newsroom.actor("editor")
    before = len(texts(newsroom, "reviewer1"))
    with pytest.raises(Conflict), newsroom.step() as session:
        submit(session, get_article(session, article_id), actor=actor, now=newsroom.clock())
    assert len(texts(newsroom, "reviewer1")) == before


def test_a_comment_tells_who_is_called_and_a_reply_who_began(newsroom: Newsroom):
    article_id = newsroom.draft()
    reviewer, editor, now = newsroom.actor("reviewer1"), newsroom.actor("editor"), newsroom.clock()
    with newsroom.step() as session:
        article = get_article(session, article_id)
        comment = add(session, article, Spot(block=0), "@editor姓名 @reviewer1姓名 请看",
                      actor=reviewer, now=now)  # fmt: skip
        comment_id = comment.id
    assert told(newsroom, Kind.MENTION) == {"editor"}
    with newsroom.step() as session:
        (comment,) = list_comments(session, article_id).items
        reply(session, get_article(session, article_id), comment, "好", actor=editor, now=now)
    assert told(newsroom, Kind.REPLY) == {"reviewer1"}
    with newsroom.step() as session:
        paths = {n.path for n in session.query(Notice)}
    assert paths == {f"/articles/{article_id}/review#comment-{comment_id}"}


@pytest.mark.parametrize(
    ("act", "kind"),
    [("publish", Kind.PUBLISHED), ("fail", Kind.TROUBLE), ("ask", Kind.TROUBLE)],
)
def test_how_a_push_ended_is_told_to_publishers_and_writers(
    act: str, kind: Kind, newsroom: Newsroom
):
    edition_id = newsroom.edition(newsroom.approved(), newsroom.approved())
    with newsroom.step() as session:
        session.get_one(Edition, edition_id).error = "微信没有收下封面。"
        record(session, f"edition.{act}", Subject(kind="edition", id=edition_id),
               actor="system:worker", now=newsroom.clock())  # fmt: skip
    assert told(newsroom, kind) == {"editor", "publisher"}
    assert "等 2 篇" in texts(newsroom, "publisher")[-1]


def test_an_act_stands_even_if_nobody_can_be_told_of_it(newsroom: Newsroom):
    with newsroom.step() as session:
        before = len(list_entries(session))
        record(session, "edition.publish", Subject(kind="edition", id=999), actor="system:worker",
               now=newsroom.clock())  # fmt: skip
    with newsroom.step() as session:
        assert len(list_entries(session)) == before + 1
        assert session.query(Notice).count() == 0


def test_a_column_that_falls_silent_is_told_of_once_at_each_mark(newsroom: Newsroom):
    article_id = newsroom.approved()
    with newsroom.step() as session:
        advance(session, get_article(session, article_id), Action.PUBLISH, actor=SYSTEM,
                now=newsroom.clock())  # fmt: skip
    settings, days = newsroom.context.settings, []
    for day in range(16):
        newsroom.clock.advance(days=1 if day else 0)  # type: ignore[attr-defined]
        with newsroom.step() as session:
            tell_silence(session, settings=settings, now=newsroom.clock())
        days.append(len([t for t in texts(newsroom, "publisher") if "没有刊发" in t]))
    assert (days[6], days[7], days[9], days[10], days[13], days[14], days[15]) == (0, 1, 1, 2, 2, 3, 3)  # fmt: skip
    assert told(newsroom, Kind.SILENCE) == {"publisher"}


def fill(newsroom: Newsroom, name: str, number: int) -> None:
    user_id = newsroom.actor(name).id
    assert user_id is not None
    with newsroom.step() as session:
        for n in range(number):
            news = News(kind=Kind.APPROVED, text=f"第{n}条。", path="/articles")
            tell(session, news, [user_id], timing=timing_of(newsroom.context.settings),
                 now=newsroom.clock())  # fmt: skip


def test_the_bell_counts_and_a_notice_leads_to_its_place_and_is_read(
    app: Flask, newsroom: Newsroom
):
    article_id = newsroom.submitted()
    reviewer = signed_in(app, "reviewer1")
    assert 'aria-label="提醒，1 条没读"' in page_of(reviewer, "/")
    with newsroom.step() as session:
        notice_id = session.query(Notice.id).join(User).filter(User.username == "reviewer1").scalar()  # fmt: skip
    gone = reviewer.post(f"/notices/{notice_id}/open")
    assert gone.location == f"/articles/{article_id}/review"
    assert 'aria-label="提醒，都读过了"' in page_of(reviewer, "/")
    reviewer.post(f"/notices/{notice_id}/mark", data={"read": "0"})
    assert "1 条没读" in page_of(reviewer, "/")
    other = signed_in(app, "reviewer2")
    assert other.post(f"/notices/{notice_id}/open").status_code == 404
    assert "还没有提醒" in page_of(other, "/notices")


def test_all_are_read_at_once_and_that_is_taken_back(app: Flask, newsroom: Newsroom):
    fill(newsroom, "editor", 3)
    editor, user_id = signed_in(app, "editor"), newsroom.actor("editor").id or 0
    assert editor.post("/notices/read-all").status_code == 303
    with newsroom.step() as session:
        assert count_unread(session, user_id) == 0
    page = page_of(editor, "/notices")
    assert "3 条都算读过了" in page
    at = page.split('name="at" value="')[1].split('"')[0]
    editor.post("/notices/unread-all", data={"at": at})
    with newsroom.step() as session:
        assert count_unread(session, user_id) == 3
    assert editor.post("/notices/unread-all", data={"at": "gestern"}).status_code == 422


def test_a_long_list_is_turned_page_by_page_and_the_count_ends(app: Flask, newsroom: Newsroom):
    fill(newsroom, "editor", 2)
    editor, numbers = signed_in(app, "editor"), set()
    for more in (0, 120):
        fill(newsroom, "editor", more)
        with counted(newsroom.context.db) as statements:
            page_of(editor, "/notices")
        numbers.add(len(statements))
    assert len(numbers) == 1
    first = page_of(editor, "/notices")
    assert "99+" in first
    more_ = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert "第79条。" in page_of(editor, more_)


def test_those_who_owe_a_countersignature_are_told_reminded_and_told_again_when_it_is_late(
    newsroom: Newsroom,
):
    room, settings = with_leader(newsroom), newsroom.context.settings
    article_id = urgent(room)
    owing = {"reviewer1", "reviewer2", "allstages"}
    assert told(room, Kind.COUNTERSIGN) == owing
    seen = []
    for hours in (17, 2, 1, 5, 1):
        room.clock.advance(hours=hours)  # type: ignore[attr-defined]
        with room.step() as session:
            tell_owed(session, settings=settings, now=room.clock())
        seen.append(len([t for t in texts(room, "reviewer1") if "时限" in t]))
    assert seen == [0, 1, 1, 2, 2]
    assert told(room, Kind.COUNTERSIGN) == owing | {"publisher"}
    sign(room, article_id, "reviewer1", Decision.OBJECT, "第二段的数字有误。")
    assert told(room, Kind.OBJECTION) == {"publisher"}
