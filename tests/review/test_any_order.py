"""Whoever tries whatever, in any order: nobody decides twice or on their own text, and nothing counts as approved without
the verdicts that it needs on that very text."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.cast import SYSTEM, Newsroom
from tests.databases import sqlite_url
from tests.review.test_deputies import stand_in
from tests.review.test_links import link
from tests.review.test_links import sign as sign_link
from tests.review.test_urgent import ask
from tests.review.test_urgent import sign as sign_afterwards
from webapp.articles.queries import get_article, writers_of
from webapp.articles.service import compose_head, recall, revise, submit
from webapp.kernel.errors import TongxinError
from webapp.review.mandates import name_leader
from webapp.review.models import Countersign
from webapp.review.queries import list_reviews
from webapp.review.workflow import Decision
from webapp.users.permissions import Role
from webapp.users.service import get_user, grant

PEOPLE = ("editor", "editor2", "reviewer1", "reviewer2", "reviewer3", "allstages", "publisher")
people = st.sampled_from(PEOPLE)
LEADER = "reviewer3"


class Desk(RuleBasedStateMachine):
    """One article. All refusals are right as long as the invariants hold."""

    def __init__(self, room: Newsroom) -> None:
        super().__init__()
        self.room, self.article_id, self.edits, self.links = room, room.draft(), 0, [""]

    def act(self, who: str, do: Any, **parts: Any) -> None:
        actor = self.room.actor(who)
        with suppress(TongxinError), self.room.step() as session:
            do(session, get_article(session, self.article_id), actor=actor, now=self.room.clock(), **parts)  # fmt: skip

    @rule(who=people)
    def submit(self, who: str) -> None:
        self.act(who, submit)

    @rule()
    def ask(self) -> None:
        with suppress(TongxinError):
            ask(self.room, self.article_id)

    @rule(who=people)
    def recall(self, who: str) -> None:
        self.act(who, recall)

    @rule(who=st.sampled_from(["editor", "editor2", "allstages"]))
    def edit(self, who: str) -> None:
        self.edits += 1
        with self.room.step() as session:
            revision = get_article(session, self.article_id).revision
        content = self.room.content(f"第 {self.edits} 次改")
        self.act(who, lambda s, a, **by: revise(s, a, content, base_revision=revision, **by))

    @rule(who=people, decision=st.sampled_from([Decision.APPROVE] * 3 + [Decision.RETURN]))
    def decide(self, who: str, decision: Decision) -> None:
        with suppress(TongxinError):
            self.room.decide(self.article_id, who, decision, "理由")

    @rule(who=people)
    def stand_in(self, who: str) -> None:
        with suppress(TongxinError):
            stand_in(self.room, self.article_id, who)

    @rule(who=people, decision=st.sampled_from([Decision.APPROVE, Decision.OBJECT]),
          why=st.sampled_from(["", "出差"]))  # fmt: skip
    def countersign(self, who: str, decision: Decision, why: str) -> None:
        with suppress(TongxinError):
            sign_afterwards(self.room, self.article_id, who, decision, "意见", deputy_reason=why)

    @rule(who=people, name=st.sampled_from(["王主委", "李主委", "editor姓名", "reviewer2姓名"]))
    def make_link(self, who: str, name: str) -> None:
        with suppress(TongxinError):
            self.links.append(link(self.room, self.article_id, by=who, name=name))

    @rule(data=st.data())
    def use_link(self, data: st.DataObject) -> None:
        token = data.draw(st.integers(0, len(self.links) - 1))
        with suppress(TongxinError):
            sign_link(self.room, self.links[token])

    @invariant()
    def duties_are_separate(self) -> None:
        with self.room.step() as session:
            article = get_article(session, self.article_id)
            reviews = list_reviews(session, self.article_id)
            stages: dict[str, set[int]] = {}
            for review in reviews:
                stages.setdefault(review.signer, set()).add(review.stage)
            assert all(len(decided) == 1 for decided in stages.values()), stages
            current = [r for r in reviews if r.round == article.round]
            assert sum(r.link_id is not None for r in current) <= 1
            if (
                article.status != "draft"
            ):  # after an edit the verdicts of whoever then wrote are void
                signed = {r.reviewer_id for r in current}
                assert not signed & writers_of(session, article)

    @invariant()
    def what_is_approved_has_what_it_needs(self) -> None:
        with self.room.step() as session:
            article = get_article(session, self.article_id)
            if article.status != "approved":
                return
            assert compose_head(session, article).checksum == article.review_checksum
            current = [r for r in list_reviews(session, article.id) if r.round == article.round]
            good = {r.stage for r in current if r.decision == "approve" and r.checksum == article.review_checksum}  # fmt: skip
            if not article.urgent:
                assert good == {1, 2, 3}
                return
            [first] = [r for r in current if r.way == "urgent"]
            assert (first.stage, first.signer) == (3, f"{LEADER}姓名")
            rows = session.query(Countersign).filter_by(article_id=article.id, round=article.round)
            decided = {r.stage for r in current if r.way == "countersign"}
            assert {row.stage for row in rows} == {1, 2}
            assert {row.stage for row in rows if row.settled_at} == decided


@pytest.fixture
def database_url(templates: Path, tmp_path: Path) -> str:
    """The rules are the same on every database."""
    return sqlite_url(templates, tmp_path)


def test_in_any_order_duties_stay_separate(newsroom: Newsroom):
    with newsroom.step() as session:
        admin = get_user(session, "admin").actor
        leader = get_user(session, LEADER)
        name_leader(session, newsroom.column(session), leader, actor=admin, now=newsroom.clock())
        writes = get_user(session, "allstages")
        grant(session, writes, Role.EDITOR, actor=SYSTEM, now=newsroom.clock())
    limits = settings(
        max_examples=12,
        stateful_step_count=18,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(cast("Any", lambda: Desk(newsroom)), settings=limits)
