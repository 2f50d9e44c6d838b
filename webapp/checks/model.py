"""What the checks are given and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from webapp.checks.lexicon import Lexicon
from webapp.checks.matcher import Matcher
from webapp.checks.tables import Names
from webapp.document.model import Document

Severity = Literal["must", "should"]
Form = Literal["news", "newspic"]


class Finding(NamedTuple):
    """One thing to mend, and where. Always made by keyword. A tuple underneath, because a raw scrape has thousands of
    them and a frozen dataclass takes five times as long to make.

    `block` counts the text blocks (paragraph, heading, code, figure caption) in reading order from 0, nested ones
    included. `field` names what is meant instead of the block's own text: title, author, digest, source_url, cover, alt.
    `start` and `end` are offsets in that text in code points (not UTF-16 units), a line break counting one; they are
    None when the finding is about the whole. `fix` replaces exactly `excerpt`; None where a person must decide.
    """

    code: str
    severity: Severity
    message: str
    excerpt: str = ""
    fix: str | None = None
    field: str | None = None
    block: int | None = None
    asset: str | None = None
    start: int | None = None
    end: int | None = None
    fingerprint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureFacts:
    """Sizes in pixels of the original. `consent` is the owner's, for an artwork, whose `title` is given; None: not registered as an artwork."""

    credit: str = ""
    alt: str = ""
    consent: bool | None = None
    title: str = ""
    width: int = 0
    height: int = 0
    animated: bool = False


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An article as it would be submitted. `html` is the rendered body; a picture message (`form` newspic) has `plain` text
    instead. The keys of `pictures` are asset ids; `cover` is one
    of them when the cover's size and rights are to be looked at too. `column_kind` is story, advice or artwork."""

    title: str
    body: Document
    author: str = ""
    digest: str = ""
    source_url: str = ""
    html: str = ""
    has_cover: bool = False
    cover: str | None = None
    pictures: Mapping[str, PictureFacts] = field(default_factory=dict)
    column_kind: str = "story"
    form: Form = "news"
    plain: str = ""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the institution has laid down, as it stood on `as_of` (its own calendar day)."""

    as_of: date
    columns: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    lexicon: Lexicon = field(default_factory=Lexicon)
    names: Names = field(default_factory=Names)
    allow: Matcher = field(default_factory=Matcher)
