"""Dated tables of names: who holds which title when, and what an organisation is called when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from webapp.checks.lexicon import within
from webapp.checks.matcher import Matcher


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """`spellings`: the title in full and every short form in use. Both days belong to the term of office."""

    spellings: tuple[str, ...]
    starts: date | None = None
    ends: date | None = None

    @property
    def title(self) -> str:
        return self.spellings[0]

    def held_on(self, day: date) -> bool:
        return within(day, self.starts, self.ends)


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    name: str
    wrong: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Organisation:
    """`ends` is the last day of the name; `successor` what came after it."""

    name: str
    short: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None
    successor: str = ""


class Names:
    """The tables with what is needed to find their names in a text."""

    def __init__(
        self, people: Iterable[Person] = (), organisations: Iterable[Organisation] = ()
    ) -> None:
        self.people = tuple(people)
        self.organisations = tuple(organisations)
        self.person_names = Matcher([p.name for p in self.people])
        self.titles = tuple(sorted(self._titles(), key=len, reverse=True))
        self.wrong_people = [(w, p) for p in self.people for w in p.wrong]
        self.wrong_people_words = Matcher([w for w, _ in self.wrong_people])
        self.wrong_organisations = [(w, o) for o in self.organisations for w in o.wrong]
        self.wrong_organisation_words = Matcher([w for w, _ in self.wrong_organisations])
        self.organisation_names = Matcher([o.name for o in self.organisations])

    def _titles(self) -> set[str]:
        return {s for p in self.people for office in p.offices for s in office.spellings}
