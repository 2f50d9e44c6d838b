"""The platform calls: at our door, with its own signature, as often as it likes."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.apps import app_of
from tests.publishing.pressroom import Pressroom
from webapp.editions.workflow import Delivery
from webapp.publishing.models import Publication
from webapp.publishing.workflow import State
from webapp.wechat.callback import BODY_MAX_BYTES, signature_of
from webapp.wechat.models import Account

EVENTS = Path(__file__).parents[1] / "wechat" / "events"
DOOR = "/wechat/callback/1"


@pytest.fixture
def platform(room: Pressroom) -> FlaskClient:
    return app_of(room.newsroom.context).test_client()


def stamped(room: Pressroom, token: str = "", at: datetime | None = None) -> dict[str, str]:
    if not token:
        with room.newsroom.step() as session:
            token = session.get_one(Account, 1).callback_token
    stamp = {"timestamp": str(int((at or room.clock()).timestamp())), "nonce": "42"}
    return {**stamp, "signature": signature_of(token, *stamp.values())}


def tell(room: Pressroom, platform: FlaskClient, event: str, **ids: str) -> TestResponse:
    body = (EVENTS / f"{event}.xml").read_text()
    for old, new in ids.items():
        body = body.replace(old.removeprefix("id_"), new)
    return platform.post(DOOR, query_string=stamped(room), data=body.encode())


def waiting(room: Pressroom, *, publish_id: str = "", state: State = State.SUBMITTED) -> int:
    """A push that the platform has accepted and that looks again in a minute."""
    number = room.articles[waiting_count(room)]
    edition_id = room.edition(number)
    room.queue(edition_id)
    with room.newsroom.step() as session:
        push = session.scalars(
            select(Publication).where(Publication.edition_id == edition_id)
        ).one()
        push.state, push.publish_id = state, publish_id
        push.wake_at = room.clock() + timedelta(minutes=1)
        return push.id


def waiting_count(room: Pressroom) -> int:
    with room.newsroom.step() as session:
        return session.scalar(select(func.count()).select_from(Publication)) or 0


def awake(room: Pressroom) -> set[int]:
    with room.newsroom.step() as session:
        query = select(Publication.id).where(Publication.wake_at <= room.clock())
        return set(session.scalars(query))


def test_the_address_is_proved_by_the_echo(room: Pressroom, platform: FlaskClient):
    answer = platform.get(DOOR, query_string={**stamped(room), "echostr": "3161532"})
    assert (answer.status_code, answer.text) == (200, "3161532")


def test_a_forged_old_or_unknown_call_changes_nothing(room: Pressroom, platform: FlaskClient):
    push = waiting(room, publish_id="2247503051")
    old = room.clock() - timedelta(hours=1)
    body = (EVENTS / "publish_ok.xml").read_bytes()
    for query in (stamped(room, token="forged"), stamped(room, at=old), {}):
        assert platform.post(DOOR, query_string=query, data=body).status_code == 403
    assert platform.post("/wechat/callback/9", query_string=stamped(room)).status_code == 404
    assert push not in awake(room)


def test_the_publication_that_ended_looks_now_and_no_other(room: Pressroom, platform: FlaskClient):
    other, named = waiting(room, publish_id="1"), waiting(room, publish_id="2247503051")
    assert tell(room, platform, "publish_ok").text == "success"
    assert awake(room) == {named}
    assert other not in awake(room)


def test_an_id_that_is_not_known_yet_wakes_all_that_wait(room: Pressroom, platform: FlaskClient):
    pushes = {waiting(room, publish_id="1"), waiting(room, state=State.SUBMITTING)}
    assert tell(room, platform, "publish_ok").text == "success"
    assert awake(room) == pushes


def test_a_worker_is_woken_by_a_message(room: Pressroom, platform: FlaskClient):
    waiting(room, publish_id="2247503051")
    queue = room.newsroom.context.queue
    before = queue.pending_count()
    tell(room, platform, "publish_ok")
    assert queue.pending_count() == before + 1


def test_the_same_event_again_after_the_end_changes_nothing(room: Pressroom, platform: FlaskClient):
    edition_id = room.edition()
    room.push(edition_id)
    publish_id = room.publication(edition_id).publish_id
    before = room.publication(edition_id).updated_at
    for _ in range(3):
        answer = tell(room, platform, "publish_ok", id_2247503051=publish_id)
        assert answer.text == "success"
    after = room.publication(edition_id)
    assert (after.state, after.updated_at, after.wake_at) == ("published", before, None)
    assert room.out(edition_id) == 1


def test_other_messages_are_answered_and_left_alone(room: Pressroom, platform: FlaskClient):
    push = waiting(room, publish_id="1")
    assert tell(room, platform, "subscribe").text == "success"
    assert push not in awake(room)


def test_the_links_of_a_mass_send_come_with_its_event(room: Pressroom, platform: FlaskClient):
    edition_id = room.edition(delivery=Delivery.MASS)
    room.fault("mass/get", "http_502")
    room.queue(edition_id)
    room.sweep()
    push = room.publication(edition_id)
    assert push.state == State.SUBMITTED
    tell(room, platform, "mass_ok", id_1000001625=push.msg_id)
    room.finish(edition_id)
    assert room.find(edition_id).articles[0].url == "https://mp.weixin.qq.com/s/a"
    assert room.postings(edition_id)[0].url == "https://mp.weixin.qq.com/s/a"


def test_links_that_come_after_the_end_are_filled_in_once(room: Pressroom, platform: FlaskClient):
    edition_id = room.edition(delivery=Delivery.MASS)
    room.push(edition_id)
    assert room.find(edition_id).articles[0].url == ""
    msg_id = room.publication(edition_id).msg_id
    for _ in range(2):
        assert tell(room, platform, "mass_ok", id_1000001625=msg_id).text == "success"
    edition = room.find(edition_id)
    assert (edition.status, edition.articles[0].url) == (
        "published",
        "https://mp.weixin.qq.com/s/a",
    )
    assert room.postings(edition_id)[0].url == "https://mp.weixin.qq.com/s/a"


def test_a_body_beyond_any_event_is_not_read(room: Pressroom, platform: FlaskClient):
    body = b"<xml>" + b" " * (BODY_MAX_BYTES + 1)
    assert platform.post(DOOR, query_string=stamped(room), data=body).status_code == 413
