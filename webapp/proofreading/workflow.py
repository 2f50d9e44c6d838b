"""How a finding may be answered, and the life of a sweep: pure rules."""

from __future__ import annotations

from enum import StrEnum

from webapp.kernel.errors import Forbidden, Invalid

REASON_MAX_CHARACTERS = 500


class Answer(StrEnum):
    ACCEPTED = "accepted"
    """Right, and will be mended."""
    IGNORED = "ignored"
    """Looked at and left, for a reason."""


ANSWER_NAMES = {Answer.ACCEPTED: "采纳", Answer.IGNORED: "忽略"}


class SweepState(StrEnum):
    RUNNING = "running"
    DONE = "done"


class ItemState(StrEnum):
    OPEN = "open"
    SETTLED = "settled"


def refuse_unless_may_answer(stage: int, *, may_write: bool, may_decide: bool) -> None:
    """Whoever writes answers while it is written (stage 0); once submitted whoever may decide the stage that it lies before:
    its reviewers, who stands in for them, and of an urgent article the leaders. Raises Forbidden."""
    if not (may_decide if stage else may_write):
        raise Forbidden(
            "这篇稿件现在不由您答复，没有记下：写作时由编辑答，送审后由能定这一审的人（审核、代审、急件负责人）答。"
        )


def parse_reason(answer: Answer, severity: str, reason: str) -> str:
    """Raises Invalid: a "must" cannot be ignored, and ignoring needs a reason."""
    reason = reason.strip()
    if answer is Answer.IGNORED and severity == "must":
        raise Invalid("这一处必须改，不能忽略；改好后它会自己消失。", code="finding.must")
    if answer is Answer.IGNORED and not reason:
        raise Invalid.of_field("reason", "忽略要写明理由，审核会看到。")
    if len(reason) > REASON_MAX_CHARACTERS:
        raise Invalid.of_field("reason", f"理由最长 {REASON_MAX_CHARACTERS} 字。")
    return reason


def parse_phrase(severity: str, excerpt: str, phrase: str) -> str:
    """Raises Invalid: a "must" is not let pass with one touch, and a phrase without what was found would change nothing."""
    phrase = phrase.strip() or excerpt
    if severity == "must":
        raise Invalid("这一处必须改，不能放行；改好后它会自己消失。", code="finding.must")
    if not excerpt:
        raise Invalid("这一处说的是整篇，没有可以放行的词句，没有记下。", code="finding.whole")
    if excerpt not in phrase:
        raise Invalid.of_field("phrase", f"放行的词句里要有“{excerpt}”，可以连上前后的字。")
    return phrase
