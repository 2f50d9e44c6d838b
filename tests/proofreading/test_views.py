from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from flask import Flask

from tests.cast import SYSTEM, Newsroom
from tests.queries import counted
from tests.visitor import Visitor, signed_in
from webapp.articles.queries import get_article
from webapp.articles.service import advance, autosave
from webapp.articles.workflow import Action
from webapp.kernel.web import Context
from webapp.lexicon.service import allow, list_allowed
from webapp.proofreading.models import Sweep, SweepItem
from webapp.proofreading.queries import dispositions_by_fingerprint, list_items
from webapp.proofreading.service import problems_of
from webapp.proofreading.worker import Proofreader
from webapp.proofreading.workflow import ItemState
from webapp.users.permissions import Role
from webapp.users.service import get_user, grant

FAULTY = "截止目前，已有18篇。"
JSON_ANSWER = {"Accept": "application/json"}


@pytest.fixture
def editor(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "editor")


def faulty(newsroom: Newsroom, **fields: Any) -> int:
    return newsroom.draft(newsroom.content(text=FAULTY, **fields))


def mark_of(newsroom: Newsroom, article_id: int, code: str = "style.jiezhi") -> str:
    with newsroom.step() as session:
        found = problems_of(session, get_article(session, article_id), newsroom.clock().date())
        return next(f.fingerprint for f in found if f.code == code)


def reply(
    visitor: Visitor, article_id: int, mark: str, given: str, reason: str = "", **more: str
) -> Any:
    sent = {"answer": given, "reason": reason, **more}
    path = f"/articles/{article_id}/findings/{mark}"
    return visitor.post(path, json=sent, headers={"Accept": "application/json"})


def published(newsroom: Newsroom, count: int = 1) -> list[int]:
    ids = []
    for n in range(count):
        content = newsroom.content(title=f"第 {n} 篇", text=FAULTY)
        ids.append(newsroom.approved(content=content))
        with newsroom.step() as session:
            advance(session, get_article(session, ids[-1]), Action.PUBLISH, actor=SYSTEM,
                    now=newsroom.clock())  # fmt: skip
    return ids


def proofread(context: Context, newsroom: Newsroom) -> None:
    proofreader = Proofreader(context.db, context.settings.zone, newsroom.clock)
    while proofreader.turn():
        pass


def text_of(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


# One finding


def test_an_answer_comes_back_with_who_gave_it_and_is_there_for_the_page(
    editor: Visitor, newsroom: Newsroom
):
    article_id = faulty(newsroom)
    mark = mark_of(newsroom, article_id)
    given = reply(editor, article_id, mark, "ignored", "引文原样")
    assert given.json == {"answer": "ignored", "reason": "引文原样", "by": "editor姓名",
                          "stage": 0, "stage_name": "写作", "at": newsroom.clock().isoformat()}  # fmt: skip
    told: Any = editor.get(f"/articles/{article_id}/findings").json
    assert told["answers"] == {mark: [given.json]}
    assert told["may_answer"]
    assert told["may_allow"]
    assert reply(editor, article_id, mark, "accepted").json["answer"] == "accepted"


def test_ignoring_without_a_reason_says_what_is_missing(editor: Visitor, newsroom: Newsroom):
    article_id = faulty(newsroom)
    refused = reply(editor, article_id, mark_of(newsroom, article_id), "ignored", "  ")
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "reason"


@pytest.mark.parametrize("given", ["ignored", "allow"])
def test_a_must_is_neither_ignored_nor_let_pass(given: str, editor: Visitor, newsroom: Newsroom):
    article_id = faulty(newsroom, cover_id=None)
    mark = mark_of(newsroom, article_id, "limit.cover")
    refused = reply(editor, article_id, mark, given, "不想要封面")
    assert (refused.status_code, refused.json["code"]) == (422, "finding.must")


@pytest.mark.parametrize("sent", [[], {}, {"answer": "maybe"}, {"answer": "ignored", "reason": 3}])
def test_what_is_no_answer_is_refused(sent: Any, editor: Visitor, newsroom: Newsroom):
    article_id = faulty(newsroom)
    path = f"/articles/{article_id}/findings/{mark_of(newsroom, article_id)}"
    assert editor.post(path, json=sent).status_code == 422


def test_a_finding_that_is_no_longer_there_cannot_be_answered(editor: Visitor, newsroom: Newsroom):
    refused = reply(editor, faulty(newsroom), "0" * 16, "accepted")
    assert refused.status_code == 404
    assert "没有这一处了" in refused.json["title"]


def test_what_is_only_in_the_autosave_can_be_answered(editor: Visitor, newsroom: Newsroom):
    article_id = newsroom.draft()
    actor, content = newsroom.actor("editor"), newsroom.content(text=FAULTY)
    mark = mark_of(newsroom, faulty(newsroom))
    assert reply(editor, article_id, mark, "accepted").status_code == 404
    with newsroom.step() as session:
        autosave(session, get_article(session, article_id), content, base_revision=1, actor=actor,
                 now=newsroom.clock())  # fmt: skip
    assert reply(editor, article_id, mark, "accepted").status_code == 200


def test_a_phrase_is_let_pass_with_the_words_around_it_and_taken_back(
    editor: Visitor, newsroom: Newsroom
):
    article_id = faulty(newsroom)
    mark = mark_of(newsroom, article_id)
    wrong = reply(editor, article_id, mark, "allow", "固定用语", phrase="别的词")
    assert wrong.json["errors"][0]["field"] == "phrase"
    assert reply(editor, article_id, mark, "allow").json["errors"][0]["field"] == "reason"
    let = reply(editor, article_id, mark, "allow", "固定用语", phrase="截止目前，已有").json
    assert (let["answer"], let["phrase"]) == ("allow", "截止目前，已有")
    assert reply(editor, article_id, mark, "accepted").status_code == 404
    page = text_of(editor, "/proofreading")
    assert "截止目前，已有" in page
    assert "固定用语" in page
    path = f"/proofreading/allowed/{let['allowed_id']}/take-back"
    assert editor.post(path).status_code == 303
    with newsroom.step() as session:
        assert list_allowed(session) == []
    assert mark_of(newsroom, article_id) == mark


def test_a_phrase_is_taken_back_at_once_for_a_script(editor: Visitor, newsroom: Newsroom):
    with newsroom.step() as session:
        phrase_id = allow(session, "某词", "因为", actor=SYSTEM, now=newsroom.clock()).id
    path = f"/proofreading/allowed/{phrase_id}/take-back"
    assert editor.post(path, headers={"Accept": "application/json"}).json == {"taken_back": phrase_id}  # fmt: skip
    assert editor.post(path, headers={"Accept": "application/json"}).status_code == 404


def test_only_writers_answer_while_writing_and_only_who_may_decide_after(
    app: Flask, newsroom: Newsroom
):
    article_id = faulty(newsroom)
    mark = mark_of(newsroom, article_id)
    for name in ("reviewer1", "publisher", "auditor", "outsider"):
        assert reply(signed_in(app, name), article_id, mark, "accepted").status_code == 403, name
    submitted = newsroom.submitted(content=newsroom.content(text=FAULTY))
    for name in ("editor", "publisher", "admin"):
        assert reply(signed_in(app, name), submitted, mark, "accepted").status_code == 403, name
    first = signed_in(app, "reviewer1")
    assert reply(first, submitted, mark, "accepted").json["stage"] == 1
    assert reply(first, submitted, mark, "allow", "固定用语").status_code == 403


def test_a_reviewer_sees_what_the_writer_answered_and_answers_by_a_form(
    app: Flask, editor: Visitor, newsroom: Newsroom
):
    article_id = faulty(newsroom)
    mark = mark_of(newsroom, article_id)
    reply(editor, article_id, mark, "ignored", "引文原样")
    editor.post(f"/articles/{article_id}/submit")
    reviewer = signed_in(app, "reviewer1")
    page = text_of(reviewer, f"/articles/{article_id}/review")
    for words in ("引文原样", "editor姓名 · 写作", "都有人答复了"):
        assert words in page
    path = f"/articles/{article_id}/findings/{mark}"
    missing = reviewer.post(path, data={"answer": "ignored", "reason": ""})
    assert missing.location == f"/articles/{article_id}/review#finding-{mark}"
    assert "忽略要写明理由" in text_of(reviewer, f"/articles/{article_id}/review")
    assert reviewer.post(path, data={"answer": "accepted"}).status_code == 303
    assert "reviewer1姓名 · 初审" in text_of(reviewer, f"/articles/{article_id}/review")
    with newsroom.step() as session:
        kept = dispositions_by_fingerprint(session, article_id)[mark]
        assert [(d.stage, d.answer) for d in kept] == [(0, "ignored"), (1, "accepted")]


def test_an_answer_is_taken_back_at_its_own_stage_and_the_others_stay(
    app: Flask, editor: Visitor, newsroom: Newsroom
):
    article_id = faulty(newsroom)
    mark = mark_of(newsroom, article_id)
    path = f"/articles/{article_id}/findings/{mark}"
    reply(editor, article_id, mark, "accepted")
    editor.post(f"/articles/{article_id}/submit")
    reviewer = signed_in(app, "reviewer1")
    reply(reviewer, article_id, mark, "ignored", "可以不改")
    assert editor.open("DELETE", path, headers=JSON_ANSWER).status_code == 403
    assert reviewer.post(f"{path}/take-back").status_code == 303
    assert reviewer.open("DELETE", path, headers=JSON_ANSWER).status_code == 404
    with newsroom.step() as session:
        kept = dispositions_by_fingerprint(session, article_id)[mark]
        assert [(d.stage, d.answer) for d in kept] == [(0, "accepted")]


def test_who_may_let_a_phrase_pass_does_so_from_the_review_page(app: Flask, newsroom: Newsroom):
    article_id = newsroom.submitted(content=newsroom.content(text=FAULTY))
    mark = mark_of(newsroom, article_id)
    with newsroom.step() as session:
        person = get_user(session, "reviewer1")
        grant(session, person, Role.EDITOR, actor=SYSTEM, now=newsroom.clock())
    both = signed_in(app, "reviewer1")
    assert 'value="allow"' in both.get(f"/articles/{article_id}/review").text
    assert (
        'value="allow"'
        not in signed_in(app, "allstages").get(f"/articles/{article_id}/review").text
    )
    given = {"answer": "allow", "phrase": "截止目前，已有", "reason": "文件原句"}
    assert both.post(f"/articles/{article_id}/findings/{mark}", data=given).status_code == 303
    with newsroom.step() as session:
        assert [p.phrase for p in list_allowed(session)] == ["截止目前，已有"]


def test_the_review_page_counts_what_nobody_answered_and_gives_controls_to_who_decides(
    app: Flask, newsroom: Newsroom
):
    article_id = newsroom.submitted(content=newsroom.content(text=FAULTY))
    path = f"/articles/{article_id}/review"
    decides = text_of(signed_in(app, "reviewer1"), path)
    assert "1 处还没有人答复" in decides
    assert 'value="accepted"' in decides
    assert 'value="accepted"' not in text_of(signed_in(app, "reviewer2"), path)


# 复查


def test_before_the_first_sweep_the_page_says_how_to_begin(app: Flask, editor: Visitor):
    page = text_of(editor, "/proofreading")
    assert "还没有复查过" in page
    assert "现在复查一遍" in page
    assert "还没有放行的词句" in page
    assert "现在复查一遍" not in text_of(signed_in(app, "reviewer1"), "/proofreading")


def test_a_sweep_is_begun_shown_while_it_runs_and_listed_when_it_is_done(
    context: Context, editor: Visitor, newsroom: Newsroom
):
    published(newsroom)
    assert editor.post("/proofreading/sweep").status_code == 303
    running = text_of(editor, "/proofreading/sweep")
    assert "看过 0 / 1 篇" in running
    assert "hx-trigger" in running
    proofread(context, newsroom)
    done = text_of(editor, "/proofreading/sweep")
    assert "hx-trigger" not in done
    assert "看新列出的" in done
    page = text_of(editor, "/proofreading")
    for words in ("第 0 篇", "截止与截至", "建议改"):
        assert words in page
    assert "已刊发稿件有 1 处待处理" in text_of(editor, "/")


def test_an_item_is_settled_with_a_note_and_kept_on_the_second_tab(
    app: Flask, context: Context, editor: Visitor, newsroom: Newsroom
):
    published(newsroom)
    proofread(context, newsroom)
    with newsroom.step() as session:
        item_id = list_items(session).items[0].id
    path = f"/proofreading/items/{item_id}/settle"
    refused = editor.post(path, data={"note": " "})
    assert refused.status_code == 422
    assert "请写明怎么处理的" in refused.text
    assert signed_in(app, "reviewer1").post(path, data={"note": "好"}).status_code == 403
    assert editor.post(path, data={"note": "原文如此"}).status_code == 303
    assert "原文如此" not in text_of(editor, "/proofreading")
    assert "没有待处理的" in text_of(editor, "/proofreading")
    settled = text_of(editor, "/proofreading?state=settled")
    assert "原文如此" in settled
    assert "editor姓名" in settled
    again = f"/proofreading/items/{item_id}/reopen"
    assert signed_in(app, "reviewer1").post(again).status_code == 403
    assert editor.post(again).location == f"/proofreading#item-{item_id}"
    assert 'value="原文如此"' in editor.get("/proofreading").text
    editor.post(again)
    assert "本来就待处理" in text_of(editor, "/proofreading")
    editor.post(path, data={"note": "原文如此"})
    assert "待处理" not in text_of(editor, "/")
    assert editor.post("/proofreading/items/999/settle", data={"note": "好"}).status_code == 404


def fill(newsroom: Newsroom, article_id: int, count: int) -> None:
    with newsroom.step() as session:
        sweep = Sweep(rules_checksum="0" * 64, state="done", started_at=newsroom.clock(),
                      finished_at=newsroom.clock())  # fmt: skip
        session.add(sweep)
        session.flush()
        there = session.query(SweepItem).count()
        for number in range(there, there + count):
            session.add(
                SweepItem(
                    sweep_id=sweep.id,
                    article_id=article_id,
                    fingerprint=f"{number:016x}",
                    code="style.jiezhi",
                    severity="should",
                    message=f"第{number}处。",
                    state=ItemState.OPEN,
                )
            )


def test_a_long_list_is_turned_page_by_page_newest_first(editor: Visitor, newsroom: Newsroom):
    fill(newsroom, newsroom.draft(), 31)
    first = text_of(editor, "/proofreading")
    assert "第30处。" in first
    assert "第0处。" not in first
    more = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = text_of(editor, more)
    assert "第0处。" in second
    assert "第1处。" not in second


def test_the_page_takes_as_many_statements_for_thirty_as_for_two(
    editor: Visitor, newsroom: Newsroom
):
    def statements() -> list[str]:
        with counted(newsroom.context.db) as found:
            assert editor.get("/proofreading").status_code == 200
        return found

    actor = newsroom.actor("editor")

    def list_more(count: int, phrase: str) -> None:
        fill(newsroom, newsroom.draft(), count)
        with newsroom.step() as session:
            allow(session, phrase, "试", actor=actor, now=newsroom.clock())

    list_more(2, "词")
    few = statements()
    for n in range(5):
        list_more(5, f"词{n}")
    many = statements()
    assert len(many) == len(few), "\n".join(many)
