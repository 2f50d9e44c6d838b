"""What the clean-up of `intake` would mend, told as findings, so that the desk has one opinion about it: pinyin notes, traditional
characters among simplified ones, wrong variants, blanks, half-width punctuation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from webapp.checks.model import Finding
from webapp.checks.passages import NO_CONTEXT, Case, Joined, Passage, kept
from webapp.checks.reporting import at, at_raw
from webapp.intake.edits import Edit
from webapp.intake.steps import script, variants, whitespace
from webapp.intake.steps.context import Context
from webapp.intake.steps.options import Options

STANDARD_CHARACTERS = frozenset("氾昇祕陞絜脩蒐谿釐爇")
"""Characters of the 通用规范汉字表 (2013, for names and terms) that a converter from traditional would change: 毕昇."""


def check(case: Case) -> Iterator[Finding]:
    for passage in case.prose:
        yield from _check_passage(passage)
    yield from _check_script(case)


@kept
def _check_passage(passage: Passage) -> Iterator[Finding]:
    yield from _check_hidden(passage)
    yield from _check_variants(passage)
    yield from _check_blanks(passage)
    yield from _check_punctuation(passage)


def _check_hidden(passage: Passage) -> Iterator[Finding]:
    for edit in passage.invisible:
        yield at_raw(
            "style.invisible_character",
            passage,
            (edit.start, edit.end),
            "这里有看不见的字符，会影响搜索和复制，请删去。",
            fix="",
        )
    for edit in passage.notes:
        note, character = passage.raw[edit.start : edit.end], passage.raw[edit.start - 1]
        yield at_raw(
            "style.pinyin_note",
            passage,
            (edit.start, edit.end),
            f"“{character}”后面的注音“{note}”像是抓取网页时带入的，请删去。",
            fix="",
        )


def _check_variants(passage: Passage) -> Iterator[Finding]:
    for edit in variants.find(passage.prose, NO_CONTEXT):
        wrong = passage.prose[edit.start : edit.end]
        yield at(
            "variant.character",
            passage,
            (edit.start, edit.end),
            f"“{wrong}”是误用的字形，应为“{edit.after}”。",
            fix=edit.after,
        )


def _check_blanks(passage: Passage) -> Iterator[Finding]:
    text = passage.prose
    margins = list(whitespace.find_indents(text, NO_CONTEXT))
    for margin in margins:
        begins_line = margin.start == 0 or text[margin.start - 1] == "\n"
        if begins_line and margin.end < len(text) and text[margin.end] != "\n":
            yield at(
                "style.fake_indent",
                passage,
                (margin.start, margin.end),
                "段首用空格缩进，手机上会参差不齐，请删去，缩进由版式统一处理。",
                fix="",
            )
    covered = {i for margin in margins for i in range(margin.start, margin.end)}
    for edit in whitespace.find_doubled(text, NO_CONTEXT):
        if edit.start not in covered:
            yield at(
                "style.doubled_space",
                passage,
                (edit.start, edit.end),
                "这里有连续空格，请只留一个。",
                fix=edit.after,
            )


def _check_punctuation(passage: Passage) -> Iterator[Finding]:
    for edit in passage.half_width:
        yield at(
            "style.halfwidth_punctuation",
            passage,
            (edit.start, edit.end),
            f"中文里的标点要用全角，这里应为“{edit.after}”。",
            fix=edit.after,
        )


def _check_script(case: Case) -> Iterator[Finding]:
    whole = Joined(case.prose)
    context = Context(source=whole.raw, options=Options())
    text = whole.text
    edits = script.find(text, context)
    for run in _runs(e for e in edits if text[e.start] not in STANDARD_CHARACTERS):
        passage, start = whole.locate(run.start)
        yield at(
            "style.traditional",
            passage,
            (start, start + run.end - run.start),
            f"简体文章里出现繁体字“{text[run.start : run.end]}”，应为“{run.after}”；人名、书画原题等可以保留。",
            fix=run.after,
        )


def _runs(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Neighbouring characters told together."""
    run: Edit | None = None
    for edit in edits:
        if run and run.end == edit.start:
            run = Edit(run.start, edit.end, run.after + edit.after)
            continue
        if run:
            yield run
        run = edit
    if run:
        yield run
