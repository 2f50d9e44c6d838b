"""What WeChat refuses or cuts.

Numbers from the public page of `draft/add` (developers.weixin.qq.com, 新增草稿; read 2026-11): title up to 32 字, author up
to 16 字, digest up to 128 字, content under 20,000 characters and under 1 MB, content_source_url up to 1 KB. The page does
not say what a 字 is, and users report different cuts; the safe reading counts a character outside ASCII as 2 units:
title 64, author 16. Many clients cut the digest at 120. Longer content than 20,000 characters has been seen to pass,
over 1 MB never, so the first is only a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from webapp.checks.model import Finding
from webapp.checks.passages import Case
from webapp.checks.reporting import about

TITLE_MAX_UNITS = 64
AUTHOR_MAX_UNITS = 16
DIGEST_MAX_CHARS = 120
CONTENT_CHARS = 20_000
CONTENT_BYTES = 1024 * 1024
SOURCE_URL_MAX_BYTES = 1024


def units(text: str) -> int:
    """ASCII counts 1, everything else 2."""
    return sum(1 if char.isascii() else 2 for char in text)


def check(case: Case) -> Iterator[Finding]:
    yield from _check_fields(case)
    yield from _check_body(case)
    yield from _check_cover(case)


def _check_fields(case: Case) -> Iterator[Finding]:
    subject = case.subject
    if not subject.title.strip():
        yield about("limit.title_empty", "还没有标题，请写上标题。", field="title")
    if (width := units(subject.title)) > TITLE_MAX_UNITS:
        over = (width - TITLE_MAX_UNITS + 1) // 2
        yield about(
            "limit.title", f"标题超过 32 个汉字的上限，请删去至少 {over} 个汉字。", field="title"
        )
    if units(subject.author) > AUTHOR_MAX_UNITS:
        yield about(
            "limit.author",
            "作者超过 8 个汉字（或 16 个字母）的上限，请缩短；更多署名可写在文末。",
            field="author",
        )
    if (length := len(subject.digest)) > DIGEST_MAX_CHARS:
        yield about(
            "limit.digest",
            f"摘要有 {length} 个字，上限 {DIGEST_MAX_CHARS} 个，请删去至少 {length - DIGEST_MAX_CHARS} 个。",
            field="digest",
        )
    if fault := _fault_of_source_url(subject.source_url):
        yield about("limit.source_url", fault, field="source_url")


def _fault_of_source_url(url: str) -> str | None:
    if not url:
        return None
    if len(url.encode()) > SOURCE_URL_MAX_BYTES:
        return f"原文链接超过 {SOURCE_URL_MAX_BYTES} 字节，请换一个短些的地址。"
    try:
        parts = urlsplit(url)
    except ValueError:
        return "原文链接不是完整的网址，请重新复制。"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "原文链接要以 http:// 或 https:// 开头，请填完整的网址。"
    return None


def _check_body(case: Case) -> Iterator[Finding]:
    html = case.subject.html
    if not any(block.text.strip() or block.asset for block in case.blocks):
        yield about("limit.body_empty", "正文是空的，请写上内容。")
    if len(html) >= CONTENT_CHARS:
        yield about(
            "limit.content_characters",
            f"排版后正文有 {len(html)} 个字符，微信要求少于 {CONTENT_CHARS} 个，可能被拒；建议分成两篇或简化格式。",
        )
    if (size := len(html.encode())) >= CONTENT_BYTES:
        yield about(
            "limit.content_bytes",
            f"排版后正文有 {size / CONTENT_BYTES:.2f} MB，微信要求小于 1 MB，请分成几篇。",
        )


def _check_cover(case: Case) -> Iterator[Finding]:
    if case.subject.form == "news" and not case.subject.has_cover:
        yield about("limit.cover", "还没有封面图，请选一张。", field="cover")
