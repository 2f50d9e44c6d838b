"""Read the institution's rules from a folder of plain files. The only part of the checks that touches a disk.

    names.toml     people with their titles, organisations (tables.py)
    allow.txt      phrases inside which nothing is found, one a line
    *.csv          lexicons with a header: term, and as wanted severity, reason, replacement, from, until
    *.toml         lexicons as [[term]] tables with the same keys
    *.txt          lexicons of one term a line; severity "should", or "must" when the name ends in .must.txt

All files are UTF-8; in .txt and .csv a line that begins with # is a comment. One wrong line and nothing is taken over: the
error names file and line of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from webapp.checks.lexicon import Lexicon, Term
from webapp.checks.lexicon_files import Faults, read_lexicon, read_lines
from webapp.checks.matcher import Matcher
from webapp.checks.model import Rules
from webapp.checks.names_file import read_names

__all__ = ["Rules", "load_rules"]

NAMES_FILE = "names.toml"
ALLOW_FILE = "allow.txt"
LEXICON_SUFFIXES = (".csv", ".toml", ".txt")
MAX_TERMS = 500_000
"""All lexicons together, in force or not. 200,000 take 2 s and 70 MB to load (measured 2026-11, tests/checks/test_speed.py)."""


def load_rules(
    folder: Path,
    columns: Sequence[str],
    as_of: date,
    *,
    campaigns: Sequence[str] = (),
    allow: Iterable[str] = (),
) -> Rules:
    """`columns` and `campaigns` are names; `allow` are phrases beside those of allow.txt. Files that are missing count as
    empty. Raises Invalid (code `lexicon_invalid`) with one FieldError for each wrong line, `field` being `file:line`."""
    faults = Faults()
    terms = _read_terms(folder, faults)
    names = read_names(folder / NAMES_FILE, faults)
    allowed = read_lines(folder / ALLOW_FILE, faults)
    faults.raise_if_any()
    return Rules(
        as_of=as_of,
        columns=tuple(columns),
        campaigns=tuple(campaigns),
        lexicon=Lexicon(term for term in terms if term.in_force(as_of)),
        names=names,
        allow=Matcher([*(text for _, text in allowed), *allow]),
    )


def _read_terms(folder: Path, faults: Faults) -> list[Term]:
    terms: list[Term] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix in LEXICON_SUFFIXES and path.name not in (NAMES_FILE, ALLOW_FILE):
            terms += read_lexicon(path, faults)
    if len(terms) > MAX_TERMS:
        faults.add(folder.name, 0, f"词条共 {len(terms)} 条，超过 {MAX_TERMS} 条的上限")
    return terms
