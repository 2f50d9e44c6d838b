"""Makes an archive and keeps it: a large one takes minutes to make, and the next run finds it again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from sqlalchemy import BigInteger, event, func, insert, select, text, update
from sqlalchemy.orm import Session

from bench.album import Row, Rows, checksum, said_of
from bench.corpus import as_json
from bench.ledger import AUDITED, NOW, Office, Written, rows_of, written
from bench.measuring import clocked
from webapp.articles.models import Article
from webapp.articles.search import ARTICLE_WORDS
from webapp.articles.service import compose_head
from webapp.articles.workflow import State
from webapp.columns.models import Column
from webapp.columns.service import list_columns, load_columns
from webapp.demo.people import PASSWORD, load_account, load_people
from webapp.kernel.audit import AuditHead
from webapp.kernel.db import Database
from webapp.kernel.migrate import upgrade
from webapp.kernel.secrets import SecretBox
from webapp.kernel.settings import CONFIG_FOLDER, ROOT
from webapp.kernel.wordindex import WordIndex, put_grams
from webapp.media.search import ASSET_WORDS
from webapp.tables import metadata
from webapp.users.permissions import Actor, Role
from webapp.users.service import add_user, get_user, grant, hash_password

CACHE = Path(__file__).parent / ".cache"
POSTGRES_URL = os.environ.get("TONGXIN_TEST_POSTGRES_URL", "postgresql://127.0.0.1:5432/test")
SECRET = "a secret for the benchmark, which protects nothing"
BATCH = 1_000
BENCH = Actor.system("bench")


@dataclass(frozen=True, kw_only=True)
class Archive:
    kind: str
    size: int
    url: str
    seconds: float
    """That making it took; 0 when it was there."""


def _fingerprint(size: int) -> str:
    """Changes with the tables and with what is written into them."""
    files = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    files += [
        Path(__file__).with_name(f"{name}.py") for name in ("archives", "ledger", "album", "corpus")
    ]
    digest = hashlib.sha256(str(size).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _batches(size: int) -> Iterator[list[Written]]:
    """Written on all cores, for what is not done in a moment."""
    if size <= BATCH:
        yield [written(number, size) for number in range(1, size + 1)]
        return
    numbers = range(1, size + 1)
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        made = pool.map(written, numbers, repeat(size), chunksize=200)
        while batch := list(islice(made, BATCH)):
            yield batch


def _office(
    session: Session, size: int, *, approved: int, in_review: int, drafts: int, editors: int
) -> Office:
    load_columns(session, CONFIG_FOLDER / "columns.toml", actor=BENCH, now=NOW)
    load_people(session, NOW)
    hashed = hash_password(PASSWORD)
    writers = [get_user(session, "editor")]
    for number in range(2, editors + 1):
        user = add_user(session, f"editor{number}", password_hash=hashed, actor=BENCH, now=NOW)
        grant(session, user, Role.EDITOR, actor=BENCH, now=NOW)
        writers.append(user)
    restricted = add_user(session, "twocolumns", password_hash=hashed, actor=BENCH, now=NOW)
    some = [c.id for c in list_columns(session)][1:]
    grant(session, restricted, Role.EDITOR, actor=BENCH, now=NOW, column_ids=some)
    account = load_account(session, "测试号", "wx0000000000bench1", "secret", "token", "a" * 43,
                           box=SecretBox(SECRET), now=NOW)  # fmt: skip
    return Office(
        size=size,
        columns=[c.id for c in list_columns(session)],
        editors=[w.id for w in writers],
        reviewers=[get_user(session, f"reviewer{n}").id for n in (1, 2, 3)],
        publisher=get_user(session, "publisher").id,
        account=account.id,
        audited=session.get_one(AuditHead, 1).entries,
        approved=approved,
        in_review=in_review,
        drafts=drafts,
    )


def _insert(session: Session, rows: Rows) -> None:
    """In the order in which one table needs another."""
    for table in metadata.sorted_tables:
        if found := rows.get(table.name):
            session.execute(insert(table), found)


def _copy(session: Session, table: str, rows: Sequence[Row]) -> None:
    """PostgreSQL's own way to take in many rows."""
    names = ", ".join(f'"{name}"' for name in rows[0])
    cursor = session.connection().connection.cursor()
    with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([as_json(v) if isinstance(v, dict | list) else v for v in row.values()])


def _copy_grams(session: Session, index: WordIndex, texts: Iterable[tuple[int, str]]) -> None:
    vectors = ((number, "' '".join(words.split(" "))) for number, words in texts)
    _copy(session, index.name, [{index.key: n, "grams": f"'{vector}'"} for n, vector in vectors])


def _load_sqlite(session: Session, rows: Rows, batch: Sequence[Written]) -> None:
    _insert(session, rows)
    put_grams(session, ARTICLE_WORDS, ((one.number, one.grams) for one in batch))
    put_grams(session, ASSET_WORDS, said_of(rows))


def _load_postgres(session: Session, rows: Rows, batch: Sequence[Written]) -> None:
    for table in metadata.sorted_tables:
        if found := rows.get(table.name):
            _copy(session, table.name, found)
    _copy_grams(session, ARTICLE_WORDS, ((one.number, one.grams) for one in batch))
    _copy_grams(session, ASSET_WORDS, said_of(rows))


def _load(db: Database, office: Office) -> None:
    load = _load_sqlite if db.is_sqlite else _load_postgres
    for batch in _batches(office.size):
        with db.step() as session:
            load(session, rows_of(office, batch), batch)


def _count(session: Session, office: Office) -> None:
    """What the acts keep in step as they go."""
    for column_id in office.columns:
        number = session.scalar(
            select(func.count())
            .select_from(Article)
            .where(Article.column_id == column_id, Article.status == State.PUBLISHED)
        )
        session.execute(update(Column).where(Column.id == column_id).values(published_count=number))
    for article in session.scalars(select(Article).where(Article.status == State.IN_REVIEW)):
        article.review_checksum = compose_head(session, article).checksum
    last = office.audited + office.size * len(AUDITED)
    session.execute(update(AuditHead).values(entries=last, checksum=checksum("audit", last)))


def _on_with_numbers(session: Session) -> None:
    """PostgreSQL hands out numbers by itself; it does not see those that were given."""
    for table in metadata.sorted_tables:
        keys = list(table.primary_key.columns)
        if len(keys) == 1 and isinstance(keys[0].type, BigInteger) and not keys[0].foreign_keys:
            session.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', '{keys[0].name}'),"
                    f' (SELECT coalesce(max({keys[0].name}), 1) FROM "{table.name}"))'
                )
            )


def fill(
    db: Database,
    size: int,
    *,
    approved: int = 15,
    in_review: int = 25,
    drafts: int = 60,
    editors: int = 5,
) -> None:
    """A migrated database that is empty gets `size` articles; but for those in progress, all went out."""
    with db.step() as session:
        office = _office(session, size, approved=approved, in_review=in_review, drafts=drafts,
                         editors=editors)  # fmt: skip
    _load(db, office)
    with db.step() as session:
        _count(session, office)
        if not db.is_sqlite:
            _on_with_numbers(session)


def _make(db: Database, size: int) -> None:
    upgrade(db)
    if db.is_sqlite:
        _in_haste(db)
        fill(db, size)
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for index in (ARTICLE_WORDS, ASSET_WORDS):
            connection.execute(text(f"DROP INDEX ix_{index.name}_grams"))
        fill(db, size)
        connection.execute(text("SET maintenance_work_mem = '512MB'"))
        for index in (ARTICLE_WORDS, ASSET_WORDS):
            connection.execute(
                text(f"CREATE INDEX ix_{index.name}_grams ON {index.name} USING gin (grams)")
            )
        connection.execute(text("VACUUM ANALYZE"))


def _in_haste(db: Database) -> None:
    """Nothing is lost if this is cut short: it is made again."""

    @event.listens_for(db.engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
            connection.execute(f"PRAGMA {pragma}")

    db.engine.dispose()


def _sqlite(size: int) -> Archive:
    CACHE.mkdir(exist_ok=True)
    path = CACHE / f"{size}-{_fingerprint(size)}.db"
    url, seconds = f"sqlite:///{path}", 0.0
    if not path.exists():
        for old in CACHE.glob(f"{size}-*"):
            old.unlink()
        half_made = path.with_suffix(".making")
        half_made.unlink(missing_ok=True)
        seconds = _timed(f"sqlite:///{half_made}", size)
        half_made.rename(path)
    return Archive(kind="sqlite", size=size, url=url, seconds=seconds)


def _timed(url: str, size: int) -> float:
    db = Database(url)
    try:
        return clocked(lambda: _make(db, size))
    finally:
        db.dispose()


def _postgres(size: int) -> Archive | None:
    """None when there is no server. The name is given last, so that what has it is whole."""
    prefix = f"tongxin_bench_{size}"
    name = f"{prefix}_{_fingerprint(size)}"
    try:
        admin = psycopg.connect(POSTGRES_URL, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        return None
    seconds = 0.0
    with admin:
        known = _databases(admin, prefix)
        if name not in known:
            _drop(admin, known)
            half_made = f"{prefix}_making"
            admin.execute(f'CREATE DATABASE "{half_made}"')
            seconds = _timed(_url_of(half_made), size)
            admin.execute(f'ALTER DATABASE "{half_made}" RENAME TO "{name}"')
    return Archive(kind="postgres", size=size, url=_url_of(name), seconds=seconds)


def _databases(admin: psycopg.Connection[Any], prefix: str) -> list[str]:
    found = admin.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [f"^{prefix}_"])
    return [row[0] for row in found]


def _drop(admin: psycopg.Connection[Any], names: Sequence[str]) -> None:
    for name in names:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _url_of(database: str) -> str:
    return urlunsplit(urlsplit(POSTGRES_URL)._replace(path=f"/{database}"))


def open_archive(kind: str, size: int) -> Archive | None:
    return _sqlite(size) if kind == "sqlite" else _postgres(size)


def forget() -> None:
    """Throw away every archive that is kept, in the folder and on the server."""
    for file in CACHE.glob("*"):
        file.unlink()
    try:
        admin = psycopg.connect(POSTGRES_URL, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        return
    with admin:
        _drop(admin, _databases(admin, "tongxin_bench"))
