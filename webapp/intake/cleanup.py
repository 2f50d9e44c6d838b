"""Mending scraped text: single-purpose steps, each change told with its place, each one reversible.

The order matters. Furniture goes first, because whole lines fall away; invisible characters and variants before pinyin, so that a
note finds the character it belongs to; script before punctuation, which looks at neighbours. Running it twice
changes nothing more: each step leaves a text that neither it nor a step before it would touch (a property test holds that).
What a person has to decide is not a clean-up: 截止目前 or a column's wrong name are findings of `checks`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from webapp.intake.edits import Edit, Ledger, rebuild
from webapp.intake.model import Cleaned, Cleanup
from webapp.intake.steps import furniture, pinyin, punctuation, script, variants, whitespace
from webapp.intake.steps.context import Context
from webapp.intake.steps.options import Options

CONTEXT_CHARS = 8


@dataclass(frozen=True, kw_only=True)
class Step:
    kind: str
    label: str
    find: Callable[[str, Context], Iterable[Edit]]


STEPS: tuple[Step, ...] = (
    Step(kind="furniture", label="网页残留", find=furniture.find),
    Step(kind="invisible", label="不可见字符", find=whitespace.find_invisible),
    Step(kind="variant", label="误用字形", find=variants.find),
    Step(kind="pinyin", label="拼音注释", find=pinyin.find),
    Step(kind="traditional", label="繁体转简体", find=script.find),
    Step(kind="indent", label="行首缩进与行尾空格", find=whitespace.find_indents),
    Step(kind="space", label="重复空格", find=whitespace.find_doubled),
    Step(kind="punctuation", label="全角标点", find=punctuation.find),
)
KIND_LABELS = {step.kind: step.label for step in STEPS}


def clean_text(
    text: str, steps: Sequence[Step] = STEPS, *, options: Options | None = None
) -> Cleaned:
    """Lines end with "\n"; a "\r" counts as an invisible character. `place` counts the lines of the result that hold text."""
    return clean_around(text, text, steps, options or Options())


def clean_around(text: str, masked: str, steps: Sequence[Step], options: Options) -> Cleaned:
    """`masked` is `text` with what no step may see, code say, overwritten character by character."""
    context = Context(source=masked, options=options)
    ledger = Ledger(masked)
    for step in (step for step in steps if step.kind not in options.skip):
        current = ledger.text
        kept = kept_positions(current, options.keep_words)
        found = [
            Edit(e.start, e.end, e.after, step.kind)
            for e in step.find(current, context)
            if not kept or kept.isdisjoint(range(e.start, e.end))
        ]
        ledger = ledger.apply(found) if found else ledger
    return _placed(text, ledger.edits)


def kept_positions(text: str, words: Collection[str]) -> set[int]:
    """Where letters of the words stand. A word is looked for as it is written: notes inside it hide it."""
    return {
        position
        for word in words
        if word in text
        for match in re.finditer(re.escape(word), text)
        for position in range(*match.span())
    }


def put_back(cleaned: Cleaned, chosen: Collection[Cleanup]) -> Cleaned:
    """The chosen changes taken back, the others in force; with all of them, `text` is exactly `source`."""
    taken_back = {change.offset for change in chosen}
    kept = [
        Edit(change.offset, change.offset + len(change.before), change.after, change.kind)
        for change in cleaned.cleanups
        if change.offset not in taken_back
    ]
    return _placed(cleaned.source, kept)


def _placed(source: str, edits: Sequence[Edit]) -> Cleaned:
    """The text that the edits lead to, and where in it each of them stands."""
    text = rebuild(source, edits)
    drift = paragraph = counted = 0
    placed: list[Cleanup] = []
    for edit in edits:
        position = edit.start + drift
        line_start = text.rfind("\n", 0, position) + 1
        if line_start > counted:
            paragraph += sum(1 for line in text[counted:line_start].split("\n") if line.strip())
            counted = line_start
        change = Cleanup(
            kind=edit.kind,
            before=source[edit.start : edit.end],
            after=edit.after,
            place=describe_place(f"第{paragraph + 1}段", text, position, len(edit.after)),
            offset=edit.start,
            position=position,
        )
        placed.append(change)
        drift += edit.growth
    return Cleaned(source=source, text=text, cleanups=tuple(placed))


def describe_place(name: str, text: str, position: int, length: int) -> str:
    """第3段“…九三学社陕西省委员会…”"""
    line_start = text.rfind("\n", 0, position) + 1
    line_end = text.find("\n", position + length)
    line_end = len(text) if line_end < 0 else line_end
    begin = max(line_start, position - CONTEXT_CHARS)
    finish = min(line_end, position + length + CONTEXT_CHARS)
    head = "…" if begin > line_start else ""
    tail = "…" if finish < line_end else ""
    return f"{name}“{head}{text[begin:finish]}{tail}”"
