from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.publishing.pressroom import Pressroom, dying
from webapp.columns.models import Column
from webapp.editions.queries import get_edition
from webapp.editions.service import reschedule
from webapp.publishing.calls import WORKER, Press
from webapp.publishing.service import queue_scheduled
from webapp.publishing.worker import Timekeeper, queue_due, run, sweep
from webapp.wechat.gateway import Gateway
from webapp.wechat.models import Account


def test_a_scheduled_edition_waits_for_its_moment_and_goes_out_once(room: Pressroom):
    edition_id = room.edition(scheduled_at=room.clock() + timedelta(hours=1))
    room.clock.advance(minutes=59)
    room.sweep()
    assert room.find(edition_id).status == "planned"
    room.clock.advance(minutes=1)
    room.sweep()
    room.sweep()
    assert room.finish(edition_id).status == "published"
    assert room.out(edition_id) == 1


def test_a_moment_that_passed_while_no_worker_ran_is_made_up_for(room: Pressroom):
    edition_id = room.edition(scheduled_at=room.clock() + timedelta(hours=1))
    room.clock.advance(days=2)
    room.sweep()
    assert room.finish(edition_id).status == "published"


def test_an_edition_pushed_before_its_moment_does_not_go_out_again_at_it(room: Pressroom):
    edition_id = room.edition(scheduled_at=room.clock() + timedelta(hours=1))
    assert room.push(edition_id).status == "published"
    room.clock.advance(hours=2)
    room.sweep()
    assert (room.out(edition_id), room.calls()["freepublish/submit"]) == (1, 1)


def test_an_edition_withdrawn_before_its_moment_stays_in(room: Pressroom):
    edition_id = room.edition(scheduled_at=room.clock() + timedelta(hours=1))
    room.withdraw(edition_id)
    room.clock.advance(hours=2)
    room.sweep()
    assert (room.find(edition_id).status, room.calls()) == ("withdrawn", {})


def test_a_scheduled_edition_that_may_not_go_out_is_shown_among_the_failed(room: Pressroom):
    edition_id = room.edition(scheduled_at=room.clock() + timedelta(hours=1))
    other = room.edition(room.articles[1], scheduled_at=room.clock() + timedelta(hours=1))
    with room.newsroom.step() as session:
        session.execute(update(Column).values(theme="advice"))
    room.clock.advance(hours=1)
    for _ in range(3):
        room.sweep()
    for one in (edition_id, other):
        edition = room.find(one)
        assert (edition.status, edition.error_code) == ("failed", "push.checksum")
        assert "什么也没有发出" in edition.error
    assert room.calls() == {}


def test_two_workers_at_once_send_a_scheduled_edition_once(any_room: Pressroom):
    room = any_room
    ids = [
        room.edition(article_id, scheduled_at=room.clock() + timedelta(hours=1))
        for article_id in room.articles
    ]
    room.clock.advance(hours=1)
    in_parallel(room.press, 4)
    for edition_id in ids:
        assert room.finish(edition_id).status == "published"
        assert room.out(edition_id) == 1
    assert room.calls()["freepublish/submit"] == len(ids)


def planned(room: Pressroom, *article_ids: int) -> int:
    """For the minute that comes next."""
    return room.edition(*article_ids, scheduled_at=room.clock() + timedelta(minutes=1))


def test_it_begins_within_five_seconds_of_its_minute_and_not_before(room: Pressroom):
    edition_id = planned(room)
    keeper = Timekeeper(room.press)
    began = None
    for _ in range(70):
        keeper.turn()
        if room.find(edition_id).status != "planned":
            began = room.clock()
            break
        room.clock.advance(seconds=room.press.settings.schedule_seconds)
    keeper.close()
    scheduled = room.find(edition_id).scheduled_at
    assert began is not None
    assert scheduled is not None
    assert timedelta(0) <= began - scheduled <= timedelta(seconds=5)
    assert room.finish(edition_id).status == "published"


def test_a_push_that_takes_long_holds_up_none_whose_minute_comes(room: Pressroom):
    """The sweep is held in the middle of a push, before its first call."""
    held, let_go = threading.Event(), threading.Event()
    slow, timely = room.edition(room.articles[0]), planned(room, room.articles[1])

    def gateway_of(account: Account) -> Gateway:
        held.set()
        assert let_go.wait(60)
        return room.press.gateway_of(account)

    room.queue(slow)
    sweeping = threading.Thread(target=sweep, args=(replace(room.press, gateway_of=gateway_of),))
    sweeping.start()
    assert held.wait(60)
    room.clock.advance(minutes=1)
    keeper = Timekeeper(room.press)
    keeper.turn()
    wait_for(lambda: room.find(timely).status in ("pushing", "published"))
    keeper.close()
    let_go.set()
    sweeping.join(60)
    for edition_id in (slow, timely):
        assert room.finish(edition_id).status == "published"
        assert room.out(edition_id) == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("commit", range(1, 6))
def test_whenever_the_worker_dies_the_next_sends_it_once(room: Pressroom, commit: int, after: bool):
    edition_id = planned(room)
    room.clock.advance(minutes=1)
    with dying(room.clock, commit=commit, after=after):
        for publication_id in queue_due(room.press):
            run(room.press, publication_id)
    assert room.finish(edition_id).status == "published"
    assert room.out(edition_id) == 1
    assert room.calls()["freepublish/submit"] == 1


def test_two_timekeepers_on_one_database_send_each_once(any_room: Pressroom):
    room = any_room
    ids = [planned(room, article_id) for article_id in room.articles]
    room.clock.advance(minutes=1)
    keepers = [Timekeeper(room.press), Timekeeper(room.press)]
    together(*[keeper.turn for keeper in keepers] * 2)
    for keeper in keepers:
        keeper.close()
    for edition_id in ids:
        assert room.finish(edition_id).status == "published"
        assert room.out(edition_id) == 1
    assert room.calls()["freepublish/submit"] == len(ids)


def test_moved_in_its_last_second_it_waits_for_its_new_minute(room: Pressroom):
    """Found due, and moved before the worker had its turn to write."""
    edition_id = planned(room)
    publisher = room.newsroom.actor("publisher")
    with room.newsroom.step() as session:
        edition = get_edition(session, edition_id)
        reschedule(
            session, edition, room.clock() + timedelta(hours=1), actor=publisher, now=room.clock()
        )
        moment = room.clock.advance(minutes=1)
        assert queue_scheduled(session, edition, actor=WORKER, now=moment) is None
    room.sweep()
    assert room.find(edition_id).status == "planned"


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def together(*acts: Callable[[], object]) -> None:
    """Each in a thread of its own, begun at once."""
    failures: list[BaseException] = []
    ready = threading.Barrier(len(acts))

    def do(act: Callable[[], object]) -> None:
        try:
            ready.wait(10)
            act()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


def in_parallel(press: Press, number: int) -> None:
    """So many workers, each with a session of its own."""
    together(*[lambda: [sweep(press) for _ in range(3)]] * number)
