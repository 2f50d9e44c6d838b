"""No page reads through what grows with the archive, nor sorts it: what is listed is read along an index and stops when the
page is full."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event

from bench.pages import PAGES, Desk, Page

GROWING = (
    "article", "article_asset", "article_text", "revision", "review", "edition", "edition_article", "publication",
    "publication_step", "posting", "posting_count", "audit_entry", "asset", "artwork",
)  # fmt: skip
SCAN = re.compile(rf"SCAN ({'|'.join(GROWING)})(_\d+)?( USING .*)?$")
# What a sort may be made of: rows that were found by keys in hand, or work in progress.
BY_KEYS = re.compile(r"\((rowid|article_id|edition_id|asset_id)=\?")
# There is no index of the words about pictures: a word that is about none of them is looked for in all of them.
READS_ALL = {"素材，找作品"}


@dataclass(frozen=True)
class Plan:
    statement: str
    lines: Sequence[str]

    @property
    def streams(self) -> bool:
        """In the order of an index, or of the newest id, with nothing to skip, until the page is full."""
        in_order = not any("TEMP B-TREE" in line for line in self.lines)
        return in_order and " LIMIT " in self.statement and " WHERE " not in self.statement

    @property
    def reads_through(self) -> list[str]:
        return [line for line in self.lines if SCAN.match(line) and not self.streams]

    @property
    def sorts_much(self) -> bool:
        if not any("TEMP B-TREE FOR ORDER BY" in line for line in self.lines):
            return False
        found = next(line for line in self.lines if line.startswith(("S", "M")))
        return not (found.startswith(("SCAN column", "MULTI-INDEX OR")) or BY_KEYS.search(found))


def plans_of(desk: Desk, page: Page) -> list[Plan]:
    client, path = desk.client(page.who), page.path.format(**desk.names())
    seen: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if statement.lstrip().startswith(("SELECT", "WITH")):
            seen.append((statement, parameters))

    engine = desk.context.db.engine
    event.listen(engine, "before_cursor_execute", note)
    answer = client.get(path)
    event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    with engine.connect() as connection:
        return [
            Plan(
                " ".join(statement.split()),
                [
                    row[3]
                    for row in connection.exec_driver_sql(
                        f"EXPLAIN QUERY PLAN {statement}", parameters
                    )
                ],
            )
            for statement, parameters in seen
        ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_that_grows_is_read_through_or_sorted(desks: tuple[Desk, Desk], page: Page):
    _, many = desks
    plans = plans_of(many, page)
    assert plans
    read_through = [plan for plan in plans if plan.reads_through]
    assert not read_through or page.name in READS_ALL
    assert [plan for plan in plans if plan.sorts_much] == []


def test_a_list_that_is_read_through_is_noticed(desks: tuple[Desk, Desk]):
    _, many = desks
    with many.context.db.engine.connect() as connection:
        statement = "SELECT id FROM article WHERE author LIKE '%王%' ORDER BY title LIMIT 5"
        lines = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    plan = Plan(statement, lines)
    assert plan.reads_through
    assert plan.sorts_much
