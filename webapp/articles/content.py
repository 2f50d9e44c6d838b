"""What a person writes, as one value: everything that a revision keeps and a reader sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.articles.models import Revision
from webapp.columns.forms import ISSUE_MAX
from webapp.document.model import EMPTY, Document, asset_ids
from webapp.kernel.clock import FIRST_YEAR, LAST_YEAR
from webapp.kernel.errors import FieldError, Invalid
from webapp.rendering.model import FORM_NAMES, Form

TITLE_MAX_CHARACTERS = 200
"""What we keep. The platform's limit is a check, so that an over-long title is saved and shown rather than lost."""
FIELD_MAX_CHARACTERS = 255
DIGEST_MAX_CHARACTERS = 1_000
CREDITS_MAX = 20
FORM_UNKNOWN = f"形式只能是 {'、'.join(f'{form}（{name}）' for form, name in FORM_NAMES.items())}。"
SOURCE_URL_MAX_CHARACTERS = 2_000


@dataclass(frozen=True, kw_only=True)
class Content:
    title: str
    author: str = ""
    digest: str = ""
    source: str = ""
    source_url: str = ""
    cover_id: str | None = None
    credits: tuple[tuple[str, str], ...] = ()
    form: Form = "news"
    issue: int | None = None
    issue_year: int = 0
    """Whose number that is. 0, as a wish: the year's in which it is submitted; in a stored text: one count goes on and on."""
    body: Document = field(default=EMPTY)

    @property
    def shown_cover(self) -> str | None:
        """A picture message has no cover of its own: its first picture is what lists show."""
        if self.form == "news":
            return self.cover_id
        return next(iter(asset_ids(self.body)), None)

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "author": self.author,
            "digest": self.digest,
            "source": self.source,
            "source_url": self.source_url,
            "cover_id": self.cover_id,
            "credits": [list(pair) for pair in self.credits],
            "form": self.form,
            "issue": self.issue,
            "issue_year": self.issue_year,
            "body": self.body.to_json(),
        }


def content_of(revision: Revision) -> Content:
    return Content(
        title=revision.title,
        author=revision.author,
        digest=revision.digest,
        source=revision.source,
        source_url=revision.source_url,
        cover_id=revision.cover_asset,
        credits=tuple((label, names) for label, names in revision.credits),
        form="newspic" if revision.form == "newspic" else "news",
        issue=revision.issue,
        issue_year=revision.issue_year,
        body=Document.parse(revision.body),
    )


_TEXT_LIMITS: Mapping[str, tuple[str, int]] = {
    "title": ("标题", TITLE_MAX_CHARACTERS),
    "author": ("作者", FIELD_MAX_CHARACTERS),
    "digest": ("摘要", DIGEST_MAX_CHARACTERS),
    "source": ("来源", FIELD_MAX_CHARACTERS),
    "source_url": ("原文链接", SOURCE_URL_MAX_CHARACTERS),
}


def _parse_text(payload: Mapping[str, Any], key: str, errors: list[FieldError]) -> str:
    label, limit = _TEXT_LIMITS[key]
    value = payload.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        errors.append(FieldError(key, f"{label}要是文字。"))
        return ""
    value = " ".join(value.replace("\x00", "").split())
    if not value.isprintable():
        value = "".join(c for c in value if c.isprintable())
    if len(value) > limit:
        errors.append(FieldError(key, f"{label}有 {len(value)} 个字符，最多能存 {limit} 个。"))
    return value


def _parse_credits(value: object, errors: list[FieldError]) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    pairs: list[tuple[str, str]] = []
    rows = value if isinstance(value, Sequence) and not isinstance(value, str) else None
    if rows is None or len(rows) > CREDITS_MAX:
        errors.append(FieldError("credits", f"署名要是“名目—姓名”的列表，最多 {CREDITS_MAX} 行。"))
        return ()
    for index, row in enumerate(rows):
        if not (
            isinstance(row, Sequence)
            and len(row) == 2
            and all(isinstance(part, str) and len(part) <= FIELD_MAX_CHARACTERS for part in row)
        ):
            errors.append(FieldError(f"credits.{index}", "每行署名要有名目和姓名两项文字。"))
            continue
        if row[1].strip():
            pairs.append((row[0].strip(), row[1].strip()))
    return tuple(pairs)


def find_form(value: object) -> Form | None:
    return next((form for form in FORM_NAMES if form == value), None)


def _parse_form(value: object, errors: list[FieldError]) -> Form:
    form = find_form(value)
    if form is None:
        errors.append(FieldError("form", FORM_UNKNOWN))
    return form or "news"


def _parse_issue(value: object, errors: list[FieldError]) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= ISSUE_MAX:
        errors.append(FieldError("issue", f"期号要是 1 到 {ISSUE_MAX} 的整数。"))
        return None
    return value


def _parse_issue_year(value: object, errors: list[FieldError]) -> int:
    if not value:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        value = 0
    if not FIRST_YEAR <= value <= LAST_YEAR:
        errors.append(FieldError("issue_year", "期号的年份要写成 2026 这样。"))
        return 0
    return value


def parse_fields(payload: Mapping[str, Any], errors: list[FieldError]) -> dict[str, Any]:
    """All but the body. Wrong fields are added to `errors`; only keys that were sent come back."""
    fields: dict[str, Any] = {
        key: _parse_text(payload, key, errors) for key in _TEXT_LIMITS if key in payload
    }
    if "credits" in payload:
        fields["credits"] = _parse_credits(payload["credits"], errors)
    if "cover_id" in payload:
        cover = payload["cover_id"]
        if cover is not None and not isinstance(cover, str):
            errors.append(FieldError("cover_id", "封面要用素材的编号。"))
        fields["cover_id"] = cover or None
    if "form" in payload:
        fields["form"] = _parse_form(payload["form"], errors)
    if "issue" in payload:
        fields["issue"] = _parse_issue(payload["issue"], errors)
    if "issue_year" in payload:
        fields["issue_year"] = _parse_issue_year(payload["issue_year"], errors)
    return fields


def parse_content(payload: object) -> Content:
    """The editor's JSON (fields and a Document) → Content. Raises Invalid with all wrong fields at once."""
    if not isinstance(payload, Mapping):
        raise Invalid("送来的内容不是一份稿件，原来的稿件没有改动。")
    errors: list[FieldError] = []
    fields = parse_fields(payload, errors)
    body = EMPTY
    try:
        body = Document.parse(payload.get("body"))
    except Invalid as wrong:
        errors.extend(wrong.fields or (FieldError("body", wrong.message),))
    if errors:
        raise Invalid("稿件有几处填得不对，原来的稿件没有改动。", fields=errors)
    return Content(**{"title": "", **fields, "body": body})
