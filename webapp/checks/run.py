"""Run every check on an article."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from webapp.checks import (
    columns,
    doubled_words,
    jiezhi,
    links,
    marks,
    names,
    numbers,
    pairs,
    personal_data,
    picture_messages,
    pictures,
    platform_limits,
    scraped,
    sensitive_words,
    structure,
)
from webapp.checks.catalogue import CATALOGUE, MUST
from webapp.checks.matcher import Hit, outside
from webapp.checks.model import Finding, Rules, Severity, Subject
from webapp.checks.passages import Case

Check = Callable[[Case], Iterator[Finding]]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("平台限制", platform_limits.check),
    ("图片消息", picture_messages.check),
    ("结构", structure.check),
    ("抓取残留与半角标点", scraped.check),
    ("标点形式", marks.check),
    ("引号与括号", pairs.check),
    ("截止与截至", jiezhi.check),
    ("数字用法", numbers.check),
    ("词语重复", doubled_words.check),
    ("人名、职务、机构", names.check),
    ("栏目名称", columns.check),
    ("词库", sensitive_words.check),
    ("图片", pictures.check),
    ("链接", links.check),
    ("个人信息", personal_data.check),
)

NEVER_ALLOWED = ("limit.", "newspic.", "privacy.", "picture.")
"""What the allow-list cannot let through."""
FIELD_ORDER = ("title", "author", "digest", "source_url", "cover")


def run(subject: Subject, rules: Rules) -> tuple[Finding, ...]:
    """Every finding, in reading order: fields, the body as a whole, block after block."""
    case = Case.of(subject, rules)
    found = [finding for _, check in CHECKS for finding in check(case)]
    if len(rules.allow):
        shelters = {
            (p.field, p.block): list(rules.allow.hits(p.surroundings.alike)) for p in case.passages
        }
        found = [f for f in found if not _is_allowed(f, shelters.get((f.field, f.block), ()))]
    return tuple(sorted(found, key=_reading_order))


def _is_allowed(finding: Finding, shelters: Sequence[Hit]) -> bool:
    """It lies inside a phrase of the allow-list."""
    if finding.start is None or finding.end is None or finding.code.startswith(NEVER_ALLOWED):
        return False
    return not outside([Hit(finding.start, finding.end, 0)], shelters)


def _reading_order(finding: Finding) -> tuple[int, int, int, str]:
    field = FIELD_ORDER.index(finding.field) if finding.field in FIELD_ORDER else len(FIELD_ORDER)
    block = -1 if finding.block is None else finding.block
    return field, block, -1 if finding.start is None else finding.start, finding.code


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Findings of one sort, told as one line of a list: 半角标点 41 处."""

    code: str
    label: str
    severity: Severity
    findings: tuple[Finding, ...]

    @property
    def count(self) -> int:
        return len(self.findings)

    @property
    def message(self) -> str:
        first = self.findings[0].message
        return first if self.count == 1 else f"{self.label} {self.count} 处，如：{first}"


def summarise(findings: Sequence[Finding]) -> tuple[Group, ...]:
    """One group for each code and severity; what must be mended first, then as the catalogue has it."""
    order = {code: rank for rank, code in enumerate(CATALOGUE)}
    grouped: dict[tuple[str, Severity], list[Finding]] = {}
    for finding in findings:
        grouped.setdefault((finding.code, finding.severity), []).append(finding)
    keys = sorted(grouped, key=lambda key: (key[1] != MUST, order[key[0]]))
    return tuple(
        Group(
            code=code,
            label=CATALOGUE[code].label,
            severity=severity,
            findings=tuple(grouped[code, severity]),
        )
        for code, severity in keys
    )
