"""How a finding is known again after the text was edited, so that what was decided about it stays decided."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from webapp.checks.matcher import alike

if TYPE_CHECKING:
    from webapp.checks.model import Finding

CONTEXT_CHARS = 8


class Surroundings:
    """A text made ready to say what stands around its places: only letters, digits and characters count, no blanks and marks,
    neither width nor case."""

    def __init__(self, text: str) -> None:
        self.alike = alike(text)
        self._words = "".join(filter(str.isalnum, self.alike))
        self._words_before = list(accumulate(map(str.isalnum, self.alike), initial=0))

    def of(self, start: int, end: int) -> tuple[str, str, str]:
        """The words before, what stands there, the words behind."""
        before, behind = self._words_before[start], self._words_before[end]
        first = before - CONTEXT_CHARS if before > CONTEXT_CHARS else 0
        return (
            self._words[first:before],
            self.alike[start:end],
            self._words[behind : behind + CONTEXT_CHARS],
        )


# While a text is written, the same places are asked about again and again.
@lru_cache(maxsize=16_384)
def digest(code: str, field: str | None, asset: str | None, *surroundings: str) -> str:
    parts = (code, field or "", asset or "", *surroundings)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def fingerprint(finding: Finding, text: str) -> str:
    """16 hex digits over code, field, picture, excerpt and the next words around it; `text` is the finding's own text.

    The place does not count: a mended comma beside it or a moved paragraph leaves the fingerprint as it is. Two findings
    with the same words around them share one, and so one decision.
    """
    if finding.start is None or finding.end is None:
        return digest(finding.code, finding.field, finding.asset)
    surroundings = Surroundings(text).of(finding.start, finding.end)
    return digest(finding.code, finding.field, finding.asset, *surroundings)
