"""The worker beside the push: what is due, what is broken, and two at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from tests.publishing.pressroom import Pressroom
from webapp.columns.models import Column
from webapp.editions.workflow import Delivery
from webapp.kernel.errors import ChecksumMismatch
from webapp.media.models import Asset, Material
from webapp.publishing.worker import sweep
from webapp.publishing.workflow import TRIES_MAX


def test_a_push_that_breaks_does_not_hold_up_the_others(room: Pressroom):
    cover = room.newsroom.asset("#123456")
    article_id = room.newsroom.approved(content=room.newsroom.content(cover_id=cover))
    broken, sound = room.edition(article_id), room.edition(room.articles[1])
    room.queue(broken)
    room.queue(sound)
    set_width(room, cover, 0)  # no crop of it can be computed
    room.sweep()
    assert room.find(sound).status == "published"
    edition = room.finish(broken)
    assert (edition.status, edition.error_code) == ("failed", "push.unexpected")
    assert "没有发出" in edition.error
    set_width(room, cover, 1200)
    assert room.push(broken).status == "published"
    assert room.out(broken) == 1


def test_a_push_that_cannot_even_be_recorded_does_not_hold_up_the_others(room: Pressroom):
    ids = [room.edition(article_id) for article_id in room.articles[:2]]
    late = room.edition(room.articles[2], scheduled_at=room.clock() + timedelta(hours=1))
    for edition_id in ids:
        room.queue(edition_id)
    room.clock.advance(hours=1)
    with room.newsroom.step() as session:
        for name, event in (("update", "UPDATE"), ("insert", "INSERT")):
            session.execute(
                text(
                    f"CREATE TRIGGER broken_{name} BEFORE {event} ON publication"
                    f" WHEN NEW.edition_id IN ({ids[0]}, {late})"
                    " BEGIN SELECT RAISE(ABORT, 'the disk is broken here'); END"
                )
            )
    room.sweep()
    assert [room.find(i).status for i in (*ids, late)] == ["queued", "published", "planned"]
    with room.newsroom.step() as session:
        session.execute(text("DROP TRIGGER broken_update"))
        session.execute(text("DROP TRIGGER broken_insert"))
    room.sweep()
    assert [room.find(i).status for i in (*ids, late)] == ["published"] * 3


def test_a_push_that_rests_keeps_no_connection(room: Pressroom):
    opened: list[Any] = []

    def gateway_of(account):
        opened.append(room.press.gateway_of(account))
        return opened[-1]

    room.queue(room.edition(room.articles[0]))
    sweep(replace(room.press, gateway_of=gateway_of))
    assert len(opened) == 1
    adapters = opened[0]._connection._http.adapters.values()
    assert [len(adapter.poolmanager.pools) for adapter in adapters] == [0, 0]


def set_width(room: Pressroom, asset_id: str, width: int) -> None:
    with room.newsroom.step() as session:
        session.execute(update(Asset).where(Asset.id == asset_id).values(width=width))


def _cover_key(room: Pressroom, article_id: int) -> str:
    return room.newsroom.find_asset(room.newsroom.article(article_id).cover_asset or "").key


def test_a_picture_that_is_lost_here_is_named_and_nothing_goes_out(room: Pressroom):
    edition_id = room.edition()
    room.press.store.delete(_cover_key(room, room.articles[0]))
    edition = room.push(edition_id)
    assert (edition.status, room.out(edition_id)) == ("failed", 0)
    assert "没有发出" in edition.error


def test_a_cover_that_was_deleted_at_the_platform_is_uploaded_again(room: Pressroom):
    first = room.edition(room.articles[0])
    room.push(first)
    from webapp.sandbox.records import Material as TheirCopy

    with room.platform.store.transaction():
        for material in room.platform.store.list_all(TheirCopy):
            room.platform.store.delete(material)
    second = room.edition(room.articles[1])
    assert room.push(second).status == "published"
    assert room.out(second) == 1
    assert [k for k, _ in room.told(second)].count("upload_cover") == 1


def test_a_cover_that_is_refused_again_and_again_ends_the_push(room: Pressroom):
    room.fault("draft/add", "errcode:40007", times=-1)
    edition_id = room.edition()
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("failed", "wechat_missing_material")
    assert room.calls()["draft/add"] == 2


def test_what_was_uploaded_once_is_not_uploaded_again(room: Pressroom):
    for article_id in room.articles:
        room.push(room.edition(article_id))
    assert room.calls()["material/add_material"] == 1
    assert room.calls()["media/uploadimg"] == 1


def test_trouble_that_has_passed_is_no_longer_shown(room: Pressroom):
    room.fault("media/uploadimg", "errcode:45011")
    edition_id = room.edition()
    room.queue(edition_id)
    room.sweep()
    assert room.find(edition_id).error_code == "wechat_too_fast"
    edition = room.finish(edition_id)
    assert (edition.status, edition.error, edition.error_code) == ("published", "", "")


def test_a_secret_that_cannot_be_opened_is_said(room: Pressroom):
    from webapp.kernel.secrets import SecretBox
    from webapp.wechat.models import Account

    edition_id = room.edition()
    with room.newsroom.step() as session:
        locked = SecretBox("another key that is long enough to be one").lock("x")
        session.execute(update(Account).values(locked_secret=locked))
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("failed", "secret_key_changed")
    assert "AppSecret" in edition.error


# What was approved is what goes out


def change_theme(room: Pressroom) -> None:
    with room.newsroom.step() as session:
        session.execute(update(Column).where(Column.slug == "frontline").values(theme="advice"))


def change_caption(room: Pressroom) -> None:
    with room.newsroom.step() as session:
        session.execute(update(Asset).values(credit="摄影 王五"))


@pytest.mark.parametrize("change", [change_theme, change_caption])
def test_a_change_after_approval_is_refused_when_the_push_is_asked_for(room: Pressroom, change):
    edition_id = room.edition()
    change(room)
    with pytest.raises(ChecksumMismatch, match="什么也没有发出"):
        room.queue(edition_id)
    assert room.find(edition_id).status == "planned"


@pytest.mark.parametrize("change", [change_theme, change_caption])
def test_a_change_after_the_push_was_asked_for_is_refused_by_the_worker(room: Pressroom, change):
    edition_id = room.edition()
    room.queue(edition_id)
    change(room)
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("failed", "push.checksum")
    assert room.calls() == {}
    assert not room.newsroom.article(room.articles[0]).held


@pytest.mark.parametrize("change", [change_theme, change_caption])
def test_a_change_while_pictures_are_uploaded_is_refused_before_the_draft(room: Pressroom, change):
    room.fault("media/uploadimg", "errcode:45011")
    edition_id = room.edition()
    room.queue(edition_id)
    room.sweep()
    change(room)
    edition = room.finish(edition_id)
    assert (edition.status, edition.error_code) == ("failed", "push.checksum")
    assert room.calls()["draft/add"] == 0


def test_a_change_does_not_keep_a_person_from_settling_what_may_be_out(room: Pressroom):
    room.sandbox.settings(publish_delay_seconds=3600)
    room.fault("freepublish/submit", "drop_after")
    edition_id = room.edition()
    assert room.push(edition_id).error_code == "push.lost_submit"
    change_theme(room)
    room.clock.advance(seconds=3600)
    assert room.push(edition_id).status == "published"
    assert room.out(edition_id) == 1


def test_a_picture_in_two_pushes_at_once_is_kept_once(room: Pressroom, monkeypatch):
    """Both upload it; whoever records second finds the other's copy."""
    first, second = room.edition(room.articles[0]), room.edition(room.articles[1])
    room.queue(first)
    room.queue(second)
    inner = room.press.gateway_of
    done: list[bool] = []

    def gateway_of(account):
        gateway = inner(account)
        upload = gateway.upload_cover

        def upload_cover(*arguments):
            reply = upload(*arguments)
            if not done:
                done.append(True)
                room.sweep()  # the other push, from its beginning to its end
            return reply

        gateway.upload_cover = upload_cover  # type: ignore[method-assign]
        return gateway

    object.__setattr__(room.press, "gateway_of", gateway_of)
    import threading

    worker = threading.Thread(target=room.sweep)  # a session of its own
    worker.start()
    worker.join(30)
    for edition_id in (first, second):
        assert room.finish(edition_id).status == "published"
        assert room.out(edition_id) == 1
        assert all(state == "done" for _, state in room.told(edition_id))
    with room.newsroom.step() as session:
        assert session.query(Material).count() == 2


def test_tries_are_bounded(room: Pressroom):
    room.fault("media/uploadimg", "http_502", times=-1)
    edition_id = room.edition()
    edition = room.push(edition_id)
    assert (edition.status, edition.error_code) == ("failed", "wechat_bad_answer")
    assert room.calls()["media/uploadimg"] == TRIES_MAX
    assert "没有发出" in edition.error
    assert "会先核对" not in edition.error


# Deliveries that rest


@pytest.mark.parametrize("delivery", [Delivery.DRAFT, Delivery.MANUAL])
def test_a_delivery_that_stops_before_readers_waits_for_the_links(
    room: Pressroom, delivery: Delivery
):
    edition_id = room.edition(*room.articles[:2], delivery=delivery)
    assert room.push(edition_id).status == "drafted"
    assert room.newsroom.article(room.articles[0]).held
    room.record_links(edition_id, "https://mp.weixin.qq.com/s/a", "https://mp.weixin.qq.com/s/b")
    edition = room.find(edition_id)
    assert [p.url for p in edition.articles] == [
        "https://mp.weixin.qq.com/s/a",
        "https://mp.weixin.qq.com/s/b",
    ]
    assert (edition.status, len(room.postings(edition_id))) == ("published", 2)
