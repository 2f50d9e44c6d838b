"""Real databases for tests: each SQLite test gets a copy of one migrated file; PostgreSQL tests share one database a test
process, emptied in between."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.compiled import keep_connections, make_engine_that_remembers
from tests.services import POSTGRES_URL
from webapp.kernel.audit import GENESIS
from webapp.kernel.db import Database
from webapp.kernel.migrate import upgrade
from webapp.tables import metadata

_migrated: dict[str, str] = {}


def _template(folder: Path) -> Path:
    path = folder / "template.db"
    if not path.exists():
        db = Database(f"sqlite:///{path}")
        upgrade(db)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.dispose()
    return path


def sqlite_url(templates: Path, folder: Path) -> str:
    target = folder / "test.db"
    shutil.copy(_template(templates), target)
    return f"sqlite:///{target}"


def _postgres_database() -> str:
    """Made once a process, under a name of its own, and migrated."""
    name = f"tongxin_test_{os.getpid()}"
    if name not in _migrated:
        with psycopg.connect(POSTGRES_URL, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            admin.execute(f'CREATE DATABASE "{name}"')
            # Nothing of a test has to outlast a power cut.
            admin.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        url = urlunsplit(urlsplit(POSTGRES_URL)._replace(path=f"/{name}"))
        db = Database(url)
        upgrade(db)
        db.dispose()
        keep_connections(url)
        _migrated[name] = url
    return _migrated[name]


_EMPTY_AGAIN = f"""
DO $$
DECLARE
    found record;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR found IN
        SELECT c.oid::regclass AS name, pg_relation_size(c.oid) AS bytes FROM pg_class c
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
    LOOP
        IF found.bytes > 1000000 THEN
            EXECUTE format('TRUNCATE %s CASCADE', found.name);
        ELSIF found.bytes > 0 THEN
            EXECUTE format('DELETE FROM %s', found.name);
        END IF;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
    INSERT INTO audit_head (id, entries, checksum) VALUES (1, 0, '{GENESIS}');
END $$
"""
"""Only what holds something is emptied, small tables row by row: truncating all of them took half a second a test.
Triggers and foreign keys rest meanwhile (the audit trail refuses to be deleted)."""


def postgres_url() -> str:
    url = _postgres_database()
    with make_engine_that_remembers(url).connect() as connection:
        connection.connection.cursor().execute(_EMPTY_AGAIN)
        connection.connection.commit()
    return url


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not hang on the kind of database: how large a page is, how many statements it takes."""

Rows = dict[str, list[dict[str, Any]]]


def rows_of(session: Session) -> Rows:
    """Everything that an empty database has been given, in the order of the foreign keys."""
    found = {
        table.name: [dict(row) for row in session.execute(table.select()).mappings()]
        for table in metadata.sorted_tables
    }
    return {name: rows for name, rows in found.items() if rows}


def put_rows(session: Session, rows: Rows) -> None:
    """Into a database that is as empty as the one they came from."""
    session.execute(metadata.tables["audit_head"].delete())
    for name, those in rows.items():
        session.execute(metadata.tables[name].insert(), those)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(_SEQUENCES_GO_ON))


_SEQUENCES_GO_ON = """
DO $$
DECLARE found record; highest bigint;
BEGIN
    FOR found IN
        SELECT s.relname AS sequence, t.relname AS name, a.attname AS key FROM pg_class s
        JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
        JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
        WHERE s.relkind = 'S' AND t.relnamespace = 'public'::regnamespace AND pg_relation_size(t.oid) > 0
    LOOP
        EXECUTE format('SELECT max(%I) FROM %I', found.key, found.name) INTO highest;
        IF highest IS NOT NULL THEN PERFORM setval(found.sequence::regclass, highest); END IF;
    END LOOP;
END $$
"""


@contextmanager
def empty_postgres() -> Iterator[str]:
    """A schema of its own: as empty as a database of its own, and made at once."""
    name = f"tongxin_empty_{os.getpid()}"
    with psycopg.connect(POSTGRES_URL, autocommit=True) as admin:
        admin.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
        admin.execute(f'CREATE SCHEMA "{name}"')
        query = "options=" + quote(f"-csearch_path={name}")
        try:
            yield urlunsplit(urlsplit(POSTGRES_URL)._replace(query=query))
        finally:
            admin.execute(f'DROP SCHEMA "{name}" CASCADE')


@contextmanager
def dropped_at_the_end() -> Iterator[None]:
    try:
        yield
    finally:
        for name in _migrated:
            with psycopg.connect(POSTGRES_URL, autocommit=True) as admin:
                admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        _migrated.clear()
