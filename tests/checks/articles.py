"""Articles to check, made short."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from webapp.checks.model import Finding, PictureFacts, Rules, Subject
from webapp.checks.run import run
from webapp.checks.tables import Names
from webapp.document.model import Document, Node, from_plain_paragraphs, node, text

COLUMNS = ("同心同行 抗疫有我", "我为抗疫建箴言", "抗疫文苑")
DAY = date(2022, 1, 10)
RULES = Rules(as_of=DAY, columns=COLUMNS)
FIXTURES = Path(__file__).parent.parent / "intake" / "fixtures"
LEXICON = Path(__file__).parents[2] / "config" / "lexicon"


def subject(body: str | Document, **fields: object) -> Subject:
    """An article without a fault of its own. A text is one paragraph a line."""
    document = from_plain_paragraphs(body.split("\n")) if isinstance(body, str) else body
    sound: dict[str, object] = {"title": "稿件标题", "has_cover": True}
    return Subject(body=document, **{**sound, **fields})  # type: ignore[arg-type]


def findings(body: str | Document, rules: Rules = RULES, **fields: object) -> tuple[Finding, ...]:
    return run(subject(body, **fields), rules)


def codes(body: str | Document, rules: Rules = RULES, **fields: object) -> list[str]:
    return [f.code for f in findings(body, rules, **fields)]


def told(body: str | Document, code: str, rules: Rules = RULES) -> list[tuple[str, str | None]]:
    """Excerpt and fix of the findings of one code."""
    return [(f.excerpt, f.fix) for f in findings(body, rules) if f.code == code]


def heading(words: str, level: int = 2) -> Node:
    return node("heading", *([text(words)] if words else []), level=level)


def figure(asset: str, caption: str = "", alt: str = "") -> Node:
    return node("figure", *([text(caption)] if caption else []), asset=asset, alt=alt)


def document(*blocks: Node) -> Document:
    return Document.of(blocks)


GOOD_PICTURE = PictureFacts(credit="王某 摄", alt="雪中的检测点", width=1800, height=1000)


def mended(body: str, finding: Finding) -> str:
    """The text with one finding's fix applied."""
    lines = body.split("\n")
    assert finding.block is not None
    assert finding.start is not None
    assert finding.end is not None
    assert finding.fix is not None
    line = lines[finding.block]
    lines[finding.block] = line[: finding.start] + finding.fix + line[finding.end :]
    return "\n".join(lines)


def with_names(**tables: Sequence[object]) -> Rules:
    return Rules(as_of=DAY, columns=COLUMNS, names=Names(**tables))  # type: ignore[arg-type]
