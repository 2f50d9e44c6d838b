"""The audit trail: append-only, chained by hash, checked by a command.

Each entry's checksum covers its own content and the checksum before it; the head row holds the last link, so a changed,
removed or inserted row breaks the chain at its place and a cut-off tail shows against the head. Writers take the head's
row lock, so the chain has one order. The trail tells what happened here; whoever can rewrite the whole database can
rewrite the chain too, therefore `tongxin audit verify` prints the head to be kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Mapping
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Row, String, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.kernel.db import Base, Checksum, Id, Json, Moment, Short, note_recorded
from webapp.kernel.errors import Conflict

GENESIS = "0" * 64
_BATCH_ROWS = 1_000

caller_address: ContextVar[str] = ContextVar("caller_address", default="")
"""Set by the edge: the address the act came from; empty for commands and the worker."""


class AuditEntry(Base):
    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject_kind", "subject_id", "id"),)

    id: Mapped[Id]
    at: Mapped[Moment]
    actor: Mapped[Short]
    address: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    details: Mapped[Json]
    previous: Mapped[Checksum]
    checksum: Mapped[Checksum]


class AuditHead(Base):
    """One row, id 1: the last link and how many there are."""

    __tablename__ = "audit_head"

    id: Mapped[Id]
    entries: Mapped[int]
    checksum: Mapped[Checksum]


@dataclass(frozen=True, kw_only=True)
class Subject:
    kind: str
    id: str | int


def _link(entry: AuditEntry | Row[Any]) -> str:
    content = [
        entry.id,
        entry.at.isoformat(),
        entry.actor,
        entry.address,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.details,
        entry.previous,
    ]
    return hashlib.sha256(
        json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def record(
    session: Session,
    action: str,
    subject: Subject,
    *,
    actor: str,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry. `actor` is a user's name, or `system` and the part that acted. Details are JSON; no secrets, no
    bodies (a checksum says which)."""
    head = session.scalars(select(AuditHead).where(AuditHead.id == 1).with_for_update()).one()
    entry = AuditEntry(
        id=head.entries + 1,
        at=now,
        actor=actor,
        address=caller_address.get(),
        action=action,
        subject_kind=subject.kind,
        subject_id=str(subject.id),
        details=dict(details or {}),
        previous=head.checksum,
    )
    entry.checksum = _link(entry)
    head.entries, head.checksum = entry.id, entry.checksum
    session.add(entry)
    note_recorded(session, entry)
    return entry


def _broken(sentence: str) -> Conflict:
    return Conflict(f"{sentence}；请保留数据库原样，与备份核对。", code="audit_broken")


def _broken_at(number: int) -> Conflict:
    return _broken(f"审计记录第 {number} 条起对不上：这一条被改动、删除或插入过")


def _entries(session: Session) -> Generator[Row[Any]]:
    """All of them, those with impossible numbers too. Raises Conflict at one that cannot even be read."""
    number, size = 0, _BATCH_ROWS
    everything = select(*AuditEntry.__table__.columns).order_by(AuditEntry.id)
    while True:
        batches = everything.offset(number).execution_options(yield_per=size)
        try:
            with session.execute(batches) as rows:
                for row in rows:
                    number += 1
                    yield row
        except (ValueError, TypeError, DBAPIError) as unreadable:
            if size == 1:
                raise _broken_at(number + 1) from unreadable
            size = 1  # one by one from here, to name the place
        else:
            return


def _fits(entry: Row[Any], number: int, previous: str) -> bool:
    try:
        link = _link(entry)
    except (TypeError, AttributeError):  # a value of a kind that we never write
        return False
    return (entry.id, entry.previous, entry.checksum) == (number, previous, link)


def verify(session: Session) -> tuple[int, str]:
    """Walk the chain; return how many entries and the head's checksum. Raises Conflict that names the first bad entry.

    Memory stays flat: entries are read in batches and let go.
    """
    head = session.execute(
        select(AuditHead.entries, AuditHead.checksum).where(AuditHead.id == 1)
    ).first()
    if head is None:
        raise _broken("审计链的链头不见了")
    previous, count = GENESIS, 0
    with closing(_entries(session)) as entries:
        for entry in entries:
            count += 1
            if not _fits(entry, count, previous):
                raise _broken_at(count)
            previous = entry.checksum
    if count < head.entries:
        raise _broken(f"审计记录只剩 {count} 条，应有 {head.entries} 条：末尾被截去")
    if count > head.entries:
        raise _broken(f"审计记录有 {count} 条，链头只记了 {head.entries} 条：末尾被添加过")
    if previous != head.checksum:
        raise _broken(f"审计记录 {count} 条的最后一环与链头不符：末尾或链头被改动过")
    return count, previous


def list_entries(
    session: Session, *, subject: Subject | None = None, before: int | None = None, limit: int = 50
) -> list[AuditEntry]:
    """Newest first, at most `limit`; `before` is the id of the last entry of the page before."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if subject is not None:
        query = query.where(
            AuditEntry.subject_kind == subject.kind, AuditEntry.subject_id == str(subject.id)
        )
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return list(session.scalars(query))
