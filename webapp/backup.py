"""Backup and restore, the same file for every database and store: a zip of every table's rows and every original.

Written while people work: one reading transaction sees one moment. The stored AppSecrets stay locked, so the file is of no
use for them without TONGXIN_SECRET_KEY, which must be kept elsewhere.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.exc import CompileError, DataError, IntegrityError
from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.articles.search import ARTICLE_WORDS
from webapp.kernel.audit import verify
from webapp.kernel.db import UtcDateTime
from webapp.kernel.errors import Conflict, Invalid
from webapp.kernel.search import grams
from webapp.kernel.web import Context
from webapp.kernel.wordindex import put_grams
from webapp.media.models import Asset
from webapp.media.search import ASSET_WORDS
from webapp.tables import metadata
from webapp.users.models import User
from webapp.wechat.models import Account

FORMAT = 1
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, RuntimeError,
           IntegrityError, DataError, CompileError)  # fmt: skip
"""What reading a file that was cut off, changed or never was a backup may raise."""
IN_USE = (Article, Asset, User, Account)
"""What stands in none of these tables was made by `tongxin db upgrade` alone."""
_BATCH_ROWS = 500
_MANIFEST = "manifest.json"


def _encode(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _rows(session: Session, table: Table) -> Iterator[str]:
    result = session.execute(
        select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_BATCH_ROWS)
    )
    for row in result.mappings():
        yield json.dumps({k: _encode(v) for k, v in row.items()}, ensure_ascii=False) + "\n"


def _migration(session: Session) -> str:
    return str(session.scalar(text("SELECT version_num FROM alembic_version")))


def back_up(context: Context, path: Path) -> dict[str, int]:
    """Rows by table. Nothing stands at `path` until it is whole; what stood there stays until then."""
    partial = path.with_name(path.name + ".partial")
    counts: dict[str, int] = {}
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            with context.db.engine.connect() as connection, Session(connection) as session:
                if not context.db.is_sqlite:
                    connection.execution_options(isolation_level="REPEATABLE READ")
                manifest = {"format": FORMAT, "migration": _migration(session)}
                for table in metadata.sorted_tables:
                    counts[table.name] = _write_table(archive, session, table)
                keys = list(session.scalars(select(Asset.key).order_by(Asset.key)))
            for key in keys:
                archive.writestr(f"media/{key}", context.store.get(key), zipfile.ZIP_STORED)
            manifest |= {"rows": counts, "media": len(keys)}
            archive.writestr(_MANIFEST, json.dumps(manifest))
        os.replace(partial, path)  # noqa: PTH105  atomic on the same file system
    finally:
        partial.unlink(missing_ok=True)
    return counts


def _write_table(archive: zipfile.ZipFile, session: Session, table: Table) -> int:
    number = 0
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
        for line in _rows(session, table):
            out.write(line.encode())
            number += 1
    return number


def _unreadable() -> Invalid:
    return Invalid(
        "这不是同心的备份文件，或文件不完整；没有恢复，现有数据没有变动。", code="backup.unreadable"
    )


@contextmanager
def _whole(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, after every byte of it was read and its sum compared. Raises Invalid for what is no whole backup, then
    or later."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:
                raise _unreadable()
            yield archive
    except DAMAGED as damaged:
        raise _unreadable() from damaged


def _read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    if manifest["format"] != FORMAT:
        raise Invalid("这份备份由更新的版本写成；没有恢复，请先升级同心。", code="backup.format")
    return manifest


def _refuse(session: Session, manifest: Mapping[str, Any]) -> None:
    if any(session.scalar(select(func.count()).select_from(model)) for model in IN_USE):
        raise Conflict(
            "这里已有稿件、图片、用户或公众号，恢复会盖掉它们，所以没有恢复；请恢复到一个空的安装。",
            code="backup.not_empty",
        )
    if manifest["migration"] != _migration(session):
        raise Invalid(
            "备份的数据库版本与本程序不同；没有恢复，请用写备份时的版本恢复，再升级。",
            code="backup.migration",
        )


def restore(context: Context, path: Path) -> dict[str, int]:
    """Into a database that was migrated and in which nobody has worked yet. Raises Invalid for a file that is not a whole
    backup, Conflict for a database in use; no row is changed then. Pictures come first: a row never names one that is not
    there."""
    with _whole(path) as archive:
        manifest = _read_manifest(archive)
        with Session(context.db.engine) as session:
            _refuse(session, manifest)
        for name in archive.namelist():
            if name.startswith("media/"):
                key = name.removeprefix("media/")
                context.store.put(key, archive.read(name), "application/octet-stream")
        with context.db.step() as session:
            _refuse(session, manifest)
            counts = _load_tables(session, archive)
            if counts != manifest["rows"]:
                raise _unreadable()
            _reindex(session)
            verify(session)
            if not context.db.is_sqlite:
                _advance_sequences(session)
    return counts


def _load_tables(session: Session, archive: zipfile.ZipFile) -> dict[str, int]:
    for table in reversed(metadata.sorted_tables):
        session.execute(table.delete())
    return {table.name: _load_table(session, archive, table) for table in metadata.sorted_tables}


def _load_table(session: Session, archive: zipfile.ZipFile, table: Table) -> int:
    moments = [c.name for c in table.columns if isinstance(c.type, UtcDateTime)]
    number, batch = 0, []
    with archive.open(f"tables/{table.name}.jsonl") as lines:
        for line in lines:
            row = json.loads(line)
            for name in moments:
                row[name] = datetime.fromisoformat(row[name]) if row[name] else None
            batch.append(row)
            number += 1
            if len(batch) >= _BATCH_ROWS:
                session.execute(insert(table), batch)
                batch = []
    if batch:
        session.execute(insert(table), batch)
    return number


def _reindex(session: Session) -> None:
    """The indexes of words are the database's own and are not in the file; what they are made of is."""
    for index in (ARTICLE_WORDS, ASSET_WORDS):
        texts = select(index.id, index.text).order_by(index.id)
        for batch in session.execute(texts.execution_options(yield_per=_BATCH_ROWS)).partitions():
            put_grams(session, index, [(number, grams(words)) for number, words in batch])


def _advance_sequences(session: Session) -> None:
    """PostgreSQL hands out ids from sequences, which know nothing of rows that brought their own."""
    for table in metadata.sorted_tables:
        if "id" in table.columns and table.columns["id"].type.python_type is int:
            name = session.get_bind().dialect.identifier_preparer.quote(table.name)
            session.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'),"  # noqa: S608  our own names
                    f" GREATEST((SELECT COALESCE(MAX(id), 1) FROM {name}), 1))"
                )
            )
