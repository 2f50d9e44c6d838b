"""Read the institution's rules from a folder of plain files, and from files kept elsewhere. The only part of the checks that
touches a disk.

    names.toml     people with their titles, organisations (tables.py)
    allow.txt      phrases inside which nothing is found, one a line
    *.csv          lexicons with a header: term, and as wanted severity, reason, replacement, from, until; or people, or
                   organisations (name_tables.py)
    *.toml         lexicons as [[term]] tables with the same keys
    *.txt          lexicons of one term a line; severity "should", or "must" when the name ends in .must.txt

All files are UTF-8; in .txt and .csv a line that begins with # is a comment. One wrong line and nothing is taken over: the
error names file and line of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
from webapp.checks.name_tables import Kind, joined, kind_of, read_organisations, read_people
from webapp.checks.names_file import read_names
from webapp.checks.tables import Names, Organisation, Person

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
    kept = [_read(source, faults) for source in lexicons]
    in_folder = [_read(source, faults) for source in _lexicons_in(folder, faults)]
    terms = [term for one in (*in_folder, *kept) for term in one.terms]
    _refuse_too_many(len(terms), faults)
    names = read_names(read_source(folder / NAMES_FILE, faults), faults)
    allowed = read_lines(read_source(folder / ALLOW_FILE, faults))
    faults.raise_if_any()
    return Rules(
        as_of=as_of,
        columns=tuple(columns),
        campaigns=tuple(campaigns),
        lexicon=Lexicon(term for term in terms if term.in_force(as_of)),
        names=_with(names, (*in_folder, *kept)),
        allow=Matcher([*(text for _, text in allowed), *allow]),
    )


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one file says: terms to look for, or people, or organisations."""

    terms: Sequence[Term] = ()
    people: Sequence[Person] = ()
    organisations: Sequence[Organisation] = ()

    @property
    def entries(self) -> int:
        return len(self.terms) + len(self.people) + len(self.organisations)


def _read(source: Source, faults: Faults) -> Said:
    kind = kind_of(source)
    if kind == Kind.PEOPLE:
        return Said(people=read_people(source, faults))
    if kind == Kind.ORGANISATIONS:
        return Said(organisations=read_organisations(source, faults))
    return Said(terms=read_lexicon(source, faults))


def _with(names: Names, said: Sequence[Said]) -> Names:
    """Of a person who is named in several files all offices count."""
    people: dict[str, Person] = {}
    for person in (*names.people, *(p for one in said for p in one.people)):
        known = people.get(person.name)
        people[person.name] = joined(known, person) if known else person
    return Names(people.values(), [*names.organisations, *(o for one in said for o in one.organisations)])  # fmt: skip


def try_lexicon(folder: Path, source: Source, *, beside: int) -> Said:
    """What a file says that is to be taken in beside the folder's and `beside` entries kept elsewhere. Raises Invalid as
    load_rules does."""
    faults = Faults()
    said = _read(source, faults)
    others = sum(_read(one, faults).entries for one in _lexicons_in(folder, faults))
    _refuse_too_many(said.entries + others + beside, faults)
    faults.raise_if_any()
    return said


def _refuse_too_many(terms: int, faults: Faults) -> None:
    if terms > MAX_TERMS:
        faults.add("词库", 0, f"词条共 {terms} 条，超过 {MAX_TERMS} 条的上限")


def _lexicons_in(folder: Path, faults: Faults) -> Iterator[Source]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix in LEXICON_SUFFIXES and path.name not in (NAMES_FILE, ALLOW_FILE):
            yield read_source(path, faults)
