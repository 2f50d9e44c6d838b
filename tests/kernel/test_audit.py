"""The audit trail: whatever is done to it behind our back is found, and writers at the same time make one chain."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from tests.clock import FakeClock
from tests.databases import on_sqlite, sqlite_url
from tests.thorough import examples
from webapp.kernel.audit import GENESIS, AuditEntry, Subject, list_entries, record, verify
from webapp.kernel.db import Database
from webapp.kernel.errors import Conflict
from webapp.kernel.web import Context

ENTRIES = 9
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
TEXT_COLUMNS = ("actor", "address", "action", "subject_kind", "subject_id", "previous", "checksum")


def write(session: Session, number: int, actor: str = "editor") -> AuditEntry:
    return record(
        session,
        "article.edit",
        Subject(kind="article", id=number),
        actor=actor,
        now=NOON + timedelta(seconds=number),
        details={"from": "draft", "数": number, "nested": [1.5, None, True]},
    )


@pytest.fixture(scope="module")
def chained(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Nine entries on SQLite, where anyone with the file can write."""
    db = Database(sqlite_url(templates, tmp_path_factory.mktemp("chain")))
    with db.step() as session:
        for number in range(1, ENTRIES + 1):
            write(session, number)
    yield db
    db.dispose()


def values(connection: Connection) -> list[tuple[Any, ...]]:
    """What stands there, so that a change that changes nothing is known as such."""
    rows = connection.execute(text("SELECT * FROM audit_entry ORDER BY id")).all()
    head = connection.execute(text("SELECT * FROM audit_head")).all()
    return [(*r[:7], _parsed(r.details), *r[8:]) for r in rows] + [tuple(r) for r in head]


def _parsed(details: str) -> str:
    try:
        return json.dumps(json.loads(details), sort_keys=True)
    except (ValueError, TypeError):
        return f"unreadable {details!r}"


changes = st.one_of(
    st.tuples(st.just("change"), st.sampled_from(TEXT_COLUMNS), st.text(max_size=70)),
    st.tuples(st.just("change"), st.sampled_from(TEXT_COLUMNS), st.sampled_from([GENESIS, "", b"\xff", 7])),
    st.tuples(st.just("change"), st.just("details"), st.sampled_from(
        ["{}", "null", "nonsense", "", "[1]", '{"from": "draft"}', b"\x00", 3])),
    st.tuples(st.just("change"), st.just("at"), st.sampled_from(
        ["2026-11-24 04:00:00.000000", "2020-01-01 00:00:00.000001", "yesterday", "", 5])),
    st.tuples(st.just("change"), st.just("id"), st.integers(-3, 40)),
    st.tuples(st.just("delete"), st.just(""), st.none()),
    st.tuples(st.just("insert"), st.just(""), st.integers(-3, 40)),
    st.tuples(st.just("exchange"), st.just(""), st.integers(1, ENTRIES)),
)  # fmt: skip


def _apply(connection: Connection, kind: str, column: str, value: Any, at: int) -> None:
    if kind == "delete":
        connection.execute(text("DELETE FROM audit_entry WHERE id = :at"), {"at": at})
    elif kind == "insert":
        connection.execute(
            text("INSERT OR IGNORE INTO audit_entry SELECT :new, at, actor, address, action, subject_kind,"
                 " subject_id, details, previous, checksum FROM audit_entry WHERE id = :at"),
            {"new": value, "at": at},
        )  # fmt: skip
    elif kind == "exchange":
        for old, new in ((at, 1000), (value, at), (1000, value)):
            connection.execute(
                text("UPDATE OR IGNORE audit_entry SET id = :new WHERE id = :old"),
                {"old": old, "new": new},
            )
    else:
        statement = text(f"UPDATE OR IGNORE audit_entry SET {column} = :value WHERE id = :at")
        connection.execute(statement, {"value": value, "at": at})


@settings(
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(done=st.lists(st.tuples(changes, st.integers(1, ENTRIES)), min_size=1, max_size=3))
def test_whatever_is_done_to_the_entries_is_found(chained: Database, done: list[Any]):
    with chained.engine.connect() as connection, Session(connection) as session:
        before = values(connection)
        for (kind, column, value), at in done:
            _apply(connection, kind, column, value, at)
        assume(values(connection) != before)
        with pytest.raises(Conflict) as found:
            verify(session)
        assert found.value.code == "audit_broken"
        connection.rollback()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE audit_entry SET actor = 'nobody' WHERE id = 4", "第 4 条"),
        ("UPDATE audit_entry SET details = '{}' WHERE id = 1", "第 1 条"),
        ("UPDATE audit_entry SET details = 'nonsense' WHERE id = 6", "第 6 条"),
        ("UPDATE audit_entry SET at = 'never' WHERE id = 5", "第 5 条"),
        ("DELETE FROM audit_entry WHERE id = 5", "第 5 条"),
        ("DELETE FROM audit_entry WHERE id >= 8", "只剩 7 条，应有 9 条"),
        ("DELETE FROM audit_entry", "只剩 0 条，应有 9 条"),
        ("UPDATE audit_head SET entries = 8", "有 9 条，链头只记了 8 条"),
        ("UPDATE audit_head SET checksum = previous FROM audit_entry WHERE audit_entry.id = 9", "链头"),
        ("DELETE FROM audit_head", "链头不见了"),
        ("UPDATE audit_entry SET id = 0 WHERE id = 1", "第 1 条"),
    ],
)  # fmt: skip
def test_the_place_is_named(chained: Database, statement: str, sentence: str):
    with chained.engine.connect() as connection, Session(connection) as session:
        connection.execute(text(statement))
        with pytest.raises(Conflict) as found:
            verify(session)
        assert sentence in found.value.message
        connection.rollback()


def test_an_entry_that_fits_but_that_the_head_does_not_know_is_found(chained: Database):
    """Whoever inserts at the end and computes the link rightly has still not moved the head."""
    with chained.engine.connect() as connection, Session(connection) as session:
        entries, checksum = connection.execute(
            text("SELECT entries, checksum FROM audit_head")
        ).one()
        write(session, ENTRIES + 1)
        session.flush()
        connection.execute(
            text("UPDATE audit_head SET entries = :entries, checksum = :checksum"),
            {"entries": entries, "checksum": checksum},
        )
        with pytest.raises(Conflict, match="有 10 条，链头只记了 9 条"):
            verify(session)
        connection.rollback()


def test_an_untouched_chain_is_whole_and_its_head_is_told(context: Context):
    with context.db.step() as session:
        assert verify(session) == (0, GENESIS)
    with context.db.step() as session:
        last = [write(session, number) for number in range(1, 4)][-1]
    with context.db.step() as session:
        assert verify(session) == (3, last.checksum)


@on_sqlite
def test_a_chain_longer_than_one_reading_batch_is_checked_to_its_end(context: Context):
    with context.db.step() as session:
        for number in range(1, 1_101):
            write(session, number)
    with context.db.step() as session:
        assert verify(session)[0] == 1_100
        session.execute(text("UPDATE audit_entry SET actor = 'x' WHERE id = 1050"))
        with pytest.raises(Conflict, match="第 1050 条"):
            verify(session)


def test_what_is_rolled_back_leaves_no_entry_and_no_gap(context: Context):
    with context.db.step() as session:
        write(session, 1)
    with suppress(ZeroDivisionError), context.db.step() as session:
        write(session, 2)
        raise ZeroDivisionError
    with context.db.step() as session:
        write(session, 3)
    with context.db.step() as session:
        assert verify(session)[0] == 2
        assert [e.subject_id for e in list_entries(session)] == ["3", "1"]


def test_four_writers_at_once_make_one_unbroken_chain(context: Context):
    failed: list[BaseException] = []

    def write_fifty(name: str) -> None:
        try:
            for number in range(50):
                with context.db.step() as session:
                    write(session, number, actor=name)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write_fifty, args=(f"writer{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    with context.db.step() as session:
        assert verify(session)[0] == 200
        entries = list_entries(session, limit=200)
    for name in ("writer0", "writer1", "writer2", "writer3"):
        own = [int(e.subject_id) for e in reversed(entries) if e.actor == name]
        assert own == list(range(50))


def test_the_trail_is_read_newest_first_page_by_page_and_by_subject(
    context: Context, clock: FakeClock
):
    with context.db.step() as session:
        for number in range(1, 8):
            write(session, number % 2)
    with context.db.step() as session:
        first = list_entries(session, limit=3)
        second = list_entries(session, limit=3, before=first[-1].id)
        odd = list_entries(session, subject=Subject(kind="article", id=1))
    assert [e.id for e in (*first, *second)] == [7, 6, 5, 4, 3, 2]
    assert [e.id for e in odd] == [7, 5, 3, 1]
