"""From a request to what the services take. Wrong input comes back as one Invalid that names every wrong field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from webapp.articles.content import FORM_UNKNOWN, Content, find_form, parse_fields
from webapp.articles.queries import Filters
from webapp.articles.workflow import State
from webapp.document.embedded import embedded
from webapp.document.fitting import Loss
from webapp.document.from_html import from_html
from webapp.document.model import Document
from webapp.intake.html import summed
from webapp.intake.layout import with_title_in_body
from webapp.intake.markdown import from_markdown
from webapp.intake.model import Cleanup
from webapp.intake.places import Standing
from webapp.intake.steps.options import Options
from webapp.intake.text import from_text
from webapp.kernel.clock import end_of_day, parse_day, parse_moment, start_of_day
from webapp.kernel.errors import FieldError, Invalid, PreconditionMissing, TooLarge
from webapp.kernel.richtext import clean
from webapp.rendering.model import Form

BODY_KEYS = ("body_html", "body_markdown", "body_text", "body")
_KNOWN_KEYS = frozenset(
    {
        "column",
        "title",
        "author",
        "digest",
        "source",
        "source_url",
        "cover_id",
        "credits",
        "form",
        *BODY_KEYS,
    }
)
_ASSET_URL = re.compile(r"(?:^|/)media/([0-9a-f]{24})(?:[/?#]|$)")
_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


@dataclass(frozen=True, kw_only=True)
class ParsedBody:
    """`cleanups`: what the clean-up changed, then what could not be taken in (kind `loss.…`)."""

    body: Document
    title: str = ""
    cleanups: tuple[Cleanup, ...] = ()


def asset_for(url: str) -> str | None:
    """The asset that an image address of ours names."""
    found = _ASSET_URL.search(url)
    return found.group(1) if found else None


def _text_of(payload: Mapping[str, Any], key: str, max_bytes: int) -> str:
    value = payload[key]
    if not isinstance(value, str):
        raise Invalid.of_field(key, "正文要是文字。")
    if len(value.encode("utf-8", "surrogatepass")) > max_bytes:
        raise TooLarge(
            f"正文超过 {max_bytes // (1024 * 1024)} MB，没有收下，原有稿件没有变动；请分成几篇。",
            fields=(FieldError(key, "太大"),),
        )
    if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise Invalid.of_field(key, "正文里有二进制内容，不是文字；没有收下，原有稿件没有变动。")
    if not value.strip():
        raise Invalid.of_field(key, "正文是空的，没有收下；请写点内容再存。")
    return value


def parse_body(
    payload: Mapping[str, Any], *, max_bytes: int, title: str = "", options: Options | None = None
) -> ParsedBody | None:
    """None when no body was sent. A first line that reads as a title is taken off only where it is this `title`, or none is
    given. Raises Invalid or TooLarge."""
    sent = [key for key in BODY_KEYS if payload.get(key) is not None]
    if not sent:
        return None
    if len(sent) > 1:
        raise Invalid.of_field(sent[1], f"正文只能用一种形式：收到了 {'、'.join(sent)}。")
    key = sent[0]
    if key == "body":
        return ParsedBody(body=Document.parse(payload["body"]))
    text = _text_of(payload, key, max_bytes)
    if key == "body_html":
        converted = from_html(clean(text), asset_for=asset_for)
        losses = _told((*embedded(text), *converted.losses))
        return ParsedBody(body=converted.document, cleanups=losses)
    read = from_markdown if key == "body_markdown" else from_text
    imported = read(text, options=options)
    if title and imported.title and imported.title != title:
        imported = with_title_in_body(imported)
    told = (*imported.cleanups, *_told(imported.losses))
    return ParsedBody(body=imported.body, title=imported.title, cleanups=told)


def _told(losses: Iterable[Loss]) -> tuple[Cleanup, ...]:
    """As `importing.cleanups_json` tells them."""
    return tuple(
        Cleanup(kind=f"loss.{one.kind}", before=one.excerpt, after="", place=one.message,
                offset=0, position=0)
        for one in summed(tuple(losses))
    )  # fmt: skip


def refuse_unknown(payload: object) -> Mapping[str, Any]:
    if not isinstance(payload, Mapping):
        raise Invalid("请求要是一个 JSON 对象，什么也没有改动。", code="bad_json")
    unknown = sorted(set(payload) - _KNOWN_KEYS)
    if unknown:
        raise Invalid(
            "请求里有不认识的字段，什么也没有改动。",
            fields=[FieldError(key, "不认识的字段。") for key in unknown],
        )
    return payload


def parse_new(
    payload: object, *, max_bytes: int, options: Options | None = None
) -> tuple[str, Content, tuple[Cleanup, ...]]:
    """(column slug, content, what the clean-up changed) of a new article."""
    payload = refuse_unknown(payload)
    errors: list[FieldError] = []
    slug = payload.get("column")
    if not isinstance(slug, str) or not slug:
        errors.append(FieldError("column", "要写明专栏。"))
    fields = parse_fields(payload, errors)
    parsed: ParsedBody | None = None
    try:
        title = fields.get("title", "")
        parsed = parse_body(payload, max_bytes=max_bytes, title=title, options=options)
    except TooLarge:
        raise
    except Invalid as wrong:
        errors.extend(wrong.fields or (FieldError("body", wrong.message),))
    else:
        if parsed is None:
            errors.append(
                FieldError("body_html", "要有正文：body_html、body_markdown 或 body_text。")
            )
    title = fields.get("title") or (parsed.title if parsed else "")
    if not title and not any(e.field == "title" for e in errors):
        errors.append(FieldError("title", "要有标题。"))
    if errors or parsed is None or not isinstance(slug, str):
        raise Invalid("稿件有几处填得不对，没有建立稿件。", fields=errors)
    content = Content(**{**fields, "title": title, "body": parsed.body})
    return slug, content, parsed.cleanups


def parse_changes(
    payload: object, base: Content, *, max_bytes: int, options: Options | None = None
) -> tuple[Content, tuple[Cleanup, ...]]:
    """`base` with the fields that were sent."""
    payload = refuse_unknown(payload)
    errors: list[FieldError] = []
    fields = parse_fields(payload, errors)
    title = fields.get("title") or base.title
    parsed = parse_body(payload, max_bytes=max_bytes, title=title, options=options)
    if "column" in payload:
        errors.append(FieldError("column", "稿件的专栏不能这样改。"))
    if "title" in fields and not fields["title"]:
        errors.append(FieldError("title", "要有标题。"))
    if errors:
        raise Invalid("稿件有几处填得不对，原来的稿件没有改动。", fields=errors)
    if parsed is not None:
        fields["body"] = parsed.body
    return replace(base, **fields), parsed.cleanups if parsed else ()


def parse_if_match(header: str | None) -> int:
    """The revision that the caller read. Raises PreconditionMissing without one."""
    if header is None or not header.strip() or header.strip() == "*":
        raise PreconditionMissing(
            "请在 If-Match 里写明您读到的版本（ETag），稿件没有改动。", code="if_match_missing"
        )
    found = _ETAG.fullmatch(header.strip())
    if found is None:
        raise Invalid.of_field("If-Match", "要是读取时得到的 ETag。")
    return int(found.group(1))


def _parse_day(value: str, name: str) -> date:
    try:
        return parse_day(value[:10])
    except ValueError:
        raise Invalid.of_field(name, "日期要写成 2026-11-24 这样。") from None


def parse_status(value: str) -> State | None:
    if not value:
        return None
    try:
        return State(value)
    except ValueError:
        raise Invalid.of_field("status", f"状态只能是 {'、'.join(State)}。") from None


def parse_form(value: str) -> Form | None:
    form = find_form(value)
    if value and form is None:
        raise Invalid.of_field("form", FORM_UNKNOWN)
    return form


def parse_filters(args: Mapping[str, str], column_ids: tuple[int, ...], zone: ZoneInfo) -> Filters:
    """`from` and `to` are days of the institution, both included, and bound the last change."""
    since: datetime | None = None
    until: datetime | None = None
    if args.get("from"):
        since = start_of_day(_parse_day(args["from"], "from"), zone)
    if args.get("to"):
        until = end_of_day(_parse_day(args["to"], "to"), zone)
    return Filters(
        column_ids=column_ids,
        status=parse_status(args.get("status", "")),
        form=parse_form(args.get("form", "")),
        q=args.get("q", "").strip(),
        since=since,
        until=until,
    )


CHOSEN_MAX = 500
_KIND_PREFIX = "kind:"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Changes of the clean-up to be put back or made again: by their numbers, or all of a kind."""

    to: Standing
    numbers: tuple[int, ...] = ()
    kind: str = ""


def parse_wanted(sent: Mapping[str, Any]) -> Wanted:
    """`put_back` or `apply`: numbers with commas between them, or `kind:` and a kind."""
    for key, to in (("put_back", Standing.PUT_BACK), ("apply", Standing.APPLIED)):
        value = str(sent.get(key) or "")
        if value.startswith(_KIND_PREFIX):
            return Wanted(to=to, kind=value.removeprefix(_KIND_PREFIX))
        numbers = value.split(",")[: CHOSEN_MAX + 1]
        if (
            value
            and len(numbers) <= CHOSEN_MAX
            and all(re.fullmatch("[0-9]{1,6}", n) for n in numbers)
        ):
            return Wanted(to=to, numbers=tuple(dict.fromkeys(map(int, numbers))))
    raise Invalid("没有说要恢复哪一处，什么也没有动；请刷新后再选。", code="cleanup.none")


def parse_embargo(sent: object, zone: ZoneInfo) -> datetime | None:
    """`embargo_until`: a moment; null, or a field left empty, lifts it. Raises Invalid."""
    if not isinstance(sent, Mapping) or "embargo_until" not in sent:
        raise Invalid.of_field("embargo_until", "要写明不早于什么时间，取消就写 null；没有改动。")
    try:
        return parse_moment(sent["embargo_until"], zone)
    except ValueError:
        raise Invalid.of_field(
            "embargo_until", "时间要写成 2026-11-24T18:30 这样；没有改动。"
        ) from None
