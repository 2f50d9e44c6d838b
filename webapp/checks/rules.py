"""Read the institution's rules from a folder of plain files, and from files kept elsewhere. The only part of the checks that
touches a disk.

    names.toml     people with their titles, organisations (tables.py)
    allow.txt      phrases inside which nothing is found, one a line
    *.csv          lexicons with a header: term, and as wanted severity, reason, replacement, from, until
    *.toml         lexicons as [[term]] tables with the same keys
    *.txt          lexicons of one term a line; severity "should", or "must" when the name ends in .must.txt

All files are UTF-8; in .txt and .csv a line that begins with # is a comment. One wrong line and nothing is taken over: the
error names file and line of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from webapp.checks.lexicon import Lexicon, Term
from webapp.checks.lexicon_files import (
    LEXICON_SUFFIXES,
    Faults,
    Source,
    read_lexicon,
    read_lines,
    read_source,
)
from webapp.checks.matcher import Matcher
from webapp.checks.model import Rules
from webapp.checks.names_file import read_names

__all__ = ["Rules", "load_rules"]

NAMES_FILE = "names.toml"
ALLOW_FILE = "allow.txt"
MAX_TERMS = 500_000
"""All lexicons together, in force or not. 200,000 take 2 s and 70 MB to load (measured 2026-11, tests/checks/test_speed.py)."""


def load_rules(
    folder: Path,
    columns: Sequence[str],
    as_of: date,
    *,
    campaigns: Sequence[str] = (),
    allow: Iterable[str] = (),
    lexicons: Iterable[Source] = (),
) -> Rules:
    """`columns` and `campaigns` are names; `allow` are phrases beside those of allow.txt, `lexicons` beside the folder's. Files that are missing count as
    empty. Raises Invalid (code `lexicon_invalid`) with one FieldError for each wrong line, `field` being `file:line`."""
    faults = Faults()
    terms = _read_terms([*_lexicons_in(folder, faults), *lexicons], faults)
    names = read_names(read_source(folder / NAMES_FILE, faults), faults)
    allowed = read_lines(read_source(folder / ALLOW_FILE, faults))
    faults.raise_if_any()
    return Rules(
        as_of=as_of,
        columns=tuple(columns),
        campaigns=tuple(campaigns),
        lexicon=Lexicon(term for term in terms if term.in_force(as_of)),
        names=names,
        allow=Matcher([*(text for _, text in allowed), *allow]),
    )


def try_lexicon(folder: Path, source: Source, *, beside: int) -> list[Term]:
    """The terms of a lexicon that is to be taken in beside the folder's and `beside` terms kept elsewhere. Raises Invalid as
    load_rules does."""
    faults = Faults()
    terms = read_lexicon(source, faults)
    others = _read_terms(_lexicons_in(folder, faults), faults)
    _refuse_too_many(len(terms) + len(others) + beside, faults)
    faults.raise_if_any()
    return terms


def _refuse_too_many(terms: int, faults: Faults) -> None:
    if terms > MAX_TERMS:
        faults.add("词库", 0, f"词条共 {terms} 条，超过 {MAX_TERMS} 条的上限")


def _lexicons_in(folder: Path, faults: Faults) -> Iterator[Source]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix in LEXICON_SUFFIXES and path.name not in (NAMES_FILE, ALLOW_FILE):
            yield read_source(path, faults)


def _read_terms(lexicons: Iterable[Source], faults: Faults) -> list[Term]:
    terms = [term for source in lexicons for term in read_lexicon(source, faults)]
    _refuse_too_many(len(terms), faults)
    return terms
