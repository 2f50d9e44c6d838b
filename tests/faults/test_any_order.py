"""Anything in any order: trouble at the platform, workers that die, time, people who click. Whatever happens, readers see an
edition once or not at all, an article counts once, and what is said is so.

TONGXIN_WALKS sets how many walks are taken, for a longer search.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.publishing.conftest import NewRoom
from tests.publishing.pressroom import Pressroom, dying, markers_of
from webapp.editions.workflow import Delivery
from webapp.kernel.errors import Conflict, TongxinError
from webapp.publishing.models import Publication
from webapp.publishing.queries import find_publication
from webapp.publishing.service import is_at_rest, takes_links
from webapp.publishing.workflow import ACTIVE, State
from webapp.sandbox.records import MassJob, Post, PublishJob

pytestmark = pytest.mark.slow

WALKS = int(os.environ.get("TONGXIN_WALKS", "6"))
STEPS = 14
ANYWHERE = ("stable_token", "media/uploadimg", "material/add_material", "draft/add", "draft/add")
THERE = {
    Delivery.PUBLISH: ("freepublish/submit", "freepublish/submit", "freepublish/get",
                       "freepublish/batchget", "freepublish/delete", "draft/get"),
    Delivery.MASS: ("message/mass/sendall", "message/mass/sendall", "message/mass/get"),
    Delivery.DRAFT: ("draft/batchget", "draft/delete"),
}  # fmt: skip
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "drop_before"},
    {"kind": "drop_after"},
    {"kind": "http_502"},
    {"kind": "http_502", "commit": True},
    {"kind": "not_json", "commit": True},
    {"kind": "expire_token"},
    *({"kind": "errcode", "errcode": n} for n in (-1, 45009, 45011, 48001, 40164, 40001, 40007)),
    {"kind": "errcode", "errcode": -1, "commit": True},
)
JOB_FAULTS = tuple(f"publish_status:{n}" for n in range(2, 7))
JOB_SECONDS = (0, 0, 30, 600, 5000)
LINKS = [f"https://mp.weixin.qq.com/s/{i}" for i in range(8)]


Trouble = tuple[int, dict[str, Any], int]
troubles = st.lists(
    st.tuples(st.integers(0, 10), st.sampled_from(FAULTS), st.integers(1, 3)), max_size=2
)
deaths = st.none() | st.tuples(st.integers(1, 40), st.booleans())


class Walk(RuleBasedStateMachine):
    """Up to three pushes; whoever is asked to look tells the truth, or errs while the platform still knows better."""

    def __init__(self, new_room: NewRoom) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.room: Pressroom = self.stack.enter_context(new_room())
        self.editions: list[int] = []
        self.articles = list(self.room.articles)

    def teardown(self) -> None:
        try:
            self.everything_ends_well()
        finally:
            self.stack.close()

    def one(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(self.editions))

    # What is done with an edition, and what befalls it on the way

    @precondition(lambda self: self.articles)
    @rule(
        delivery=st.sampled_from([Delivery.PUBLISH, *Delivery]).filter(Delivery.MANUAL.__ne__),
        seconds=st.sampled_from(JOB_SECONDS),
        job=st.none() | st.sampled_from(JOB_FAULTS),
        troubles=troubles,
        death=deaths,
    )
    def push(
        self,
        delivery: Delivery,
        seconds: int,
        job: str | None,
        troubles: list[Trouble],
        death: tuple[int, bool] | None,
    ) -> None:
        edition_id = self.room.edition(self.articles.pop(), delivery=delivery)
        self.editions.append(edition_id)
        self.jobs_take(seconds)
        if job and delivery is Delivery.PUBLISH:
            self.room.fault("freepublish/submit", job)
        self.trouble(delivery, troubles)
        self.room.queue(edition_id)
        self.work(death)

    @precondition(lambda self: self.editions)
    @rule(data=st.data(), troubles=troubles, death=deaths)
    def push_again(
        self, data: st.DataObject, troubles: list[Trouble], death: tuple[int, bool] | None
    ) -> None:
        edition_id = self.one(data)
        if not self.would_push(edition_id):
            return
        self.trouble(Delivery(self.room.find(edition_id).delivery), troubles)
        with suppress(TongxinError):
            self.room.queue(edition_id)
        self.work(death)

    def would_push(self, edition_id: int) -> bool:
        """Nobody goes on who saw the edition out and the platform may have forgotten, or while a job that was lost may
        still bring it out: these are the risks that docs/push.md names."""
        edition = self.room.find(edition_id)
        if edition.status != "needs_attention":
            return True
        push = self.room.publication(edition_id)
        is_new = (self.room.clock() - push.created_at).total_seconds() < 20 * 3600
        is_lost = not (push.publish_id or push.msg_id)
        if is_lost and self.is_running() and edition.delivery == Delivery.PUBLISH:
            return False
        return is_new or not self.room.out(edition_id)

    @precondition(lambda self: self.editions)
    @rule(data=st.data(), troubles=troubles, death=deaths)
    def withdraw(
        self, data: st.DataObject, troubles: list[Trouble], death: tuple[int, bool] | None
    ) -> None:
        edition_id = self.one(data)
        self.trouble(Delivery(self.room.find(edition_id).delivery), troubles)
        with suppress(Conflict):
            self.room.withdraw(edition_id)
        self.work(death)

    @precondition(lambda self: self.editions)
    @rule(data=st.data())
    def look_at_the_console(self, data: st.DataObject) -> None:
        self.answer_truly(self.one(data))

    def answer_truly(self, edition_id: int) -> None:
        """Links when it is out; deleted by hand, and said so, when it is to be withdrawn."""
        push = self.push_of(edition_id)
        if push is None:
            return
        if push.state == State.WITHDRAWING and push.wake_at is None and not self.is_running():
            self.delete_by_hand(edition_id)
            self.room.confirm_withdrawn(edition_id)
        elif takes_links(push) and self.room.out(edition_id):
            self.room.record_links(edition_id, LINKS[edition_id % len(LINKS)])

    def delete_by_hand(self, edition_id: int) -> None:
        wanted = self.room.markers(edition_id)
        for post in self.room.records(Post):
            if markers_of(post.articles) == wanted:
                for article in post.articles:
                    article.is_deleted = True
                self.room.platform.store.put(post)

    @rule(origin=st.none() | st.sampled_from(["publish", "mass"]))
    def somebody_meddles(self, origin: Literal["publish", "mass"] | None) -> None:
        """With the drafts of pushes that rest: they are deleted, published or sent by hand."""
        if self.is_running() or any(self.is_moving(i) for i in self.editions):
            return
        if origin is None:
            self.room.delete_drafts_by_hand()
        elif all(is_at_rest(p) for i in self.editions if (p := self.push_of(i))):
            self.room.publish_by_hand(origin)

    # The platform, time, and workers

    def trouble(self, delivery: Delivery, troubles: list[Trouble]) -> None:
        paths = (*ANYWHERE, *THERE[delivery])
        for place, fault, times in troubles:
            path = paths[place % len(paths)]
            if fault.get("errcode") != 40007 or path in ("draft/add", "draft/delete"):
                self.room.sandbox.fault(path=path, times=times, **fault)

    def jobs_take(self, seconds: int) -> None:
        self.room.sandbox.settings(publish_delay_seconds=seconds, mass_delay_seconds=seconds)

    def is_running(self) -> bool:
        jobs = (*self.room.records(PublishJob), *self.room.records(MassJob))
        return any(job.is_open for job in jobs)

    def is_moving(self, edition_id: int) -> bool:
        push = self.push_of(edition_id)
        return push is not None and push.state in ACTIVE and push.wake_at is not None

    @rule(seconds=st.sampled_from([20, 300, 2000, 90_000]), death=deaths)
    def time_passes(self, seconds: int, death: tuple[int, bool] | None) -> None:
        self.room.clock.advance(seconds=seconds)
        self.work(death)

    @precondition(lambda self: self.editions)
    @rule(data=st.data())
    def it_comes_to_rest(self, data: st.DataObject) -> None:
        edition_id = self.one(data)
        if self.is_moving(edition_id):
            self.room.finish(edition_id)

    def work(self, death: tuple[int, bool] | None) -> None:
        if death is None:
            self.room.sweep()
            return
        commit, after = death
        with dying(self.room.clock, commit=commit, after=after):
            self.room.sweep()
        self.room.newsroom.context.db.session.remove()

    # What always holds

    @invariant()
    def nothing_is_out_twice_and_what_is_said_is_so(self) -> None:
        for edition_id in self.editions:
            edition = self.room.find(edition_id)
            out, postings = self.room.out(edition_id), self.room.postings(edition_id)
            assert out <= 1
            assert len(postings) <= len(edition.articles)
            push = self.push_of(edition_id)
            if push is None or push.state == State.WITHDRAWN:
                assert (out, postings) == (0, [])
            elif push.state == State.PUBLISHED:
                assert (out, len(postings)) == (1, 1)
            elif push.state in (State.FAILED, State.NEEDS_ATTENTION):
                assert edition.error.endswith("。")
                assert postings == []
            if push is not None and push.state == State.FAILED:
                assert out == 0

    def push_of(self, edition_id: int) -> Publication | None:
        with self.room.newsroom.step() as session:
            return find_publication(session, edition_id)

    def everything_ends_well(self) -> None:
        """The trouble is over: with an honest person beside it every push comes to its end."""
        self.room.no_more_faults()
        self.jobs_take(0)
        for edition_id in self.editions:
            for _ in range(8):
                if self.is_settled(edition_id):
                    break
                self.room.clock.advance(days=1)  # a mass send a day
                self.answer_truly(edition_id)
                if self.room.find(edition_id).status in ("failed", "needs_attention"):
                    with suppress(Conflict):
                        self.room.queue(edition_id)
            else:
                raise AssertionError(self.room.find(edition_id).error)
        self.nothing_is_out_twice_and_what_is_said_is_so()

    def is_settled(self, edition_id: int) -> bool:
        if self.is_moving(edition_id):
            self.room.finish(edition_id)
        push = self.push_of(edition_id)
        return push is None or push.state in (State.PUBLISHED, State.WITHDRAWN) or is_at_rest(push)


def test_whatever_happens_in_whatever_order_an_edition_is_out_once_or_not_at_all(
    new_room: NewRoom,
):
    run_state_machine_as_test(
        partial(Walk, new_room),  # type: ignore[arg-type]  # any factory will do
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
