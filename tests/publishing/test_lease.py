from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.publishing.pressroom import Pressroom
from tests.thorough import IS_THOROUGH
from webapp.editions.workflow import Delivery
from webapp.kernel.settings import ROOT, Settings, load_settings
from webapp.publishing.calls import Press
from webapp.publishing.queries import LeaseLost, claim, release, renew
from webapp.publishing.workflow import CALLS_IN_A_ROW

LEASE = timedelta(seconds=90)


@pytest.fixture
def push(room: Pressroom) -> int:
    """A publication that waits."""
    edition_id = room.edition()
    room.queue(edition_id)
    return room.publication(edition_id).id


def take(room: Pressroom, push: int, owner: str) -> bool:
    with room.newsroom.step() as session:
        return claim(session, push, owner, now=room.clock(), lease=LEASE)


def test_of_two_workers_one_gets_the_push(room: Pressroom, push: int):
    assert [take(room, push, "a"), take(room, push, "b"), take(room, push, "a")] == [
        True,
        False,
        False,
    ]


def test_a_lease_that_was_given_back_is_free_at_once(room: Pressroom, push: int):
    take(room, push, "a")
    with room.newsroom.step() as session:
        release(session, push, "b")  # not the holder: nothing happens
    assert not take(room, push, "b")
    with room.newsroom.step() as session:
        release(session, push, "a")
    assert take(room, push, "b")


def test_a_lease_that_ran_out_is_free_and_its_former_holder_must_stop(room: Pressroom, push: int):
    take(room, push, "a")
    room.clock.advance(seconds=89)
    assert not take(room, push, "b")
    room.clock.advance(seconds=1)
    assert take(room, push, "b")
    with pytest.raises(LeaseLost), room.newsroom.step() as session:
        renew(session, push, "a", now=room.clock(), lease=LEASE)


def test_a_renewed_lease_lasts_from_its_renewal(room: Pressroom, push: int):
    take(room, push, "a")
    room.clock.advance(seconds=60)
    with room.newsroom.step() as session:
        renew(session, push, "a", now=room.clock(), lease=LEASE)
    room.clock.advance(seconds=60)
    assert not take(room, push, "b")


def test_what_has_nothing_to_do_is_not_claimed(room: Pressroom, push: int):
    room.sweep()
    assert not take(room, push, "a")


def test_a_worker_that_lost_its_lease_makes_no_further_call(room: Pressroom):
    """It slept through its lease after an upload; another worker finished the push meanwhile."""
    edition_id = room.edition()
    room.queue(edition_id)
    inner = room.press.gateway_of
    slept: list[bool] = []

    def gateway_of(account):
        gateway = inner(account)
        upload = gateway.upload_cover

        def upload_cover(*arguments):
            reply = upload(*arguments)
            if not slept:
                slept.append(True)
                room.clock.advance(seconds=room.press.lease.total_seconds())
                _in_a_thread(room.sweep)
            return reply

        gateway.upload_cover = upload_cover  # type: ignore[method-assign]
        return gateway

    object.__setattr__(room.press, "gateway_of", gateway_of)
    room.sweep()
    assert room.find(edition_id).status == "published"
    assert (room.out(edition_id), room.calls()["draft/add"]) == (1, 1)


def _in_a_thread(act) -> None:
    import threading

    thread = threading.Thread(target=act)
    thread.start()
    thread.join(30)


def test_a_draft_recorded_too_late_is_found_by_the_next_worker(room: Pressroom):
    """The first worker hung in the call for longer than its lease: its result counts only as far as it can be found."""
    edition_id = room.edition()
    room.queue(edition_id)
    inner = room.press.gateway_of
    slept: list[bool] = []

    def gateway_of(account):
        gateway = inner(account)
        add = gateway.add_draft

        def add_draft(articles):
            media_id = add(articles)
            if not slept:
                slept.append(True)
                room.clock.advance(seconds=room.press.lease.total_seconds())
                _in_a_thread(room.sweep)
            return media_id

        gateway.add_draft = add_draft  # type: ignore[method-assign]
        return gateway

    object.__setattr__(room.press, "gateway_of", gateway_of)
    room.sweep()
    assert room.finish(edition_id).status == "published"
    assert (room.out(edition_id), room.calls()["draft/add"]) == (1, 1)


TIMES = "60" if IS_THOROUGH else "12"


@pytest.mark.slow
def test_claims_by_several_processes_never_overlap(any_room: Pressroom, tmp_path: Path):
    room = any_room
    for article_id in room.articles:
        room.queue(room.edition(article_id, delivery=Delivery.MANUAL))
    folder = tmp_path / "held"
    folder.mkdir()
    url = room.press.settings.database_url
    if url.startswith("postgresql"):
        url += "?options=-c%20synchronous_commit%3Doff"  # the order counts here, not the disk
    command = [sys.executable, "-m", "tests.publishing.claimer", url, str(folder), TIMES]
    claimers = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    try:
        ends = [claimer.communicate(timeout=120) for claimer in claimers]
    finally:
        for claimer in claimers:
            claimer.kill()
    assert [out.decode().strip() for out, _ in ends] == [TIMES] * 3, ends


# The defaults


@pytest.fixture
def defaults(tmp_path: Path) -> Settings:
    return load_settings(instance=tmp_path, secret_key="x" * 40)


def longest_seconds(settings: Settings) -> float:
    """Token, call, and both again when the platform refused the token, each to its time limits."""
    request = settings.wechat_connect_timeout_seconds + settings.wechat_read_timeout_seconds
    return CALLS_IN_A_ROW * request


def test_the_default_lease_is_longer_than_the_longest_call(defaults: Settings):
    assert CALLS_IN_A_ROW == 4
    assert defaults.lease_seconds > longest_seconds(defaults)


def test_a_lease_set_too_short_is_not_believed(room: Pressroom):
    settings = room.press.settings.model_copy(
        update={"lease_seconds": 1, "wechat_read_timeout_seconds": 100}
    )
    press = Press(db=room.press.db, settings=settings, store=room.press.store,
                  gateway_of=room.press.gateway_of, now=room.clock)  # fmt: skip
    assert press.lease.total_seconds() >= longest_seconds(settings)


def test_the_defaults_let_looks_and_polls_happen_within_patience(defaults: Settings):
    assert defaults.reconcile_seconds * 4 < defaults.publish_patience_seconds
    assert defaults.poll_seconds < defaults.reconcile_seconds
    assert defaults.reconcile_seconds >= 15
