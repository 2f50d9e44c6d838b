from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask

from tests.cast import Newsroom, body_of
from tests.clock import FakeClock
from tests.databases import on_sqlite
from tests.queries import counted
from tests.visitor import Visitor, signed_in
from webapp.articles.models import Article
from webapp.articles.queries import get_article
from webapp.articles.service import revise
from webapp.columns.workflow import silence_level
from webapp.editions.workflow import Delivery
from webapp.publishing.models import Posting
from webapp.review.workflow import Decision


@pytest.fixture
def editor(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "editor")


def text_of(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def publish(newsroom: Newsroom, article_id: int, at: datetime) -> None:
    """As a push leaves it behind; the push itself is the publishing room's test."""
    edition_id = newsroom.edition(article_id, delivery=Delivery.MANUAL)
    with newsroom.step() as session:
        article = session.get_one(Article, article_id)
        article.status, article.published_at, article.updated_at = "published", at, at
        session.add(
            Posting(
                article_id=article_id,
                edition_id=edition_id,
                column_id=article.column_id,
                channel="wechat",
                author=article.author,
                unit="",
                published_at=at,
            )
        )


# 今日


def test_a_reviewer_sees_what_waits_for_their_stage_with_the_days(
    app: Flask, newsroom: Newsroom, clock: FakeClock
):
    first = newsroom.submitted(content=newsroom.content(title="等初审的稿"))
    second = newsroom.submitted(content=newsroom.content(title="等复审的稿"))
    newsroom.decide(second, "reviewer1")
    clock.advance(days=3)
    one = text_of(signed_in(app, "reviewer1"), "/")
    assert "等初审的稿" in one
    assert "等复审的稿" not in one
    assert "等 3 天" in one
    assert f'href="/articles/{first}/review"' in one
    assert "等复审的稿" in text_of(signed_in(app, "reviewer2"), "/")


def test_what_a_person_may_not_decide_does_not_wait_for_them(app: Flask, newsroom: Newsroom):
    article_id = newsroom.submitted(content=newsroom.content(title="两审之间"))
    visitor = signed_in(app, "allstages")
    assert "两审之间" in text_of(visitor, "/")
    newsroom.decide(article_id, "allstages")
    assert "两审之间" not in text_of(visitor, "/")


def test_a_returned_article_stands_before_its_author_with_the_reason(
    editor: Visitor, newsroom: Newsroom
):
    article_id = newsroom.submitted()
    newsroom.decide(article_id, "reviewer1", Decision.RETURN, "数字请再核对。")
    page = text_of(editor, "/")
    assert "退回给我的" in page
    assert "数字请再核对。" in page
    own = text_of(editor, f"/articles/{article_id}")
    assert own.index("数字请再核对。") < own.index("稿件信息")


def test_the_publisher_sees_what_is_approved_and_in_no_edition(app: Flask, newsroom: Newsroom):
    newsroom.approved(content=newsroom.content(title="等着推送"))
    taken = newsroom.approved(content=newsroom.content(title="已经排好"))
    newsroom.edition(taken, delivery=Delivery.MANUAL)
    page = text_of(signed_in(app, "publisher"), "/")
    ready = page[page.index("可以推送") : page.index("今天发出")]
    assert "等着推送" in ready
    assert "已经排好" not in ready


def test_the_sentence_and_the_columns_tell_what_is_out(
    editor: Visitor, newsroom: Newsroom, clock: FakeClock
):
    for title in ("头一篇", "第二篇"):
        publish(newsroom, newsroom.approved(content=newsroom.content(title=title)), clock())
    clock.advance(days=8)
    page = text_of(editor, "/")
    assert "截至2026年12月2日，共刊发稿件2篇，其中“同心同行 抗疫有我”2篇。" in page
    assert "2 篇 / 40" in re.sub(r"<[^>]+>", "", page)
    assert "已断更 8 天" in page
    assert "还没有刊发" in page


def test_what_comes_out_today_is_told_with_its_time(
    editor: Visitor, newsroom: Newsroom, clock: FakeClock
):
    publish(newsroom, newsroom.approved(content=newsroom.content(title="今天的一篇")), clock())
    page = text_of(editor, "/")
    out = page[page.index("今天发出") :]
    assert "今天的一篇" in out
    assert "10:00" in out


def test_the_auditor_sees_where_everything_stands_and_no_button(app: Flask, newsroom: Newsroom):
    article_id = newsroom.submitted()
    visitor = signed_in(app, "auditor")
    assert "审核中" in text_of(visitor, "/")
    page = text_of(visitor, f"/articles/{article_id}")
    for word in ("送审</button>", "修改</a>", "收回</button>", "去审核", "编入推送", "写新稿件"):
        assert word not in page


@pytest.mark.parametrize(
    ("days", "level"),
    [
        (None, ""),
        (0, ""),
        (6, ""),
        (7, "quiet"),
        (9, "quiet"),
        (10, "late"),
        (13, "late"),
        (14, "alarm"),
    ],
)
def test_silence_has_three_levels(days: int | None, level: str):
    assert silence_level(days) == level


# 稿件


def test_the_list_is_filtered_by_words_that_one_can_send_on(editor: Visitor, newsroom: Newsroom):
    newsroom.draft(newsroom.content(title="我的草稿"))
    newsroom.draft(newsroom.content(title="别人的草稿"), by="editor2")
    newsroom.draft(newsroom.content(title="一条建议"), column="advice")
    newsroom.submitted(content=newsroom.content(title="在审的稿"))
    mine = text_of(editor, "/articles?who=me&status=draft&column=frontline")
    assert "我的草稿" in mine
    for other in ("别人的草稿", "一条建议", "在审的稿"):
        assert other not in mine


def test_the_list_is_narrowed_to_one_form_and_follows_what_is_saved(
    editor: Visitor, newsroom: Newsroom
):
    newsroom.draft(newsroom.content(title="一篇图文"))
    changing = newsroom.draft(newsroom.content(title="一组图片", form="newspic", pictures=1))
    pictures = text_of(editor, "/articles?form=newspic")
    assert "一组图片" in pictures
    assert "一篇图文" not in pictures
    by, text_only = newsroom.actor("editor"), newsroom.content(title="改回图文")
    with newsroom.step() as session:
        article = get_article(session, changing)
        revise(session, article, text_only, base_revision=1, actor=by, now=newsroom.clock())
    assert "这样筛没有稿件" in text_of(editor, "/articles?form=newspic")
    assert "改回图文" in text_of(editor, "/articles?form=news&column=frontline")


def test_hits_are_marked_in_the_title_and_in_a_snippet(editor: Visitor, newsroom: Newsroom):
    newsroom.draft(newsroom.content(title="白衣执甲", text="他们在走廊的尽头，守了一夜。"))
    page = editor.get("/articles?q=走廊").text
    assert "<mark>走廊</mark>" in page
    assert "，守了一夜。" in page  # as written, not as normalised for the index
    assert "<mark>白衣</mark>执甲" in editor.get("/articles?q=白衣").text


def test_what_is_searched_for_is_shown_as_text(editor: Visitor, newsroom: Newsroom):
    page = editor.get("/articles", query_string={"q": "<script>alert(1)</script>"}).text
    assert "<script>alert(1)" not in page
    assert "没有找到" in page


def test_the_list_is_paged_without_a_gap(editor: Visitor, newsroom: Newsroom, clock: FakeClock):
    for n in range(53):
        clock.advance(minutes=1)
        newsroom.draft(newsroom.content(title=f"稿件{n:02d}号"))
    first = text_of(editor, "/articles")
    onward = re.search(r'href="(/articles\?cursor=[^"]+)" rel="next"', first)
    assert onward
    second = text_of(editor, onward.group(1))
    found = [*re.findall(r"稿件(\d\d)号</a>", first), *re.findall(r"稿件(\d\d)号</a>", second)]
    assert found == [f"{n:02d}" for n in reversed(range(53))]


@pytest.mark.parametrize(
    ("path", "lesson"),
    [
        ("/articles", "写第一篇"),
        ("/articles?q=无此文", "换个说法"),
        ("/articles?status=published", "放宽一个条件"),
    ],
)
def test_an_empty_list_teaches_the_next_step(path: str, lesson: str, editor: Visitor):
    assert lesson in text_of(editor, path)


# 一篇稿件


def test_the_buttons_are_those_of_the_state_and_the_person(app: Flask, newsroom: Newsroom):
    draft, submitted, approved = newsroom.draft(), newsroom.submitted(), newsroom.approved()
    visitors = {name: signed_in(app, name) for name in ("editor", "reviewer1", "publisher")}
    expected = {
        (draft, "editor"): {"送审", "急件送审", "修改"},
        (submitted, "editor"): {"修改", "收回"},
        (submitted, "reviewer1"): {"去审核"},
        (approved, "editor"): {"修改"},
        (approved, "publisher"): {"编入推送"},
        (draft, "publisher"): set(),
    }
    for (article_id, name), words in expected.items():
        page = text_of(visitors[name], f"/articles/{article_id}")
        acts = re.search(r'article-acts">(.*?)</header>', page, re.S)
        found = set(re.findall(r">([一-龥]+)</(?:a|button)>", acts.group(1) if acts else ""))
        assert found == words, (name, article_id)


def test_the_seals_tell_who_approved_and_what_an_edit_voided(editor: Visitor, newsroom: Newsroom):
    article_id = newsroom.approved()
    page = text_of(editor, f"/articles/{article_id}")
    assert page.count("seal-large seal-pressed") == 3
    assert "初审：reviewer1姓名 11月24日 通过" in page
    sent = {"base_revision": 1, **newsroom.content(title="改了一字").to_json()}
    editor.post(f"/articles/{article_id}/save", json=sent)
    assert text_of(editor, f"/articles/{article_id}").count("seal-large seal-broken") == 3


def test_the_timeline_tells_every_step_in_words(editor: Visitor, newsroom: Newsroom):
    article_id = newsroom.submitted()
    newsroom.decide(article_id, "reviewer1", Decision.RETURN, "再核一遍。")
    page = re.sub(r"<[^>]+>", "", text_of(editor, f"/articles/{article_id}"))
    for step in ("editor姓名 建稿", "editor姓名 送审（第 1 轮）", "reviewer1姓名 初审退回"):
        assert step in page


def test_history_marks_what_was_added_and_removed(editor: Visitor, newsroom: Newsroom):
    article_id = newsroom.draft()
    body = body_of("第一段，写的是一线的人和事。", "添的一段。").to_json()
    sent = {"base_revision": 1, **newsroom.content().to_json(), "body": body}
    editor.post(f"/articles/{article_id}/save", json=sent)
    page = text_of(editor, f"/articles/{article_id}/history")
    assert "<ins>人和</ins>" in page
    assert "<ins>添的一段。</ins>" in page
    assert "新增 1 段" in page


def test_an_unknown_article_is_a_page_with_a_way_back(editor: Visitor):
    answer = editor.get("/articles/999")
    assert answer.status_code == 404
    assert "没有这篇稿件" in answer.text
    assert "回到今日" in answer.text


# What a page costs


@on_sqlite
def test_a_page_takes_as_many_statements_for_fifty_articles_as_for_five(
    app: Flask, newsroom: Newsroom
):
    visitors = [signed_in(app, name) for name in ("editor", "allstages", "publisher", "auditor")]

    def statements() -> dict[tuple[int, str], list[str]]:
        seen = {}
        for number, visitor in enumerate(visitors):
            for path in ("/", "/articles", "/articles?q=一线", "/articles?who=waiting"):
                with counted(newsroom.context.db) as found:
                    assert visitor.get(path).status_code in (200, 403)
                seen[number, path] = sorted(found)
        return seen

    def fill(count: int) -> None:
        for _ in range(count):
            newsroom.draft()
            newsroom.submitted()
        newsroom.decide(newsroom.submitted(), "reviewer1", Decision.RETURN, "再改。")
        newsroom.approved()

    fill(2)
    few = statements()
    fill(22)
    many = statements()
    assert {k: len(v) for k, v in many.items()} == {k: len(v) for k, v in few.items()}


def test_an_articles_page_takes_as_many_statements_after_thirty_revisions(
    editor: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()

    def save(n: int) -> None:
        content = newsroom.content(title=f"第 {n} 版").to_json()
        assert editor.post(f"/articles/{article_id}/save", json={"base_revision": n, **content}).status_code == 200  # fmt: skip

    def statements() -> dict[str, int]:
        seen = {}
        for path in ("", "/history", "/cleanups", "/edit"):
            with counted(newsroom.context.db) as found:
                assert editor.get(f"/articles/{article_id}{path}").status_code == 200
            seen[path] = len(found)
        return seen

    save(1)
    few = statements()
    for n in range(2, 30):
        save(n)
    assert statements() == few


@on_sqlite
def test_a_page_is_small(editor: Visitor, newsroom: Newsroom):
    for _ in range(50):
        newsroom.draft()
    for path in ("/", "/articles", "/articles/new", "/me"):
        assert len(editor.get(path).data) < 100_000, path


def test_days_are_counted_by_midnights_of_the_institution(
    app: Flask, newsroom: Newsroom, clock: FakeClock
):
    clock.moment = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
    newsroom.submitted()
    clock.advance(hours=2)
    assert "等 1 天" in text_of(signed_in(app, "reviewer1"), "/")
