from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.columns.models import ISSUE_FORMAT, STAGE_NAMES, YEAR_MARK, Kind
from webapp.kernel.errors import FieldError, Invalid

NAME_MAX_CHARACTERS = 60
INTRODUCTION_MAX_CHARACTERS = 500
TARGET_MAX = 100_000
LABELS_MAX = 20
LABEL_MAX_CHARACTERS = 20
ISSUE_MAX = 99_999
ISSUE_FORMAT_MAX_CHARACTERS = 30
SLUG_MAX_CHARACTERS = 40
TEXT_SIZES = (14, 15, 16, 17, 18, 20)
"""CSS pixels; what official accounts use is 15 to 17, the larger ones are for readers of age."""
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What there is to choose from: the names of the themes, the ids of accounts and campaigns. `year`: the institution's."""

    themes: Collection[str]
    account_ids: Collection[int]
    campaign_ids: Collection[int]
    year: int


@dataclass(frozen=True, kw_only=True)
class NewColumn:
    """`campaign`: the values of one that is to be made with it; None: `column` names one that is there."""

    column: dict[str, Any]
    campaign: dict[str, str] | None


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


def _parse_issue_format(value: str, errors: list[FieldError], *, is_yearly: bool) -> str:
    text = " ".join(value.split()) or ISSUE_FORMAT
    if YEAR_MARK in text and not is_yearly:
        message = f"一直往下编的期号不分年，不能写 {YEAR_MARK}；要分年，请选“每年重新编”。"
        errors.append(FieldError("issue_format", message))
        return text
    around = text.replace(YEAR_MARK, "", 1).replace("{n}", "", 1)
    if len(text) > ISSUE_FORMAT_MAX_CHARACTERS or "{n}" not in text or set(around) & set("{}"):
        errors.append(
            FieldError(
                "issue_format",
                f"要写一个 {{n}} 代表期号，如“第{{n}}期”，最长 {ISSUE_FORMAT_MAX_CHARACTERS} 字。",
            )
        )
    return text


def _parse_issues(
    form: Mapping[str, str], year: int, errors: list[FieldError]
) -> dict[str, int | str | None]:
    is_yearly = form.get("issue_count") == "yearly"
    first = _parse_first_issue(form.get("first_issue", "").strip(), errors)
    return {
        "first_issue": first,
        "first_issue_year": year if is_yearly and first else 0,
        "issue_format": _parse_issue_format(
            form.get("issue_format", ""), errors, is_yearly=is_yearly
        ),
    }


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


def _parse_slug(field: str, value: str, errors: list[FieldError]) -> str:
    if len(value) > SLUG_MAX_CHARACTERS or not _SLUG.fullmatch(value):
        message = (
            f"代号用小写字母开头，只用小写字母、数字和连字符（-），最长 {SLUG_MAX_CHARACTERS} 个。"
        )
        errors.append(FieldError(field, message))
    return value


def _parse_id(
    field: str, value: str, ids: Collection[int], message: str, errors: list[FieldError]
) -> int | None:
    found = next((i for i in ids if str(i) == value), None)
    if found is None:
        errors.append(FieldError(field, message))
    return found


def _parse_words(
    form: Mapping[str, str], what: str, errors: list[FieldError], prefix: str = ""
) -> dict[str, str]:
    keys = ("name", "introduction")
    name, introduction = (form.get(f"{prefix}{key}", "").strip() for key in keys)
    if not name or len(name) > NAME_MAX_CHARACTERS:
        message = f"{what}要有名称，最长 {NAME_MAX_CHARACTERS} 字。"
        errors.append(FieldError(f"{prefix}name", message))
    if len(introduction) > INTRODUCTION_MAX_CHARACTERS:
        message = f"简介最长 {INTRODUCTION_MAX_CHARACTERS} 字。"
        errors.append(FieldError(f"{prefix}introduction", message))
    return {"name": name, "introduction": introduction}


def _parse_stages(value: str, errors: list[FieldError]) -> int:
    if value not in {str(n) for n in range(1, len(STAGE_NAMES) + 1)}:
        errors.append(FieldError("stages", "审次要在 1 到 3 之间。"))
        return 0
    return int(value)


SWITCH = {"": None, "yes": True, "no": False}
"""What a form says, and what it means; None: as the theme has it."""


def _parse_switches(
    form: Mapping[str, str], errors: list[FieldError]
) -> dict[str, bool | int | None]:
    """What departs from the theme."""
    found: dict[str, bool | int | None] = {}
    for key in ("first_line_indent", "justify"):
        chosen = form.get(key, "")
        if chosen not in SWITCH:
            errors.append(FieldError(key, "请从列出的几样里选一样。"))
        found[key] = SWITCH.get(chosen)
    size = form.get("text_size", "")
    if size and size not in map(str, TEXT_SIZES):
        errors.append(FieldError("text_size", "请从列出的几种字号里选一种。"))
        size = ""
    found["text_size"] = int(size) if size else None
    return found


def _parse_column(
    form: Mapping[str, str], choices: Choices, errors: list[FieldError]
) -> dict[str, Any]:
    theme, account = form.get("theme", ""), form.get("account_id", "")
    if theme not in choices.themes:
        errors.append(FieldError("theme", "请选一个现有的版式。"))
    return {
        **_parse_words(form, "专栏", errors),
        "theme": theme,
        **_parse_switches(form, errors),
        "stages": _parse_stages(form.get("stages", ""), errors),
        "target": _parse_target(form.get("target", "").strip(), errors),
        "credit_labels": _parse_labels(form.get("credit_labels", ""), errors),
        **_parse_issues(form, choices.year, errors),
        "account_id": _parse_id("account_id", account, choices.account_ids,
                                "请选一个已接入的公众号。", errors) if account else None,
    }  # fmt: skip


def _parse_campaign_id(
    form: Mapping[str, str], choices: Choices, errors: list[FieldError]
) -> int | None:
    return _parse_id("campaign_id", form.get("campaign_id", ""), choices.campaign_ids,
                     "请选一个现有的专题。", errors)  # fmt: skip


def parse_settings(form: Mapping[str, str], choices: Choices) -> dict[str, Any]:
    """A column's settings. Raises Invalid with every wrong field at once."""
    errors: list[FieldError] = []
    values = _parse_column(form, choices, errors)
    values["campaign_id"] = _parse_campaign_id(form, choices, errors)
    if errors:
        raise Invalid("有几处填得不对，没有保存；您填的都还在，改好再存。", fields=errors)
    return values


def parse_new(form: Mapping[str, str], choices: Choices) -> NewColumn:
    """A new column; without a `campaign_id` its campaign is new too, in the fields `campaign_…`. Raises Invalid with every
    wrong field at once."""
    errors: list[FieldError] = []
    values = _parse_column(form, choices, errors)
    values["slug"] = _parse_slug("slug", form.get("slug", "").strip(), errors)
    values["kind"] = form.get("kind", "")
    if values["kind"] not in set(Kind):
        errors.append(FieldError("kind", "请选一类。"))
    campaign = None
    if form.get("campaign_id"):
        values["campaign_id"] = _parse_campaign_id(form, choices, errors)
    else:
        slug = _parse_slug("campaign_slug", form.get("campaign_slug", "").strip(), errors)
        campaign = {"slug": slug, **_parse_words(form, "专题", errors, "campaign_")}
    if errors:
        raise Invalid("有几处填得不对，专栏还没有建；您填的都还在，改好再建。", fields=errors)
    return NewColumn(column=values, campaign=campaign)


def parse_campaign(form: Mapping[str, str]) -> dict[str, str]:
    """Name and introduction of a campaign. Raises Invalid with every wrong field at once."""
    errors: list[FieldError] = []
    values = _parse_words(form, "专题", errors)
    if errors:
        raise Invalid("有几处填得不对，没有保存；您填的都还在，改好再存。", fields=errors)
    return values
