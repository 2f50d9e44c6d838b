"""No page reads through what grows with the archive, nor sorts it: what is listed is read along an index and stops when the
page is full."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event

from bench.pages import PAGES, Desk, Page
from webapp.articles.queries import Filters, list_articles
from webapp.articles.workflow import State
from webapp.editions.queries import holding_editions
from webapp.reports.queries import By, Span, list_counted
from webapp.reports.tally import count_by_key

GROWING = (
    "article", "article_asset", "article_text", "revision", "review", "edition", "edition_article", "publication",
    "publication_step", "posting", "posting_count", "audit_entry", "asset",
    "artwork", "asset_text",
)  # fmt: skip
SCAN = re.compile(rf"SCAN ({'|'.join(GROWING)})(_\d+)?( USING .*)?$")
# What a sort may be made of: rows that were found by keys in hand, or work in progress.
BY_KEYS = re.compile(r"\((rowid|article_id|edition_id|asset_id)=\?")


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
    with explaining(desk) as plans:
        assert client.get(path).status_code == 200
    return plans


@contextmanager
def explaining(desk: Desk) -> Iterator[list[Plan]]:
    """The plans of what is asked meanwhile, filled in at the end."""
    seen: list[tuple[str, Any]] = []
    plans: list[Plan] = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if statement.lstrip().startswith(("SELECT", "WITH")):
            seen.append((statement, parameters))

    engine = desk.context.db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield plans
    event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        for statement, parameters in seen:
            explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append(Plan(" ".join(statement.split()), [row[3] for row in explained]))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_that_grows_is_read_through_or_sorted(desks: tuple[Desk, Desk], page: Page):
    _, many = desks
    plans = plans_of(many, page)
    assert plans
    assert [plan for plan in plans if plan.reads_through] == []
    assert [plan for plan in plans if plan.sorts_much] == []


def test_a_list_that_is_read_through_is_noticed(desks: tuple[Desk, Desk]):
    _, many = desks
    with many.context.db.engine.connect() as connection:
        statement = "SELECT id FROM article WHERE author LIKE '%王%' ORDER BY title LIMIT 5"
        lines = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    plan = Plan(statement, lines)
    assert plan.reads_through
    assert plan.sorts_much


def test_many_articles_are_looked_for_in_editions_by_themselves(desks: tuple[Desk, Desk]):
    _, many = desks
    with many.context.db.step() as session, explaining(many) as plans:
        holding_editions(session, range(1, 101))
    assert (
        plans[0]
        .lines[0]
        .startswith("SEARCH edition_article USING INDEX ix_edition_article_article")
    )


def test_no_articles_are_looked_for_nowhere(desks: tuple[Desk, Desk]):
    _, many = desks
    with many.context.db.step() as session, explaining(many) as plans:
        assert holding_editions(session, []) == {}
    assert plans == []


def test_the_articles_of_a_month_are_read_from_its_end_to_its_beginning(desks: tuple[Desk, Desk]):
    _, many = desks
    span, zone = Span(as_of=date(2026, 11, 24)), many.context.settings.zone
    with many.context.db.step() as session, explaining(many) as plans:
        list_counted(session, By.MONTH, "2026-10", span, zone)
    (plan,) = plans
    assert plan.statement.count("posting.published_at <") == 1
    assert "(published_at>? AND published_at<?)" in plan.lines[0]


def test_what_came_out_up_to_a_month_is_looked_up_by_whose_it_is(desks: tuple[Desk, Desk]):
    _, many = desks
    since, until = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC)
    with many.context.db.step() as session, explaining(many) as plans:
        count_by_key(session, By.AUTHOR, since, until)
    looked_up = [line for line in plans[0].lines if line.startswith("SEARCH earlier")]
    assert len(looked_up) == 2
    assert all("COVERING INDEX" in line and "key=?" in line for line in looked_up)


@pytest.mark.parametrize("form", [None, "news", "newspic"])
@pytest.mark.parametrize("status", [None, State.WITHDRAWN])
@pytest.mark.parametrize("column_ids", [(), (1,)])
@pytest.mark.parametrize("created_by", [None, 1])
def test_a_list_is_looked_up_by_all_that_narrows_it_but_of_picture_messages_by_the_form(
    desks: tuple[Desk, Desk], form, status, column_ids, created_by
):
    _, many = desks
    filters = Filters(form=form, status=status, column_ids=column_ids, created_by=created_by)
    with many.context.db.step() as session, explaining(many) as plans:
        list_articles(session, filters)
    values = {"status": status, "column_id": column_ids, "created_by": created_by}
    given = {name for name, value in values.items() if value}
    (searched,) = (line for line in plans[0].lines if re.match("(SEARCH|SCAN) article ", line))
    assert "USING INDEX" in searched
    by = {"form"} | (given & {"column_id"}) if form == "newspic" else given
    assert set(re.findall(r"(\w+)=\?", searched)) == by
    assert not plans[0].sorts_much
