"""截止 and 截至. 截至 looks back from a point of time and counts (截至目前，共刊发…); 截止 says that something ends then
(报名截止, 截止日期). 《现代汉语词典》, both entries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from webapp.checks.model import Finding
from webapp.checks.passages import Case, Passage
from webapp.checks.reporting import at

_NOW = (
    "目前|现在|当前|此时|此刻|今日|今天|今年|昨日|昨天|发稿|统计时|记者发稿|"
    "[去本上前]年[年]?[底末]?|[上本]月[底末]?|[上本]周[末]?|年底|月底|[上下]午|今"
)
_FIXED = r"\d{2,4}年(?:\d{1,2}月)?(?:\d{1,2}[日号])?|\d{1,2}月(?:\d{1,2}[日号])?|\d{1,2}[日号]|\d{1,2}[时点]"
_STOP_FOR_UNTIL = re.compile(rf"截止[到至于]?(?P<time>{_NOW}|{_FIXED})")
_UNTIL_FOR_STOP = re.compile(r"截至(?=(?:日期|时间)(?:[为是：:，]|\d|$))|截至(?=[。；，！”）]|$)")

_DEADLINE_BEFORE = re.compile(
    r"(?:报名|申报|投稿|征稿|征集|来稿|收稿|提交|申请|投票|评选|招标|投标|竞买|缴费|预约|登记|报送|上报|受理|"
    r"招聘|认购|预售|售票|展览|活动|工作|期限|时间|日期|有效期)[^，。；！？]{0,6}$"
)
_COUNTING = re.compile(r"^[^。；！？\n]{0,16}(?:共|已|累计|达|总|超过|完成|收到|新增|仍|还|尚|有)")
LOOK_BACK = 14
LOOK_AHEAD = 24


def check(case: Case) -> Iterator[Finding]:
    for passage in case.prose:
        yield from _check_counting(passage)
        yield from _check_ending(passage)


def _check_counting(passage: Passage) -> Iterator[Finding]:
    text = passage.prose
    for match in _STOP_FOR_UNTIL.finditer(text):
        if _names_a_deadline(text, match):
            continue
        time = match["time"]
        yield at(
            "style.jiezhi",
            passage,
            match.span(),
            f"“{match[0]}”应为“截至{time}”：统计到某时用“截至”，到期停止才用“截止”。",
            fix=f"截至{time}",
        )


def _names_a_deadline(text: str, match: re.Match[str]) -> bool:
    """A deadline word right before it, or a date without anything counted behind it."""
    if _DEADLINE_BEFORE.search(text[max(0, match.start() - LOOK_BACK) : match.start()]):
        return True
    fixed = match["time"][0].isdigit()
    return fixed and not _COUNTING.match(text[match.end() : match.end() + LOOK_AHEAD])


def _check_ending(passage: Passage) -> Iterator[Finding]:
    for match in _UNTIL_FOR_STOP.finditer(passage.prose):
        yield at(
            "style.jiezhi",
            passage,
            match.span(),
            "这里说的是到期停止，“截至”应为“截止”。",
            fix="截止",
        )
