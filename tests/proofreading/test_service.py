from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.cast import SYSTEM, Newsroom
from webapp.articles.checking import rules_checksum
from webapp.articles.queries import get_article
from webapp.articles.service import advance, submit
from webapp.articles.workflow import Action
from webapp.checks.model import Finding
from webapp.kernel.errors import Forbidden, Invalid
from webapp.lexicon.service import allow, disallow, list_allowed
from webapp.proofreading.models import Sweep
from webapp.proofreading.queries import (
    count_open,
    dispositions_by_fingerprint,
    list_items,
    newest_sweep,
)
from webapp.proofreading.service import answer, begin_sweep, problems_of, settle
from webapp.proofreading.worker import Proofreader
from webapp.proofreading.workflow import Answer, ItemState
from webapp.review.reading import may_decide

DAY = date(2026, 11, 24)
FAULTY = "截止目前，已有18篇。"


def find(newsroom: Newsroom, article_id: int, code: str) -> Finding:
    with newsroom.step() as session:
        return next(
            f for f in problems_of(session, get_article(session, article_id), DAY) if f.code == code
        )


def give(
    newsroom: Newsroom,
    article_id: int,
    finding: Finding,
    given: Answer,
    reason: str = "",
    by: str = "editor",
) -> None:
    actor = newsroom.actor(by)
    with newsroom.step() as session:
        article = get_article(session, article_id)
        may = may_decide(session, article, actor, newsroom.clock())
        answer(session, article, finding, given, reason, may_decide=may, actor=actor,
               now=newsroom.clock())  # fmt: skip


def published(newsroom: Newsroom, text: str = FAULTY) -> int:
    article_id = newsroom.approved(content=newsroom.content(text=text))
    with newsroom.step() as session:
        advance(
            session,
            get_article(session, article_id),
            Action.PUBLISH,
            actor=SYSTEM,
            now=newsroom.clock(),
        )
    return article_id


def swept(session: Session) -> Sweep:
    sweep = newest_sweep(session)
    assert sweep is not None
    return sweep


def proofread(newsroom: Newsroom) -> None:
    proofreader = Proofreader(newsroom.context.db, newsroom.context.settings.zone, newsroom.clock)
    while proofreader.turn():
        pass


def test_ignoring_a_finding_needs_a_reason_and_is_kept(newsroom: Newsroom):
    article_id = newsroom.draft(newsroom.content(text=FAULTY))
    finding = find(newsroom, article_id, "style.jiezhi")
    with pytest.raises(Invalid, match="理由"):
        give(newsroom, article_id, finding, Answer.IGNORED)
    give(newsroom, article_id, finding, Answer.IGNORED, "引文原样")
    with newsroom.step() as session:
        kept = dispositions_by_fingerprint(session, article_id)[finding.fingerprint]
    assert [(d.answer, d.reason, d.stage) for d in kept] == [("ignored", "引文原样", 0)]


def test_a_must_cannot_be_ignored(newsroom: Newsroom):
    article_id = newsroom.draft(newsroom.content(cover_id=None))
    with pytest.raises(Invalid, match="必须改"):
        give(
            newsroom,
            article_id,
            find(newsroom, article_id, "limit.cover"),
            Answer.IGNORED,
            "不想要封面",
        )


def test_each_stage_keeps_its_own_answer_and_only_its_people_give_it(newsroom: Newsroom):
    article_id = newsroom.submitted(content=newsroom.content(text=FAULTY))
    finding = find(newsroom, article_id, "style.jiezhi")
    with pytest.raises(Forbidden):
        give(newsroom, article_id, finding, Answer.ACCEPTED, by="editor")
    give(newsroom, article_id, finding, Answer.ACCEPTED, by="reviewer1")
    newsroom.decide(article_id, "reviewer1")
    give(newsroom, article_id, finding, Answer.IGNORED, "固定说法", by="reviewer2")
    with newsroom.step() as session:
        kept = dispositions_by_fingerprint(session, article_id)[finding.fingerprint]
    assert [(d.stage, d.answer) for d in kept] == [(1, "accepted"), (2, "ignored")]


def test_a_second_answer_at_the_same_stage_replaces_the_first(newsroom: Newsroom):
    article_id = newsroom.draft(newsroom.content(text=FAULTY))
    finding = find(newsroom, article_id, "style.jiezhi")
    give(newsroom, article_id, finding, Answer.ACCEPTED)
    give(newsroom, article_id, finding, Answer.IGNORED, "引文")
    with newsroom.step() as session:
        assert [
            d.answer for d in dispositions_by_fingerprint(session, article_id)[finding.fingerprint]
        ] == ["ignored"]


def test_an_allowed_phrase_is_found_no_more_and_again_when_it_is_taken_back(newsroom: Newsroom):
    article_id = newsroom.draft(newsroom.content(text=FAULTY))
    with newsroom.step() as session:
        kept = allow(session, "截止目前", "本单位固定用语", actor=SYSTEM, now=newsroom.clock()).id
    with newsroom.step() as session:
        assert "style.jiezhi" not in {
            f.code for f in problems_of(session, get_article(session, article_id), DAY)
        }
        assert [p.phrase for p in list_allowed(session)] == ["截止目前"]
    with newsroom.step() as session:
        disallow(session, kept, actor=SYSTEM, now=newsroom.clock())
    assert find(newsroom, article_id, "style.jiezhi")


def test_what_is_published_is_swept_once_and_again_when_a_rule_changes(newsroom: Newsroom):
    published(newsroom)
    published(newsroom, "好文一篇。")
    proofread(newsroom)
    with newsroom.step() as session:
        sweep = swept(session)
        assert (sweep.state, sweep.looked_at, sweep.found) == ("done", 2, 1)
        first = sweep.id
    proofread(newsroom)
    with newsroom.step() as session:
        assert swept(session).id == first
        assert [i.code for i in list_items(session).items] == ["style.jiezhi"]
    with newsroom.step() as session:
        allow(session, "别的词", "试", actor=SYSTEM, now=newsroom.clock())
    proofread(newsroom)
    with newsroom.step() as session:
        assert swept(session).id != first
        assert count_open(session) == "1"


def test_a_sweep_goes_on_where_it_was_cut_off(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("webapp.proofreading.service.SWEEP_BATCH_ARTICLES", 1)
    for _ in range(3):
        published(newsroom)
    first = Proofreader(newsroom.context.db, newsroom.context.settings.zone, newsroom.clock)
    assert first.turn()
    proofread(newsroom)
    with newsroom.step() as session:
        assert (swept(session).looked_at, count_open(session)) == (3, "3")


def test_no_more_are_counted_than_are_shown(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("webapp.proofreading.queries.COUNTED_MAX", 3)
    for _ in range(4):
        published(newsroom)
    proofread(newsroom)
    with newsroom.step() as session:
        assert count_open(session) == "2+"
        assert count_open(session, columns=[list_items(session).items[0].article.column_id]) == "2+"
        assert count_open(session, columns=[]) == ""


def test_what_was_ignored_while_writing_is_not_listed_again(newsroom: Newsroom):
    article_id = newsroom.draft(newsroom.content(text=FAULTY))
    give(newsroom, article_id, find(newsroom, article_id, "style.jiezhi"), Answer.IGNORED, "引文")
    actor = newsroom.actor("editor")
    with newsroom.step() as session:
        submit(session, get_article(session, article_id), actor=actor, now=newsroom.clock())
    for stage in (1, 2, 3):
        newsroom.decide(article_id, f"reviewer{stage}")
    with newsroom.step() as session:
        advance(
            session,
            get_article(session, article_id),
            Action.PUBLISH,
            actor=SYSTEM,
            now=newsroom.clock(),
        )
    proofread(newsroom)
    with newsroom.step() as session:
        assert count_open(session) == ""


def test_settling_an_item_says_what_came_of_it(newsroom: Newsroom):
    published(newsroom)
    proofread(newsroom)
    actor = newsroom.actor("editor")
    with newsroom.step() as session:
        item = list_items(session).items[0]
        with pytest.raises(Invalid):
            settle(session, item, " ", actor=actor, now=newsroom.clock())
        settle(session, item, "原文如此", actor=actor, now=newsroom.clock())
    with newsroom.step() as session:
        assert count_open(session) == ""
        assert list_items(session, state=ItemState.SETTLED).items[0].note == "原文如此"


def test_the_rules_checksum_follows_the_allow_list_and_nothing_else(newsroom: Newsroom):
    with newsroom.step() as session:
        before = rules_checksum(session, DAY)
    newsroom.draft()
    with newsroom.step() as session:
        assert rules_checksum(session, DAY) == before
        allow(session, "某词", "因为", actor=SYSTEM, now=newsroom.clock())
        assert rules_checksum(session, DAY) != before


def test_one_sweep_at_a_time(newsroom: Newsroom):
    with newsroom.step() as session:
        first = begin_sweep(session, actor=SYSTEM, now=newsroom.clock(), as_of=DAY)
        again = begin_sweep(session, actor=SYSTEM, now=newsroom.clock(), as_of=DAY)
        assert first.id == again.id
