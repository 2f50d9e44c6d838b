"""names.toml → dated tables of people and organisations."""

from __future__ import annotations

from webapp.checks.lexicon_files import (
    Dated,
    Faults,
    Name,
    Source,
    parse_row,
    read_toml,
    refuse_others,
    toml_tables,
)
from webapp.checks.tables import Names, Office, Organisation, Person


class OfficeRow(Dated):
    title: Name
    also: tuple[Name, ...] = ()


class PersonRow(Dated):
    name: Name
    wrong: tuple[Name, ...] = ()
    offices: tuple[OfficeRow, ...] = ()

    def fault(self) -> str | None:
        if self.name in self.wrong:
            return "wrong 里有正确的姓名"
        return next(
            (f"offices：{fault}" for o in self.offices if (fault := o.fault())), super().fault()
        )

    def as_person(self) -> Person:
        offices = (
            Office(spellings=(o.title, *o.also), starts=o.starts, ends=o.ends) for o in self.offices
        )
        return Person(name=self.name, wrong=self.wrong, offices=tuple(offices))


class OrganisationRow(Dated):
    name: Name
    short: tuple[Name, ...] = ()
    wrong: tuple[Name, ...] = ()
    now: str = ""

    def fault(self) -> str | None:
        if set(self.wrong) & {self.name, *self.short}:
            return "wrong 里有正确的名称"
        return super().fault()

    def as_organisation(self) -> Organisation:
        return Organisation(
            name=self.name,
            short=self.short,
            wrong=self.wrong,
            starts=self.starts,
            ends=self.ends,
            successor=self.now,
        )


def read_names(source: Source, faults: Faults) -> Names:
    content = read_toml(source, faults)
    refuse_others(content, ("people", "organisations"), source.name, faults)
    people = [
        parse_row(PersonRow, raw, source.name, line, faults)
        for line, raw in toml_tables(source, content, "people", faults)
    ]
    organisations = [
        parse_row(OrganisationRow, raw, source.name, line, faults)
        for line, raw in toml_tables(source, content, "organisations", faults)
    ]
    return Names(
        people=[p.as_person() for p in people if p],
        organisations=[o.as_organisation() for o in organisations if o],
    )
