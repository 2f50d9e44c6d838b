from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.articles.models import Article
from webapp.kernel.db import Base, BigId, Checksum, Id, Moment, Short, UtcDateTime


class Disposition(Base):
    """One person's answer to one finding. `stage` 0: while writing; 1 to 3: while reviewing. The fingerprint survives small
    edits, so the answer stays with its finding."""

    __tablename__ = "disposition"
    __table_args__ = (Index(None, "article_id", "fingerprint", "stage", unique=True),)

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(64))
    excerpt: Mapped[Short]
    answer: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")
    stage: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[Moment]


class Sweep(Base):
    """One pass over everything that is published, with the rules as they stood when it began. `last_article_id` is how far
    it came, so it goes on after a restart."""

    __tablename__ = "sweep"

    id: Mapped[Id]
    rules_checksum: Mapped[Checksum]
    state: Mapped[str] = mapped_column(String(16), index=True)
    last_article_id: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[Moment]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SweepItem(Base):
    """A finding in a published article: something to do. The same finding is listed once, however often it is swept."""

    __tablename__ = "sweep_item"
    __table_args__ = (
        Index(None, "article_id", "fingerprint", unique=True),
        Index(None, "state", "id"),
    )

    id: Mapped[Id]
    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweep.id", ondelete="CASCADE"))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(64))
    severity: Mapped[str] = mapped_column(String(16))
    message: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text, default="")
    settled_by: Mapped[int | None] = mapped_column(BigId)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    article: Mapped[Article] = relationship(lazy="joined", innerjoin=True)
