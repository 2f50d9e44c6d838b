"""Chinese full text without a segmenter: overlapping pairs of characters.

`grams` feeds SQLite's FTS5 and PostgreSQL's tsvector alike; a query is its grams joined by AND, and the exact phrase is
checked on the normalised text afterwards, so hits are exact for any length from one character up.
"""

from __future__ import annotations

import re
import unicodedata

QUERY_MAX_CHARACTERS = 100

_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[a-z0-9]+")
_SPACES = re.compile(r"\s+")


def normalise(text: str) -> str:
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _is_chinese(run: str) -> bool:
    return not run.isascii()


def _grams_of(run: str) -> list[str]:
    if not _is_chinese(run):
        return [run]
    # The last single character lets a one-character query (prefix) find the end of a run.
    return [run[i : i + 2] for i in range(len(run) - 1)] + [run[-1]]


def grams(text: str) -> str:
    """Words for the index, parted by spaces, each once: where they stand and how often is not asked."""
    found = (gram for run in _RUN.findall(normalise(text)) for gram in _grams_of(run))
    return " ".join(dict.fromkeys(found))


def query_grams(query: str) -> list[str]:
    """Index words that all must be there; one that ends in `*` is a prefix. Empty when nothing can be looked up."""
    words: list[str] = []
    for run in _RUN.findall(normalise(query)):
        if not _is_chinese(run) or len(run) == 1:
            words.append(run + "*")
        else:
            words.extend(run[i : i + 2] for i in range(len(run) - 1))
    return list(dict.fromkeys(words))
