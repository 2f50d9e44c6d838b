from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from webapp.kernel.errors import Invalid
from webapp.proofreading.workflow import Answer

ALLOW: Literal["allow"] = "allow"


@dataclass(frozen=True, kw_only=True)
class Given:
    """`answer` None: let pass for good, as `phrase` ("": what was found)."""

    answer: Answer | None
    reason: str
    phrase: str


def parse_answer(sent: object) -> Given:
    if not isinstance(sent, Mapping):
        raise Invalid("没有收到答复，什么也没有记下。", code="bad_json")
    answer, reason, phrase = sent.get("answer"), sent.get("reason", ""), sent.get("phrase", "")
    if answer not in (*Answer, ALLOW):
        raise Invalid.of_field("answer", "只能是采纳、忽略或放行，什么也没有记下。")
    if not isinstance(reason, str) or not isinstance(phrase, str):
        raise Invalid.of_field("reason", "理由和词句要是文字，什么也没有记下。")
    kept = None if answer == ALLOW else Answer(str(answer))
    return Given(answer=kept, reason=reason, phrase=phrase)
