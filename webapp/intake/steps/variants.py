"""陜西 → 陕西: characters that are wrong wherever they stand in modern text, from the table `data/variants.txt`, and the
Kangxi radicals and compatibility ideographs that come with text copied out of a PDF."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from webapp.intake.edits import Edit
from webapp.intake.steps.tables import read_lines

if TYPE_CHECKING:
    from webapp.intake.steps.context import Context

_COMPATIBILITY = "\u2f00-\u2fdf\uf900-\ufaff"


def find(text: str, _context: Context) -> Iterator[Edit]:
    table = _table()
    for match in _pattern().finditer(text):
        wrong = match[0]
        right = table.get(wrong) or unicodedata.normalize("NFKC", wrong)
        if right != wrong:
            yield Edit(match.start(), match.end(), right)


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    return dict(line.split() for line in read_lines("variants.txt"))


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile(f"[{''.join(_table())}{_COMPATIBILITY}]")
