from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from webapp.intake.steps import pinyin
from webapp.intake.steps.options import Options

SCRAPE_NOTES = 3
"""From so many pinyin notes on, a text is taken for one that a scraper has rewritten; one or two may be an author's reading aids."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the steps know about the whole source, beyond the text that they are given."""

    source: str
    options: Options

    @cached_property
    def scraped(self) -> bool:
        return pinyin.has(self.source, SCRAPE_NOTES)
