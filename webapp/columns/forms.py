from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from webapp.columns.models import ISSUE_FORMAT, STAGE_NAMES
from webapp.kernel.errors import FieldError, Invalid

NAME_MAX_CHARACTERS = 60
INTRODUCTION_MAX_CHARACTERS = 500
TARGET_MAX = 100_000
LABELS_MAX = 20
LABEL_MAX_CHARACTERS = 20
ISSUE_MAX = 99_999
ISSUE_FORMAT_MAX_CHARACTERS = 30


def _parse_target(value: str, errors: list[FieldError]) -> int | None:
    if not value:
        return None
    if not value.isdecimal() or not 1 <= int(value) <= TARGET_MAX:
        errors.append(FieldError("target", f"目标要是 1 到 {TARGET_MAX} 的整数；不设就留空。"))
        return None
    return int(value)


def _parse_first_issue(value: str, errors: list[FieldError]) -> int | None:
    if not value:
        return None
    if not value.isdecimal() or not 1 <= int(value) <= ISSUE_MAX:
        errors.append(
            FieldError("first_issue", f"期号要是 1 到 {ISSUE_MAX} 的整数；不编期号就留空。")
        )
        return None
    return int(value)


def _parse_issue_format(value: str, errors: list[FieldError]) -> str:
    text = " ".join(value.split()) or ISSUE_FORMAT
    around = text.replace("{n}", "", 1)
    if len(text) > ISSUE_FORMAT_MAX_CHARACTERS or around == text or set(around) & set("{}"):
        errors.append(
            FieldError(
                "issue_format",
                f"要写一个 {{n}} 代表期号，如“第{{n}}期”，最长 {ISSUE_FORMAT_MAX_CHARACTERS} 字。",
            )
        )
    return text


def _parse_labels(value: str, errors: list[FieldError]) -> list[str]:
    labels = [line.strip() for line in value.replace("、", "\n").splitlines() if line.strip()]
    if len(labels) > LABELS_MAX or any(len(label) > LABEL_MAX_CHARACTERS for label in labels):
        errors.append(
            FieldError(
                "credit_labels", f"最多 {LABELS_MAX} 个名目，每个最长 {LABEL_MAX_CHARACTERS} 字。"
            )
        )
    return list(dict.fromkeys(labels))


def parse_order(value: str) -> tuple[str, ...]:
    """Slugs with commas between them."""
    return tuple(slug for part in value.split(",") if (slug := part.strip()))


def parse_settings(
    form: Mapping[str, str], *, themes: Collection[str], account_ids: Collection[int]
) -> dict[str, Any]:
    """A column's settings. Raises Invalid with every wrong field at once."""
    errors: list[FieldError] = []
    name, introduction = form.get("name", "").strip(), form.get("introduction", "").strip()
    theme, stages, account = (form.get(key, "") for key in ("theme", "stages", "account_id"))
    if not name or len(name) > NAME_MAX_CHARACTERS:
        errors.append(FieldError("name", f"专栏要有名称，最长 {NAME_MAX_CHARACTERS} 字。"))
    if len(introduction) > INTRODUCTION_MAX_CHARACTERS:
        errors.append(FieldError("introduction", f"简介最长 {INTRODUCTION_MAX_CHARACTERS} 字。"))
    if theme not in themes:
        errors.append(FieldError("theme", "请选一个现有的版式。"))
    if stages not in {str(n) for n in range(1, len(STAGE_NAMES) + 1)}:
        errors.append(FieldError("stages", "审次要在 1 到 3 之间。"))
    if account and account not in {str(i) for i in account_ids}:
        errors.append(FieldError("account_id", "请选一个已接入的公众号。"))
    target = _parse_target(form.get("target", "").strip(), errors)
    labels = _parse_labels(form.get("credit_labels", ""), errors)
    first_issue = _parse_first_issue(form.get("first_issue", "").strip(), errors)
    issue_format = _parse_issue_format(form.get("issue_format", ""), errors)
    if errors:
        raise Invalid("有几处填得不对，没有保存；您填的都还在，改好再存。", fields=errors)
    return {
        "name": name,
        "introduction": introduction,
        "theme": theme,
        "stages": int(stages),
        "target": target,
        "credit_labels": labels,
        "first_issue": first_issue,
        "issue_format": issue_format,
        "account_id": int(account) if account else None,
    }
