"""How a check says what it found."""

from __future__ import annotations

from webapp.checks.catalogue import CATALOGUE
from webapp.checks.fingerprint import digest
from webapp.checks.model import Finding, Severity
from webapp.checks.passages import Passage


def at(
    code: str,
    passage: Passage,
    span: tuple[int, int],
    message: str,
    *,
    fix: str | None = None,
    severity: Severity | None = None,
) -> Finding:
    """A finding at a place. `span` is in `passage.text`."""
    return at_raw(code, passage, passage.raw_span(*span), message, fix=fix, severity=severity)


def at_raw(
    code: str,
    passage: Passage,
    span: tuple[int, int],
    message: str,
    *,
    fix: str | None = None,
    severity: Severity | None = None,
) -> Finding:
    start, end = span
    return Finding(
        code=code,
        severity=severity or CATALOGUE[code].severity,
        message=message,
        excerpt=passage.raw[start:end],
        fix=fix,
        field=passage.field,
        block=passage.block,
        asset=passage.asset,
        start=start,
        end=end,
        fingerprint=digest(
            code, passage.field, passage.asset, *passage.surroundings.of(start, end)
        ),
    )


def about(
    code: str,
    message: str,
    *,
    field: str | None = None,
    block: int | None = None,
    asset: str | None = None,
) -> Finding:
    """A finding about a field, a block or a picture as a whole."""
    return Finding(
        code=code,
        severity=CATALOGUE[code].severity,
        message=message,
        field=field,
        block=block,
        asset=asset,
        fingerprint=digest(code, field, asset),
    )
