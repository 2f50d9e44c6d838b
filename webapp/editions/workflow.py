"""The life of an edition, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from webapp.kernel.errors import Conflict

MAX_ARTICLES = 8
"""The platform's old limit for one message, still kept by its console (developers.weixin.qq.com, draft box, read 2026-11)."""


class Delivery(StrEnum):
    DRAFT = "draft"
    PUBLISH = "publish"
    MASS = "mass"
    MANUAL = "manual"


DELIVERY_NAMES: Mapping[Delivery, str] = {
    Delivery.DRAFT: "存入草稿箱",
    Delivery.PUBLISH: "发布",
    Delivery.MASS: "群发",
    Delivery.MANUAL: "人工发布",
}


class State(StrEnum):
    PLANNED = "planned"
    QUEUED = "queued"
    PUSHING = "pushing"
    DRAFTED = "drafted"
    PUBLISHED = "published"
    FAILED = "failed"
    NEEDS_ATTENTION = "needs_attention"
    WITHDRAWN = "withdrawn"


STATE_NAMES: Mapping[State, str] = {
    State.PLANNED: "已排期",
    State.QUEUED: "等待推送",
    State.PUSHING: "推送中",
    State.DRAFTED: "已入草稿箱",
    State.PUBLISHED: "已刊发",
    State.FAILED: "没有发出",
    State.NEEDS_ATTENTION: "需要查看",
    State.WITHDRAWN: "已撤回",
}

# Its articles belong to it: they may stand in no other edition.
HOLDING = frozenset(State) - {State.WITHDRAWN}


class Action(StrEnum):
    QUEUE = "queue"
    BEGIN = "begin"
    DRAFT = "draft"
    PUBLISH = "publish"
    FAIL = "fail"
    ASK = "ask"
    WITHDRAW = "withdraw"


TRANSITIONS: Mapping[tuple[State, Action], State] = {
    (State.PLANNED, Action.QUEUE): State.QUEUED,
    (State.FAILED, Action.QUEUE): State.QUEUED,
    (State.NEEDS_ATTENTION, Action.QUEUE): State.QUEUED,
    (State.QUEUED, Action.BEGIN): State.PUSHING,
    (State.QUEUED, Action.FAIL): State.FAILED,
    (State.PUSHING, Action.BEGIN): State.PUSHING,
    (State.PUSHING, Action.DRAFT): State.DRAFTED,
    (State.PUSHING, Action.PUBLISH): State.PUBLISHED,
    (State.PUSHING, Action.FAIL): State.FAILED,
    (State.PUSHING, Action.ASK): State.NEEDS_ATTENTION,
    (State.DRAFTED, Action.PUBLISH): State.PUBLISHED,
    (State.FAILED, Action.PUBLISH): State.PUBLISHED,  # by hand, after all
    (State.NEEDS_ATTENTION, Action.PUBLISH): State.PUBLISHED,
    (State.PLANNED, Action.WITHDRAW): State.WITHDRAWN,
    (State.FAILED, Action.WITHDRAW): State.WITHDRAWN,
    (State.DRAFTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.NEEDS_ATTENTION, Action.WITHDRAW): State.WITHDRAWN,
    (State.PUBLISHED, Action.WITHDRAW): State.WITHDRAWN,
}


def next_state(state: State, action: Action) -> State:
    found = TRANSITIONS.get((state, action))
    if found is None:
        raise Conflict(
            f"这次推送现在是“{STATE_NAMES[state]}”，不能这样做；没有改动，请刷新后再看。",
            code="edition.state",
        )
    return found
