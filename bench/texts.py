"""What an editor waits for while writing: clean-up of 20,000 characters, all checks on them, the comparison of two long texts.

The scraped bulletin repeated is the worst real text known; the same text cleaned is the ordinary one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from bench.measuring import Timing, repeat
from tests.checks.articles import COLUMNS, DAY, FIXTURES, LEXICON, subject
from webapp.checks.rules import load_rules
from webapp.checks.run import run
from webapp.demo.people import BULLETIN
from webapp.document.diff import diff
from webapp.document.model import Document
from webapp.intake.cleanup import clean_text

CHARACTERS = 20_000
GOAL_MS = 50
"""Findings stand beside the text within this while it is written."""
TIMES = 20


@dataclass(frozen=True, kw_only=True)
class Worked:
    name: str
    timing: Timing


def _long(text: str) -> str:
    return (text * (CHARACTERS // len(text) + 1))[:CHARACTERS]


def _paragraphs(numbers: range, words: str) -> Document:
    texts = [f"第{n}段，{words * 20}" for n in numbers]
    return Document.parse({"type": "doc", "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in texts
    ]})  # fmt: skip


def _acts() -> dict[str, Callable[[], object]]:
    raw = _long(BULLETIN.read_text("utf-8"))
    clean = _long((FIXTURES / "jiusan-bulletin.clean.txt").read_text("utf-8"))
    rules = load_rules(LEXICON, COLUMNS, DAY)
    numbers = count()

    def unseen() -> object:
        """As when an article is opened: what is remembered of a paragraph is of no use, since each is another."""
        return run(subject(raw.replace("\n", f"{next(numbers)}\n")), rules)

    old, new = _paragraphs(range(400), "社员抗疫"), _paragraphs(range(5, 400), "社员防疫")
    return {
        "查两万字，干净的": lambda: run(subject(clean), rules),
        "查两万字，没有清理的": lambda: run(subject(raw), rules),
        "查两万字，没有清理的，段段没见过": unseen,
        "清理两万字": lambda: clean_text(raw),
        "比对四百段，每段都改过": lambda: diff(old, new),
    }


def measure_texts() -> list[Worked]:
    return [Worked(name=name, timing=repeat(act, TIMES)) for name, act in _acts().items()]
