"""Lines that belong to the page around an article: `密碼:` of a sign-in box, 打印本页, 上一篇：…

Only whole lines go, and only near the two ends: of the lines that stay, the first and the last few bound the search,
so that taking one away never brings a further line into reach.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from webapp.intake.edits import Edit
from webapp.intake.steps.convert import to_simplified
from webapp.intake.steps.tables import read_lines
from webapp.intake.steps.whitespace import INVISIBLE

if TYPE_CHECKING:
    from webapp.intake.steps.context import Context

END_LINES = 5
LINE_MAX_CHARS = 60
"""Site furniture is short; a longer line is somebody's sentence."""

_LINE = re.compile(r"[^\n]+")
_NOTE = re.compile(r"[(（][a-zà-ÿǎ-ǜāēīōūěňǹḿ]+[)）]")
_DECORATION = re.compile(r"[\W_]+")


def find(text: str, _context: Context) -> Iterator[Edit]:
    lines = [line for line in _LINE.finditer(text) if not line[0].isspace()]
    doomed = {line.start(): line for line in _furniture_at_the_start(lines)}
    doomed |= {line.start(): line for line in _furniture_at_the_start(reversed(lines))}
    for start in sorted(doomed):
        yield Edit(start, _end_with_blank_lines(text, doomed[start].end()), "")


def _furniture_at_the_start(lines: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
    kept = 0
    for line in lines:
        if _is_furniture(line[0]):
            yield line
        else:
            kept += 1
        if kept == END_LINES:
            return


def _is_furniture(line: str) -> bool:
    line = INVISIBLE.sub("", line)  # a later step takes them away
    if len(line) > LINE_MAX_CHARS:
        return False
    words = _DECORATION.sub("", to_simplified(_NOTE.sub("", line)))
    whole, beginnings = _phrases()
    return words in whole or words.startswith(beginnings)


@lru_cache(maxsize=1)
def _phrases() -> tuple[frozenset[str], tuple[str, ...]]:
    lines = read_lines("furniture.txt")
    return (
        frozenset(line for line in lines if not line.endswith("*")),
        tuple(line.rstrip("*") for line in lines if line.endswith("*")),
    )


def _end_with_blank_lines(text: str, end: int) -> int:
    while end < len(text) and text[end] in "\n \t\u00a0\u3000":
        end += 1
    return end if end == len(text) else text.rfind("\n", 0, end) + 1
