from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.office import Office
from tests.databases import empty_postgres, sqlite_url
from tests.services import need_postgres


@pytest.fixture
def bare(tmp_path: Path) -> Office:
    """An office in which nothing stands yet, not even its folder."""
    return Office(folder=tmp_path / "office")


def furnish(office: Office) -> Office:
    assert "新建专栏" in office.say("db", "upgrade").done()
    return office


@pytest.fixture
def office(bare: Office, templates: Path) -> Office:
    """After `tongxin db upgrade`, on SQLite."""
    bare.folder.mkdir()
    Path(sqlite_url(templates, bare.folder).removeprefix("sqlite:///")).rename(
        bare.folder / "tongxin.db"
    )
    return furnish(bare)


@pytest.fixture
def grown(tmp_path: Path) -> Iterator[Office]:
    """After `tongxin db upgrade`, on PostgreSQL."""
    need_postgres()
    with empty_postgres() as url:
        yield furnish(Office(folder=tmp_path / "grown", database_url=url))
