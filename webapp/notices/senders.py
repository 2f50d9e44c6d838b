"""How a message leaves: by SMTP, or as a text in a group chat. Only here is the network touched.

Formats as the platforms describe them, read 2026-11: WeCom (developer.work.weixin.qq.com, 群机器人配置说明: text of at most 2048
bytes, 20 a minute), DingTalk (open.dingtalk.com, 自定义机器人安全设置: HMAC-SHA256 keyed with the secret over
"milliseconds\\nsecret"), Feishu (open.feishu.cn, 自定义机器人使用指南: HMAC-SHA256 keyed with "seconds\\nsecret" over nothing; body
of at most 20 kB).

No address is called that an administrator typed unless it is https at one of the platforms' hosts, or the operator allowed its
origin in the settings; a redirection is not followed. Addresses and secrets are in no error and no log.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from webapp.kernel.errors import Invalid, Unavailable
from webapp.kernel.settings import Settings
from webapp.notices.workflow import ChannelKind

HOSTS: Mapping[ChannelKind, frozenset[str]] = {
    ChannelKind.WECOM: frozenset({"qyapi.weixin.qq.com"}),
    ChannelKind.DINGTALK: frozenset({"oapi.dingtalk.com"}),
    ChannelKind.FEISHU: frozenset({"open.feishu.cn", "open.larksuite.com"}),
}
TIMEOUT_SECONDS = 15
ANSWER_MAX_BYTES = 64 * 1024
TEXT_MAX_BYTES = 2_000
"""The least that the three take is 2048."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Destination:
    kind: ChannelKind
    address: str
    secret: str = ""


class NotDelivered(Unavailable):
    """The sentence is for people and holds no address."""

    code = "notice.not_delivered"


def _is_allowed(kind: ChannelKind, address: str, settings: Settings) -> bool:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    origin = f"{parts.scheme}://{parts.netloc}"
    if origin in settings.webhook_extra_origins.split():
        return True
    known = parts.hostname in HOSTS[kind] and port in (None, 443)
    return known and parts.scheme == "https" and "@" not in parts.netloc


def refuse_unknown_host(kind: ChannelKind, address: str, settings: Settings) -> None:
    """Raises Invalid."""
    if not _is_allowed(kind, address, settings):
        hosts = "、".join(sorted(HOSTS[kind]))
        raise Invalid.of_field("address", f"地址要以 https:// 开头，主机是 {hosts}，没有添加。")


def _signature(key: str, message: str) -> str:
    digest = hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _cut(text: str) -> str:
    data = text.encode()
    if len(data) <= TEXT_MAX_BYTES:
        return text
    return data[: TEXT_MAX_BYTES - 3].decode(errors="ignore") + "…"


def request_of(to: Destination, text: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """Address and JSON body of one call."""
    text = _cut(text)
    if to.kind is ChannelKind.FEISHU:
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if to.secret:
            seconds = str(int(now.timestamp()))
            body |= {"timestamp": seconds, "sign": _signature(f"{seconds}\n{to.secret}", "")}
        return to.address, body
    body = {"msgtype": "text", "text": {"content": text}}
    if to.kind is ChannelKind.DINGTALK and to.secret:
        milliseconds = str(int(now.timestamp() * 1000))
        sign = _signature(to.secret, f"{milliseconds}\n{to.secret}")
        joint = "&" if urlsplit(to.address).query else "?"
        signed = urlencode({"timestamp": milliseconds, "sign": sign})
        return f"{to.address}{joint}{signed}", body
    return to.address, body


def _refusal(answer: requests.Response) -> str:
    """ "" when the platform took it."""
    if answer.status_code != 200:
        return f"对方回答 HTTP {answer.status_code}"
    try:
        told = answer.json()
        code = told.get("errcode", told.get("code"))
    except (ValueError, AttributeError):
        return "对方的回答看不懂"
    reason = str(told.get("errmsg", told.get("msg", "")))[:100]
    return "" if code == 0 else f"对方回答 {code} {reason}"


def _post(to: Destination, letter: Letter, settings: Settings, now: datetime) -> None:
    try:
        refuse_unknown_host(to.kind, to.address, settings)  # the settings may have changed since
    except Invalid:
        raise NotDelivered("这个地址不在许可的主机里，没有发。") from None
    address, body = request_of(to, f"【同心】{letter.text}", now)
    try:
        with requests.Session() as caller:
            caller.trust_env = False
            answer = caller.post(address, json=body, timeout=TIMEOUT_SECONDS,
                                 allow_redirects=False, stream=True)  # fmt: skip
            answer._content = answer.raw.read(ANSWER_MAX_BYTES, decode_content=True)
    except requests.RequestException as error:
        raise NotDelivered(f"连不上对方（{type(error).__name__}），会再试。") from None
    if refusal := _refusal(answer):
        raise NotDelivered(f"{refusal}，没有收下。")


def has_mail(settings: Settings) -> bool:
    return bool(settings.smtp_host and settings.smtp_from)


def _mail(to: Destination, letter: Letter, settings: Settings, now: datetime) -> None:
    if not has_mail(settings):
        raise NotDelivered("还没有设置发信的服务器（smtp_host、smtp_from），没有发。")
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = letter.subject, settings.smtp_from, to.address
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=settings.smtp_from.rpartition("@")[2].strip(">") or None)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    try:
        _hand_over(mail, settings)
    except (OSError, smtplib.SMTPException) as error:
        raise NotDelivered(f"发信的服务器没有收下（{type(error).__name__}），会再试。") from None


def _hand_over(mail: EmailMessage, settings: Settings) -> None:
    safe = ssl.create_default_context()
    place = (settings.smtp_host, settings.smtp_port)
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=TIMEOUT_SECONDS, context=safe)
    else:
        server = smtplib.SMTP(*place, timeout=TIMEOUT_SECONDS)
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=safe)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(mail)


def deliver(to: Destination, letter: Letter, *, settings: Settings, now: datetime) -> None:
    """Raises NotDelivered. Not inside a transaction."""
    send = _mail if to.kind is ChannelKind.EMAIL else _post
    send(to, letter, settings, now)
