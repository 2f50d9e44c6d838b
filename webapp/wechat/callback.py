"""What the platform posts to our callback address: proof of origin first, then the few events that matter here.

Answer within 5 seconds with an empty body or `success`, and work afterwards: the platform gives up after 5 seconds and
posts again, three times in all. `key` of an event is the same for each of these.
https://developers.weixin.qq.com/doc/subscription/guide/dev/push/ and, for the end of a publication,
https://developers.weixin.qq.com/doc/subscription/guide/product/publish.html (2025-12).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from webapp.kernel.errors import Forbidden, Invalid, TooLarge
from webapp.wechat.gateway import ArticleLink, PublishState, PublishStatus

BODY_MAX_BYTES = 256 * 1024
"""The biggest event known (a mass send of 8 articles with its reprint check) is under 10 KB."""

FRESH_FOR = timedelta(minutes=10)
"""How far a signed time may be from ours: three posts within 15 seconds, and clocks that disagree."""

_AES_BLOCK = 32


class CallbackRefused(Forbidden):
    """Not from the platform, or not for this account, or too old. It says nothing that helps to forge one."""

    code = "wechat_callback_refused"


@dataclass(frozen=True, kw_only=True)
class PublishFinished:
    """A publication came to an end, or was taken down later: the same that `Gateway.publish_status` answers."""

    key: str
    result: PublishStatus


@dataclass(frozen=True, kw_only=True)
class MassFinished:
    """`status`: `send success`, `send fail` or `err(N)`; the counts are people. `reprint_state`: 0 not told,
    1 no reprint, 2 reprint that may be sent, 3 reprint that may not.
    """

    key: str
    msg_id: str
    status: str
    total: int
    filtered: int
    sent: int
    failed: int
    reprint_state: int
    items: tuple[ArticleLink, ...]

    @property
    def succeeded(self) -> bool:
        return self.status == "send success"


@dataclass(frozen=True, kw_only=True)
class OtherEvent:
    """`kind`: the MsgType, and for events also the Event, in lower case: `text`, `event.subscribe`."""

    key: str
    kind: str


Event = PublishFinished | MassFinished | OtherEvent


def verify_url(
    *, token: str, signature: str, timestamp: str, nonce: str, echostr: str, now: datetime
) -> str:
    """The answer that makes the platform accept our address: `echostr` itself. Raises CallbackRefused."""
    _check_signature(signature, token, timestamp, nonce)
    _check_fresh(timestamp, now)
    return echostr


def parse(
    body: bytes,
    query: Mapping[str, str],
    *,
    token: str,
    aes_key: str,
    appid: str,
    now: datetime,
) -> Event:
    """`aes_key`: the account's EncodingAESKey, or "" for plain mode. With a key only the encrypted part counts, since
    the signature of plain mode does not cover the body. Raises CallbackRefused, TooLarge or Invalid.
    """
    if len(body) > BODY_MAX_BYTES:
        raise TooLarge(f"微信回调超过 {BODY_MAX_BYTES // 1024} KB，没有处理。")
    stamp = (query.get("timestamp", ""), query.get("nonce", ""))
    if aes_key:
        encrypted = _text(_root_of(body), "Encrypt")
        _check_signature(query.get("msg_signature", ""), token, *stamp, encrypted)
        _check_fresh(stamp[0], now)
        return _event_of(_root_of(decrypt(encrypted, aes_key=aes_key, appid=appid)))
    _check_signature(query.get("signature", ""), token, *stamp)
    _check_fresh(stamp[0], now)
    return _event_of(_root_of(body))


def signature_of(*parts: str) -> str:
    """SHA-1 in hex of the parts in sorted order; the platform's choice, not ours."""
    joined = "".join(sorted(parts)).encode()
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def _check_signature(given: str, *parts: str) -> None:
    if not hmac.compare_digest(signature_of(*parts).encode(), given.encode()):
        raise CallbackRefused(
            "微信回调的签名不符，没有处理。请核对公众号「服务器配置」里的 Token。"
        )


def _check_fresh(timestamp: str, now: datetime) -> None:
    seconds = int(timestamp) if timestamp.isdecimal() and len(timestamp) <= 12 else 0
    if abs(now.timestamp() - seconds) > FRESH_FOR.total_seconds():
        raise CallbackRefused("微信回调的时间过旧或服务器时钟不准，没有处理。请校准服务器时钟。")


def decrypt(encrypted: str, *, aes_key: str, appid: str) -> bytes:
    """AES-256-CBC as the platform has it: 16 random bytes, length, message, appid, padded to blocks of 32."""
    refusal = CallbackRefused(
        "微信回调解不开，没有处理。请核对「服务器配置」里的 EncodingAESKey 和账号的 AppID。"
    )
    try:
        key = base64.b64decode(aes_key + "=", validate=True)
        sealed = base64.b64decode(encrypted, validate=True)
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        opened = _without_padding(decryptor.update(sealed) + decryptor.finalize())
        (length,) = struct.unpack(">I", opened[16:20])
    except (ValueError, IndexError, struct.error):
        raise refusal from None
    message, owner = opened[20 : 20 + length], opened[20 + length :]
    if not hmac.compare_digest(owner, appid.encode()):
        raise refusal
    return message


def _without_padding(opened: bytes) -> bytes:
    count = opened[-1]
    if not 1 <= count <= _AES_BLOCK or opened[-count:] != bytes([count]) * count:
        raise ValueError("padding")
    return opened[:-count]


class _NoDoctype(ET.TreeBuilder):
    """Entities are declared in a doctype, and the platform sends none: refusing it refuses every entity bomb."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ValueError("doctype")


def _root_of(body: bytes) -> ET.Element:
    try:
        parser = ET.XMLParser(target=_NoDoctype())  # noqa: S314  # no doctype, no entities
        parser.feed(body)
        root: ET.Element = parser.close()
    except (ET.ParseError, ValueError, LookupError):
        raise _unreadable() from None
    return root


def _unreadable() -> Invalid:
    return Invalid(
        "微信回调的内容看不懂，没有处理。请在「服务器配置」里把数据格式设为 XML。",
        code="wechat_callback_unreadable",
    )


def _text(element: ET.Element, path: str) -> str:
    """Without any white space: the documentation's own sample has a line break inside an id."""
    return "".join((element.findtext(path) or "").split())


def _number(element: ET.Element, path: str) -> int:
    text = _text(element, path) or "0"
    if not text.isdecimal():
        raise _unreadable()
    return int(text)


def _event_of(root: ET.Element) -> Event:
    kind = _text(root, "MsgType").lower()
    if kind != "event":
        return OtherEvent(key=f"message:{_text(root, 'MsgId')}", kind=kind)
    name = _text(root, "Event").lower()
    if name == "publishjobfinish":
        return _publish_finished(root)
    if name == "masssendjobfinish":
        return _mass_finished(root)
    key = f"event:{_text(root, 'FromUserName')}:{_text(root, 'CreateTime')}:{name}"
    return OtherEvent(key=key, kind=f"event.{name}")


def _publish_finished(root: ET.Element) -> PublishFinished:
    info = root.find("PublishEventInfo")
    if info is None:
        raise _unreadable()
    status = _number(info, "publish_status")
    failed = [_number(item, ".") for item in info.iterfind("fail_idx")]
    told = status in (PublishState.ORIGINAL_CLAIM_FAILED, PublishState.REVIEW_REFUSED)
    result = PublishStatus(
        publish_id=_text(info, "publish_id"),
        status=status,
        article_id=_text(info, "article_id"),
        items=_links(info, "article_detail/item", "idx", "article_url"),
        failed_indexes=tuple(failed) if told else (),
    )
    return PublishFinished(key=f"publish:{result.publish_id}:{status}", result=result)


def _mass_finished(root: ET.Element) -> MassFinished:
    msg_id = _text(root, "MsgID")
    status = (root.findtext("Status") or "").strip().lower()
    return MassFinished(
        key=f"mass:{msg_id}:{status}",
        msg_id=msg_id,
        status=status,
        total=_number(root, "TotalCount"),
        filtered=_number(root, "FilterCount"),
        sent=_number(root, "SentCount"),
        failed=_number(root, "ErrorCount"),
        reprint_state=_number(root, "CopyrightCheckResult/CheckState"),
        items=_links(root, "ArticleUrlResult/ResultList/item", "ArticleIdx", "ArticleUrl"),
    )


def _links(element: ET.Element, path: str, index: str, url: str) -> tuple[ArticleLink, ...]:
    return tuple(
        ArticleLink(index=_number(item, index), url=_text(item, url))
        for item in element.iterfind(path)
    )
