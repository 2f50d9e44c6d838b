"""The life of an article, as one table. Buttons, services and tests ask the same table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from webapp.kernel.errors import Conflict


class State(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    EDIT = "edit"
    SUBMIT = "submit"
    SUBMIT_URGENT = "submit_urgent"
    RECALL = "recall"
    PASS_STAGE = "pass_stage"  # noqa: S105
    APPROVE = "approve"
    APPROVE_URGENT = "approve_urgent"
    COUNTERSIGN = "countersign"
    OBJECT = "object"
    RETURN = "return"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


STATE_NAMES: Mapping[State, str] = {
    State.DRAFT: "草稿",
    State.IN_REVIEW: "审核中",
    State.APPROVED: "已审定",
    State.PUBLISHED: "已刊发",
    State.WITHDRAWN: "已撤回",
}

ACTION_NAMES: Mapping[Action, str] = {
    Action.EDIT: "修改",
    Action.SUBMIT: "送审",
    Action.SUBMIT_URGENT: "按急件送审",
    Action.RECALL: "收回",
    Action.PASS_STAGE: "通过本审",
    Action.APPROVE: "审定",
    Action.APPROVE_URGENT: "按急件审定",
    Action.COUNTERSIGN: "补签",
    Action.OBJECT: "提出异议",
    Action.RETURN: "退回",
    Action.PUBLISH: "刊发",
    Action.WITHDRAW: "撤回",
}

# An edit takes an article that is under review, or approved, back to the draft: what was read is no longer what stands there.
TRANSITIONS: Mapping[tuple[State, Action], State] = {
    (State.DRAFT, Action.EDIT): State.DRAFT,
    (State.IN_REVIEW, Action.EDIT): State.DRAFT,
    (State.APPROVED, Action.EDIT): State.DRAFT,
    (State.WITHDRAWN, Action.EDIT): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.IN_REVIEW,
    (State.DRAFT, Action.SUBMIT_URGENT): State.IN_REVIEW,
    (State.IN_REVIEW, Action.RECALL): State.DRAFT,
    (State.IN_REVIEW, Action.PASS_STAGE): State.IN_REVIEW,
    (State.IN_REVIEW, Action.APPROVE): State.APPROVED,
    (State.IN_REVIEW, Action.APPROVE_URGENT): State.APPROVED,
    (State.IN_REVIEW, Action.RETURN): State.DRAFT,
    # What an urgent article owes afterwards moves it nowhere; a withdrawal does not settle it.
    (State.APPROVED, Action.COUNTERSIGN): State.APPROVED,
    (State.PUBLISHED, Action.COUNTERSIGN): State.PUBLISHED,
    (State.WITHDRAWN, Action.COUNTERSIGN): State.WITHDRAWN,
    (State.APPROVED, Action.OBJECT): State.APPROVED,
    (State.PUBLISHED, Action.OBJECT): State.PUBLISHED,
    (State.WITHDRAWN, Action.OBJECT): State.WITHDRAWN,
    (State.APPROVED, Action.PUBLISH): State.PUBLISHED,
    (State.PUBLISHED, Action.WITHDRAW): State.WITHDRAWN,
}


def next_state(state: State, action: Action) -> State:
    """Raises Conflict, with a sentence that names both."""
    found = TRANSITIONS.get((state, action))
    if found is None:
        raise Conflict(
            f"稿件现在是“{STATE_NAMES[state]}”，不能{ACTION_NAMES[action]}；稿件没有改动，请刷新后再看。",
            code="article.state",
        )
    return found


def allowed_actions(state: State) -> frozenset[Action]:
    return frozenset(action for (from_state, action) in TRANSITIONS if from_state is state)
