"""Whatever a push comes to, its page has the buttons that its sentence speaks of, and they work."""

from __future__ import annotations

from html import unescape

import pytest

from tests.apps import app_of
from tests.publishing.pressroom import Pressroom
from tests.visitor import Visitor, signed_in
from webapp.editions.workflow import Delivery

LINK = "https://mp.weixin.qq.com/s/abc"


@pytest.fixture
def publisher(room: Pressroom) -> Visitor:
    return signed_in(app_of(room.newsroom.context), "publisher")


def page(visitor: Visitor, edition_id: int) -> str:
    return unescape(visitor.get(f"/editions/{edition_id}").text)


def press(visitor: Visitor, edition_id: int, act: str, **form: str) -> None:
    answer = visitor.post(f"/editions/{edition_id}/{act}", data=form)
    assert answer.status_code == 303, unescape(answer.text)


def test_a_lost_submit_can_be_repeated_linked_or_given_up(room: Pressroom, publisher: Visitor):
    room.fault("freepublish/submit", "drop_before")
    edition_id = room.edition()
    room.push(edition_id)
    shown = page(publisher, edition_id)
    assert all(word in shown for word in ("没有重复提交", "再推一次", "补上链接", "不发了"))
    press(publisher, edition_id, "push")
    assert room.finish(edition_id).status == "published"


def test_a_withdrawal_that_waits_for_a_hand_can_be_tried_again_or_confirmed(
    room: Pressroom, publisher: Visitor
):
    """Also where a person was to look before: what is asked last is what is shown."""
    room.sandbox.settings(publish_delay_seconds=7200)
    room.fault("freepublish/submit", "drop_after")
    edition_id = room.edition()
    assert room.push(edition_id).status == "needs_attention"
    press(publisher, edition_id, "withdraw", reason="内容有误")
    room.finish(edition_id)
    shown = page(publisher, edition_id)
    assert "再点一次“撤回”" in shown
    assert all(f">{button}<" in shown for button in ("撤回", "已在后台删除"))
    assert "再推一次" not in shown
    press(publisher, edition_id, "withdraw", reason="内容有误")
    assert room.publication(edition_id).wake_at is not None
    room.finish(edition_id)
    press(publisher, edition_id, "withdrawn")
    assert room.find(edition_id).status == "withdrawn"


def test_what_the_interface_refused_to_publish_can_be_linked(room: Pressroom, publisher: Visitor):
    room.sandbox.settings(profile="personal")
    edition_id = room.edition()
    room.push(edition_id)
    assert "补上链接" in page(publisher, edition_id)
    press(publisher, edition_id, "links", urls=LINK)
    assert room.find(edition_id).status == "published"


def test_a_mass_send_without_links_asks_for_them_until_it_has_them(
    room: Pressroom, publisher: Visitor
):
    edition_id = room.edition(delivery=Delivery.MASS)
    room.push(edition_id)
    assert "补上链接" in page(publisher, edition_id)
    press(publisher, edition_id, "links", urls=LINK)
    shown = page(publisher, edition_id)
    assert "补上链接" not in shown
    assert LINK in shown
