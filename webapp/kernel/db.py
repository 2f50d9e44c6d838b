"""The database: one typed base, one session per request or worker step, one way to write.

SQLite (WAL) and PostgreSQL run the same code, and writers queue up on both: a writing transaction on SQLite starts with
BEGIN IMMEDIATE, on PostgreSQL by taking one advisory lock. The chain of the audit trail gives acts one order anyway; taking
the lock first rather than half-way means that no act reads what another is about to change, that there is no deadlock, and
that what holds on one database holds on the other. Readers never wait. What is slow (parsing a file, a remote call) is done
outside.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    create_engine,
    event,
)
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Session,
    mapped_column,
    scoped_session,
    sessionmaker,
)
from sqlalchemy.types import TypeDecorator

from webapp.kernel.clock import local_date
from webapp.kernel.errors import Conflict, Unavailable

BUSY_TIMEOUT_MILLISECONDS = 15_000
"""How long a writer waits for its turn."""
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
WRITERS_LOCK = 0x746F6E67
"""Ours among the advisory locks of the database."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment; a naive one is a bug and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value.astimezone(UTC) if value else None
        return value.replace(tzinfo=UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")
Id = Annotated[int, mapped_column(BigId, primary_key=True)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
Short = Annotated[str, mapped_column(String(255))]
Checksum = Annotated[str, mapped_column(String(64))]
Json = Annotated[Any, mapped_column(JSON)]


class Base(DeclarativeBase):
    type_annotation_map = {int: BigId}  # noqa: RUF012  read by SQLAlchemy
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _write_ahead(connection: Any) -> None:
    """Two that open a new file at once both switch it over, and the one that comes second is refused without any waiting."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MILLISECONDS / 1_000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we write BEGIN ourselves, below
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MILLISECONDS}")
        connection.execute("PRAGMA foreign_keys=ON")
        _write_ahead(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        options = connection.get_execution_options()
        sync = "FULL" if options.get("lasts") else "NORMAL"
        if connection.info.get("sync") != sync:
            connection.exec_driver_sql(f"PRAGMA synchronous={sync}")
            connection.info["sync"] = sync
        mode = "IMMEDIATE" if options.get("writes") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {mode}")


def _prepare_postgres(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if connection.get_execution_options().get("writes"):
            connection.exec_driver_sql(
                f"SELECT set_config('lock_timeout', '{BUSY_TIMEOUT_MILLISECONDS}', true),"
                f" pg_advisory_xact_lock({WRITERS_LOCK})"
            )


def make_engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"check_same_thread": False})
        _prepare_sqlite(engine)
        return engine
    engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    _prepare_postgres(engine)
    return engine


_RECORDED = "recorded"


def note_recorded(session: Session, entry: object) -> None:
    """Keep what an act recorded for those who hear of it before the commit."""
    session.info.setdefault(_RECORDED, []).append(entry)


def recorded_in(session: Session) -> tuple[object, ...]:
    """What this transaction recorded so far, in order."""
    return tuple(session.info.get(_RECORDED, ()))


def zone_of(session: Session) -> ZoneInfo:
    """The institution's."""
    zone: ZoneInfo = session.info["zone"]
    return zone


def day_of(session: Session, moment: datetime) -> date:
    """The institution's day at that moment."""
    return local_date(moment, zone_of(session))


def _is_busy(error: OperationalError) -> bool:
    """Another writer did not come to an end in time: 55P03 is PostgreSQL's lock_not_available."""
    return "database is locked" in str(error) or getattr(error.orig, "sqlstate", "") == "55P03"


def _is_taken(error: IntegrityError) -> bool:
    """A unique index spoke, as it does when two were at it at once: 23505 is PostgreSQL's unique_violation."""
    return "UNIQUE constraint" in str(error.orig) or getattr(error.orig, "sqlstate", "") == "23505"


class Database:
    """An engine and its session of the current scope.

    `scope` tells whose session it is: the request's in the web process (the app hands one in), else the thread's.
    `zone`: the institution's, see `day_of`.
    """

    def __init__(
        self,
        url: str,
        *,
        scope: Callable[[], Hashable] = threading.get_ident,
        zone: ZoneInfo = DEFAULT_ZONE,
    ) -> None:
        self.engine = make_engine(url)
        self.session: scoped_session[Session] = scoped_session(
            sessionmaker(self.engine, expire_on_commit=False, info={"zone": zone}), scopefunc=scope
        )
        self.before_commit: dict[str, Callable[[Session], None]] = {}
        """Name → what hears, at the end of each transaction and inside it, what was recorded. The roof fills it."""

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self, *, lasts: bool = False) -> Iterator[Session]:
        """Everything or nothing. What was only read before in this scope is let go first, so that the write lock is
        taken from the start. `lasts`: once committed, not even a power cut takes it back. SQLite leaves other commits to
        the operating system for a while; PostgreSQL never does. Raises Conflict when another was first with what there may
        be only once."""
        session = self.session()
        if session.info.get("writing"):
            raise RuntimeError(
                "a transaction is open already in this scope; acts compose inside one"
            )
        session.commit()
        session.expire_all()  # what was read before the lock may be stale by now
        self._take_turn(session, lasts=lasts)
        session.info["writing"] = True
        try:
            yield session
            for hear in self.before_commit.values():
                hear(session)
            session.commit()
        except IntegrityError as error:
            session.rollback()
            if not _is_taken(error):
                raise
            raise Conflict(
                "有人抢先一步做了同样的事，这一次没有改动；请刷新页面，看看现在的样子。",
                code="taken",
            ) from error
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info["writing"] = False
            session.info.pop(_RECORDED, None)

    @staticmethod
    def _take_turn(session: Session, *, lasts: bool) -> None:
        try:
            session.connection(execution_options={"writes": True, "lasts": lasts})
        except OperationalError as error:
            if not _is_busy(error):
                raise
            raise Unavailable(
                "数据库正忙，没有轮到这一步，什么也没有改动；请稍后再试。", code="database_busy"
            ) from error

    @contextmanager
    def look(self) -> Iterator[Session]:
        """A worker's or command's reading, without the write lock: the session is given back at the end."""
        try:
            yield self.session()
        finally:
            self.session.remove()

    @contextmanager
    def step(self, *, lasts: bool = False) -> Iterator[Session]:
        """A worker's or command's transaction: the session is given back at the end."""
        try:
            with self.transaction(lasts=lasts) as session:
                yield session
        finally:
            self.session.remove()

    def dispose(self) -> None:
        self.session.remove()
        self.engine.dispose()
