"""Names of columns and campaigns as they are quoted in a text: right to the character, and the same throughout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from webapp.checks.model import Finding
from webapp.checks.passages import Case, Passage
from webapp.checks.reporting import at
from webapp.intake.steps.convert import to_simplified

NEAR = 0.7
"""Share of matching characters from which a quoted name is taken for a miswritten one: one wrong character in four."""
NEAR_MAX_LENGTH_DIFFERENCE = 2
SURE_LENGTH = 6
"""Shorter names resemble ordinary words (抗疫文化), so they count only where the text says that a column is meant."""
QUOTES_COMPARED = 30

_QUOTED = re.compile(r"[“「\"《]([^“”「」\"《》\n]{2,30})[”」\"》]")
_CALLED_A_COLUMN = re.compile(r"(?:等|系列|主题|主題)*(?:[专專][栏欄题題版]|[栏欄]目)")
_NOT_WORD = re.compile(r"[\W_]+")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Quoted:
    passage: Passage
    span: tuple[int, int]
    text: str
    plain: str
    is_column: bool


def plain(name: str) -> str:
    """Without blanks and marks, in simplified characters."""
    return _NOT_WORD.sub("", to_simplified(name))


def check(case: Case) -> Iterator[Finding]:
    known = {name: plain(name) for name in (*case.rules.columns, *case.rules.campaigns)}
    strangers: list[_Quoted] = []
    for quoted in (q for passage in case.prose for q in _quotations(passage)):
        right = _meant(quoted, known)
        if right is None:
            strangers.append(quoted)
        elif right != _BLANKS.sub(" ", to_simplified(quoted.text)):
            yield at(
                "name.column",
                quoted.passage,
                quoted.span,
                f"没有叫“{quoted.text}”的栏目，是不是“{right}”？请核对。",
                fix=right,
            )
    yield from _check_two_ways([q for q in strangers if q.is_column])


def _quotations(passage: Passage) -> Iterator[_Quoted]:
    for match in _QUOTED.finditer(passage.prose):
        called = _CALLED_A_COLUMN.match(passage.prose, match.end()) is not None
        if match[0][0] != "《" or called:
            yield _Quoted(passage, match.span(1), match[1], plain(match[1]), called)


def _meant(quoted: _Quoted, known: Mapping[str, str]) -> str | None:
    """The known name that is written here, rightly or nearly; None when it is something else."""
    likeness = {
        name: _likeness(quoted.plain, spelt)
        for name, spelt in known.items()
        if quoted.is_column or len(spelt) >= SURE_LENGTH or quoted.plain == spelt
    }
    best = max(likeness, key=lambda name: likeness[name], default=None)
    return best if best is not None and likeness[best] >= NEAR else None


def _likeness(one: str, other: str) -> float:
    """From 0 to 1; 0 when the lengths differ too much for a slip."""
    if abs(len(one) - len(other)) > NEAR_MAX_LENGTH_DIFFERENCE:
        return 0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _check_two_ways(columns: Sequence[_Quoted]) -> Iterator[Finding]:
    first = list({q.plain: q for q in reversed(columns)}.values())[::-1]
    for earlier, later in combinations(first[:QUOTES_COMPARED], 2):
        if _likeness(earlier.plain, later.plain) >= NEAR:
            yield at(
                "name.column_two_ways",
                later.passage,
                later.span,
                f"栏目名“{later.text}”与前文“{earlier.text}”不一致，请统一。",
            )
