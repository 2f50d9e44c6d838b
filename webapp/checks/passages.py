"""An article as flat text: its fields and its text blocks in reading order, and places in them.

Checks read `Passage.prose`, which has the same length as `Passage.text`: full-width letters and digits are narrow there, and
web addresses, e-mail addresses and inline code are masked, so that no rule for Chinese prose fires inside them. `text` is
`raw` without zero-width characters and a scraper's pinyin notes: no word can hide behind them, and every rule sees through
them. Places are mapped back when a finding is made.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, compress
from typing import Literal

from webapp.checks.fingerprint import Surroundings
from webapp.checks.forms import IDEOGRAPH, wrong_ellipses
from webapp.checks.matcher import narrow
from webapp.checks.model import Finding, Rules, Subject
from webapp.checks.quotes import Quote, read_quotes
from webapp.document.model import Node, walk
from webapp.document.text import inline_text
from webapp.intake.edits import Edit
from webapp.intake.steps.context import Context
from webapp.intake.steps.options import Options
from webapp.intake.steps.pinyin import find as find_notes
from webapp.intake.steps.punctuation import find as find_half_width
from webapp.intake.steps.whitespace import find_invisible

MASK = "\ufffc"
NO_CONTEXT = Context(source="", options=Options())

PassageKind = Literal["field", "paragraph", "heading", "code", "caption"]
_KINDS: dict[str, PassageKind] = {
    "paragraph": "paragraph",
    "heading": "heading",
    "codeBlock": "code",
    "figure": "caption",
}
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[!-~]*[\w/#=&-]|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}",
    re.IGNORECASE | re.ASCII,
)
_IDEOGRAPH = re.compile(f"[{IDEOGRAPH}]")
_LATIN = re.compile("[A-Za-z]")


@dataclass(frozen=True, kw_only=True)
class Passage:
    """`kind` field: one of the article's fields, or the alt text of the picture `asset`."""

    raw: str
    kind: PassageKind
    field: str | None = None
    block: int | None = None
    asset: str | None = None
    level: int = 0
    code_spans: tuple[tuple[int, int], ...] = ()
    links: tuple[tuple[int, int, str], ...] = ()

    @cached_property
    def invisible(self) -> tuple[Edit, ...]:
        return tuple(find_invisible(self.raw, NO_CONTEXT))

    @cached_property
    def notes(self) -> tuple[Edit, ...]:
        return _notes_in(self.raw)

    @cached_property
    def _shown(self) -> bytes | None:
        """For each character of `raw` whether it is part of `text`; None when all are."""
        if not self.invisible and not self.notes:
            return None
        shown = bytearray(b"\1" * len(self.raw))
        for edit in (*self.invisible, *self.notes):
            shown[edit.start : edit.end] = bytes(edit.end - edit.start)
        return bytes(shown)

    @cached_property
    def _offsets(self) -> Sequence[int]:
        """Where each character of `text` stands in `raw`; one more entry for the end."""
        places = range(len(self.raw) + 1)
        return places if self._shown is None else list(compress(places, self._shown + b"\1"))

    @cached_property
    def text(self) -> str:
        return self._visible(self.raw)

    @cached_property
    def prose(self) -> str:
        text = narrow(self._visible(_masked(self.raw, self.code_spans)))
        return _masked(text, [match.span() for match in _ADDRESS.finditer(text)])

    @cached_property
    def key(self) -> str:
        """`text` in the form that a Matcher reads."""
        return self._visible(self.surroundings.alike)

    def _visible(self, raw: str) -> str:
        return raw if self._shown is None else "".join(compress(raw, self._shown))

    @cached_property
    def quotes(self) -> tuple[Quote, ...]:
        return _quotes_in(self.prose) if self.is_chinese else ()

    @cached_property
    def wrong_ellipses(self) -> tuple[tuple[int, int], ...]:
        return tuple(wrong_ellipses(self.prose))

    @cached_property
    def _reformed(self) -> str:
        dots = [(i, "…") for span in self.wrong_ellipses for i in range(*span)]
        return _rewritten(self.prose, [*((q.place, q.role) for q in self.quotes), *dots])

    @cached_property
    def half_width(self) -> tuple[Edit, ...]:
        """Marks that should be full-width."""
        return _half_width_in(self._reformed)

    @cached_property
    def widened(self) -> str:
        """`prose` with quotes, ellipses and marks as they should be; same length, so a rule about marks judges the text as it will be."""
        return _rewritten(self._reformed, [(edit.start, edit.after) for edit in self.half_width])

    @cached_property
    def is_chinese(self) -> bool:
        """Latin letters do not outnumber the Chinese characters."""
        return len(_IDEOGRAPH.findall(self.prose)) >= max(1, len(_LATIN.findall(self.prose)))

    @cached_property
    def surroundings(self) -> Surroundings:
        return _surroundings_in(self.raw)

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        if start == end:
            return self._offsets[start], self._offsets[start]
        return self._offsets[start], self._offsets[end - 1] + 1


# While an article is written it is looked at every few seconds, and all but one of its paragraphs are as they were.
_kept = lru_cache(maxsize=1_024)


def kept(check: Callable[[Passage], Iterator[Finding]]) -> Callable[[Passage], Sequence[Finding]]:
    """For a check that looks at one passage and at nothing else: what it found there is found again without looking."""
    return _kept(lambda passage: tuple(check(passage)))


@_kept
def _notes_in(raw: str) -> tuple[Edit, ...]:
    return tuple(find_notes(raw, NO_CONTEXT))


@_kept
def _quotes_in(prose: str) -> tuple[Quote, ...]:
    return tuple(read_quotes(prose))


@_kept
def _half_width_in(reformed: str) -> tuple[Edit, ...]:
    return tuple(find_half_width(reformed, NO_CONTEXT))


@_kept
def _surroundings_in(raw: str) -> Surroundings:
    return Surroundings(raw)


def _rewritten(text: str, changes: Sequence[tuple[int, str]]) -> str:
    """With single characters exchanged."""
    written = list(text)
    for place, character in changes:
        written[place] = character
    return "".join(written)


def _masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + MASK * (end - start) + text[end:]
    return text


@dataclass(frozen=True)
class Joined:
    """Passages as one text, a line break between two, for rules that weigh the whole."""

    passages: tuple[Passage, ...]

    @cached_property
    def text(self) -> str:
        return "\n".join(p.text for p in self.passages)

    @cached_property
    def raw(self) -> str:
        return "\n".join(p.raw for p in self.passages)

    @cached_property
    def _starts(self) -> list[int]:
        lengths = (len(p.text) + 1 for p in self.passages)
        return list(accumulate(lengths, initial=0))[:-1]

    def locate(self, at: int) -> tuple[Passage, int]:
        """The passage that holds the place, and the place in it."""
        index = bisect_right(self._starts, at) - 1
        return self.passages[index], at - self._starts[index]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a check looks at. `passages` are the fields, then the body's text blocks, each picture's alt text behind it."""

    subject: Subject
    rules: Rules
    passages: tuple[Passage, ...]

    @classmethod
    def of(cls, subject: Subject, rules: Rules) -> Case:
        passages = (*_fields(subject), *_blocks(subject))
        return cls(subject=subject, rules=rules, passages=passages)

    @cached_property
    def blocks(self) -> tuple[Passage, ...]:
        """The body's text blocks; `blocks[n].block` is n."""
        return tuple(p for p in self.passages if p.field is None)

    @cached_property
    def prose(self) -> tuple[Passage, ...]:
        """What house style speaks of: title, digest and all of the body but code."""
        return tuple(
            p for p in self.passages if p.kind != "code" and p.field in (None, "title", "digest")
        )


def _fields(subject: Subject) -> Iterator[Passage]:
    for name in ("title", "author", "digest"):
        if value := getattr(subject, name):
            yield Passage(raw=value, kind="field", field=name)


def _blocks(subject: Subject) -> Iterator[Passage]:
    nodes = (node for node in walk(subject.body) if node.holds_text)
    for index, node in enumerate(nodes):
        yield _block(node, index)
        if node.type == "figure" and (alt := node.string("alt")):
            asset = node.string("asset")
            yield Passage(raw=alt, kind="field", field="alt", block=index, asset=asset)


def _block(node: Node, index: int) -> Passage:
    code: list[tuple[int, int]] = []
    links: list[tuple[int, int, str]] = []
    at = 0
    for child in node.content:
        end = at + len(child.text or "\n")
        for mark in child.marks:
            if mark.type == "code":
                code.append((at, end))
            elif mark.type == "link":
                links.append((at, end, str(mark.attrs["href"])))
        at = end
    return Passage(
        raw=inline_text(node),
        kind=_KINDS[node.type],
        block=index,
        asset=node.string("asset") if node.type == "figure" else None,
        level=node.number("level") if node.type == "heading" else 0,
        code_spans=tuple(code),
        links=tuple(links),
    )
