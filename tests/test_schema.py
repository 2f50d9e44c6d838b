"""The schema: each migration goes up, down and up again on both databases, and what comes out is what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, DateTime, MetaData, inspect, text

from tests.cast import SYSTEM, Newsroom
from tests.databases import empty_postgres
from tests.services import need_postgres
from webapp.articles.queries import Filters, list_articles
from webapp.editions.queries import get_edition
from webapp.kernel.audit import verify
from webapp.kernel.db import Database, UtcDateTime
from webapp.kernel.migrate import check_drift, downgrade, upgrade
from webapp.kernel.settings import ROOT
from webapp.kernel.web import Context
from webapp.media.queries import list_pictures
from webapp.media.service import ArtworkLabels
from webapp.publishing.service import advance, publish, queue
from webapp.publishing.workflow import Action
from webapp.tables import metadata

WITH_DATA = "0002"
"""The first with whole data: the tables, the index of words, the head of the audit trail."""


def revisions() -> list[str]:
    """From the first to the newest."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    walk = ScriptDirectory.from_config(config).walk_revisions()
    return [script.revision for script in walk][::-1]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database in which nothing stands."""
    if request.param == "sqlite":
        db = Database(f"sqlite:///{tmp_path}/empty.db")
        yield db
        db.dispose()
        return
    need_postgres()
    with empty_postgres() as url:
        db = Database(url)
        yield db
        db.dispose()


def _triggers(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    else:
        query = (
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace ORDER BY tgname"
        )
    return list(connection.scalars(text(query)))


NOTHING: dict[str, object] = {"triggers": []}


def _comparable(part: Any) -> Any:
    """The condition of a partial index is read back as a clause, which equals no other."""
    if not isinstance(part, dict):
        return part
    options = part.get("dialect_options", {}).items()
    return {**part, "dialect_options": {key: str(value) for key, value in options}}


def picture_of(db: Database) -> dict[str, object]:
    """All that a migration could leave behind or forget."""
    with db.engine.connect() as connection:
        look = inspect(connection)
        found: dict[str, object] = {"triggers": _triggers(connection)}
        for (_, table), columns in look.get_multi_columns().items():
            plain = [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in columns]
            found[f"{table}: columns"] = sorted(plain)
        for kind in ("pk_constraint", "foreign_keys", "unique_constraints", "indexes"):
            for (_, table), parts in getattr(look, f"get_multi_{kind}")().items():
                found[f"{table}: {kind}"] = sorted(map(_comparable, parts), key=str)
    # SQLite's own tables stand behind its indexes of words; Alembic's tells the revision.
    beside = ("article_fts_", "asset_fts_", "alembic_")
    return {k: v for k, v in found.items() if not k.startswith(beside)}


def test_there_is_one_line_of_migrations():
    numbers = revisions()
    assert numbers == sorted(numbers)
    assert len(numbers) == len(list((ROOT / "migrations" / "versions").glob("0*.py")))


def test_each_migration_taken_back_leaves_what_was_there_before(empty: Database):
    before = picture_of(empty)
    assert before == NOTHING
    for number in revisions():
        upgrade(empty, number)
        after = picture_of(empty)
        downgrade(empty, "-1")
        assert picture_of(empty) == before, number
        upgrade(empty, number)
        before = after
    downgrade(empty, "base")
    assert picture_of(empty) == NOTHING
    upgrade(empty)
    assert picture_of(empty) == before


def test_what_the_migrations_make_is_what_the_models_say(empty: Database):
    upgrade(empty)
    check_drift(empty)


def test_a_database_that_is_new_is_left_as_it_is(context: Context):
    before = picture_of(context.db)
    upgrade(context.db)
    assert picture_of(context.db) == before


def test_every_constraint_has_the_name_that_the_convention_gives(context: Context):
    """Only what has a name can be changed by a later migration."""
    with context.db.engine.connect() as connection:
        look = inspect(connection)
        for table in metadata.sorted_tables:
            keys = look.get_foreign_keys(table.name)
            expected = {str(c.name) for c in table.foreign_key_constraints}
            assert {key["name"] for key in keys} == expected
            assert look.get_pk_constraint(table.name)["name"] == f"pk_{table.name}"
            unique = {u["name"] for u in look.get_unique_constraints(table.name)}
            assert all(name and name.startswith(("uq_", "ix_")) for name in unique)
            for check in table.constraints:
                assert not isinstance(check, CheckConstraint) or check.name


def test_every_moment_is_aware_and_in_utc(context: Context):
    moments = [
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, DateTime | UtcDateTime)
    ]
    assert len(moments) > 20
    assert all(isinstance(column.type, UtcDateTime) for column in moments)
    if context.db.is_sqlite:
        return
    stored = MetaData()
    with context.db.engine.connect() as connection:
        stored.reflect(connection)
    for column in moments:
        kind = stored.tables[column.table.name].columns[column.name].type
        assert isinstance(kind, DateTime)
        assert kind.timezone, f"{column.table.name}.{column.name}"


def _publish_one(newsroom: Newsroom) -> int:
    article_id = newsroom.approved()
    edition_id = newsroom.edition(article_id)
    with newsroom.step() as session:
        edition = get_edition(session, edition_id)
        publication = queue(session, edition, actor=SYSTEM, now=newsroom.clock())
        for action in (Action.START, Action.UPLOADED, Action.DRAFT, Action.SUBMIT, Action.ACCEPT):
            advance(session, publication, action, actor=SYSTEM, now=newsroom.clock())
        links = {1: "https://mp.weixin.qq.com/s/x"}
        publish(session, publication, links, actor=SYSTEM, now=newsroom.clock())
    return article_id


def test_an_office_at_work_goes_back_and_forth_through_the_migrations_and_loses_nothing(
    newsroom: Newsroom,
):
    published = _publish_one(newsroom)
    drafted = newsroom.draft(newsroom.content("白大褂值守三天"))
    artwork = ArtworkLabels(title="众志成城", artist="刘长安")
    pictures = [newsroom.asset("#111111"), newsroom.asset("#222222", artwork=artwork)]
    downgrade(newsroom.context.db, WITH_DATA)
    upgrade(newsroom.context.db)
    with newsroom.step() as session:
        verify(session)
        found = list_articles(session, Filters(q="大褂")).items
        assert {article.id for article in found} == {published, drafted}
        found_pictures = list_pictures(session, words="张三").items
        assert {one.asset.id for one in found_pictures} >= set(pictures)
        (artwork_found,) = list_pictures(session, words="众志", artworks_only=True).items
        assert artwork_found.asset.id == pictures[1]
        counts = session.execute(
            text("SELECT kind, month, number FROM posting_count ORDER BY kind, month")
        ).all()
    assert [tuple(row) for row in counts] == [
        (kind, month, 1)
        for kind in ("author", "channel", "column", "unit")
        for month in ("", "2026-11")
    ]
