"""What is wrong with an account, and what to do about it. Asks only questions that change nothing at the platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from webapp.wechat.errors import GatewayError
from webapp.wechat.gateway import Gateway

DRAFT_PATH = "/cgi-bin/draft/add"
LOW_QUOTA = 20
"""Fewer calls left today than this is worth a word: an edition needs one, a bad day of repeats some more."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`sentence` says how it stands, and when not `ok` what to do."""

    subject: str
    ok: bool
    sentence: str


def diagnose(gateway: Gateway) -> tuple[Finding, ...]:
    """Token (with the IP allow-list), draft box, publishing right and today's quota. Without a token the rest is moot
    and left out.
    """
    token = _ask("凭证与 IP 白名单", lambda: _token(gateway))
    if not token.ok:
        return (token,)
    return (
        token,
        _ask("草稿箱", lambda: f"可以使用，现有草稿 {gateway.count_drafts()} 篇。"),
        _ask("发布权限", lambda: _publishing(gateway)),
        _ask("今日次数", lambda: _quota(gateway)),
    )


def _ask(subject: str, question: Callable[[], str | Finding]) -> Finding:
    try:
        answer = question()
    except GatewayError as error:
        return Finding(subject=subject, ok=False, sentence=error.message)
    if isinstance(answer, Finding):
        return answer
    return Finding(subject=subject, ok=True, sentence=answer)


def _token(gateway: Gateway) -> str:
    minutes = gateway.check_token() // 60
    return f"AppID、AppSecret 正确，本机地址在白名单内，凭证还有 {minutes} 分钟有效。"


def _publishing(gateway: Gateway) -> str:
    page = gateway.list_published(offset=0, count=1, no_content=True)
    return f"可以通过接口发布，已发布 {page.total} 次。"


def _quota(gateway: Gateway) -> str | Finding:
    quota = gateway.quota(DRAFT_PATH)
    sentence = f"新增草稿今天还可调用 {quota.remaining} 次（每日 {quota.daily_limit} 次）。"
    if quota.remaining >= LOW_QUOTA:
        return sentence
    return Finding(
        subject="今日次数",
        ok=False,
        sentence=sentence + "所剩不多，请把不急的推送留到明天，或在公众平台清零次数。",
    )
