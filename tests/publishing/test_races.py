"""Two people, or a person and a worker, in the same moment: on each database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest

from tests.publishing.pressroom import Pressroom
from webapp.editions.workflow import Delivery
from webapp.kernel.errors import Conflict, Invalid
from webapp.publishing.models import Publication

ROUNDS = 5


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each came to: its result, or what it raised."""
    results: list[object] = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def run(index: int, act: Callable[[], object]) -> None:
        ready.wait(10)
        try:
            results[index] = act()
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_two_clicks_in_one_moment_make_one_push(any_room: Pressroom):
    room = any_room
    for article_id in room.articles:
        edition_id = room.edition(article_id)
        results = at_once(*[partial(room.queue, edition_id)] * 4)
        assert results == [None] * 4
        with room.newsroom.step() as session:
            assert session.query(Publication).filter_by(edition_id=edition_id).count() == 1
        assert room.finish(edition_id).status == "published"
        assert room.out(edition_id) == 1


def test_two_editions_in_one_moment_cannot_both_have_an_article(any_room: Pressroom):
    room = any_room
    a, b = room.articles[:2]
    for _ in range(ROUNDS):
        results = at_once(
            lambda: room.edition(a, b, delivery=Delivery.MANUAL),
            lambda: room.edition(b, a, delivery=Delivery.MANUAL),
            lambda: room.edition(b, delivery=Delivery.MANUAL),
        )
        made = [r for r in results if isinstance(r, int)]
        assert len(made) == 1, results
        assert all(isinstance(r, Invalid) for r in results if not isinstance(r, int)), results
        room.withdraw(made[0])


def test_a_push_and_a_withdrawal_in_one_moment_are_one_or_the_other(any_room: Pressroom):
    room = any_room
    for article_id in room.articles:
        edition_id = room.edition(article_id)
        results = at_once(partial(room.queue, edition_id), partial(room.withdraw, edition_id))
        assert all(r is None or isinstance(r, Conflict) for r in results), results
        if room.find(edition_id).status == "withdrawn":
            assert room.out(edition_id) == 0
        else:
            assert room.finish(edition_id).status == "published"
            assert room.out(edition_id) == 1


def test_a_withdrawal_against_a_worker_that_goes_on_is_never_half_done(any_room: Pressroom):
    """A draft on its way to publication may be withdrawn; the worker may be just about to submit it."""
    room = any_room
    for article_id in room.articles:
        edition_id = room.edition(article_id)
        room.queue(edition_id)

        def keep_withdrawing(e: int = edition_id) -> None:
            for _ in range(200):
                try:
                    room.withdraw(e)
                except Conflict:
                    continue
                return

        results = at_once(room.sweep, keep_withdrawing)
        assert not any(isinstance(r, Exception) for r in results), results
        edition = room.finish(edition_id)
        if edition.status == "published":
            room.withdraw(edition_id)
            edition = room.finish(edition_id)
        assert (edition.status, room.out(edition_id), room.drafts(edition_id)) == (
            "withdrawn",
            0,
            0,
        )


def test_a_confirmation_while_the_worker_deletes_is_taken(any_room: Pressroom):
    room = any_room
    edition_id = room.edition()
    room.push(edition_id)
    room.withdraw(edition_id)
    at_once(room.sweep, lambda: room.confirm_withdrawn(edition_id))
    assert room.finish(edition_id).status == "withdrawn"
    assert room.postings(edition_id) == []


@pytest.mark.parametrize("number", [3])
def test_workers_with_different_pushes_do_not_stand_in_each_others_way(
    any_room: Pressroom, number: int
):
    room = any_room
    ids = [room.edition(article_id) for article_id in room.articles[:number]]
    for edition_id in ids:
        room.queue(edition_id)
    results = at_once(*[room.sweep] * number)
    assert not any(isinstance(r, Exception) for r in results), results
    for edition_id in ids:
        assert room.finish(edition_id).status == "published"
        assert room.out(edition_id) == 1
        assert all(state == "done" for _, state in room.told(edition_id))
