from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.cast import SYSTEM, Newsroom
from tests.clock import FakeClock
from tests.visitor import Visitor, signed_in
from webapp.articles.queries import get_article
from webapp.kernel.errors import Forbidden, Invalid
from webapp.review.mandates import Wanted, name_deputy, take_back
from webapp.review.models import Mandate, Review
from webapp.review.queries import list_awaiting, list_reviews
from webapp.review.service import decide
from webapp.review.workflow import Decision
from webapp.users.permissions import Role
from webapp.users.service import add_user, get_user, grant

WHY = "出差，电话里看过"


def stand_in(room: Newsroom, article_id: int, by: str, why: str = WHY) -> Review:
    actor = room.actor(by)
    with room.step() as session:
        article = get_article(session, article_id)
        return decide(session, article, Decision.APPROVE, checksum=article.review_checksum or "",
                      comment="", deputy_reason=why, actor=actor, now=room.clock())  # fmt: skip


def from_elsewhere(room: Newsroom, name: str = "elsewhere") -> None:
    """A reviewer of another column, who may read this one as an editor."""
    with room.step() as session:
        advice, frontline = (room.column(session, slug) for slug in ("advice", "frontline"))
        user = add_user(session, name, password_hash="x", actor=SYSTEM, now=room.clock())
        grant(session, user, Role.REVIEWER, actor=SYSTEM, now=room.clock(), column_ids=(advice.id,))
        grant(session, user, Role.EDITOR, actor=SYSTEM, now=room.clock(), column_ids=(frontline.id,))  # fmt: skip


def name(room: Newsroom, deputy: str, *, by: str = "admin", stage: int | None = 1,
         for_user: str | None = "reviewer1", **parts: Any) -> int:  # fmt: skip
    actor = room.actor(by)
    with room.step() as session:
        wanted = Wanted(
            stage=stage,
            for_user=get_user(session, for_user) if for_user else None,
            **{"since": room.clock(), "until": room.clock() + timedelta(days=7), "reason": "出差", **parts},
        )  # fmt: skip
        column, user = room.column(session), get_user(session, deputy)
        return name_deputy(session, column, user, wanted, actor=actor, now=room.clock()).id


def test_a_reviewer_of_the_column_stands_in_with_a_reason_that_is_kept(newsroom: Newsroom):
    article_id = newsroom.submitted()
    stand_in(newsroom, article_id, "reviewer2")
    assert newsroom.article(article_id).stage == 2
    with newsroom.step() as session:
        [review] = list_reviews(session, article_id)
    assert (review.signer, review.deputy_reason) == ("reviewer2姓名", WHY)
    assert review.deputy_for == "allstages姓名、reviewer1姓名"


def test_without_a_reason_and_for_others_than_reviewers_the_stage_stays_closed(newsroom: Newsroom):
    article_id = newsroom.submitted()
    for who, why in (("reviewer2", "  "), ("editor2", WHY), ("publisher", WHY), ("admin", WHY)):
        with pytest.raises(Forbidden):
            stand_in(newsroom, article_id, who, why)
    assert newsroom.article(article_id).stage == 1


def test_who_reviews_the_stage_is_no_deputy(newsroom: Newsroom):
    article_id = newsroom.submitted()
    with pytest.raises(Invalid, match="本来就由您负责"):
        stand_in(newsroom, article_id, "reviewer1")


def test_a_deputy_decides_no_second_stage_and_nothing_of_their_own(newsroom: Newsroom):
    article_id = newsroom.submitted()
    stand_in(newsroom, article_id, "reviewer2")
    with pytest.raises(Forbidden, match="一个人只能审其中一个审次"):
        newsroom.decide(article_id, "reviewer2")
    with newsroom.step() as session:
        user = get_user(session, "editor")
        grant(session, user, Role.REVIEWER, actor=SYSTEM, now=newsroom.clock(), stage=3)
    with pytest.raises(Forbidden, match="自己"):
        stand_in(newsroom, newsroom.submitted(), "editor")


def test_a_named_deputy_from_elsewhere_sees_it_and_decides_for_the_one_who_is_away(
    newsroom: Newsroom, clock: FakeClock
):
    from_elsewhere(newsroom)
    article_id = newsroom.submitted()
    with pytest.raises(Forbidden):
        stand_in(newsroom, article_id, "elsewhere")
    name(newsroom, "elsewhere", by="reviewer1")
    actor = newsroom.actor("elsewhere")
    with newsroom.step() as session:
        assert [a.id for a in list_awaiting(session, actor, now=clock())] == [article_id]
    stand_in(newsroom, article_id, "elsewhere")
    with newsroom.step() as session:
        assert list_reviews(session, article_id)[0].deputy_for == "reviewer1姓名"


@pytest.mark.parametrize("how", ["over", "not yet", "taken back"])
def test_a_mandate_counts_only_in_its_time(how: str, newsroom: Newsroom, clock: FakeClock):
    from_elsewhere(newsroom)
    article_id = newsroom.submitted()
    later: dict[str, Any] = {"since": clock() + timedelta(days=1)} if how == "not yet" else {}
    mandate_id = name(newsroom, "elsewhere", **later)
    if how == "taken back":
        actor = newsroom.actor("reviewer1")
        with newsroom.step() as session:
            take_back(session, session.get_one(Mandate, mandate_id), actor=actor, now=clock())
    if how == "over":
        clock.advance(days=7)
    actor = newsroom.actor("elsewhere")
    with newsroom.step() as session:
        assert list_awaiting(session, actor, now=clock()) == []
    with pytest.raises(Forbidden):
        stand_in(newsroom, article_id, "elsewhere")


def test_nobody_picks_the_judge_of_their_own_text(newsroom: Newsroom, clock: FakeClock):
    from_elsewhere(newsroom)
    with newsroom.step() as session:
        user = get_user(session, "reviewer1")
        grant(session, user, Role.EDITOR, actor=SYSTEM, now=newsroom.clock())
    name(newsroom, "elsewhere", by="reviewer1")
    article_id = newsroom.submitted(by="reviewer1")
    actor = newsroom.actor("elsewhere")
    with newsroom.step() as session:
        assert list_awaiting(session, actor, now=clock()) == []
    with pytest.raises(Forbidden):
        stand_in(newsroom, article_id, "elsewhere")


@pytest.mark.parametrize(
    ("deputy", "parts", "field"),
    [
        ("reviewer2", {"by": "reviewer1", "until": None}, "until"),
        ("reviewer2", {"by": "reviewer1", "until": FakeClock()() + timedelta(days=200)}, "until"),
        ("reviewer2", {"until": FakeClock()() - timedelta(days=1)}, "until"),
        ("reviewer1", {}, "user"),
        ("publisher", {}, "user"),
        ("reviewer2", {"for_user": "reviewer3"}, "for_user"),
        ("reviewer2", {"reason": ""}, "reason"),
    ],
)
def test_what_cannot_be_named_is_refused_at_its_field(
    deputy: str, parts: dict[str, Any], field: str, newsroom: Newsroom
):
    with pytest.raises(Invalid) as refused:
        name(newsroom, deputy, **parts)
    assert field in {f.field for f in refused.value.fields}


def test_a_reviewer_names_for_themselves_alone_and_others_nobody(newsroom: Newsroom):
    for by, parts in (("reviewer1", {"stage": 2}), ("reviewer1", {"for_user": "allstages"}),
                      ("reviewer1", {"stage": None}), ("editor", {})):  # fmt: skip
        with pytest.raises(Forbidden):
            name(newsroom, "reviewer3", by=by, **parts)


# The pages


def page_of(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_page_offers_to_stand_in_and_every_place_tells_of_it(app: Flask, newsroom: Newsroom):
    article_id = newsroom.submitted()
    path = f"/articles/{article_id}/review"
    visitor = signed_in(app, "reviewer2")
    assert f"{path}?as=deputy" in page_of(visitor, path)
    page = page_of(visitor, f"{path}?as=deputy")
    assert "代allstages姓名、reviewer1姓名审，理由" in page
    checksum = newsroom.article(article_id).review_checksum
    form = {"decision": "approve", "comment": "", "checksum": checksum, "deputy_reason": ""}
    assert visitor.post(path, data=form).status_code == 403
    assert visitor.post(path, data={**form, "deputy_reason": WHY}).status_code == 303
    for told in (path, f"/articles/{article_id}", f"/articles/{article_id}/sheet"):
        page = page_of(visitor, told)
        assert "代审" in page, told
        assert WHY in page, told
        assert "allstages姓名、reviewer1姓名" in page, told


def test_naming_and_taking_back_by_the_page(app: Flask, newsroom: Newsroom):
    visitor = signed_in(app, "reviewer1")
    with newsroom.step() as session:
        deputy = get_user(session, "reviewer3").id
    form = {
        "column": "frontline",
        "stage": "1",
        "user": deputy,
        "until": "2026-11-30",
        "reason": "体检去了",
    }
    assert visitor.post("/review/deputies", data=form).status_code == 303
    assert "体检去了" in page_of(visitor, "/review/deputies")
    assert "reviewer3姓名（代审）" in page_of(
        signed_in(app, "editor"), f"/articles/{newsroom.submitted()}/review"
    )
    assert visitor.post("/review/deputies", data={**form, "until": "明天"}).status_code == 422
    assert signed_in(app, "editor").post("/review/deputies", data=form).status_code == 403
    with newsroom.step() as session:
        [mandate] = session.query(Mandate).all()
    assert signed_in(app, "editor").post(f"/review/mandates/{mandate.id}/end").status_code == 403
    assert visitor.post(f"/review/mandates/{mandate.id}/end").status_code == 303
    assert "体检去了" not in page_of(visitor, "/review/deputies")
    assert visitor.post(f"/review/mandates/{mandate.id}/renew").status_code == 303


def test_a_program_stands_in_and_the_answer_says_for_whom(app: Flask, newsroom: Newsroom):
    article_id = newsroom.submitted()
    headers = {"Authorization": f"Bearer {newsroom.token('reviewer3')}"}
    path = f"/api/v1/articles/{article_id}/reviews"
    verdict = {"decision": "approve", "checksum": newsroom.article(article_id).review_checksum}
    client = app.test_client()
    assert client.post(path, json=verdict, headers=headers).status_code == 403
    answer = client.post(path, json={**verdict, "deputy_reason": WHY}, headers=headers)
    assert answer.status_code == 201
    told = {key: answer.get_json()[key] for key in ("is_deputy", "deputy_for", "deputy_reason")}
    assert told == {
        "is_deputy": True,
        "deputy_for": "allstages姓名、reviewer1姓名",
        "deputy_reason": WHY,
    }
