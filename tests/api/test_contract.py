"""The walk of an article through REST, with the names, codes and shapes that outsiders rely on."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from tests.api.desk import Caller, said
from tests.cast import Newsroom, picture
from webapp.demo.people import BULLETIN

As = Callable[[str], Caller]


def upload(caller: Caller, **fields: str) -> dict:
    form = {"file": (io.BytesIO(picture()), "封面.jpg"), **fields}
    return caller.post("/media", data=form).get_json()


def new_article(caller: Caller, **fields: object) -> dict:
    given = {"column": "advice", "title": "一条建议", "body_html": "<p>正文。</p>", **fields}
    answer = caller.post("/articles", json=given)
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def ready(caller: Caller) -> dict:
    cover = upload(caller, credit="摄影 张三", alt="封面")
    return new_article(caller, cover_id=cover["id"], digest="摘要")


def approve_all(as_: As, article_id: int) -> str:
    checksum = as_("auditor").get(f"/articles/{article_id}/wechat").get_json()["checksum"]
    for stage in (1, 2, 3):
        answer = as_(f"reviewer{stage}").post(
            f"/articles/{article_id}/reviews", json={"decision": "approve", "checksum": checksum}
        )
        assert answer.status_code == 201, answer.get_json()
    return checksum


def test_columns_tell_their_counts(as_: As):
    answer = as_("editor").get("/columns").get_json()
    assert [(c["slug"], c["name"], c["kind"], c["published_count"]) for c in answer["items"]] == [
        ("frontline", "同心同行 抗疫有我", "story", 0),
        ("advice", "我为抗疫建箴言", "advice", 0),
        ("calligraphy", "抗疫文苑", "artwork", 0),
    ]
    assert answer["next_cursor"] is None


def test_a_new_article_is_a_draft_with_its_revision_as_etag(as_: As):
    answer = as_("editor").post(
        "/articles",
        json={"column": "advice", "title": "一条建议", "body_markdown": "正文**“重点”**后。"},
    )
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    article = answer.get_json()
    assert (article["status"], article["revision"]) == ("draft", 1)
    assert "<strong>" in article["body_html"]


def test_the_scraped_bulletin_comes_in_clean_with_every_change_listed(as_: As):
    raw = BULLETIN.read_text("utf-8")
    article = new_article(
        as_("editor"),
        column="frontline",
        title="",
        body_markdown=None,
        body_html=None,
        body_text=raw,
    )
    cleanups = article["cleanups"]
    assert sum(c["kind"] == "pinyin" for c in cleanups) == 174
    assert {"kind", "before", "after"} <= set(cleanups[0])
    assert article["title"] == "同心抗疫 共克时艰"
    text = article["body_text"]
    assert "陕西九三学社战“疫”进行时" in text
    assert not {"陜", "時", "(", ")", ","} & set(text)
    assert "密碼" not in text
    assert "密码" not in text


def test_an_image_of_the_body_names_an_asset_by_its_url(as_: As):
    caller = as_("editor")
    asset = upload(caller)
    article = new_article(caller, body_html=f'<p>看图</p><img src="{asset["url"]}" alt="一张图">')
    figure = article["body"]["content"][1]
    assert (figure["type"], figure["attrs"]["asset"]) == ("figure", asset["id"])


def test_the_same_bytes_are_the_same_asset(as_: As):
    caller = as_("editor")
    first = caller.post("/media", data={"file": (io.BytesIO(picture()), "a.jpg"), "credit": "张三"})
    second = caller.post("/media", data={"file": (io.BytesIO(picture()), "b.jpg")})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["id"] == second.get_json()["id"]
    assert second.get_json()["credit"] == "张三"
    assert {"id", "url", "checksum", "width", "height"} <= set(first.get_json())


def test_an_edit_needs_to_say_what_was_read(as_: As):
    caller = as_("editor")
    article = new_article(caller)
    path = f"/articles/{article['id']}"
    assert said(caller.patch(path, json={"title": "改"}))["status"] == 428
    changed = caller.patch(path, json={"title": "改"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    stale = said(caller.patch(path, json={"title": "又改"}, headers={"If-Match": '"1"'}))
    assert (stale["status"], stale["code"]) == (412, "stale_revision")
    assert caller.get(path).get_json()["title"] == "改"


def test_the_wechat_form_is_what_approval_binds_to(as_: As):
    caller = as_("editor")
    article = ready(caller)
    wechat = caller.get(f"/articles/{article['id']}/wechat").get_json()
    assert wechat["checksum"] == article["checksum"]
    assert wechat["characters"] == len(wechat["html"])
    assert "正文。" in wechat["html"]


def test_submit_with_an_open_must_answers_the_findings(as_: As):
    caller = as_("editor")
    article = new_article(caller)
    problem = said(caller.post(f"/articles/{article['id']}/submit"))
    assert problem["status"] == 422
    assert any(f["severity"] == "must" for f in problem["findings"])
    checks = caller.get(f"/articles/{article['id']}/checks").get_json()
    assert {"code", "severity", "message"} <= set(checks[0])
    assert caller.get(f"/articles/{article['id']}").get_json()["status"] == "draft"


def test_review_stage_by_stage_until_approved(as_: As):
    article = ready(as_("editor"))
    submitted = as_("editor").post(f"/articles/{article['id']}/submit").get_json()
    assert (submitted["status"], submitted["stage"]) == ("in_review", 1)
    approve_all(as_, article["id"])
    assert as_("editor").get(f"/articles/{article['id']}").get_json()["status"] == "approved"
    reviews = as_("editor").get(f"/articles/{article['id']}/reviews").get_json()["items"]
    assert [(r["stage"], r["reviewer"], r["decision"]) for r in reviews] == [
        (1, "reviewer1", "approve"), (2, "reviewer2", "approve"), (3, "reviewer3", "approve"),
    ]  # fmt: skip
    assert all(r["checksum"] and r["time"] for r in reviews)


def test_a_verdict_on_another_checksum_is_409_and_another_s_stage_403(as_: As):
    article = ready(as_("editor"))
    as_("editor").post(f"/articles/{article['id']}/submit")
    path = f"/articles/{article['id']}/reviews"
    wrong = said(as_("reviewer1").post(path, json={"decision": "approve", "checksum": "0" * 64}))
    assert (wrong["status"], wrong["code"]) == (409, "checksum_mismatch")
    checksum = article["checksum"]
    assert (
        said(as_("reviewer2").post(path, json={"decision": "approve", "checksum": checksum}))[
            "status"
        ]
        == 403
    )
    as_("allstages").post(path, json={"decision": "approve", "checksum": checksum})
    again = said(as_("allstages").post(path, json={"decision": "approve", "checksum": checksum}))
    assert (again["status"], again["code"]) == (403, "review.second_stage")
    assert (
        said(as_("editor").post(path, json={"decision": "approve", "checksum": checksum}))["status"]
        == 403
    )


def test_an_edit_after_approval_takes_it_back(as_: As):
    article = ready(as_("editor"))
    as_("editor").post(f"/articles/{article['id']}/submit")
    approve_all(as_, article["id"])
    changed = as_("editor").patch(
        f"/articles/{article['id']}", json={"title": "改了"}, headers={"If-Match": '"1"'}
    )
    assert changed.get_json()["status"] == "draft"
    refused = said(
        as_("publisher").post("/editions", json={"delivery": "manual", "articles": [article["id"]]})
    )
    assert refused["status"] == 422


def test_an_edition_takes_only_approved_articles_and_each_once(as_: As, newsroom: Newsroom):
    draft_id, approved_id = newsroom.draft(), newsroom.approved()
    refused = said(
        as_("publisher").post(
            "/editions", json={"delivery": "manual", "articles": [draft_id, approved_id]}
        )
    )
    assert refused["status"] == 422
    assert refused["errors"][0]["field"] == "articles.0"
    made = as_("publisher").post(
        "/editions", json={"delivery": "manual", "articles": [approved_id]}
    )
    assert made.status_code == 201
    assert made.get_json()["status"] == "planned"
    twice = said(
        as_("publisher").post("/editions", json={"delivery": "manual", "articles": [approved_id]})
    )
    assert "不会再发一次" in twice["title"]


def test_pushing_twice_pushes_once(as_: As, newsroom: Newsroom):
    edition_id = newsroom.edition(newsroom.approved())
    first = as_("publisher").post(f"/editions/{edition_id}/push")
    second = as_("publisher").post(f"/editions/{edition_id}/push")
    assert (first.status_code, second.status_code) == (202, 202)
    assert second.get_json()["status"] == "queued"


def test_a_planned_edition_is_put_at_another_time_and_at_none(as_: As, newsroom: Newsroom):
    edition_id = newsroom.edition(newsroom.approved())
    path, publisher = f"/editions/{edition_id}/schedule", as_("publisher")
    done = publisher.post(path, json={"scheduled_at": "2026-11-26T18:30"})
    assert (done.status_code, done.get_json()["scheduled_at"]) == (200, "2026-11-26T10:30:00+00:00")
    assert (
        said(publisher.post(path, json={"scheduled_at": None, "seen": None}))["code"]
        == "edition.moved"
    )
    for wrong in (
        {},
        {"scheduled_at": ""},
        {"scheduled_at": "2020-01-01T00:00"},
        {"scheduled_at": "明天"},
    ):
        told = said(publisher.post(path, json=wrong))
        assert (told["status"], told["errors"][0]["field"]) == (422, "scheduled_at")
    seen = "2026-11-26T18:30:00+08:00"
    assert (
        publisher.post(path, json={"scheduled_at": None, "seen": seen}).get_json()["scheduled_at"]
        is None
    )
    assert said(as_("editor").post(path, json={"scheduled_at": None}))["status"] == 403
    publisher.post(f"/editions/{edition_id}/withdraw", json={"reason": "不发了"})
    assert said(publisher.post(path, json={"scheduled_at": None}))["code"] == "edition.state"


def test_a_planned_edition_is_withdrawn_with_a_reason(as_: As, newsroom: Newsroom):
    edition_id = newsroom.edition(newsroom.approved())
    assert said(as_("publisher").post(f"/editions/{edition_id}/withdraw", json={}))["status"] == 422
    done = as_("publisher").post(f"/editions/{edition_id}/withdraw", json={"reason": "改日再发"})
    assert (done.status_code, done.get_json()["status"]) == (202, "withdrawn")


def test_counts_come_with_a_sentence(as_: As):
    answer = as_("auditor").get("/reports/counts?by=column&as_of=2026-11-24").get_json()
    assert (answer["total"], answer["sentence"]) == (0, "截至2026年11月24日，共刊发稿件0篇。")
    assert [row["key"] for row in answer["rows"]] == ["frontline", "advice", "calligraphy"]


def test_two_characters_find_a_chinese_text_exactly(as_: As):
    caller = as_("editor")
    new_article(caller, title="守护健康", body_html="<p>社区里的白大褂值守三天。</p>")
    new_article(caller, title="另一篇", body_html="<p>大白褂子。</p>")
    found = caller.get("/articles?q=白大").get_json()["items"]
    assert [a["title"] for a in found] == ["守护健康"]
    assert [a["title"] for a in caller.get("/articles?q=褂").get_json()["items"]] == [
        "另一篇",
        "守护健康",
    ]
    assert caller.get("/articles?q=没有这个").get_json()["items"] == []


def test_lists_page_by_cursor_without_a_gap_or_a_repeat(as_: As):
    caller = as_("editor")
    for number in range(7):
        new_article(caller, title=f"第{number}篇")
    seen, cursor = [], ""
    while True:
        page = caller.get(f"/articles?limit=3&cursor={cursor}").get_json()
        seen += [a["title"] for a in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(f"第{n}篇" for n in range(7))


def test_a_repeated_post_with_its_key_makes_one_article(as_: As):
    caller = as_("editor")
    given = {"column": "advice", "title": "一条建议", "body_text": "正文。"}
    first = caller.post("/articles", json=given, headers={"Idempotency-Key": "k-1"})
    again = caller.post("/articles", json=given, headers={"Idempotency-Key": "k-1"})
    assert first.get_json()["id"] == again.get_json()["id"]
    assert again.headers["ETag"] == '"1"'
    assert len(caller.get("/articles").get_json()["items"]) == 1
    other = said(
        caller.post("/articles", json={**given, "title": "另"}, headers={"Idempotency-Key": "k-1"})
    )
    assert other["status"] == 409


@pytest.mark.parametrize(
    "path", ["/columns", "/articles", "/articles/1", "/editions/1", "/media", "/reports/counts"]
)
def test_without_a_token_nothing_is_told(client, newsroom: Newsroom, path: str):
    assert said(client.get(f"/api/v1{path}"))["status"] == 401


def test_a_token_may_be_limited_to_less_than_its_person(client, newsroom: Newsroom):
    from webapp.users.permissions import Permission

    caller = Caller(client, newsroom.token("editor", scopes=[Permission.ARTICLE_READ]))
    assert caller.get("/articles").status_code == 200
    assert said(caller.post("/articles", json={}))["status"] == 403


def test_a_picture_message_is_asked_for_and_told_as_it_would_be_sent(as_: As):
    caller = as_("editor")
    asset = upload(caller, credit="摄影 张三", alt="雪")
    article = new_article(
        caller,
        column="calligraphy",
        form="newspic",
        body_html=f'<p>雪<b>夜</b>。</p><figure><img src="{asset["url"]}" alt="雪"></figure>',
    )
    assert (article["form"], article["cover_id"]) == ("newspic", asset["id"])
    listed = [caller.get(f"/articles?form={f}").get_json()["items"] for f in ("newspic", "news")]
    assert [[a["id"] for a in items] for items in listed] == [[article["id"]], []]
    address = f"/articles/{article['id']}"
    told = caller.get(f"{address}/wechat").get_json()
    assert (told["form"], told["html"], told["pictures"]) == ("newspic", "", [asset["id"]])
    assert told["text"] == "雪夜。\n\n1. 图：摄影 张三"
    assert told["characters"] == len(told["text"])
    codes = [f["code"] for f in caller.get(f"{address}/checks").get_json()]
    assert codes == ["newspic.style", "picture.artwork_unregistered"]
    changed = caller.patch(address, json={"form": "news"}, headers={"If-Match": '"1"'})
    assert (changed.get_json()["form"], changed.get_json()["cover_id"]) == ("news", None)
    assert caller.get(f"{address}/wechat").get_json()["text"] == ""
    wrong = caller.patch(address, json={"form": "video"}, headers={"If-Match": '"2"'})
    assert wrong.status_code == 422
    assert wrong.get_json()["errors"][0]["field"] == "form"


def test_what_a_body_cannot_hold_is_told_whichever_way_it_came(as_: As):
    caller, frame = as_("editor"), '<iframe src="https://v.qq.com/x"></iframe>'
    for body in (
        {"body_html": f"<p>正文。</p>{frame}"},
        {"body_html": None, "body_markdown": f"正文。\n\n{frame}"},
    ):
        article = new_article(caller, **body)
        assert [(c["kind"], c["before"]) for c in article["cleanups"]] == [
            ("loss.embed", "https://v.qq.com/x")
        ]
    changed = caller.patch(
        f"/articles/{article['id']}",
        json={"body_html": f"<p>改了。</p>{frame}"},
        headers={"If-Match": '"1"'},
    )
    assert [c["kind"] for c in changed.get_json()["cleanups"]] == ["loss.embed"]
