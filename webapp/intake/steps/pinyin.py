"""`時(shí)` → `時`: a note in brackets behind a character is removed when it is one of that character's readings, tone included.

`重(zhòng)` and `重(chóng)` both go; `重(zhong)`, `吨(dùn)` and `西安(Xī'ān)` stay: they are no reading of that one character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from webapp.intake.edits import Edit
from webapp.intake.steps.convert import to_simplified

if TYPE_CHECKING:
    from webapp.intake.steps.context import Context

# The longest syllable is zhuāng; decomposed tone marks need room for two more.
_NOTE = r"[(（][ \u00a0]?([a-zà-ÿāēīōūěǎǐǒńňǔǖǘǚǜǹḿɑɡ\u0300\u0301\u0304\u0308\u030c]{1,9})[ \u00a0]?[)）]"
_ANNOTATED = re.compile(rf"([\u3400-\u9fff\uf900-\ufaff])((?:{_NOTE})+)")
_EACH_NOTE = re.compile(_NOTE)
_LOOKALIKES = str.maketrans({"ɑ": "a", "ɡ": "g"})


def find(text: str, _context: Context) -> Iterable[Edit]:
    return _notes(text)


def has(text: str, notes: int) -> bool:
    """Whether at least so many are there; looks no further."""
    return len(list(islice(_notes(text), notes))) == notes


def _notes(text: str) -> Iterator[Edit]:
    for match in _ANNOTATED.finditer(text):
        for note in _EACH_NOTE.finditer(match[2]):
            if not _is_reading(match[1], note[1]):
                break
            yield Edit(match.start(2) + note.start(), match.start(2) + note.end(), "")


# A scrape notes the same characters over and over.
@lru_cache(maxsize=8192)
def _is_reading(character: str, note: str) -> bool:
    return _spelling(note) in readings(character)


def _spelling(note: str) -> str:
    return unicodedata.normalize("NFC", note.translate(_LOOKALIKES))


@lru_cache(maxsize=8192)
def readings(character: str) -> frozenset[str]:
    """Every reading of the character, and of its simplified form: a scraper notes 發 as fā or as 发 would be read."""
    from pypinyin import (
        Style,
        pinyin,
    )  # its tables take a third of a second; few texts have such notes

    written = {character, to_simplified(character)}
    found = (pinyin(c, style=Style.TONE, heteronym=True, errors="ignore") for c in written)
    return frozenset(reading for syllables in found for s in syllables for reading in s)
