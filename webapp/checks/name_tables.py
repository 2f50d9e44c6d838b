"""Tables of people and of organisations as an office keeps them: one CSV file each, known by its first line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Any

from webapp.checks.lexicon_files import Faults, Row, Source, parse_row, read_lines, read_table
from webapp.checks.names_file import OrganisationRow, PersonRow
from webapp.checks.tables import Organisation, Person


class Kind(StrEnum):
    """What a file holds."""

    TERMS = "terms"
    PEOPLE = "people"
    ORGANISATIONS = "organisations"


_PEOPLE = {"姓名": "name", "职务": "title", "又作": "also", "误写": "wrong", "起": "from", "止": "until"}  # fmt: skip
_ORGANISATIONS = {"机构": "name", "简称": "short", "误写": "wrong", "现名": "now", "起": "from", "止": "until"}  # fmt: skip
_SEVERAL = re.compile(r"[、；;]")


def kind_of(source: Source) -> Kind:
    first = next(iter(read_lines(source)), (0, ""))[1] if source.suffix == ".csv" else ""
    heads = [cell.strip(' "') for cell in first.split(",")]
    if "姓名" in heads:
        return Kind.PEOPLE
    return Kind.ORGANISATIONS if "机构" in heads else Kind.TERMS


def read_people(source: Source, faults: Faults) -> list[Person]:
    """A person has a line for each office; cells name several things with 、 between them."""
    people: dict[str, Person] = {}
    for line, raw in _person_rows(source, faults):
        row = parse_row(PersonRow, raw, source.name, line, faults)
        if row is not None:
            new = row.as_person()
            people[new.name] = joined(people.get(new.name, new), new)
    return list(people.values())


def joined(one: Person, other: Person) -> Person:
    """All that is known of a person who is named twice."""
    wrong = dict.fromkeys((*one.wrong, *other.wrong))
    offices = dict.fromkeys((*one.offices, *other.offices))
    return replace(one, wrong=tuple(wrong), offices=tuple(offices))


def _person_rows(source: Source, faults: Faults) -> Iterator[Row]:
    for line, cells in read_table(source, _PEOPLE, faults):
        raw = _split(cells, "wrong", "also")
        office = {key: raw.pop(key) for key in ("title", "also", "from", "until") if key in raw}
        if office and "title" not in office:
            faults.add(source.name, line, "写了又作或起止日期，就要写职务")
            continue
        yield line, {**raw, "offices": [office] if office else []}


def read_organisations(source: Source, faults: Faults) -> list[Organisation]:
    rows = (
        parse_row(OrganisationRow, _split(cells, "short", "wrong"), source.name, line, faults)
        for line, cells in read_table(source, _ORGANISATIONS, faults)
    )
    return [row.as_organisation() for row in rows if row is not None]


def _split(cells: object, *several: str) -> dict[str, Any]:
    assert isinstance(cells, dict)
    return {
        key: [part for one in _SEVERAL.split(cell) if (part := one.strip())]
        if key in several
        else cell
        for key, cell in cells.items()
    }
