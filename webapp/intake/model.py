from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from webapp.document.fitting import Loss
from webapp.document.model import Document
from webapp.document.text import plain_text


@dataclass(frozen=True, kw_only=True)
class Cleanup:
    """One change that the clean-up made.

    `kind` is stable and for programs; `cleanup.KIND_LABELS` names it in Chinese. `place` is for people. `offset` is where
    `before` stood in the source text; `position` is where `after` stands in the cleaned text, every other change in force;
    both in code points. In an import, `block` is the index of the top-level block in the body and `start` the offset in that
    block's text; in the title `block` is None. What was deleted with its whole line points at what now stands there, and
    `line` is the index of the block before which the line stood.
    """

    kind: str
    before: str
    after: str
    place: str
    offset: int
    position: int
    block: int | None = None
    start: int | None = None
    line: int | None = None

    def at(
        self,
        *,
        position: int,
        block: int | None,
        start: int,
        place: str = "",
        line: int | None = None,
    ) -> Cleanup:
        """The same change elsewhere. (`dataclasses.replace` takes five times as long, and a scrape has thousands.)"""
        return Cleanup(
            kind=self.kind,
            before=self.before,
            after=self.after,
            place=place or self.place,
            offset=self.offset,
            position=position,
            block=block,
            start=start,
            line=line,
        )


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """`cleanups` ascend in the text and do not overlap; taking all of them back leads to `source` again."""

    source: str
    text: str
    cleanups: tuple[Cleanup, ...]


class TitleRule(StrEnum):
    """What the first block is: nothing special (a pasted fragment), a title because it is a level-1 heading, or a title
    when it is short and no sentence."""

    NONE = "none"
    FIRST_HEADING = "first_heading"
    FIRST_SHORT_LINE = "first_short_line"


@dataclass(frozen=True, kw_only=True)
class Source:
    """What the import was made from, so that a change can be taken back."""

    document: Document
    cleaned: Cleaned
    title: TitleRule


@dataclass(frozen=True, kw_only=True)
class Imported:
    """`pictures` maps provisional asset ids ("import:1", …) to the bytes as they came, in the body's order; the caller stores
    them and calls `body.replace_assets`. `origin` serves `layout.restore` and `text`."""

    title: str
    body: Document
    cleanups: tuple[Cleanup, ...] = ()
    losses: tuple[Loss, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    origin: Source = field(repr=False, compare=False)

    @property
    def text(self) -> str:
        """Title and body as the cleanups' `position` counts them."""
        return "\n".join(part for part in (self.title, plain_text(self.body)) if part)
