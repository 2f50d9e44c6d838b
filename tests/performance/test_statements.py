"""A page takes as many statements for fifty rows as for five."""

from __future__ import annotations

import pytest

from bench.measuring import counting
from bench.pages import PAGES, Desk, Page

MOST_STATEMENTS = 23


def statements(desk: Desk, page: Page) -> list[str]:
    client, path = desk.client(page.who), page.path.format(**desk.names())
    client.get(path)
    with counting(desk.context.db.engine) as seen:
        assert client.get(path).status_code == 200
    return seen.texts


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_as_many_for_fifty_rows_as_for_five(desks: tuple[Desk, Desk], page: Page):
    few, many = (statements(desk, page) for desk in desks)
    assert len(few) == len(many), "\n".join(many)
    assert len(many) <= MOST_STATEMENTS
