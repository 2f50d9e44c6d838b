"""The life of a publication, as one table, and the pure rules of what a failed call means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from webapp.editions.workflow import Action as EditionAction
from webapp.kernel.errors import Conflict
from webapp.wechat.errors import GatewayError, MissingMaterial, NeedsAdmin, TooFast


class State(StrEnum):
    QUEUED = "queued"
    UPLOADING = "uploading"
    DRAFTING = "drafting"
    DRAFTED = "drafted"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    FAILED = "failed"
    NEEDS_ATTENTION = "needs_attention"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    START = "start"
    UPLOADED = "uploaded"
    DRAFT = "draft"
    SUBMIT = "submit"
    ACCEPT = "accept"
    PUBLISH = "publish"
    FAIL = "fail"
    ASK = "ask"
    REQUEUE = "requeue"
    REUPLOAD = "reupload"
    REDRAFT = "redraft"
    WITHDRAW = "withdraw"
    WITHDRAWN = "withdrawn"


STATE_NAMES: Mapping[State, str] = {
    State.QUEUED: "等待推送",
    State.UPLOADING: "上传图片",
    State.DRAFTING: "写入草稿箱",
    State.DRAFTED: "已入草稿箱",
    State.SUBMITTING: "提交发布",
    State.SUBMITTED: "微信处理中",
    State.PUBLISHED: "已刊发",
    State.FAILED: "没有发出",
    State.NEEDS_ATTENTION: "需要查看",
    State.WITHDRAWING: "撤回中",
    State.WITHDRAWN: "已撤回",
}

_ON_ITS_WAY = (
    State.QUEUED,
    State.UPLOADING,
    State.DRAFTING,
    State.DRAFTED,
    State.SUBMITTING,
    State.SUBMITTED,
)

TRANSITIONS: Mapping[tuple[State, Action], State] = {
    (State.QUEUED, Action.START): State.UPLOADING,
    (State.QUEUED, Action.DRAFT): State.DRAFTED,  # no API: the package is ready
    (State.UPLOADING, Action.UPLOADED): State.DRAFTING,
    (State.DRAFTING, Action.REUPLOAD): State.UPLOADING,  # somebody deleted a cover at the platform
    (State.DRAFTING, Action.DRAFT): State.DRAFTED,
    (State.DRAFTED, Action.SUBMIT): State.SUBMITTING,
    (
        State.SUBMITTING,
        Action.REDRAFT,
    ): State.DRAFTING,  # a person says: it is not out, and its draft is gone
    (State.SUBMITTING, Action.ACCEPT): State.SUBMITTED,
    # Out, as the platform says or as it was found there.
    (State.DRAFTED, Action.PUBLISH): State.PUBLISHED,
    (State.SUBMITTING, Action.PUBLISH): State.PUBLISHED,
    (State.SUBMITTED, Action.PUBLISH): State.PUBLISHED,
    # Out, as a person says who hands in the links.
    (State.FAILED, Action.PUBLISH): State.PUBLISHED,
    (State.NEEDS_ATTENTION, Action.PUBLISH): State.PUBLISHED,
    **{(state, Action.FAIL): State.FAILED for state in _ON_ITS_WAY},
    **{(state, Action.ASK): State.NEEDS_ATTENTION for state in _ON_ITS_WAY},
    (State.FAILED, Action.REQUEUE): State.QUEUED,
    (State.NEEDS_ATTENTION, Action.REQUEUE): State.QUEUED,
    (State.FAILED, Action.WITHDRAW): State.WITHDRAWING,
    (State.DRAFTED, Action.WITHDRAW): State.WITHDRAWING,
    (State.NEEDS_ATTENTION, Action.WITHDRAW): State.WITHDRAWING,
    (State.PUBLISHED, Action.WITHDRAW): State.WITHDRAWING,
    (State.WITHDRAWING, Action.WITHDRAWN): State.WITHDRAWN,
}

# Where a worker has something to do. A draft that was the whole delivery rests; one on its way to publication does not.
ACTIVE = frozenset({*_ON_ITS_WAY, State.WITHDRAWING})

# What the edition shows when a publication comes to this state.
EDITION_ACTIONS: Mapping[State, EditionAction] = {
    State.QUEUED: EditionAction.QUEUE,
    State.UPLOADING: EditionAction.BEGIN,
    State.DRAFTING: EditionAction.BEGIN,
    State.SUBMITTING: EditionAction.BEGIN,
    State.SUBMITTED: EditionAction.BEGIN,
    State.PUBLISHED: EditionAction.PUBLISH,
    State.FAILED: EditionAction.FAIL,
    State.NEEDS_ATTENTION: EditionAction.ASK,
    State.WITHDRAWN: EditionAction.WITHDRAW,
}


def next_state(state: State, action: Action) -> State:
    found = TRANSITIONS.get((state, action))
    if found is None:
        raise Conflict(
            f"推送现在是“{STATE_NAMES[state]}”，不能这样做；没有改动，请刷新后再看。",
            code="publication.state",
        )
    return found


class StepKind(StrEnum):
    UPLOAD_COVER = "upload_cover"
    UPLOAD_IMAGE = "upload_image"
    UPLOAD_PICTURE = "upload_picture"
    ADD_DRAFT = "add_draft"
    SUBMIT = "submit"
    DELETE_DRAFT = "delete_draft"
    DELETE_PUBLISHED = "delete_published"


STEP_NAMES: Mapping[StepKind, str] = {
    StepKind.UPLOAD_COVER: "上传封面",
    StepKind.UPLOAD_IMAGE: "上传正文图片",
    StepKind.UPLOAD_PICTURE: "上传图片消息的图片",
    StepKind.ADD_DRAFT: "写入草稿箱",
    StepKind.SUBMIT: "提交发布",
    StepKind.DELETE_DRAFT: "删除草稿箱里的草稿",
    StepKind.DELETE_PUBLISHED: "删除已发布的文章",
}


class StepState(StrEnum):
    INTENT = "intent"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    """Unknown once; then looked for at the platform and not there."""


UNSETTLED = frozenset({StepState.INTENT, StepState.UNKNOWN})

# A call that changes nothing a reader sees may simply be made again: at worst a picture lies twice in the library.
REPEATABLE = frozenset(
    {
        StepKind.UPLOAD_COVER,
        StepKind.UPLOAD_IMAGE,
        StepKind.UPLOAD_PICTURE,
        StepKind.DELETE_DRAFT,
        StepKind.DELETE_PUBLISHED,
    }
)

TRIES_MAX = 6
LOOKS_MIN = 2
"""How often the platform is looked at before a lost call counts as never arrived."""
LOOK_TRIES_MAX = 20
DRAFTS_REFUSED_MAX = 2
"""How often covers are uploaded anew for one push."""
CALLS_IN_A_ROW = 4
"""The most requests that one step makes: token, call, and both again when the platform refused the token."""
_BACKOFF_SECONDS = (2, 5, 15, 30, 60)
TOO_FAST_WAIT = timedelta(seconds=60)
"""errcode 45011 is a limit per minute (developers.weixin.qq.com, global return codes, read 2026-11)."""
CLIENT_MSG_ID_MEMORY = timedelta(hours=23)
"""The platform knows a clientmsgid for 24 hours; an hour is kept as a margin."""


def backoff(tries: int) -> timedelta:
    return timedelta(seconds=_BACKOFF_SECONDS[min(tries, len(_BACKOFF_SECONDS)) - 1])


def patient(waited: timedelta, at_least: timedelta) -> timedelta:
    """Ask often at first, later every sixth of what was waited already."""
    return max(at_least, waited / 6)


class Verdict(StrEnum):
    """What is to be done about a call that did not succeed."""

    RETRY = "retry"
    """It did not happen, or it does not matter whether it did."""
    LOOK = "look"
    """Nobody knows: the platform is looked at before anything else."""
    REUPLOAD = "reupload"
    """Something that the draft names is gone at the platform."""
    GIVE_UP = "give_up"
    """Refused, and it would be again."""


ADMIN_MASS = "wechat_admin_must_allow_mass"


def verdict_on(kind: StepKind, error: GatewayError) -> Verdict:
    if error.sent == "no" or isinstance(error, TooFast):
        return Verdict.RETRY
    if error.sent == "maybe":
        return Verdict.RETRY if kind in REPEATABLE else Verdict.LOOK
    if isinstance(error, MissingMaterial) and kind is StepKind.ADD_DRAFT:
        return Verdict.REUPLOAD
    if isinstance(error, MissingMaterial) and kind is StepKind.SUBMIT:
        return Verdict.LOOK  # a draft that is gone may have been published
    if isinstance(error, NeedsAdmin) and error.code == ADMIN_MASS:
        return Verdict.LOOK  # it goes out when the administrator nods
    return Verdict.GIVE_UP


INTERRUPTED = "push.interrupted"
LOST_CODES = frozenset(
    {"wechat_timeout", "wechat_connection_lost", "wechat_bad_answer", "wechat_busy", INTERRUPTED}
)
"""Of steps whose request may have been carried out although no answer came."""

_REASONS: Mapping[str, str] = {
    "wechat_timeout": "微信没有按时回答",
    "wechat_connection_lost": "等微信回答时连接断了",
    "wechat_bad_answer": "微信的答复看不懂",
    "wechat_busy": "微信系统繁忙",
    "wechat_not_reached": "连不上微信接口，请检查服务器的网络、DNS、代理和接口地址",
    "wechat_no_token": "没有取得微信的访问凭证",
    "wechat_too_fast": "微信说操作太频繁",
}


def reason_of(error: GatewayError) -> str:
    """Why a call did not succeed, without the promise to try again."""
    return f"{_REASONS[error.code]}。" if error.code in _REASONS else error.message
