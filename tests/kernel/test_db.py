"""One way to write: everything or nothing, one at a time, and never one act inside another."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session

from tests.queries import counted
from webapp.columns.models import Campaign
from webapp.kernel import db as kernel_db
from webapp.kernel.db import Database
from webapp.kernel.errors import Unavailable
from webapp.kernel.web import Context

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture
def db(context: Context) -> Database:
    return context.db


def add(session: Session, slug: str, moment: datetime = NOON) -> Campaign:
    campaign = Campaign(slug=slug, name=slug, introduction="", created_at=moment)
    session.add(campaign)
    return campaign


def slugs(db: Database) -> list[str]:
    with db.step() as session:
        return list(session.scalars(select(Campaign.slug).order_by(Campaign.id)))


def test_what_fails_leaves_nothing_behind(db: Database):
    with suppress(ZeroDivisionError), db.step() as session:
        add(session, "one")
        session.flush()
        raise ZeroDivisionError
    assert slugs(db) == []


def test_a_transaction_inside_another_is_refused_and_the_outer_one_goes_on(db: Database):
    with db.transaction() as session:
        add(session, "outer")
        with pytest.raises(RuntimeError, match="open already"):
            db.transaction().__enter__()
        add(session, "outer too")
    assert slugs(db) == ["outer", "outer too"]


def test_a_transaction_after_one_that_failed_is_a_fresh_one(db: Database):
    with suppress(ZeroDivisionError), db.transaction() as session:
        add(session, "gone")
        raise ZeroDivisionError
    with db.transaction() as session:
        add(session, "stays")
    assert slugs(db) == ["stays"]


def test_what_was_read_before_the_lock_is_read_again_after_it(db: Database):
    """A view reads, then writes: by then another may have changed what was read."""
    with db.step() as session:
        add(session, "one")
    mine = db.session()
    campaign = mine.scalars(select(Campaign)).one()
    assert campaign.name == "one"
    with Session(db.engine.execution_options(writes=True)) as other, other.begin():
        other.scalars(select(Campaign)).one().name = "changed"
    with db.transaction():
        assert campaign.name == "changed"


def test_writers_take_turns_and_none_reads_what_another_is_about_to_change(db: Database):
    """Twenty times read, think, write: without turns most of it would be lost."""
    with db.step() as session:
        add(session, "counter").introduction = "0"

    def count() -> None:
        for _ in range(5):
            with db.step() as session:
                campaign = session.scalars(select(Campaign)).one()
                seen = int(campaign.introduction)
                time.sleep(0.005)
                campaign.introduction = str(seen + 1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with db.step() as session:
        assert session.scalars(select(Campaign.introduction)).one() == "20"


def test_a_reader_never_waits_for_a_writer(db: Database):
    """The writer could not end while it did."""
    with db.transaction() as session:
        add(session, "half done")
        session.flush()
        with Session(db.engine) as reader:
            assert reader.scalar(select(func.count()).select_from(Campaign)) == 0


def test_whoever_waits_too_long_for_a_turn_is_told_that_the_database_is_busy(
    context: Context, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kernel_db, "BUSY_TIMEOUT_MILLISECONDS", 100)
    db = Database(context.settings.database_url)
    with Session(db.engine.execution_options(writes=True)) as other, other.begin():
        other.scalars(select(Campaign)).all()
        with pytest.raises(Unavailable, match="数据库正忙") as told:
            db.transaction().__enter__()
    assert told.value.code == "database_busy"
    with db.step() as session:
        add(session, "later")
    assert slugs(db) == ["later"]
    db.dispose()


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))]
)
def test_moments_come_back_aware_and_in_utc_whatever_zone_they_were_written_in(
    db: Database, zone: timezone
):
    moment = datetime(2026, 2, 29 - 1, 23, 59, 59, 123456, tzinfo=zone)
    with db.step() as session:
        add(session, "one", moment)
    with db.step() as session:
        found = session.scalars(select(Campaign.created_at)).one()
    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(db: Database):
    with db.transaction() as session:
        add(session, "one", datetime(2026, 1, 1))  # noqa: DTZ001
        with pytest.raises(StatementError, match="needs a time zone"):
            session.flush()
        session.rollback()


def test_moments_are_compared_as_moments_not_as_texts(db: Database):
    """Written from two zones, the later local hour may be the earlier moment."""
    early = datetime(2026, 1, 1, 23, tzinfo=timezone(timedelta(hours=8)))
    late = datetime(2026, 1, 1, 16, tzinfo=UTC)
    with db.step() as session:
        add(session, "late", late)
        add(session, "early", early)
    with db.step() as session:
        by_time = select(Campaign.slug).order_by(Campaign.created_at)
        assert list(session.scalars(by_time)) == ["early", "late"]
        since = select(Campaign.slug).where(Campaign.created_at >= late)
        assert list(session.scalars(since)) == ["late"]


def test_the_session_is_the_thread_s_own(db: Database):
    mine, theirs = db.session(), []
    thread = threading.Thread(target=lambda: theirs.append(db.session()))
    thread.start()
    thread.join()
    assert theirs[0] is not mine
    theirs[0].close()


def test_reading_begins_no_writing_transaction(db: Database):
    with counted(db) as begun, Session(db.engine) as session:
        session.scalars(select(Campaign)).all()
    assert not any("IMMEDIATE" in statement or "advisory" in statement for statement in begun)


def test_those_who_open_a_new_database_at_once_take_turns(tmp_path: Path):
    """One opening in sixty was refused."""
    refused: list[OperationalError] = []

    def open_it(url: str, start: threading.Barrier) -> None:
        database = Database(url)
        start.wait(30)
        try:
            with database.engine.execution_options(writes=True).begin() as connection:
                connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS one (id INTEGER)")
        except OperationalError as error:
            refused.append(error)
        database.dispose()

    for number in range(60):
        start = threading.Barrier(4)
        url = f"sqlite:///{tmp_path / f'{number}.db'}"
        threads = [threading.Thread(target=open_it, args=(url, start)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert refused == []
