from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.cast import SYSTEM, Newsroom
from tests.clock import FakeClock
from tests.queries import counted
from tests.visitor import signed_in
from webapp.articles.queries import get_article
from webapp.articles.service import revise
from webapp.kernel.errors import ChecksumMismatch, Conflict, Forbidden, Invalid
from webapp.review.countersigning import answer_objection, countersign
from webapp.review.mandates import name_leader
from webapp.review.models import Countersign
from webapp.review.owed import (
    count_countersigns,
    list_objections,
    list_overdue,
    list_owed,
    owed_by,
    owed_of,
)
from webapp.review.queries import list_awaiting, list_reviews, seals_of
from webapp.review.service import decide
from webapp.review.urgent import submit_urgent
from webapp.review.workflow import Decision
from webapp.users.permissions import Role
from webapp.users.service import add_user, get_user, grant

WHY = "明天就是动员会"


def with_leader(newsroom: Newsroom) -> Newsroom:
    """With a leader for what is urgent."""
    with newsroom.step() as session:
        leader = add_user(session, "leader", password_hash="x", actor=SYSTEM, now=newsroom.clock(),
                          display_name="主任")  # fmt: skip
        grant(session, leader, Role.REVIEWER, actor=SYSTEM, now=newsroom.clock(), stage=3)
        admin = get_user(session, "admin").actor
        name_leader(session, newsroom.column(session), leader, actor=admin, now=newsroom.clock())
    return newsroom


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    return with_leader(newsroom)


def ask(room: Newsroom, article_id: int | None = None, why: str = WHY) -> int:
    article_id = article_id or room.draft()
    actor = room.actor("editor")
    with room.step() as session:
        submit_urgent(session, get_article(session, article_id), why, actor=actor, now=room.clock())
    return article_id


def urgent(room: Newsroom) -> int:
    article_id = ask(room)
    room.decide(article_id, "leader")
    return article_id


def sign(room: Newsroom, article_id: int, by: str, decision: Decision = Decision.APPROVE,
         comment: str = "", **parts: str) -> None:  # fmt: skip
    actor = room.actor(by)
    with room.step() as session:
        article = get_article(session, article_id)
        given = {"checksum": article.review_checksum or "", **parts}
        countersign(session, article, decision, comment=comment, actor=actor, now=room.clock(), **given)  # fmt: skip


def test_the_leader_s_stage_approves_and_the_others_are_owed_for_a_day(
    room: Newsroom, clock: FakeClock
):
    article_id = urgent(room)
    article = room.article(article_id)
    assert (article.status, article.urgent) == ("approved", True)
    with room.step() as session:
        seals = seals_of(article, list_reviews(session, article_id))
        assert [s.state for s in seals] == ["owed", "owed", "pressed"]
        owed = list_owed(session)
        assert [(o.countersign.stage, o.countersign.due_at) for o in owed] == [
            (stage, clock() + timedelta(hours=24)) for stage in (1, 2)
        ]
        assert {p.username for p in owed[0].people} == {"allstages", "reviewer1"}
    sign(room, article_id, "allstages")
    with room.step() as session:
        [left] = list_owed(session)  # whoever signed one stage is not asked for another
        assert [p.username for p in left.people] == ["reviewer2"]
    assert room.find_edition(room.edition(article_id)).status == "planned"


def test_how_long_the_others_have_is_the_institution_s(
    app: Flask, room: Newsroom, clock: FakeClock
):
    article_id, actor = ask(room), room.actor("leader")
    within = timedelta(hours=72)
    with room.step() as session:
        article = get_article(session, article_id)
        decide(session, article, Decision.APPROVE, checksum=article.review_checksum or "", comment="",
               countersign_within=within, actor=actor, now=room.clock())  # fmt: skip
        assert {row.due_at for row in owed_of(session, article)} == {clock() + within}
    other = room.draft()
    assert (
        "其余各审在 24 小时内补签" in signed_in(app, "editor").get(f"/articles/{other}/urgent").text
    )


def test_only_a_named_leader_decides_what_is_urgent_and_only_they_see_it_waiting(room: Newsroom):
    article_id = ask(room)
    for who in ("reviewer1", "reviewer3", "allstages"):
        with pytest.raises(Forbidden, match="急件负责人"):
            room.decide(article_id, who)
        actor = room.actor(who)
        with room.step() as session:
            assert list_awaiting(session, actor, now=room.clock()) == []
    actor = room.actor("leader")
    with room.step() as session:
        assert [a.id for a in list_awaiting(session, actor, now=room.clock())] == [article_id]


def test_without_a_reason_a_leader_or_a_second_stage_the_path_is_closed(
    room: Newsroom, newsroom: Newsroom
):
    with pytest.raises(Invalid, match="为什么急"):
        ask(room, why=" ")
    with room.step() as session:
        room.column(session, "frontline").stages = 1
    with pytest.raises(Conflict, match="只有一审"):
        ask(room)
    with pytest.raises(Conflict, match="急件负责人"):
        ask(room, room.draft(column="advice"))


def test_a_leader_who_wrote_on_it_decides_nothing_and_does_not_open_the_path(room: Newsroom):
    with room.step() as session:
        user = get_user(session, "leader")
        grant(session, user, Role.EDITOR, actor=SYSTEM, now=room.clock())
    with pytest.raises(Conflict, match="撰稿人以外"):
        ask(room, room.draft(by="leader"))


def test_reviewers_countersign_once_each_and_neither_leader_nor_writer_nor_anybody_twice(
    room: Newsroom,
):
    article_id = urgent(room)
    with room.step() as session:
        for name in ("leader", "editor"):
            user = get_user(session, name)
            grant(session, user, Role.REVIEWER, actor=SYSTEM, now=room.clock())
    for who in ("leader", "editor"):
        with pytest.raises(Forbidden):
            sign(room, article_id, who)
    sign(room, article_id, "allstages")
    with pytest.raises(Forbidden, match="一个人只能审其中一个审次"):
        sign(room, article_id, "allstages")
    sign(room, article_id, "reviewer3", deputy_reason="复审的人出差")
    with pytest.raises(Conflict, match="没有要补签"):
        sign(room, article_id, "reviewer2")
    with room.step() as session:
        reviews = list_reviews(session, article_id)
        told = {(r.stage, r.signer, r.way, r.is_deputy) for r in reviews}
    assert told == {
        (3, "主任", "urgent", False),
        (1, "allstages姓名", "countersign", False),
        (2, "reviewer3姓名", "countersign", True),
    }


def test_what_is_overdue_shows_and_a_late_signature_counts_as_late(
    room: Newsroom, clock: FakeClock
):
    article_id = urgent(room)
    sign(room, article_id, "reviewer1")
    clock.advance(hours=24, seconds=1)
    with room.step() as session:
        assert [row.stage for row in list_overdue(session, clock())] == [2]
        counts = count_countersigns(session, clock())
        assert {k: n for k, n in counts.items() if n} == {"in_time": 1, "overdue": 1}
    sign(room, article_id, "reviewer2")
    with room.step() as session:
        assert list_overdue(session, clock()) == []
        counts = count_countersigns(session, clock())
        assert {k: n for k, n in counts.items() if n} == {"in_time": 1, "late": 1}


def test_an_objection_is_flagged_to_publishers_who_decide(room: Newsroom):
    article_id = urgent(room)
    with pytest.raises(Invalid, match="理由"):
        sign(room, article_id, "reviewer1", Decision.OBJECT)
    sign(room, article_id, "reviewer1", Decision.OBJECT, "第三段的数字与通报不符。")
    assert room.article(article_id).status == "approved"
    publisher, editor = room.actor("publisher"), room.actor("editor")
    with room.step() as session:
        [row] = list_objections(session)
        article = get_article(session, article_id)
        with pytest.raises(Forbidden):
            answer_objection(session, article, row.id, "维持", actor=editor, now=room.clock())
        answer_objection(
            session, article, row.id, "已电话核对，维持。", actor=publisher, now=room.clock()
        )
        assert list_objections(session) == []


def test_an_edit_voids_everything_and_what_was_owed_with_it(room: Newsroom):
    article_id = urgent(room)
    actor, changed = room.actor("editor"), room.content("改过的标题")
    with room.step() as session:
        article = get_article(session, article_id)
        revise(
            session, article, changed, base_revision=article.revision, actor=actor, now=room.clock()
        )
    article = room.article(article_id)
    assert (article.status, article.urgent) == ("draft", False)
    with room.step() as session:
        assert list_owed(session) == []
        assert count_countersigns(session, room.clock())["void"] == 2
    with pytest.raises(Conflict):
        sign(room, article_id, "reviewer1")


def test_a_countersignature_binds_to_the_text_that_was_approved(room: Newsroom):
    article_id = urgent(room)
    with pytest.raises(ChecksumMismatch):
        sign(room, article_id, "reviewer1", checksum="0" * 64)
    with room.step() as session:
        assert session.query(Countersign).filter(Countersign.settled_at.is_not(None)).all() == []


def test_what_is_owed_is_read_in_a_fixed_number_of_statements(room: Newsroom):
    actor, numbers = room.actor("allstages"), set()
    for _ in range(3):
        urgent(room)
        with counted(room.context.db) as statements, room.step() as session:
            assert owed_by(session, actor)
        numbers.add(len(statements))
    assert len(numbers) == 1


# The pages and the interface


def test_asked_for_decided_and_countersigned_by_the_pages(app: Flask, room: Newsroom):
    article_id = room.draft()
    editor, path = signed_in(app, "editor"), f"/articles/{article_id}"
    assert "急件送审" in editor.get(path).text
    assert editor.post(f"{path}/urgent", data={"reason": ""}).status_code == 422
    assert editor.post(f"{path}/urgent", data={"reason": WHY}).status_code == 303
    assert "急件待终审" in editor.get(path).text
    room.decide(article_id, "leader")
    reviewer = signed_in(app, "reviewer1")
    assert "急件等我补签" in reviewer.get("/").text
    page = reviewer.get(f"{path}/review").text
    assert "等您补签" in page
    checksum = room.article(article_id).review_checksum
    form = {"decision": "object", "comment": "数字不符", "checksum": checksum}
    assert reviewer.post(f"{path}/countersign", data={**form, "comment": ""}).status_code == 422
    assert (
        reviewer.post(f"{path}/countersign", data={**form, "decision": "return"}).status_code == 422
    )
    assert reviewer.post(f"{path}/countersign", data=form).status_code == 303
    publisher = signed_in(app, "publisher")
    assert "补签有异议" in publisher.get("/").text
    page = publisher.get(f"{path}/review").text
    assert "数字不符" in page
    with room.step() as session:
        row = session.query(Countersign).filter_by(stage=1).one().id
    answered = publisher.post(f"{path}/objections/{row}/answer", data={"answer": "核过，维持"})
    assert answered.status_code == 303
    room.clock.advance(hours=25)  # type: ignore[attr-defined]
    assert "急件逾期未补签" in publisher.get("/").text
    report = publisher.get("/reports/urgent").text
    assert "逾期未签 1 个" in report
    assert "核过，维持" in report
    assert WHY in publisher.get(f"{path}/sheet").text


def test_an_administrator_names_the_leader_by_the_page(app: Flask, newsroom: Newsroom):
    visitor = signed_in(app, "admin")
    with newsroom.step() as session:
        person = get_user(session, "reviewer3").id
    form = {"column": "frontline", "leader": person}
    assert visitor.post("/review/leaders", data=form).status_code == 303
    assert visitor.post("/review/leaders", data=form).status_code == 422
    assert signed_in(app, "reviewer1").post("/review/leaders", data=form).status_code == 403
    ask(newsroom)


def test_by_program_the_same(app: Flask, room: Newsroom):
    article_id, client = room.draft(), app.test_client()

    def post(who: str, path: str, **body: str | None):
        headers = {"Authorization": f"Bearer {room.token(who)}"}
        return client.post(f"/api/v1/articles/{article_id}/{path}", json=body, headers=headers)

    assert post("editor", "submit/urgent").status_code == 422
    assert post("editor", "submit/urgent", reason=WHY).get_json()["article_stage"] == 3
    checksum = room.article(article_id).review_checksum
    assert post("leader", "reviews", decision="object", checksum=checksum).status_code == 422
    assert post("leader", "reviews", decision="approve", checksum=checksum).get_json()["way"] == "urgent"  # fmt: skip
    assert post("leader", "countersigns", decision="approve", checksum=checksum).status_code == 403
    answer = post("reviewer1", "countersigns", decision="approve", checksum=checksum)
    assert (answer.status_code, answer.get_json()["stage"]) == (201, 1)
