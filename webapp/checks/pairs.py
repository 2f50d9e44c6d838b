"""Quotation marks and brackets in pairs, and in the mainland's form (GB/T 15834—2011, 4.8 and 4.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from webapp.checks.model import Finding
from webapp.checks.passages import Case, Passage
from webapp.checks.quotes import CLOSES, Quote
from webapp.checks.reporting import at

_BRACKETS = re.compile(r"[()（）\[\]【】《》〈〉〔〕{}]")
_OPENER_OF = {
    ")": "(",
    "）": "(",
    "]": "[",
    "】": "【",
    "》": "《",
    "〉": "〈",
    "〕": "〔",
    "}": "{",
}
_OPENER_FORM = {"（": "("}
_ENUMERATOR = re.compile(r"(?:^|[\s，。；：、,;:])[\dA-Za-z一二三四五六七八九十]{1,3}$")


def check(case: Case) -> Iterator[Finding]:
    for index, passage in enumerate(case.prose):
        if not passage.is_chinese:
            continue
        following = case.prose[index + 1] if index + 1 < len(case.prose) else None
        yield from _check_quotes(passage, following)
        yield from _check_brackets(passage)


def _check_quotes(passage: Passage, following: Passage | None) -> Iterator[Finding]:
    quotes = passage.quotes
    yield from _check_forms(passage, quotes)
    unpaired, nested = _pair(quotes)
    for quote in nested:
        yield _at_mark(
            "style.nested_quote", passage, quote, "双引号里面再用引号，要用单引号‘ ’，请核对。"
        )
    for quote in unpaired:
        if not _goes_on(passage, quote, following):
            yield _at_mark(
                "style.unpaired_quote",
                passage,
                quote,
                f"引号“{quote.written}”没有成对，请补上或删去。",
            )


def _at_mark(code: str, passage: Passage, quote: Quote, message: str) -> Finding:
    return at(code, passage, (quote.place, quote.place + 1), message)


def _check_forms(passage: Passage, quotes: Sequence[Quote]) -> Iterator[Finding]:
    for quote in quotes:
        if quote.written == quote.role:
            continue
        straight = quote.written in "\"'"
        yield at(
            "style.straight_quote" if straight else "style.corner_quote",
            passage,
            (quote.place, quote.place + 1),
            f"中文引号应为“{quote.role}”。",
            fix=quote.role,
        )


def _pair(quotes: Sequence[Quote]) -> tuple[list[Quote], list[Quote]]:
    """Those without a partner, and those that open inside their own sort."""
    unpaired: list[Quote] = []
    nested: list[Quote] = []
    stack: list[Quote] = []
    for quote in quotes:
        opener = CLOSES.get(quote.role)
        if opener is None:
            stack.append(quote)
        elif all(q.role != opener for q in stack):
            unpaired.append(quote)
        else:
            while stack[-1].role != opener:
                unpaired.append(stack.pop())
            if any(q.role == opener for q in stack[:-1]):
                nested.append(stack[-1])
            stack.pop()
    return unpaired + stack, nested


def _goes_on(passage: Passage, quote: Quote, following: Passage | None) -> bool:
    """A quotation of several paragraphs opens each of them and closes only the last."""
    opens_here = quote.role == "“" and not passage.prose[: quote.place].strip()
    return opens_here and following is not None and following.prose.lstrip()[:1] in ("“", "「", '"')


def _check_brackets(passage: Passage) -> Iterator[Finding]:
    text = passage.prose
    for place in _unpaired_brackets(text):
        yield at(
            "style.unpaired_bracket",
            passage,
            (place, place + 1),
            f"“{text[place]}”没有成对，请补上另一半或删去。",
        )


def _unpaired_brackets(text: str) -> list[int]:
    """Places; of 1) and 一） the bracket is a mark of its own. Both widths pair with each other."""
    unpaired: list[int] = []
    stack: list[tuple[str, int]] = []
    for match in _BRACKETS.finditer(text):
        place, bracket = match.start(), match[0]
        opener = _OPENER_OF.get(bracket)
        if opener is None:
            stack.append((_OPENER_FORM.get(bracket, bracket), place))
        elif any(kind == opener for kind, _ in stack):
            while stack[-1][0] != opener:
                unpaired.append(stack.pop()[1])
            stack.pop()
        elif not (bracket in ")）" and _ENUMERATOR.search(text[max(0, place - 4) : place])):
            unpaired.append(place)
    return sorted(unpaired + [place for _, place in stack])
