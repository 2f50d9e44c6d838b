"""Many words looked for in one pass (Aho–Corasick)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import ahocorasick

_WIDE = (
    "".join(c for c in map(chr, range(0xFF01, 0xFF5F)) if chr(ord(c) - 0xFEE0).isalnum()) + "％．"
)
_NARROW = str.maketrans(_WIDE, "".join(chr(ord(c) - 0xFEE0) for c in _WIDE))
_ANY_WIDE = re.compile(f"[{_WIDE}]")


def narrow(text: str) -> str:
    """Full-width letters, digits, points and percent signs made half-width; same length."""
    return text.translate(_NARROW) if _ANY_WIDE.search(text) else text


def alike(text: str) -> str:
    """The form in which words are compared: narrow and in lower case; same length, so places stay true."""
    text = narrow(text)
    lower = text.lower()
    # İ alone grows when made small.
    return lower if len(lower) == len(text) else text


@dataclass(frozen=True, slots=True)
class Hit:
    """`index` is the word's position in the sequence that the matcher was made of."""

    start: int
    end: int
    index: int


class Matcher:
    """Immutable once made. Case and width do not matter; of equal words the first counts."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.words = tuple(words)
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for index, word in enumerate(self.words):
            key = alike(word)
            if key and key not in self._automaton:
                self._automaton.add_word(key, index)
        if len(self._automaton):
            self._automaton.make_automaton()

    def __len__(self) -> int:
        return len(self._automaton)

    def hits(self, key: str) -> Iterator[Hit]:
        """Every occurrence in a text that `alike` has been through, overlapping ones too. Latin words and numbers match
        whole: `ass` is not in `class`."""
        if not len(self._automaton):
            return
        for last, index in self._automaton.iter(key):
            start, end = last + 1 - len(self.words[index]), last + 1
            if not (_glued(key, start) or _glued(key, end)):
                yield Hit(start, end, index)


def _glued(text: str, at: int) -> bool:
    return 0 < at < len(text) and _is_ascii_word(text[at - 1]) and _is_ascii_word(text[at])


def _is_ascii_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """Leftmost, of those the longest; what overlaps one taken is dropped."""
    taken: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end)):
        if not taken or hit.start >= taken[-1].end:
            taken.append(hit)
    return taken


def outside(hits: Iterable[Hit], shelters: Sequence[Hit]) -> list[Hit]:
    """The hits that lie in none of the shelters."""
    return [h for h in hits if not any(s.start <= h.start and h.end <= s.end for s in shelters)]
