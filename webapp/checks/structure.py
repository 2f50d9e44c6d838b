"""How the body is built: headings, paragraphs, what a web page left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from webapp.checks.model import Finding
from webapp.checks.passages import NO_CONTEXT, Case, Joined, Passage
from webapp.checks.reporting import about, at
from webapp.intake.steps.furniture import find as find_furniture

PARAGRAPH_MAX_CHARS = 600
"""Thirty lines on a phone."""
REPEATED_MIN_CHARS = 12
TITLE_WITHIN_BLOCKS = 3
EXCERPT_CHARS = 20

_NOT_WORD = re.compile(r"[\W_]+")


def check(case: Case) -> Iterator[Finding]:
    yield from _check_headings(case)
    yield from _check_paragraphs(case)
    yield from _check_title(case)
    yield from _check_leftovers(case)


def _opening(passage: Passage) -> tuple[int, int]:
    return 0, min(EXCERPT_CHARS, len(passage.text))


def _check_headings(case: Case) -> Iterator[Finding]:
    above = 1
    for heading in (b for b in case.blocks if b.kind == "heading"):
        if not heading.text.strip():
            yield about(
                "structure.heading_empty",
                "这个小标题是空的，请补上文字或删去。",
                block=heading.block,
            )
            continue
        if heading.level > above + 1:
            yield at(
                "structure.heading_skipped",
                heading,
                _opening(heading),
                f"小标题从第 {above} 级直接到了第 {heading.level} 级，请改为第 {above + 1} 级。",
            )
        above = heading.level


def _check_paragraphs(case: Case) -> Iterator[Finding]:
    seen: set[str] = set()
    for paragraph in (b for b in case.blocks if b.kind == "paragraph"):
        text = paragraph.text.strip()
        if len(text) > PARAGRAPH_MAX_CHARS:
            yield at(
                "structure.paragraph_long",
                paragraph,
                _opening(paragraph),
                f"这一段有 {len(text)} 个字，手机上读着吃力，建议分段（每段不超过 {PARAGRAPH_MAX_CHARS} 字）。",
            )
        if len(text) >= REPEATED_MIN_CHARS and text in seen:
            yield at(
                "structure.paragraph_repeated",
                paragraph,
                _opening(paragraph),
                "这一段与前面某段完全相同，可能是重复粘贴，请核对。",
            )
        seen.add(text)


def _check_title(case: Case) -> Iterator[Finding]:
    title = _NOT_WORD.sub("", case.subject.title)
    for block in [b for b in case.blocks if b.text.strip()][:TITLE_WITHIN_BLOCKS]:
        if (
            title
            and block.kind in ("paragraph", "heading")
            and _NOT_WORD.sub("", block.text) == title
        ):
            yield at(
                "structure.title_repeated",
                block,
                _opening(block),
                "正文里又写了一遍标题，公众号会在正文上方显示标题，请删去这一行。",
            )


def _check_leftovers(case: Case) -> Iterator[Finding]:
    body = Joined(case.blocks)
    for edit in find_furniture(body.text, NO_CONTEXT):
        block, _ = body.locate(edit.start)
        yield at(
            "structure.web_leftover",
            block,
            (0, len(block.text)),
            f"“{block.text.strip()}”像是网页带来的残留，不是正文，请删去这一段。",
        )
