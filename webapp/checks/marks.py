"""Marks in their right form: ellipsis, dash, one mark where two stand, no blank beside a mark (GB/T 15834—2011)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from webapp.checks.forms import DASH, ELLIPSIS, wrong_dashes
from webapp.checks.model import Finding
from webapp.checks.passages import Case, Passage, kept
from webapp.checks.reporting import at

_STOPS = re.compile(r"[，、；：。](?:\s*[，、；：。])+")
_BLANKS_AT_MARK = re.compile(
    r"(?<=[^\s，、；：。])[ \t\u00a0\u3000]+(?=[，、；：。！？）》】”])|(?<=[（《【“])[ \t\u00a0\u3000]+(?=\S)"
)


def check(case: Case) -> Iterator[Finding]:
    for passage in case.prose:
        yield from _check_passage(passage)


@kept
def _check_passage(passage: Passage) -> Iterator[Finding]:
    yield from _check_forms(passage)
    yield from _check_doubled(passage)
    yield from _check_blanks(passage)


def _check_forms(passage: Passage) -> Iterator[Finding]:
    for span in passage.wrong_ellipses:
        yield at("style.ellipsis", passage, span, "省略号应写作“……”（六个点）。", fix=ELLIPSIS)
    for span in wrong_dashes(passage.prose):
        yield at("style.dash", passage, span, "破折号应写作“——”（占两格）。", fix=DASH)


def _check_doubled(passage: Passage) -> Iterator[Finding]:
    for match in _STOPS.finditer(passage.widened):
        marks = set(match[0]) - set(" \t\n\u00a0\u3000")
        if marks == {"。"} and len(match[0]) >= len("。。。"):
            continue
        yield at(
            "style.doubled_punctuation",
            passage,
            match.span(),
            f"“{match[0]}”标点叠用，请只留一个。",
            fix=marks.pop() if len(marks) == 1 else None,
        )


def _check_blanks(passage: Passage) -> Iterator[Finding]:
    for match in _BLANKS_AT_MARK.finditer(passage.widened):
        yield at(
            "style.space_at_mark",
            passage,
            match.span(),
            "全角标点旁边不需要空格，请删去。",
            fix="",
        )
