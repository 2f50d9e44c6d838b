"""Words of the institution's lexicons. Places inside a phrase of the allow-list are let through by `run`."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.checks.lexicon import Term
from webapp.checks.matcher import Hit, longest, outside
from webapp.checks.model import Finding
from webapp.checks.passages import Case
from webapp.checks.reporting import at


def check(case: Case) -> Iterator[Finding]:
    lexicon, allow = case.rules.lexicon, case.rules.allow
    if not len(lexicon):
        return
    for passage in case.passages:
        text, key = passage.text, passage.key
        terms = {hit: term for hit, term in lexicon.hits(key) if not _is_replaced(text, hit, term)}
        if not terms:
            continue
        # Allowed ones go first: they must not shadow a forbidden word that overlaps them.
        for hit in longest(outside(terms, list(allow.hits(key)))):
            term = terms[hit]
            yield at(
                "lexicon.term",
                passage,
                (hit.start, hit.end),
                _message(text[hit.start : hit.end], term),
                fix=term.replacement,
                severity=term.severity,
            )


def _is_replaced(text: str, hit: Hit, term: Term) -> bool:
    """省委 → 中共陕西省委: the term inside its own replacement is right."""
    if not term.replacement or term.term not in term.replacement:
        return False
    start = hit.start - term.replacement.index(term.term)
    return start >= 0 and text.startswith(term.replacement, start)


def _message(written: str, term: Term) -> str:
    reason = f"：{term.reason.rstrip('。')}" if term.reason else ""
    if term.replacement is None:
        return f"“{written}”在词库中{reason}，请核对是否可用。"
    if not term.replacement:
        return f"“{written}”在词库中{reason}，请删去。"
    return f"“{written}”应为“{term.replacement}”{reason}。"
