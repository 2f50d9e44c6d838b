"""People, their titles and organisations, against the institution's dated tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from webapp.checks.matcher import Hit, longest, outside
from webapp.checks.model import Finding
from webapp.checks.passages import Case, Passage
from webapp.checks.reporting import at
from webapp.checks.tables import Names, Organisation, Person

_FORMERLY = re.compile(r"(?:时任|原|前|曾任|历任|前任|已故|候任|拟任)$")
_PARTIAL = "副代前原"
"""In front of a title these make it another one."""
LOOK_BACK = 3


def check(case: Case) -> Iterator[Finding]:
    names, day = case.rules.names, case.rules.as_of
    for passage in case.prose:
        people = longest(names.person_names.hits(passage.key))
        yield from _check_wrong_people(passage, names, people)
        yield from _check_titles(passage, names, people, day)
        yield from _check_organisations(passage, names, day)


def _check_wrong_people(passage: Passage, names: Names, people: Sequence[Hit]) -> Iterator[Finding]:
    wrong = outside(names.wrong_people_words.hits(passage.key), people)
    for hit in longest(wrong):
        written, person = names.wrong_people[hit.index]
        yield at(
            "name.person",
            passage,
            (hit.start, hit.end),
            f"姓名“{written}”应为“{person.name}”，请核对。",
            fix=person.name,
        )


def _check_titles(
    passage: Passage, names: Names, people: Sequence[Hit], day: date
) -> Iterator[Finding]:
    for hit in people:
        person = names.people[hit.index]
        span = _title_beside(passage.prose, hit, names.titles)
        if span is None or not person.offices:
            continue
        title = passage.prose[slice(*span)]
        if fault := _fault_of_title(person, title, day):
            yield at("name.title", passage, span, fault)


def _title_beside(text: str, name: Hit, titles: tuple[str, ...]) -> tuple[int, int] | None:
    """The longest known title right behind the name or right before it, unless it says that the time is past."""
    for title in titles:
        if text.startswith(title, name.end):
            span = (name.end, name.end + len(title))
            return None if _was_held(text, name.start) else span
    for title in titles:
        start = name.start - len(title)
        if start >= 0 and text.startswith(title, start):
            partial = text[start - 1 : start] in tuple(_PARTIAL)
            return None if partial or _was_held(text, start) else (start, name.start)
    return None


def _was_held(text: str, at: int) -> bool:
    return _FORMERLY.search(text[max(0, at - LOOK_BACK) : at]) is not None


def _fault_of_title(person: Person, title: str, day: date) -> str | None:
    offices = [office for office in person.offices if title in office.spellings]
    if any(office.held_on(day) for office in offices):
        return None
    now = "、".join(o.title for o in person.offices if o.held_on(day))
    advice = f"现任职务是“{now}”，请核对。" if now else "请核对；写的是当时的事，请加“时任”。"
    if not offices:
        return f"名录里{person.name}没有“{title}”这一职务，{advice}"
    office = offices[-1]
    if office.starts and day < office.starts:
        return f"{person.name}到 {office.starts} 才任“{title}”，{advice}"
    return f"{person.name}的“{title}”任期到 {office.ends} 为止，{advice}"


def _check_organisations(passage: Passage, names: Names, day: date) -> Iterator[Finding]:
    right = longest(names.organisation_names.hits(passage.key))
    wrong = outside(names.wrong_organisation_words.hits(passage.key), right)
    for hit in longest(wrong):
        written, organisation = names.wrong_organisations[hit.index]
        yield at(
            "name.organisation",
            passage,
            (hit.start, hit.end),
            f"“{written}”不是规范名称，应为“{_proper(organisation)}”。",
            fix=organisation.name,
        )
    for hit in right:
        organisation = names.organisations[hit.index]
        if (
            organisation.ends
            and organisation.ends < day
            and not _was_held(passage.prose, hit.start)
        ):
            yield at("name.organisation", passage, (hit.start, hit.end), _renamed(organisation))


def _proper(organisation: Organisation) -> str:
    return "”或“".join((organisation.name, *organisation.short))


def _renamed(organisation: Organisation) -> str:
    now = f"，现名“{organisation.successor}”" if organisation.successor else ""
    return (
        f"“{organisation.name}”这一名称用到 {organisation.ends} 为止{now}，"
        "请核对；写的是当时的事，请加“原”或忽略。"
    )
