"""Every call of a push, and everything that can happen to it. However it ends, the edition is out once or not at all, what
is said is true, and another push, after the trouble, brings it out exactly once."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.faults.troubles import FINAL, LOST, PASSING, REFUSED, Trouble, pairs
from tests.publishing.pressroom import Pressroom
from tests.thorough import few
from webapp.editions.workflow import Delivery
from webapp.publishing.workflow import State

HANG_SECONDS = 2.2
"""Longer than the read limit below, real time: the sandbox does its work before or after it."""
LIMITS = {"wechat_connect_timeout_seconds": 3, "wechat_read_timeout_seconds": 1.5}


# Calls of which another one does no harm, and that a push cannot do without.
HARMLESS = ("stable_token", "media/uploadimg", "material/add_material")
QUESTIONS = ("freepublish/get", "message/mass/get")


@pytest.fixture
def room(room: Pressroom) -> Pressroom:
    """Less patient than by default, that fewer questions are asked while nothing happens."""
    room.change_settings(publish_patience_seconds=300)
    return room


def order(room: Pressroom, path: str, trouble: Trouble, times: int = 1) -> None:
    more: dict[str, Any] = {"errcode": trouble.errcode} if trouble.kind == "errcode" else {}
    if trouble.kind.startswith("hang"):
        room.change_settings(**LIMITS)
        more["seconds"] = HANG_SECONDS
    if trouble.commit:
        more["commit"] = True
    room.fault(path, trouble.kind, times=times, **more)


def push(room: Pressroom, edition_id: int, trouble: Trouble) -> None:
    """To its end. A call that hangs is left the real time that it needs to arrive."""
    room.queue(edition_id)
    room.sweep()
    if trouble.kind.startswith("hang"):
        time.sleep(HANG_SECONDS - LIMITS["wechat_read_timeout_seconds"] + 0.2)
    room.finish(edition_id)


def assert_true(room: Pressroom, edition_id: int) -> str:
    """What is said of the edition is what is so at the platform. Returns the edition's status."""
    edition, out = room.find(edition_id), room.out(edition_id)
    assert out <= 1, "out twice"
    assert room.drafts(edition_id) <= 1
    assert len(room.postings(edition_id)) in (0, len(edition.articles))
    match edition.status:
        case "published":
            assert out == 1
            assert len(room.postings(edition_id)) == len(edition.articles)
            assert (edition.error_code, edition.error) == ("", "")
        case "drafted":
            assert (out, room.drafts(edition_id)) == (0, 1)
        case "failed":
            assert out == 0
            assert room.postings(edition_id) == []
            assert "没有发出" in edition.error or "没有变化" in edition.error
        case "needs_attention":
            assert "没有重复" in edition.error or "没有发布" in edition.error
            assert "公众号后台" in edition.error
        case other:
            pytest.fail(f"did not come to an end: {other}")
    if edition.status in ("failed", "needs_attention"):
        assert edition.error_code
        assert edition.error.endswith("。")
        assert "自动再试" not in edition.error
    return edition.status


def assert_goes_out_after_all(room: Pressroom, edition_id: int) -> None:
    room.no_more_faults()
    for _ in range(2):
        if room.find(edition_id).status != "published":
            room.push(edition_id)
    assert (assert_true(room, edition_id), room.out(edition_id)) == ("published", 1)


SOME = few([*LOST, *PASSING], 5)


# Tokens, pictures, questions: any passing trouble is waited out


@pytest.mark.parametrize(("trouble", "path"), pairs(SOME, [*HARMLESS, "freepublish/get"]))
def test_passing_trouble_at_a_harmless_call_is_waited_out(
    room: Pressroom, path: str, trouble: Trouble
):
    if path == "stable_token" and trouble.kind == "expire_token":
        pytest.skip("there is no token yet")
    edition_id = room.edition(*room.articles[:2])
    refused_for_good = path == "stable_token" and trouble.errcode in (40001, 42001)
    order(room, path, trouble)
    push(room, edition_id, trouble)
    assert assert_true(room, edition_id) == ("failed" if refused_for_good else "published")
    assert room.calls()["draft/add"] == (0 if refused_for_good else 1)
    assert_goes_out_after_all(room, edition_id)


@pytest.mark.parametrize(
    ("trouble", "path"), pairs(FINAL, [*HARMLESS, "draft/add", "freepublish/submit"])
)
def test_a_refusal_is_told_with_its_reason_and_nothing_is_out(
    room: Pressroom, path: str, trouble: Trouble
):
    edition_id = room.edition()
    order(room, path, trouble)
    push(room, edition_id, trouble)
    assert assert_true(room, edition_id) == "failed"
    assert room.find(edition_id).error_code == REFUSED[trouble.errcode]
    assert str(trouble.errcode) in room.find(edition_id).error
    assert_goes_out_after_all(room, edition_id)


@pytest.mark.parametrize(("trouble", "path"), pairs(FINAL, ["freepublish/get", "draft/batchget"]))
def test_a_refused_question_is_asked_again(room: Pressroom, path: str, trouble: Trouble):
    if path == "draft/batchget":
        room.fault("draft/add", "drop_after")
    edition_id = room.edition()
    order(room, path, trouble)
    push(room, edition_id, trouble)
    assert assert_true(room, edition_id) == "published"


# The draft


@pytest.mark.parametrize("trouble", [*LOST, *PASSING], ids=str)
def test_a_draft_is_written_once_whatever_becomes_of_the_answer(room: Pressroom, trouble: Trouble):
    edition_id = room.edition(delivery=Delivery.DRAFT)
    order(room, "draft/add", trouble)
    push(room, edition_id, trouble)
    assert assert_true(room, edition_id) == "drafted"
    # A refused token costs a second request that cannot have written anything.
    assert room.calls()["draft/add"] == (1 if trouble.arrives else 2)


@pytest.mark.parametrize(("trouble", "first"), pairs(SOME, ["drop_before", "drop_after"]))
def test_trouble_while_looking_for_a_lost_draft_does_not_write_it_twice(
    room: Pressroom, first: str, trouble: Trouble
):
    room.fault("draft/add", first)
    edition_id = room.edition(delivery=Delivery.DRAFT)
    order(room, "draft/batchget", trouble)
    push(room, edition_id, trouble)
    assert assert_true(room, edition_id) == "drafted"
    assert room.calls()["draft/add"] == (1 if first == "drop_after" else 2)


# Publishing


@pytest.mark.parametrize("trouble", LOST, ids=str)
def test_a_publication_without_an_answer_is_found_or_asked_about_and_never_repeated_blindly(
    room: Pressroom, trouble: Trouble
):
    edition_id = room.edition(*room.articles[:2])
    order(room, "freepublish/submit", trouble)
    push(room, edition_id, trouble)
    status = assert_true(room, edition_id)
    assert status == ("published" if trouble.arrives else "needs_attention")
    assert room.calls()["freepublish/submit"] == 1
    assert_goes_out_after_all(room, edition_id)


@pytest.mark.parametrize("trouble", PASSING, ids=str)
def test_a_publication_that_was_refused_in_passing_is_submitted_again(
    room: Pressroom, trouble: Trouble
):
    edition_id = room.edition()
    order(room, "freepublish/submit", trouble)
    push(room, edition_id, trouble)
    assert assert_true(room, edition_id) == "published"


@pytest.mark.parametrize(("path", "trouble"), pairs(["freepublish/batchget", "draft/get"], SOME))
def test_trouble_while_looking_for_a_lost_publication_does_not_publish_twice(
    room: Pressroom, path: str, trouble: Trouble
):
    room.fault("freepublish/submit", "drop_before" if path == "draft/get" else "drop_after")
    edition_id = room.edition()
    order(room, path, trouble)
    push(room, edition_id, trouble)
    status = assert_true(room, edition_id)
    assert status == ("needs_attention" if path == "draft/get" else "published")
    assert_goes_out_after_all(room, edition_id)


# Sending to all


@pytest.mark.parametrize(("pace", "trouble"), pairs(["at once", "slowly"], SOME))
def test_followers_get_a_mass_send_once(room: Pressroom, trouble: Trouble, pace: str):
    room.sandbox.settings(mass_delay_seconds=0 if pace == "at once" else 60)
    edition_id = room.edition(delivery=Delivery.MASS)
    order(room, "message/mass/sendall", trouble)
    push(room, edition_id, trouble)
    status = assert_true(room, edition_id)
    done_unseen = trouble.arrives and pace == "at once"
    assert status == ("needs_attention" if done_unseen else "published")
    assert_goes_out_after_all(room, edition_id)
    assert room.mass_jobs() == 1


@pytest.mark.parametrize("errcode", [45009, 48001, 40164, 45028])
def test_a_refused_mass_send_is_told_and_nothing_is_out(room: Pressroom, errcode: int):
    edition_id = room.edition(delivery=Delivery.MASS)
    order(room, "message/mass/sendall", Trouble("errcode", errcode))
    room.push(edition_id)
    assert assert_true(room, edition_id) == "failed"
    expected = {**REFUSED, 45028: "wechat_mass_quota_used_up"}[errcode]
    assert room.find(edition_id).error_code == expected
    assert_goes_out_after_all(room, edition_id)


@pytest.mark.parametrize("trouble", few([*LOST, *PASSING, *FINAL], 7), ids=str)
def test_trouble_while_asking_for_a_mass_sends_outcome_is_waited_out(
    room: Pressroom, trouble: Trouble
):
    edition_id = room.edition(delivery=Delivery.MASS)
    order(room, "message/mass/get", trouble)
    push(room, edition_id, trouble)
    assert assert_true(room, edition_id) == "published"


# Trouble that does not pass


STUBBORN = [
    Trouble("drop_before"),
    Trouble("drop_after", arrives=True),
    Trouble("errcode"),
    Trouble("empty_body", commit=True, arrives=True),
    Trouble("expire_token"),
    *(Trouble("errcode", n) for n in (45011, 48001)),
]


@pytest.mark.parametrize(
    ("trouble", "path"),
    pairs(
        STUBBORN,
        [
            "stable_token",
            "media/uploadimg",
            "material/add_material",
            "draft/add",
            "draft/batchget",
            "freepublish/submit",
            "freepublish/get",
            "freepublish/batchget",
            "*",
        ],
    ),
)
def test_trouble_that_does_not_pass_comes_to_an_end_with_a_true_word(
    room: Pressroom, path: str, trouble: Trouble
):
    if path == "draft/batchget":
        room.fault("draft/add", "drop_after")
    if path == "freepublish/batchget":
        room.fault("freepublish/submit", "drop_after")
    edition_id = room.edition()
    order(room, path, trouble, times=-1)
    room.push(edition_id)
    assert_true(room, edition_id)
    assert sum(room.calls().values()) < 200
    assert_goes_out_after_all(room, edition_id)


@pytest.mark.parametrize("trouble", few(STUBBORN, 4), ids=str)
def test_a_mass_send_that_never_gets_an_answer_comes_to_an_end(room: Pressroom, trouble: Trouble):
    edition_id = room.edition(delivery=Delivery.MASS)
    order(room, "message/mass/sendall", trouble, times=-1)
    room.push(edition_id)
    assert_true(room, edition_id)
    assert_goes_out_after_all(room, edition_id)
    assert room.mass_jobs() == 1


# The platform is not there, or knows us no more


def test_a_platform_that_is_not_there_is_waited_for_and_then_reported(room: Pressroom):
    edition_id = room.edition()
    room.change_settings(wechat_api_base_url="http://127.0.0.1:9")
    room.push(edition_id)
    assert assert_true(room, edition_id) == "failed"
    edition = room.find(edition_id)
    assert edition.error_code == "wechat_not_reached"
    assert "网络" in edition.error
    room.change_settings(wechat_api_base_url=room.sandbox.base_url)
    assert_goes_out_after_all(room, edition_id)


def test_a_wrong_secret_says_where_to_find_the_right_one(room: Pressroom):
    from webapp.wechat.models import Account

    with room.newsroom.step() as session:
        account = session.query(Account).one()
        account.locked_secret = room.newsroom.context.box.lock("0" * 32)
    edition_id = room.edition()
    room.push(edition_id)
    assert assert_true(room, edition_id) == "failed"
    edition = room.find(edition_id)
    assert edition.error_code == "wechat_bad_credential"
    assert "AppSecret" in edition.error
    assert "0" * 32 not in edition.error


def test_an_address_that_is_not_on_the_list_is_named(room: Pressroom):
    room.sandbox.settings(allow_list=["203.0.113.0/24"])
    edition_id = room.edition()
    room.push(edition_id)
    assert assert_true(room, edition_id) == "failed"
    edition = room.find(edition_id)
    assert edition.error_code == "wechat_ip_not_allowed"
    assert "127.0.0.1" in edition.error
    room.sandbox.settings(allow_list=None)
    assert_goes_out_after_all(room, edition_id)


def test_an_account_without_the_right_to_publish_keeps_its_draft_and_is_told_the_ways_out(
    room: Pressroom,
):
    room.sandbox.settings(profile="personal")
    edition_id = room.edition()
    room.push(edition_id)
    assert assert_true(room, edition_id) == "failed"
    edition = room.find(edition_id)
    assert edition.error_code == "wechat_no_right"
    assert all(word in edition.error for word in ("存入草稿箱", "人工发布", "补链接"))
    assert room.drafts(edition_id) == 1


def test_an_account_without_the_right_to_publish_finds_a_lost_draft_all_the_same(room: Pressroom):
    room.sandbox.settings(profile="personal")
    room.fault("draft/add", "drop_after")
    edition_id = room.edition(delivery=Delivery.DRAFT)
    room.push(edition_id)
    assert assert_true(room, edition_id) == "drafted"
    room.fault("draft/add", "drop_before")
    other = room.edition(room.articles[1], delivery=Delivery.DRAFT)
    room.push(other)
    assert assert_true(room, other) == "drafted"


def test_after_every_end_the_state_is_one_that_a_person_can_leave():
    from webapp.publishing.workflow import ACTIVE, TRANSITIONS

    for state in set(State) - ACTIVE - {State.WITHDRAWN}:
        assert any(from_state is state for from_state, _ in TRANSITIONS)
