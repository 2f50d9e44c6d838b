"""The platform's own word, by callback: it may come, come twice, or never; the edition counts once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from tests.apps import app_of
from tests.publishing.pressroom import Pressroom
from tests.sandbox.server import AES_KEY, CALLBACK_TOKEN
from webapp.editions.workflow import Delivery
from webapp.sandbox.records import Event
from webapp.wechat.models import Account

EVENT_SECONDS = 10


@pytest.fixture(params=["plain", "safe"])
def listening(room: Pressroom, request: pytest.FixtureRequest) -> Iterator[Pressroom]:
    """The web process answers at the account's callback address."""
    context = room.newsroom.context
    with context.db.step() as session:
        account = session.query(Account).one()
        account.callback_token = CALLBACK_TOKEN
        if request.param == "safe":
            account.locked_aes_key = context.box.lock(AES_KEY)
        path = f"/wechat/callback/{account.id}"
    app = app_of(context)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}{path}"
    room.sandbox.settings(callback_url=url, mode=request.param)
    try:
        yield room
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def delivered(room: Pressroom, number: int) -> None:
    """Wait until the platform has got rid of so many events."""
    done = threading.Event()
    for _ in range(EVENT_SECONDS * 50):
        events = room.records(Event)
        if len(events) >= number and all(event.delivered for event in events):
            return
        done.wait(0.02)
    raise AssertionError([event.last_error for event in room.records(Event)])


def test_an_event_brings_the_outcome_before_anybody_asks_again(listening: Pressroom):
    room = listening
    room.sandbox.settings(publish_delay_seconds=100)
    edition_id = room.edition()
    room.queue(edition_id)
    room.sweep()
    room.clock.advance(seconds=100)
    delivered(room, 1)
    assert room.publication(edition_id).wake_at == room.clock()
    room.sweep()
    assert (room.find(edition_id).status, room.out(edition_id)) == ("published", 1)


@pytest.mark.parametrize("delivery", [Delivery.PUBLISH, Delivery.MASS])
@pytest.mark.parametrize("quirk", ["no_event", "duplicate_event", "event_line_break", None])
def test_however_often_the_event_comes_the_edition_is_out_and_counted_once(
    listening: Pressroom, delivery: Delivery, quirk: str | None
):
    room = listening
    path = "freepublish/submit" if delivery == Delivery.PUBLISH else "message/mass/sendall"
    room.sandbox.settings(publish_delay_seconds=20, mass_delay_seconds=20)
    if quirk:
        room.fault(path, quirk)
    edition_id = room.edition(*room.articles[:2], delivery=delivery)
    room.queue(edition_id)
    room.sweep()
    room.clock.advance(seconds=20)
    if quirk != "no_event":
        delivered(room, 2 if quirk == "duplicate_event" else 1)
    edition = room.finish(edition_id)
    assert (edition.status, edition.error, room.out(edition_id)) == ("published", "", 1)
    assert len(room.postings(edition_id)) == 2
    if delivery == Delivery.PUBLISH or quirk != "no_event":
        assert all(posting.url for posting in room.postings(edition_id))


def test_an_event_for_a_submit_whose_answer_was_lost_helps_to_find_it(listening: Pressroom):
    room = listening
    room.sandbox.settings(publish_delay_seconds=600)
    room.fault("freepublish/submit", "drop_after")
    edition_id = room.edition()
    room.queue(edition_id)
    room.sweep()
    room.clock.advance(seconds=600)
    delivered(room, 1)
    room.sweep()
    assert (room.find(edition_id).status, room.out(edition_id)) == ("published", 1)


def test_an_event_of_a_job_that_nobody_here_began_changes_nothing(listening: Pressroom):
    room = listening
    edition_id = room.edition(delivery=Delivery.DRAFT)
    room.push(edition_id)
    before = standing(room, edition_id)
    gateway = room.press.gateway_of(room.find(edition_id).account)  # type: ignore[arg-type]
    gateway.submit_publish(room.publication(edition_id).media_id)  # by hand, at the console
    delivered(room, 1)
    room.sweep()
    assert standing(room, edition_id) == before


def standing(room: Pressroom, edition_id: int) -> tuple[str, str, int]:
    return (
        room.find(edition_id).status,
        room.publication(edition_id).state,
        len(room.postings(edition_id)),
    )
