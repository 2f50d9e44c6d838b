"""The institution's own words to watch for, as loaded for one day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from webapp.checks.matcher import Hit, Matcher


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """`replacement` None: there is no one right word. In force from `starts` to `ends`, both days included."""

    term: str
    severity: Literal["must", "should"] = "should"
    reason: str = ""
    replacement: str | None = None
    starts: date | None = None
    ends: date | None = None

    def in_force(self, day: date) -> bool:
        return within(day, self.starts, self.ends)


def within(day: date, starts: date | None, ends: date | None) -> bool:
    return (starts is None or starts <= day) and (ends is None or day <= ends)


class Lexicon:
    """Of a term given twice the stricter entry counts."""

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        self._terms = tuple(sorted(terms, key=lambda t: t.severity != "must"))
        self._matcher = Matcher([t.term for t in self._terms])

    def __len__(self) -> int:
        return len(self._matcher)

    @property
    def terms(self) -> tuple[str, ...]:
        """The words in force, sorted."""
        return tuple(sorted(t.term for t in self._terms))

    def hits(self, key: str) -> Iterator[tuple[Hit, Term]]:
        for hit in self._matcher.hits(key):
            yield hit, self._terms[hit.index]
