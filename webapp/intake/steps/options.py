from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Script(StrEnum):
    AUTO = "auto"
    SIMPLIFIED = "simplified"
    KEEP = "keep"


@dataclass(frozen=True, kw_only=True)
class Options:
    """`script`: AUTO converts only what stands among simplified text or in a scrape. `keep_words` stay as they are written
    (people's names, what the desk lets pass); `keep_traditional_titles` leaves 《…》 alone; `skip` names the kinds of change that are not wanted."""

    script: Script = Script.AUTO
    keep_traditional_titles: bool = False
    keep_words: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
