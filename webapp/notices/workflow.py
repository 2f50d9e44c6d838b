"""What a notice is about, when what is sent outside is due, and how often it is tried: pure rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Kind(StrEnum):
    SUBMITTED = "submitted"
    PASSED = "passed"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"
    TROUBLE = "trouble"
    MENTION = "mention"
    REPLY = "reply"
    COUNTERSIGN = "countersign"
    OBJECTION = "objection"
    SILENCE = "silence"


KIND_NAMES: Mapping[Kind, str] = {
    Kind.SUBMITTED: "送审",
    Kind.PASSED: "待审",
    Kind.RETURNED: "退回",
    Kind.APPROVED: "审定",
    Kind.PUBLISHED: "刊发",
    Kind.TROUBLE: "推送出错",
    Kind.MENTION: "有人叫您",
    Kind.REPLY: "回复批注",
    Kind.COUNTERSIGN: "补签",
    Kind.OBJECTION: "急件异议",
    Kind.SILENCE: "断更",
}
PERSONAL = frozenset({Kind.MENTION, Kind.REPLY})
"""Said to one person; a group chat does not hear of it."""


class Mode(StrEnum):
    SOON = "soon"
    """Gathered for some minutes, then sent."""
    DAILY = "daily"
    """Once a day, in the morning."""
    OFF = "off"


MODE_NAMES: Mapping[Mode, str] = {
    Mode.SOON: "随时发，几分钟内的合成一封",
    Mode.DAILY: "每天早上发一封",
    Mode.OFF: "不发邮件",
}


class ChannelKind(StrEnum):
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    EMAIL = "email"


CHANNEL_NAMES: Mapping[ChannelKind, str] = {
    ChannelKind.WECOM: "企业微信群机器人",
    ChannelKind.DINGTALK: "钉钉群机器人",
    ChannelKind.FEISHU: "飞书群机器人",
    ChannelKind.EMAIL: "公用邮箱",
}


class MessageState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """Tried as often as it may be; somebody must look."""


RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
)
"""After the first failure, the second, …; after the last it is given up. A lost answer is tried again too: a reminder that
comes twice does no harm, one that never comes does."""
LEASE = timedelta(minutes=5)
"""What was begun and not ended for so long is taken to be lost with its worker; longer than any delivery may last."""
LINES_MAX = 40
"""In one message; what is more stands in the product."""


def next_due(
    mode: Mode, now: datetime, *, minutes: float, hour: int, zone: ZoneInfo
) -> datetime | None:
    """When a message begun now is sent; None: never."""
    if mode is Mode.OFF:
        return None
    if mode is Mode.SOON:
        return now + timedelta(minutes=minutes)
    morning = now.astimezone(zone).replace(hour=hour, minute=0, second=0, microsecond=0)
    return morning if morning > now else morning + timedelta(days=1)


def retry_at(attempts: int, now: datetime) -> datetime | None:
    """`attempts`: how often it was tried; None: it is given up."""
    return now + RETRY_AFTER[attempts - 1] if attempts <= len(RETRY_AFTER) else None
