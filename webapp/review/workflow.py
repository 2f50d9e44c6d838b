"""Who may decide what: pure rules about one article and one person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from webapp.kernel.errors import ChecksumMismatch, Conflict, Forbidden, Invalid
from webapp.users.permissions import Actor

COMMENT_MAX_CHARACTERS = 2_000
REASON_MAX_CHARACTERS = 200


class Decision(StrEnum):
    APPROVE = "approve"
    RETURN = "return"
    OBJECT = "object"
    """Of a countersigner only: the article is approved already."""


DECISION_NAMES = {Decision.APPROVE: "通过", Decision.RETURN: "退回", Decision.OBJECT: "异议"}
VERDICTS = frozenset({Decision.APPROVE, Decision.RETURN})
COUNTERSIGNS = frozenset({Decision.APPROVE, Decision.OBJECT})


class Way(StrEnum):
    """How a verdict came about."""

    PLAIN = ""
    URGENT = "urgent"
    COUNTERSIGN = "countersign"


WAY_NAMES = {Way.PLAIN: "", Way.URGENT: "急件", Way.COUNTERSIGN: "补签"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """What stands before the reviewer. `decided_stages` are those this person decided before, in any round."""

    column_id: int
    stage: int
    in_review: bool
    under_review: str
    """Checksum of what was submitted."""
    stands_now: str
    """Checksum of what the reader would see now."""
    writers: Collection[int]
    decided_stages: Collection[int]
    stands_for: str | None = None
    """In whose place this person may decide, by name (empty: nobody is named for the stage); None: in nobody's."""
    urgent: bool = False
    """One of those named for it decides, and nobody else."""
    leads: bool = False
    """This person is named to decide what is urgent."""


class MandateKind(StrEnum):
    DEPUTY = "deputy"
    URGENT = "urgent"


def refuse_unless_may_decide(actor: Actor, case: Case) -> None:
    """Raises Conflict when nothing is under review, Forbidden for one's own article, a second stage, or a stage that is
    another's and not to be decided in their place."""
    if not case.in_review:
        raise Conflict(
            "这篇稿件现在不在审核中，您的意见没有记下；请刷新后再看。", code="article.state"
        )
    if actor.id in case.writers:
        raise Forbidden(
            "不能审自己写过或改过的稿件，稿件没有变动；请由另一位审核来定。", code="review.own"
        )
    if set(case.decided_stages) - {case.stage}:
        raise Forbidden(
            "同一篇稿件，一个人只能审其中一个审次；您已审过另一次，请由另一位审核来定。",
            code="review.second_stage",
        )
    if case.urgent:
        if not case.leads:
            raise Forbidden(
                "这是急件，只能由指定的急件负责人来定，稿件没有变动；定了以后您可以补签。",
                code="review.urgent",
            )
    elif not actor.reviews_stage(case.column_id, case.stage) and case.stands_for is None:
        raise Forbidden("这一审次不由您负责，稿件没有变动。", code="review.stage")


def parse_deputy_reason(actor: Actor, case: Case, reason: str) -> str:
    """Empty for a reviewer of the stage; whoever decides in their place says why. Raises Forbidden without."""
    reason = reason.strip()
    if case.urgent:
        return ""
    if actor.reviews_stage(case.column_id, case.stage):
        if reason:
            raise Invalid.of_field(
                "deputy_reason", "这一审本来就由您负责，不是代审；意见没有记下，请去掉代审理由。"
            )
        return ""
    if not reason:
        raise Forbidden(
            "这一审次不由您负责，稿件没有变动；要代审，请写明理由。", code="review.stage"
        )
    if len(reason) > REASON_MAX_CHARACTERS:
        raise Invalid.of_field("deputy_reason", f"代审理由最长 {REASON_MAX_CHARACTERS} 字。")
    return reason


def refuse_other_text(case: Case, checksum: str) -> None:
    """Raises ChecksumMismatch unless what was read, what was submitted and what stands there now are one."""
    if checksum != case.under_review:
        raise ChecksumMismatch(
            "您看到的不是现在送审的这一版，意见没有记下；请刷新，读过新的一版再定。"
        )
    if case.stands_now != case.under_review:
        raise ChecksumMismatch(
            "送审以后，版式、图片说明或署名有了改动，读者看到的会与送审的不同；意见没有记下，请编辑收回后重新送审。",
            code="review.changed_underneath",
        )


def parse_comment(decision: Decision, comment: str) -> str:
    comment = comment.strip()
    if len(comment) > COMMENT_MAX_CHARACTERS:
        raise Invalid.of_field("comment", f"意见最长 {COMMENT_MAX_CHARACTERS} 字。")
    if decision is Decision.OBJECT and not comment:
        raise Invalid.of_field("comment", "有异议要写明理由，发布人员才好定夺；没有记下。")
    if decision is Decision.RETURN and not comment:
        raise Invalid.of_field("comment", "退回要写明理由，作者才知道改哪里；稿件没有变动。")
    return comment
