from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import SYSTEM, Newsroom
from tests.clock import FakeClock
from tests.visitor import Visitor, signed_in
from webapp.articles.queries import get_article
from webapp.articles.service import revise
from webapp.kernel.audit import AuditEntry
from webapp.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.review.countersigning import countersign
from webapp.review.links import decide_by_link, list_links, make_link, parse_signer, revoke_link
from webapp.review.mandates import name_leader
from webapp.review.models import ReviewLink
from webapp.review.owed import list_objections, owed_of
from webapp.review.queries import list_reviews
from webapp.review.urgent import submit_urgent
from webapp.review.workflow import Decision
from webapp.users.permissions import Role
from webapp.users.service import get_user, grant

PHONE = "139 0000 0001"


def link(room: Newsroom, article_id: int, *, by: str = "publisher", name: str = "王主委",
         phone: str = PHONE, hours: int = 48, stage: int | None = None) -> str:  # fmt: skip
    actor, signer = room.actor(by), parse_signer(name, "主任委员", phone)
    with room.step() as session:
        article = get_article(session, article_id)
        _link, token = make_link(session, article, signer, stage=stage, box=room.context.box,
                                 lasts=timedelta(hours=hours), actor=actor, now=room.clock())  # fmt: skip
        return token


def sign(
    room: Newsroom, token: str, decision: Decision = Decision.APPROVE, comment: str = ""
) -> None:
    with room.step() as session:
        decide_by_link(session, token, decision, comment=comment, now=room.clock())


def edit(room: Newsroom, article_id: int) -> None:
    actor, changed = room.actor("editor"), room.content("改过的标题")
    with room.step() as session:
        article = get_article(session, article_id)
        revise(
            session, article, changed, base_revision=article.revision, actor=actor, now=room.clock()
        )


def test_a_leader_approves_by_link_and_the_rest_goes_on_as_ever(newsroom: Newsroom):
    article_id = newsroom.submitted()
    newsroom.decide(article_id, "reviewer1")
    newsroom.decide(article_id, "reviewer2")
    sign(newsroom, link(newsroom, article_id), comment="同意。")
    article = newsroom.article(article_id)
    assert article.status == "approved"
    with newsroom.step() as session:
        last = list_reviews(session, article_id)[-1]
        [kept] = list_links(session, article_id)
        assert (last.signer, last.signer_title, last.checksum) == (
            "王主委",
            "主任委员",
            article.review_checksum,
        )
        assert (kept.phone_tail, "139" in kept.phone_key) == ("0001", "139" in kept.phone_key)
        assert PHONE.replace(" ", "") not in str(vars(kept))
        said = session.query(AuditEntry).filter_by(action="article.approve").one()
        assert (said.actor, said.details["signer"]) == (f"link:{kept.id}", "王主委")


def test_a_return_by_link_wants_its_reason_and_makes_a_draft(newsroom: Newsroom):
    article_id = newsroom.submitted()
    token = link(newsroom, article_id)
    with pytest.raises(Invalid, match="理由"):
        sign(newsroom, token, Decision.RETURN)
    sign(newsroom, token, Decision.RETURN, "标题太长。")
    article = newsroom.article(article_id)
    assert (article.status, article.return_reason) == ("draft", "标题太长。")


@pytest.mark.parametrize(
    "end", ["used", "revoked", "expired", "edited", "decided otherwise", "returned"]
)
def test_a_link_is_good_once_for_this_text_and_this_stage_in_its_time(
    end: str, newsroom: Newsroom, clock: FakeClock
):
    article_id = newsroom.submitted()
    token = link(newsroom, article_id)
    if end == "used":
        sign(newsroom, token)
    elif end == "revoked":
        actor = newsroom.actor("editor")
        with newsroom.step() as session:
            [made] = list_links(session, article_id)
            revoke_link(
                session, get_article(session, article_id), made.id, actor=actor, now=clock()
            )
    elif end == "expired":
        clock.advance(hours=48)
    elif end == "edited":
        edit(newsroom, article_id)
    else:
        decision = Decision.APPROVE if end == "decided otherwise" else Decision.RETURN
        newsroom.decide(article_id, "reviewer1", decision, "请改")
    stage = newsroom.article(article_id).stage
    with pytest.raises(Conflict):
        sign(newsroom, token)
    assert newsroom.article(article_id).stage == stage


def test_a_token_that_was_never_made_opens_nothing(newsroom: Newsroom):
    with pytest.raises(NotFound):
        sign(newsroom, "f" * 43)


def test_one_stage_at_most_is_decided_by_link_even_if_two_links_were_made(newsroom: Newsroom):
    article_id = newsroom.submitted()
    sign(newsroom, link(newsroom, article_id))
    with pytest.raises(Forbidden, match="已有一个审次由链接签批"):
        link(newsroom, article_id, name="李秘书长", phone="13900000002")


def test_whoever_made_the_link_decides_no_other_stage_and_whoever_decided_makes_none(
    newsroom: Newsroom,
):
    with newsroom.step() as session:
        for name in ("reviewer2", "reviewer1"):
            user = get_user(session, name)
            grant(session, user, Role.PUBLISHER, actor=SYSTEM, now=newsroom.clock())
    article_id = newsroom.submitted()
    sign(newsroom, link(newsroom, article_id, by="reviewer2"))
    with pytest.raises(Forbidden, match="一个人只能审其中一个审次"):
        newsroom.decide(article_id, "reviewer2")
    other = newsroom.submitted()
    newsroom.decide(other, "reviewer1")
    with pytest.raises(Forbidden, match="不能再为它制作"):
        link(newsroom, other, by="reviewer1")


@pytest.mark.parametrize(
    ("name", "phone", "why"),
    [("editor姓名", PHONE, "写过或改过"), ("ＥＤＩＴＯＲ 姓名", PHONE, "写过或改过"),
     ("reviewer1姓名", PHONE, "另一个审次"), ("publisher姓名", PHONE, "为自己")],
)  # fmt: skip
def test_the_separation_of_duties_holds_for_the_named_person(
    name: str, phone: str, why: str, newsroom: Newsroom
):
    article_id = newsroom.submitted()
    newsroom.decide(article_id, "reviewer1")
    with pytest.raises(Forbidden, match=why):
        link(newsroom, article_id, name=name, phone=phone)


def test_who_signed_with_a_link_decides_no_other_stage_with_an_account_or_a_second_number(
    newsroom: Newsroom,
):
    article_id = newsroom.submitted()
    sign(newsroom, link(newsroom, article_id, name="reviewer2姓名"))
    with pytest.raises(Forbidden, match="一个人只能审其中一个审次"):
        newsroom.decide(article_id, "reviewer2")


def test_the_writer_may_make_one_and_the_trail_says_so_but_not_where_it_is_the_only_stage(
    newsroom: Newsroom,
):
    article_id = newsroom.submitted()
    link(newsroom, article_id, by="editor")
    with newsroom.step() as session:
        made = session.query(AuditEntry).filter_by(action="link.make").one()
        assert made.details["maker_wrote"] is True
        newsroom.column(session).stages = 1
    with pytest.raises(Forbidden, match="只有一审"):
        link(newsroom, newsroom.submitted(), by="editor")
    with pytest.raises(Forbidden):
        link(newsroom, newsroom.submitted(), by="auditor")


# What is urgent


def urgent(room: Newsroom) -> int:
    """Before its leader, who has an account; another has none."""
    article_id, editor, admin = room.draft(), room.actor("editor"), room.actor("admin")
    with room.step() as session:
        article = get_article(session, article_id)
        name_leader(session, article.column, get_user(session, "allstages"), actor=admin, now=room.clock())  # fmt: skip
        submit_urgent(session, article, "明天就是动员会", actor=editor, now=room.clock())
    return article_id


def approved_urgent(room: Newsroom) -> int:
    article_id = urgent(room)
    room.decide(article_id, "allstages")
    return article_id


def test_a_leader_without_an_account_decides_what_is_urgent_and_the_rest_is_owed(
    newsroom: Newsroom,
):
    article_id = urgent(newsroom)
    sign(newsroom, link(newsroom, article_id, by="admin"))
    assert newsroom.article(article_id).status == "approved"
    with newsroom.step() as session:
        [review] = list_reviews(session, article_id)
        assert (review.way, review.stage, review.signer) == ("urgent", 3, "王主委")
        assert [row.stage for row in owed_of(session, get_article(session, article_id))] == [1, 2]
    with pytest.raises(Forbidden, match="已有一个审次由链接签批"):
        link(newsroom, article_id, name="李秘书长", phone="13900000002", stage=1)


def test_the_link_of_an_urgent_article_is_made_by_an_administrator_who_did_not_write_on_it(
    newsroom: Newsroom,
):
    article_id = urgent(newsroom)
    for name in ("editor", "editor2", "publisher"):
        with pytest.raises(Forbidden, match="管理员"):
            link(newsroom, article_id, by=name)
    with newsroom.step() as session:
        user = get_user(session, "editor")
        grant(session, user, Role.ADMINISTRATOR, actor=SYSTEM, now=newsroom.clock())
    with pytest.raises(Forbidden, match="写过这篇稿件"):
        link(newsroom, article_id, by="editor")


def test_a_stage_is_countersigned_by_link_or_objected_to_and_not_sent_back(newsroom: Newsroom):
    article_id = approved_urgent(newsroom)
    token = link(newsroom, article_id, stage=2)
    with pytest.raises(Invalid, match="没有记下"):
        sign(newsroom, token, Decision.RETURN, "请改")
    with pytest.raises(Invalid, match="理由"):
        sign(newsroom, token, Decision.OBJECT)
    sign(newsroom, token, Decision.OBJECT, "第二段的数字没有来源。")
    with newsroom.step() as session:
        [row] = list_objections(session)
        assert (row.stage, row.comment) == (2, "第二段的数字没有来源。")
        said = session.query(AuditEntry).filter_by(action="article.object").one()
        assert said.details["signer"] == "王主委"
    assert newsroom.article(article_id).status == "approved"
    with pytest.raises(Conflict):
        sign(newsroom, token)


def test_the_leader_s_name_countersigns_nothing_and_a_link_ends_with_its_text_and_its_stage(
    newsroom: Newsroom,
):
    article_id = approved_urgent(newsroom)
    with pytest.raises(Forbidden, match="另一个审次"):
        link(newsroom, article_id, name="allstages姓名", stage=1)
    with pytest.raises(Conflict, match="没有要定的"):
        link(newsroom, article_id, stage=3)
    signed, edited = link(newsroom, article_id, stage=1), link(newsroom, article_id, stage=2)
    actor = newsroom.actor("reviewer1")
    with newsroom.step() as session:
        article = get_article(session, article_id)
        countersign(session, article, Decision.APPROVE, checksum=article.review_checksum or "",
                    comment="", actor=actor, now=newsroom.clock())  # fmt: skip
    with pytest.raises(Conflict, match="已由别人定了"):
        sign(newsroom, signed)
    edit(newsroom, article_id)
    with pytest.raises(Conflict, match="不是现在这一版"):
        sign(newsroom, edited)


# The pages


def made_by_page(visitor: Visitor, article_id: int, **changes: str) -> TestResponse:
    form = {"name": "王主委", "title": "主任委员", "phone": PHONE, **changes}
    return visitor.post(f"/articles/{article_id}/links", data=form)


def test_the_page_makes_a_link_shows_it_once_and_takes_it_back(app: Flask, newsroom: Newsroom):
    visitor, article_id = signed_in(app, "editor"), newsroom.submitted()
    answer = made_by_page(visitor, article_id)
    [path] = re.findall(r'id="address">http://localhost(/sign/[\w-]{43})<', answer.text)
    page = visitor.get(f"/articles/{article_id}/links").text
    assert "王主委" in page
    assert path not in page
    assert made_by_page(visitor, article_id, phone="12345").status_code == 422
    assert made_by_page(signed_in(app, "auditor"), article_id).status_code == 403
    with newsroom.step() as session:
        made = session.query(ReviewLink).one().id
    assert visitor.post(f"/articles/{article_id}/links/{made}/revoke").status_code == 303
    gone = app.test_client().get(path)
    assert (gone.status_code, "已被收回" in gone.text) == (410, True)


def test_a_link_opens_the_text_without_a_session_and_looking_decides_nothing(
    app: Flask, newsroom: Newsroom
):
    article_id = newsroom.submitted(content=newsroom.content(pictures=1))
    path, client = f"/sign/{link(newsroom, article_id)}", app.test_client()
    for _ in range(2):
        answer = client.get(path)
        assert answer.status_code == 200
    assert "您将盖的章：初审 王主委 2026.11.24" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "no-store"
    inside = client.get(f"{path}/phone").text
    [picture] = set(re.findall(rf'src="({path}/pictures/\w+)"', inside))
    assert (client.get(picture).mimetype or "").startswith("image/")
    other = newsroom.asset("#123456")
    assert client.get(f"{path}/pictures/{other}").status_code == 404
    assert newsroom.article(article_id).stage == 1


def test_deciding_by_the_page_once_shows_the_seal_and_a_second_time_nothing_more(
    app: Flask, newsroom: Newsroom
):
    article_id = newsroom.submitted()
    path, client = f"/sign/{link(newsroom, article_id)}", app.test_client()
    assert client.post(path, data={"decision": "return", "comment": " "}).status_code == 422
    assert client.post(path, data={"decision": "maybe"}).status_code == 422
    assert client.post(path, data={"decision": "approve", "comment": "同意"}).status_code == 303
    page = client.get(path).text
    assert "您的意见已记下：初审通过" in page
    assert "seal-pressed" in page
    assert client.post(path, data={"decision": "approve"}).status_code == 409
    assert newsroom.article(article_id).stage == 2
    assert client.get(f"{path}/phone").status_code == 404
    for told in (
        f"/articles/{article_id}/sheet",
        f"/articles/{article_id}/review",
        f"/articles/{article_id}",
    ):
        page = signed_in(app, "auditor").get(told).text
        assert "王主委" in page, told
        assert "持链接签批" in page, told


def test_a_link_says_plainly_that_the_text_has_changed(app: Flask, newsroom: Newsroom):
    article_id = newsroom.submitted()
    path, client = f"/sign/{link(newsroom, article_id)}", app.test_client()
    edit(newsroom, article_id)
    for answer in (client.get(path), client.post(path, data={"decision": "approve"})):
        assert answer.status_code == 409
        assert "您看到的不是现在这一版" in answer.text


def test_an_urgent_article_is_decided_and_countersigned_by_the_linked_page(
    app: Flask, newsroom: Newsroom
):
    article_id, client = urgent(newsroom), app.test_client()
    shown = signed_in(app, "editor").get(f"/articles/{article_id}/links").text
    assert "由管理员制作" in shown
    assert 'name="phone"' not in shown
    answer = made_by_page(signed_in(app, "admin"), article_id, stage="3")
    [path] = re.findall(r'id="address">http://localhost(/sign/[\w-]{43})<', answer.text)
    assert "您通过以后就可以推送" in client.get(path).text
    newsroom.decide(article_id, "allstages")
    assert client.get(path).status_code == 409
    answer = made_by_page(signed_in(app, "editor"), article_id, stage="2")
    [path] = re.findall(r'id="address">http://localhost(/sign/[\w-]{43})<', answer.text)
    page = client.get(path).text
    assert 'value="object"' in page
    assert 'value="return"' not in page
    assert client.post(path, data={"decision": "approve"}).status_code == 303
    assert "您的意见已记下：复审补签" in client.get(path).text
    sheet = signed_in(app, "auditor").get(f"/articles/{article_id}/sheet").text
    assert "补签，主任委员，持链接签批" in sheet


def test_links_are_opened_only_so_often_from_one_address(app: Flask, newsroom: Newsroom):
    client = app.test_client()
    answers = [client.get(f"/sign/{'x' * 43}").status_code for _ in range(31)]
    assert (answers[0], answers[-1]) == (404, 429)


def test_a_program_reads_who_decided_by_link(app: Flask, newsroom: Newsroom):
    article_id = newsroom.submitted()
    sign(newsroom, link(newsroom, article_id))
    headers = {"Authorization": f"Bearer {newsroom.token('auditor')}"}
    answer = app.test_client().get(f"/api/v1/articles/{article_id}/reviews", headers=headers)
    [told] = answer.get_json()["items"]
    assert (told["reviewer"], told["reviewer_name"], told["by_link"]) == ("", "王主委", True)
