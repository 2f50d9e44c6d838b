"""Alembic's entry. The connection comes from the caller (`tongxin db upgrade`, the tests); by hand, from the settings."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import Connection

from webapp.kernel.db import UtcDateTime, make_engine
from webapp.kernel.settings import load_settings
from webapp.tables import metadata

# The indexes of grams are the database's own kind of table, unknown to SQLAlchemy.
OWN_TABLES = ("article_fts", "asset_fts", "posting_count")


def is_ours(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
    table = name if kind == "table" else parents.get("table_name")
    return not (table or "").startswith(OWN_TABLES)


def render_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """A migration must not change when our code does, so our own type is written as the one beneath it."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_type,
        include_name=is_ours,  # type: ignore[arg-type]
    )
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    migrate(connection)
else:
    with make_engine(load_settings().database_url).connect() as own:
        migrate(own)
        own.commit()
