"""Words that were to stay as they were written: what a clean-up is told to leave alone next time."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from webapp.intake.places import Change, Text
from webapp.kernel.errors import Invalid

KEPT_KINDS = frozenset({"traditional", "variant"})
"""A spelling can be somebody's choice; a stray blank or a pinyin note is none."""
_TITLE = re.compile(r"《([^《》\n]+)》")


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """`words` as they were written; `numbers` are the changes that were made in them."""

    words: str
    numbers: tuple[int, ...]


def suggest(came_in: Text, changes: Sequence[Change]) -> Mapping[int, Phrase]:
    """For each change of a spelling: the quoted title around it, or else the changed letters alone."""
    found: dict[int, Phrase] = {}
    by_unit: dict[int, dict[int, int]] = {}
    for number, change in enumerate(changes):
        at = came_in.unit_at(change.block, change.start) if change.line is None else None
        if at is None:
            continue
        by_unit.setdefault(at[0], {})[number] = at[1]
        if change.kind in KEPT_KINDS:
            found[number] = Phrase(words=change.before, numbers=(number,))
    for unit, offsets in by_unit.items():
        for title in _TITLE.finditer(came_in.units[unit]):
            inside = [n for n, offset in offsets.items() if title.start() < offset < title.end()]
            spelt = tuple(n for n in inside if changes[n].kind in KEPT_KINDS)
            words = _as_written(title[1], title.start(1), changes, inside, offsets)
            found |= {n: Phrase(words=words, numbers=spelt) for n in spelt}
    return found


def _as_written(
    words: str,
    start: int,
    changes: Sequence[Change],
    numbers: Collection[int],
    offsets: Mapping[int, int],
) -> str:
    for number in sorted(numbers, reverse=True):
        change, at = changes[number], offsets[number] - start
        if change.kind in KEPT_KINDS:
            words = words[:at] + change.before + words[at + len(change.after) :]
    return words


def parse_words(words: str, before: str) -> str:
    """Raises Invalid: a single letter would be kept everywhere, and words without the change keep nothing."""
    if before not in words:
        raise Invalid.of_field(
            "phrase", f"要保留的词里要有“{before}”，可以连上前后的字；什么也没有动。"
        )
    if len(words) < 2:
        raise Invalid.of_field(
            "phrase", f"只写“{words}”一个字，会处处都保留；请连上前后的字，什么也没有动。"
        )
    return words
