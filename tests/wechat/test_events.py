"""What the sandbox posts in each of the console's three modes, as the platform would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import Queue
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.sandbox.server import AES_KEY, APPID, CALLBACK_TOKEN, RunningSandbox
from tests.wechat import wire as w
from tests.wechat.test_client import article
from webapp.wechat import callback
from webapp.wechat.callback import CallbackRefused, MassFinished, PublishFinished
from webapp.wechat.client import WeChatGateway

Post = tuple[dict[str, str], bytes]


@contextmanager
def mailbox() -> Iterator[tuple[str, Queue[Post]]]:
    posts: Queue[Post] = Queue()

    def receive(handler: w.Handler) -> None:
        path, body = handler.wire.asked[-1]
        posts.put((dict(parse_qsl(urlsplit(path).query)), body))
        w.says(b"success", kind="text/plain")(handler)

    with w.running_wire() as wire:
        wire.answers["/callback"] = receive
        yield f"{wire.url}/cgi-bin/callback", posts


def parsed(post: Post, aes_key: str) -> callback.Event:
    asked, body = post
    return callback.parse(
        body, asked, token=CALLBACK_TOKEN, aes_key=aes_key, appid=APPID, now=datetime.now(UTC)
    )


@pytest.mark.parametrize(
    ("mode", "aes_key"),
    [("plain", ""), ("compatible", ""), ("compatible", AES_KEY), ("safe", AES_KEY)],
)
def test_the_end_of_a_publication_is_read_in_every_mode(
    gateway: WeChatGateway, sandbox: RunningSandbox, mode: str, aes_key: str
) -> None:
    with mailbox() as (url, posts):
        sandbox.settings(callback_url=url, mode=mode)
        sandbox.fault(path="freepublish/submit", kind="event_line_break")
        publish_id = gateway.submit_publish(gateway.add_draft([article(gateway)]))
        finished = parsed(posts.get(timeout=10), aes_key)
    assert isinstance(finished, PublishFinished)
    assert finished.result == gateway.publish_status(publish_id)


def test_the_end_of_a_mass_send_is_read(gateway: WeChatGateway, sandbox: RunningSandbox) -> None:
    with mailbox() as (url, posts):
        sandbox.settings(callback_url=url)
        media_id = gateway.add_draft([article(gateway)])
        reply = gateway.mass_send(media_id, client_msg_id="tongxin-3", tag_id=None)
        finished = parsed(posts.get(timeout=10), "")
    assert isinstance(finished, MassFinished)
    assert (finished.msg_id, finished.succeeded) == (reply.msg_id, True)
    assert finished.total >= finished.sent > 0
    assert [link.index for link in finished.items] == [1]


def test_an_event_posted_twice_has_one_key(gateway: WeChatGateway, sandbox: RunningSandbox) -> None:
    with mailbox() as (url, posts):
        sandbox.settings(callback_url=url)
        sandbox.fault(path="freepublish/submit", kind="duplicate_event")
        gateway.submit_publish(gateway.add_draft([article(gateway)]))
        first, second = parsed(posts.get(timeout=10), ""), parsed(posts.get(timeout=10), "")
    assert first.key == second.key


def test_a_safe_event_is_refused_with_another_accounts_key(
    gateway: WeChatGateway, sandbox: RunningSandbox
) -> None:
    with mailbox() as (url, posts):
        sandbox.settings(callback_url=url, mode="safe")
        gateway.submit_publish(gateway.add_draft([article(gateway)]))
        post = posts.get(timeout=10)
    with pytest.raises(CallbackRefused):
        parsed(post, "Z" * 43)
