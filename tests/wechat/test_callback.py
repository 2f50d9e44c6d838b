from __future__ import annotations

import base64
import struct
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from webapp.kernel.errors import Invalid, TongxinError, TooLarge
from webapp.wechat import callback
from webapp.wechat.callback import CallbackRefused, MassFinished, OtherEvent, PublishFinished
from webapp.wechat.gateway import ArticleLink

TOKEN = "AAAAA"
APPID = "wxba5fad812f8e6fb9"
AES_KEY = "ICw0Oxsvo1u6gVB7YXjmHMIfrTyZiqrNwnHIZBxtzLk"
NOW = datetime.fromtimestamp(1714036504, UTC)
FOLDER = Path(__file__).parent / "events"


def sealed(xml: bytes, *, appid: str = APPID, aes_key: str = AES_KEY) -> str:
    key = base64.b64decode(aes_key + "=")
    plain = b"0123456789abcdef" + struct.pack(">I", len(xml)) + xml + appid.encode()
    count = 32 - len(plain) % 32
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    text = encryptor.update(plain + bytes([count]) * count) + encryptor.finalize()
    return base64.b64encode(text).decode()


def query(encrypted: str = "", *, at: datetime = NOW, **changes: str) -> dict[str, str]:
    stamp = {"timestamp": str(int(at.timestamp())), "nonce": "1514711492"}
    signed = callback.signature_of(TOKEN, *stamp.values())
    extra = {
        "encrypt_type": "aes",
        "msg_signature": callback.signature_of(TOKEN, *stamp.values(), encrypted),
    }
    return {**stamp, "signature": signed, **(extra if encrypted else {}), **changes}


def parse(body: bytes, asked: dict[str, str], aes_key: str = "") -> callback.Event:
    return callback.parse(body, asked, token=TOKEN, aes_key=aes_key, appid=APPID, now=NOW)


def event(name: str) -> bytes:
    return (FOLDER / f"{name}.xml").read_bytes()


def test_the_official_vector_is_accepted_and_echoed() -> None:
    """From https://developers.weixin.qq.com/doc/subscription/guide/dev/push/ (2025-12)."""
    assert (
        callback.verify_url(
            token=TOKEN,
            signature="f464b24fc39322e44b38aa78f5edd27bd1441696",
            timestamp="1714036504",
            nonce="1514711492",
            echostr="4375120948345356249",
            now=NOW,
        )
        == "4375120948345356249"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": "f464b24fc39322e44b38aa78f5edd27bd1441697"},
        {"signature": ""},
        {"signature": "签名"},
        {"token": "AAAAB"},
        {"nonce": "1514711493"},
        {"timestamp": "1714036505"},
        {"now": NOW + timedelta(minutes=11)},
        {"now": NOW - timedelta(minutes=11)},
    ],
)
def test_a_forged_or_stale_check_is_refused(changes: dict[str, object]) -> None:
    good: dict[str, object] = {
        "token": TOKEN,
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "echostr": "1",
        "now": NOW,
    }
    with pytest.raises(CallbackRefused):
        callback.verify_url(**{**good, **changes})  # type: ignore[arg-type]


def test_a_finished_publication_is_read() -> None:
    finished = parse(event("publish_ok"), query())
    assert isinstance(finished, PublishFinished)
    result = finished.result
    assert (result.publish_id, result.status) == ("2247503051", 0)
    # The documentation's sample has a line break inside this id.
    assert result.article_id == "b5O2OUs25HBxRceL7hfReg-U9QGeq9zQjiDvyWP4Hq4"
    assert result.items == (
        ArticleLink(index=1, url="https://mp.weixin.qq.com/s/tongxin-1"),
        ArticleLink(index=2, url="https://mp.weixin.qq.com/s/tongxin-2"),
    )
    assert finished.key == "publish:2247503051:0"


def test_a_refused_publication_names_the_articles_at_fault() -> None:
    finished = parse(event("publish_refused"), query())
    assert isinstance(finished, PublishFinished)
    assert (finished.result.status, finished.result.failed_indexes) == (4, (1, 2))
    assert finished.result.items == ()


def test_a_finished_mass_send_is_read() -> None:
    finished = parse(event("mass_ok"), query())
    assert isinstance(finished, MassFinished)
    assert finished.succeeded
    assert (finished.msg_id, finished.total, finished.filtered) == ("1000001625", 100, 80)
    assert (finished.sent, finished.failed, finished.reprint_state) == (75, 5, 2)
    assert finished.items == (ArticleLink(index=1, url="https://mp.weixin.qq.com/s/a"),)


def test_other_events_keep_a_key_that_stays_the_same_when_posted_again() -> None:
    first, second = (parse(event("subscribe"), query()) for _ in range(2))
    assert (
        first
        == second
        == OtherEvent(key="event:oUser:1714036500:subscribe", kind="event.subscribe")
    )


def test_an_encrypted_event_is_read() -> None:
    encrypted = sealed(event("publish_ok"))
    body = f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()
    assert isinstance(parse(body, query(encrypted), AES_KEY), PublishFinished)


def test_an_event_of_another_account_is_refused() -> None:
    encrypted = sealed(event("publish_ok"), appid="wxother")
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
    with pytest.raises(CallbackRefused):
        parse(body, query(encrypted), AES_KEY)


def test_an_account_with_a_key_takes_no_plain_event() -> None:
    with pytest.raises(CallbackRefused):
        parse(event("publish_ok"), query(), AES_KEY)


def test_a_changed_cipher_text_is_refused_before_it_is_opened() -> None:
    encrypted = sealed(event("publish_ok"))
    changed = encrypted[:-4] + "AAA="
    body = f"<xml><Encrypt>{changed}</Encrypt></xml>".encode()
    with pytest.raises(CallbackRefused, match="签名不符"):
        parse(body, query(encrypted), AES_KEY)


@pytest.mark.parametrize("encrypted", ["", "AAAA", "not base64!", "A" * 44, "中文"])
def test_a_signed_cipher_text_that_makes_no_sense_is_refused(encrypted: str) -> None:
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
    asked = {
        **query("x"),
        "msg_signature": callback.signature_of(TOKEN, "1714036504", "1514711492", encrypted),
    }
    with pytest.raises(CallbackRefused):
        parse(body, asked, AES_KEY)


@pytest.mark.parametrize("aes_key", ["short", "!" * 43, "钥" * 43])
def test_a_wrong_key_in_the_settings_is_named(aes_key: str) -> None:
    encrypted = sealed(event("publish_ok"))
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
    with pytest.raises(CallbackRefused, match="EncodingAESKey"):
        parse(body, query(encrypted), aes_key)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><xml><MsgType>&c;</MsgType></xml>"""
EXTERNAL = (
    b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><MsgType>&f;</MsgType></xml>'
)


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        BOMB.decode().replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16"),
        EXTERNAL,
        b"<!DOCTYPE xml><xml/>",
        b"",
        b"{}",
        b"<xml>",
        b"<xml>&undefined;</xml>",
        b'<?xml version="1.0" encoding="rot13"?><xml/>',
        b"<xml><MsgType>event</MsgType><Event>PUBLISHJOBFINISH</Event></xml>",
        b"<xml><MsgType>event</MsgType><Event>MASSSENDJOBFINISH</Event>"
        b"<TotalCount>-1</TotalCount></xml>",
    ],
)
def test_a_body_that_is_not_an_event_is_refused_in_one_sentence(body: bytes) -> None:
    with pytest.raises(Invalid, match="看不懂"):
        parse(body, query())


def test_a_body_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        parse(b"<xml>" + b" " * callback.BODY_MAX_BYTES, query())


def test_very_deep_nesting_is_survived() -> None:
    depth = 40_000
    parse(b"<xml>" + b"<a>" * (depth // 2) + b"</a>" * (depth // 2) + b"</xml>", query())


@given(st.binary(max_size=200), st.sampled_from(["", AES_KEY]))
def test_no_body_does_more_than_raise_one_of_our_errors(body: bytes, aes_key: str) -> None:
    with suppress(TongxinError):
        parse(body, query(), aes_key)


def test_a_replayed_event_of_yesterday_is_refused() -> None:
    with pytest.raises(CallbackRefused, match="过旧"):
        parse(event("publish_ok"), query(at=NOW - timedelta(days=1)))
